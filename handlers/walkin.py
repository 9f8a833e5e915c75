"""Newcomers who are on no roster: the teacher adds them, the class head says who they are."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import merging, walking_in
from bot.services.hearing import state_of
from bot.services.permitting import holds, may_teach
from db.models import Meeting, Person, Role
from db.queries import people
from handlers.door import Handlers, door
from handlers.matching import on_message, on_tap
from handlers.roll import STAFF, own_meeting


@door(*STAFF)
async def begin(_: Update, context: Context) -> None:
    """Be asked for a newcomer's name and village."""
    if meeting := await own_meeting(context):
        await walking_in.begin(context.session, context.here, meeting, context.now)


@door(*STAFF, states=("walkin",))
async def named(update: Update, context: Context) -> None:
    """Write a newcomer's name and village."""
    message, (_state, number) = update.message, state_of(context.here)
    meeting = await context.session.get(Meeting, number)
    if message is None or meeting is None:
        return
    if not may_teach(context.memberships, context.person.id, meeting):
        context.account.state = None
        return
    await walking_in.hear(
        context.session,
        context.here,
        meeting,
        message.text or "",
        message.message_id,
        context.now,
    )


@door(*STAFF)
async def same(_: Update, context: Context) -> None:
    """Say that the newcomer is somebody of the class."""
    if meeting := await own_meeting(context):
        person_id = context.number("person")
        known = await walking_in.same_person(
            context.session, context.here, meeting, person_id, context.now
        )
        context.toast = "✔" if known else "❌"


@door(*STAFF)
async def other(_: Update, context: Context) -> None:
    """Say that the newcomer is somebody else of the same name."""
    if meeting := await own_meeting(context):
        added = await walking_in.somebody_else(context.session, context.here, meeting, context.now)
        context.toast = "✔" if added else "❌"


async def waiting(context: Context) -> tuple[Person, int] | None:
    """Find a walk-in of this class head's class who is not found out yet."""
    walk_in = await context.session.get(Person, context.number("walkin"))
    if walk_in and merging.waits(walk_in):
        class_id = await people.class_id_of(context.session, walk_in.id, Role.LEARNER, context.now)
        if class_id and holds(context.memberships, Role.CLASS_HEAD, class_id):
            return walk_in, class_id
    context.toast = "❌"
    return None


@door(Role.CLASS_HEAD)
async def who(update: Update, context: Context) -> None:
    """See names of the class for a walk-in."""
    if found := await waiting(context):
        query = update.callback_query
        tapped = query.message.message_id if query and query.message else None
        page = context.number("page")
        await merging.ask_who(context.session, context.here, *found, page, context.now, tapped)


@door(Role.CLASS_HEAD)
async def same_as(_: Update, context: Context) -> None:
    """Say who a walk-in is, and be asked once more."""
    if found := await waiting(context):
        person_id = context.number("person")
        person = await merging.of_class(context.session, found[0], person_id, context.now)
        if person is None:
            context.toast = "❌"
            return
        merging.confirm(context.session, context.here, found[0], person, context.now)


@door(Role.CLASS_HEAD)
async def merge(_: Update, context: Context) -> None:
    """Let a walk-in and a learner be one."""
    if found := await waiting(context):
        person_id = context.number("person")
        person = await merging.of_class(context.session, found[0], person_id, context.now)
        if person is None:
            context.toast = "❌"
            return
        await merging.merge(context.session, context.here, found[0], person, context.now)
        context.toast = "✔"


@door(Role.CLASS_HEAD)
async def new(_: Update, context: Context) -> None:
    """Say that a walk-in is a new learner."""
    if found := await waiting(context):
        merging.stays(context.session, context.here, found[0], context.now)
        context.toast = "✔"


HANDLERS: Handlers = (
    on_tap("walkin:{meeting}", begin),
    on_tap("walkas:{meeting}:{person}", same),
    on_tap("walknew:{meeting}", other),
    on_tap("whois:{walkin}:{page}", who),
    on_tap("sameas:{walkin}:{person}", same_as),
    on_tap("merge:{walkin}:{person}", merge),
    on_tap("newcomer:{walkin}", new),
    on_message(filters.TEXT & ~filters.COMMAND, named),
)
