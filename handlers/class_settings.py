"""How a class checks in: seen and changed by its head, by taps."""

from telegram import Location, Message, Update
from telegram.ext import filters

from bot.context import Context
from bot.services import class_setting_screens as screens
from bot.services import hearing
from bot.services.class_setting import NAMES
from db.models import Role, StudyClass
from handlers.door import Handlers, door
from handlers.matching import on_command, on_message, on_tap


async def own_class(context: Context, number: int) -> StudyClass | None:
    """Find a class, if it is this head's to settle."""
    found = await context.session.get(StudyClass, number)
    if found is None or not screens.led(context.memberships, number):
        context.toast = "❌"
        return None
    return found


def tapped(update: Update) -> int | None:
    """Return the message on which a button was tapped."""
    query = update.callback_query
    return query.message.message_id if query and query.message else None


def spot_of(message: Message | None) -> Location | None:
    """Return the place that a message tells."""
    if message is None:
        return None
    return message.location or (message.venue.location if message.venue else None)


@door(Role.CLASS_HEAD)
async def settings(_: Update, context: Context) -> None:
    """See how one's class checks in."""
    await screens.choose_class(context.session, context.here, context.memberships, context.now)


@door(Role.CLASS_HEAD)
async def all_of(update: Update, context: Context) -> None:
    """See every setting of a class."""
    context.account.state = None
    if found := await own_class(context, context.number("number")):
        screens.show(context.session, context.here, found, context.now, tapped(update))


@door(Role.CLASS_HEAD)
async def one(update: Update, context: Context) -> None:
    """See what one setting may be."""
    found, place = await own_class(context, context.number("number")), context.number("place")
    if found and place < len(NAMES):
        name = NAMES[place]
        screens.ask(context.session, context.here, found, name, context.now, tapped(update))
    else:
        context.toast = "❌"


@door(Role.CLASS_HEAD)
async def choose(update: Update, context: Context) -> None:
    """Change a setting."""
    found, place = await own_class(context, context.number("number")), context.number("place")
    if found is None or place >= len(NAMES):
        context.toast = "❌"
        return
    name, value = NAMES[place], context.number("value")
    done = await screens.choose(
        context.session, context.here, found, name, value, context.now, tapped(update)
    )
    context.toast = "✔" if done else "❌"


@door(Role.CLASS_HEAD, states={screens.WAITS})
async def place(update: Update, context: Context) -> None:
    """Send where the class is held."""
    message = update.message
    spot, number = spot_of(message), hearing.state_of(context.here)[1]
    found = await own_class(context, number)
    if message is None or spot is None or found is None:
        return
    if message.forward_origin is not None:
        screens.no_place(context.session, context.here, context.now)
        return
    where = spot.latitude, spot.longitude
    await screens.take_place(context.session, context.here, found, where, context.now)


HANDLERS: Handlers = (
    on_command("class", settings),
    on_tap("clset:{number}", all_of),
    on_tap("clset:{number}:{place}", one),
    on_tap("clset:{number}:{place}:{value}", choose),
    on_message(filters.LOCATION | filters.VENUE, place),
)
