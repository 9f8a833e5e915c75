"""What a teacher can do: open, see, call the roll, close, and answer."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import answering, asking, holding, rolling
from bot.services.permitting import may_teach
from db.models import Meeting, Question, Role
from db.queries import meetings
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
async def roll(_: Update, context: Context) -> None:
    """See a page of the roll call."""
    if meeting := await own_meeting(context):
        page = context.number("page")
        await rolling.call_roll(context.session, context.here, meeting, page, context.now)


@door(*STAFF)
async def roll_now(_: Update, context: Context) -> None:
    """Call the roll of the meeting that is open."""
    meeting = await meetings.opened_of_teacher(context.session, context.person.id)
    if meeting is None:
        await holding.list_today(context.session, context.here, context.now)
        return
    await rolling.call_roll(context.session, context.here, meeting, 1, context.now)


@door(*STAFF)
async def mark(update: Update, context: Context) -> None:
    """Turn a name on to its next state."""
    meeting = await own_meeting(context)
    if meeting is None:
        return
    person_id, page = context.number("person"), context.number("page")
    turned = await rolling.turn_one(context.session, meeting, person_id, context.now)
    if turned is None:
        context.toast = "❌"
        return
    person, status = turned
    context.toast = f"{person.name} {rolling.face(status)}"
    await redraw(update, context, meeting, page)


@door(*STAFF)
async def roll_all(update: Update, context: Context) -> None:
    """Draft everybody as here."""
    if meeting := await own_meeting(context):
        await rolling.all_here(context.session, meeting, context.now)
        await redraw(update, context, meeting, context.number("page"))


async def redraw(update: Update, context: Context, meeting: Meeting, page: int) -> None:
    """Show the roll call's new states in its own message."""
    query = update.callback_query
    if query and query.message:
        await rolling.redraw(
            context.session,
            query.message.message_id,
            context.account.user_id,
            meeting,
            page,
            context.now,
        )


@door(*STAFF)
async def roll_save(_: Update, context: Context) -> None:
    """Save the roll call."""
    if meeting := await own_meeting(context):
        saved = await rolling.save(context.session, context.here, meeting, context.now)
        context.toast = "✔" if saved else "❌"


@door(*STAFF)
async def close(_: Update, context: Context) -> None:
    """Be asked whether the meeting is over."""
    if meeting := await own_meeting(context):
        await holding.close_question(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def closed(_: Update, context: Context) -> None:
    """Close the meeting; a second teacher is told who closed it."""
    if meeting := await own_meeting(context):
        context.toast = await holding.close(context.session, context.here, meeting, context.now)


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
    on_command("roll", roll_now),
    on_command("questions", questions),
    on_tap("today", today),
    on_tap("open:{meeting}", open_),
    on_tap("reopen:{meeting}", open_),
    on_tap("roll:{meeting}:{page}", roll),
    on_tap("mark:{meeting}:{person}:{page}", mark),
    on_tap("rollall:{meeting}:{page}", roll_all),
    on_tap("rollsave:{meeting}", roll_save),
    on_tap("close:{meeting}", close),
    on_tap("closed:{meeting}", closed),
    on_tap("questions", questions),
    on_tap("told:{question}", told),
    on_message((filters.TEXT & ~filters.COMMAND) | filters.VOICE | filters.PHOTO, speak),
)
