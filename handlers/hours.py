"""Class hours: a learner's own, a class's as a picture, and the register as a file."""

from telegram import Update

from bot.context import Context
from bot.services import saying_hours, showing_hours
from bot.services.refusing import Refusal
from db.models import Role
from handlers.door import Handlers, door
from handlers.matching import on_command, on_tap
from handlers.planning import STAFF, own_class, tapped


@door(*STAFF)
async def hours(_: Update, context: Context) -> None:
    """See the hours of the class, or choose the class."""
    await showing_hours.choose_class(
        context.session, context.here, context.memberships, context.data, context.now
    )


@door(*STAFF)
async def show(update: Update, context: Context) -> None:
    """See the hours of a class; page 0 is asked for from elsewhere and comes as a message."""
    study_class = await own_class(context)
    if study_class is None:
        return
    page = context.number("page")
    await showing_hours.show(
        context.session,
        context.here,
        study_class,
        page,
        context.data,
        context.now,
        tapped(update) if page else None,
    )


@door(*STAFF)
async def register(_: Update, context: Context) -> None:
    """Be sent the register of a class."""
    study_class = await own_class(context)
    if study_class is None:
        return
    try:
        context.toast = await showing_hours.send_register(
            context.session,
            context.here,
            study_class,
            context.number("month"),
            context.data,
            context.now,
        )
    except Refusal:
        context.toast = "❌"


@door(Role.LEARNER)
async def own(_: Update, context: Context) -> None:
    """Hear how many hours there are."""
    await saying_hours.say_hours(context.session, context.here, context.person, context.now)


HANDLERS: Handlers = (
    on_command("hours", hours),
    on_tap("hours:{class}:{page}", show),
    on_tap("register:{class}:{month}", register),
    on_command("hours", own),
    on_tap("hours", own),
)
