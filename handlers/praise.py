"""Learner of the week: a class head chooses, speaks and writes; the learner agrees or not."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import honouring, praising
from db.models import Role
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap


@door(Role.CLASS_HEAD)
async def praise(_: Update, context: Context) -> None:
    """See whom one could praise."""
    await praising.list_learners(context.session, context.here, context.now)


@door(Role.CLASS_HEAD)
async def more(_: Update, context: Context) -> None:
    """See the next of them."""
    page = context.number("page")
    await praising.list_learners(context.session, context.here, context.now, page)


@door(Role.CLASS_HEAD)
async def choose(_: Update, context: Context) -> None:
    """Choose the learner of the week."""
    person_id = context.number("person")
    if not await praising.choose(context.session, context.here, person_id, context.now):
        context.toast = "❌"


@door(Role.CLASS_HEAD, states={"praise"})
async def words(update: Update, context: Context) -> None:
    """Speak to the card, or write its words."""
    message = update.message
    state = (context.account.state or "").split(":")
    person_id, voice_id = int(state[1]), int(state[2]) if state[2:] else 0
    said = attachment(message)
    if said and said.kind == "voice":
        await praising.speak(context.session, context.here, person_id, said, context.now)
        return
    text = message.text or "" if message else ""
    await praising.offer(context.session, context.here, person_id, text, context.now, voice_id)


@door(Role.LEARNER)
async def decide(_: Update, context: Context) -> None:
    """Say whether the card may go to the group."""
    decided = context.number("person") == context.person.id and await honouring.decide(
        context.session,
        context.here,
        context.person,
        context.number("line"),
        context.now,
        yes=context.number("yes") == 1,
    )
    if not decided:
        context.toast = "❌"


@door(Role.LEARNER, Role.CLASS_HEAD)
async def take_back(_: Update, context: Context) -> None:
    """Take a card out of the group."""
    person_id, line = context.number("person"), context.number("line")
    if not await honouring.take_back(context.session, context.here, person_id, line, context.now):
        context.toast = "❌"


HANDLERS: Handlers = (
    on_command("praise", praise),
    on_tap("praises:{page}", more),
    on_tap("praise:{person}", choose),
    on_tap("week:{person}:{line}:{yes}", decide),
    on_tap("weekback:{person}:{line}", take_back),
    on_message((filters.TEXT & ~filters.COMMAND) | filters.VOICE | filters.PHOTO, words),
)
