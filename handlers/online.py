"""Files of online meetings: sent by a teacher, doubts settled by taps, then imported."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import online_importing
from db.models import Meeting, OnlineImport, Role
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)
HOME = frozenset({""})  # while nothing else was asked for
TABLES = ("xlsx", "csv", "xls", "xlsm", "xlsb", "et", "txt", "tsv")


def is_table() -> filters.BaseFilter:
    """Match files whose names say that they are tables, readable or not."""
    found: filters.BaseFilter = filters.Document.FileExtension(TABLES[0])
    for ending in TABLES[1:]:
        found |= filters.Document.FileExtension(ending)
    return found


async def own(context: Context) -> tuple[OnlineImport, Meeting] | None:
    """Find the draft that a button speaks of, if it is this person's to settle."""
    found = await online_importing.own(
        context.session, context.memberships, context.person.id, context.number("import")
    )
    if found is None:
        context.toast = "❌"
    return found


async def redraw(
    update: Update,
    context: Context,
    found: tuple[OnlineImport, Meeting],
    turn: tuple[int, int] | None = None,
) -> None:
    """Show where the draft stands in the message that was tapped."""
    query = update.callback_query
    message_id = query.message.message_id if query and query.message else None
    await online_importing.show(
        context.session, context.here, *found, context.now, message_id, turn
    )


@door(*STAFF, states=HOME)
async def file(update: Update, context: Context) -> None:
    """Send the file of an online meeting."""
    said = attachment(update.message)
    await online_importing.take(context.session, context.here, said, context.now)


@door(*STAFF)
async def explain(_: Update, context: Context) -> None:
    """Hear how the attendance of an online class comes in."""
    online_importing.explain(context.session, context.here, context.now)


@door(*STAFF)
async def turn(update: Update, context: Context) -> None:
    """See other names for a label."""
    if found := await own(context):
        await redraw(update, context, found, (context.number("place"), context.number("page")))


@door(*STAFF)
async def who(update: Update, context: Context) -> None:
    """Say who a label is."""
    if found := await own(context):
        place, person = context.number("place"), context.number("person")
        chosen = await online_importing.choose(context.session, *found, place, person)
        context.toast = "✔" if chosen else "❌"
        await redraw(update, context, found)


@door(*STAFF)
async def rest(update: Update, context: Context) -> None:
    """Say that nobody who is still in doubt is of the class."""
    if found := await own(context):
        context.toast = "✔" if online_importing.choose_none(found[0]) else "❌"
        await redraw(update, context, found)


@door(*STAFF)
async def redo(update: Update, context: Context) -> None:
    """Settle the doubts anew."""
    if found := await own(context):
        context.toast = "↩️" if online_importing.choose_again(found[0]) else "❌"
        await redraw(update, context, found)


@door(*STAFF)
async def save(update: Update, context: Context) -> None:
    """Import what was read."""
    found = await own(context)
    if found and found[0].applied_at:
        await redraw(update, context, found)  # the second tap of two: when that was
    elif found:
        saved = await online_importing.save(context.session, context.here, *found, context.now)
        context.toast = "✔" if saved else "❌"


@door(*STAFF)
async def drop(_: Update, context: Context) -> None:
    """Forget what was read."""
    if found := await own(context):
        dropped = await online_importing.drop(context.session, context.here, found[0], context.now)
        context.toast = "✔" if dropped else "❌"


HANDLERS: Handlers = (
    on_command("online", explain),
    on_tap("onlpage:{import}:{place}:{page}", turn),
    on_tap("onlwho:{import}:{place}:{person}", who),
    on_tap("onlrest:{import}", rest),
    on_tap("onlredo:{import}", redo),
    on_tap("onlsave:{import}", save),
    on_tap("onldrop:{import}", drop),
    on_message(is_table(), file),
)
