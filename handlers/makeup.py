"""Makeup marks (补录): a teacher asks with a reason, a second person decides."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import makeup_evidence, makeup_screens, makeups
from bot.services.hearing import state_of
from bot.services.permitting import may_teach
from db.models import Meeting, Role, Status
from db.queries import objections, planning
from handlers.coming import usable
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap
from handlers.roll import STAFF, own_meeting

DECIDERS = (Role.CLASS_HEAD, Role.TOWNSHIP, Role.SCHOOL)


@door(Role.TEACHER, *DECIDERS)
async def listing(_: Update, context: Context) -> None:
    """See what waits for a word, and the classes for which a mark may be missing."""
    context.account.state = None
    await makeup_screens.list_all(context.session, context.here, context.memberships, context.now)


@door(*STAFF)
async def absent(_: Update, context: Context) -> None:
    """See who was not at a class."""
    if meeting := await own_meeting(context):
        await makeup_screens.list_absent(context.session, context.here, meeting, 1, context.now)


@door(*STAFF)
async def absent_page(_: Update, context: Context) -> None:
    """See more of who was not at a class."""
    if meeting := await own_meeting(context):
        page = context.number("page")
        await makeup_screens.list_absent(context.session, context.here, meeting, page, context.now)


async def _ask_reason(context: Context, status: Status) -> None:
    if meeting := await own_meeting(context):
        person_id = context.number("person")
        asked = await makeup_screens.ask_reason(
            context.session, context.here, meeting, person_id, status, context.now
        )
        context.toast = "" if asked else "❌"


@door(*STAFF)
async def amend(_: Update, context: Context) -> None:
    """Begin to ask for somebody's makeup mark."""
    await _ask_reason(context, Status.PRESENT)


@door(*STAFF)
async def amend_as(_: Update, context: Context) -> None:
    """Ask for another state than "here"."""
    number = context.number("status")
    if number >= len(makeup_screens.STATES):
        context.toast = "❌"
        return
    await _ask_reason(context, makeup_screens.STATES[number])


@door(*STAFF, states=("amend",))
async def reason(update: Update, context: Context) -> None:
    """Say or write why a mark is to be made up."""
    message, (_state, number) = update.message, state_of(context.here)
    meeting = await context.session.get(Meeting, number)
    drafted = await makeup_screens.drafted(context.session, context.here, number)
    said = attachment(message)
    if said and said.kind == "voice" and not usable(said):
        makeup_screens.not_heard(context.session, context.here, context.now)
        return
    if said and said.kind != "voice":
        if not await makeup_evidence.take(context.session, context.here, said, context.now):
            makeup_evidence.too_big(context.session, context.here, context.now)
            return
        said = None
        if message is None or not message.caption:
            return
    evidence = await makeup_evidence.shown(context.session, context.here)
    context.account.state = None
    await planning.drop_draft(context.session, context.account.id, makeup_screens.KIND)
    if meeting is None or drafted is None or message is None:
        return
    if not may_teach(context.memberships, context.person.id, meeting):
        return
    asked = await makeups.ask(
        context.session,
        context.here,
        meeting,
        *drafted,
        context.now,
        makeups.Reason(message.text or message.caption or "", said, evidence),
    )
    if asked is None:
        makeup_screens.not_possible(context.session, context.here, context.now)


@door(*STAFF, states=("amend",))
async def sheet(_: Update, context: Context) -> None:
    """Show the signed sheet of the meeting as evidence."""
    meeting, state = await own_meeting(context), state_of(context.here)
    taken = (
        meeting is not None
        and state[1] == meeting.id
        and await makeup_evidence.take_sheet(context.session, context.here, meeting, context.now)
    )
    context.toast = "✔" if taken else "❌"


@door(*DECIDERS)
async def decide(_: Update, context: Context) -> None:
    """Agree to a makeup mark, or not; never to one's own."""
    makeup = await objections.locked_makeup(context.session, context.number("makeup"))
    agreed = context.number("yes") == 1
    done = makeup is not None and await makeups.decide(
        context.session, context.here, makeup, context.now, agreed=agreed
    )
    context.toast = "✔" if done else "❌"


HANDLERS: Handlers = (
    on_command("makeup", listing),
    on_tap("amend:{meeting}", absent),
    on_tap("amendpage:{meeting}:{page}", absent_page),
    on_tap("amend:{meeting}:{person}", amend),
    on_tap("amendas:{meeting}:{person}:{status}", amend_as),
    on_tap("amendsheet:{meeting}", sheet),
    on_tap("makeup:{makeup}:{yes}", decide),
    on_message(
        (filters.TEXT & ~filters.COMMAND) | filters.VOICE | filters.PHOTO | filters.Document.ALL,
        reason,
    ),
)
