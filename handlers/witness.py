"""Who is missing: the class head calls them, asks them, or sees that they sit here."""

from telegram import Update

from bot.context import Context
from bot.language import MANDARIN, translate
from bot.language import N_ as _
from bot.services import witnessing
from bot.services.permitting import holds
from db.models import Meeting, Role
from db.queries import meetings, people
from handlers.door import Handlers, door
from handlers.matching import on_command, on_tap


async def led(context: Context) -> Meeting | None:
    """Find the meeting that a button speaks of, if its class is this head's."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if meeting and holds(context.memberships, Role.CLASS_HEAD, meeting.study_class_id):
        return meeting
    context.toast = "❌"
    return None


@door(Role.CLASS_HEAD)
async def missing(_update: Update, context: Context) -> None:
    """See by name who of the class is not here."""
    study_class = await people.class_of(
        context.session, context.person.id, Role.CLASS_HEAD, context.now
    )
    meeting = await meetings.opened(context.session, study_class.id) if study_class else None
    if study_class and meeting is None:
        meeting = await meetings.ended_last(context.session, study_class.id, context.now)
    if meeting:
        await witnessing.name_missing(context.session, context.here, meeting, 1, context.now)


@door(Role.CLASS_HEAD)
async def missing_page(_update: Update, context: Context) -> None:
    """See more of who is not here."""
    if meeting := await led(context):
        page = context.number("page")
        await witnessing.name_missing(context.session, context.here, meeting, page, context.now)


@door(Role.CLASS_HEAD)
async def seen(_update: Update, context: Context) -> None:
    """Say that a learner sits here."""
    if meeting := await led(context):
        person = await witnessing.bear_witness(
            context.session, context.here, meeting, context.number("person"), context.now
        )
        context.toast = f"{person.name} ✔" if person else "❌"


@door(Role.CLASS_HEAD)
async def chase(_update: Update, context: Context) -> None:
    """Take a task to call somebody who is missing."""
    if meeting := await led(context):
        person_id = context.number("person")
        opened = await witnessing.chase(context.session, meeting, person_id, context.now)
        already = translate(MANDARIN, _("It is among the tasks already."))
        context.toast = "📞" if opened else already


@door(Role.CLASS_HEAD)
async def nudge(_update: Update, context: Context) -> None:
    """Ask everybody who is missing whether they are here."""
    if meeting := await led(context):
        asked = await witnessing.nudge(context.session, context.here, meeting, context.now)
        text = _("Asked %(count)d")
        context.toast = "❌" if asked is None else translate(MANDARIN, text, count=asked)


HANDLERS: Handlers = (
    on_command("missing", missing),
    on_tap("missing:{meeting}:{page}", missing_page),
    on_tap("seen:{meeting}:{person}", seen),
    on_tap("chase:{meeting}:{person}", chase),
    on_tap("nudge:{meeting}", nudge),
)
