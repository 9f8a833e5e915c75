"""Proof of teaching: the photo and the log of a class, asked for or sent of one's own accord."""

from telegram import Message, Update
from telegram.ext import filters

from bot.context import Context
from bot.services import photos, proving, teaching_log
from bot.services.keeping import Attachment
from bot.services.permitting import may_teach
from bot.services.proving import ALBUM, CLOSING, LOG, PHOTO
from bot.voice.saying import tell
from db.models import Meeting, Role
from handlers import sheets
from handlers.door import Handlers, door, route
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)


async def own(context: Context, number: int) -> Meeting | None:
    """Find a meeting, if it is this person's to prove."""
    meeting = await context.session.get(Meeting, number)
    if meeting and may_teach(context.memberships, context.person.id, meeting):
        return meeting
    context.toast = "❌"
    return None


@door(*STAFF)
async def photo_now(_: Update, context: Context) -> None:
    """Be asked for a photo of the class that is on, or of the latest."""
    await proving.choose(context.session, context.here, context.memberships, PHOTO, context.now)


@door(*STAFF)
async def log_now(_: Update, context: Context) -> None:
    """Be asked for the log of the class that is on, or of the latest."""
    await proving.choose(context.session, context.here, context.memberships, LOG, context.now)


@door(*STAFF)
async def photo(_: Update, context: Context) -> None:
    """Be asked for a photo of a meeting."""
    if meeting := await own(context, context.number("meeting")):
        await proving.ask(context.session, context.here, meeting, PHOTO, context.now)


@door(*STAFF)
async def log(_: Update, context: Context) -> None:
    """Be asked for the log of a meeting."""
    if meeting := await own(context, context.number("meeting")):
        await proving.ask(context.session, context.here, meeting, LOG, context.now)


@door(*STAFF)
async def shot(_: Update, context: Context) -> None:
    """Say whether the pictures just sent are of the class that is on."""
    if meeting := await own(context, context.number("meeting")):
        yes = context.number("yes") == 1
        done = await photos.answer_offer(
            context.session, context.here, meeting, context.now, yes=yes
        )
        context.toast = "✔" if done else "❌"


@door(*STAFF, states={PHOTO, LOG, CLOSING, ALBUM})
async def take(update: Update, context: Context) -> None:
    """Take the photo or the log that was asked for; what is neither is told what is wanted."""
    message = update.message
    asked = proving.wanted(context.here)
    meeting = await own(context, asked.meeting_id)
    if (
        message is None
        or meeting is None
        or not await proving.waits(context.session, context.here, context.now)
    ):
        await go_home(update, context)
        return
    said = attachment(message)
    album = photos.album_of(message.media_group_id)
    if said and is_picture(said):
        if asked.word in {PHOTO, CLOSING} or (album and album == asked.album):
            await photos.take(context.session, context.here, meeting, said, album, context.now)
        elif asked.word == ALBUM:
            await go_home(update, context)
        else:  # a log was asked for: this may be a sheet, or one more photo
            await sheets.photo(update, context)
    elif asked.word == PHOTO:
        tell(context.session, context.here, photos.NOT_PHOTO, context.now)
    elif asked.word == ALBUM:
        await go_home(update, context)
    else:
        await take_log(message, context, meeting, said)


async def take_log(
    message: Message, context: Context, meeting: Meeting, said: Attachment | None
) -> None:
    """Take a voice or words as the log of a meeting."""
    context.blank = not await teaching_log.take(
        context.session,
        context.here,
        meeting,
        said or message.text,
        message.message_id,
        context.now,
    )


async def go_home(update: Update, context: Context) -> None:
    """Let somebody else take what nobody asked for any more."""
    context.account.state = None
    context.toast = ""
    await route(update, context)


def is_picture(said: Attachment) -> bool:
    """Say whether something is a photo, or a picture sent as a file."""
    return said.kind == "photo" or said.mime.startswith("image/")


FREE = (
    (filters.TEXT & ~filters.COMMAND)
    | filters.VOICE
    | filters.AUDIO
    | filters.VIDEO_NOTE
    | filters.VIDEO
    | filters.PHOTO
    | filters.ANIMATION
    | filters.Sticker.ALL
    | filters.Document.ALL
)

HANDLERS: Handlers = (
    on_command("photo", photo_now),
    on_command("log", log_now),
    on_tap("photo:{meeting}", photo),
    on_tap("log:{meeting}", log),
    on_tap("shot:{meeting}:{yes}", shot),
    on_message(FREE, take),
)
