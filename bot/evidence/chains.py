"""Checks the ledger lines of an archive with SHA-256 alone."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from pydantic import BaseModel, ConfigDict

from bot.evidence.problems import Problem
from bot.language import N_
from db import ledger
from db.models import LedgerEntry

LONGEST_LINE = 1 << 20


class Line(BaseModel):
    """A ledger line, as it is written in an archive."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    seq: int
    at: str
    kind: str
    payload: dict[str, Any] | None
    salt: str
    payload_hash: str
    prev_hash: str
    hash: str

    def entry(self) -> LedgerEntry:
        """Return the line as the database had it; raises `ValueError` where it cannot have."""
        at = datetime.fromisoformat(self.at)
        if at.tzinfo is None or ledger.stamp(at) != self.at:
            raise ValueError(f"not a moment as the ledger writes it: {self.at}")
        return LedgerEntry(**self.model_dump(exclude={"at"}), at=at)


def chain_problems(name: str, lines: IO[bytes], entries: int, head: str) -> Iterator[Problem]:
    """Check a chain line by line, and that it ends where the manifest says."""
    seq, prev_hash = 0, ledger.GENESIS
    while text := lines.readline(LONGEST_LINE):
        seq += 1
        where = f"{name}:{seq}"
        try:
            entry = _read(text)
        except (ValueError, RecursionError, OverflowError):
            yield Problem(where, N_("this ledger line cannot be read"))
            return
        if what := ledger.check_line(entry, seq, prev_hash):
            yield Problem(where, LEDGER_FAULTS.get(what, N_("a ledger line is missing before it")))
        seq, prev_hash = entry.seq, entry.hash
    if (seq, prev_hash) != (entries, head):
        yield Problem(name, N_("the ledger does not end where the list of files says"))


LEDGER_FAULTS = {
    "does not follow the line before it": N_("this ledger line does not follow the one before it"),
    "its content was changed": N_("the content of this ledger line was changed"),
    "its hash does not fit": N_("the hash of this ledger line does not fit"),
}


def _read(text: bytes) -> LedgerEntry:
    """Read one line; it must be written the one way in which we write it."""
    line = Line.model_validate(json.loads(text))
    if f"{ledger.canonical(line.model_dump())}\n".encode() != text:
        raise ValueError("a line that was written by another hand")
    return line.entry()
