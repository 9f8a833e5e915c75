"""The code of the moment (签到码): four digits and a QR that only who is in the room can see.

Both are made of the school's key, the meeting and the quarter of a minute, so nothing is stored and
nothing can be guessed from what was shown before. A code that was shouted out is replaced at once:
the number of leaks goes into it too.
"""

import hmac
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import attending, checkin_words, sharing
from bot.services.code_pad import DIGITS, WAITS, ask_code, typed
from bot.services.reaching import tell_class_heads
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import How, Meeting, MeetingState
from db.queries import codes, meetings, people
from db.sealing import Key

SECONDS = 15
HOLDS = timedelta(seconds=2)  # digits, after the picture has changed
TRIES = 5  # wrong codes of an account at one meeting


def window_of(now: datetime) -> int:
    """Return the number of this quarter of a minute."""
    return int(now.timestamp()) // SECONDS


def code_at(key: Key, meeting: Meeting, window: int, leaks: int = 0) -> str:
    """Return the four digits of a meeting in one window."""
    made = hmac.digest(key.part("code"), f"{meeting.id}:{window}:{leaks}".encode(), "sha256")
    return f"{int.from_bytes(made[:8], 'big') % 10**DIGITS:0{DIGITS}}"


async def leaks_of(session: AsyncSession, meeting: Meeting) -> int:
    """Count how often a meeting's code was given away."""
    return len(await codes.told(session, [meeting.teacher_id], codes.LEAKED, meeting))


def digits_of(text: str) -> str:
    """Return the digits of what was typed, of whatever width and however spaced."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def accepted(key: Key, meeting: Meeting, leaks: int, now: datetime) -> set[str]:
    """Return the digits that hold at a moment."""
    windows = {window_of(now), window_of(now - HOLDS)}
    return {code_at(key, meeting, window, leaks) for window in windows}


def shown_lately(key: Key, meeting: Meeting, leaks: int, now: datetime) -> set[str]:
    """Return the digits of the last half minute: a slow thumb is no guess."""
    last = window_of(now)
    return {code_at(key, meeting, window, leaks) for window in range(last - 2, last + 1)}


async def press(
    session: AsyncSession, here: Listener, meeting: Meeting, digits: str, key: Key, now: datetime
) -> str:
    """Take one more digit, or all four; return what stands on the pad now."""
    said = (typed(here, meeting.id) + digits)[-DIGITS:] if len(digits) < DIGITS else digits
    here.account.state = f"{WAITS}:{meeting.id}:{said}"
    if len(said) < DIGITS:
        return said.ljust(DIGITS, "·")
    await enter(session, here, meeting, said, key, now)
    return "●" * DIGITS


async def enter(
    session: AsyncSession, here: Listener, meeting: Meeting, digits: str, key: Key, now: datetime
) -> None:
    """Judge a code: the right one checks in; wrong ones are counted, and five are enough."""
    person = here.person
    if person is None:
        return
    here.account.state = None
    if attending.judge(meeting, now)[0] in attending.SHUT:
        made = attending.CheckIn(attending.judge(meeting, now)[0], meeting)
        await checkin_words.answer(session, here, made, now)
        return
    sharers = await people.persons_at(session, here.account.id)
    wrong = await codes.told(session, [one.id for one in sharers], codes.WRONG, meeting)
    tries = sum(one.get("account") == here.account.id for one in wrong)
    if tries >= TRIES:
        await send_to_teacher(session, here, now)
        return
    leaks = await leaks_of(session, meeting)
    if digits in accepted(key, meeting, leaks, now):
        await sharing.check_in_here(session, here, sharers, meeting.id, now, how=How.CODE)
        return
    if digits in shown_lately(key, meeting, leaks, now):
        await ask_again(session, here, meeting, now)
        return
    about = {"meeting": meeting.id, "account": here.account.id}
    await ledger.record(session, person.id, codes.WRONG, now, **about)
    if tries + 1 < TRIES:
        await ask_again(session, here, meeting, now)
        return
    await send_to_teacher(session, here, now)
    await tell_class_heads(
        session,
        meeting.study_class_id,
        _("%(name)s gave %(tries)d wrong codes: %(lesson)s. Please see whether they are there."),
        now,
        f"codes:{meeting.id}:{here.account.id}",
        name=person.name,
        tries=TRIES,
        lesson=meeting.title,
    )


async def ask_again(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> None:
    """Say that the code was not right, and let it be pressed once more."""
    receipt(session, here, Screen(_("That is not it. Look again.")), now)
    await ask_code(session, here, meeting, now)


async def send_to_teacher(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Send a learner whose codes were wrong to the teacher, who can mark them."""
    said = Screen(_("Please go to your teacher, who will note you."), picture=picture("here"))
    await show(session, here, said, now)


async def enter_qr(
    session: AsyncSession, here: Listener, meeting_id: int, window: int, now: datetime
) -> None:
    """Check somebody in who opened the link of the moment; it holds through the next window."""
    meeting = await session.get(Meeting, meeting_id)
    if meeting is None or here.person is None:
        return
    if window_of(now) - window in (0, 1):
        here.account.state = None
        sharers = await people.persons_at(session, here.account.id)
        await sharing.check_in_here(session, here, sharers, meeting.id, now, how=How.QR)
    elif attending.judge(meeting, now)[0] in attending.SHUT:
        made = attending.CheckIn(attending.judge(meeting, now)[0], meeting)
        await checkin_words.answer(session, here, made, now)
    else:
        await ask_again(session, here, meeting, now)


async def given_away(
    session: AsyncSession, chat_id: int, text: str, key: Key, now: datetime
) -> Meeting | None:
    """Return the meeting of a group whose code stands in a text."""
    study_class = await people.class_of_group(session, chat_id)
    meeting = await meetings.opened(session, study_class.id) if study_class else None
    if meeting is None or meeting.state is not MeetingState.OPEN:
        return None
    leaks = await leaks_of(session, meeting)
    said = digits_of(text)
    shown = shown_lately(key, meeting, leaks, now)
    return meeting if any(code in said for code in shown) else None
