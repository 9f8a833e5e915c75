"""What a learner hears of a check-in: aloud in private, or in a few words over the button."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import clock, day_word
from bot.services import locating
from bot.services.attending import SHUT, CheckIn, Outcome
from bot.services.code_pad import ask_code
from bot.services.hours_rules import local_day
from bot.services.reaching import tell_class_heads
from bot.services.windows import opens_at
from bot.voice.buttons import Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, receipt
from db import ledger
from db.models import Meeting, Person, Priority

RECEIPT_LIVES = timedelta(minutes=10)


async def answer(session: AsyncSession, listener: Listener, made: CheckIn, now: datetime) -> None:
    """Tell a learner in private what became of their check-in."""
    if made.outcome is Outcome.CODE:
        await ask_code(session, listener, made.meeting, now)
        return
    if made.outcome in SHUT and listener.person:
        await refused(session, listener.person, made, now)
    receipt(session, listener, _receipt(made, listener.language, now), now)
    if made.mark_id and made.meeting.study_class.location:
        await locating.offer(session, listener, made.meeting, now)


def _receipt(made: CheckIn, language: str, now: datetime) -> Screen:
    """Return the sentence that answers a check-in, and the arrow that takes it back."""
    starts = made.meeting.starts_at
    values: dict[str, object] = {}
    slots: dict[str, object] = {}
    match made.outcome:
        case Outcome.EARLY:
            text = _("You are early. I have noted it, and it counts from %(time)s.")
            values["time"] = clock(starts)
        case Outcome.LATE:
            text = _("You are here, %(minutes)d minutes late. Please come in.")
            values["minutes"] = made.minutes_late
        case Outcome.AGAIN:
            text = _("I have noted you already.")
        case Outcome.CLOSED:
            text = _("Check-in is closed. I have told your class head that you came.")
        case Outcome.TOO_EARLY if local_day(starts) == local_day(now):
            text = _("It is too early. Press the hand again %(day)s, from %(time)s on.")
            opens = opens_at(made.meeting)
            values |= {"day": day_word(opens, now, language), "time": clock(opens)}
            slots["day"] = opens
        case Outcome.TOO_EARLY:
            text = _("There is no class now. The next one is %(day)s at %(time)s.")
            values |= {"day": day_word(starts, now, language), "time": clock(starts)}
            slots["day"] = starts
        case Outcome.OTHER_CLASS:
            text = _("❌ This is another class.")
        case _:
            text = _("You are here: %(time)s.")
            values["time"] = clock(now)
    rows: Keyboard = [[button("↩️", f"undo:{made.mark_id}")]] if made.mark_id else []
    if made.outcome is Outcome.AGAIN and made.meeting.starts_at <= now < made.meeting.ends_at:
        rows = [[button("🚪", f"early:{made.meeting.id}")]]
    return Screen(text, values, rows=rows, slots=slots)


async def refused(session: AsyncSession, person: Person, made: CheckIn, now: datetime) -> None:
    """Keep in the record that somebody tapped too early, or after check-in was closed."""
    about = {"act": "here", "meeting": made.meeting.id}
    early = {"early": True} if made.outcome is Outcome.TOO_EARLY else {}
    await ledger.record(session, person.id, "act.refused", now, **about, **early)
    if made.outcome is Outcome.CLOSED:
        await _tell_late_comer(session, person, made.meeting, now)


async def _tell_late_comer(
    session: AsyncSession, person: Person, meeting: Meeting, now: datetime
) -> None:
    """Tell the class head of somebody who came after check-in was closed, once."""
    await tell_class_heads(
        session,
        meeting.study_class_id,
        _("%(name)s came after check-in was closed: %(lesson)s."),
        now,
        f"after:{meeting.id}:{person.id}",
        name=person.name,
        lesson=meeting.title,
    )


def toast(made: CheckIn) -> str:
    """Return the message id of the short answer over the group's button."""
    match made.outcome:
        case Outcome.EARLY | Outcome.PRESENT | Outcome.AGAIN:
            return _("✅ Noted, %(time)s")
        case Outcome.LATE:
            return _("✅ Noted, %(minutes)d minutes late")
        case Outcome.OTHER_CLASS:
            return _("❌ This is another class.")
        case Outcome.TOO_EARLY:
            return _("⏳ Too early: %(day)s, from %(opens)s on.")
        case _:
            return _("⏳ Closed. Write to me in private.")


def quiet_receipt(session: AsyncSession, here: Listener, made: CheckIn, now: datetime) -> None:
    """Say a group tap's receipt aloud in private, to who cannot read the toast."""
    way = Way(Priority.CHECKIN, expires_at=now + RECEIPT_LIVES, silent=True)
    if made.outcome is Outcome.LATE:
        text = _("You are here, %(minutes)d minutes late. Please come in.")
        receipt(session, here, Screen(text, {"minutes": made.minutes_late}), now, way)
        return
    said = Screen(_("You are here: %(time)s."), {"time": clock(now)})
    receipt(session, here, said, now, way)
