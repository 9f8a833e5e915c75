"""Files on their way out: uploaded once, known by their file_id from then on."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.transport import File
from bot.voice.composing import make

PACKAGE = Path(__file__).parent
KINDS = ("voice", "photo", "audio", "animation", "document", "video")
LARGE = 1024 * 1024  # from here on reading would be felt by everybody else

SEALED = "sealed:"  # before what is opened in memory, and never known by a file_id
UNSEALED = "picture.jpg"

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call's parameters, the files that go with it, and what each will be known as."""

    params: JSON
    files: Mapping[str, File]  # by the name of their part
    digests: Mapping[str, str]  # of each file that was ours, by the field that names it
    reused: bool = False  # some stands for an earlier upload


@dataclass
class Shelf:
    """What was uploaded before, and where files lie."""

    data: Path
    known: dict[str, str] = field(default_factory=dict)  # digest → file_id
    hashes: dict[tuple[Path, int, int], str] = field(default_factory=dict)
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    voiceless: set[int] = field(default_factory=set)  # chats that take no voice notes
    unseal: Callable[[str], bytes] | None = None

    async def prepare(self, method: str, payload: JSON) -> Prepared:
        """Put file_ids, or the bytes themselves, where a payload names our files."""
        params, files, digests = dict(payload), dict[str, File](), dict[str, str]()
        reused = False
        for name, kind, holder, slot in places(method, params):
            if holder[slot]["file"].startswith(SEALED):
                files[name] = await self.opened(holder[slot]["file"])
                attach(name, params, holder, slot)
                continue
            path = self.path(holder[slot]["file"])
            if not path.is_file():  # a sentence that nobody has heard yet
                await asyncio.to_thread(make, self.data.resolve(), path)
            stat = path.stat()
            sign = (path, stat.st_mtime_ns, stat.st_size)
            content: bytes | None = None
            if sign not in self.hashes:
                content = await read(path, stat.st_size)
                self.hashes[sign] = hashlib.sha256(content).hexdigest()
            digest = f"send{kind.title()}:{self.hashes[sign]}"
            digests[name] = digest
            if digest in self.known:
                holder[slot], reused = self.known[digest], True
                continue
            files[name] = path.name, content or await read(path, stat.st_size)
            attach(name, params, holder, slot)
        return Prepared(params, files, digests, reused)

    async def opened(self, name: str) -> File:
        """Open what lies sealed, in memory."""
        if self.unseal is None:
            raise ValueError("nobody here can open what is sealed")
        return UNSEALED, await asyncio.to_thread(self.unseal, name.removeprefix(SEALED))

    def path(self, name: str) -> Path:
        """Return where a named file lies; it never leads out of its folder."""
        place, _, rest = name.partition(":")
        folder = {"bot": PACKAGE, "data": self.data}[place].resolve()
        path = (folder / rest).resolve()
        if not path.is_relative_to(folder):
            raise ValueError("a file outside its folder")
        return path

    def lock(self, digests: Mapping[str, str]) -> asyncio.Lock:
        """Return what keeps the same bytes from being uploaded twice at once."""
        first = min((d for d in digests.values() if d not in self.known), default="")
        return self.locks.setdefault(first, asyncio.Lock())

    def learn(self, prepared: Prepared, answer: object) -> dict[str, str]:
        """Remember under which file_id the uploaded files are known from now on."""
        messages = answer if isinstance(answer, list) else [answer]
        learned = {}
        uploaded = [name for name in prepared.digests if name in prepared.files]
        for position, name in enumerate(prepared.digests):
            message = messages[position] if len(messages) > 1 else messages[0]
            if name in uploaded and (file_id := file_id_in(message, prepared.digests[name])):
                learned[prepared.digests[name]] = file_id
        self.known |= learned
        for digest in learned:
            self.locks.pop(digest, None)
        return learned


def attach(name: str, params: JSON, holder: JSON, slot: str) -> None:
    """Let a part of the form stand where a payload names a file."""
    if holder is params:
        del params[slot]  # the part of the form says it
    else:
        holder[slot] = f"attach://{name}"


def places(method: str, params: JSON) -> list[tuple[str, str, JSON, str]]:
    """Return where a payload names our files: part, kind, holder and its slot."""
    found = [(kind, kind, params, kind) for kind in KINDS if isinstance(params.get(kind), dict)]
    media = params.get("media")
    if isinstance(media, list):
        params["media"] = media = [dict(item) for item in media]
    elif isinstance(media, dict):
        params["media"] = dict(media)
        media = [params["media"]]
    found += [
        (f"file{number}", item["type"], item, "media")
        for number, item in enumerate(media or [])
        if isinstance(item.get("media"), dict)
    ]
    return found if method.startswith(("send", "edit")) else []


def file_id_in(message: object, digest: str) -> str | None:
    """Return the file_id of the file in a message, if it became what it was sent as."""
    kind = digest.partition(":")[0].removeprefix("send").lower()
    media = message.get(kind) if isinstance(message, dict) else None
    if isinstance(media, list):  # of a photo, every size; the last is the largest
        media = media[-1]
    return media["file_id"] if media else None


async def read(path: Path, size: int) -> bytes:
    """Return a file's bytes; a small one is read faster than a thread is woken."""
    if size > LARGE:
        return await asyncio.to_thread(path.read_bytes)
    return path.read_bytes()  # noqa: ASYNC240
