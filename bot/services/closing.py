"""The end of a meeting: asked about, closed, and told to group, learners and class head."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html, translate
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import proving, tallying
from bot.services.hours_of_class import class_hours
from bot.services.hours_rules import shown
from bot.services.reaching import listeners, tell_class_heads
from bot.services.standing import CAME
from bot.voice.buttons import GREEN, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, show, tell, to_chat
from db import ledger
from db.models import Meeting, MeetingState, Person, Priority, Role, StudyClass
from db.queries import early_leaves, marks, meetings, people


async def close_question(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> None:
    """Ask the teacher whether the meeting is really over; a roll call may still be unsaved."""
    if drafted := await unsaved(session, meeting):
        _ask_to_save(session, listener, meeting, drafted, now)
        return
    counted = await tallying.tally(session, meeting, now)
    lacking = await proving.missing(session, meeting)
    text, values = _("Close? Here %(here)d, absent %(absent)d, on leave %(leave)d."), {}
    if lacking:
        text = _(
            "Close? Here %(here)d, absent %(absent)d, on leave %(leave)d. Still missing: %(todo)s"
        )
        values = {"todo": proving.named(lacking)}
    tell(
        session,
        listener,
        text,
        now,
        [
            [
                button("✔ " + html(MANDARIN, _("Close")), f"closed:{meeting.id}", "danger"),
                button("↩︎", "today"),
            ],
            proving.buttons(meeting, lacking),
        ],
        proving.expect(listener, meeting, lacking),
        here=counted.came,
        absent=counted.absent + counted.missing,
        leave=counted.leave,
        **values,
    )


async def unsaved(session: AsyncSession, meeting: Meeting) -> int:
    """Return how many names of an open meeting were called, and are not saved."""
    return len(await marks.draft(session, meeting.id)) if meeting.state is MeetingState.OPEN else 0


def _ask_to_save(
    session: AsyncSession, listener: Listener, meeting: Meeting, drafted: int, now: datetime
) -> None:
    text = _("The roll call is not saved yet: %(count)d names. Without saving they do not count.")
    keep = button("✔ " + html(MANDARIN, _("Save and close")), f"rollclose:{meeting.id}", GREEN)
    drop = button(html(MANDARIN, _("Close without saving")), f"closedraft:{meeting.id}", "danger")
    rows = [[keep], [drop], [button("↩︎", f"roll:{meeting.id}:1")]]
    tell(session, listener, text, now, rows, count=drafted)


async def close(session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime) -> str:
    """Close check-in: who has no mark is absent from now on; group, learners and head are told.

    Returns the short answer to the tap; a second teacher hears who closed it.
    """
    teacher = listener.person
    await meetings.lock(session, meeting)  # two may close at once
    if teacher is None or meeting.state is not MeetingState.OPEN:
        return await _closed_by(session, meeting)
    meeting.state, meeting.closed_at, meeting.closed_by = MeetingState.CLOSED, now, teacher.id
    counted = await tallying.tally(session, meeting, now)
    await ledger.record(
        session,
        teacher.id,
        "checkin.closed",
        now,
        meeting=meeting.id,
        here=counted.came,
        absent=counted.absent + counted.missing,
        leave=counted.leave,
    )
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    hours = await _hours(session, meeting, now)
    lacking = await proving.missing(session, meeting)
    tell(
        session,
        listener,
        _("Closed at %(time)s: %(here)d learners, %(hours)s hours."),
        now,
        [
            [button(html(MANDARIN, _("Reopen")), f"reopen:{meeting.id}")],
            proving.buttons(meeting, lacking),
        ],
        proving.expect(listener, meeting, lacking),
        time=clock(now),
        here=counted.came,
        hours=hours,
    )
    await _end_in_group(session, meeting, counted, now)
    await _ask_feelings(session, meeting, everybody, now)
    await tell_class_heads(
        session,
        meeting.study_class_id,
        _("%(lesson)s is over: here %(here)d, absent %(absent)d, on leave %(leave)d."),
        now,
        f"closed:{meeting.id}:{now:%H%M%S}",  # it may be reopened, and closed with other numbers
        lesson=meeting.title,
        here=counted.came,
        absent=counted.absent + counted.missing,
        leave=counted.leave,
    )
    return "✔"


async def _closed_by(session: AsyncSession, meeting: Meeting) -> str:
    """Say who closed a meeting already."""
    other = await session.get(Person, meeting.closed_by or 0)
    if other is None or meeting.closed_at is None:
        return "❌"
    text = _("%(name)s closed it at %(time)s.")
    return translate(MANDARIN, text, name=other.name, time=clock(meeting.closed_at))


async def _hours(session: AsyncSession, meeting: Meeting, now: datetime) -> str:
    """Return the class hours that the meeting gave, all learners together, as the register has it.

    A walk-in who was found to be somebody is that one; the caps of the day hold.
    """
    of_class = await class_hours(session, meeting.study_class, now)
    given = [learner.by_meeting.get(meeting.id) for learner in of_class.learners]
    return str(shown(sum((credit.hours for _stand, credit in filter(None, given)), Fraction(0))))


async def _end_in_group(
    session: AsyncSession, meeting: Meeting, counted: tallying.Tally, now: datetime
) -> None:
    """Take the button from the group's card, and say that class is over: numbers only."""
    study_class: StudyClass = meeting.study_class
    if not (study_class.group_chat_id and meeting.group_card_id):
        return
    await tallying.end(session, meeting, counted, now)
    following = await meetings.following(session, study_class.id, now)
    values: dict[str, object] = {"here": counted.came, "all": counted.all}
    if following:
        text = _("Class is over: %(here)d of %(all)d were here. Next class: %(day)s at %(time)s.")
        values["day"] = day_word(following.starts_at, now, MANDARIN)
        values["time"] = clock(following.starts_at)
    else:
        text = _("Class is over: %(here)d of %(all)d were here.")
    payload = {"text": html(MANDARIN, text, **values), "parse_mode": "HTML"}
    way = Way(Priority.CHECKIN, purpose="closing", study_class_id=study_class.id)
    to_chat(session, study_class.group_chat_id, "sendMessage", payload, now, way)


async def _ask_feelings(
    session: AsyncSession, meeting: Meeting, everybody: Sequence[Person], now: datetime
) -> None:
    """Ask each one who came how it was; the answer marks the way out."""
    rows = await marks.arrivals(session, meeting.id)
    standing_ = tallying.standings(rows)
    way = Way(Priority.CHECKIN, expires_at=now + timedelta(hours=3), purpose="feeling")
    gone = await early_leaves.gone(session, meeting.id)
    for person in everybody:
        if standing_.get(person.id) not in CAME or person.id in gone:
            continue
        for place in await listeners(session, person):
            asked = await _ask_how(session, place, person, meeting)
            await show(session, place, asked, now, way)


async def _ask_how(
    session: AsyncSession, place: Listener, person: Person, meeting: Meeting
) -> Screen:
    """Return the question how class was; on a shared phone it says whom it asks."""
    text, values = _("Class is over. How was it?"), {}
    spoken = text
    if len(await people.persons_at(session, place.account.id)) > 1:
        text, values = _("%(name)s, class is over. How was it?"), {"name": person.name}
    faces = (("😀", 3), ("😐", 2), ("🙁", 1))
    choices = [button(face, f"out:{meeting.id}:{feeling}:{person.id}") for face, feeling in faces]
    return Screen(text, values, picture("out"), rows=[choices], key=spoken)
