"""Unpack a file that a stranger made, without trusting a word of it."""

import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from bot.services.roster_messages import refusal

MEBI = 1024 * 1024
MOST_BYTES = 20 * MEBI
MOST_INFLATED = 100 * MEBI
MOST_RATIO = 100
MOST_MEMBERS = 2_000
SMALL_MEMBER = MEBI  # below this no ratio is suspicious
CHUNK = 64 * 1024

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
DIRECTORY_ENTRY = b"PK\x01\x02"
LOCAL_HEADER = 30


class RefusedError(Exception):
    """A file that is not read any further: its code, and why in two languages."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.chinese, self.english = refusal(code, **values)


def bytes_of(path: Path) -> bytes:
    """Read a file that may be a workbook, or say what it is instead."""
    if not path.is_file():
        raise RefusedError("missing")
    if path.stat().st_size > MOST_BYTES:
        raise RefusedError("too_big", limit=MOST_BYTES // MEBI)
    data = path.read_bytes()
    if data.startswith(OLE_MAGIC):
        raise RefusedError("password" if ENCRYPTED_STREAM in data else "old_xls")
    # Counted before the directory is parsed, for parsing 400,000 entries is the attack.
    if data.count(DIRECTORY_ENTRY) > MOST_MEMBERS:
        raise RefusedError("bomb")
    return data


def archive_of(data: bytes) -> ZipFile:
    """Open the ZIP, once its directory promises nothing monstrous."""
    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise RefusedError("broken") from error
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise RefusedError("password")
    if any(member.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for member in members):
        raise RefusedError("broken")
    if sum(member.file_size for member in members) > MOST_INFLATED or any(map(_swells, members)):
        raise RefusedError("bomb")
    return archive


def _swells(member: ZipInfo) -> bool:
    return member.file_size > SMALL_MEMBER and member.file_size > MOST_RATIO * max(
        member.compress_size, 1
    )


def pieces(archive: ZipFile, stream: IO[bytes], part: str) -> Iterator[bytes]:
    """Unpack a member piece by piece, never more than it declares."""
    try:
        while piece := stream.read(CHUNK):
            yield piece
    except BadZipFile as error:
        code = "bomb" if _lies(archive, archive.getinfo(part)) else "broken"
        raise RefusedError(code) from error


def _lies(archive: ZipFile, member: ZipInfo) -> bool:
    """Say whether a member holds more than its entry declares."""
    file = archive.fp
    if file is None or member.compress_type != ZIP_DEFLATED:
        return False
    file.seek(member.header_offset)
    header = file.read(LOCAL_HEADER)
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    file.seek(names, 1)
    unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(
        file.read(member.compress_size), member.file_size + 1
    )
    return len(unpacked) > member.file_size
