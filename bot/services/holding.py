"""A meeting whose check-in is opened, for the first time or again."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import attending, midway, smiling, tallying
from bot.services.listing_today import day_of, list_today
from bot.services.reaching import listeners
from bot.services.tallying import group_buttons, group_text, teacher_buttons, teacher_text
from bot.services.windows import opened_late
from bot.voice.buttons import inline
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, shipped, to_chat
from db import ledger
from db.models import Meeting, MeetingState, Message, Person, Priority, Role
from db.queries import people

__all__ = ["day_of", "list_today", "open_checkin", "post_card"]


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
    if again:
        await _undo_closing(session, meeting, teacher, now)
    else:
        meeting.opened_at = now
        about = {"meeting": meeting.id, "minutes_after_start": opened_late(meeting)}
        await ledger.record(session, teacher.id, "checkin.opened", now, **about)
    meeting.state = MeetingState.OPEN
    midway.choose_moment(meeting, now)
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


async def _undo_closing(
    session: AsyncSession, meeting: Meeting, teacher: Person, now: datetime
) -> None:
    """Let a closed meeting go on: nobody has gone who said so only because it was closed."""
    stayed = await smiling.take_back(session, meeting, teacher, now)
    was = meeting.closed_at.isoformat() if meeting.closed_at else ""
    about = {"meeting": meeting.id, "closed_at": was, "taken_back": stayed}
    await ledger.record(session, teacher.id, "checkin.reopened", now, **about)
    meeting.closed_at = meeting.closed_by = None


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
