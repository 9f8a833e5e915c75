"""Enrolment: a card scanned, a person known at an account, a voice and a way of reading chosen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import choosing_voice, consenting, hearing, homing, menus, tasking
from bot.services.reaching import tell_class_heads
from bot.voice.buttons import GREEN, RED, button
from bot.voice.listening import Listener, listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import (
    Account,
    AccountPerson,
    Invite,
    Membership,
    Person,
    Reads,
    Role,
    TaskKind,
)
from db.queries import lessons, people

CARD_LIVES = timedelta(days=60)


@dataclass(frozen=True)
class Offer:
    """What an invitation gives: to whom, in which class, as what."""

    role: Role
    person_id: int | None = None
    study_class_id: int | None = None
    uses: int = 1
    lives: timedelta = CARD_LIVES


async def invite(session: AsyncSession, offer: Offer, now: datetime) -> Invite:
    """Make an invitation; its link is signed, expires and counts its uses."""
    made = Invite(
        kind="e" if offer.role is Role.LEARNER else "s",
        person_id=offer.person_id,
        study_class_id=offer.study_class_id,
        role=offer.role,
        uses_left=offer.uses,
        made_at=now,
        expires_at=now + offer.lives,
    )
    session.add(made)
    await session.flush()
    return made


def usable(invite_: Invite | None, now: datetime) -> bool:
    """Say whether an invitation still opens the door."""
    return (
        invite_ is not None
        and invite_.revoked_at is None
        and invite_.uses_left > 0
        and invite_.expires_at > now
    )


async def scan_card(session: AsyncSession, account: Account, invite_id: int, now: datetime) -> None:
    """Take a scanned enrolment card: ask whether this is the person whose name it bears."""
    card = await session.get(Invite, invite_id)
    if card is None or card.person_id is None:
        await refuse_card(session, account, card, now)
        return
    person = await session.get_one(Person, card.person_id)
    if await people.linked(session, account.id, person.id):  # the same person, the same phone
        account.person_id, account.person_at = person.id, now
        await homing.go_home(session, listener(account, person), now)
        return
    if not usable(card, now):
        await refuse_card(session, account, card, now)
        return
    asked = Screen(
        _("Is this you, %(name)s?"),
        {"name": person.name},
        picture("join"),
        rows=[
            [
                button("✅", f"join:{card.id}:1", GREEN),
                button("❌", f"join:{card.id}:0", RED),
            ]
        ],
    )
    account.state = f"card:{card.id}"
    await show(session, listener(account), asked, now)


async def refuse_card(
    session: AsyncSession, account: Account, card: Invite | None, now: datetime
) -> None:
    """Say kindly that a card no longer works; its class head hears of it once a day."""
    said = Screen(
        _("This card no longer works. Your class head will give you a new one."),
        picture=picture("card-back"),
    )
    await show(session, listener(account), said, now)
    if card is None or card.person_id is None:
        return
    person = await session.get_one(Person, card.person_id)
    await ledger.record(session, person.id, "invite.refused", now, invite=card.id)
    await tell_class_heads(
        session,
        card.study_class_id,
        _("The card of %(name)s was tried again and no longer works."),
        now,
        f"card:{card.id}:{now:%Y%m%d}",
        name=person.name,
    )


async def join(
    session: AsyncSession, account: Account, card: Invite, now: datetime, *, yes: bool
) -> None:
    """Link the person of a card to an account, or give the card back."""
    if card.person_id is None:
        return
    person = await session.get_one(Person, card.person_id)
    if await people.linked(session, account.id, person.id):
        return
    account.state = None
    if not yes:
        await ledger.record(session, person.id, "invite.declined", now, invite=card.id)
        said = Screen(
            _("All right. Please give this card back to your class head."),
            picture=picture("card-back"),
        )
        await show(session, listener(account), said, now)
        return
    if not usable(card, now):
        await refuse_card(session, account, card, now)
        return
    card.uses_left -= 1
    await link(session, account, person, now, invite_id=card.id)
    here = listener(account, person)
    if not await choosing_voice.ask(session, here, now):
        await ask_reading(session, here, now)


async def link(
    session: AsyncSession, account: Account, person: Person, now: datetime, *, invite_id: int
) -> None:
    """Let a person use an account from now on."""
    session.add(AccountPerson(account_id=account.id, person_id=person.id, linked_at=now))
    account.person_id, account.person_at, account.reachable = person.id, now, True
    await ledger.record(
        session, person.id, "account.linked", now, account=account.id, invite=invite_id
    )
    await session.flush()
    await tasking.close_returned(session, person, TaskKind.UNLINKED, now)
    await menus.renew(session, account, now)


async def choose_voice(session: AsyncSession, here: Listener, number: int, now: datetime) -> None:
    """Take the voice that is understood best, and go on from wherever its button was pressed."""
    state, _number = hearing.state_of(here)
    if here.person is None:
        return
    if not await choosing_voice.choose(session, here, number, now):
        if state != choosing_voice.STATE or not await choosing_voice.ask(session, here, now):
            await hearing.old_button(session, here, now)
        return
    new = await lessons.consent_of(session, here.person.id) is None
    if new or state == "reads":
        await ask_reading(session, here, now)
    elif state in {"", choosing_voice.STATE}:
        await homing.go_home(session, here, now)
    else:
        await homing.again(session, here, now)


async def change_voice(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Let a learner choose the voice anew; home where only one is recorded."""
    if not await choosing_voice.ask(session, here, now):
        await homing.go_home(session, here, now)


async def ask_reading(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Ask whether to write as well."""
    here.account.state = "reads"
    asked = Screen(
        _("Shall I only speak, or write as well?"),
        picture=picture("reads"),
        rows=[[button("1 👂", "reads:0"), button("2 👀", "reads:1")]],
    )
    await show(session, here, asked, now)


async def choose_reading(
    session: AsyncSession, here: Listener, now: datetime, *, some: bool
) -> None:
    """Keep how a learner wants to be spoken to; who is new is then asked for consent."""
    person = here.person
    if person is None:
        return
    person.reads = Reads.SOME if some else Reads.NOTHING
    await ledger.record(session, person.id, "reading.chosen", now, reads=person.reads)
    if await lessons.consent_of(session, person.id) is None:
        await consenting.give_notice(session, here, now)
        return
    receipt(session, here, Screen(_("Done. From now on like this.")), now)
    state, _number = hearing.state_of(here)
    if state in {"notice", "agree", "thumb", "witness"}:  # an old button: what was begun goes on
        await homing.again(session, here, now)
    else:
        await homing.go_home(session, here, now)


async def take_up_post(
    session: AsyncSession, account: Account, invite_id: int, now: datetime
) -> bool:
    """Let a member of staff in by a signed link made for that person."""
    made = await session.get(Invite, invite_id)
    if made is None or made.person_id is None:
        return False
    person = await session.get_one(Person, made.person_id)
    if not await people.linked(session, account.id, person.id):
        if not usable(made, now):
            return False
        made.uses_left -= 1
        await ledger.record(session, person.id, "invite.used", now, invite=made.id)
        await link(session, account, person, now, invite_id=made.id)
    account.person_id, account.person_at, account.state = person.id, now, None
    return True


async def grant(
    session: AsyncSession,
    person: Person,
    role: Role,
    study_class_id: int | None,
    now: datetime,
) -> Membership:
    """Give a person a role in a class."""
    membership = Membership(
        person_id=person.id, role=role, study_class_id=study_class_id, starts_at=now
    )
    session.add(membership)
    await session.flush()
    await ledger.record(
        session, person.id, "role.granted", now, role=role, study_class=study_class_id
    )
    return membership
