"""The one way in: identify, authorise, one transaction, then handle."""

import logging
from collections.abc import Callable, Collection, Coroutine
from datetime import datetime
from typing import Any, TypeVar

import orjson
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update
from telegram.ext import Application, BaseHandler, CallbackQueryHandler

from bot.context import Context
from bot.services import choosing, polling
from db import ledger
from db.models import Account, Role
from db.models import Update as Row
from db.queries import inbox, people
from db.queries.inbox import InboxRow
from handlers.reading import read

logger = logging.getLogger(__name__)

App = Application[Any, Context, Any, Any, Any, Any]
Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
Handlers = tuple[BaseHandler[Update, Context, None], ...]
Made = TypeVar("Made", bound=Callback)

GROUPS = {"group", "supergroup"}
# Acts that say themselves whom they are of, whoever holds the shared phone.
OWN_TAPS = ("who:", "faces:", "join:", "hear:", "out:", "mid:")


def door(
    *roles: Role, unknown: bool = False, states: Collection[str] = ()
) -> Callable[[Made], Made]:
    """Let a handler in to holders of these roles; `unknown` lets in everybody else too.

    With `states` it is open only while the account is in one of them (what free input means now).
    """

    def hang(handler: Made) -> Made:
        handler.roles = frozenset(roles)  # type: ignore[attr-defined]
        handler.unknown = unknown  # type: ignore[attr-defined]
        handler.states = frozenset(states)  # type: ignore[attr-defined]
        return handler

    return hang


def lets_in(handler: BaseHandler[Update, Context, None], context: Context) -> bool:
    """Say whether the person's roles, and what was asked of them, open this handler's door."""
    callback: Any = handler.callback
    if callback.states and (context.account.state or "").partition(":")[0] not in callback.states:
        return False
    return callback.unknown or bool(callback.roles & context.roles)


async def take(app: App, row: InboxRow, session: AsyncSession, now: datetime) -> Context | None:
    """Handle one stored update in the open transaction, and mark it as done there.

    Returns the context, whose answer to a tap is given after the commit; None where nobody in
    particular wrote (channels, bots, anonymous administrators).
    """
    update = read(orjson.loads(row.payload), app.bot)
    context = await identify(app, update, session, now)
    if context is not None:
        await route(update, context, row)
    elif update.poll:  # from nobody: how many chose what in a poll of ours
        votes = [(option.text, option.voter_count) for option in update.poll.options]
        closed = update.poll.is_closed
        await polling.hear(session, update.poll.question, votes, now, closed=closed)
    if not keeps(update, context):
        await inbox.blank(session, row.id)
    await inbox.done(session, row.id, now)
    return context


async def identify(
    app: App, update: Update, session: AsyncSession, now: datetime
) -> Context | None:
    """Find out who is at the door; an account is opened for whoever is new."""
    user = update.effective_user
    if user is None or user.is_bot or update.channel_post or update.edited_channel_post:
        return None
    account, persons, memberships = await people.at_account(session, user.id, now)
    if account is None:
        account = Account(user_id=user.id, reachable=True)
        session.add(account)
        await session.flush()
    context = Context.from_update(update, app)
    context.session, context.account, context.now = session, account, now
    context.key, context.data = app.bot_data["key"], app.bot_data["data"]
    context.username = app.bot.username
    context.query_id = update.callback_query.id if update.callback_query else ""
    context.persons, context.memberships = persons, ()
    context.who = who = choosing.present(account, persons, now)
    if who:
        choosing.note(account, who, now, shared=len(persons) > 1)
        context.memberships = [one for one in memberships if one.person_id == who.id]
    return context


async def route(update: Update, context: Context, row: InboxRow | None = None) -> None:
    """Hand the update to the first handler that wants it and that the person may enter."""
    if row and undecided(update, context):
        act = f"inbox:{row.id}"
        await choosing.ask_who(context.session, context.account, context.persons, act, context.now)
        return
    refused = False
    for handler in listed(context):
        check = handler.check_update(update)
        if check is None or check is False:
            continue
        if refused and update.callback_query and not getattr(handler, "pattern", None):
            break  # the act is known, and not this person's to do
        if lets_in(handler, context):
            context.handled = True
            app: Any = context.application
            handler.collect_additional_context(context, update, app, check)
            await handler.callback(update, context)
            return
        refused = True
    if update.callback_query and refused:
        await refuse(context, str(update.callback_query.data))


def listed(context: Context) -> list[BaseHandler[Update, Context, None]]:
    """Return every handler in its order."""
    handlers: Any = context.application.handlers[0]
    return handlers  # type: ignore[no-any-return]


def undecided(update: Update, context: Context) -> bool:
    """Say whether it must first be asked who of a shared phone this is."""
    if context.who or not context.persons:
        return False
    if update.callback_query:
        act = str(update.callback_query.data)
        private = in_private(update)
        return private and not act.startswith(OWN_TAPS)
    message = update.message
    if message is None or not in_private(update):
        return False
    return not (message.text or "").startswith(("/start e-", "/start s-"))


def in_private(update: Update) -> bool:
    """Say whether this happened in a private chat."""
    return update.effective_chat is not None and update.effective_chat.type == "private"


async def pending(context: Context, act: str | None) -> bool:
    """Go on with the update that waited for the answer to "who is here?"."""
    if act is None or not act.startswith("inbox:"):
        return False
    row = await context.session.get(Row, int(act.partition(":")[2]))
    if row is None:
        return False
    update = Update.de_json(orjson.loads(row.payload), context.bot)
    await route(update, context)
    return True


async def act_as(update: Update, context: Context, act: str) -> bool:
    """Do what a button would do, for a word or number that means the same."""
    for handler in listed(context):
        # Not a group's buttons (a class of their own), nor the one that takes what is left over.
        if type(handler) is not CallbackQueryHandler or not lets_in(handler, context):
            continue
        pattern: Any = handler.pattern
        if pattern and (match := pattern.match(act)):
            context.matches = [match]
            await handler.callback(update, context)
            return True
    return False


async def refuse(context: Context, act: str) -> None:
    """Refuse an act that is not this person's to do; the attempt stays in the record."""
    context.toast = "❌"
    if context.who:
        await ledger.record(
            context.session, context.who.id, "act.refused", context.now, act=act[:64]
        )
    logger.warning("act refused: account %d", context.account.id)


def keeps(update: Update, context: Context | None) -> bool:
    """Say whether the raw update stays: not a stranger's words, nor a group's idle talk (R15)."""
    if context is None or context.blank:
        return False
    message = update.message or update.edited_message
    if message is None:
        return True
    if message.chat.type in GROUPS:
        return context.handled
    return bool(context.persons)
