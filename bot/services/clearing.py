"""Throws away what nobody has finished and what can be made anew; evidence is never touched.

Not here, and kept: media, documents, sheets, recordings, spoken sentences, dossiers, the ledger.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.daily_rules import rules
from db.queries import clearing

logger = logging.getLogger(__name__)

# Half-written files of ours, wherever they lie: nobody knows them by these names.
HALFWAY = (".coming-*", "*.part", "*.tmp")
CODES, LISTS, DRAWN, CLIPS = "codes/*.png", "lists/*.xlsx", "drawn/*.png", "clips/drafts/*.ogg"
MOST = 200  # pictures at once


def sweep(data: Path, now: datetime) -> Counter[str]:
    """Throw away files that nothing in the database speaks of; return how many of each."""
    keep = rules().keep
    halfway = (path for pattern in HALFWAY for path in data.rglob(pattern))
    return +Counter(
        {
            "half-written files": _unlink(_old(halfway, now, keep.temporary)),
            "phone lists": _unlink(_old(data.glob(LISTS), now, keep.phone_lists)),
            "trimmed sounds": _unlink(_old(data.glob(CLIPS), now, keep.drafts)),
        }
    )


async def clear(session: AsyncSession, data: Path, now: datetime) -> Counter[str]:
    """Throw away rows and pictures that are past their time; return how many of each."""
    keep = rules().keep
    gone: Counter[str] = Counter()
    for name, act, days in (
        ("drafts", clearing.drafts, keep.drafts),
        ("roll drafts", clearing.roll_drafts, keep.drafts),
        ("polls", clearing.polls, keep.announcements),
        ("announcements", clearing.announcements, keep.announcements),
    ):
        gone[name] += await act(session, now - timedelta(days=days))
    if pictures := _pictures(data, now):
        wanted = await clearing.wanted(session)
        pictures = [one for one in pictures if one.relative_to(data).as_posix() not in wanted]
        gone["uploads"] += await clearing.uploads(session, _digests(pictures))
        gone["pictures"] += _unlink(pictures)
    return +gone


def tell(gone: Counter[str]) -> None:
    """Write into the log how much of what was thrown away."""
    if gone:
        logger.info("thrown away: %s", ", ".join(f"{name} {count}" for name, count in gone.items()))


def _pictures(data: Path, now: datetime) -> list[Path]:
    """List pictures that are drawn anew when they are wanted again, and were not for long."""
    codes = _old(data.glob(CODES), now, rules().keep.codes)
    drawn = _old(data.glob(DRAWN), now, rules().keep.pictures)
    return [*codes, *drawn][:MOST]


def _digests(paths: Iterable[Path]) -> set[str]:
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _old(paths: Iterable[Path], now: datetime, days: int) -> Iterator[Path]:
    """Yield the files that nobody has written to for so many days."""
    before = (now - timedelta(days=days)).timestamp()
    return (path for path in paths if path.is_file() and path.stat().st_mtime < before)


def _unlink(paths: Iterable[Path]) -> int:
    """Take files away and count them."""
    taken = list(paths)
    for path in taken:
        path.unlink(missing_ok=True)
    return len(taken)
