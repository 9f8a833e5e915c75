"""How far from the class somebody checked in: only where the class wants it and they agreed apart.

The place itself is never kept, only how many metres it is from the class's and how exact that is.
It is asked after the mark, which stands without it.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services.marking import make_mark
from bot.voice.buttons import BOTTOM, GREEN, RED, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import Consent, ConsentState, How, Meeting, Phase, Status, Sure
from db.queries import consents, marks
from db.queries.marks import PLACE

KIND = "location"
VERSION = "2026-11"
WAITS = "place"  # the account's state while a place is awaited
EARTH = 6_371_000  # metres
ASKED = _("Press the pin if you like to show where you are. You can also leave it.")


@dataclass(frozen=True)
class Place:
    """A place that a phone told: coordinates, and how exact they are, in metres."""

    latitude: float
    longitude: float
    accuracy: int | None = None


def metres_between(one: Place, other: Place) -> int:
    """Return how far two places lie apart."""
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude)
    across = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    half = math.sin(north / 2) ** 2 + across * math.sin(east / 2) ** 2
    return round(2 * EARTH * math.asin(math.sqrt(min(half, 1))))


async def offer(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> None:
    """Ask after a check-in for the place, or first whether it may be asked for."""
    person = here.person
    if person is None or not meeting.study_class.location:
        return
    if PLACE in await marks.keys(session, meeting.id, person.id, Phase.IN):
        return
    given = await consents.latest(session, person.id, KIND)
    if given is None:
        await _ask_consent(session, here, meeting, now)
    elif given.state is ConsentState.GIVEN:
        ask_place(session, here, meeting, now)


async def _ask_consent(
    session: AsyncSession, here: Listener, meeting: Meeting, now: datetime
) -> None:
    person = here.person
    if person is None:
        return
    asked = Consent(
        person_id=person.id, kind=KIND, notice_version=VERSION, language=MANDARIN, asked_at=now
    )
    session.add(asked)
    await session.flush()
    choices = [
        button("👍", f"locate:{meeting.id}:{asked.id}:1", GREEN),
        button("❌", f"locate:{meeting.id}:{asked.id}:0", RED),
    ]
    text = _(
        "May I ask where you are when you come to class? I keep only how far it is from the class. "
        "You may say no."
    )
    await show(session, here, Screen(text, picture=picture("place"), rows=[choices]), now)


async def decide(
    session: AsyncSession,
    here: Listener,
    consent: Consent,
    meeting: Meeting,
    now: datetime,
    *,
    yes: bool,
) -> bool:
    """Take the thumb or the cross under the question for the place, once."""
    if consent.kind != KIND or consent.state is not ConsentState.ASKED:
        return False
    consent.state = ConsentState.GIVEN if yes else ConsentState.REFUSED
    consent.decided_at = now
    about = {"consent": consent.id, "version": consent.notice_version, "of": KIND}
    kind = "consent.given" if yes else "consent.refused"
    await ledger.record(session, consent.person_id, kind, now, **about)
    if yes:
        ask_place(session, here, meeting, now)
    else:
        receipt(session, here, Screen(_("All right. I will not ask again.")), now)
    return True


def ask_place(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> None:
    """Show the pin above the buttons that are always there."""
    here.account.state = f"{WAITS}:{meeting.id}"
    pin = [{"text": "📍", "request_location": True}]
    keyboard = BOTTOM | {"keyboard": [pin, *BOTTOM["keyboard"]]}
    asked = receipt(session, here, Screen(ASKED), now)
    asked.payload = asked.payload | {"reply_markup": keyboard}


async def take(
    session: AsyncSession, here: Listener, meeting_id: int, place: Place, now: datetime
) -> bool:
    """Keep how far a learner is from the class, beside the mark; False where nobody asked."""
    here.account.state = None
    meeting, person = await session.get(Meeting, meeting_id), here.person
    if meeting is None or person is None or not meeting.study_class.location:
        return False
    given = await consents.latest(session, person.id, KIND)
    earlier = await marks.keys(session, meeting.id, person.id, Phase.IN)
    if given is None or given.state is not ConsentState.GIVEN or not earlier:
        return False
    centre = meeting.study_class.location
    await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.IN,
        status=Status.PRESENT,
        how=How.TAP,
        sure=Sure.SELF,
        by=person,
        at=now,
        key=PLACE,
        account_id=here.account.id,
        metres=metres_between(Place(centre["latitude"], centre["longitude"]), place),
        accuracy=place.accuracy,
    )
    receipt(session, here, Screen(_("Thank you.")), now)
    return True
