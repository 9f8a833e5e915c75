"""The clip catalogue: which recording a listener hears for a message, a lesson step or a part.

A person's approved recording, newest version first, counts before the machine's shipped one. The
approved clips are few, so they are held in memory and read again when their stamp has changed: a
receipt, which must cost no statement, is spoken from what was read last.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

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
    key: str = ""  # what a person's recording says
    parts: tuple["Heard", ...] = ()  # what a composed sentence is joined from


@dataclass
class Voices:
    """The recordings of one school: what people recorded, and what the program brings along."""

    data: Path | None = None
    approved: Mapping[tuple[str, str], Heard] = field(default_factory=dict)
    every: Mapping[str, Heard] = field(default_factory=dict)  # older versions as well, by ref
    withdrawn: frozenset[str] = frozenset()  # files that their speakers no longer lend
    accepted: dict[int, tuple[str, ...]] = field(default_factory=dict)  # varieties, by person
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
                key=row.key,
            )
            for row in rows
            if (self.data / row.path).is_file()
        }
        self.approved = {
            (row.key, row.language): self.every[f"c{row.id}"]
            for row in rows
            if f"c{row.id}" in self.every
        }
        self.withdrawn = frozenset(f"data:{path}" for path in await recorded.withdrawn(session))
        self.stamp = stamp

    async def meet(self, session: AsyncSession, person_id: int, language: str) -> None:
        """Learn which other varieties somebody accepts, where any is recorded at all."""
        if language != SPOKEN and any(of not in {SPOKEN, language} for _, of in self.approved):
            self.accepted[person_id] = await recorded.accepted(session, person_id)

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
        """Return the approved recording, or the composed sentence, that a button names.

        None where a voice in it was taken back.
        """
        if not ref.startswith("v") or self.data is None:
            return self.every.get(ref)
        path = composed_path(self.data, ref)
        recipe = read_recipe(path)
        parts = tuple(
            _part(self.data, one) for one in recipe.get("pieces", ()) if isinstance(one, dict)
        )
        if not parts or any(one.file in self.withdrawn for one in parts):
            return None
        spoken = [one.language for one in parts if one.language != SPOKEN]
        language = recipe.get("language") or (spoken[0] if spoken else SPOKEN)
        made_by = PERSON if all(one.made_by == PERSON for one in parts) else MACHINE
        file = f"data:voice/{path.name}"
        return Heard(path, file, ref, str(language), 0, made_by, parts=parts)


SHIPPED = Voices()


def voices_of(session: AsyncSession) -> Voices:
    """Return the recordings that a database's sessions carry; the shipped ones where none do."""
    found = session.info.get(VOICES)
    return found if isinstance(found, Voices) else SHIPPED


def composed_path(data: Path, ref: str) -> Path:
    """Return where a composed sentence lies."""
    return data / "voice" / f"{ref[1:]}.ogg"


def read_recipe(composed: Path) -> dict[str, Any]:
    """Return what a composed sentence is joined from, and what it says; nothing if unknown."""
    recipe = composed.with_suffix(".json")
    if not recipe.is_file():
        return {}
    found: dict[str, Any] = json.loads(recipe.read_text(encoding="utf-8"))
    return found


def _part(data: Path, line: Mapping[str, Any]) -> Heard:
    """Return a part as its recipe tells of it."""
    place, _colon, rest = str(line["file"]).partition(":")
    path = {"bot": PACKAGE, "data": data}[place] / rest
    ref = str(line.get("ref") or reference(path))
    of = line["language"], line["version"], line["made_by"], line["sha256"]
    return Heard(path, line["file"], ref, *of)


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
