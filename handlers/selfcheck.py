"""Settling what a self-check found: one flag after another, each with a reason."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import flag_desk
from bot.services.hearing import LONGEST, state_of
from bot.services.keeping import SHORTEST, keep
from db.models import Flag, Role
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap
from handlers.planning import tapped

SETTLERS = (Role.CLASS_HEAD, Role.SCHOOL)


async def classes(context: Context) -> list[int]:
    """List the classes whose flags this person sees."""
    return await flag_desk.classes_of(context.session, context.person, context.memberships)


async def in_hand(context: Context, number: int) -> Flag | None:
    """Return the flag that is spoken of, if this person sees it."""
    flag = await context.session.get(Flag, number)
    if flag is not None and flag.study_class_id in await classes(context):
        return flag
    context.toast = "❌"
    return None


@door(*SETTLERS)
async def first(_: Update, context: Context) -> None:
    """See the first flag that waits."""
    seen = await classes(context)
    await flag_desk.show_next(context.session, context.here, seen, context.now)


@door(*SETTLERS)
async def following(_: Update, context: Context) -> None:
    """Leave a flag for later and see the next."""
    seen, after = await classes(context), context.number("flag")
    await flag_desk.show_next(context.session, context.here, seen, context.now, after)


@door(*SETTLERS)
async def soft(update: Update, context: Context) -> None:
    """See the soft flags; the first page comes as a message, the others where it stands."""
    seen, page = await classes(context), context.number("page")
    there = tapped(update) if page > 1 else None
    await flag_desk.list_soft(context.session, context.here, seen, page, context.now, there)


@door(*SETTLERS)
async def one(_: Update, context: Context) -> None:
    """See one flag."""
    if flag := await in_hand(context, context.number("flag")):
        await flag_desk.show(context.session, context.here, flag, context.now)


@door(*SETTLERS)
async def answer(_: Update, context: Context) -> None:
    """Say whether a flag is true; the reason is asked for."""
    if flag := await in_hand(context, context.number("flag")):
        number = context.number("answer")
        asked = flag_desk.ask_reason(context.session, context.here, flag, number, context.now)
        context.toast = "" if asked else "❌"


@door(*SETTLERS, states=flag_desk.STATES)
async def reason(update: Update, context: Context) -> None:
    """Take the reason, written or spoken."""
    word, number = state_of(context.here)
    flag = await in_hand(context, number)
    if flag is None or update.message is None:
        return
    said, voice_id = attachment(update.message), None
    if said is not None:
        if said.too_big or not SHORTEST <= said.seconds <= LONGEST:
            flag_desk.ask_again(context.session, context.here, context.now)
            return
        voice_id = (await keep(context.session, said, context.person.id, context.now)).id
    await flag_desk.hear_reason(
        context.session,
        context.here,
        flag,
        flag_desk.STATES[word],
        await classes(context),
        context.now,
        text=update.message.text or "",
        voice_id=voice_id,
    )


HANDLERS: Handlers = (
    on_command("selfcheck", first),
    on_tap("selfcheck", first),
    on_tap("flagnext:{flag}", following),
    on_tap("flagsoft:{page}", soft),
    on_tap("flagsee:{flag}", one),
    on_tap("flag:{flag}:{answer}", answer),
    on_message((filters.TEXT & ~filters.COMMAND) | filters.VOICE, reason),
)
