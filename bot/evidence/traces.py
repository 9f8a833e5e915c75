"""Finds the ledger lines that a figure rests on."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from db.models import LedgerEntry


class Traces:
    """One person's ledger lines, by what they speak of and when."""

    def __init__(self, lines: Iterable[LedgerEntry]) -> None:
        self._named: dict[tuple[str, str, object], set[int]] = defaultdict(set)
        self._at: dict[tuple[str, datetime], set[int]] = defaultdict(set)
        for line in lines:
            subject = line.kind.partition(".")[0]
            self._at[subject, line.at].add(line.seq)
            for key, value in (line.payload or {}).items():
                if isinstance(value, str | int):
                    self._named[subject, key, value].add(line.seq)

    def of(self, *subjects: str, at: Iterable[datetime | None] = (), **named: int | str) -> str:
        """Name the lines on these subjects that name a row, or were written at its moments."""
        found: set[int] = set()
        for subject in subjects:
            for key, value in named.items():
                found |= self._named.get((subject, key, value), set())
            for moment in at:
                if moment is not None:
                    found |= self._at.get((subject, moment), set())
        return ranges(sorted(found))


def ranges(numbers: list[int]) -> str:
    """Write numbers briefly: 3、7–9."""
    if not numbers:
        return ""
    runs = [[numbers[0], numbers[0]]]
    for before, number in pairwise(numbers):
        if number == before + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)
