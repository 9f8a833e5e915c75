"""Voices as one ZIP, for volunteers without the bot; it comes in whole or not at all.

`index.json` lists every key with its Mandarin text and the name of its file. A clip that was in the
pack has its SHA-256 there; a new recording is laid under the name that stands for it, any sound
file, and needs none: it is trimmed and evened like one from the booth.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, translate
from bot.services import recording, voice_files
from bot.services.refusing import Refusal
from bot.services.voice_catalogue import open_to, wording
from bot.services.voice_files import MOST_BYTES, UnusableError
from db.models import Clip, Person
from db.queries import booth

INDEX = "index.json"
MOST_MEMBERS = 20_000
MOST_INDEX = 8 * 1024 * 1024
MOST_ALL = 400 * 1024 * 1024
OLDEST_DATE = (2026, 1, 1, 0, 0, 0)  # the same pack is the same bytes


class Strict(BaseModel):
    """A part of the index; what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Entry(Strict):
    """One thing to say: its key, what it says, and where its sound lies in the pack."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    mandarin: str
    file: Annotated[str, StringConstraints(pattern=r"^clips/[0-9A-Za-z._-]{1,80}$")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Index(Strict):
    """What a pack says of itself."""

    format: Literal[1]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}([-_][0-9A-Za-z]{1,15})*$")]
    clips: Annotated[list[Entry], Field(max_length=MOST_MEMBERS)]


@dataclass(frozen=True)
class Sound:
    """A clip that has been checked and may come in."""

    key: str
    content: bytes
    milliseconds: int


@dataclass(frozen=True)
class Imported:
    """What came of an import."""

    language: str
    new: int
    known: int
    missing: int


async def export_pack(session: AsyncSession, file: Path, language: str, data: Path) -> int:
    """Write a pack with every key and the approved clips; return how many clips it holds."""
    approved = await booth.approved_of(session, language)
    listed = await open_to(session, language)
    entries, sounds = [], dict[str, bytes]()
    for number, one in enumerate(listed.values(), start=1):
        name, clip = f"clips/{number:04}.ogg", approved.get(one.key)
        content = _content(data, clip) if clip else None
        digest = hashlib.sha256(content).hexdigest() if content else None
        if content:
            sounds[name] = content
        entries.append(Entry(key=one.key, mandarin=one.spoken, file=name, sha256=digest))
    index = Index(format=1, language=_checked_language(language), clips=entries)
    coming = file.with_name(f".{file.name}.coming")
    try:
        with ZipFile(coming, "w") as pack:
            _add(pack, INDEX, index.model_dump_json(indent=1).encode(), ZIP_DEFLATED)
            for name, content in sounds.items():
                _add(pack, name, content, ZIP_STORED)
        coming.replace(file)
    except OSError as error:
        raise Refusal(f"写不了“{file}”。", f"“{file}” cannot be written.", "unwritable") from error
    finally:
        coming.unlink(missing_ok=True)
    return len(sounds)


def _checked_language(language: str) -> str:
    try:
        Index(format=1, language=language, clips=[])
    except ValidationError as error:
        raise Refusal(
            f"“{language}”不是语言代码，例如 hea。",
            f"“{language}” is no language code, such as hea.",
            "language",
        ) from error
    return language


def _content(data: Path, clip: Clip) -> bytes:
    path = data / clip.path
    if not path.is_file():
        raise Refusal(
            f"数据文件夹里缺少录音“{clip.path}”。",
            f"The clip “{clip.path}” is missing from the data folder.",
            "missing",
        )
    return path.read_bytes()


def _add(pack: ZipFile, name: str, content: bytes, how: int) -> None:
    member = ZipInfo(name, OLDEST_DATE)
    member.compress_type = how
    pack.writestr(member, content)


def read_pack(file: Path) -> tuple[Index, list[Sound]]:
    """Read a pack and check all of it; any fault refuses the whole."""
    try:
        with ZipFile(file) as pack:
            sizes = _sizes(pack)
            index = _index(_bytes(pack, INDEX, MOST_INDEX, sizes))
            sounds = [
                _sound(one, _bytes(pack, one.file, MOST_BYTES, sizes))
                for one in index.clips
                if one.file in sizes or one.sha256
            ]
            known = {INDEX, *(one.file for one in index.clips)}
            if unknown := sorted(sizes.keys() - known):
                raise _refused(
                    "包里有索引没写的文件", "a file that the index does not name", unknown[0]
                )
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Refusal(
            f"“{file.name}”不是完好的 ZIP 语音包。",
            f"“{file.name}” is not a whole ZIP of voices.",
            "broken",
        ) from error
    return index, sounds


def _refused(chinese: str, english: str, where: str) -> Refusal:
    return Refusal(
        f"语音包没有导入：{chinese}（{where}）。",
        f"Nothing was imported: {english} ({where}).",
        "pack",
    )


def _sizes(pack: ZipFile) -> dict[str, int]:
    """Return what the ZIP promises, once that is nothing monstrous."""
    members = [one for one in pack.infolist() if not one.is_dir()]
    sizes = {one.filename: one.file_size for one in members}
    if len(members) > MOST_MEMBERS or sum(sizes.values()) > MOST_ALL:
        raise _refused("文件太多或太大", "too many files or too large", file_name(pack))
    if len(sizes) < len(members):
        raise _refused("同名文件出现两次", "two files of one name", file_name(pack))
    return sizes


def file_name(pack: ZipFile) -> str:
    """Return the name of an open ZIP."""
    return PurePosixPath(pack.filename or "").name


def _bytes(pack: ZipFile, name: str, most: int, sizes: dict[str, int]) -> bytes:
    """Unpack one member, never more than is allowed, whatever its entry says."""
    if name not in sizes:
        raise _refused("缺少文件", "a file is missing", name)
    with pack.open(name) as member:
        content = member.read(most + 1)
    if len(content) > most:
        raise _refused("文件太大", "a file is too large", name)
    return content


def _index(content: bytes) -> Index:
    try:
        index = Index.model_validate_json(content)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or INDEX
        raise _refused("索引格式不对", "the index is not in its form", where) from error
    for values, chinese, english in (
        ([one.key for one in index.clips], "同一句出现两次", "a key stands twice"),
        ([one.file for one in index.clips], "同一文件用了两次", "a file stands for two keys"),
    ):
        twice = {one for one in values if values.count(one) > 1} if _repeats(values) else set()
        if twice:
            raise _refused(chinese, english, min(twice))
    for one in index.clips:
        if wording(one.key, index.language) is None:
            raise _refused("不认识的句子编号", "a key is not known", one.key)
    return index


def _repeats(values: list[str]) -> bool:
    return len(set(values)) < len(values)


def _sound(one: Entry, content: bytes) -> Sound:
    """Check one clip: its digest, and by decoding that it is a voice."""
    if one.sha256 and hashlib.sha256(content).hexdigest() != one.sha256:
        raise _refused("文件与校验值不符", "a file does not fit its SHA-256", one.file)
    try:
        samples = voice_files.cleaned(content)
        if one.sha256 is None or not _is_clip(content):
            content = voice_files.opus(samples)
        return Sound(one.key, content, voice_files.milliseconds(content))
    except UnusableError as error:
        chinese = translate(MANDARIN, error.msgid).rstrip("。")
        raise _refused(chinese, error.msgid.rstrip("."), one.file) from error


def _is_clip(content: bytes) -> bool:
    return content.startswith(b"OggS") and b"OpusHead" in content[:128]


async def import_pack(
    session: AsyncSession,
    index: Index,
    sounds: list[Sound],
    speaker: Person | None,
    data: Path,
    now: datetime,
) -> Imported:
    """Bring the clips of a checked pack in; each waits for a second speaker."""
    new = 0
    for one in sounds:
        place, digest = voice_files.lay(data, one.content)
        if await booth.same(session, one.key, index.language, digest):
            continue
        clip = Clip(
            key=one.key,
            language=index.language,
            version=await booth.newest_version(session, one.key, index.language) + 1,
            path=place,
            sha256=digest,
            milliseconds=one.milliseconds,
            speaker_id=speaker.id if speaker else None,
            recorded_at=now,
        )
        session.add(clip)
        await session.flush()
        if speaker:
            await recording.note(session, speaker.id, "clip.recorded", clip, now, imported=True)
        new += 1
    known = len(sounds) - new
    return Imported(index.language, new, known, len(index.clips) - len(sounds))
