"""How learners take a lesson at home: right and wrong, by voice, with pauses, and questions."""

import enum
from datetime import datetime, timedelta
from random import Random

from bot.courses import Lesson, Step
from bot.rehearsal.parts import Part
from bot.rehearsal.scene import Pupil, Scene
from bot.rehearsal.truth import stamp
from bot.services.teaching import course
from bot.services.warming import PLACE

EVENING = timedelta(hours=10)  # after the morning's class begins
LATER = timedelta(minutes=80)
WAITS = (10, 20, 30)
WRONG, ODD, ASKS, TWICE = 0.2, 0.08, 0.15, 0.1


class Will(enum.Enum):
    """How far somebody gets today."""

    ALL = "all"
    PAUSES = "pauses"
    BEGINS_AGAIN = "begins again"
    LEAVES = "leaves"
    NOTHING = "nothing"


WILLS = (Will.ALL,) * 6 + (Will.PAUSES, Will.BEGINS_AGAIN, Will.LEAVES, Will.NOTHING)


async def evening(scene: Scene, pupil: Pupil, begins: datetime) -> None:
    """Spend an evening with the phone."""
    will = Will.ALL if pupil.part is Part.FAMILY else pupil.random.choice(WILLS)
    await scene.stage.until(begins + EVENING + timedelta(minutes=pupil.random.randrange(3)))
    if will is not Will.NOTHING:
        await study(scene, pupil, will)
    if pupil.random.random() < ASKS and pupil.part is not Part.FAMILY:
        await ask(scene, pupil)


async def study(scene: Scene, pupil: Pupil, will: Will) -> None:
    """Take up the next lesson, perhaps leave it, perhaps go on later."""
    lesson = next_lesson(scene, pupil)
    if lesson is None:
        return
    begun = (pupil.number, lesson.key) in scene.truth.lessons
    await take_up(scene, pupil)
    act = r"redo:(\d+)" if begun else r"go:(\d+)"
    stop = None if will is Will.ALL else len(lesson.steps) // 2
    await go_through(scene, pupil, lesson, act, stop)
    if will in {Will.PAUSES, Will.BEGINS_AGAIN}:
        await scene.stage.until(scene.now.replace(second=0, microsecond=0) + LATER)
        await take_up(scene, pupil)
        if will is Will.BEGINS_AGAIN:
            await go_through(scene, pupil, lesson, r"redo:(\d+)", None)
        else:
            await go_through(scene, pupil, lesson, r"go:(\d+)", None, first=stop or 0)


def next_lesson(scene: Scene, pupil: Pupil) -> Lesson | None:
    """Find the first lesson that a learner has not finished."""
    done = {
        key for (number, key), at in scene.truth.lessons.items() if number == pupil.number and at
    }
    return next((one for one in course().lessons if one.key not in done), None)


async def take_up(scene: Scene, pupil: Pupil) -> None:
    """Go home and press the book, or its number."""
    phone = pupil.own
    await phone.say("🏠")
    await scene.stage.pause(10)
    await phone.read()
    if pupil.part is Part.FAMILY and phone.find(f"who:{pupil.who.id}"):
        await phone.tap(f"who:{pupil.who.id}")
        await scene.stage.pause(10)
        await phone.read()
    if pupil.index % 3 == 1:
        await phone.say("1")
    else:
        await phone.tap("study")
    await scene.stage.pause(10)
    await phone.read()


async def go_through(
    scene: Scene, pupil: Pupil, lesson: Lesson, act: str, stop: int | None, first: int = 0
) -> None:
    """Take step after step, up to `stop`."""
    scene.truth.lessons.setdefault((pupil.number, lesson.key), "")
    sitting = (await pupil.own.tap(act))[1]
    if lesson.number > 1 and not first:
        await warm_up(scene, pupil, sitting)
    for index, step in enumerate(lesson.steps):
        if index < first:
            continue
        if index == stop:
            await scene.stage.pause(20)
            await pupil.own.say("🏠")
            await scene.stage.pause(10)
            return
        await take_step(scene, pupil, lesson, step, f"step:{sitting}:{index}")
    scene.truth.lessons[pupil.number, lesson.key] = stamp(scene.now)
    await wait(scene, pupil.random)


async def warm_up(scene: Scene, pupil: Pupil, sitting: str) -> None:
    """Answer what is asked before a lesson: tap what is offered until only the right one is."""
    phone = pupil.own
    while True:
        await scene.stage.pause(10)
        await phone.read()
        found = phone.find(rf"step:{sitting}:(\d+):\d+")
        if found is None or int(found[1][1]) < PLACE:
            return
        await phone.touch(found[0], found[1][0])


async def take_step(scene: Scene, pupil: Pupil, lesson: Lesson, step: Step, act: str) -> None:
    """Do what a step asks, sometimes after something else."""
    phone, random, truth = pupil.own, pupil.random, scene.truth
    index = int(act.rpartition(":")[2])
    await wait(scene, random)
    await phone.read()
    await something_else(scene, pupil)
    if step.kind == "say_after":
        await phone.voice(pupil.index + index)
        truth.answer(pupil.number, lesson.key, index, step.kind, scene.now)
        await wait(scene, random)
        await phone.read()
        await phone.tap(f"{act}:0")
        return
    right = step.right
    if right is None:
        await phone.tap(f"{act}:0", times=2 if random.random() < TWICE else 1)
        return
    if random.random() < WRONG:  # once: what is offered then is the bot's choice
        choice = random.choice([at for at in range(len(step.options)) if at != right])
        await phone.tap(f"{act}:{choice}")
        truth.answer(
            pupil.number, lesson.key, index, step.kind, scene.now, choice=choice, right=False
        )
        await wait(scene, random)
        await phone.read()
    await phone.tap(f"{act}:{right}", times=2 if random.random() < TWICE else 1)
    truth.answer(pupil.number, lesson.key, index, step.kind, scene.now, choice=right, right=True)


async def something_else(scene: Scene, pupil: Pupil) -> None:
    """Send a sticker, or words that nobody asked for, and reword them."""
    if pupil.part is Part.FAMILY or pupil.random.random() > ODD:
        return
    if pupil.random.random() < 0.5:  # noqa: PLR2004
        await pupil.own.sticker()
        await wait(scene, pupil.random)
        await pupil.own.read()
        return
    await scene.own_second(pupil)
    said = await pupil.own.say("老师，这个字我不认得")
    scene.truth.ask(pupil.number, scene.now, "text")
    await wait(scene, pupil.random)
    await pupil.own.edit(said["message_id"], "老师，这个字我认得了")
    await wait(scene, pupil.random)
    await pupil.own.read()


async def ask(scene: Scene, pupil: Pupil) -> None:
    """Ask the teacher by voice."""
    await pupil.own.say("🏠")
    await scene.stage.pause(10)
    await pupil.own.read()
    await pupil.own.tap("ask")
    await scene.own_second(pupil)
    await pupil.own.voice(pupil.index)
    scene.truth.ask(pupil.number, scene.now, "voice")
    await wait(scene, pupil.random)


async def hear_answers(scene: Scene, pupil: Pupil, at: datetime) -> None:
    """Say whether the teacher's answers were understood."""
    # Who is late in the evening waits until the teacher has come to an end.
    await scene.stage.until(at if scene.now <= at else at + LATER)
    phone = pupil.own
    await phone.read()
    heard = [
        asked
        for asked in scene.truth.questions
        if asked.number == pupil.number and asked.answered == "voice"
    ]
    # The newest answer is on the screen; older ones stay open.
    asked = max(heard, key=lambda one: float(one.answered_at), default=None)
    if asked is None or asked.clear is not None:
        return
    clear = pupil.random.random() < 0.8  # noqa: PLR2004 - most understand
    await phone.tap(rf"clear:\d+:{int(clear)}")
    asked.clear = clear
    if not clear:
        await scene.own_second(pupil)
        await phone.voice(pupil.index + 1)
        scene.truth.ask(pupil.number, scene.now, "voice")
    await scene.stage.pause(10)


async def wait(scene: Scene, random: Random) -> None:
    """Take one's time."""
    await scene.stage.pause(random.choice(WAITS))
