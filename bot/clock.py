"""What time it is: passed in everywhere, read here and nowhere else."""

import mmap
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

Clock = Callable[[], datetime]

SECONDS = struct.Struct("<d")  # unix time, little-endian


def utcnow() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def file_clock(path: Path) -> Clock:
    """Return a clock that several processes share: whoever writes the file moves the time."""
    with path.open("rb") as file:
        seen = mmap.mmap(file.fileno(), SECONDS.size, access=mmap.ACCESS_READ)

    def now() -> datetime:
        return datetime.fromtimestamp(SECONDS.unpack_from(seen)[0], UTC)

    return now


def write_clock(path: Path, moment: datetime) -> None:
    """Move the time that the readers of a clock file see."""
    data = SECONDS.pack(moment.timestamp())
    if not path.exists():
        path.write_bytes(data)
        return
    # In place: a reader keeps the same bytes mapped, a new file would leave it behind.
    with path.open("r+b") as file:
        file.write(data)
