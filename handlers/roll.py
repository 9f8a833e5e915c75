"""The roll call: pages of names, states by taps, saving and taking back."""

from telegram import Update

from bot.context import Context
from bot.services import closing, holding, roll_saving, rolling
from bot.services.permitting import may_teach
from db.models import Meeting, Role
from db.queries import meetings
from handlers.door import Handlers, door
from handlers.matching import on_command, on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)


async def own_meeting(context: Context) -> Meeting | None:
    """Find the meeting that a button speaks of, if it is this teacher's to run."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if meeting and may_teach(context.memberships, context.person.id, meeting):
        return meeting
    context.toast = "❌"
    return None


async def show(update: Update, context: Context, meeting: Meeting, page: int) -> None:
    """Show a page in the roll call's own message, if a button of it was tapped."""
    query = update.callback_query
    tapped = query.message.message_id if query and query.message else None
    await rolling.call_roll(context.session, context.here, meeting, page, context.now, tapped)


@door(*STAFF)
async def page_(update: Update, context: Context) -> None:
    """See a page of the roll call."""
    if meeting := await own_meeting(context):
        await show(update, context, meeting, context.number("page"))


@door(*STAFF)
async def full(update: Update, context: Context) -> None:
    """See everybody, those who are settled too."""
    if meeting := await own_meeting(context):
        await show(update, context, meeting, rolling.FULL + 1)


@door(*STAFF)
async def now_(update: Update, context: Context) -> None:
    """Call the roll of the meeting that is open."""
    meeting = await meetings.opened_of_teacher(context.session, context.person.id)
    if meeting is None:
        await holding.list_today(context.session, context.here, context.now)
        return
    await show(update, context, meeting, 1)


@door(*STAFF)
async def mark(update: Update, context: Context) -> None:
    """Turn a name on to its next state."""
    meeting = await own_meeting(context)
    if meeting is None:
        return
    person_id, page = context.number("person"), context.number("page")
    turned = await rolling.turn_one(context.session, meeting, person_id, page, context.now)
    if turned is None:
        context.toast = "❌"
        return
    person, status = turned
    context.toast = f"{person.name} {rolling.face(status)}"
    await show(update, context, meeting, page)


@door(*STAFF)
async def everybody(update: Update, context: Context) -> None:
    """Draft everybody as here."""
    if meeting := await own_meeting(context):
        if not await rolling.all_here(context.session, meeting, context.now):
            context.toast = "❌"
        await show(update, context, meeting, context.number("page"))


@door(*STAFF)
async def save(_: Update, context: Context) -> None:
    """Save the roll call."""
    if meeting := await own_meeting(context):
        saved = await roll_saving.save(context.session, context.here, meeting, context.now)
        context.toast = "✔" if saved else "❌"
        if not saved:
            rolling.say_not_open(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def save_and_close(_: Update, context: Context) -> None:
    """Save the roll call, and close the meeting."""
    if meeting := await own_meeting(context):
        await roll_saving.save(context.session, context.here, meeting, context.now, told=False)
        context.toast = await closing.close(context.session, context.here, meeting, context.now)


@door(*STAFF)
async def undo(update: Update, context: Context) -> None:
    """Take the last saved roll call back; it is a draft again."""
    meeting = await own_meeting(context)
    if meeting is None:
        return
    last = context.number("mark")
    if not await roll_saving.undo(context.session, context.here, meeting, last, context.now):
        context.toast = "❌"
        return
    context.toast = "↩︎"
    await show(update, context, meeting, 1)


HANDLERS: Handlers = (
    on_command("roll", now_),
    on_tap("roll:{meeting}:{page}", page_),
    on_tap("rollfull:{meeting}", full),
    on_tap("mark:{meeting}:{person}:{page}", mark),
    on_tap("rollall:{meeting}:{page}", everybody),
    on_tap("rollsave:{meeting}", save),
    on_tap("rollclose:{meeting}", save_and_close),
    on_tap("rollundo:{meeting}:{mark}", undo),
)
