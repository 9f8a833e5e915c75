"""Learner of the week: a class head chooses and writes, the learner agrees or not."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import praising
from bot.services.hearing import state_of
from db.models import Role
from handlers.door import Handlers, door
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
    """Write the words of the card."""
    message = update.message
    said = message.text or "" if message else ""
    person_id = state_of(context.here)[1]
    await praising.offer(context.session, context.here, person_id, said, context.now)


@door(Role.LEARNER)
async def decide(_: Update, context: Context) -> None:
    """Say whether the card may go to the group."""
    decided = context.number("person") == context.person.id and await praising.decide(
        context.session,
        context.here,
        context.person,
        context.number("line"),
        context.now,
        yes=context.number("yes") == 1,
    )
    if not decided:
        context.toast = "❌"


HANDLERS: Handlers = (
    on_command("praise", praise),
    on_tap("praises:{page}", more),
    on_tap("praise:{person}", choose),
    on_tap("week:{person}:{line}:{yes}", decide),
    on_message((filters.TEXT & ~filters.COMMAND) | filters.VOICE | filters.PHOTO, words),
)
