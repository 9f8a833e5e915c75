"""What staff say to many: written or spoken once, seen, sent, withdrawn."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import (
    announcement_draft,
    announcement_recall,
    announcement_rows,
    announcement_times,
    announcing,
    audience,
    delivery_screens,
)
from bot.services.audience import Scope
from bot.services.hearing import state_of
from bot.voice.saying import Way, put
from db.models import Announcement, AnnouncementState, Media, Role
from db.queries import announcements
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

STAFF = (Role.CLASS_HEAD, Role.SCHOOL, Role.COUNTY)


async def scope_of(context: Context) -> Scope | None:
    """Return where this person may announce; None where nowhere."""
    return await audience.scope_of(
        context.session, context.person, context.memberships, context.now
    )


async def drafted(context: Context, number: int) -> tuple[Scope, Announcement] | None:
    """Find an announcement that this person is still writing."""
    found = await announcements.locked(context.session, number)
    scope = await scope_of(context)
    if found is None or scope is None or found.author_id != context.person.id:
        return None
    if found.state is not AnnouncementState.DRAFT or not audience.covered(scope, found):
        return None
    return scope, found


async def own_draft(context: Context) -> tuple[Scope, Announcement] | None:
    """Find the draft that a button speaks of; the toast says where there is none."""
    found = await drafted(context, context.number("draft"))
    if found is None:
        context.toast = "❌"
    return found


def standing(update: Update) -> int | None:
    """Return the message whose button was tapped."""
    query = update.callback_query
    return query.message.message_id if query and query.message else None


@door(*STAFF)
async def announce(_: Update, context: Context) -> None:
    """Begin an announcement."""
    if scope := await scope_of(context):
        await announcement_draft.begin(context.session, context.here, scope, context.now)


@door(*STAFF, states={"announce", "announceat"})
async def take(update: Update, context: Context) -> None:
    """Take words or a voice for the announcement in hand, or the time it is to leave."""
    message = update.message
    state, number = state_of(context.here)
    found = await drafted(context, number)
    if message is None or found is None:
        context.account.state = None
        await announce(update, context)
        return
    scope, draft = found
    session, here, now = context.session, context.here, context.now
    words, said = message.text or "", attachment(message)
    if announcement_draft.holds_id_number(words):
        context.blank = True
        announcement_draft.refuse_id_number(session, here, message.message_id, now)
    elif state == "announce":
        await announcement_draft.take(session, here, scope, draft, words, said, now)
    else:
        await announcement_draft.take_time(session, here, scope, draft, words, now)


@door(*STAFF)
async def whom(_: Update, context: Context) -> None:
    """Be asked whom it is for."""
    if found := await own_draft(context):
        scope, draft = found
        page = context.number("page")
        await announcement_draft.choose(
            context.session, context.here, scope, draft, context.now, page
        )


@door(*STAFF)
async def turn(update: Update, context: Context) -> None:
    """See the next of those who may be chosen, in the same message."""
    if found := await own_draft(context):
        scope, draft = found
        page, card = context.number("page"), standing(update)
        await announcement_draft.choose(
            context.session, context.here, scope, draft, context.now, page, card
        )


@door(*STAFF)
async def choose(update: Update, context: Context) -> None:
    """Choose somebody, or no longer."""
    found = await own_draft(context)
    if found is None:
        return
    scope, draft = found
    if not audience.toggle(scope, draft, context.word("item")):
        context.toast = "❌"
        return
    page, card = context.number("page"), standing(update)
    await announcement_draft.choose(
        context.session, context.here, scope, draft, context.now, page, card
    )


@door(*STAFF)
async def preview(_: Update, context: Context) -> None:
    """See the very message, and for how many it is."""
    if found := await own_draft(context):
        await announcement_draft.preview(context.session, context.here, *found, context.now)


async def as_previewed(context: Context) -> tuple[Scope, Announcement] | None:
    """Find the draft of a button, if it still is what was seen; else show what it is now."""
    found = await own_draft(context)
    if found and found[1].audience["edition"] != context.number("edition"):
        context.toast = "❌"
        await announcement_draft.preview(context.session, context.here, *found, context.now)
        return None
    return found


@door(*STAFF)
async def send(_: Update, context: Context) -> None:
    """Send an announcement now, once."""
    found = await as_previewed(context)
    if found is None:
        return
    scope, draft = found
    session, here, now = context.session, context.here, context.now
    if await announcing.plan(session, here, scope, draft, now, now):
        context.toast = "✔"
        await delivery_screens.show_announcement(session, here, draft, now)
    else:
        context.toast = "❌"
        await announcement_draft.preview(session, here, scope, draft, now)


@door(*STAFF)
async def send_at(_: Update, context: Context) -> None:
    """Choose when it leaves."""
    found = await as_previewed(context)
    if found is None:
        return
    scope, draft = found
    session, here, now, when = context.session, context.here, context.now, context.number("when")
    if when == announcement_times.WRITTEN:
        announcement_draft.ask_time(session, here, draft, now)
        return
    moment = announcement_times.usual_time(when, now)
    if moment is None:
        announcement_draft.ask_when(session, here, draft, now)
    elif not await announcement_draft.leave_at(session, here, scope, draft, moment, now):
        await announcement_draft.preview(session, here, scope, draft, now)


@door(*STAFF)
async def discard(_: Update, context: Context) -> None:
    """Throw a draft away."""
    if found := await own_draft(context):
        await announcement_draft.drop(context.session, context.here, found[1], context.now)


@door(*STAFF)
async def recall(_: Update, context: Context) -> None:
    """Withdraw what has not left yet."""
    session, here, now = context.session, context.here, context.now
    found = await announcements.locked(session, context.number("announcement"))
    if found is None or not await announcement_recall.may_manage(
        session, context.person, context.memberships, found, now
    ):
        context.toast = "❌"
        return
    if await announcement_recall.recall(session, here, found, now):
        context.toast = "✔"
        await delivery_screens.show_announcement(session, here, found, now)


@door(*Role)
async def hear(_: Update, context: Context) -> None:
    """Hear an announcement's voice again."""
    session, person = context.session, context.person
    found = await session.get(Announcement, context.number("announcement"))
    voice = await session.get(Media, found.voice_id) if found and found.voice_id else None
    if (
        found is None
        or voice is None
        or not (
            found.author_id == person.id
            or await announcements.is_recipient(session, found.id, person.id)
        )
    ):
        context.toast = "❌"
        return
    context.toast = "🔊"
    payload = {"voice": voice.file_id, "caption": announcement_rows.SIGN}
    put(session, context.here, "sendVoice", payload, context.now, Way(purpose="replay"))


FREE = (
    (filters.TEXT & ~filters.COMMAND)
    | filters.VOICE
    | filters.AUDIO
    | filters.VIDEO_NOTE
    | filters.VIDEO
    | filters.PHOTO
    | filters.Document.ALL
)

HANDLERS: Handlers = (
    on_command("announce", announce),
    on_tap("annwho:{draft}:{page}", whom),
    on_tap("annturn:{draft}:{page}", turn),
    on_tap("annset:{draft}:(?P<item>[rct][0-9]{1,12}):{page}", choose),
    on_tap("announce:{draft}", preview),
    on_tap("send:{draft}:{edition}", send),
    on_tap("sendat:{draft}:{edition}:{when}", send_at),
    on_tap("anndrop:{draft}", discard),
    on_tap("recall:{announcement}", recall),
    on_tap("annhear:{announcement}", hear),
    on_message(FREE, take),
)
