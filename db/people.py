"""Tables of people: who they are, which accounts they use, what they are here for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.types import Base, BigId, ConsentState, MeetingState, Mode, Reads, Role, Track


class County(Base):
    """A county; every row that belongs to one says so."""

    __tablename__ = "county"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class Person(Base):
    """A human being: learner or staff (人员)."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    sex: Mapped[str] = mapped_column(String(4), default="")
    ethnicity: Mapped[str] = mapped_column(String(20), default="")
    birth_date: Mapped[date | None]
    phone: Mapped[str] = mapped_column(String(20), default="")
    township: Mapped[str] = mapped_column(String(60), default="")
    village: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    disability: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(String(200), default="")
    # The ID number itself is sealed; its fingerprint finds a person twice, its tail is shown.
    id_sealed: Mapped[bytes | None]
    id_fingerprint: Mapped[str | None] = mapped_column(String(64), unique=True)
    id_tail: Mapped[str] = mapped_column(String(4), default="")
    speaks: Mapped[str] = mapped_column(String(20), default="hea")
    reads: Mapped[Reads] = mapped_column(default=Reads.NOTHING)
    language: Mapped[str] = mapped_column(String(20), default="zh_Hans_CN")
    # A walk-in who is on no roster, until somebody finds out who it is.
    temporary: Mapped[bool] = mapped_column(default=False, server_default=false())
    merged_into: Mapped[int | None] = mapped_column(BigId)  # that person
    # Own hours, in minutes of the day: when to be reminded, and when to be left alone.
    remind_at: Mapped[int | None]
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    created_at: Mapped[datetime]


class Account(Base):
    """One chat account; a family phone serves several persons (账号)."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    reachable: Mapped[bool] = mapped_column(default=True)
    # What free input means now (storyboard 3); NULL is home.
    state: Mapped[str | None] = mapped_column(String(40))
    screen_id: Mapped[int | None] = mapped_column(BigId)  # outbox row of the last screen
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    person_at: Mapped[datetime | None]  # when that person was last heard here
    pending_act: Mapped[str | None] = mapped_column(String(64))
    greeted_at: Mapped[datetime | None]  # a stranger is greeted once a day


class AccountPerson(Base):
    """Who uses which account."""

    __tablename__ = "account_person"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    linked_at: Mapped[datetime]
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class StudyClass(Base):
    """Up to 50 learners, one trade, a teaching point, a class head (教学班)."""

    __tablename__ = "study_class"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"), index=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    trade: Mapped[str] = mapped_column(String(60), default="")
    teaching_point: Mapped[str] = mapped_column(String(80), default="")
    township: Mapped[str] = mapped_column(String(60), default="")
    course: Mapped[str] = mapped_column(String(40), default="wenhua")
    group_chat_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    group_title: Mapped[str] = mapped_column(String(255), default="")
    # Minute windows of check-in (design 6), per class.
    opens_before: Mapped[int] = mapped_column(default=30)
    grace: Mapped[int] = mapped_column(default=10)
    late_until: Mapped[int | None]  # minutes after the start; NULL: until the end
    leave_grace: Mapped[int | None]  # minutes before the end; NULL: as many as `grace`
    asks_code: Mapped[bool] = mapped_column(default=False, server_default=false())
    asks_midway: Mapped[bool] = mapped_column(default=False, server_default=false())
    location: Mapped[dict[str, Any] | None]  # latitude, longitude, metres; NULL: never asked
    ended_at: Mapped[datetime | None]  # 结业
    # Its own rules of reminding and of missing people; NULL: those that come with the program.
    reminder_rules: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class Membership(Base):
    """Person × role × scope (任职/学籍)."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "study_class_id"),
        Index("membership_by_class", "study_class_id", "role"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role]
    study_class_id: Mapped[int | None] = mapped_column(ForeignKey("study_class.id"))
    place: Mapped[str] = mapped_column(String(60), default="")
    track: Mapped[Track] = mapped_column(default=Track.CERTIFICATE, server_default="certificate")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class Invite(Base):
    """A deep link or QR card that lets somebody in; its signature is not kept."""

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(1))  # e, s, c, g (storyboard 1.5)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    study_class_id: Mapped[int | None] = mapped_column(ForeignKey("study_class.id"))
    role: Mapped[Role]
    uses_left: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Consent(Base):
    """A spoken consent with its notice, voice, thumb and witness (告知同意)."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="general")
    notice_version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(20))
    state: Mapped[ConsentState] = mapped_column(default=ConsentState.ASKED)
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    witness_voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class Meeting(Base):
    """One planned gathering of a class (课次)."""

    __tablename__ = "meeting"
    __table_args__ = (Index("meeting_by_class", "study_class_id", "starts_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    study_class_id: Mapped[int] = mapped_column(ForeignKey("study_class.id"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(80))
    mode: Mapped[Mode] = mapped_column(default=Mode.OFFLINE)
    lesson: Mapped[str] = mapped_column(String(40))  # key of the lesson, as wh01
    title: Mapped[str] = mapped_column(String(80))  # its title, as it was planned
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.PLANNED)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=0, server_default="0")  # grows with each move
    mid_at: Mapped[datetime | None]  # when the bot asks who is still there
    mid_number: Mapped[int | None]  # what the teacher shows then
    # The class's windows as they held, kept once the class has others; NULL: as they are now.
    windows: Mapped[dict[str, Any] | None]
    # Outbox rows of the two messages that show who is here while people come.
    group_card_id: Mapped[int | None] = mapped_column(BigId)
    teacher_card_id: Mapped[int | None] = mapped_column(BigId)
    study_class: Mapped[StudyClass] = relationship(lazy="joined", innerjoin=True)
