"""Deciding on a contested mark: put right, left as it was, or passed up; always with a reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import day_word, translate
from bot.services import asking, contesting, rolling
from bot.services.keeping import Attachment, keep
from bot.services.makeups import when
from bot.services.marking import make_mark
from bot.services.reaching import listeners
from bot.services.reminder_rules import rules_of
from bot.services.reminder_times import quiet_at, quiet_of
from bot.services.standing import CAME, valid
from bot.services.whose_word import CONTEST
from bot.services.windows import windows_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, receipt, tell
from db import ledger
from db.models import Contest, How, Meeting, Person, Phase, Priority, Status, Sure
from db.queries import marks

RAISE = 9
DECISIONS = {0: None, 1: Status.PRESENT, 2: Status.LATE}


@dataclass(frozen=True)
class Reason:
    """Why it was decided so, spoken or written."""

    text: str = ""
    said: Attachment | None = None


async def open_to(
    session: AsyncSession, here: Listener, contest: Contest | None, now: datetime
) -> bool:
    """Say whether a contest is still to be decided by who is here."""
    if contest is None or here.person is None or contest.decided_at is not None:
        return False
    return await contesting.may_decide(session, here.person, contest, now)


async def choose(
    session: AsyncSession, here: Listener, contest: Contest, number: int, now: datetime
) -> bool:
    """Take what was decided and ask for the reason; passing up needs none."""
    if number == RAISE and contest.raised_at is None:
        return await _raise(session, here, contest, now)
    if number not in DECISIONS:
        return False
    here.account.state = f"settle{number}:{contest.id}"
    tell(session, here, _("Say or write the reason. The learner hears it."), now)
    return True


async def _raise(session: AsyncSession, here: Listener, contest: Contest, now: datetime) -> bool:
    """Pass a contest up to the township."""
    meeting = await session.get_one(Meeting, contest.meeting_id)
    staff = await contesting.above(session, contest, meeting, now)
    if not staff:
        tell(session, here, _("Nobody of the township is here. Please decide yourself."), now)
        return False
    contest.raised_at = now
    by = here.person.id if here.person else None
    about = {"contest": contest.id, "meeting": meeting.id, "by": by}
    await ledger.record(session, contest.person_id, "contest.raised", now, **about)
    for one in staff:
        for place in await listeners(session, one):
            await contesting.show_contest(session, place, contest, now)
    tell(session, here, _("Passed on to the township."), now)
    return True


async def settle(
    session: AsyncSession,
    here: Listener,
    contest: Contest,
    number: int,
    reason: Reason,
    now: datetime,
) -> None:
    """Decide, once: a new mark is made where it is put right; what was marked before stays."""
    here.account.state = None
    decider = here.person
    if decider is None:
        return
    meeting = await session.get_one(Meeting, contest.meeting_id)
    person = await session.get_one(Person, contest.person_id)
    media = await keep(session, reason.said, decider.id, now) if reason.said else None
    contest.status, contest.word_id = DECISIONS[number], media.id if media else None
    contest.reason = reason.text[: contesting.LONGEST]
    contest.decided_by, contest.decided_at = decider.id, now
    mark = None
    if contest.status is not None:
        mark = await make_mark(
            session,
            person=person,
            meeting=meeting,
            phase=Phase.IN,
            status=contest.status,
            how=How.WITNESS,
            sure=Sure.TEACHER,  # a decision counts before whatever was marked, also in a roll call
            by=decider,
            at=now,
            key=f"{CONTEST}{contest.id}",
            voice_id=contest.word_id,
            minutes_late=await _late(session, person, meeting, contest.status),
        )
    await ledger.record(
        session,
        person.id,
        "contest.settled",
        now,
        contest=contest.id,
        meeting=meeting.id,
        status=contest.status,
        mark=mark.id if mark else None,
        by=decider.id,
        media=contest.word_id,
        **({"words": reason.text[: contesting.LONGEST]} if reason.text else {}),
    )
    for place in await listeners(session, person):
        await _tell(session, place, contest, meeting, reason, now)
    tell(session, here, _("Decided: %(name)s, %(day)s."), now, name=person.name, day=when(meeting))


async def _late(session: AsyncSession, person: Person, meeting: Meeting, status: Status) -> int:
    """Say how late somebody was: by what was marked then, else by the least that is late."""
    if status is not Status.LATE:
        return 0
    theirs = valid(await marks.of_person(session, meeting.id, person.id))
    came = [mark for mark in theirs if mark.phase is Phase.IN and mark.status in CAME]
    least = windows_of(meeting).grace + 1
    first = min(came, key=lambda mark: (mark.at, mark.id), default=None)
    if first is None or first.at > meeting.ends_at:
        return least
    tapped = int((first.at - meeting.starts_at).total_seconds() // 60)
    return max(first.minutes_late or tapped, least)


async def _tell(
    session: AsyncSession,
    place: Listener,
    contest: Contest,
    meeting: Meeting,
    reason: Reason,
    now: datetime,
) -> None:
    """Tell a learner what was decided and why, outside their quiet hours."""
    quiet = quiet_at(now, quiet_of(place.person, rules_of(meeting.study_class)[0]))
    not_before = quiet[1] if quiet else None
    way = Way(Priority.CHECKIN, not_before=not_before, purpose="contest")
    if contest.status is None:
        said = Screen(_("It stays as it was. Listen to the reason."))
    else:
        day = day_word(meeting.starts_at, now, place.language)
        status = translate(place.language, rolling.FACES[contest.status])
        values = {"day": day, "status": status}
        text = _("It has been put right: %(day)s, %(status)s.")
        said = Screen(text, values, slots={"day": meeting.starts_at})
    receipt(session, place, said, now, way)
    if contest.word_id:
        await asking.pass_on(session, place, contest.word_id, "", [], now, way)
    elif reason.text:
        tell(session, place, "%(words)s", now, (), way, words=reason.text)
        if place.reads_nothing and place.person:  # written to who cannot read it: that is known
            about = {"key": asking.WRITTEN, "wanted": place.speaks, "reason": "written"}
            about["given"] = ""
            await ledger.record(session, place.person.id, "voice.fallback", now, **about)


def say_settled(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that somebody has decided meanwhile."""
    tell(session, here, _("This was decided already. Nothing was changed."), now)


def say_not_heard(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that nothing can be heard in a voice; the reason is still waited for."""
    text = _("I hear nothing in it. Hold the microphone and speak close to it.")
    tell(session, here, text, now)
