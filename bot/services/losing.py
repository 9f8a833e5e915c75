"""Phones that take no messages any more, and those that come back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import clock, day_word
from bot.screens import screen as picture
from bot.services import homing, tasking
from bot.voice.listening import listener
from bot.voice.saying import Screen, show
from db import ledger
from db.models import Account, Person, Role, TaskKind
from db.queries import meetings, people


async def lose(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Note that an account no longer takes messages; the class head is asked to call, once."""
    account = await people.account_of(session, chat_id)
    if account is None or not account.reachable:
        return
    account.reachable = False
    for person in await people.persons_at(session, account.id):
        await ledger.record(session, person.id, "account.lost", now, account=account.id)
        study_class = await people.class_of(session, person.id, Role.LEARNER, now)
        if study_class:
            key = f"lost:{account.id}:{person.id}:{now:%Y%m%d}"
            await tasking.open_task(session, TaskKind.BLOCKED, person, study_class, key, now)


async def regain(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Note that an account takes messages again, and greet who uses it; nothing old is sent."""
    account = await people.account_of(session, chat_id)
    if account is None or account.reachable:
        return
    account.reachable = True
    for person in await people.persons_at(session, account.id):
        await ledger.record(
            session, person.id, "account.linked", now, account=account.id, back=True
        )
        await tasking.close_returned(session, person, TaskKind.BLOCKED, now)
        await _greet(session, account, person, now)


async def _greet(session: AsyncSession, account: Account, person: Person, now: datetime) -> None:
    """Tell a learner who is back when the next class is."""
    study_class = await people.class_of(session, person.id, Role.LEARNER, now)
    following = await meetings.following(session, study_class.id, now) if study_class else None
    if following is None:
        return
    here = listener(account, person)
    values = {
        "day": day_word(following.starts_at, now, here.language),
        "time": clock(following.starts_at),
    }
    said = Screen(
        _("You are back. Your next class is %(day)s at %(time)s."),
        values,
        picture("next"),
        rows=homing.choices(person),
        slots={"day": following.starts_at},
    )
    await show(session, here, said, now)
