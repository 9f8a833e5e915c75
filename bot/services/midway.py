"""Who is still there in the middle (抽查): asked at a moment that nobody can know before.

Only classes that want it are asked. The teacher holds up a number, learners who were marked as here
press it; or the teacher says that all are here, or counts heads.
"""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import tallying
from bot.services.code_picture import number_picture
from bot.services.marking import make_mark
from bot.services.reaching import listeners, tell_class_heads
from bot.services.standing import CAME
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, kept, receipt, show, tell, to_chat
from db import ledger
from db.models import (
    How,
    Meeting,
    MeetingState,
    Message,
    Person,
    Phase,
    Priority,
    Role,
    Status,
    Sure,
)
from db.queries import early_leaves, marks, meetings, notices, people

NUMBERS = 4
ANSWERS = timedelta(minutes=10)  # as long as the number is held up
WRONG = 2  # numbers that may be wrong
FEWER = 8  # heads that may be missing, each with a button


def choose_moment(meeting: Meeting, now: datetime) -> None:
    """Choose, once and unseen, when to ask: in the middle third of what is left of a meeting."""
    if not meeting.study_class.asks_midway or meeting.mid_at is not None:
        return
    begins = max(meeting.starts_at, now)
    third = max(meeting.ends_at - begins, timedelta()) / 3
    seconds = secrets.randbelow(max(int(third.total_seconds()), 1))
    meeting.mid_at = begins + third + timedelta(seconds=seconds)
    meeting.mid_number = secrets.randbelow(NUMBERS) + 1


async def ask_due(session: AsyncSession, data: Path, now: datetime) -> int:
    """Ask in every open meeting whose moment has come, once."""
    asked = 0
    for meeting in await meetings.midway_due(session, now, now - ANSWERS):
        tally = await session.get(Message, meeting.teacher_card_id or 0)
        if tally is None or await notices.exists(session, f"midway:{meeting.id}"):
            continue
        there = await marked_in(session, meeting, now)
        _ask_teacher(session, meeting, tally.chat_id, len(there), data, now)
        for person in there:
            await _ask_learner(session, person, meeting, now)
        about = {"meeting": meeting.id, "asked": len(there)}
        await ledger.record(session, meeting.teacher_id, "midway.asked", now, **about)
        asked += 1
    return asked


async def marked_in(session: AsyncSession, meeting: Meeting, now: datetime) -> list[Person]:
    """List the learners whom a mark shows as here."""
    stands = tallying.standings(await marks.arrivals(session, meeting.id))
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    gone = await early_leaves.gone(session, meeting.id)
    return [one for one in everybody if stands.get(one.id) in CAME and one.id not in gone]


def _ask_teacher(
    session: AsyncSession, meeting: Meeting, chat_id: int, there: int, data: Path, now: datetime
) -> None:
    """Give the teacher the number to hold up, and another way: to count heads."""
    text = _("Who is still here? Hold up this number, or count: %(here)d were marked as here.")
    fewer = [button(str(n), f"midheads:{meeting.id}:{n}") for n in heads(there)]
    rows: Keyboard = [
        [button(html(MANDARIN, _("All are here")), f"midall:{meeting.id}", "success")],
        fewer[:4],
        fewer[4:],
    ]
    payload = {
        "photo": kept(number_picture(data, meeting.mid_number or 1)),
        "caption": html(MANDARIN, text, here=there),
        "parse_mode": "HTML",
        "reply_markup": inline(rows),
    }
    way = Way(Priority.CHECKIN, f"midway:{meeting.id}", expires_at=now + ANSWERS, purpose="midway")
    to_chat(session, chat_id, "sendPhoto", payload, now, way)


def heads(there: int) -> range:
    """Return the numbers of heads that have a button: one fewer than all, and down."""
    return range(there - 1, max(there - 1 - FEWER, -1), -1)


async def _ask_learner(
    session: AsyncSession, person: Person, meeting: Meeting, now: datetime
) -> None:
    """Ask a learner for the number; on a shared phone the question says whom it asks."""
    way = Way(Priority.CHECKIN, expires_at=now + ANSWERS, purpose="midway")
    spoken = _("Are you still in class? Which number does the teacher show?")
    for place in await listeners(session, person):
        text, values = spoken, {}
        if len(await people.persons_at(session, place.account.id)) > 1:
            text = _("%(name)s, are you still in class? Which number does the teacher show?")
            values = {"name": person.name}
        choices = [
            button(str(number), f"mid:{meeting.id}:{number}:{person.id}")
            for number in range(1, NUMBERS + 1)
        ]
        asked = Screen(text, values, picture("code"), rows=[choices[:2], choices[2:]], key=spoken)
        await show(session, place, asked, now, way)


async def answer(
    session: AsyncSession, here: Listener, meeting: Meeting, number: int, now: datetime
) -> bool:
    """Take a learner's number; False where nobody is asked any more."""
    person = here.person
    asked = meeting.mid_at is not None and meeting.mid_at <= now <= meeting.mid_at + 2 * ANSWERS
    if person is None or not asked or meeting.state is not MeetingState.OPEN:
        return False
    if person.id not in {one.id for one in await marked_in(session, meeting, now)}:
        return False
    earlier = await marks.keys(session, meeting.id, person.id, Phase.MID)
    if "self" in earlier:
        receipt(session, here, Screen(_("I have noted you already.")), now)
        return True
    if len(earlier) >= WRONG and "roll" not in earlier:
        await _to_teacher(session, here, now)
        return True
    right = number == meeting.mid_number
    await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.MID,
        status=Status.PRESENT if right else Status.ABSENT,
        how=How.TAP,
        sure=Sure.SELF,
        by=person,
        at=now,
        key="self" if right else f"wrong:{len(earlier) + 1}",
        account_id=here.account.id,
    )
    if right:
        receipt(session, here, Screen(_("Thank you.")), now)
    elif len(earlier) + 1 < WRONG:
        receipt(session, here, Screen(_("That is not it. Look again.")), now)
    else:
        await _to_teacher(session, here, now)
    return True


async def _to_teacher(session: AsyncSession, here: Listener, now: datetime) -> None:
    receipt(session, here, Screen(_("Please go to your teacher, who will note you.")), now)


async def all_here(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> bool:
    """Take the teacher's word that whoever was marked as here is still here."""
    teacher = listener.person
    if teacher is None or meeting.mid_at is None or meeting.state is not MeetingState.OPEN:
        return False
    there = await marked_in(session, meeting, now)
    for person in there:
        await make_mark(
            session,
            person=person,
            meeting=meeting,
            phase=Phase.MID,
            status=Status.PRESENT,
            how=How.ROLL,
            sure=Sure.TEACHER,
            by=teacher,
            at=now,
            key="roll",
            account_id=listener.account.id,
        )
    await _counted(session, listener, meeting, len(there), len(there), now)
    return True


async def count_heads(
    session: AsyncSession, listener: Listener, meeting: Meeting, counted: int, now: datetime
) -> bool:
    """Take how many heads a teacher counted; fewer than were marked is told to the class head."""
    teacher = listener.person
    if teacher is None or meeting.mid_at is None or meeting.state is not MeetingState.OPEN:
        return False
    there = len(await marked_in(session, meeting, now))
    if counted > there:
        return False
    await _counted(session, listener, meeting, counted, there, now)
    if counted < there:
        await tell_class_heads(
            session,
            meeting.study_class_id,
            _("%(lesson)s: %(here)d were marked as here, %(counted)d were counted in the middle."),
            now,
            f"heads:{meeting.id}:{counted}",
            lesson=meeting.title,
            here=there,
            counted=counted,
        )
    return True


async def _counted(
    session: AsyncSession,
    listener: Listener,
    meeting: Meeting,
    counted: int,
    there: int,
    now: datetime,
) -> None:
    """Write down a count of heads, and say it back."""
    if listener.person is None:
        return
    about = {"meeting": meeting.id, "counted": counted, "here": there}
    await ledger.record(session, listener.person.id, "midway.counted", now, **about)
    text = _("Counted in the middle: %(counted)d of %(here)d.")
    tell(session, listener, text, now, counted=counted, here=there)
