"""What a speaker can do in the recording booth: record, judge what others recorded, read Miao."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import approving, recording, reviewing, voicing
from bot.services.reviewing import Written
from db.models import Clip, Consent, Media, ReviewState, Role
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

SPEAKERS = (Role.TEACHER, Role.CLASS_HEAD, Role.VILLAGE_HELPER)


@door(*SPEAKERS)
async def come_in(_: Update, context: Context) -> None:
    """Come into the booth."""
    await approving.begin(context.session, context.here, context.now)


@door(*SPEAKERS)
async def record(_: Update, context: Context) -> None:
    """Record what is needed most."""
    await recording.begin(context.session, context.here, context.now)


@door(*SPEAKERS)
async def tongue(_: Update, context: Context) -> None:
    """Choose the language, or be asked for it."""
    chosen = context.number("place")
    if await voicing.choose_tongue(context.session, context.here, chosen, context.now):
        await approving.begin(context.session, context.here, context.now)
    else:
        await voicing.ask_tongue(context.session, context.here, context.now)


@door(*SPEAKERS)
async def lend_no_more(_: Update, context: Context) -> None:
    """Take one's voice back; it is asked once more before."""
    if context.number("sure") != 1:
        await voicing.ask_withdrawal(context.session, context.here, context.now)
    elif not await voicing.withdraw(context.session, context.here, context.now):
        context.toast = "❌"


@door(*SPEAKERS)
async def keep(_: Update, context: Context) -> None:
    """Keep a recording."""
    media = await context.session.get(Media, context.number("media"))
    number = context.number("key")
    if media is None or not await recording.keep_clip(
        context.session, context.here, media, number, context.data, context.now
    ):
        context.toast = "❌"


@door(*SPEAKERS)
async def redo(_: Update, context: Context) -> None:
    """Record the same clip once more."""
    again = context.number("key")
    await recording.prompt(context.session, context.here, context.now, again=again)


@door(*SPEAKERS)
async def skip(_: Update, context: Context) -> None:
    """Pass a clip over."""
    after = context.number("key")
    await recording.prompt(context.session, context.here, context.now, after=after)


@door(*SPEAKERS)
async def queue(_: Update, context: Context) -> None:
    """Hear the next recording of somebody else."""
    after = context.number("clip")
    if not await approving.judge_next(context.session, context.here, context.now, after):
        await approving.go_on(context.session, context.here, context.now)


async def judged(context: Context) -> Clip | None:
    """Find the recording that a button speaks of, if it is this person's to judge."""
    clip = await approving.own_ear(context.session, context.here, context.number("clip"))
    if clip is None:
        context.toast = "❌"
    return clip


@door(*SPEAKERS)
async def approve(_: Update, context: Context) -> None:
    """Approve a recording."""
    if clip := await judged(context):
        await approving.approve(context.session, context.here, clip, context.now)


@door(*SPEAKERS)
async def send_back(_: Update, context: Context) -> None:
    """Send a recording back; be asked why."""
    if clip := await judged(context):
        approving.ask_reason(context.session, context.here, clip, context.now)


def string(context: Context, number: int) -> Written | None:
    """Find the written string that is spoken of."""
    one = reviewing.found(context.here, number)
    if one is None:
        context.toast = "❌"
    return one


@door(*SPEAKERS)
async def read(_: Update, context: Context) -> None:
    """Read the next written string."""
    after = context.number("key")
    await reviewing.show_next(context.session, context.here, context.now, after)


@door(*SPEAKERS)
async def right(_: Update, context: Context) -> None:
    """Say that a written string is right."""
    if one := string(context, context.number("key")):
        state = ReviewState.APPROVED
        await reviewing.decide(context.session, context.here, one, state, context.now)


@door(*SPEAKERS)
async def wrong(_: Update, context: Context) -> None:
    """Refuse a written string."""
    if one := string(context, context.number("key")):
        state = ReviewState.REFUSED
        await reviewing.decide(context.session, context.here, one, state, context.now)


@door(*SPEAKERS)
async def correct(_: Update, context: Context) -> None:
    """Be asked how a string is written right."""
    if one := string(context, context.number("key")):
        reviewing.ask_text(context.session, context.here, one, context.now)


@door(*SPEAKERS, states=("voiceok", "record", "back", "btext"))
async def speak(update: Update, context: Context) -> None:
    """Take what was asked for: the consent, a recording, a reason, a correction."""
    message = update.message
    if message is None:
        return
    session, here, now = context.session, context.here, context.now
    word, _colon, digits = (context.account.state or "").partition(":")
    number, said, text = int(digits), attachment(message), message.text or ""
    match word:
        case "voiceok":
            consent = await session.get_one(Consent, number)
            await recording.hear_consent(session, here, consent, said, now)
        case "record":
            await recording.take(session, here, number, said, now)
        case "back":
            clip = await approving.own_ear(session, here, number)
            if clip is None:  # somebody else was faster
                await approving.go_on(session, here, now)
            else:
                await approving.send_back(session, here, clip, said, text, now)
        case _:
            one = string(context, number)
            if one is None:
                await reviewing.show_next(session, here, now)
            else:
                await reviewing.take_text(session, here, one, text, now)


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
    on_command("record", come_in),
    on_tap("brecord", record),
    on_tap("btongue:{place}", tongue),
    on_tap("bvoice:{sure}", lend_no_more),
    on_tap("bkeep:{media}:{key}", keep),
    on_tap("bredo:{key}", redo),
    on_tap("bskip:{key}", skip),
    on_tap("bqueue:{clip}", queue),
    on_tap("bok:{clip}", approve),
    on_tap("bback:{clip}", send_back),
    on_tap("bread:{key}", read),
    on_tap("bwok:{key}", right),
    on_tap("bwno:{key}", wrong),
    on_tap("btext:{key}", correct),
    on_message(FREE, speak),
)
