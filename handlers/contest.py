"""Contested marks (异议): a learner says what is wrong, the head or the township decides."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import contest_settling, contesting, hearing
from bot.services.contest_settling import Reason
from db.models import Meeting, Role
from db.queries import objections
from handlers import learner
from handlers.coming import usable
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

DECIDERS = (Role.CLASS_HEAD, Role.TOWNSHIP)
STATES = {f"settle{number}": number for number in contest_settling.DECISIONS}


@door(Role.LEARNER)
async def wrong(_: Update, context: Context) -> None:
    """Say that a mark is wrong, and be asked of which day."""
    await contesting.ask_day(context.session, context.here, context.data, context.now)


@door(Role.LEARNER)
async def contest(_: Update, context: Context) -> None:
    """Choose the day, and be asked what happened."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    asked = meeting is not None and await contesting.ask_words(
        context.session, context.here, meeting, context.now
    )
    if not asked:
        await hearing.old_button(context.session, context.here, context.now)


@door(Role.LEARNER, states=("contest",))
async def spoken(update: Update, context: Context) -> None:
    """Say in one's own voice what happened."""
    said, (_state, number) = attachment(update.message), hearing.state_of(context.here)
    meeting = await context.session.get(Meeting, number)
    if meeting is None or said is None or not usable(said) or said.forwarded:
        await learner.voice(update, context)
        return
    if not await contesting.hear(context.session, context.here, meeting, context.now, said=said):
        await learner.voice(update, context)


@door(Role.LEARNER, states=("contest",))
async def wrote(update: Update, context: Context) -> None:
    """Write what happened; a bottom button or a number is still what it always is."""
    text = (update.message.text if update.message else None) or ""
    act = text in learner.BUTTONS or text == "🔊" or text.strip().isdecimal()
    meeting = await context.session.get(Meeting, hearing.state_of(context.here)[1])
    if (
        act
        or hearing.ID_NUMBER.search(text)
        or meeting is None
        or not await contesting.hear(context.session, context.here, meeting, context.now, text=text)
    ):
        await learner.text(update, context)


@door(*DECIDERS)
async def waiting(_: Update, context: Context) -> None:
    """See the contests that wait for a word."""
    await contesting.list_waiting(context.session, context.here, context.memberships, context.now)


@door(*DECIDERS)
async def choose(_: Update, context: Context) -> None:
    """Decide, and be asked for the reason; or pass it up."""
    found = await objections.locked_contest(context.session, context.number("contest"))
    if found is None or not await contest_settling.open_to(
        context.session, context.here, found, context.now
    ):
        context.toast = "❌"
        return
    number = context.number("decision")
    chosen = await contest_settling.choose(
        context.session, context.here, found, number, context.now
    )
    context.toast = "" if chosen else "❌"


@door(*DECIDERS, states=tuple(STATES))
async def reason(update: Update, context: Context) -> None:
    """Say or write why it is decided so."""
    state, number = hearing.state_of(context.here)
    said = attachment(update.message)
    found = await objections.locked_contest(context.session, number)
    if found is None or not await contest_settling.open_to(
        context.session, context.here, found, context.now
    ):
        context.account.state = None
        contest_settling.say_settled(context.session, context.here, context.now)
        return
    if said and not usable(said):
        contest_settling.say_not_heard(context.session, context.here, context.now)
        return
    words = (update.message.text if update.message else None) or ""
    await contest_settling.settle(
        context.session,
        context.here,
        found,
        STATES[state],
        Reason(words, said),
        context.now,
    )


SPOKEN = filters.VOICE | filters.VIDEO_NOTE | filters.AUDIO
WRITTEN = filters.TEXT & ~filters.COMMAND

HANDLERS: Handlers = (
    on_command("contests", waiting),
    on_tap("wrong", wrong),
    on_tap("contest:{meeting}", contest),
    on_tap("settle:{contest}:{decision}", choose),
    on_message(SPOKEN, spoken),
    on_message(WRITTEN, wrote),
    on_message(WRITTEN | filters.VOICE, reason),
)
