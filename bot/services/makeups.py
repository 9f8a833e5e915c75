"""Makeup marks (补录): asked for with a reason, decided by a second person, visible for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html
from bot.language import N_ as _
from bot.services import asking, makeup_evidence, rolling
from bot.services.keeping import Attachment, keep
from bot.services.makeup_evidence import NOTHING, Evidence
from bot.services.marking import make_mark
from bot.services.reaching import class_heads, listeners
from bot.services.reminder_times import day_of
from bot.services.standing import CAME, standing
from bot.voice.buttons import GREEN, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Way, tell
from db import ledger
from db.models import (
    How,
    Makeup,
    Meeting,
    MeetingState,
    Person,
    Phase,
    Priority,
    Status,
    Sure,
)
from db.queries import marks, objections

LONGEST = 400  # characters of a reason


@dataclass(frozen=True)
class Reason:
    """Why a mark is to be made up, spoken or written, and what shows that it is true."""

    text: str = ""
    said: Attachment | None = None
    evidence: Evidence = NOTHING


def why_not(meeting: Meeting, now: datetime) -> str:
    """Say why nothing can be made up for a meeting; empty where it can."""
    if meeting.state is MeetingState.CANCELLED:
        return _("This class was cancelled: there is nothing to make up.")
    if meeting.state is not MeetingState.CLOSED or meeting.closed_at is None:
        return _("This class is not over and closed: there is nothing to make up yet.")
    if day_of(now) == day_of(meeting.closed_at):
        return _("This class can be reopened today: please call the roll.")
    return ""


async def absent(session: AsyncSession, meeting: Meeting) -> list[Person]:
    """List whom nothing shows as having been there, of those who learnt in the class then."""
    found = []
    for person in await objections.learnt_in(session, meeting):
        theirs = await marks.of_person(session, meeting.id, person.id)
        if standing(theirs, meeting).status not in CAME:
            found.append(person)
    return found


async def ask(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    person_id: int,
    status: Status,
    now: datetime,
    reason: Reason,
) -> Makeup | None:
    """Ask for a makeup mark, with its reason; None where it cannot be asked for (any more)."""
    asker = here.person
    missing = {person.id: person for person in await absent(session, meeting)}
    person = missing.get(person_id)
    if asker is None or person is None or why_not(meeting, now) or asker.id == person_id:
        return None
    if await objections.makeup_of(session, meeting.id, person.id):
        return None
    media = await keep(session, reason.said, asker.id, now) if reason.said else None
    made = Makeup(
        meeting_id=meeting.id,
        person_id=person.id,
        status=status,
        reason=reason.text[:LONGEST],
        voice_id=media.id if media else None,
        asked_by=asker.id,
        asked_at=now,
        evidence_id=reason.evidence.media_id,
        sheet_id=reason.evidence.sheet_id,
    )
    session.add(made)
    await session.flush()
    await ledger.record(
        session,
        person.id,
        "makeup.asked",
        now,
        makeup=made.id,
        meeting=meeting.id,
        status=status,
        by=asker.id,
        media=made.voice_id,
        evidence=made.evidence_id,
        sheet=made.sheet_id,
    )
    deciders = await may_decide(session, made, meeting, now)
    for one in deciders:
        for place in await listeners(session, one):
            await show(session, place, made, now)
    text_ = _("Asked for: %(name)s, %(day)s. It counts once a second person has agreed.")
    if not deciders:
        text_ = _("Asked for: %(name)s, %(day)s. Nobody who may agree is on a phone yet.")
    tell(session, here, text_, now, name=person.name, day=when(meeting))
    return made


async def may_decide(
    session: AsyncSession, makeup: Makeup, meeting: Meeting, now: datetime
) -> list[Person]:
    """List who may decide on a makeup: the class head; the township or school on a head's own.

    Never who asked, nor whom it is about.
    """
    apart = {makeup.asked_by, makeup.person_id}
    heads = await class_heads(session, meeting.study_class_id, now)
    if makeup.asked_by not in {head.id for head in heads}:
        found = [head for head in heads if head.id not in apart]
        if found:
            return found
    study_class = meeting.study_class
    staff = await objections.above(session, study_class.county_id, study_class.township, now)
    return [person for person in staff if person.id not in apart]


async def show(session: AsyncSession, place: Listener, makeup: Makeup, now: datetime) -> None:
    """Show who may decide what is asked for, and why."""
    meeting = await session.get_one(Meeting, makeup.meeting_id)
    person = await session.get_one(Person, makeup.person_id)
    asker = await session.get_one(Person, makeup.asked_by)
    rows: Keyboard = [
        [
            button(html(MANDARIN, _("Agree")), f"makeup:{makeup.id}:1", GREEN),
            button(html(MANDARIN, _("Do not agree")), f"makeup:{makeup.id}:0"),
        ]
    ]
    values: dict[str, object] = {
        "teacher": asker.name,
        "name": f"{person.name}（{rolling.face(makeup.status)}）",
        "day": when(meeting),
        "reason": makeup.reason or "🎤",
    }
    text = _("%(teacher)s asks for a makeup mark: %(name)s, %(day)s, %(reason)s")
    way = Way(Priority.CHECKIN, purpose="makeup")
    await makeup_evidence.show(session, place, makeup, now)
    if makeup.voice_id:
        words = html(MANDARIN, text, **values)
        await asking.pass_on(session, place, makeup.voice_id, words, rows, now, way)
    else:
        tell(session, place, text, now, rows, way, **values)


def when(meeting: Meeting) -> str:
    """Say when a meeting was, so that its day cannot be mistaken."""
    day = day_of(meeting.starts_at)
    return f"{day:%m-%d} {clock(meeting.starts_at)} {meeting.title}"


async def decide(
    session: AsyncSession, here: Listener, makeup: Makeup, now: datetime, *, agreed: bool
) -> bool:
    """Decide on a makeup, once; a mark of its own kind is made, and a refusal stays as well."""
    decider, meeting = here.person, await session.get_one(Meeting, makeup.meeting_id)
    allowed = {one.id for one in await may_decide(session, makeup, meeting, now)}
    if decider is None or decider.id not in allowed or makeup.decided_at is not None:
        return False
    person = await session.get_one(Person, makeup.person_id)
    asker = await session.get_one(Person, makeup.asked_by)
    makeup.granted, makeup.decided_by, makeup.decided_at = agreed, decider.id, now
    if agreed:
        mark = await make_mark(
            session,
            person=person,
            meeting=meeting,
            phase=Phase.IN,
            status=makeup.status,
            how=How.MAKEUP,
            sure=Sure.MAKEUP,
            by=asker,
            at=now,
            key=f"makeup:{makeup.id}",
            voice_id=makeup.voice_id,
        )
        makeup.mark_id = mark.id if mark else None
    kind = "makeup.approved" if agreed else "makeup.refused"
    about = {"makeup": makeup.id, "meeting": meeting.id, "by": decider.id}
    await ledger.record(session, person.id, kind, now, **about)
    text = (
        _("%(decider)s agrees to the makeup mark: %(name)s, %(day)s.")
        if agreed
        else _("%(decider)s does not agree to the makeup mark: %(name)s, %(day)s.")
    )
    about_ = {"decider": decider.name, "name": person.name, "day": when(meeting)}
    for place in (*await listeners(session, asker), here):
        tell(session, place, text, now, (), Way(Priority.CHECKIN, purpose="makeup"), **about_)
    return True


async def waiting_for(session: AsyncSession, person: Person, now: datetime) -> Sequence[Makeup]:
    """List the makeups that wait for somebody's word."""
    found = []
    for makeup in await objections.makeups_waiting(session, person.county_id):
        meeting = await session.get_one(Meeting, makeup.meeting_id)
        if person.id in {one.id for one in await may_decide(session, makeup, meeting, now)}:
            found.append(makeup)
    return found
