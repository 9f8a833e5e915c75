"""Where it plays: one class with its people and phones, and what they share."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from urllib.parse import parse_qs, urlsplit

from bot.rehearsal.parts import UNLINKED, Part
from bot.rehearsal.phones import Control, Phone
from bot.rehearsal.readers import Reader, reader
from bot.rehearsal.school import Enrolled, SchoolClass
from bot.rehearsal.stage import Stage
from bot.rehearsal.truth import Truth

MINUTE = timedelta(minutes=1)


@dataclass
class Pupil:
    """A learner who plays."""

    who: Enrolled
    part: Part
    index: int  # in the class; whoever asks something does so at a second of their own
    random: Random
    phone: Phone | None = None
    second: Phone | None = None

    @property
    def number(self) -> str:
        """The learner's number."""
        return self.who.number

    @property
    def reader(self) -> Reader:
        """How much the learner reads."""
        return reader(self.index)

    @property
    def linked(self) -> bool:
        """Whether the learner has a phone."""
        return self.part not in UNLINKED

    @property
    def own(self) -> Phone:
        """The learner's phone."""
        if self.phone is None:
            raise LookupError(f"{self.number} has no phone")
        return self.phone


@dataclass
class Scene:
    """A class at play."""

    stage: Stage
    control: Control
    truth: Truth
    room: SchoolClass
    pupils: list[Pupil]
    teacher: Phone
    head: Phone
    stranger: Phone
    group: Phone | None = None  # the group as the class head sees it
    cards: dict[str, str] = field(default_factory=dict)  # shown by the class head, by number

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.stage.now

    async def group_tap(self, phone: Phone, act: str, times: int = 1) -> str:
        """Let somebody tap a button in the group; return the last tap's number."""
        if self.group is None:
            raise LookupError("the class has no group")
        await self.group.read()
        found = self.group.find(act)
        if found is None:
            raise LookupError(f"no button {act} in the group")
        tapped = ""
        seen = Phone(self.control, phone.user, phone.name, self.group.chat)
        for _ in range(times):
            tapped = await seen.touch(found[0], found[1][0])
        return tapped

    async def own_second(self, pupil: Pupil) -> None:
        """Wait for a moment at which nobody else of the class asks anything."""
        moment = self.now.replace(second=0, microsecond=0) + MINUTE
        await self.stage.until(moment + timedelta(seconds=pupil.index % 60))


def payload_of(url: str) -> str:
    """Return what a link carries."""
    query = parse_qs(urlsplit(url).query)
    return (query.get("start") or query["startgroup"])[0]


async def press(pupil: Pupil, phone: Phone, act: str) -> None:
    """Press a button; who reads numbers writes the one that stands on it instead."""
    number = phone.number_of(act) if pupil.reader is Reader.NUMBERS else ""
    if number:
        await phone.say(number)
    else:
        await phone.tap(act)
