"""Proof of teaching: which meeting lacks its photo or log, and how both are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, day_word, html, names, translate
from bot.language import N_ as _
from bot.services.isolating import apart
from bot.services.listing_today import day_of
from bot.services.permitting import holds
from bot.services.proof_rules import rules
from bot.services.quieting import awake
from bot.services.reaching import listeners
from bot.services.staff_screens import escaped
from bot.services.windows import windows_of
from bot.voice.buttons import Button, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db.models import Meeting, MeetingState, Membership, Person, Priority, Role
from db.queries import coming, notices, proofs, sheets

# What free input means now. `photo` is taken: in it a learner answers a step.
PHOTO, LOG, CLOSING, ALBUM = "class-photo", "log", "closing", "album"
ASKED = "proof-ask"  # what a question is for, so that its age is known
MOST = 8  # meetings offered
STAFF = (Role.TEACHER, Role.CLASS_HEAD)
CLASS_PHOTO, TEACHING_LOG = _("Class photo"), _("Teaching log")
ACTS = {CLASS_PHOTO: ("📷", "photo"), TEACHING_LOG: ("🎤", "log")}
QUESTIONS = {
    PHOTO: _("Send a photo of the class, taken now."),
    LOG: _("Say what was taught, how it went, what comes next."),
}
CANCELLED = _("This class was cancelled: nothing is filed for it.")
EARLY = _("This class has not begun yet.")
LATE = _("This class was more than %(days)d days ago. Please tell the class head.")


@dataclass(frozen=True)
class Wanted:
    """What was asked of an account: for which meeting, and the album that still comes in."""

    word: str
    meeting_id: int
    album: str = ""

    @property
    def state(self) -> str:
        """Return it as an account keeps it."""
        return ":".join(filter(None, (self.word, str(self.meeting_id), self.album)))


def wanted(here: Listener) -> Wanted:
    """Return what was asked of this account."""
    word, _colon, rest = (here.account.state or "").partition(":")
    number, _colon, album = rest.partition(":")
    return Wanted(word, int(number) if number.isdigit() else 0, album)


async def waits(session: AsyncSession, here: Listener, now: datetime) -> bool:
    """Say whether what was asked was asked a short while ago."""
    since = now - timedelta(minutes=rules().ask_minutes)
    return await coming.latest(session, here.chat_id, ASKED, since) is not None


async def missing(session: AsyncSession, meeting: Meeting) -> list[str]:
    """List what a meeting still lacks, as the catalog names it."""
    photo, log = (await proofs.there(session, [meeting.id])).get(meeting.id, (False, False))
    return [what for what, is_there in ((CLASS_PHOTO, photo), (TEACHING_LOG, log)) if not is_there]


def named(lacking: Sequence[str]) -> str:
    """Name what is missing."""
    return names([translate(MANDARIN, what) for what in lacking], MANDARIN)


def buttons(meeting: Meeting, lacking: Sequence[str], number: str = "") -> list[Button]:
    """Return the buttons that bring what is missing."""
    row = []
    for what in lacking:
        sign, act = ACTS[what]
        face = " ".join(filter(None, (number, sign, translate(MANDARIN, what))))
        row.append(button(face, f"{act}:{meeting.id}"))
    return row


def why_not(meeting: Meeting, now: datetime) -> str:
    """Say why nothing can be filed for a meeting; nothing where it can."""
    if meeting.state is MeetingState.CANCELLED:
        return CANCELLED
    if now < meeting.starts_at - timedelta(minutes=windows_of(meeting).opens_before):
        return EARLY
    if now > meeting.ends_at + timedelta(days=rules().days_after):
        return LATE
    return ""


def refused(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> bool:
    """Say why nothing can be filed for a meeting, and say whether that was so."""
    why = why_not(meeting, now)
    if why:
        here.account.state = None
        tell(session, here, why, now, days=rules().days_after)
    return bool(why)


async def ask(
    session: AsyncSession, here: Listener, meeting: Meeting, word: str, now: datetime
) -> None:
    """Ask for a meeting's photo or log."""
    if refused(session, here, meeting, now):
        return
    here.account.state = Wanted(word, meeting.id).state
    tell(session, here, QUESTIONS[word], now, way=Way(purpose=ASKED))


def expect(here: Listener, meeting: Meeting, lacking: Sequence[str]) -> Way:
    """Let what is missing at closing be sent without a tap; return how the question goes out."""
    if not lacking:
        return Way()
    word = CLOSING if len(lacking) > 1 else PHOTO if CLASS_PHOTO in lacking else LOG
    asked = wanted(here)
    album = asked.album if asked.meeting_id == meeting.id else ""
    here.account.state = Wanted(word, meeting.id, album).state
    return Way(purpose=ASKED)


async def choose(
    session: AsyncSession, here: Listener, held: Sequence[Membership], word: str, now: datetime
) -> None:
    """Ask for the photo or log of the only meeting that can be meant, or let it be chosen."""
    here.account.state = None
    found = await _near(session, here, held, now)
    if not found:
        tell(session, here, _("You have had no class in the last days."), now)
    elif len(found) == 1:
        await ask(session, here, found[0], word, now)
    else:
        act = {PHOTO: "photo", LOG: "log"}[word]
        rows = [
            [
                button(
                    f"{day_word(one.starts_at, now, MANDARIN)} {clock(one.starts_at)} "
                    f"{one.study_class.name} {one.title}",
                    f"{act}:{one.id}",
                )
            ]
            for one in found
        ]
        tell(session, here, _("Of which class?"), now, rows)


async def _near(
    session: AsyncSession, here: Listener, held: Sequence[Membership], now: datetime
) -> list[Meeting]:
    """List the meetings that can be meant: those open now, else today's, else the latest."""
    if here.person is None:
        return []
    classes = {
        one.study_class_id
        for one in held
        if one.study_class_id and any(holds([one], role, one.study_class_id) for role in STAFF)
    }
    after = now - timedelta(days=rules().days_after + 1)
    until = now + timedelta(days=1)
    near = await sheets.meetings_near(session, here.person.id, classes, after=after, until=until)
    near = [one for one in near if not why_not(one, now)]
    opened = [one for one in near if one.state is MeetingState.OPEN]
    today = [one for one in near if one.starts_at >= day_of(now)[0]]
    return list(opened or today or near[-MOST:])


async def ask_due(session: AsyncSession, now: datetime) -> int:
    """Ask each teacher once in the evening for what the day's classes lack; return how many."""
    local = now.astimezone(SHANGHAI)
    at = rules().ask_at
    due = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if local < due or awake(now) > now:
        return 0
    of_teacher: dict[int, list[int]] = {}
    for teacher_id, number in await proofs.lacking(
        session, after=due - timedelta(days=1), until=due
    ):
        of_teacher.setdefault(teacher_id, []).append(number)
    asked = 0
    for teacher_id, numbers in of_teacher.items():
        act = _ask_teacher(session, teacher_id, numbers, f"proof:{due:%Y%m%d}", now)
        asked += await apart(session, act, f"proof of teacher {teacher_id}") or 0
    return asked


async def _ask_teacher(
    session: AsyncSession, teacher_id: int, numbers: Sequence[int], key: str, now: datetime
) -> int:
    """Ask one teacher, once under a key; a meeting of which something is broken is left out."""
    teacher = await session.get_one(Person, teacher_id)
    places = await listeners(session, teacher)
    keys = {place.chat_id: f"{key}:{teacher.id}:{place.chat_id}" for place in places}
    new = [one for one in places if not await notices.exists(session, keys[one.chat_id])]
    if not new:
        return 0
    found = [await apart(session, _one(session, one), f"proof of meeting {one}") for one in numbers]
    lacking = [meeting for meeting in found if meeting]
    if not lacking:
        return 0
    lines, rows = await _listed(session, lacking, now)
    for place in new:
        way = Way(Priority.REMINDER, keys[place.chat_id], purpose="proof-evening")
        payload = {"text": "\n".join(lines), "parse_mode": "HTML", "reply_markup": inline(rows)}
        put(session, place, "sendMessage", payload, now, way)
    return len(new)


async def _one(session: AsyncSession, number: int) -> Meeting:
    return await session.get_one(Meeting, number)


async def _listed(
    session: AsyncSession, lacking: Sequence[Meeting], now: datetime
) -> tuple[list[str], Keyboard]:
    """Return what each meeting lacks, in words and in buttons."""
    lines, rows = [html(MANDARIN, _("These classes still lack something:"))], []
    for number, meeting in enumerate(lacking, 1):
        what = await missing(session, meeting)
        when = f"{day_word(meeting.starts_at, now, MANDARIN)} {clock(meeting.starts_at)}"
        words = f"{number}. {when} {meeting.study_class.name} {meeting.title}: {named(what)}"
        lines.append(escaped(words))
        rows.append(buttons(meeting, what, str(number)))
    return lines, rows
