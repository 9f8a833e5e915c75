"""What a learner can do: be here, hear what comes next, ask; and speak at any time."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.language import translate
from bot.services import (
    asking,
    attending,
    checkin_words,
    hearing,
    homing,
    own_lessons,
    own_meetings,
    saying_hours,
    sharing,
    smiling,
)
from bot.services.smiling import Smiled
from bot.voice.listening import listener
from db import ledger
from db.models import How, Meeting, Person, Question, Role
from handlers import studying
from handlers.door import Handlers, act_as, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

BUTTONS = {"🏠": "home", "👤": "me"}


@door(Role.LEARNER)
async def here(_: Update, context: Context) -> None:
    """Say "I am here" for whatever class this can mean."""
    meeting = await own_meetings.present_meeting(context.session, context.person, context.now)
    if meeting is None:
        await homing.say_next(context.session, context.here, context.person, context.now)
        return
    made = await attending.check_in(
        context.session, context.person, meeting, context.now, How.TAP, context.account.id
    )
    await checkin_words.answer(context.session, context.here, made, context.now)


@door(Role.LEARNER)
async def here_at(_: Update, context: Context) -> None:
    """Say "I am here" in private, for one meeting."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if meeting is None:
        context.toast = "❌"
        return
    if len(context.persons) > 1:
        await sharing.check_in_here(
            context.session, context.here, context.persons, meeting.id, context.now
        )
        return
    made = await attending.check_in(
        context.session, context.person, meeting, context.now, How.TAP, context.account.id
    )
    await checkin_words.answer(context.session, context.here, made, context.now)


@door(Role.LEARNER)
async def with_me(_: Update, context: Context) -> None:
    """Mark another person of this phone as here too."""
    other: Person | None = next(
        (one for one in context.persons if one.id == context.number("person")), None
    )
    if other is None:
        context.toast = "❌"
        return
    await sharing.check_in_here(
        context.session,
        context.here,
        context.persons,
        context.number("meeting"),
        context.now,
        other,
    )


@door(Role.LEARNER)
async def undo(_: Update, context: Context) -> None:
    """Take a check-in back."""
    taken = await attending.undo(
        context.session, context.person, context.number("mark"), context.now
    )
    await attending.say_undone(context.session, context.here, context.now, taken=taken)


@door(unknown=True)
async def out(_: Update, context: Context) -> None:
    """Say how class was; it marks the way out of the one whom the card asked."""
    person = next((one for one in context.persons if one.id == context.number("person")), None)
    if person is None:
        context.toast = "❌"
        return
    meeting_id, feeling = context.number("meeting"), context.number("feeling")
    here = listener(context.account, person)
    smiled = await smiling.go_out(context.session, here, meeting_id, feeling, context.now)
    if smiled is Smiled.AGAIN:
        context.toast = translate(here.language, smiling.NOTED_ALREADY)
    elif smiled is Smiled.REFUSED:
        act = f"out:{meeting_id}:{feeling}"
        await ledger.record(context.session, person.id, "act.refused", context.now, act=act)
        context.toast = "❌"


@door(Role.LEARNER)
async def next_class(_: Update, context: Context) -> None:
    """Hear when the next class is."""
    await homing.say_next(context.session, context.here, context.person, context.now)


@door(Role.LEARNER)
async def ask(_: Update, context: Context) -> None:
    """Ask the teacher."""
    await asking.invite_question(context.session, context.here, context.now)


@door(Role.LEARNER)
async def clear(_: Update, context: Context) -> None:
    """Say whether the answer was understood."""
    question = await context.session.get(Question, context.number("question"))
    if question is None or question.person_id != context.person.id:
        context.toast = "❌"
        return
    yes = context.number("yes") == 1
    await asking.understood(context.session, context.here, question, context.now, clear=yes)


@door(Role.LEARNER)
async def me(_: Update, context: Context) -> None:
    """Hear how many hours there are."""
    await saying_hours.say_hours(context.session, context.here, context.person, context.now)


@door(Role.LEARNER)
async def voice(update: Update, context: Context) -> None:
    """Speak, whether it was asked for or not."""
    if said := attachment(update.message):
        await hearing.hear_voice(context.session, context.here, context.person, said, context.now)


@door(Role.LEARNER)
async def text(update: Update, context: Context) -> None:
    """Write: a bottom button, the number of a choice, or words."""
    message = update.message
    if message is None or message.text is None:
        return
    act = BUTTONS.get(message.text)
    if message.text == "🔊":
        act = await hearing.hear_act(context.session, context.here)
        act = act or await own_lessons.hear_act(context.session, context.here) or "home"
    act = act or await hearing.numbered_act(context.session, context.here, message.text)
    if act and await act_as(update, context, act):
        return
    context.blank = not await hearing.hear_text(
        context.session,
        context.here,
        context.person,
        message.text,
        message.message_id,
        context.now,
    )


@door(Role.LEARNER)
async def picture(update: Update, context: Context) -> None:
    """Send a photo or a file."""
    if said := attachment(update.message):
        await hearing.hear_picture(context.session, context.here, context.person, said, context.now)


@door(Role.LEARNER)
async def call_me(_: Update, context: Context) -> None:
    """Ask for a person."""
    await asking.want_person(context.session, context.here, context.person, context.now)


SPOKEN = filters.VOICE | filters.VIDEO_NOTE | filters.AUDIO
SHOWN = filters.PHOTO | filters.Document.ALL | filters.VIDEO

HANDLERS: Handlers = (
    *studying.HANDLERS,
    on_command("here", here),
    on_command("next", next_class),
    on_command("ask", ask),
    on_command("me", me),
    on_command("help", call_me),
    on_tap("here", here),
    on_tap("here:{meeting}", here_at),
    on_tap("with:{meeting}:{person}", with_me),
    on_tap("undo:{mark}", undo),
    on_tap("out:{meeting}:{feeling}:{person}", out),
    on_tap("next", next_class),
    on_tap("ask", ask),
    on_tap("clear:{question}:{yes}", clear),
    on_tap("me", me),
    on_message(SPOKEN, voice),
    on_message(SHOWN, picture),
    on_message(filters.TEXT & ~filters.COMMAND, text),
)
