"""The whole story: two days before the first meeting until the evening of the last."""

from collections.abc import Coroutine
from datetime import datetime, timedelta
from random import Random
from typing import Any

from bot.rehearsal import checkins, staff
from bot.rehearsal.checks import due
from bot.rehearsal.enrolment import enrol
from bot.rehearsal.parts import FAMILY_SIZE, Part, cast
from bot.rehearsal.phones import Control, Phone
from bot.rehearsal.plan import Plan
from bot.rehearsal.scene import MINUTE, Pupil, Scene
from bot.rehearsal.school import School, SchoolClass
from bot.rehearsal.stage import Stage
from bot.rehearsal.studying import evening, hear_answers
from bot.rehearsal.truth import Truth

FIRST_USER, USERS_A_CLASS = 5_000_000, 1_000
TEACHER, HEAD, STRANGER, SECOND = 900, 901, 902, 500
VISITOR = 4_000_000
ENROLMENT = timedelta(minutes=15)  # after the opening
BLOCKS = timedelta(hours=36)  # between the two reminders
Life = Coroutine[Any, Any, None]
MISSED = timedelta(hours=10, minutes=45)  # after the start: who was absent is asked in the evening
EVENING_ENDS = timedelta(hours=13)  # after the meeting begins


async def perform(plan: Plan, school: School, stage: Stage, control: Control, truth: Truth) -> None:
    """Play it all; what people do is noted in `truth`."""
    opens = stage.now
    scenes = [
        await set_scene(plan, number, room, stage, control, truth)
        for number, room in enumerate(school.classes)
    ]
    visitor = await visit(school, scenes[0])
    people: list[Life] = [live_next_door(scenes[0], visitor, opens)]
    for scene in scenes:
        people += [staff.teach(scene, opens), staff.lead(scene, opens)]
        people += [wait_for_reminders(scene), wander_in(scene, opens)]
        family = [one for one in scene.pupils if one.part is Part.FAMILY]
        if len(family) > 1:
            people.append(live_together(scene, family, opens))
        else:
            people += [live(scene, one, opens) for one in family]
        people += [
            live(scene, one, opens)
            for one in scene.pupils
            if one.linked and one.part is not Part.FAMILY
        ]
    await stage.play(*people)


async def set_scene(
    plan: Plan, number: int, room: SchoolClass, stage: Stage, control: Control, truth: Truth
) -> Scene:
    """Give everybody of a class a part and a phone, and found their group."""
    base = FIRST_USER + number * USERS_A_CLASS
    parts = cast(len(room.learners), Random(f"{plan.seed} {room.name}"))  # noqa: S311 - a play
    pupils = []
    for index, (who, part) in enumerate(zip(room.learners, parts, strict=True)):
        pupil = Pupil(who, part, index, Random(f"{plan.seed} {who.number}"))  # noqa: S311
        pupils.append(pupil)
    family = [one for one in pupils if one.part is Part.FAMILY][:FAMILY_SIZE]
    for pupil in pupils:
        if pupil.part is Part.FAMILY and pupil is not family[0]:
            pupil.phone = family[0].phone
        elif pupil.linked:
            pupil.phone = await buy_phone(control, base + pupil.index, pupil.who.name)
        if pupil.part is Part.TWO_PHONES:
            pupil.second = await buy_phone(control, base + SECOND + pupil.index, pupil.who.name)
    teacher = await buy_phone(control, base + TEACHER, room.teacher.name)
    head = await buy_phone(control, base + HEAD, room.head.name)
    stranger = await buy_phone(control, base + STRANGER, "陌生人")
    phones = [pupil.phone for pupil in pupils] + [pupil.second for pupil in pupils]
    users = {one.user for one in phones if one} | {teacher.user, stranger.user}
    group = await control.post(
        "groups", title=f"{room.name}群", type="group", owner=head.user, members=sorted(users)
    )
    seen = Phone(control, head.user, head.name, group["id"])
    return Scene(stage, control, truth, room, pupils, teacher, head, stranger, seen)


async def buy_phone(control: Control, user: int, name: str) -> Phone:
    """Give somebody a phone with an account."""
    await control.post("people", id=user, first_name=name, language_code="zh-hans")
    return Phone(control, user, name)


async def live(scene: Scene, pupil: Pupil, opens: datetime) -> None:
    """Live through it all on a phone of one's own."""
    await scene.stage.until(opens + ENROLMENT)
    await enrol(scene, pupil)
    if pupil.part is Part.BLOCKER:
        await scene.stage.until(opens + BLOCKS)
        await scene.control.post("block", user=pupil.own.user)
        lose(scene, pupil)
        return
    for meeting in scene.room.meetings:
        await checkins.come(scene, pupil, meeting)
        if pupil.part is not Part.ABSENT:
            await evening(scene, pupil, meeting.starts)
            await hear_answers(scene, pupil, meeting.starts + staff.HEARS)
        await scene.stage.until(meeting.starts + EVENING_ENDS)


def lose(scene: Scene, pupil: Pupil) -> None:
    """Note that somebody can no longer be reached."""
    scene.truth.phones.discard((pupil.number, pupil.own.user, True))
    scene.truth.phones.add((pupil.number, pupil.own.user, False))
    scene.truth.lost_at[pupil.number] = scene.now


async def live_together(scene: Scene, family: list[Pupil], opens: datetime) -> None:
    """Live through it all on one phone."""
    await scene.stage.until(opens + ENROLMENT)
    for pupil in family:
        await enrol(scene, pupil)
    for meeting in scene.room.meetings:
        await checkins.come_together(scene, family, meeting)
        await evening(scene, family[0], meeting.starts)
        await scene.stage.until(meeting.starts + EVENING_ENDS)


async def wait_for_reminders(scene: Scene) -> None:
    """Be there when reminders are due, so that no jump of time makes them late."""
    for meeting in scene.room.meetings:
        for moment in (*due(meeting).values(), meeting.starts, meeting.starts + MISSED):
            await scene.stage.until(moment)
        await scene.stage.until(meeting.starts + EVENING_ENDS)


async def wander_in(scene: Scene, opens: datetime) -> None:
    """Be a stranger who writes, and taps in the group."""
    stranger = scene.stranger
    await scene.stage.until(opens + 30 * MINUTE)
    await stranger.start()
    await scene.stage.pause(10)
    await stranger.say("你好，我想学")
    await stranger.voice(1)
    meeting = scene.room.meetings[0]
    await scene.stage.until(meeting.starts + 4 * MINUTE)
    await stranger.read()
    await scene.group_tap(stranger, rf"here:{meeting.id}")
    await stranger.forge(f"open:{meeting.id}")


async def visit(school: School, scene: Scene) -> Pupil:
    """Give the learner of another class a phone, and let them into the first class's group."""
    who = school.visitor
    pupil = Pupil(who, Part.ON_TIME, 0, Random(who.number))  # noqa: S311 - a play
    pupil.phone = await buy_phone(scene.control, VISITOR, who.name)
    if scene.group:
        await scene.control.post(f"groups/{scene.group.chat}/members", user=VISITOR)
    return pupil


async def live_next_door(scene: Scene, pupil: Pupil, opens: datetime) -> None:
    """Enrol in a class without a head, with a companion for a witness; tap in another's group."""
    await scene.stage.until(opens + ENROLMENT)
    await enrol(scene, pupil)
    await pupil.own.voice(3)
    scene.truth.consents[pupil.number].witness = "voice"
    meeting = scene.room.meetings[0]
    await scene.stage.until(meeting.starts + 5 * MINUTE)
    await scene.group_tap(pupil.own, rf"here:{meeting.id}")
