"""The hour at which a learner wants to be reminded, chosen by picture."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import reminding
from bot.services.reminder_rules import shipped_rules, time_of
from bot.voice.buttons import button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger

FACES = {1: "1 🌅", 2: "2 ☀️", 3: "3 🌙"}


async def ask_hour(session: AsyncSession, listener: Listener, now: datetime) -> None:
    """Ask when to remind: in the morning, at noon or in the evening of the day before."""
    asked = Screen(
        _("When shall I remind you? 1 morning, 2 noon, 3 evening."),
        picture=picture("when"),
        rows=[[button(face, f"when:{number}") for number, face in FACES.items()]],
    )
    await show(session, listener, asked, now)


async def choose_hour(
    session: AsyncSession, listener: Listener, number: int, now: datetime
) -> bool:
    """Keep the hour that was chosen; what is still to come moves to it at once."""
    hours = shipped_rules().hours
    chosen = {1: hours.morning, 2: hours.noon, 3: hours.evening}.get(number)
    if listener.person is None or chosen is None:
        return False
    person = listener.person
    person.remind_at = chosen
    await ledger.record(
        session, person.id, "setting.changed", now, setting="remind_at", value=time_of(chosen)
    )
    await reminding.replan_person(session, person, now)
    receipt(session, listener, Screen(_("Done. From now on like this.")), now)
    return True
