"""Finds the ledger lines that a figure rests on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from db.models import LedgerEntry


class Traces:
    """A person's ledger lines, by what they speak of and when; those of a walk-in they were too."""

    def __init__(
        self,
        lines: Iterable[LedgerEntry],
        walk_ins: Mapping[str, Sequence[LedgerEntry]] | None = None,
    ) -> None:
        self._own = _Chain(lines)
        self._walk_ins = {number: _Chain(one) for number, one in (walk_ins or {}).items()}

    def of(self, *subjects: str, at: Iterable[datetime | None] = (), **named: int | str) -> str:
        """Name the lines on these subjects that name a row, or were written at its moments.

        Lines of a walk-in's chain are named after the walk-in's number.
        """
        moments = [moment for moment in at if moment is not None]
        found = [ranges(self._own.find(subjects, moments, named))]
        for number, chain in self._walk_ins.items():
            if numbers := chain.find(subjects, moments, named):
                found.append(f"{number}：{ranges(numbers)}")
        return "；".join(one for one in found if one)


class _Chain:
    """One chain's lines."""

    def __init__(self, lines: Iterable[LedgerEntry]) -> None:
        self._named: dict[tuple[str, str, object], set[int]] = defaultdict(set)
        self._at: dict[tuple[str, datetime], set[int]] = defaultdict(set)
        for line in lines:
            subject = line.kind.partition(".")[0]
            self._at[subject, line.at].add(line.seq)
            for key, value in (line.payload or {}).items():
                if isinstance(value, str | int):
                    self._named[subject, key, value].add(line.seq)

    def find(
        self, subjects: Iterable[str], moments: Iterable[datetime], named: Mapping[str, int | str]
    ) -> list[int]:
        found: set[int] = set()
        for subject in subjects:
            for key, value in named.items():
                found |= self._named.get((subject, key, value), set())
            for moment in moments:
                found |= self._at.get((subject, moment), set())
        return sorted(found)


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
