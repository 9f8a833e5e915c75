"""The desk for papers: staff look at them, approve or send back, and read the number off a card."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import document_desk, document_listing, document_numbers
from bot.services.document_desk import Word
from bot.services.document_words import REASONS
from bot.services.hearing import state_of
from db.models import Document, Role
from db.queries import documents
from handlers.coming import usable
from handlers.documents import go_on, held_as
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

DECIDERS = (Role.CLASS_HEAD, Role.SCHOOL)


async def decided(context: Context, number: int) -> Document | None:
    """Find a document on which this person may decide: not their own, nor one that they sent."""
    document = await documents.locked(context.session, number)
    if document and context.person.id not in {document.person_id, document.sent_by}:
        held = held_as(context, DECIDERS)
        reached = await documents.reached(
            context.session, context.person, held, document.person_id, context.now
        )
        if reached:
            return document
    context.toast = "❌"
    return None


async def tapped(context: Context) -> Document | None:
    """Find the document of a button, if it is this person's to decide on."""
    return await decided(context, context.number("document"))


async def waited_for(context: Context) -> Document | None:
    """Find the document of which the account's state speaks, likewise."""
    return await decided(context, state_of(context.here)[1])


@door(*DECIDERS)
async def overview(_: Update, context: Context) -> None:
    """See which papers wait and which are missing."""
    held = held_as(context, DECIDERS)
    await document_listing.overview(context.session, context.here, held, context.now)


@door(*DECIDERS)
async def names(_: Update, context: Context) -> None:
    """See who owes which papers."""
    held, page = held_as(context, DECIDERS), context.number("page")
    await document_listing.names(context.session, context.here, held, page, context.now)


@door(*DECIDERS)
async def look(_: Update, context: Context) -> None:
    """Look at the next paper."""
    held = held_as(context, DECIDERS)
    if not await document_desk.look(context.session, context.here, held, context.now):
        await document_listing.overview(context.session, context.here, held, context.now)


@door(*DECIDERS)
async def approve(update: Update, context: Context) -> None:
    """Approve a paper, and look at the next."""
    document = await tapped(context)
    if document and await document_desk.approve(
        context.session, context.here, document, context.now
    ):
        await look(update, context)


@door(*DECIDERS)
async def send_back(_: Update, context: Context) -> None:
    """Begin to send a paper back."""
    if document := await tapped(context):
        await document_desk.ask_reason(context.session, context.here, document, context.now)


@door(*DECIDERS)
async def choose_why(update: Update, context: Context) -> None:
    """Send a paper back for one of the usual reasons."""
    document, number = await tapped(context), context.number("why")
    if number not in REASONS:
        context.toast = "❌"
    elif document and await document_desk.send_back(
        context.session, context.here, document, Word(choice=number), context.now
    ):
        await look(update, context)


@door(*DECIDERS, states=(document_desk.BACK,))
async def say_why(update: Update, context: Context) -> None:
    """Say or write why a paper is sent back."""
    message, said = update.message, attachment(update.message)
    document = await waited_for(context)
    if document is None or message is None or (said and not usable(said)):
        await go_on(update, context)
        return
    word = Word(text=message.text or "", said=said)
    if await document_desk.send_back(context.session, context.here, document, word, context.now):
        await look(update, context)


@door(*DECIDERS)
async def number(_: Update, context: Context) -> None:
    """Be asked for the ID number on a card."""
    document = await tapped(context)
    if document and not document_numbers.ask(context.session, context.here, document, context.now):
        context.toast = "❌"


@door(*DECIDERS, states=(document_numbers.WAITS,))
async def key_number(update: Update, context: Context) -> None:
    """Key in the ID number on a card."""
    message, document = update.message, await waited_for(context)
    if document is None or message is None or message.text is None:
        await go_on(update, context)
        return
    context.blank = True
    await document_numbers.key_in(
        context.session,
        context.here,
        document,
        message.text,
        message.message_id,
        context.key,
        context.now,
    )


WRITTEN = filters.TEXT & ~filters.COMMAND

HANDLERS: Handlers = (
    on_command("documents", overview),
    on_tap("paperlist:{page}", names),
    on_tap("paperlook", look),
    on_tap("paperok:{document}", approve),
    on_tap("paperback:{document}", send_back),
    on_tap("paperwhy:{document}:{why}", choose_why),
    on_tap("papernumber:{document}", number),
    on_message(WRITTEN | filters.VOICE, say_why),
    on_message(WRITTEN, key_number),
)
