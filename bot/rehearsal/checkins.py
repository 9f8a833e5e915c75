"""How learners come to class: early, late, twice, by voice, together, or not at all."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from bot.rehearsal.parts import AWAY, UNLINKED, Part
from bot.rehearsal.scene import MINUTE, Pupil, Scene, payload_of
from bot.rehearsal.school import Lesson

OFTEN = 0.85
ANSWER_SECONDS = 3
Come = Callable[[Scene, Pupil, Lesson], Awaitable[None]]


async def come(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Come to class, in one's own way, and say how it was."""
    await WAYS[pupil.part](scene, pupil, meeting)
    if pupil.part not in AWAY | {Part.AFTER_ROLL}:
        await say_how_it_was(scene, pupil, meeting)


async def in_group(
    scene: Scene, pupil: Pupil, meeting: Lesson, seconds: int, times: int = 1
) -> None:
    """Tap the button in the group so many seconds after the start."""
    await scene.stage.until(meeting.starts + timedelta(seconds=seconds))
    await scene.group_tap(pupil.own, rf"here:{meeting.id}", times)
    scene.truth.arrive(pupil.number, meeting, scene.now, "group")


async def on_time(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Come within the first ten minutes."""
    await in_group(scene, pupil, meeting, pupil.random.randrange(0, 600, 30))


async def late(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Come late, but before the roll call."""
    await in_group(scene, pupil, meeting, pupil.random.randrange(660, 1860, 30))


async def early(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Come before the start."""
    await in_group(scene, pupil, meeting, -pupil.random.randrange(60, 1500, 60))


async def twice(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Tap again and again."""
    await in_group(scene, pupil, meeting, pupil.random.randrange(0, 600, 30), times=3)


async def in_private(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Press the hand at home."""
    await scene.stage.until(meeting.starts + timedelta(seconds=pupil.random.randrange(0, 600, 30)))
    await pupil.own.read()
    await pupil.own.tap("here")
    scene.truth.arrive(pupil.number, meeting, scene.now, "tap")


async def by_voice(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Speak where a tap was asked."""
    await scene.stage.until(meeting.starts + 2 * MINUTE)
    await pupil.own.say("🏠")
    await scene.stage.pause(20)
    await pupil.own.read()
    await pupil.own.voice(pupil.index)
    scene.truth.arrive(pupil.number, meeting, scene.now, "voice")


async def with_regret(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Tap, take it back, tap again."""
    await in_private(scene, pupil, meeting)
    await scene.stage.pause(20)
    await pupil.own.read()
    await pupil.own.tap(r"undo:\d+", times=2)
    scene.truth.withdraw(pupil.number, meeting, scene.now, "tap", "self")
    await scene.stage.pause(30)
    await pupil.own.read()
    await pupil.own.tap("here")
    scene.truth.arrive(pupil.number, meeting, scene.now, "tap", key="self:1")


async def from_two_phones(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Tap in the group on one phone, and at home on the other."""
    if pupil.second is None:
        await on_time(scene, pupil, meeting)
        return
    await scene.stage.until(meeting.starts + 3 * MINUTE)
    await scene.group_tap(pupil.second, rf"here:{meeting.id}")
    scene.truth.arrive(pupil.number, meeting, scene.now, "group")
    await scene.stage.pause(20)
    await pupil.own.read()
    await pupil.own.tap("here")


async def too_early(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Press the hand long before class; then come on time."""
    await scene.stage.until(meeting.starts - 50 * MINUTE)
    await pupil.own.read()
    await pupil.own.tap("here")
    await on_time(scene, pupil, meeting)


async def after_roll(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Come when the roll has been called: the teacher's word counts."""
    await scene.stage.until(meeting.starts + 60 * MINUTE)
    await scene.group_tap(pupil.own, rf"here:{meeting.id}")
    scene.truth.arrive(pupil.number, meeting, scene.now, "group")
    scene.truth.came[meeting.name].discard(pupil.number)


async def after_close(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Come when class is over: nothing is marked, the class head hears of it."""
    await scene.stage.until(meeting.ends + 5 * MINUTE)
    await pupil.own.read()
    await pupil.own.tap("here")


async def oddly(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Send a place, a phone number and an ID number; then come on time."""
    await scene.stage.until(meeting.starts - 40 * MINUTE)
    user, post = pupil.own.user, scene.control.post
    await post("location", user=user, latitude=26.6, longitude=107.9)
    await post("contact", user=user, phone_number="19900000000")
    await scene.stage.pause(20)
    await pupil.own.say("999999199001011234")
    await on_time(scene, pupil, meeting)


async def forging(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Try taps that stand on no button; then come on time."""
    await scene.stage.until(meeting.starts - 20 * MINUTE)
    await pupil.own.read()
    for act in (
        f"open:{meeting.id}",
        f"mark:{meeting.id}:{pupil.who.id}:1",
        f"closed:{meeting.id}",
        "step:999999:0:0",
        "undo:999999",
        "here:999999",
        "nonsense!",
    ):
        await pupil.own.forge(act)
        await scene.stage.pause(10)
    await on_time(scene, pupil, meeting)


async def stay_away(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Do nothing at all."""


async def say_how_it_was(scene: Scene, pupil: Pupil, meeting: Lesson) -> None:
    """Press a face after class; most do."""
    if pupil.part in UNLINKED or pupil.random.random() > OFTEN:
        return
    wait = timedelta(seconds=pupil.random.randrange(60, 600, 60))
    await scene.stage.until(meeting.ends + wait)
    await pupil.own.read()
    feeling = pupil.random.choice((3, 3, 3, 2, 1))
    act = f"out:{meeting.id}:{feeling}:{pupil.who.id}"
    await pupil.own.tap(act, times=2 if pupil.part is Part.DOUBLE else 1)
    scene.truth.leave(pupil.number, meeting, scene.now, feeling)


async def come_together(scene: Scene, family: list[Pupil], meeting: Lesson) -> None:
    """Come on one phone: the group's button leads home, and there each one is marked."""
    first, *others = family
    phone = first.own
    await scene.stage.until(meeting.starts - 10 * MINUTE)
    link = ""
    while not link:  # an answer may be lost when the bot is; people tap again
        tapped = await scene.group_tap(phone, rf"here:{meeting.id}")
        answer = await scene.control.get(f"answers/{tapped}", wait=ANSWER_SECONDS)
        link = answer.get("url", "")
    await phone.start(payload_of(link))
    await scene.stage.pause(20)
    await phone.read()
    await phone.tap(f"who:{first.who.id}")
    scene.truth.arrive(first.number, meeting, scene.now, "tap")
    for other in others:
        await scene.stage.pause(20)
        await phone.read()
        await phone.tap(f"with:{meeting.id}:{other.who.id}")
        scene.truth.arrive(other.number, meeting, scene.now, "tap", helper=first.number)
    await scene.stage.until(meeting.ends + 4 * MINUTE)
    for one in family:
        await phone.read()
        await phone.tap(f"out:{meeting.id}:3:{one.who.id}")
        scene.truth.leave(one.number, meeting, scene.now, 3)
        await scene.stage.pause(10)


WAYS: Mapping[Part, Come] = MappingProxyType(
    {
        Part.ON_TIME: on_time,
        Part.LATE: late,
        Part.EARLY: early,
        Part.DOUBLE: twice,
        Part.PRIVATE: in_private,
        Part.VOICE: by_voice,
        Part.UNDO: with_regret,
        Part.TWO_PHONES: from_two_phones,
        Part.FAMILY: on_time,  # who has no family in the class has the phone alone
        Part.TOO_EARLY: too_early,
        Part.AFTER_ROLL: after_roll,
        Part.AFTER_CLOSE: after_close,
        Part.ODD: oddly,
        Part.FORGER: forging,
        Part.REFUSER: on_time,
        Part.BLOCKER: stay_away,
        Part.ABSENT: stay_away,
        Part.UNLINKED_HERE: stay_away,
        Part.UNLINKED_AWAY: stay_away,
        Part.UNLINKED_LEAVE: stay_away,
    }
)
