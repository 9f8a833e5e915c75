"""A meeting, from the opening of its check-in to its close."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html, translate
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import attending, midway, proving, tallying
from bot.services.counting import standing
from bot.services.hours_rules import hours as class_hours
from bot.services.hours_rules import local_day, rule_on, shown
from bot.services.listing_today import day_of, list_today
from bot.services.reaching import listeners, tell_class_heads
from bot.services.standing import CAME
from bot.services.tallying import group_buttons, group_text, teacher_buttons, teacher_text
from bot.voice.buttons import button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, shipped, show, tell, to_chat
from db import ledger
from db.models import Meeting, MeetingState, Message, Person, Priority, Role, StudyClass
from db.queries import early_leaves, marks, meetings, people

__all__ = ["close", "close_question", "day_of", "list_today", "open_checkin", "post_card"]


async def open_checkin(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> bool:
    """Open check-in: the card in the group, or a question to each learner; and the live tally."""
    teacher = listener.person
    if teacher is None or meeting.state not in (MeetingState.PLANNED, MeetingState.CLOSED):
        return False
    again = meeting.state is MeetingState.CLOSED
    if again and day_of(now) != day_of(meeting.closed_at or now):
        return False
    meeting.state, meeting.opened_at = MeetingState.OPEN, meeting.opened_at or now
    midway.choose_moment(meeting, now)
    kind = "checkin.reopened" if again else "checkin.opened"
    await ledger.record(session, teacher.id, kind, now, meeting=meeting.id)
    counted = await tallying.tally(session, meeting, now)
    if meeting.study_class.group_chat_id:
        card = await post_card(session, meeting, counted, now)
        meeting.group_card_id = card.id
    else:
        await _ask_everybody(session, meeting, now)
    payload = {
        "text": teacher_text(meeting, counted),
        "parse_mode": "HTML",
        "reply_markup": inline(teacher_buttons(meeting, counted)),
    }
    own = to_chat(session, listener.chat_id, "sendMessage", payload, now, Way(purpose="tally-card"))
    await session.flush()
    meeting.teacher_card_id = own.id
    return True


async def post_card(
    session: AsyncSession, meeting: Meeting, counted: tallying.Tally, now: datetime
) -> Message:
    """Post the group's check-in card, its voice before it, and pin it without sound."""
    chat_id = meeting.study_class.group_chat_id or 0
    way = Way(Priority.CHECKIN, purpose="checkin", study_class_id=meeting.study_class_id)
    said = Screen(_("Check-in, %(lesson)s, %(time)s: %(here)d of %(all)d are here."))
    voice = await group_voice(session, said, now)
    if voice:
        to_chat(session, chat_id, "sendVoice", voice, now, way)
    payload = {
        "photo": shipped(picture("here")),
        "caption": group_text(meeting, counted),
        "parse_mode": "HTML",
        "reply_markup": inline(group_buttons(meeting)),
    }
    card = to_chat(session, chat_id, "sendPhoto", payload, now, way)
    await session.flush()
    pin = {"disable_notification": True}
    to_chat(session, chat_id, "pinChatMessage", pin, now, way, target_id=card.id)
    return card


async def _ask_everybody(session: AsyncSession, meeting: Meeting, now: datetime) -> None:
    """Ask each learner in private, where the class has no group."""
    learners = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    way = Way(Priority.CHECKIN, expires_at=meeting.ends_at, purpose="checkin")
    for person in learners:
        for place in await listeners(session, person):
            await attending.ask_here(session, place, meeting, now, way)


async def close_question(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> None:
    """Ask the teacher whether the meeting is really over."""
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
    hours = await _hours(session, meeting, everybody)
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
        f"closed:{meeting.id}",
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


async def _hours(session: AsyncSession, meeting: Meeting, everybody: Sequence[Person]) -> str:
    """Return the class hours that the meeting gave, all learners together."""
    of_all = await marks.of_meeting(session, meeting.id)
    minutes = sum(
        standing([mark for mark in of_all if mark.person_id == person.id], meeting).minutes
        for person in everybody
    )
    return str(shown(class_hours(minutes, rule_on(local_day(meeting.starts_at)))))


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
