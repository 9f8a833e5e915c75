"""Tables of what happened: marks, lessons, questions, files and the ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.types import Base, BigId, How, LeaveKind, MediaState, Phase, Status, Sure


class Mark(Base):
    """One attendance act; append-only, what counts is computed (签到记录)."""

    __tablename__ = "mark"
    # The key makes a second tap a no-op: one first mark of its kind a meeting, person and phase.
    __table_args__ = (UniqueConstraint("meeting_id", "person_id", "phase", "key"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    phase: Mapped[Phase]
    key: Mapped[str] = mapped_column(String(40))
    status: Mapped[Status]
    how: Mapped[How]
    sure: Mapped[Sure]
    minutes_late: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int | None]  # there in all, where the source says so, gaps left out
    feeling: Mapped[int | None]  # 3 😀, 2 😐, 1 🙁, on the way out
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    leave: Mapped[LeaveKind | None]
    metres: Mapped[int | None]  # from the class's place, where the learner agreed to say so
    accuracy: Mapped[int | None]  # of that, in metres
    at: Mapped[datetime]


class RollDraft(Base):
    """A teacher's unsaved roll call; no mark is made before it is saved."""

    __tablename__ = "roll_draft"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    status: Mapped[Status]


class Sitting(Base):
    """One learner's way through one lesson, left and taken up at will."""

    __tablename__ = "sitting"
    __table_args__ = (Index("sitting_by_person", "person_id", "lesson"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lesson: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(16))  # digest of the pack that was taught
    step: Mapped[int] = mapped_column(default=0)  # index of the step on the screen
    tries: Mapped[int] = mapped_column(default=0)  # wrong taps on that step
    pressed: Mapped[str] = mapped_column(String(60), default="")  # of a step of several taps
    shown_at: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    seconds: Mapped[int] = mapped_column(default=0)


class Answer(Base):
    """What a learner did at one step."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("sitting_id", "step", "tries"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    step: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int]  # 1 for the first answer to the step
    choice: Mapped[int | None]
    right: Mapped[bool | None]  # nobody judges a voice here
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    seconds: Mapped[int]
    at: Mapped[datetime]
    # A teacher's word on what was spoken or shown.
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]
    good: Mapped[bool | None]
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))


class Question(Base):
    """What a learner asked, and what the teacher said to it."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    study_class_id: Mapped[int | None] = mapped_column(ForeignKey("study_class.id"), index=True)
    text: Mapped[str] = mapped_column(String(4096), default="")
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    asked_at: Mapped[datetime]
    answer_text: Mapped[str] = mapped_column(String(4096), default="")
    answer_media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    clear: Mapped[bool | None]  # the learner's own word: understood or not


class Media(Base):
    """A file that somebody sent; its bytes are fetched after the turn."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    file_id: Mapped[str] = mapped_column(String(255))
    unique_id: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(80), default="")
    seconds: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    path: Mapped[str] = mapped_column(String(255), default="")  # under the data folder
    state: Mapped[MediaState] = mapped_column(default=MediaState.WAITING, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(255), default="")
    received_at: Mapped[datetime]


class LedgerHead(Base):
    """The end of a person's chain; locked while a line is added."""

    __tablename__ = "ledger_head"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigId)
    hash: Mapped[str] = mapped_column(String(64))


class LedgerEntry(Base):
    """One line of the append-only, hash-chained record (台账记录)."""

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ledger_entry_by_at", "at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any] | None]
    salt: Mapped[str] = mapped_column(String(32))
    payload_hash: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
