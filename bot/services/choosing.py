"""Who is here: several persons may share one phone, and each act is somebody's (storyboard L11)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.voice.buttons import button
from bot.voice.listening import Listener, listener
from bot.voice.saying import Screen, show
from db import ledger
from db.models import Account, Person
from db.queries import people

SILENCE = timedelta(minutes=30)
FACES = 4


def present(account: Account, persons: Sequence[Person], now: datetime) -> Person | None:
    """Return whose turn it is at an account; None where that must be asked."""
    if len(persons) == 1:
        return persons[0]
    chosen = next((person for person in persons if person.id == account.person_id), None)
    if chosen is None or account.person_at is None or now - account.person_at > SILENCE:
        return None
    return chosen


def note(account: Account, person: Person, now: datetime, *, shared: bool) -> None:
    """Note who was last heard at an account; when, only where that decides who is asked next."""
    if account.person_id != person.id:
        account.person_id, account.person_at = person.id, now
    elif shared:
        account.person_at = now


async def ask_who(
    session: AsyncSession,
    account: Account,
    persons: Sequence[Person],
    act: str | None,
    now: datetime,
    page: int = 1,
) -> None:
    """Ask who is here, and remember what they wanted to do."""
    account.pending_act = act or account.pending_act
    shown = persons[(page - 1) * FACES : page * FACES]
    rows = [
        [button(f"{number} {person.name}", f"who:{person.id}")]
        for number, person in enumerate(shown, 1)
    ]
    if len(persons) > page * FACES:
        rows.append([button("▶️", f"faces:{page + 1}")])
    elif page > 1:
        rows.append([button("▶️", "faces:1")])
    asked = Screen(
        _("Who is here now? Press the picture."),
        picture=picture("welcome"),
        rows=rows,
    )
    await show(session, listener(account), asked, now)


async def choose(
    session: AsyncSession, account: Account, person_id: int, now: datetime
) -> tuple[Person, str | None] | None:
    """Take the answer; return the person and the act that waited for them."""
    persons = await people.persons_at(session, account.id)
    person = next((one for one in persons if one.id == person_id), None)
    if person is None:
        return None
    act, account.pending_act = account.pending_act, None
    account.person_id, account.person_at = person.id, now
    await ledger.record(session, person.id, "person.chosen", now, account=account.id)
    return person, act


async def ask_anyone_else(
    session: AsyncSession,
    here: Listener,
    meeting_id: int,
    unmarked: Sequence[Person],
    now: datetime,
) -> None:
    """Ask after a check-in on a shared phone whether the others are here too."""
    rows = [
        [button(f"{number} {person.name}", f"with:{meeting_id}:{person.id}")]
        for number, person in enumerate(unmarked[:FACES], 1)
    ]
    asked = Screen(
        _("Is anyone else here with you?"),
        picture=picture("welcome"),
        rows=[*rows, [button("✅", "home", "success")]],
    )
    await show(session, here, asked, now)
