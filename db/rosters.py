"""Tables of the county's lists: what was imported, line by line, and what people said of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from db.types import Base, BigId


class RosterImport(Base):
    """One file that was imported whole."""

    __tablename__ = "roster_import"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    people: Mapped[int]
    changed: Mapped[int]
    at: Mapped[datetime]
    county_id: Mapped[int | None] = mapped_column(BigId)
    made_by: Mapped[int | None] = mapped_column(BigId)  # a person; NULL: on the command line
    kinds: Mapped[str] = mapped_column(String(40), default="roster", server_default="roster")
    new: Mapped[int] = mapped_column(default=0, server_default="0")
    # What came with it besides people: classes, memberships of staff, staff that were added.
    made: Mapped[dict[str, Any] | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(BigId)


class RosterEntry(Base):
    """One line of a list: somebody of a roster, of the census, or met at the door."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        Index("roster_entry_by_county", "county_id", "kind"),
        Index("roster_entry_by_import", "import_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id"))
    county_id: Mapped[int] = mapped_column(ForeignKey("county.id"))
    kind: Mapped[str] = mapped_column(String(20))  # roster, census, visit
    place: Mapped[str] = mapped_column(String(60))  # sheet!row
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    sex: Mapped[str] = mapped_column(String(4), default="")
    birth_date: Mapped[date | None]
    township: Mapped[str] = mapped_column(String(60), default="")
    village: Mapped[str] = mapped_column(String(60), default="")
    # Of who is only counted the number is kept here, sealed as a person's is.
    id_sealed: Mapped[bytes | None]
    id_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    schooling: Mapped[str] = mapped_column(String(20), default="")
    politics: Mapped[str] = mapped_column(String(20), default="")
    household: Mapped[str] = mapped_column(String(20), default="")
    disability: Mapped[str] = mapped_column(String(40), default="")
    whereabouts: Mapped[str] = mapped_column(String(20), default="")  # died, moved, away …
    said: Mapped[str] = mapped_column(String(80), default="")  # of that, the office's own words
    in_census: Mapped[bool | None]
    registered: Mapped[bool | None]
    # What undoing needs: whether the person came with this line, else what was there before.
    added: Mapped[bool] = mapped_column(default=False, server_default=false())
    before: Mapped[dict[str, Any] | None]


class RosterDoubt(Base):
    """Two who may be one; a person says so, never the program."""

    __tablename__ = "roster_doubt"
    __table_args__ = (UniqueConstraint("person_id", "other_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("roster_import.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who came with the import
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    same: Mapped[bool | None]  # NULL: nobody has said
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decided_at: Mapped[datetime | None]


class RosterHead(Base):
    """What a head of a sender's files means, once a person has confirmed it."""

    __tablename__ = "roster_head"
    __table_args__ = (UniqueConstraint("sender_id", "head"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sender_id: Mapped[int] = mapped_column(BigId)  # a person; 0: the command line
    head: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(20))


class RosterDraft(Base):
    """A file that was sent in a chat and waits for a tap; the file itself is what is kept."""

    __tablename__ = "roster_draft"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), unique=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    told: Mapped[dict[str, Any]]  # a column's letter: its field, as it was said by taps
    asked_at: Mapped[datetime | None]  # when it was to be imported
    message_id: Mapped[int | None]  # of the preview in the chat
    import_id: Mapped[int | None] = mapped_column(ForeignKey("roster_import.id"))
    closed_at: Mapped[datetime | None]  # imported or dropped
