"""Tables of what stands behind attendance: photos, logs, sheets, imports, makeups and flags."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.types import Base, BigId, FlagKind, FlagState, Reason, Status


class ClassPhoto(Base):
    """A photo that shows a meeting was held (C9); its fingerprint finds it used twice."""

    __tablename__ = "class_photo"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), unique=True)
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    # Perceptual hash, 16 hex digits; empty until the bytes are here.
    likeness: Mapped[str] = mapped_column(String(16), default="", index=True)
    same_as: Mapped[int | None] = mapped_column(ForeignKey("class_photo.id"))


class TeachingLog(Base):
    """What a teacher says was taught in a meeting (教学日志, C11)."""

    __tablename__ = "teaching_log"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(4096), default="")
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    at: Mapped[datetime]


class Sheet(Base):
    """A printed sign-in sheet (签到表, C8): its rows as printed, then the photo of it."""

    __tablename__ = "sheet"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    rows: Mapped[dict[str, Any]]  # row number → person id, as printed
    printed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    printed_at: Mapped[datetime]
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    straight: Mapped[str] = mapped_column(String(255), default="")  # under the data folder
    keyed: Mapped[dict[str, Any] | None]  # row number → status, while it is keyed in
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    filed_at: Mapped[datetime | None]


class OnlineImport(Base):
    """An attendance file of an online meeting, with what was read in it."""

    __tablename__ = "online_import"
    __table_args__ = (UniqueConstraint("meeting_id", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(20))  # layout that was recognised
    rows: Mapped[dict[str, Any]]  # stays read, and whom each was taken for
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]


class Makeup(Base):
    """A mark asked for after the day (补录): a reason, and a second person's word."""

    __tablename__ = "makeup"
    __table_args__ = (Index("makeup_waiting", "decided_at", "meeting_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[Status]
    reason: Mapped[str] = mapped_column(String(400), default="")
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    granted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    mark_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"))
    # What shows that it is true: a photo or file, or the signed sheet of the meeting.
    evidence_id: Mapped[int | None] = mapped_column(BigId)  # a file
    sheet_id: Mapped[int | None] = mapped_column(BigId)


class EarlyLeave(Base):
    """A learner's word that they must go before the end (早退请假), and what the head said."""

    __tablename__ = "early_leave"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)  # another time after one was taken back
    reason: Mapped[Reason | None]  # none before it was said
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    text: Mapped[str] = mapped_column(String(400), default="")
    asked_at: Mapped[datetime]  # when they went
    mark_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"))  # of going out
    stayed_at: Mapped[datetime | None]  # stayed after all
    # The class head's word, as on a leave for the whole class.
    granted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    word_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))


class Contest(Base):
    """A learner's word that a mark is wrong (异议), and what was decided; both stay."""

    __tablename__ = "contest"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String(400), default="")
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    at: Mapped[datetime]
    raised_at: Mapped[datetime | None]  # passed up to the township
    status: Mapped[Status | None]  # put right to this; NULL: it stays as it was
    word_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    reason: Mapped[str] = mapped_column(String(400), default="", server_default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class Flag(Base):
    """Something that an auditor would ask about, with its evidence and how it was settled."""

    __tablename__ = "flag"
    __table_args__ = (Index("flag_open", "state", "study_class_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)  # what makes it one and the same
    kind: Mapped[FlagKind]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    study_class_id: Mapped[int | None] = mapped_column(ForeignKey("study_class.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    soft: Mapped[bool] = mapped_column(default=False)  # worth a look, no reproach
    detail: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    state: Mapped[FlagState] = mapped_column(default=FlagState.OPEN)
    reason: Mapped[str] = mapped_column(String(400), default="")
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]


class Alias(Base):
    """Another name under which a learner writes in lists and online meetings."""

    __tablename__ = "alias"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[datetime]
