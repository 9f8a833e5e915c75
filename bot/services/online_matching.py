"""Whose row is it: labels of an online meeting matched to the learners of a class."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.services.online_file import OnlineReading, OnlineRow
from bot.services.online_layouts import load_layouts
from bot.services.online_stays import Draft, Entry, Stay
from bot.services.online_values import called, numbers_in, parts_of, phones_in
from bot.services.roster_values import DOTS
from db.models import Person

CLOSE = 0.6  # how like a name a label must be to be offered first
SHORT = 2  # letters that are enough to be a part of a name
MOST_CANDIDATES = 6
LONGEST_NAME = 60
ENDING = "…"
ROUNDING = timedelta(minutes=1)  # platforms tell lengths in whole minutes


@dataclass(frozen=True)
class Roster:
    """The people of a class by everything that they may be called."""

    learners: Sequence[Person]
    staff: Sequence[Person] = ()
    aliases: Mapping[str, set[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """Who a label is: one for sure, or those who come into question."""

    person: int | None = None
    by: str = ""
    candidates: tuple[int, ...] = ()


def fold(name: str) -> str:
    """Write a name the one way in which names are compared."""
    return "".join(name.translate(DOTS).casefold().split())


def match(row: OnlineRow, roster: Roster) -> Match:
    """Find who a row is; clues that contradict each other are left to a person."""
    clues = _clues(row, roster.learners)
    if known := roster.aliases.get(fold(called(row.label))):
        clues["alias"] = set(known)
    if not clues:
        return Match(candidates=_close(row.label, roster.learners))
    common = set.intersection(*clues.values())
    if len(common) == 1:
        return Match(common.pop(), next(iter(clues)))
    likely = common or set.union(*clues.values())
    return Match(candidates=tuple(one.id for one in roster.learners if one.id in likely))


def _clues(row: OnlineRow, people: Iterable[Person]) -> dict[str, set[int]]:
    """Gather what a row says of people, each clue with those it fits, the surest first."""
    numbers = set(numbers_in(f"{row.number} {row.label}"))
    phones = set(phones_in(f"{row.phone} {row.label}"))
    names = {fold(part) for part in parts_of(row.label)}
    fits: dict[str, set[int]] = defaultdict(set)
    for person in people:
        if person.number.upper() in numbers:
            fits["number"].add(person.id)
        if person.phone and not phones.isdisjoint(phones_in(person.phone)):
            fits["phone"].add(person.id)
        if fold(person.name) in names:
            fits["name"].add(person.id)
    return {clue: fits[clue] for clue in ("number", "phone", "name") if clue in fits}


def _close(label: str, people: Sequence[Person]) -> tuple[int, ...]:
    """Find whose name a label resembles, the likeliest first."""
    parts = [fold(part) for part in parts_of(label)]

    def likeness(person: Person) -> float:
        name = fold(person.name)
        best = 0.0
        for part in parts:
            if len(part) >= SHORT and (part in name or name in part):
                best = max(best, 0.9)
            best = max(best, difflib.SequenceMatcher(None, part, name).ratio())
        return best

    ranked = sorted(((likeness(one), one.id) for one in people), key=lambda one: (-one[0], one[1]))
    return tuple(number for like, number in ranked[:MOST_CANDIDATES] if like >= CLOSE)


def draft_of(reading: OnlineReading, roster: Roster, starts: datetime) -> Draft:
    """Match a whole file; `starts` is when rows began that say only how long they lasted."""
    draft = Draft(entries=[], unreadable=reading.unreadable)
    known: dict[tuple[str, str, str], Entry] = {}
    for row in reading.rows:
        found = match(row, roster)
        if _left_out(row, found, reading.host, roster):
            draft.left_out += 1
            continue
        entry = _entry(row, found, reading.starts or starts)
        key = (fold(row.label), row.phone, row.number)
        # Rows of two namesakes read alike: each is asked about by itself.
        alike = known.get(key) if len(found.candidates) < 2 else None  # noqa: PLR2004 - namesakes
        if alike:
            _add(alike, entry)
        else:
            known.setdefault(key, entry)
            draft.entries.append(entry)
    return draft


def _left_out(row: OnlineRow, found: Match, host: str, roster: Roster) -> bool:
    """Say whether a row is that of a host or a teacher."""
    roles = load_layouts().roles
    if row.role in roles.never:
        return True
    if found.person is not None:
        return False
    if row.role in roles.perhaps or fold(host) in {fold(part) for part in parts_of(row.label)}:
        return True
    return bool(_clues(row, roster.staff)) and not _clues(row, roster.learners)


def _entry(row: OnlineRow, found: Match, starts: datetime) -> Entry:
    length = row.length or timedelta()
    stay: Stay = (row.joined or starts, row.left or (row.joined or starts) + length)
    short = row.length is not None and stay[1] - stay[0] - row.length >= ROUNDING
    return Entry(
        name=shown(row),
        stays=[stay],
        seconds=int(length.total_seconds()) if short else None,
        person=found.person,
        by=found.by,
        candidates=list(found.candidates),
    )


def shown(row: OnlineRow) -> str:
    """Return what a row is called; of a bare phone number its end."""
    phones = phones_in(f"{row.phone} {row.label}")
    return called(row.label)[:LONGEST_NAME] or (f"{ENDING}{phones[0][-4:]}" if phones else "?")


def _add(entry: Entry, other: Entry) -> None:
    """Add the stays of one more row of the same label."""
    if entry.seconds is not None or other.seconds is not None:
        entry.seconds = _length(entry) + _length(other)
    entry.stays += other.stays


def _length(entry: Entry) -> int:
    if entry.seconds is not None:
        return entry.seconds
    return int(sum((end - start for start, end in entry.stays), timedelta()).total_seconds())
