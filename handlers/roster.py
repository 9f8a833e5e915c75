"""Rosters in a private chat of school and township staff: sent, shown, imported, taken back."""

from telegram import Update

from bot.context import Context
from bot.services import roster_screens, roster_sending, roster_settling
from bot.services.staff_screens import say
from db.models import Role, RosterDraft
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap
from handlers.online import is_table

STAFF = (Role.SCHOOL, Role.TOWNSHIP, Role.ADMINISTRATOR)


def tapped(update: Update) -> int | None:
    """Return the message that was tapped."""
    query = update.callback_query
    return query.message.message_id if query and query.message else None


async def own(context: Context) -> RosterDraft | None:
    """Find the open file that a button speaks of, if this person sent it."""
    draft = await roster_sending.own(context.session, context.person, context.number("draft"))
    if draft is None:
        context.toast = "❌"
    return draft


async def mine(context: Context) -> int | None:
    """Find the import that a button speaks of, if it is this person's to take back."""
    row = await roster_settling.imported(
        context.session, context.person, list(context.memberships), context.number("import")
    )
    if row is None:
        context.toast = "❌"
    return row.id if row else None


@door(*STAFF)
async def ask(_: Update, context: Context) -> None:
    """Hear how a roster is sent."""
    roster_sending.explain(context.session, context.here, context.now)


@door(*STAFF, states={roster_sending.WAITS})
async def file(update: Update, context: Context) -> None:
    """Send a roster that was asked for."""
    said = attachment(update.message)
    await roster_sending.take(context.session, context.here, said, context.now)


@door(*STAFF, states={""})
async def unasked(update: Update, context: Context) -> None:
    """Send a roster."""
    said = attachment(update.message)
    await roster_sending.take(context.session, context.here, said, context.now)


@door(*STAFF)
async def agree(update: Update, context: Context) -> None:
    """Have a file imported."""
    draft = await own(context)
    if draft is None:
        return
    context.toast = "⏳"
    if draft.asked_at is None:
        draft.asked_at = context.now
        roster_sending.say_working(context.session, context.here, context.now, tapped(update))


@door(*STAFF)
async def drop(update: Update, context: Context) -> None:
    """Drop a file."""
    if draft := await own(context):
        draft.closed_at = context.now
        context.toast = "✖"
        roster_sending.say_dropped(context.session, context.here, context.now, tapped(update))


@door(*STAFF)
async def column(update: Update, context: Context) -> None:
    """Be asked what a column holds."""
    if draft := await own(context):
        number = context.number("column")
        letters = roster_screens.letters_of(number)
        lines, rows = roster_screens.choice(draft.id, number, letters)
        say(context.session, context.here, lines, rows, context.now, tapped(update))


@door(*STAFF)
async def explain(update: Update, context: Context) -> None:
    """Say what a column holds; the file is then read anew."""
    draft, place = await own(context), context.number("field")
    if draft is None or place > len(roster_screens.FIELDS):
        context.toast = "❌"
        return
    field = roster_screens.FIELDS[place - 1] if place else ""
    letters = roster_screens.letters_of(context.number("column"))
    draft.told = {name: one for name, one in draft.told.items() if one != field} | {letters: field}
    draft.message_id = tapped(update)
    context.toast = "✔"


@door(*STAFF)
async def back(_: Update, context: Context) -> None:
    """Be asked once more whether an import is to be taken back."""
    if number := await mine(context):
        lines, rows = roster_screens.sure(number)
        say(context.session, context.here, lines, rows, context.now)


@door(*STAFF)
async def undo(update: Update, context: Context) -> None:
    """Take an import back."""
    if number := await mine(context):
        done = await roster_settling.take_back(
            context.session, context.here, number, context.now, tapped(update)
        )
        context.toast = "↩️" if done else "❌"


@door(*STAFF)
async def leave(update: Update, context: Context) -> None:
    """Leave an import as it is."""
    if await mine(context):
        context.toast = "✔"
        roster_sending.say_kept(context.session, context.here, context.now, tapped(update))


@door(*STAFF)
async def same(update: Update, context: Context) -> None:
    """Say that two are one person."""
    await _settle(update, context, same=True)


@door(*STAFF)
async def other(update: Update, context: Context) -> None:
    """Say that two are two persons."""
    await _settle(update, context, same=False)


async def _settle(update: Update, context: Context, *, same: bool) -> None:
    settled = await roster_settling.settle_pair(
        context.session,
        context.here,
        list(context.memberships),
        context.number("doubt"),
        context.now,
        tapped(update),
        same=same,
    )
    context.toast = "✔" if settled else "❌"


HANDLERS: Handlers = (
    on_command("roster", ask),
    on_tap("rosok:{draft}", agree),
    on_tap("rosno:{draft}", drop),
    on_tap("roscol:{draft}:{column}", column),
    on_tap("rosis:{draft}:{column}:{field}", explain),
    on_tap("rosback:{import}", back),
    on_tap("rosundo:{import}", undo),
    on_tap("roskeep:{import}", leave),
    on_tap("rossame:{doubt}", same),
    on_tap("rosother:{doubt}", other),
    on_message(is_table(), file),
)
# Who also teaches sends files of online meetings unasked; those are taken first.
UNASKED: Handlers = (on_message(is_table(), unasked),)
