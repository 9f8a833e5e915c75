"""Papers (证件材料): a learner sends their own; the village helper and the class head help."""

from collections.abc import Sequence

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import document_asking, document_consenting, document_taking
from bot.services.hearing import state_of
from db.models import Consent, Membership, Person, Role
from db.queries import documents
from handlers.coming import usable
from handlers.door import Handlers, door, route
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

TAKERS = (Role.VILLAGE_HELPER, Role.CLASS_HEAD, Role.TOWNSHIP)


def held_as(context: Context, roles: Sequence[Role]) -> list[Membership]:
    """Return what the person holds of these roles."""
    return [one for one in context.memberships if one.role in roles]


async def helped(context: Context, person_id: int) -> Person | None:
    """Find whose papers this person may send: their own, or a learner's within reach."""
    if person_id == context.person.id and Role.LEARNER in context.roles:
        return context.person
    found = await documents.reached(
        context.session, context.person, held_as(context, TAKERS), person_id, context.now
    )
    if found is None:
        context.toast = "❌"
    return found


@door(Role.LEARNER, *TAKERS)
async def papers(_: Update, context: Context) -> None:
    """See which papers are missing: one's own, or those of the learners one helps."""
    session, here, now = context.session, context.here, context.now
    if held := held_as(context, TAKERS):
        await document_asking.list_people(session, here, held, 1, now)
    else:
        await document_asking.list_own(session, here, context.person, now)


@door(Role.LEARNER)
async def own_papers(_: Update, context: Context) -> None:
    """Hear which of one's own papers are missing."""
    await document_asking.list_own(context.session, context.here, context.person, context.now)


@door(*TAKERS)
async def more_people(_: Update, context: Context) -> None:
    """See more of whose papers are missing."""
    held, page = held_as(context, TAKERS), context.number("page")
    await document_asking.list_people(context.session, context.here, held, page, context.now)


@door(*TAKERS)
async def help_with(_: Update, context: Context) -> None:
    """Choose which paper of a learner to send."""
    if person := await helped(context, context.number("person")):
        await document_asking.help_with(context.session, context.here, person, context.now)


@door(Role.LEARNER, *TAKERS)
async def paper(_: Update, context: Context) -> None:
    """Be asked for the photo of one paper."""
    person = await helped(context, context.number("person"))
    asked = person is not None and await document_asking.ask_photo(
        context.session, context.here, person, context.number("place"), context.now
    )
    context.toast = "" if asked else "❌"


@door(Role.LEARNER, *TAKERS)
async def agree(_: Update, context: Context) -> None:
    """Take the answer to whether papers may be kept."""
    consent = await context.session.get(Consent, context.number("consent"))
    person = await helped(context, consent.person_id) if consent else None
    yes = context.number("yes") == 1
    if (
        consent is None
        or person is None
        or not await document_consenting.decide(
            context.session, context.here, consent, context.now, yes=yes
        )
    ):
        context.toast = "❌"
    elif yes:
        await document_asking.resume(context.session, context.here, person, context.now)


@door(Role.LEARNER, *TAKERS, states=(document_consenting.WAITS,))
async def agree_aloud(update: Update, context: Context) -> None:
    """Take the learner's own words as the answer."""
    said, number = attachment(update.message), state_of(context.here)[1]
    consent = await context.session.get(Consent, number)
    person = await helped(context, consent.person_id) if consent else None
    if consent is None or person is None or said is None or not usable(said) or said.forwarded:
        await go_on(update, context)
        return
    if await document_consenting.hear(context.session, context.here, consent, said, context.now):
        await document_asking.resume(context.session, context.here, person, context.now)


@door(Role.LEARNER, *TAKERS, states=(document_asking.WAITS,))
async def take(update: Update, context: Context) -> None:
    """Take the photo that was asked for."""
    message, said = update.message, attachment(update.message)
    asked = await document_asking.wanted(context.session, context.here, context.now)
    person = await helped(context, asked.person_id) if asked else None
    if message is None or asked is None or person is None:
        await go_on(update, context)
        return
    context.blank = True  # what the update says would let the photo be fetched once more
    if said is None:
        return
    await document_taking.take(
        context.session, context.here, person, asked, said, message.message_id, context.now
    )


async def go_on(update: Update, context: Context) -> None:
    """Let somebody else take what nobody asked for any more."""
    context.account.state = None
    context.toast = ""
    await route(update, context)


SHOWN = filters.PHOTO | filters.Document.ALL | filters.VIDEO | filters.ANIMATION

HANDLERS: Handlers = (
    on_command("papers", papers),
    on_tap("papers", own_papers),
    on_tap("papers:{person}", help_with),
    on_tap("paperpage:{page}", more_people),
    on_tap("paper:{person}:{place}", paper),
    on_tap("paperyes:{consent}:{yes}", agree),
    on_message(SHOWN, take),
    on_message(filters.VOICE, agree_aloud),
)
