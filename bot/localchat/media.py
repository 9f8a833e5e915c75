"""Files that were sent: kept, measured, made smaller, found again by their id."""

import hashlib
import mimetypes
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.localchat.refusals import bad

DOWNLOAD_LIMIT = 20 * 1024 * 1024
_PREFIX = {"photo": "AgACAg", "voice": "AwACAg", "audio": "CQACAg", "animation": "CgACAg",
           "document": "BQACAg", "sticker": "CAACAg"}  # fmt: skip
_FOLDERS = {"photo": "photos", "voice": "voice", "audio": "music", "animation": "animations",
            "document": "documents", "sticker": "stickers"}  # fmt: skip
_SUFFIXES = {"photo": ".jpg", "voice": ".oga", "sticker": ".webp"}

JSON = dict[str, Any]


@dataclass(slots=True)
class Kept:
    """One file and what a message shows of it."""

    file_id: str
    unique_id: str
    kind: str
    size: int
    path: str
    mime: str
    media: Any = None
    data: bytes | None = None

    def json(self) -> JSON:
        """Return the file as getFile does, without the path that only small files have."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
        }


@dataclass(slots=True)
class Files:
    """All files, in a folder or in memory; the same bytes are kept once."""

    folder: Path | None = None
    by_id: dict[str, Kept] = field(default_factory=dict)
    by_path: dict[str, Kept] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    def keep(
        self, kind: str, data: bytes, *, name: str = "", mime: str = "", declared: int | None = None
    ) -> Kept:
        """Keep a file; the same bytes of the same kind and name have the same id."""
        digest = hashlib.sha256(f"{kind}\0{name}\0{mime}\0{declared}\0".encode() + data).digest()
        unique = urlsafe_b64encode(digest[:12]).decode()
        file_id = _PREFIX[kind] + urlsafe_b64encode(digest[:30]).decode()
        known = self.by_id.get(file_id)
        if known is not None:
            return known
        suffix = _SUFFIXES.get(kind) or Path(name).suffix
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        path = f"{_FOLDERS[kind]}/file_{len(self.by_id) + 1}{suffix}"
        kept = Kept(file_id, unique, kind, declared or len(data), path, mime)
        if self.folder is None:
            kept.data = data
        else:
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        self.by_id[file_id] = kept
        self.by_path[path] = kept
        return kept

    def read(self, kept: Kept) -> bytes:
        """Return the bytes; of a merely declared size come zeros."""
        data = kept.data if self.folder is None else (self.folder / kept.path).read_bytes()
        return data or bytes(min(kept.size, DOWNLOAD_LIMIT))

    def find(self, file_id: str, kind: str) -> Kept:
        """Return the file behind an id for re-sending."""
        kept = self.by_id.get(file_id)
        if kept is None:
            raise bad("wrong file identifier/HTTP URL specified")
        if kept.kind != kind:
            raise bad(f"can't use file of type {kept.kind.title()} as {kind.title()}")
        return kept
