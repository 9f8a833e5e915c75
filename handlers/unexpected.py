"""Whatever no other handler wanted: kept where it is ours to keep, and always answered."""

from telegram import Update
from telegram.ext import CallbackQueryHandler, MessageHandler, TypeHandler, filters

from bot.context import Context
from bot.services import greeting, hearing, holding, homing
from bot.services.permitting import STAFF
from db.models import Role
from handlers.door import GROUPS, Handlers, door
from handlers.matching import PRIVATE, on_message


@door(*Role)
async def not_needed(_: Update, context: Context) -> None:
    """Turn down a place or a phone number; neither is kept."""
    context.blank = True
    await hearing.not_needed(context.session, context.here, context.now)


@door(*Role)
async def edited(update: Update, context: Context) -> None:
    """Note a reworded message; the first version counts."""
    message = update.edited_message
    if message and message.chat.type not in GROUPS:
        await hearing.edited(context.session, context.person, message.message_id, context.now)
    context.blank = True


@door(*Role)
async def sticker(_: Update, context: Context) -> None:
    """Show the present screen again."""
    await homing.again(context.session, context.here, context.now)


@door(*Role)
async def old_button(_: Update, context: Context) -> None:
    """Answer a button that no longer means anything with what does."""
    context.toast = "…"
    if context.roles & STAFF:
        await holding.list_today(context.session, context.here, context.now)
    else:
        await hearing.old_button(context.session, context.here, context.now)


@door(*Role)
async def not_caught(_: Update, context: Context) -> None:
    """Say gently that this was not understood."""
    await hearing.not_caught(context.session, context.here, context.now)


@door(unknown=True)
async def stranger(update: Update, context: Context) -> None:
    """Greet a stranger who writes in private, once a day; nothing is kept."""
    context.blank = True
    if context.persons:
        return
    if update.callback_query:
        context.toast = "❌"
    chat = update.effective_chat
    if chat and chat.type == "private" and not update.my_chat_member:
        await greeting.greet_stranger(context.session, context.account, context.now)


HANDLERS: Handlers = (
    MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited),
    on_message(filters.LOCATION | filters.CONTACT | filters.VENUE, not_needed),
    on_message(filters.Sticker.ALL | filters.ANIMATION | filters.Dice.ALL, sticker),
    MessageHandler(PRIVATE, not_caught),
    CallbackQueryHandler(old_button),
    TypeHandler(Update, stranger),
)
