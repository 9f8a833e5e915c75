"""What a class head can do besides teaching: enrol, bind the group, bear witness to a consent."""

from telegram import Update

from bot.context import Context
from bot.services import carding, consenting, grouping
from bot.services.permitting import holds
from db.models import Consent, Role
from db.queries import people
from handlers.door import Handlers, door
from handlers.matching import on_command, on_tap


@door(Role.CLASS_HEAD)
async def bind(_: Update, context: Context) -> None:
    """Get the button that adds the bot to the class's group."""
    study_class = await people.class_of(
        context.session, context.person.id, Role.CLASS_HEAD, context.now
    )
    if study_class:
        await grouping.offer_binding(
            context.session, context.here, study_class, context.key, context.username, context.now
        )


@door(Role.CLASS_HEAD)
async def enrol(_: Update, context: Context) -> None:
    """See which learners are not on a phone yet."""
    await carding.list_unlinked(context.session, context.here, context.now)


@door(Role.CLASS_HEAD)
async def more_cards(_: Update, context: Context) -> None:
    """See the next of those who are not on a phone yet."""
    page = context.number("page")
    await carding.list_unlinked(context.session, context.here, context.now, page)


@door(Role.CLASS_HEAD)
async def card(_: Update, context: Context) -> None:
    """Show one learner's card to be scanned."""
    shown = await carding.show_card(
        context.session,
        context.here,
        context.number("person"),
        context.key,
        context.username,
        context.data,
        context.now,
    )
    context.toast = "" if shown else "❌"


@door(Role.CLASS_HEAD)
async def witness(_: Update, context: Context) -> None:
    """Say whether they were there when a learner agreed."""
    consent = await context.session.get(Consent, context.number("consent"))
    study_class = (
        await people.class_of(context.session, consent.person_id, Role.LEARNER, context.now)
        if consent
        else None
    )
    if (
        consent is None
        or study_class is None
        or not holds(context.memberships, Role.CLASS_HEAD, study_class.id)
    ):
        context.toast = "❌"
        return
    there = context.number("there") == 1
    await consenting.bear_witness(
        context.session, context.person, consent, context.now, there=there
    )
    context.toast = "✔"


HANDLERS: Handlers = (
    on_command("bind", bind),
    on_command("enrol", enrol),
    on_tap("cards:{page}", more_cards),
    on_tap("card:{person}", card),
    on_tap("witness:{consent}:{there}", witness),
)
