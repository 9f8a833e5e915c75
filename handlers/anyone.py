"""What anybody may try: a card, a link, a choice of who is here; strangers hear one sentence."""

from telegram import Update

from bot.context import Context
from bot.services import (
    choosing,
    coding,
    consenting,
    enrolling,
    greeting,
    holding,
    homing,
    linking,
    replaying,
    sharing,
    voice_varieties,
)
from bot.services.permitting import STAFF
from db.models import Consent, Invite, Role
from handlers.door import Handlers, door, pending
from handlers.matching import on_command, on_tap


@door(unknown=True)
async def start(_: Update, context: Context) -> None:
    """Come in by a card or link, or go home."""
    payload = context.args[0] if context.args else ""
    kind, number = linking.opened(context.key, payload) or (payload[:1], 0)
    if kind == "e" and payload:
        await enrolling.scan_card(context.session, context.account, number, context.now)
    elif kind == "s" and number:
        await enrolling.take_up_post(context.session, context.account, number, context.now)
        await context.meet(context.account.person_id)
        await arrive(context)
    elif kind == "w" and context.who:
        await sharing.check_in_here(
            context.session, context.here, context.persons, number, context.now
        )
    elif (moment := linking.moment(context.key, payload)) and context.who:
        await coding.enter_qr(context.session, context.here, *moment, context.now)
    else:
        await arrive(context)


async def arrive(context: Context) -> None:
    """Go home: a teacher's day, a learner's four pictures, a stranger's one sentence."""
    if context.roles & STAFF:
        await holding.list_today(context.session, context.here, context.now)
    elif context.who:
        await homing.go_home(context.session, context.here, context.now)
    else:
        await greeting.greet_stranger(context.session, context.account, context.now)


@door(unknown=True)
async def join(_: Update, context: Context) -> None:
    """Take the answer to "is this you?"."""
    card = await context.session.get(Invite, context.number("invite"))
    if card is None or context.account.state != f"card:{card.id}":
        context.toast = "❌"
        return
    await enrolling.join(
        context.session, context.account, card, context.now, yes=context.number("yes") == 1
    )


@door(unknown=True)
async def hear(_: Update, context: Context) -> None:
    """Play a card's voice again."""
    ref = context.word("ref")
    if await replaying.replay(context.session, context.here, ref, context.now):
        context.toast = "🔊"


@door(unknown=True)
async def choose(_: Update, context: Context) -> None:
    """Take the answer to "who is here?", and go on with what they wanted."""
    chosen = await choosing.choose(
        context.session, context.account, context.number("person"), context.now
    )
    if chosen is None:
        context.toast = "❌"
        return
    person, act = chosen
    await context.meet(person.id)
    if not await pending(context, act):
        await arrive(context)


@door(unknown=True)
async def more_faces(_: Update, context: Context) -> None:
    """Show the next of those who share this phone."""
    await choosing.ask_who(
        context.session,
        context.account,
        context.persons,
        None,
        context.now,
        context.number("page"),
    )


@door(*Role)
async def go_home(_: Update, context: Context) -> None:
    """Go home from anywhere."""
    context.account.state = None
    await arrive(context)


@door(Role.LEARNER)
async def choose_reading(_: Update, context: Context) -> None:
    """Take the answer to "shall I write as well?"."""
    some = context.number("some") == 1
    await enrolling.choose_reading(context.session, context.here, context.now, some=some)


@door(Role.LEARNER)
async def understand(_: Update, context: Context) -> None:
    """Take the answer to "do you understand this voice?"."""
    asked = await context.session.get(Consent, context.number("consent"))
    yes = context.number("yes") == 1
    if asked is None or not await voice_varieties.decide(
        context.session, context.here, asked, context.now, yes=yes
    ):
        context.toast = "❌"


@door(Role.LEARNER)
async def notice(_: Update, context: Context) -> None:
    """Go on to the next part of the notice."""
    consent = await consenting.own(context.session, context.person, context.number("consent"))
    if consent is None:
        context.toast = "❌"
        return
    part = context.number("part")
    await consenting.say_part(context.session, context.here, consent, part, context.now)


@door(Role.LEARNER)
async def agree(_: Update, context: Context) -> None:
    """Take the thumb or the cross under the consent."""
    consent = await consenting.own(context.session, context.person, context.number("consent"))
    if consent is None:
        context.toast = "❌"
        return
    yes = context.number("yes") == 1
    await consenting.decide(context.session, context.here, consent, context.now, yes=yes)


HANDLERS: Handlers = (
    on_command("start", start),
    on_tap("join:{invite}:{yes}", join),
    on_tap("hear:(?P<ref>[0-9a-z:-]{1,28})", hear),
    on_tap("variety:{consent}:{yes}", understand),
    on_tap("who:{person}", choose),
    on_tap("faces:{page}", more_faces),
    on_tap("home", go_home),
    on_tap("reads:{some}", choose_reading),
    on_tap("notice:{consent}:{part}", notice),
    on_tap("agree:{consent}:{yes}", agree),
)
