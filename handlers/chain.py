"""A list typed in the class group (接龙), and the class head's word on lines nobody could place."""

from telegram import Message, Update
from telegram.ext import MessageHandler, filters

from bot.context import Context
from bot.services import (
    chain_asking,
    chain_editing,
    chain_list,
    chain_marking,
    chain_placing,
    chain_settling,
)
from db.models import Role
from db.queries import people
from handlers.door import Handlers, door
from handlers.matching import IN_GROUP, on_tap

EDITED = filters.ChatType.GROUPS & filters.UpdateType.EDITED_MESSAGE


class Listed(filters.MessageFilter):
    """A text that may be a list."""

    def filter(self, message: Message) -> bool:
        """Say whether it says that it is one, or has a numbered line."""
        return bool(message.text) and chain_list.looks_like(message.text or "")


@door(unknown=True)
async def listed(update: Update, context: Context) -> None:
    """Take a list in the group; what turns out to be other talk is dropped unread."""
    message, chat = update.message, update.effective_chat
    study_class = await people.class_of_group(context.session, chat.id) if chat else None
    writers = [context.who] if context.who else list(context.persons)
    taken = (
        message is not None
        and study_class is not None
        and await chain_marking.take(
            context.session,
            study_class,
            writers,
            context.account.id,
            message.text or "",
            message.message_id,
            context.now,
        )
    )
    context.blank = not taken


@door(unknown=True)
async def edited(update: Update, context: Context) -> None:
    """Take a list that was edited as the new one; other talk is dropped unread."""
    message, chat = update.edited_message, update.effective_chat
    study_class = await people.class_of_group(context.session, chat.id) if chat else None
    writers = [context.who] if context.who else list(context.persons)
    taken = (
        message is not None
        and study_class is not None
        and await chain_editing.take_anew(
            context.session,
            study_class,
            writers,
            context.account.id,
            message.text or "",
            message.message_id,
            context.now,
        )
    )
    context.blank = not taken


@door(Role.CLASS_HEAD)
async def place(update: Update, context: Context) -> None:
    """Say who is meant by a line."""
    placed = await chain_settling.place(
        context.session,
        context.here,
        context.memberships,
        context.number("line"),
        context.number("person"),
        context.now,
    )
    await _answered(update, context, done=placed)


async def _answered(update: Update, context: Context, *, done: bool) -> None:
    """Show in the tapped message what still waits, once something of it was settled."""
    context.toast = "✔" if done else "❌"
    query = update.callback_query
    if done and query and query.message:
        left = await chain_placing.lines_of(context.session, context.here)
        number = query.message.message_id
        await chain_asking.show(context.session, context.here, left, context.now, number)


@door(Role.CLASS_HEAD)
async def say_state(update: Update, context: Context) -> None:
    """Say how somebody stands whose line was not clear."""
    said = await chain_settling.say_state(
        context.session,
        context.here,
        context.memberships,
        context.number("line"),
        context.number("state"),
        context.now,
    )
    await _answered(update, context, done=said)


@door(Role.CLASS_HEAD)
async def drop(update: Update, context: Context) -> None:
    """Leave all unclear lines aside."""
    until = context.number("line")
    dropped = await chain_placing.drop(context.session, context.here, until, context.now)
    await _answered(update, context, done=dropped)


@door(Role.CLASS_HEAD)
async def list_lines(update: Update, context: Context) -> None:
    """See all unclear lines, page by page."""
    left = await chain_placing.lines_of(context.session, context.here)
    query = update.callback_query
    number = query.message.message_id if query and query.message else None
    page = context.number("page")
    await chain_asking.show(context.session, context.here, left, context.now, number, page)


@door(Role.CLASS_HEAD)
async def one_line(update: Update, context: Context) -> None:
    """Be asked about one of the unclear lines."""
    line = await chain_placing.waiting(context.session, context.here, context.number("line"))
    query = update.callback_query
    if line is None or query is None or query.message is None:
        context.toast = "❌"
        return
    number = query.message.message_id
    await chain_asking.ask(context.session, context.here, line, 1, context.now, number, back=True)


@door(Role.CLASS_HEAD)
async def more(update: Update, context: Context) -> None:
    """See more names for a line."""
    line = await chain_placing.waiting(context.session, context.here, context.number("line"))
    query = update.callback_query
    if line is None or query is None or query.message is None:
        context.toast = "❌"
        return
    several = len(await chain_placing.lines_of(context.session, context.here)) > 1
    await chain_asking.ask(
        context.session,
        context.here,
        line,
        context.number("page"),
        context.now,
        query.message.message_id,
        back=several,
    )


HANDLERS: Handlers = (
    MessageHandler(IN_GROUP & filters.TEXT & ~filters.COMMAND & Listed(), listed),
    MessageHandler(EDITED & filters.TEXT & ~filters.COMMAND, edited),
    on_tap("place:{line}:{person}", place),
    on_tap("placestate:{line}:{state}", say_state),
    on_tap("placedrop:{line}", drop),
    on_tap("placelist:{page}", list_lines),
    on_tap("placeline:{line}", one_line),
    on_tap("placepage:{line}:{page}", more),
)
