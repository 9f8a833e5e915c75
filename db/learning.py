"""Tables of learning: what each one masters, and lessons that teachers make in the chat."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.types import Base, BigId


class Mastery(Base):
    """How well a learner knows an item, and when to meet it again (FSRS)."""

    __tablename__ = "mastery"
    __table_args__ = (Index("mastery_due", "person_id", "due_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)  # lesson step that asks it
    card: Mapped[dict[str, Any]]  # as the library keeps it
    due_at: Mapped[datetime]
    mastered: Mapped[bool] = mapped_column(default=False)


class OwnLesson(Base):
    """One version of a lesson that a teacher made in the chat; edits are new versions."""

    __tablename__ = "own_lesson"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int]
    study_class_id: Mapped[int] = mapped_column(ForeignKey("study_class.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(80), default="")
    steps: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    publish_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
