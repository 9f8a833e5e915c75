"""The code of the moment, the check in the middle, the place: the less usual ways to be here."""

from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.context import Context
from bot.services import (
    code_card,
    code_pad,
    coding,
    hearing,
    holding,
    locating,
    midway,
    speaking_up,
    telling_marks,
)
from bot.services.locating import Place
from bot.voice.listening import listener
from bot.voice.saying import redraw
from db.models import Consent, Meeting, Role
from db.queries import meetings
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import IN_GROUP, on_command, on_message, on_tap
from handlers.teacher import STAFF, own_meeting

FOUR_DIGITS = filters.Regex(r"^\D{0,12}\d\s?\d\s?\d\s?\d\D{0,12}$")
DIGITS = filters.Regex(r"^\s*(\d\s*){1,4}$")


@door(*STAFF)
async def show_code(_: Update, context: Context) -> None:
    """Show the code of the moment on the teacher's phone."""
    if meeting := await own_meeting(context):
        shown = await code_card.show_code(
            context.session,
            context.here,
            meeting,
            context.key,
            context.username,
            context.data,
            context.now,
        )
        context.toast = "✔" if shown else "❌"


@door(*STAFF)
async def stop_code(_: Update, context: Context) -> None:
    """Take the code from the teacher's phone."""
    if meeting := await own_meeting(context):
        await code_card.stop_code(context.session, meeting, context.now)


@door(Role.LEARNER)
async def digit(update: Update, context: Context) -> None:
    """Press one digit of the code."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    number = context.number("digit")
    if meeting is None or number > 9:  # noqa: PLR2004 - a digit
        context.toast = "❌"
        return
    shown = await coding.press(
        context.session, context.here, meeting, str(number), context.key, context.now
    )
    query = update.callback_query
    if query and query.message:
        rows = code_pad.pad(meeting.id) if "·" in shown else []
        redraw(context.session, context.here, query.message.message_id, shown, rows, context.now)


@door(Role.LEARNER, states={code_pad.WAITS})
async def type_code(update: Update, context: Context) -> None:
    """Type the code, in whatever digits the keyboard has."""
    message = update.message
    meeting = await context.session.get(Meeting, code_pad.awaited(context.here))
    if message is None or message.text is None or meeting is None:
        return
    digits = coding.digits_of(message.text)
    await coding.press(context.session, context.here, meeting, digits, context.key, context.now)


@door(unknown=True)
async def given_away(update: Update, context: Context) -> None:
    """Remove the code from the group's talk; any other talk is dropped unread."""
    context.blank = True
    message = update.message
    if message is None:
        return
    text = message.text or message.caption or ""
    meeting = await coding.given_away(
        context.session, message.chat.id, text, context.key, context.now
    )
    if meeting:
        place = message.chat.id, message.message_id
        await code_card.give_away(context.session, meeting, *place, context.who, context.now)
        await code_card.refresh_due(
            context.session, context.key, context.username, context.data, context.now, meeting.id
        )


@door(unknown=True)
async def still_here(_: Update, context: Context) -> None:
    """Press the number that the teacher holds up, in the middle of class."""
    person = next((one for one in context.persons if one.id == context.number("person")), None)
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if person is None or meeting is None:
        context.toast = "❌"
        return
    here = listener(context.account, person)
    taken = await midway.answer(
        context.session, here, meeting, context.number("number"), context.now
    )
    context.toast = "" if taken else "⏳"


@door(*STAFF)
async def all_here(_: Update, context: Context) -> None:
    """Say that whoever was marked as here is still here."""
    if meeting := await own_meeting(context):
        said = await midway.all_here(context.session, context.here, meeting, context.now)
        context.toast = "✔" if said else "❌"


@door(*STAFF)
async def heads(_: Update, context: Context) -> None:
    """Say how many heads were counted in the middle."""
    if meeting := await own_meeting(context):
        counted = context.number("counted")
        said = await midway.count_heads(
            context.session, context.here, meeting, counted, context.now
        )
        context.toast = "✔" if said else "❌"


@door(Role.LEARNER)
async def may_locate(_: Update, context: Context) -> None:
    """Say whether one may be asked where one is."""
    consent = await context.session.get(Consent, context.number("consent"))
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if consent is None or meeting is None or consent.person_id != context.person.id:
        context.toast = "❌"
        return
    yes = context.number("yes") == 1
    await locating.decide(context.session, context.here, consent, meeting, context.now, yes=yes)


@door(Role.LEARNER, states={locating.WAITS})
async def place(update: Update, context: Context) -> None:
    """Show where one is, once it was asked for; the place itself is not kept."""
    context.blank = True
    message, meeting_id = update.message, hearing.state_of(context.here)[1]
    if message is None or message.location is None or message.forward_origin is not None:
        await hearing.not_needed(context.session, context.here, context.now)
        return
    told = message.location
    accuracy = round(told.horizontal_accuracy) if told.horizontal_accuracy else None
    where = Place(told.latitude, told.longitude, accuracy)
    if not await locating.take(context.session, context.here, meeting_id, where, context.now):
        await hearing.not_needed(context.session, context.here, context.now)


@door(*STAFF)
async def why(_: Update, context: Context) -> None:
    """See why a learner counts as present or not."""
    if meeting := await own_meeting(context):
        person_id = context.number("person")
        told = await telling_marks.tell_why(
            context.session, context.here, meeting, person_id, context.now
        )
        context.toast = "" if told else "❌"


@door(*STAFF)
async def who(_: Update, context: Context) -> None:
    """Choose of whom to see why they count as present or not."""
    if meeting := await own_meeting(context):
        page = context.number("page")
        await telling_marks.list_people(context.session, context.here, meeting, page, context.now)


@door(*STAFF)
async def who_now(_: Update, context: Context) -> None:
    """Choose of whom to see it, in the meeting that is on or was the last."""
    meeting = await meetings.opened_of_teacher(context.session, context.person.id)
    meeting = meeting or await telling_marks.last_meeting(
        context.session, context.person, context.now
    )
    if meeting:
        await telling_marks.list_people(context.session, context.here, meeting, 1, context.now)
    else:
        await holding.list_today(context.session, context.here, context.now)


@door(unknown=True)
async def group_voice(update: Update, context: Context) -> None:
    """Take a voice in the group as "I am here" while that is asked; others are dropped unheard."""
    context.blank = True
    message, said = update.message, attachment(update.message)
    if message is None or said is None or context.who is None or len(context.persons) > 1:
        return
    context.blank = not await speaking_up.hear_in_group(
        context.session, context.here, message.chat.id, message.message_id, said, context.now
    )


# These come before the handler that drops a group's talk.
IN_THE_GROUP: Handlers = (
    MessageHandler(IN_GROUP & filters.VOICE, group_voice),
    MessageHandler(IN_GROUP & (FOUR_DIGITS | filters.CaptionRegex(r"\d{4}")), given_away),
)
HANDLERS: Handlers = (
    on_command("who", who_now),
    on_tap("code:{meeting}", show_code),
    on_tap("codestop:{meeting}", stop_code),
    on_tap("digit:{meeting}:{digit}", digit),
    on_tap("mid:{meeting}:{number}:{person}", still_here),
    on_tap("midall:{meeting}", all_here),
    on_tap("midheads:{meeting}:{counted}", heads),
    on_tap("locate:{meeting}:{consent}:{yes}", may_locate),
    on_tap("whyhere:{meeting}:{person}", why),
    on_tap("whowas:{meeting}:{page}", who),
    on_message(filters.TEXT & DIGITS, type_code),
    on_message(filters.LOCATION, place),
)
