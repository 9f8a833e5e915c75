"""What a teacher can do: open, see, close, and answer."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import answering, asking, closing, holding
from bot.services.permitting import may_teach
from db.models import Meeting, Question, Role
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)


async def own_meeting(context: Context) -> Meeting | None:
    """Find the meeting that a button speaks of, if it is this teacher's to run."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if meeting and may_teach(context.memberships, context.person.id, meeting):
        return meeting
    context.toast = "❌"
    return None


@door(*STAFF)
async def today(_: Update, context: Context) -> None:
    """See today's meetings."""
    context.account.state = None
    await holding.list_today(context.session, context.here, context.now)


@door(*STAFF)
async def open_(_: Update, context: Context) -> None:
    """Open check-in."""
    if meeting := await own_meeting(context):
        opened = await holding.open_checkin(context.session, context.here, meeting, context.now)
        context.toast = "✋" if opened else "❌"


@door(*STAFF)
async def close(_: Update, context: Context) -> None:
    """Be asked whether the meeting is over."""
    if meeting := await own_meeting(context):
        await closing.close_question(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def closed(_: Update, context: Context) -> None:
    """Close the meeting; a second teacher is told who closed it.

    Where a roll call was begun since the question was asked, it is asked again.
    """
    meeting = await own_meeting(context)
    if meeting is None:
        return
    if await closing.unsaved(context.session, meeting):
        await closing.close_question(context.session, context.here, meeting, context.now)
        return
    context.toast = await closing.close(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def closed_unsaved(_: Update, context: Context) -> None:
    """Close the meeting without the roll call that was begun; it stays a draft."""
    if meeting := await own_meeting(context):
        context.toast = await closing.close(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def questions(_: Update, context: Context) -> None:
    """See the oldest open question."""
    await asking.list_questions(context.session, context.here, context.memberships, context.now)


@door(*STAFF)
async def told(_: Update, context: Context) -> None:
    """Close a question that was answered face to face."""
    question = await context.session.get(Question, context.number("question"))
    if question is None or not asking.may_answer(context.memberships, question):
        context.toast = "❌"
        return
    await asking.told_in_person(context.session, context.here, question, context.now)
    await asking.list_questions(context.session, context.here, context.memberships, context.now)


@door(*STAFF)
async def speak(update: Update, context: Context) -> None:
    """Answer the question in hand by voice, picture or words."""
    message = update.message
    if message is None:
        return
    await answering.take(
        context.session,
        context.here,
        context.memberships,
        message.text or "",
        attachment(message),
        context.now,
    )


HANDLERS: Handlers = (
    on_command("today", today),
    on_command("questions", questions),
    on_tap("today", today),
    on_tap("open:{meeting}", open_),
    on_tap("reopen:{meeting}", open_),
    on_tap("close:{meeting}", close),
    on_tap("closed:{meeting}", closed),
    on_tap("closedraft:{meeting}", closed_unsaved),
    on_tap("questions", questions),
    on_tap("told:{question}", told),
    on_message((filters.TEXT & ~filters.COMMAND) | filters.VOICE | filters.PHOTO, speak),
)
