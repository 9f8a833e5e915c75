"""Recorded voices: which clip counts, and what was wanted and missing."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Clip, ClipState, Consent, ConsentState, Wanted
from db.prepared import Prepared

COLUMNS = cast("Table", Clip.__table__).c
TABLE = cast("Table", Wanted.__table__)
_STAMP = Prepared(
    select(func.count(), func.max(COLUMNS.id), func.max(COLUMNS.decided_at)).where(
        COLUMNS.state == ClipState.APPROVED
    )
)
_APPROVED = Prepared(
    select(
        COLUMNS.id,
        COLUMNS.key,
        COLUMNS.language,
        COLUMNS.version,
        COLUMNS.path,
        COLUMNS.sha256,
    )
    .where(COLUMNS.state == ClipState.APPROVED)
    .order_by(COLUMNS.version)
)
# Nobody judges their own recording: who decided about it themselves took their voice back.
WITHDRAWN = (COLUMNS.state == ClipState.RETURNED) & (COLUMNS.decided_by == COLUMNS.speaker_id)
_WITHDRAWN = Prepared(select(COLUMNS.path).where(WITHDRAWN))
VARIETY = "variety"  # kind of a consent to hear another variety than one's own
_CONSENTS = cast("Table", Consent.__table__).c
_ACCEPTED = Prepared(
    select(_CONSENTS.language)
    .where(
        _CONSENTS.person_id == bindparam("person"),
        _CONSENTS.kind == VARIETY,
        _CONSENTS.state == ConsentState.GIVEN,
    )
    .order_by(_CONSENTS.id)
)
_WANT = {
    dialect.__name__.rpartition(".")[2]: Prepared(
        (insert := dialect.insert(TABLE))
        .values(
            key=bindparam("key"),
            language=bindparam("language"),
            count=1,
            last_at=bindparam("last_at"),
        )
        .on_conflict_do_update(
            index_elements=[TABLE.c.key, TABLE.c.language],
            set_={"count": TABLE.c.count + 1, "last_at": insert.excluded.last_at},
        )
    )
    for dialect in (sqlite, postgresql)
}


class Approved(Protocol):
    """A clip that counts: what a listener's voice needs of it."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def key(self) -> str:
        """What it says."""

    @property
    def language(self) -> str:
        """In which language."""

    @property
    def version(self) -> int:
        """Which of the recordings it is."""

    @property
    def path(self) -> str:
        """Where it lies under the data folder."""

    @property
    def sha256(self) -> str:
        """What its bytes hash to."""


async def stamp(session: AsyncSession) -> tuple[object, ...]:
    """Return what changes whenever a clip is approved, or is so no longer."""
    return tuple(await _STAMP.row(session))


async def approved(session: AsyncSession) -> Sequence[Approved]:
    """Return every approved clip, the newest version of each last."""
    found: Sequence[Approved] = await _APPROVED.rows(session)
    return found


async def withdrawn(session: AsyncSession) -> list[str]:
    """Return where the recordings lie that their speakers took back."""
    return [row.path for row in await _WITHDRAWN.rows(session)]


async def accepted(session: AsyncSession, person_id: int) -> tuple[str, ...]:
    """Return the other varieties that somebody agreed to hear, the first agreed to first."""
    return tuple(row.language for row in await _ACCEPTED.rows(session, {"person": person_id}))


async def asked(session: AsyncSession, person_id: int) -> Sequence[Consent]:
    """Return the other varieties that somebody was asked about, whatever they said."""
    found = select(Consent).where(Consent.person_id == person_id, Consent.kind == VARIETY)
    return (await session.scalars(found)).all()


async def key_of(session: AsyncSession, clip_id: int) -> str | None:
    """Return what a recording says, whatever became of it."""
    found: str | None = await session.scalar(select(Clip.key).where(Clip.id == clip_id))
    return found


async def want(session: AsyncSession, missed: Iterable[tuple[str, str]], now: datetime) -> None:
    """Count what was wanted and missing, by key and language, in one statement."""
    rows = [
        {"key": key, "language": language, "last_at": now} for key, language in sorted(set(missed))
    ]
    if rows:
        await _WANT[session.get_bind().dialect.name].run(session, rows)
