"""Tables of what staff arrange: who comes, what is to be done, what is announced and asked."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.types import AnnouncementState, Base, BigId, Reason, Role, TaskKind


class Coming(Base):
    """What a learner last said of a meeting: I come, or I cannot and why (请假)."""

    __tablename__ = "coming"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    comes: Mapped[bool]
    reason: Mapped[Reason | None]  # of one who cannot come, once it was said
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    text: Mapped[str] = mapped_column(String(400), default="")
    at: Mapped[datetime]
    # The class head's word on a leave that was asked for.
    granted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    word_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))


class Task(Base):
    """Something that a person has to do about a person, until what was learnt is written down."""

    __tablename__ = "task"
    __table_args__ = (Index("task_open", "study_class_id", "closed_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)  # what makes it one and the same
    kind: Mapped[TaskKind]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)  # whom it is about
    study_class_id: Mapped[int] = mapped_column(ForeignKey("study_class.id"))
    role: Mapped[Role]  # who has it now; it moves up when nobody closes it
    opened_at: Mapped[datetime]
    raised_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(400), default="")
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))


class Announcement(Base):
    """Something that staff say to many at once (通知)."""

    __tablename__ = "announcement"
    __table_args__ = (Index("announcement_due", "state", "send_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String(4096), default="")
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    audience: Mapped[dict[str, Any]]  # classes, townships, roles, groups
    state: Mapped[AnnouncementState] = mapped_column(default=AnnouncementState.DRAFT)
    people: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    send_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None]


class Recipient(Base):
    """One person whom an announcement is for; the reason is why no message could be written."""

    __tablename__ = "recipient"

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(80), default="")


class Poll(Base):
    """A native poll in the group of a class (投票); only totals are kept."""

    __tablename__ = "poll"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    study_class_id: Mapped[int] = mapped_column(ForeignKey("study_class.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    question: Mapped[str] = mapped_column(String(300), default="")
    options: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    message_id: Mapped[int | None] = mapped_column(BigId)  # outbox row that carries it
    closed_at: Mapped[datetime | None]
    totals: Mapped[dict[str, Any] | None]


class Draft(Base):
    """What somebody is putting together tap by tap, before it is anything."""

    __tablename__ = "draft"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    values: Mapped[dict[str, Any]]
    at: Mapped[datetime]
