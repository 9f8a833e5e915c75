"""The table of documents (证件材料): whose, which, where the sealed bytes lie, what was decided."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.types import Base, BigId


class DocumentState(enum.StrEnum):
    """Where a document stands."""

    COMING = "coming"  # its bytes are still to be fetched
    UNFIT = "unfit"  # the photo was no good; nothing of it is kept
    WAITING = "waiting"  # kept, and nobody has decided on it
    APPROVED = "approved"
    RETURNED = "returned"  # sent back: another photo is wanted
    REPLACED = "replaced"  # a later photo holds; this one stays, marked


class Document(Base):
    """One photo of one page of a document; its bytes lie sealed under the data folder."""

    __tablename__ = "document"
    __table_args__ = (
        Index("document_by_person", "person_id", "kind", "page"),
        Index("document_by_state", "state"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    page: Mapped[int] = mapped_column(default=1)
    state: Mapped[DocumentState] = mapped_column(default=DocumentState.COMING)
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"))
    # Who sent it, from which account, in which message of that chat.
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    message_id: Mapped[int] = mapped_column(BigInteger)
    sent_at: Mapped[datetime]
    # How its bytes are fetched; forgotten once they are here.
    file_id: Mapped[str] = mapped_column(String(255), default="")
    tries: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime]
    lenient: Mapped[bool] = mapped_column(default=False)  # whole, though no paper's edge is seen
    fault: Mapped[str] = mapped_column(String(20), default="")
    # The sealed bytes, and by which key they were sealed.
    path: Mapped[str] = mapped_column(String(255), default="")  # under the data folder
    key_mark: Mapped[str] = mapped_column(String(16), default="")
    size: Mapped[int] = mapped_column(default=0)  # before sealing
    straight: Mapped[bool] = mapped_column(default=True)
    kept_at: Mapped[datetime | None]
    replaced_by: Mapped[int | None] = mapped_column(BigId)  # that document
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    voice_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    # The ID number read off it: the fingerprint of what the first person keyed in, and whether it
    # fits the roster's or the second person's.
    keyed: Mapped[str] = mapped_column(String(64), default="")
    keyed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    number_fits: Mapped[bool | None]
