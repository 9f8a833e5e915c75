"""How learners do one step of a lesson: tap after tap, by voice, by photo, and not only that."""

from dataclasses import dataclass
from random import Random

from bot.courses import Lesson, Match, PhotoTask, SayAfter, Step, Trace
from bot.rehearsal.parts import Part
from bot.rehearsal.scene import Pupil, Scene, press
from bot.rehearsal.tapping import right_taps, wrong_taps

WAITS = (10, 20, 30)
WRONG, ODD, TWICE, SHOWS, AGAIN = 0.2, 0.08, 0.1, 0.6, 0.15


@dataclass(frozen=True)
class Taking:
    """A learner before one step of a lesson; `act` is what its buttons begin with."""

    scene: Scene
    pupil: Pupil
    lesson: Lesson
    step: Step
    act: str

    async def take(self) -> None:
        """Do what the step asks, sometimes after something else, or after a wrong answer."""
        phone, random = self.pupil.own, self.pupil.random
        await self.look()
        await something_else(self.scene, self.pupil)
        if self.pupil.reader.listens and random.random() < AGAIN and phone.find(r"hear:\S+"):
            await phone.tap(r"hear:\S+")
            await self.look()
        await self.show()
        wrong = wrong_taps(self.step)
        if wrong and random.random() < WRONG:  # once: what is offered then is the bot's choice
            place = random.choice(wrong)
            await phone.tap(f"{self.act}:{place}")
            self.note(choice=place, right=False)
            await self.look()
        await self.answer()

    async def answer(self) -> None:
        """Tap what is right, one after another."""
        phone, random = self.pupil.own, self.pupil.random
        *before, last = right_taps(self.step)
        for place in before:
            await phone.tap(f"{self.act}:{place}")
            if isinstance(self.step, Match):  # each left thing is asked for by a card of its own
                await self.look()
        ends = self.step is self.lesson.steps[-1]
        times = 2 if random.random() < TWICE and not ends else 1
        if times == 1 and self.step.right is not None:
            await press(self.pupil, phone, f"{self.act}:{last}")
        else:
            await phone.tap(f"{self.act}:{last}", times=times)
        if wrong_taps(self.step):
            self.note(choice=last, right=True)

    async def show(self) -> None:
        """Speak or photograph what the step asks for; a photo most take, but not all."""
        phone, random = self.pupil.own, self.pupil.random
        number = self.pupil.index + int(self.act.rpartition(":")[2])
        match self.step:
            case SayAfter():
                await phone.voice(number)
            case Trace() | PhotoTask() if random.random() < SHOWS:
                await phone.photo(number)
            case _:
                return
        self.note(shown=True)
        await self.look()

    def note(
        self, *, choice: int | None = None, right: bool | None = None, shown: bool = False
    ) -> None:
        """Note an answer as the person's own account has it."""
        self.scene.truth.answer(
            self.pupil.number,
            self.lesson.key,
            int(self.act.rpartition(":")[2]),
            self.step.kind,
            self.scene.now,
            choice=choice,
            right=right,
            shown=shown,
        )

    async def look(self) -> None:
        """Take one's time, then look at the phone."""
        await wait(self.scene, self.pupil.random)
        await self.pupil.own.read()


async def something_else(scene: Scene, pupil: Pupil) -> None:
    """Send a sticker, or words that nobody asked for, and reword them; or say them."""
    if pupil.part is Part.FAMILY or pupil.random.random() > ODD:
        return
    if pupil.random.random() < 0.5:  # noqa: PLR2004
        await pupil.own.sticker()
        await wait(scene, pupil.random)
        await pupil.own.read()
        return
    if pupil.reader.listens:
        return
    await scene.own_second(pupil)
    said = await pupil.own.say("老师，这个字我不认得")
    scene.truth.ask(pupil.number, scene.now, "text")
    await wait(scene, pupil.random)
    await pupil.own.edit(said["message_id"], "老师，这个字我认得了")
    await wait(scene, pupil.random)
    await pupil.own.read()


async def wait(scene: Scene, random: Random) -> None:
    """Take one's time."""
    await scene.stage.pause(random.choice(WAITS))
