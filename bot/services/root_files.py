"""The `roots` file: a line a day with the ledger's root; beside it, which lines it stands for.

Each line names the digest of the line before it, so that none can be taken out unseen.
"""

import gzip
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

ROOTS, HEADS = "roots", "heads"  # file and folder under the data folder
FIRST = "0" * 64


class Root(BaseModel):
    """The root of the ledger on a day."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    day: str
    at: str
    people: int
    entries: int
    root: str
    previous: str  # SHA-256 of the line before

    @property
    def line(self) -> str:
        """Return it as the file holds it."""
        return self.model_dump_json()


def digest(line: str) -> str:
    """Return what the next line says of a line."""
    return hashlib.sha256(line.encode()).hexdigest()


def lines(data: Path) -> list[str]:
    """Return the lines of the roots file."""
    try:
        return (data / ROOTS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def kept(data: Path, day: str) -> Root | None:
    """Return the root of a day, if there is one."""
    for line in reversed(lines(data)):
        with suppress(ValidationError):  # whoever checks the file hears of it
            root = Root.model_validate_json(line)
            if root.day <= day:
                return root if root.day == day else None
    return None


def keep(data: Path, root: Root) -> None:
    """Add a root, whole or not at all, and not before it is on the disk."""
    whole = "\n".join([*lines(data), root.line, ""])
    part = data / f".{ROOTS}.part"
    with part.open("w", encoding="utf-8") as file:
        file.write(whole)
        file.flush()
        os.fsync(file.fileno())
    part.replace(data / ROOTS)


def heads_of(data: Path, day: str) -> Path:
    """Return where it stands for which lines a day's root was made."""
    return data / HEADS / f"{day}.gz"


@contextmanager
def writing_heads(data: Path, day: str) -> Iterator[Callable[[int, int], None]]:
    """Write for which lines a root is made; the file stands in its place once that is whole."""
    path = heads_of(data, day)
    part = path.with_suffix(".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(part, "wt", encoding="ascii") as file:
        yield lambda person_id, seq: print(person_id, seq, file=file)
    part.replace(path)


def read_heads(data: Path, day: str) -> Iterator[tuple[int, int]]:
    """Yield person and number of each line that a root stands for; raises where it is damaged."""
    with gzip.open(heads_of(data, day), "rt", encoding="ascii") as file:
        before = -1
        for line in file:
            person, seq = line.split()
            if int(person) <= before:
                raise ValueError("not in order")
            before = int(person)
            yield before, int(seq)
