"""A root a day over all chains of the ledger, told to the school, so that no past day is reworded.

The root is made and kept first, then told: after a crash in between it is told by the next tick.
"""

import heapq
import logging
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import SHANGHAI
from bot.services import root_files
from bot.services.daily_rules import at, rules
from bot.services.isolating import apart
from bot.services.root_files import FIRST, Root
from bot.services.summarising import new_places
from bot.voice.saying import Way, tell
from db import ledger
from db.merkle import Tree, leaf
from db.models import Person, Priority, Role
from db.queries import heads, summaries
from db.session import Database

logger = logging.getLogger(__name__)

PURPOSE = "ledger-root"
STAFF = (Role.SCHOOL, Role.COUNTY, Role.ADMINISTRATOR)
AT_ONCE = 64  # days that are checked in one pass
PAGE = 400  # lines looked up in one question
DAMAGED = (OSError, EOFError, ValueError, zlib.error)


@dataclass(frozen=True)
class RootFault:
    """A kept root that does not hold."""

    day: str
    what: str


async def keep_due(database: Database, data: Path, now: datetime) -> int:
    """Make and keep the root of the day once it is time, and tell staff; return how many."""
    if now < at(now, rules().root_at):
        return 0
    day = f"{now.astimezone(SHANGHAI):%Y-%m-%d}"
    root = root_files.kept(data, day)
    if root is None:
        async with database.read() as session:
            root = await make(session, data, day, now)
        root_files.keep(data, root)
        logger.info("ledger of %s: %d lines, root %s", day, root.entries, root.root)
    async with database.begin() as session:
        told = 0
        for number, _county in await summaries.staff(session, STAFF, now):
            act = _tell(session, number, root, now)
            told += await apart(session, act, f"ledger root for person {number}") or 0
        return told


async def make(session: AsyncSession, data: Path, day: str, now: datetime) -> Root:
    """Return the root over all heads, once it is written down for which lines it stands."""
    tree, entries = Tree(), 0
    with root_files.writing_heads(data, day) as write:
        async for person_id, seq, line_hash in heads.all_(session):
            tree.add(leaf(person_id, seq, line_hash))
            write(person_id, seq)
            entries += seq
    before = root_files.lines(data)
    previous = root_files.digest(before[-1]) if before else FIRST
    return Root(
        day=day,
        at=ledger.stamp(now),
        people=tree.size,
        entries=entries,
        root=tree.root(),
        previous=previous,
    )


async def _tell(session: AsyncSession, number: int, root: Root, now: datetime) -> int:
    person = await session.get_one(Person, number)
    places = await new_places(session, person, f"root:{root.day}:{number}", now)
    for place, own in places:
        tell(
            session,
            place,
            _("Ledger of %(date)s: %(entries)d entries, root %(root)s"),
            now,
            (),
            Way(Priority.REMINDER, own, purpose=PURPOSE, silent=True),
            date=root.day,
            entries=root.entries,
            root=root.root,
        )
    if places:
        told = {"day": root.day, "root": root.root}
        await ledger.record(session, number, "root.posted", now, **told)
    return len(places)


async def check(session: AsyncSession, data: Path) -> AsyncIterator[RootFault]:
    """Check that every kept root still fits the ledger; memory does not grow with the ledger."""
    roots: list[Root] = []
    previous = FIRST
    for number, line in enumerate(root_files.lines(data), 1):
        try:
            root = Root.model_validate_json(line)
        except ValidationError:
            yield RootFault(f"line {number}", "cannot be read")
            previous = root_files.digest(line)
            continue
        if root.previous != previous:
            yield RootFault(root.day, "does not follow the line before it")
        previous = root_files.digest(line)
        roots.append(root)
    for start in range(0, len(roots), AT_ONCE):
        async for fault in _check_some(session, data, roots[start : start + AT_ONCE]):
            yield fault
    days = {root.day for root in roots}
    told = {key.split(":")[1] for key in await heads.told(session, PURPOSE)}
    for day in sorted(told - days):
        yield RootFault(day, "was told to staff and is not in the file of roots")


async def _check_some(
    session: AsyncSession, data: Path, roots: Sequence[Root]
) -> AsyncIterator[RootFault]:
    """Make the roots of some days anew, from the lines that each of them stands for."""
    trees, entries = [Tree() for _root in roots], [0] * len(roots)
    wrong: dict[int, str] = {}

    def pointed(place: int) -> Iterator[tuple[int, int, int]]:
        try:
            for person_id, seq in root_files.read_heads(data, roots[place].day):
                yield person_id, seq, place
        except DAMAGED:
            wrong[place] = "the list of what it stands for is missing or damaged"

    every = heapq.merge(*(pointed(place) for place in range(len(roots))))
    while some := list(islice(every, PAGE)):
        found = await heads.hashes(session, {(person, seq) for person, seq, _place in some})
        for person_id, seq, place in some:
            line_hash = found.get((person_id, seq))
            if line_hash is None:
                wrong.setdefault(place, f"line {seq} of person {person_id} is gone")
                continue
            trees[place].add(leaf(person_id, seq, line_hash))
            entries[place] += seq
    for place, root in enumerate(roots):
        made = (trees[place].size, entries[place], trees[place].root())
        if place not in wrong and made != (root.people, root.entries, root.root):
            wrong[place] = "the ledger is not what it was then"
        if place in wrong:
            yield RootFault(root.day, wrong[place])
