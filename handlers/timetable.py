"""The timetable in a chat: seen, planned by taps, moved or cancelled in one, sent as a sheet."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import (
    planning,
    planning_questions,
    posting_timetable,
    shifting,
    showing_timetable,
)
from bot.services.moving import may_move
from db.models import Meeting, MeetingState
from handlers.door import Handlers, door
from handlers.matching import on_command, on_message, on_tap
from handlers.planning import HANDLERS as PLANNING
from handlers.planning import STAFF, own_class, tapped


async def own_meeting(context: Context, number: int | None = None) -> Meeting | None:
    """Find the meeting that is spoken of, if it is this person's to move."""
    number = context.number("meeting") if number is None else number
    meeting = await context.session.get(Meeting, number)
    if meeting and may_move(context.memberships, context.person.id, meeting):
        return meeting
    context.toast = "❌"
    return None


@door(*STAFF)
async def timetable(_: Update, context: Context) -> None:
    """See the timetable of the class, or choose the class."""
    await showing_timetable.choose_class(
        context.session, context.here, context.memberships, context.now
    )


@door(*STAFF)
async def show(update: Update, context: Context) -> None:
    """See two weeks of a class."""
    study_class = await own_class(context)
    if study_class is None:
        return
    shown = await showing_timetable.show(
        context.session,
        context.here,
        context.memberships,
        study_class,
        context.number("week"),
        context.number("page"),
        context.now,
        tapped(update),
    )
    context.toast = "" if shown else "❌"


@door(*STAFF)
async def shift(_: Update, context: Context) -> None:
    """See when a meeting could be held instead."""
    if meeting := await own_meeting(context):
        await shifting.propose(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def move_to(_: Update, context: Context) -> None:
    """Move a meeting to another time."""
    meeting, starts_at = await own_meeting(context), shifting.moment_of(context.number("minute"))
    if meeting is None or starts_at is None:
        context.toast = "❌"
        return
    revision = context.number("revision")
    if meeting.revision == revision + 1 and meeting.starts_at == starts_at:
        context.toast = "✔"  # the second tap of two
        return
    moved = await shifting.move(
        context.session,
        context.here,
        meeting,
        context.now,
        starts_at=starts_at,
        revision=revision,
        data=context.data,
    )
    context.toast = "✔" if moved else "❌"


@door(*STAFF)
async def move_place(_: Update, context: Context) -> None:
    """Move a meeting to another place."""
    meeting = await own_meeting(context)
    if meeting is None:
        return
    other = context.number("other")
    place = await planning.place_of(context.session, meeting.study_class, other)
    revision = context.number("revision")
    if meeting.revision == revision + 1 and meeting.place == place:
        context.toast = "✔"
        return
    moved = bool(place) and await shifting.move(
        context.session,
        context.here,
        meeting,
        context.now,
        place=place,
        revision=revision,
        data=context.data,
    )
    context.toast = "✔" if moved else "❌"


@door(*STAFF)
async def move_when(_: Update, context: Context) -> None:
    """Be asked for another time in words."""
    if meeting := await own_meeting(context):
        shifting.ask_when(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def move_where(_: Update, context: Context) -> None:
    """Be asked for another place."""
    if meeting := await own_meeting(context):
        await shifting.ask_where(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def call_off(_: Update, context: Context) -> None:
    """Cancel a meeting."""
    meeting = await own_meeting(context)
    if meeting is None:
        return
    revision = context.number("revision")
    if meeting.revision == revision + 1 and meeting.state is MeetingState.CANCELLED:
        context.toast = "✔"
        return
    reason = context.number("reason")
    done = await shifting.call_off(
        context.session, context.here, meeting, reason, revision, context.now, context.data
    )
    context.toast = "✔" if done else "❌"


@door(*STAFF)
async def take_back(_: Update, context: Context) -> None:
    """Take back what was just done to a meeting."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if meeting is None or await own_class(context, meeting.study_class_id) is None:
        context.toast = "❌"
        return
    revision = context.number("revision")
    done = await shifting.take_back(
        context.session, context.here, meeting, revision, context.now, context.data
    )
    context.toast = "↩️" if done else "❌"


@door(*STAFF)
async def picture(_: Update, context: Context) -> None:
    """Post the picture of two weeks to the class's group."""
    study_class = await own_class(context)
    if study_class is None:
        return
    context.toast = await posting_timetable.post_picture(
        context.session,
        context.here,
        study_class,
        context.number("week"),
        context.data,
        context.now,
    )


@door(*STAFF)
async def sheet(_: Update, context: Context) -> None:
    """Be sent two weeks as a sheet to hang up."""
    study_class = await own_class(context)
    if study_class is None:
        return
    context.toast = await posting_timetable.send_sheet(
        context.session,
        context.here,
        study_class,
        context.number("week"),
        context.data,
        context.now,
    )


@door(
    *STAFF,
    states=(
        planning_questions.TYPING,
        planning_questions.TITLING,
        shifting.WHEN,
        shifting.WHERE,
    ),
)
async def typed(update: Update, context: Context) -> None:
    """Take a place, a title or a time in words."""
    state, _colon, number = (context.account.state or "").partition(":")
    words = (update.message.text if update.message else "") or ""
    if state in {planning_questions.TYPING, planning_questions.TITLING}:
        if study_class := await own_class(context, int(number)):
            take = (
                planning.take_place if state == planning_questions.TYPING else planning.take_title
            )
            await take(context.session, context.here, study_class, words, context.now)
    elif meeting := await own_meeting(context, int(number)):
        await shifting.take_words(
            context.session, context.here, meeting, words, context.now, context.data
        )


HANDLERS: Handlers = (
    *PLANNING,
    on_command("timetable", timetable),
    on_tap("tt:{class}:{week}:{page}", show),
    on_tap("ttpic:{class}:{week}", picture),
    on_tap("ttfile:{class}:{week}", sheet),
    on_tap("shift:{meeting}", shift),
    on_tap("moveto:{meeting}:{revision}:{minute}", move_to),
    on_tap("moveplace:{meeting}:{revision}:{other}", move_place),
    on_tap("movewhen:{meeting}", move_when),
    on_tap("movewhere:{meeting}", move_where),
    on_tap("calloff:{meeting}:{revision}:{reason}", call_off),
    on_tap("takeback:{meeting}:{revision}", take_back),
    on_message(filters.TEXT & ~filters.COMMAND, typed),
)
