"""Lessons made in the chat: a teacher makes, sees and publishes them; a learner takes them."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import authoring, own_lessons, publishing
from bot.services.hearing import state_of
from db.models import OwnLesson, Role, Sitting
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)


async def own(context: Context) -> OwnLesson | None:
    """Find the lesson that a button speaks of, if it is this teacher's to change."""
    number = context.number("lesson")
    lesson = await authoring.own(context.session, context.memberships, number)
    if lesson is None:
        context.toast = "❌"
    return lesson


@door(*STAFF)
async def new(_: Update, context: Context) -> None:
    """Begin a lesson."""
    await authoring.begin(context.session, context.here, context.memberships, context.now)


@door(*STAFF)
async def new_for(_: Update, context: Context) -> None:
    """Begin a lesson for one of several classes."""
    class_id = context.number("class_id")
    begun = await authoring.begin(
        context.session, context.here, context.memberships, context.now, class_id
    )
    context.toast = "" if begun else "❌"


@door(*STAFF, states={"draft"})
async def take(update: Update, context: Context) -> None:
    """Take the next picture, words or voice of the lesson in hand."""
    message = update.message
    number = state_of(context.here)[1]
    lesson = await authoring.own(context.session, context.memberships, number)
    if message is None or lesson is None:
        context.account.state = None
        return
    words, said = message.text or "", attachment(message)
    await authoring.take(context.session, context.here, lesson, words, said, context.now)


@door(*STAFF)
async def preview(_: Update, context: Context) -> None:
    """See the lesson as a learner will."""
    if lesson := await own(context):
        await authoring.preview(context.session, context.here, lesson, context.now)


@door(*STAFF)
async def publish(_: Update, context: Context) -> None:
    """Give the lesson to the class, once: now, or at the time that the button names."""
    if lesson := await own(context):
        at = context.number("at")
        done = await publishing.publish(context.session, context.here, lesson, at, context.now)
        context.toast = "✔" if done else "❌"


@door(*STAFF)
async def edit(_: Update, context: Context) -> None:
    """Make a new version."""
    if lesson := await own(context):
        await authoring.edit(context.session, context.here, lesson, context.now)


@door(*STAFF)
async def withdraw(_: Update, context: Context) -> None:
    """Take a lesson back."""
    if lesson := await own(context):
        done = await publishing.withdraw(context.session, context.here, lesson, context.now)
        context.toast = "✔" if done else "❌"


@door(Role.LEARNER)
async def begin(_: Update, context: Context) -> None:
    """Begin a teacher's lesson."""
    number = context.number("lesson")
    if not await own_lessons.begin(
        context.session, context.here, context.person, number, context.now
    ):
        context.toast = "❌"


@door(Role.LEARNER)
async def step_on(_: Update, context: Context) -> None:
    """Go on within a teacher's lesson."""
    sitting = await context.session.get(Sitting, context.number("sitting"))
    if sitting is None or not await own_lessons.step_on(
        context.session, context.here, context.person, sitting, context.number("step"), context.now
    ):
        context.toast = "❌"


@door(Role.LEARNER)
async def hear(_: Update, context: Context) -> None:
    """Hear the teacher's voice of a step again."""
    sitting = await context.session.get(Sitting, context.number("sitting"))
    heard = sitting is not None and await own_lessons.hear(
        context.session, context.here, context.person, sitting, context.number("step"), context.now
    )
    context.toast = "🔊" if heard else "❌"


SENT = filters.TEXT & ~filters.COMMAND | filters.VOICE | filters.PHOTO | filters.AUDIO
OTHER = filters.Sticker.ALL | filters.ANIMATION | filters.VIDEO | filters.Document.ALL

HANDLERS: Handlers = (
    on_command("new", new),
    on_tap("new:{class_id}", new_for),
    on_tap("draft:{lesson}", preview),
    on_tap("publish:{lesson}:{at}", publish),
    on_tap("edit:{lesson}", edit),
    on_tap("withdraw:{lesson}", withdraw),
    on_tap("own:{lesson}", begin),
    on_tap("ownstep:{sitting}:{step}", step_on),
    on_tap("ownhear:{sitting}:{step}", hear),
    on_message(SENT | OTHER | filters.VIDEO_NOTE, take),
)
