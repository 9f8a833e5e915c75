"""Sign-in sheets on paper: printed for a class, photographed, keyed in row by row."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.language import MANDARIN, translate
from bot.services import keying_sheets, printing_sheets, sheet_rows, sheeting
from bot.services.permitting import may_teach
from db.models import Meeting, MeetingState, Role, Sheet
from db.queries import sheets
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)
HOME = frozenset({""})  # while nothing else was asked for


def tapped(update: Update) -> int | None:
    """Return the message whose button was tapped."""
    query = update.callback_query
    return query.message.message_id if query and query.message else None


async def own(context: Context) -> tuple[Sheet, Meeting] | None:
    """Find the sheet that a button speaks of, if its rows are this person's to key in now."""
    found = await keying_sheets.own(
        context.session, context.memberships, context.person.id, context.number("sheet")
    )
    if found is None:
        context.toast = "❌"
        return None
    if keying_sheets.why_not_keyed(found[1], context.now) or keying_sheets.too_late(
        found[1], context.now
    ):
        context.toast = translate(MANDARIN, keying_sheets.CLOSED)
        return None
    return found


@door(*STAFF)
async def offer(_: Update, context: Context) -> None:
    """Be sent a sheet to print."""
    await printing_sheets.offer(
        context.session, context.here, context.memberships, context.key, context.data, context.now
    )


@door(*STAFF)
async def send(_: Update, context: Context) -> None:
    """Be sent the sheet of a meeting."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if (
        meeting is None
        or meeting.state is MeetingState.CANCELLED
        or not may_teach(context.memberships, context.person.id, meeting)
    ):
        context.toast = "❌"
        return
    context.account.state = None
    await printing_sheets.send(
        context.session, context.here, meeting, context.key, context.data, context.now
    )


@door(*STAFF, states=HOME)
async def photo(update: Update, context: Context) -> None:
    """Send the photo of a signed sheet."""
    said = attachment(update.message)
    await sheeting.take(context.session, context.here, said, context.now)


@door(*STAFF)
async def row(update: Update, context: Context) -> None:
    """Turn a row on to its next state."""
    found = await own(context)
    if found is None:
        return
    sheet, number = found[0], context.number("row")
    person = (await sheets.people_of(context.session, sheet)).get(number)
    if person is None:
        context.toast = "❌"
        return
    status = sheet_rows.turn_row(sheet, number)
    context.toast = f"{person.name} {sheet_rows.face(status)}"
    strip = sheet_rows.strip_of(number)
    await keying_sheets.redraw(
        context.session, context.here, sheet, strip, context.now, tapped(update)
    )


@door(*STAFF)
async def all_here(update: Update, context: Context) -> None:
    """Key in the rows that are shown as here."""
    if found := await own(context):
        strip = context.number("strip")
        sheet_rows.all_here(found[0], strip)
        await keying_sheets.redraw(
            context.session, context.here, found[0], strip, context.now, tapped(update)
        )


@door(*STAFF)
async def turn(update: Update, context: Context) -> None:
    """See other rows."""
    if found := await own(context):
        await keying_sheets.show(
            context.session,
            context.here,
            found[0],
            context.number("strip"),
            context.now,
            tapped(update),
        )


@door(*STAFF)
async def save(_: Update, context: Context) -> None:
    """Save what was keyed in."""
    if found := await own(context):
        saved = await keying_sheets.save(context.session, context.here, *found, context.now)
        context.toast = "✔" if saved else "❌"


HANDLERS: Handlers = (
    on_command("sheet", offer),
    on_tap("sheet:{meeting}", send),
    on_tap("sheetrow:{sheet}:{row}", row),
    on_tap("sheetall:{sheet}:{strip}", all_here),
    on_tap("sheetgo:{sheet}:{strip}", turn),
    on_tap("sheetsave:{sheet}", save),
    on_message(filters.PHOTO | filters.Document.IMAGE, photo),
)
