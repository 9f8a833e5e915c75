"""How a learner is spoken to: chosen by ear, changed at any time, on request by a class head."""

from telegram import Update

from bot.context import Context
from bot.services import enrolling, homing, voice_on_request
from db.models import Role
from handlers.door import Handlers, door, refuse
from handlers.matching import on_tap


@door(Role.LEARNER)
async def choose_voice(update: Update, context: Context) -> None:
    """Take the voice that is understood best; only whom it was offered to may choose."""
    if context.number("person") != context.person.id:
        act = update.callback_query.data if update.callback_query else ""
        await refuse(context, str(act))
        return
    await enrolling.choose_voice(context.session, context.here, context.number("clip"), context.now)


@door(Role.LEARNER)
async def ask_setting(_: Update, context: Context) -> None:
    """Hear what may be changed."""
    await homing.ask_setting(context.session, context.here, context.now)


@door(Role.LEARNER)
async def change_voice(_: Update, context: Context) -> None:
    """Choose the voice anew."""
    await enrolling.change_voice(context.session, context.here, context.now)


@door(Role.LEARNER)
async def change_reading(_: Update, context: Context) -> None:
    """Choose anew whether to write as well."""
    await enrolling.ask_reading(context.session, context.here, context.now)


@door(Role.CLASS_HEAD)
async def voices(_: Update, context: Context) -> None:
    """See whose voice can be changed."""
    await voice_on_request.list_learners(context.session, context.here, context.now)


@door(Role.CLASS_HEAD)
async def more_voices(_: Update, context: Context) -> None:
    """See the next of those whose voice can be changed."""
    page = context.number("page")
    await voice_on_request.list_learners(context.session, context.here, context.now, page)


@door(Role.CLASS_HEAD)
async def voice_of(_: Update, context: Context) -> None:
    """See which voices one learner may have."""
    asked = await voice_on_request.ask(
        context.session, context.here, context.number("person"), context.now
    )
    context.toast = "" if asked else "❌"


@door(Role.CLASS_HEAD)
async def set_voice(_: Update, context: Context) -> None:
    """Set the voice that a learner asked for."""
    person, number = context.number("person"), context.number("voice")
    done = await voice_on_request.choose(context.session, context.here, person, number, context.now)
    context.toast = "✔" if done else "❌"


HANDLERS: Handlers = (
    on_tap("lang:{person}:{clip}", choose_voice),
    on_tap("set", ask_setting),
    on_tap("setlang", change_voice),
    on_tap("setread", change_reading),
    on_tap("voices", voices),
    on_tap("voices:{page}", more_voices),
    on_tap("voiceof:{person}", voice_of),
    on_tap("setvoice:{person}:{voice}", set_voice),
)
