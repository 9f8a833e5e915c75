"""How much of a learner's path has a voice: by a person, by a machine, or none."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MIAO
from bot.services.voice_catalogue import Wording, language_of, open_to
from bot.voice.choosing_clips import SPOKEN
from db.models import ClipState
from db.queries import booth

PERSON, MACHINE, MISSING = "person", "machine", "missing"


def _none() -> dict[str, int]:
    return dict.fromkeys((PERSON, MACHINE, MISSING), 0)


@dataclass
class Coverage:
    """One language: what has a voice, along the path and in all."""

    language: str
    paths: dict[str, dict[str, int]] = field(default_factory=dict)
    waiting: int = 0  # recorded, not yet heard by a second speaker
    outdated: int = 0  # approved, but no longer said anywhere
    withdrawn: int = 0  # taken back by their speakers, played no more

    def all(self, who: str) -> int:
        """Count over the whole path."""
        return sum(counted[who] for counted in self.paths.values())

    def as_json(self) -> dict[str, object]:
        """Return it for machines."""
        counted = {who: self.all(who) for who in (PERSON, MACHINE, MISSING)}
        more = {
            "waiting": self.waiting,
            "outdated": self.outdated,
            "withdrawn": self.withdrawn,
            "paths": self.paths,
        }
        return {"keys": sum(counted.values()), **counted, **more}


async def coverage(session: AsyncSession, only: str | None = None) -> list[Coverage]:
    """Count for each language that is spoken or recorded here, or for only one."""
    languages = {language_of(one) for one in await booth.languages(session)} | {SPOKEN, MIAO}
    rows = await booth.counts(session)
    withdrawn = await booth.withdrawn(session)
    made = []
    for language in sorted({only} if only else languages):
        approved = {k for k, of, state in rows if of == language and state is ClipState.APPROVED}
        waiting = {k for k, of, state in rows if of == language and state is ClipState.RECORDED}
        listed = await open_to(session, language)
        outdated = len(approved - listed.keys())
        back = withdrawn.get(language, 0)
        counted = Coverage(language, {}, len(waiting), outdated, back)
        for one in listed.values():
            path = counted.paths.setdefault(one.path, _none())
            path[_who(one, language, approved)] += 1
        made.append(counted)
    return made


def _who(one: Wording, language: str, approved: set[str]) -> str:
    if one.key in approved:
        return PERSON
    # A machine speaks Mandarin only, never Miao.
    return MACHINE if language == SPOKEN and one.voice and one.voice.is_file() else MISSING
