"""Homework review: the teacher hears or sees what came, one after another, and says a word on it.

A learner hears that word at once. Nobody is scored: it is good, or it is heard once more.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson, Step
from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import asking, filling, stepping
from bot.services.keeping import SHORTEST, Attachment, keep
from bot.services.reaching import listeners
from bot.services.taught import course, step_at, step_called
from bot.voice.buttons import BLUE, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, receipt, shipped, show, tell
from db import ledger
from db.models import Answer, Membership, Person, Role, Sitting
from db.queries import homework, lessons

LONGEST = 5 * 60  # seconds of voice that a learner can be asked to listen to


def own_classes(held: Sequence[Membership]) -> list[int]:
    """Return the classes that somebody teaches or leads."""
    return [
        one.study_class_id
        for one in held
        if one.role in (Role.TEACHER, Role.CLASS_HEAD) and one.study_class_id
    ]


async def show_next(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    now: datetime,
    after: int = 0,
) -> None:
    """Show a teacher the oldest homework that waits, or the one after another."""
    classes = own_classes(held)
    answer = await homework.following(session, classes, now, after)
    if answer is None:
        here.account.state = None
        tell(session, here, _("No homework waits."), now)
        return
    here.account.state = f"homework:{answer.id}"
    sitting = await session.get_one(Sitting, answer.sitting_id)
    learner = await session.get_one(Person, answer.person_id)
    found = await _asked(session, answer, sitting)
    if found and found[1].clip:
        clip = {"voice": shipped(course().path(found[1].clip))}
        put(session, here, "sendVoice", clip, now, Way(purpose="voice"))
    words = html(
        MANDARIN,
        _("Homework %(number)d of %(count)d: %(name)s, %(task)s"),
        number=await homework.count(session, classes, now, answer.id),
        count=await homework.count(session, classes, now),
        name=learner.name,
        task=f"{found[0].title} {found[1].caption}" if found else sitting.lesson,
    )
    await asking.pass_on(session, here, answer.voice_id or 0, words, _verdicts(answer), now)


def _verdicts(answer: Answer) -> Keyboard:
    return [
        [
            button("👍 " + html(MANDARIN, _("Good")), f"hw:{answer.id}:1", "success"),
            button("🔁 " + html(MANDARIN, _("Once more")), f"hw:{answer.id}:0"),
        ],
        [button(html(MANDARIN, _("Next one")), "hwnext")],
    ]


async def judge(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    answer_id: int,
    now: datetime,
    *,
    good: bool,
) -> bool:
    """Take a teacher's verdict, once; the learner hears it. False where it is not theirs to say."""
    teacher = here.person
    answer = await homework.of_classes(session, answer_id, own_classes(held), now)
    if teacher is None or answer is None:
        return False
    if answer.reviewed_at is None:
        answer.reviewed_at, answer.reviewed_by, answer.good = now, teacher.id, good
        await ledger.record(
            session,
            answer.person_id,
            "homework.reviewed",
            now,
            answer=answer.id,
            by=teacher.id,
            good=good,
            comment=answer.comment_id,
        )
        await _tell_learner(session, answer, now, good=good)
    await show_next(session, here, held, now, answer.id)
    return True


async def _tell_learner(
    session: AsyncSession, answer: Answer, now: datetime, *, good: bool
) -> None:
    """Say "very good", or let the task be heard once more."""
    learner = await session.get_one(Person, answer.person_id)
    sitting = await session.get_one(Sitting, answer.sitting_id)
    found = await _asked(session, answer, sitting)
    for place in await listeners(session, learner):
        words = Screen(_("Very good.") if good else _("Listen once more."))
        receipt(session, place, words, now)
        if found and not good:
            await _show_task(session, place, found[1], answer, sitting, now)


async def _asked(
    session: AsyncSession, answer: Answer, sitting: Sitting
) -> tuple[Lesson, Step] | None:
    """Find the step that homework answers, by its id: its place may have changed since."""
    step_id = await lessons.step_sent(session, answer.person_id, answer.id)
    return step_called(step_id) if step_id else step_at(sitting.lesson, answer.step)


async def _show_task(
    session: AsyncSession,
    place: Listener,
    step: Step,
    answer: Answer,
    sitting: Sitting,
    now: datetime,
) -> None:
    """Show a step as it was taught; after the lesson it can be done once more from here."""
    filled = await filling.fill(session, place, step, now)
    said = Screen(
        filling.caption(filled, ""),
        picture=course().path(step.picture),
        voice=filled.voice or (course().path(step.clip) if step.clip else None),
        rows=[[button("🎤", f"again:{answer.id}", BLUE)]] if sitting.finished_at else [],
        taught=True,
        key=step.id,
    )
    filled.draw_on(await show(session, place, said, now))


async def comment(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    answer_id: int,
    said: Attachment,
    now: datetime,
) -> None:
    """Send a teacher's spoken word on the homework in hand to the learner."""
    teacher = here.person
    answer = await homework.of_classes(session, answer_id, own_classes(held), now)
    if teacher is None or answer is None:
        await show_next(session, here, held, now)
        return
    if refusal := unfit(said):
        tell(session, here, refusal, now, minutes=LONGEST // 60)
        return
    voice = await keep(session, said, teacher.id, now)
    answer.comment_id = voice.id
    learner = await session.get_one(Person, answer.person_id)
    for place in await listeners(session, learner):
        receipt(session, place, Screen(_("Your teacher answers you.")), now)
        await asking.pass_on(session, place, voice.id, "", [], now)
    rows = _verdicts(answer)
    tell(session, here, _("Sent to %(name)s."), now, rows, name=learner.name)


def unfit(said: Attachment) -> str | None:
    """Say why a teacher's voice cannot go to a learner, None where it can."""
    if said.kind != "voice":
        return _("Please say it with a voice message, or tap a button.")
    if said.forwarded:
        return _("This voice was forwarded. Please say it yourself.")
    if said.too_big:
        return _("This file is too big for me. Please send a smaller one.")
    if said.seconds > LONGEST:
        return _("That is too long for me. Please say it in less than %(minutes)d minutes.")
    if said.seconds < SHORTEST:
        return _("I hear nothing in it. Hold the microphone and speak close to it.")
    return None


async def practise(
    session: AsyncSession, here: Listener, person: Person, answer: Answer, now: datetime
) -> None:
    """Show a learner the task that the teacher would like to hear once more."""
    sitting = await session.get_one(Sitting, answer.sitting_id)
    wanted = await homework.to_practise(session, sitting.id) if sitting.finished_at else None
    found = await _asked(session, wanted, sitting) if wanted else None
    if wanted is None or found is None or answer.person_id != person.id:
        receipt(session, here, Screen(_("Very good.")), now)  # it came already
        return
    here.account.state = f"{stepping.awaits(found[1])}:{sitting.id}"
    sitting.shown_at = now
    await _show_task(session, here, found[1], wanted, sitting, now)
