"""Asking for the code of the moment: a pad of ten digits, as on a telephone."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.voice.buttons import Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, show
from db.models import Meeting

DIGITS = 4
WAITS = "code"  # the account's state while digits come: the meeting, and those pressed so far
ASKED = _("Press the four numbers on the teacher's phone.")


async def ask_code(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> None:
    """Ask a learner for the four digits on the teacher's phone."""
    here.account.state = f"{WAITS}:{meeting.id}:"
    asked = Screen(ASKED, picture=picture("code"), rows=pad(meeting.id))
    await show(session, here, asked, now)


def pad(meeting_id: int) -> Keyboard:
    """Return the buttons with which digits are pressed."""
    keys = [button(str(digit), f"digit:{meeting_id}:{digit}") for digit in range(10)]
    return [keys[1:4], keys[4:7], keys[7:10], keys[:1]]


def awaited(here: Listener) -> int:
    """Return the meeting whose code is awaited; 0 where none is."""
    word, _colon, rest = (here.account.state or "").partition(":")
    number = rest.partition(":")[0]
    return int(number) if word == WAITS and number.isdigit() else 0


def typed(here: Listener, meeting_id: int) -> str:
    """Return the digits that were pressed so far for a meeting."""
    if awaited(here) != meeting_id:
        return ""
    return (here.account.state or "").rpartition(":")[2]
