"""Taking lessons: what comes next, a step at a time, the quick way for who knows it."""

from telegram import Update

from bot.context import Context
from bot.services import teaching
from db.models import Role, Sitting
from handlers.door import Handlers, door
from handlers.matching import on_command, on_tap


@door(Role.LEARNER)
async def study(_: Update, context: Context) -> None:
    """Take up the next lesson."""
    await teaching.study(context.session, context.here, context.person, context.now)


@door(Role.LEARNER)
async def courses(_: Update, context: Context) -> None:
    """Choose between the trade and reading."""
    await teaching.ask_which(context.session, context.here, context.person, context.now)


@door(Role.LEARNER)
async def learn(_: Update, context: Context) -> None:
    """Go on with one of the courses."""
    number = context.number("course")
    if not await teaching.learn(context.session, context.here, context.person, number, context.now):
        context.toast = "❌"


async def own_sitting(context: Context) -> Sitting | None:
    """Find the learner's own lesson that a button speaks of."""
    sitting = await context.session.get(Sitting, context.number("sitting"))
    if sitting is None or sitting.person_id != context.person.id:
        context.toast = "❌"
        return None
    return sitting


@door(Role.LEARNER)
async def go_on(_: Update, context: Context) -> None:
    """Go on where the lesson stopped."""
    if sitting := await own_sitting(context):
        await teaching.go_on(context.session, context.here, sitting, context.now)


@door(Role.LEARNER)
async def redo(_: Update, context: Context) -> None:
    """Begin the lesson again."""
    if sitting := await own_sitting(context):
        await teaching.go_on(context.session, context.here, sitting, context.now, redo=True)


@door(Role.LEARNER)
async def fast(_: Update, context: Context) -> None:
    """Show that one knows a lesson already."""
    if sitting := await own_sitting(context):
        await teaching.try_quick(context.session, context.here, sitting, context.now)


@door(Role.LEARNER)
async def skip(_: Update, context: Context) -> None:
    """Skip what one knows, or learn it all the same."""
    if sitting := await own_sitting(context):
        yes = context.number("yes") == 1
        await teaching.skip(context.session, context.here, sitting, context.now, yes=yes)


@door(Role.LEARNER)
async def step(update: Update, context: Context) -> None:
    """Answer a step, or go on from it."""
    query = update.callback_query
    card = query.message.message_id if query and query.message else None
    if sitting := await own_sitting(context):
        at, choice = context.number("step"), context.number("choice")
        await teaching.answer(context.session, context.here, sitting, at, choice, context.now, card)


HANDLERS: Handlers = (
    on_command("study", study),
    on_tap("study", study),
    on_tap("go:{sitting}", go_on),
    on_tap("redo:{sitting}", redo),
    on_tap("fast:{sitting}", fast),
    on_tap("skip:{sitting}:{yes}", skip),
    on_tap("courses", courses),
    on_tap("learn:{course}", learn),
    on_tap("step:{sitting}:{step}:{choice}", step),
)
