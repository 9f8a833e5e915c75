"""What a teacher and a class head do all day."""

import re
from datetime import datetime, timedelta
from random import Random

from bot.rehearsal.parts import Part
from bot.rehearsal.phones import Phone, UnexpectedError
from bot.rehearsal.scene import MINUTE, Pupil, Scene, payload_of
from bot.rehearsal.school import Lesson
from bot.rehearsal.studying import EVENING
from bot.rehearsal.truth import Asked, stamp

SHOWN_CARDS = 2
HEARD = 8  # pieces of homework in an evening
HOMEWORK = re.compile(r"作业 \d+/\d+：(?P<name>[^，]+)，")
ENROLLING = timedelta(minutes=50)
ROLL = timedelta(minutes=40)
ANSWERS = EVENING + timedelta(minutes=60)
HEARS = EVENING + timedelta(minutes=75)
SECOND_ROUND = EVENING + timedelta(minutes=100)
CALLED = {Part.UNLINKED_HERE: "present", Part.UNLINKED_LEAVE: "leave"}


async def lead(scene: Scene, opens: datetime) -> None:
    """Lead the class: bind its group, show cards, bear witness, see who is missing."""
    head = scene.head
    await scene.stage.until(opens + 2 * MINUTE)
    await head.start(payload_of(scene.room.head.link))
    await scene.stage.pause(20)
    await bind(scene)
    await show_cards(scene)
    await bear_witness(scene, opens)
    for meeting in scene.room.meetings:
        await scene.stage.until(meeting.starts + ROLL - 5 * MINUTE)
        await head.say("/missing")
        await scene.stage.pause(10)


async def bind(scene: Scene) -> None:
    """Add the bot to the group by the class's link; the group becomes a supergroup."""
    head, group = scene.head, scene.group
    if group is None:
        raise LookupError("there is no group")
    await head.say("/bind")
    await scene.stage.pause(10)
    await head.read()
    url = head.link("startgroup=")
    said = await scene.control.post(
        "startgroup",
        user=head.user,
        group=group.chat,
        payload=payload_of(url),
        admin=["pin_messages", "delete_messages"],
        migrate=True,
    )
    group.chat, group.after, group.messages = said["chat"]["id"], 0, []
    await scene.stage.pause(10)


async def show_cards(scene: Scene) -> None:
    """Show some learners their cards on one's own phone."""
    head = scene.head
    await head.say("/enrol")
    await scene.stage.pause(10)
    await head.read()
    shown = 0
    for pupil in scene.pupils:
        if shown == SHOWN_CARDS or not pupil.linked or not head.find(f"card:{pupil.who.id}"):
            continue
        await head.tap(f"card:{pupil.who.id}")
        await scene.stage.pause(10)
        await head.read()
        scene.cards[pupil.number] = head.link("start=e-")
        shown += 1


async def bear_witness(scene: Scene, opens: datetime) -> None:
    """Say for each who agreed whether one was there."""
    head = scene.head
    # Learners act at full tens of seconds, so that what is read here had its time to arrive.
    await scene.stage.until(opens + 15 * MINUTE + timedelta(seconds=5))
    by_name = {pupil.who.name: pupil for pupil in scene.pupils}
    while scene.now < opens + ENROLLING:
        await scene.stage.pause(60)
        for message in await head.read():
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            acts = [button.get("callback_data", "") for row in rows for button in row]
            words = message.get("caption", "")
            pupil = next((one for name, one in by_name.items() if words.startswith(name)), None)
            if pupil and acts and acts[0].startswith("witness:"):
                there = Random(f"{pupil.number} seen").random() < 0.9  # noqa: PLR2004, S311
                await head.touch(message["message_id"], acts[0] if there else acts[1])
                if there:
                    scene.truth.consents[pupil.number].witness = scene.room.head.number


async def teach(scene: Scene, opens: datetime) -> None:
    """Teach: open, call the roll, close, answer questions."""
    await scene.stage.until(opens + MINUTE)
    await scene.teacher.start(payload_of(scene.room.teacher.link))
    for meeting in scene.room.meetings:
        await hold(scene, meeting)
        await scene.stage.until(meeting.starts + ANSWERS)
        await answer_questions(scene)
        await scene.stage.until(meeting.starts + SECOND_ROUND)
        await answer_questions(scene)
        await hear_homework(scene)


async def hold(scene: Scene, meeting: Lesson) -> None:
    """Hold a meeting."""
    teacher = scene.teacher
    await scene.stage.until(meeting.starts - 35 * MINUTE)
    await teacher.say("/today")
    await scene.stage.until(meeting.starts - 30 * MINUTE)
    await teacher.read()
    await teacher.tap(f"open:{meeting.id}", times=2)
    await scene.stage.until(meeting.starts + ROLL)
    await call_roll(scene, meeting)
    await scene.stage.until(meeting.ends)
    await teacher.read()
    await teacher.tap(f"close:{meeting.id}")
    await scene.stage.until(meeting.ends)
    await teacher.read()
    await teacher.tap(f"closed:{meeting.id}", times=2)


async def call_roll(scene: Scene, meeting: Lesson) -> None:
    """Call the roll: all here, then the exceptions, then save."""
    teacher, came = scene.teacher, scene.truth.came[meeting.name]
    await teacher.read()
    await teacher.tap(rf"roll:{meeting.id}:1")
    await scene.stage.pause(10)
    await teacher.read()
    await teacher.tap(rf"rollall:{meeting.id}:1")
    await scene.stage.pause(20)
    called = [
        (pupil, CALLED.get(pupil.part, "absent"))
        for pupil in scene.pupils
        if pupil.number not in came
    ]
    for pupil, status in called:
        if status != "present":
            times = 1 if status == "absent" else 2
            await turn(scene, teacher, meeting, pupil, times)
    await scene.stage.pause(10)
    await teacher.read()
    await teacher.tap(rf"rollsave:{meeting.id}", times=2)
    for pupil, status in called:
        scene.truth.call(pupil.number, meeting, scene.now, status, scene.room.teacher.number)
    await scene.stage.pause(20)


async def turn(scene: Scene, teacher: Phone, meeting: Lesson, pupil: Pupil, times: int) -> None:
    """Turn a name, on whatever page it is."""
    act = rf"mark:{meeting.id}:{pupil.who.id}:\d+"
    page = 1
    while not teacher.find(act):
        page += 1
        await teacher.tap(rf"roll:{meeting.id}:{page}")
        await scene.stage.pause(10)
        if not await teacher.read():
            raise UnexpectedError(f"{pupil.number} is on no page of the roll call")
    await teacher.tap(act, times)


async def answer_questions(scene: Scene) -> None:
    """Answer what waits, the oldest first: by voice, or told in person."""
    teacher = scene.teacher
    random = Random(f"{scene.room.name} {scene.now}")  # noqa: S311 - a play
    numbers = {pupil.number for pupil in scene.pupils}
    waiting = [
        asked for asked in scene.truth.questions if not asked.answered and asked.number in numbers
    ]
    listed = False
    for asked in sorted(waiting, key=lambda one: float(one.at)):
        if not listed:
            await teacher.say("/questions")
            await scene.stage.pause(10)
        await teacher.read()
        listed = random.random() < 0.2  # noqa: PLR2004 - then the next one is shown at once
        if listed:
            await teacher.tap(r"told:\d+")
            settle(asked, "in person", scene.now)
        else:
            await teacher.voice(50 + len(waiting))
            settle(asked, "voice", scene.now)
        await scene.stage.pause(20)


def settle(asked: Asked, how: str, at: datetime) -> None:
    """Note that a question was answered."""
    asked.answered, asked.answered_at = how, stamp(at)


async def hear_homework(scene: Scene) -> None:
    """Hear some of what learners spoke or wrote, the oldest first, and say that it is good."""
    teacher = scene.teacher
    by_name = {pupil.who.name: pupil.number for pupil in scene.pupils}
    await teacher.say("/homework")
    for _piece in range(HEARD):
        await scene.stage.pause(10)
        # Something else may have been said after the card.
        said = [HOMEWORK.match(one.get("caption", "")) for one in await teacher.read()]
        shown = next(filter(None, reversed(said)), None)
        if shown is None:
            return
        await teacher.tap(r"hw:\d+:1")
        scene.truth.reviews.append(
            (by_name[shown["name"]], True, scene.room.teacher.number, stamp(scene.now))
        )
