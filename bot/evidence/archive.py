"""A ZIP in which no byte can change unseen.

Its comment, the very last bytes, holds the SHA-256 of every byte before it: names, times, packed
content and all. Inside, `MANIFEST.sha256` (as `sha256sum -c` reads it) lists each other file, and
`manifest.json` each file but these two, so that a changed file is named even where somebody packed
the archive anew.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bot.language import SHANGHAI

FORMAT = "miaoke-evidence-1"
MANIFEST = "manifest.json"
SUMS = "MANIFEST.sha256"
CHUNK = 1 << 20
SEAL = re.compile(rb"miaoke-seal-1 sha256=([0-9a-f]{64})")
SEAL_SIZE = len(b"miaoke-seal-1 sha256=") + 64
END_SIZE = 22  # of the end-of-directory record; the last two bytes are the length of the comment
STORED_AS_IS = {".ogg", ".oga", ".jpg", ".jpeg", ".png", ".mp4"}


@dataclass(frozen=True)
class Listed:
    """A file of the archive and what its bytes add up to."""

    path: str
    size: int
    sha256: str


class Packer:
    """Writes an archive file by file; the same files and moment give the same bytes."""

    def __init__(self, path: Path, now: datetime) -> None:
        self.listed: list[Listed] = []
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._date = now.astimezone(SHANGHAI).timetuple()[:6]
        self._zip = zipfile.ZipFile(self._part, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, content: bytes) -> None:
        """Pack some bytes."""
        with self._open(name, len(content)) as packed:
            packed.write(content)
        self._list(name, len(content), hashlib.sha256(content).hexdigest())

    def add_file(self, name: str, source: Path) -> None:
        """Pack a file without holding it in memory."""
        size = source.stat().st_size
        digest = hashlib.sha256()
        with source.open("rb") as file, self._open(name, size) as packed:
            for chunk in chunks(file):
                digest.update(chunk)
                packed.write(chunk)
        self._list(name, size, digest.hexdigest())

    def finish(self, manifest: dict[str, Any]) -> str:
        """Pack the manifest, seal the archive, put it in its place; return its seal."""
        files = [vars(listed) for listed in sorted(self.listed, key=lambda each: each.path)]
        text = json.dumps(manifest | {"files": files}, ensure_ascii=False, indent=1, sort_keys=True)
        self.add(MANIFEST, text.encode())
        self.add(SUMS, sums(self.listed))
        self._zip.close()
        seal = _seal(self._part)
        self._part.replace(self._path)
        return seal

    def abandon(self) -> None:
        """Leave nothing behind of an archive that was not finished."""
        self._zip.close()
        self._part.unlink(missing_ok=True)

    def _open(self, name: str, size: int) -> IO[bytes]:
        entry = zipfile.ZipInfo(name, self._date)
        as_is = Path(name).suffix in STORED_AS_IS
        entry.compress_type = zipfile.ZIP_STORED if as_is else zipfile.ZIP_DEFLATED
        entry.create_system = 3
        entry.external_attr = 0o100644 << 16
        entry.file_size = size
        return self._zip.open(entry, "w")

    def _list(self, name: str, size: int, digest: str) -> None:
        self.listed.append(Listed(name, size, digest))


def sums(listed: list[Listed]) -> bytes:
    """Write digests and names as `sha256sum` does, sorted by name."""
    ordered = sorted(listed, key=lambda each: each.path)
    return "".join(f"{each.sha256}  {each.path}\n" for each in ordered).encode()


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Read a file bit by bit."""
    while chunk := file.read(CHUNK):
        yield chunk


def _seal(path: Path) -> str:
    """Give an archive without a comment the one that holds its digest."""
    with path.open("r+b") as file:
        file.seek(-END_SIZE, 2)
        if not file.read().startswith(b"PK\x05\x06"):
            raise ValueError("an archive ends with the record of its directory")
        file.seek(-2, 2)
        file.write(SEAL_SIZE.to_bytes(2, "little"))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0, 2)
        file.write(f"miaoke-seal-1 sha256={digest}".encode())
    return digest


def seal_of(path: Path) -> tuple[str | None, str]:
    """Return the digest that an archive's last bytes name, if any, and the true one."""
    size = path.stat().st_size
    with path.open("rb") as file:
        digest = hashlib.sha256()
        left = max(size - SEAL_SIZE, 0)
        while left and (chunk := file.read(min(CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
        found = SEAL.fullmatch(file.read())
    return (found[1].decode() if found else None), digest.hexdigest()
