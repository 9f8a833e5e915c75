"""Sealed bytes of documents under the data folder: no plain byte of them touches the disk."""

import os
import tempfile
from pathlib import Path

from db.models import Document
from db.sealing import Key

FOLDER = "documents"
SEALED = "sealed"  # before the colon of a file that the sender opens in memory
A_FOLDER = 1000  # documents


def about(number: int, kind: str) -> str:
    """Say what sealed bytes are: moved to another document they do not open."""
    return f"document:{number}:{kind}"


def place_of(number: int, mark: str) -> str:
    """Return where a document lies by number and key; nothing in it says whose it is."""
    return f"{FOLDER}/{number // A_FOLDER:04}/{number}-{mark}.{SEALED}"


def put(data: Path, key: Key, number: int, kind: str, content: bytes) -> str:
    """Seal bytes and write them whole or not at all; return where they lie."""
    place = place_of(number, key.mark)
    path = data / place
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".coming-")  # its owner's only
    coming = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key.seal_bytes(content, about(number, kind)))
            file.flush()
            os.fsync(file.fileno())
        coming.replace(path)
    finally:
        coming.unlink(missing_ok=True)
    return place


def read(data: Path, key: Key, document: Document) -> bytes:
    """Return a document's bytes, opened in memory."""
    sealed = (data / document.path).read_bytes()
    return key.unseal_bytes(sealed, about(document.id, document.kind))


def drop(data: Path, place: str) -> None:
    """Take sealed bytes away that nothing speaks of any more."""
    (data / place).unlink(missing_ok=True)


def named(document: Document) -> dict[str, str]:
    """Name a document's picture, the way the sender reads it."""
    return {"file": f"{SEALED}:{document.id}:{document.kind}"}


def opened(data: Path, key: Key, name: str) -> bytes:
    """Return the bytes of the document that a message names, for the sender to send."""
    number, kind = name.split(":")
    sealed = (data / place_of(int(number), key.mark)).read_bytes()
    return key.unseal_bytes(sealed, about(int(number), kind))
