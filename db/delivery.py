"""Tables of the way in and the way out: inbox, outbox, reminders, ticks."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.types import Base, BigId, InboxState, OutboxState, ReminderKind, ReminderState


class Update(Base):
    """A raw update, stored before it is acknowledged (inbox)."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("inbox_waiting", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    chat_id: Mapped[int] = mapped_column(BigInteger)  # what keeps its order; 0 where there is none
    payload: Mapped[str] = mapped_column(Text)  # JSON as it came; blanked where it must not be kept
    received_at: Mapped[datetime]
    state: Mapped[InboxState] = mapped_column(default=InboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(500), default="")
    done_at: Mapped[datetime | None]


class Message(Base):
    """Something to do in a chat, word for word; the sender only delivers it (outbox)."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_due", "state", "priority", "id"),
        Index("outbox_by_chat", "chat_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    method: Mapped[str] = mapped_column(String(40))  # of the Bot API, as sendVoice
    payload: Mapped[dict[str, Any]]
    priority: Mapped[int]
    # An edit of what another row sent: the message id is taken from there when it leaves.
    target_id: Mapped[int | None] = mapped_column(BigId)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    study_class_id: Mapped[int | None] = mapped_column(ForeignKey("study_class.id"))
    purpose: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(255), default="")
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[datetime | None]


class Upload(Base):
    """The file_id under which a bot has already uploaded some bytes."""

    __tablename__ = "upload"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    digest: Mapped[str] = mapped_column(String(80), primary_key=True)  # method:sha256 of the bytes
    file_id: Mapped[str] = mapped_column(String(255))


class Reminder(Base):
    """One person or group to be reminded of one meeting, once."""

    __tablename__ = "reminder"
    __table_args__ = (Index("reminder_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # rule:meeting:revision:person, or group in place of the person
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[ReminderKind]
    rule: Mapped[str] = mapped_column(String(20), default="", server_default="")
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: the group
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[ReminderState] = mapped_column(default=ReminderState.PLANNED)
    reason: Mapped[str] = mapped_column(String(80), default="")


class Tick(Base):
    """When each recurring act last ended, so that a stopped one is seen."""

    __tablename__ = "tick"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_at: Mapped[datetime]
