"""The clip catalogue: which recording a listener hears for a message, a lesson step or a part.

A person's approved recording, newest version first, counts before the machine's shipped one. The
approved clips are few, so they are held in memory and read again when their stamp has changed: a
receipt, which must cost no statement, is spoken from what was read last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clips import Clip, clips
from bot.clips.parts import parts
from db.queries import clips as recorded

PACKAGE = Path(__file__).parent.parent
VOICES = "voices"  # under which a database's sessions carry them
SPOKEN = "zh"  # Mandarin, as voices name it
MACHINE, PERSON = "machine", "person"


@dataclass(frozen=True)
class Heard:
    """A recording that can be played: where it lies, what it is, what a button calls it."""

    path: Path
    file: str  # the way the sender reads it
    ref: str
    language: str = SPOKEN
    version: int = 1
    made_by: str = MACHINE
    digest: str = ""


@dataclass
class Voices:
    """The recordings of one school: what people recorded, and what the program brings along."""

    data: Path | None = None
    approved: Mapping[tuple[str, str], Heard] = field(default_factory=dict)
    every: Mapping[str, Heard] = field(default_factory=dict)  # older versions as well, by ref
    stamp: tuple[object, ...] = ()

    async def refresh(self, session: AsyncSession) -> None:
        """Read the approved clips again if one was added or taken back."""
        if self.data is None:
            return
        stamp = await recorded.stamp(session)
        if stamp == self.stamp:
            return
        rows = await recorded.approved(session)
        self.every = {
            f"c{row.id}": Heard(
                path=self.data / row.path,
                file=f"data:{row.path}",
                ref=f"c{row.id}",
                language=row.language,
                version=row.version,
                made_by=PERSON,
                digest=row.sha256,
            )
            for row in rows
            if (self.data / row.path).is_file()
        }
        self.approved = {
            (row.key, row.language): self.every[f"c{row.id}"]
            for row in rows
            if f"c{row.id}" in self.every
        }
        self.stamp = stamp

    def find(self, key: str, language: str, brought: Path | None = None) -> Heard | None:
        """Return what is heard for a key in a language; `brought` is a lesson's own Mandarin."""
        found = self.approved.get((key, language))
        if found or language != SPOKEN:
            return found
        if brought is not None:
            return of_file(brought)
        one = clips().get(key) or parts().get(key)
        return of_clip(one) if one else None

    def named(self, ref: str) -> Heard | None:
        """Return the approved recording, or the composed sentence, that a button names."""
        if ref.startswith("v") and self.data is not None:
            path = composed_path(self.data, ref)
            known = path.is_file() or path.with_suffix(".json").is_file()
            return Heard(path, f"data:voice/{path.name}", ref) if known else None
        return self.every.get(ref)


SHIPPED = Voices()


def voices_of(session: AsyncSession) -> Voices:
    """Return the recordings that a database's sessions carry; the shipped ones where none do."""
    found = session.info.get(VOICES)
    return found if isinstance(found, Voices) else SHIPPED


def composed_path(data: Path, ref: str) -> Path:
    """Return where a composed sentence lies."""
    return data / "voice" / f"{ref[1:]}.ogg"


def reference(voice: Path) -> str:
    """Name a shipped recording in a button: wh01.3.ogg is `wh01:3`, 016.ogg is `016`."""
    return voice.stem.replace(".", ":")


def of_clip(clip: Clip) -> Heard:
    """Return a recording that comes with the program."""
    return of_file(clip.path, clip.version, clip.made_by)


@cache
def of_file(path: Path, version: int = 1, made_by: str = MACHINE) -> Heard:
    """Return a recording that comes with the program, by its file."""
    file = f"bot:{path.relative_to(PACKAGE).as_posix()}"
    return Heard(path, file, reference(path), SPOKEN, version, made_by, digest_of(path))


@cache
def digest_of(path: Path) -> str:
    """Return what a shipped file's bytes hash to; it never changes while the program runs."""
    return sha256(path.read_bytes()).hexdigest()


@cache
def key_of(voice: Path) -> str:
    """Return what a shipped file says: a catalog's message id, or a lesson's step."""
    return next((key for key, one in clips().items() if one.path == voice), voice.stem)
