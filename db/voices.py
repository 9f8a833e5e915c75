"""Tables of voices: recorded clips, what was wanted and missing, reviewed Miao strings."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.types import Base, BigId, ClipState, ReviewState


class Clip(Base):
    """One recorded sentence, part or lesson step in one language; versions are kept (语音)."""

    __tablename__ = "clip"
    __table_args__ = (
        UniqueConstraint("key", "language", "version"),
        Index("clip_by_state", "state", "language"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # A catalog's message id, a lesson step (wh01.3) or a sentence part (number.3).
    key: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(40))  # zh, hea, or a village's own voice pack
    version: Mapped[int]
    path: Mapped[str] = mapped_column(String(255))  # OGG/Opus under the data folder
    sha256: Mapped[str] = mapped_column(String(64))
    milliseconds: Mapped[int]
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[ClipState] = mapped_column(default=ClipState.RECORDED)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))  # why it was sent back
    recorded_at: Mapped[datetime]


class Wanted(Base):
    """How often a clip was wanted and missing; it feeds the booth's order."""

    __tablename__ = "clip_wanted"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    language: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]


class Review(Base):
    """What a reader of Miao said of a written string; the latest counts."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    msgid: Mapped[str] = mapped_column(String(300), index=True)
    language: Mapped[str] = mapped_column(String(40))
    state: Mapped[ReviewState]
    text: Mapped[str] = mapped_column(Text, default="")
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
