"""How learners take a lesson at home: right and wrong, by voice, with pauses, and questions."""

import enum
from datetime import datetime, timedelta

from bot.courses import Lesson
from bot.rehearsal.parts import Part
from bot.rehearsal.readers import Reader
from bot.rehearsal.scene import Pupil, Scene, press
from bot.rehearsal.stepping import Taking, wait
from bot.rehearsal.truth import stamp
from bot.services.taught import course
from bot.services.warming import PLACE

EVENING = timedelta(hours=10)  # after the morning's class begins
LATER = timedelta(minutes=80)
ASKS = 0.15
READING = "learn:0"  # where a class also learns a trade: what everybody learns


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
    await take_up(scene, pupil)
    lesson = next_lesson(scene, pupil)
    if lesson is None:
        return
    begun = (pupil.number, lesson.key) in scene.truth.lessons
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
    """Go home and press the book, or write its number."""
    phone = pupil.own
    await phone.say("🏠")
    await scene.stage.pause(10)
    await phone.read()
    if pupil.part is Part.FAMILY and phone.find(f"who:{pupil.who.id}"):
        await phone.tap(f"who:{pupil.who.id}")
        await scene.stage.pause(10)
        await phone.read()
    await press(pupil, phone, "study")
    await scene.stage.pause(10)
    if await phone.offers(READING):
        await phone.tap(READING)
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
        await Taking(scene, pupil, lesson, step, f"step:{sitting}:{index}").take()
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


async def ask(scene: Scene, pupil: Pupil) -> None:
    """Ask the teacher, by voice or in writing."""
    await pupil.own.say("🏠")
    await scene.stage.pause(10)
    await pupil.own.read()
    await pupil.own.tap("ask")
    await scene.own_second(pupil)
    if pupil.reader is Reader.WELL:
        await pupil.own.say("老师，下次课要带什么？")
        scene.truth.ask(pupil.number, scene.now, "text")
    else:
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
