"""Whose word a mark is, and whose counts before whose.

1. the teacher's roll call, the latest;
2. the class head as witness, the latest;
3. the signed paper sheet, as it was keyed in last;
4. the learner's own: tap, code, QR, voice, own line of a list, or a tap by a relative on a shared
   phone; the first one that says "I came";
5. the file of an online meeting, the latest;
6. a leave that the class head granted before: it is a permission, not something seen, so whoever
   comes after all has come;
7. a line that somebody else wrote in a list, until somebody of the above says the same;
8. a mark made up after the day (补录): only where nothing else counts, and counted apart.

A withdrawal names the mark that it takes back, and both stay. To go early is a permission too,
where the class head granted it: whoever saw the going, or went later themselves, knows better.
"""

import enum
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from bot.services.marking import WITHDRAWN
from db.models import How, Mark, Status, Sure
from db.queries.marks import Arrival

Kind = TypeVar("Kind", bound=Arrival)

CAME = frozenset({Status.PRESENT, Status.LATE, Status.LEFT_EARLY})
CONTEST = "contest:"
GRANTED = frozenset({Status.LEAVE, Status.LEFT_EARLY})


class Word(enum.IntEnum):
    """Whose word a mark is; the smaller counts before the greater."""

    ROLL = 1
    WITNESS = 2
    PAPER = 3
    OWN = 4
    IMPORT = 5
    LEAVE = 6
    LISTED = 7
    MAKEUP = 8


# Of these the first word stays; of all others the last one corrects those before.
FIRST = frozenset({Word.OWN, Word.LISTED})
# These were seen or signed, at whatever moment that was written down: minutes run from the start.
VOUCHED = frozenset({Word.ROLL, Word.WITNESS, Word.PAPER, Word.MAKEUP})
_WORDS: dict[str, Word] = {
    Sure.TEACHER: Word.ROLL,
    Sure.WITNESS: Word.WITNESS,
    Sure.PAPER: Word.PAPER,
    Sure.IMPORT: Word.IMPORT,
    Sure.MAKEUP: Word.MAKEUP,
}


def word_of(mark: Arrival) -> Word:
    """Say whose word a mark is."""
    if mark.sure == Sure.WITNESS and mark.status in GRANTED and mark.how != How.WITNESS:
        return Word.LEAVE
    if mark.sure == Sure.HELPER and mark.how == How.LIST:
        return Word.LISTED
    return _WORDS.get(mark.sure, Word.OWN)


def is_decision(mark: Arrival) -> bool:
    """Say whether a mark is what was decided after a contest."""
    return mark.key.startswith(CONTEST)


def when(mark: Mark) -> tuple[datetime, int]:
    """Put marks in order, those of one moment as they were written."""
    return mark.at, mark.id


def written(mark: Arrival) -> int:
    """Put marks in the order in which they were written."""
    return mark.id


def counting(arrivals: Sequence[Kind], order: Callable[[Kind], Any]) -> Kind:
    """Choose which of one person's valid marks of coming in counts; their order is no matter."""
    strongest = min(map(word_of, arrivals))
    said = [mark for mark in arrivals if word_of(mark) is strongest]
    if strongest not in FIRST:
        return max(said, key=order)
    return min(said, key=lambda mark: (mark.status not in CAME, order(mark)))


def valid(marks: Sequence[Mark]) -> list[Mark]:
    """Leave out the marks that were withdrawn, and the withdrawals."""
    cancelled = {
        mark.key.removeprefix(WITHDRAWN) for mark in marks if mark.status is Status.WITHDRAWN
    }
    return [
        mark
        for mark in marks
        if mark.status is not Status.WITHDRAWN and str(mark.id) not in cancelled
    ]
