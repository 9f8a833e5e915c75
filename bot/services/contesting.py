"""A learner says that a mark is wrong (异议): in their own voice; word and mark both stay."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html, translate
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import asking, homing, rolling
from bot.services.days_picture import Day, days_picture
from bot.services.keeping import Attachment, keep
from bot.services.makeups import when
from bot.services.permitting import holds
from bot.services.reaching import class_heads, listeners
from bot.services.standing import standing
from bot.voice.buttons import GREEN, Button, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, kept, receipt, show, tell
from db import ledger
from db.models import Contest, Mark, Meeting, MeetingState, Membership, Person, Priority, Role
from db.queries import marks, objections, tasks
from db.queries.planning import names_of

OFFERED = 4
LONGEST = 400  # characters kept of what was written
HOWS = {
    "group": _("tap in the group"),
    "tap": _("tap"),
    "voice": _("voice"),
    "code": _("code"),
    "qr": _("QR code"),
    "list": _("list in the group"),
    "roll": _("roll call"),
    "witness": _("class head's witness"),
    "paper": _("paper sheet"),
    "import": _("file of an online meeting"),
    "makeup": _("makeup mark"),
}


async def ask_day(session: AsyncSession, here: Listener, data: Path, now: datetime) -> None:
    """Ask a learner which of the last four classes is not right."""
    person = here.person
    held = await objections.attended_last(session, person.id, OFFERED) if person else ()
    if person is None or not held:
        if person:
            await homing.say_next(session, here, person, now)
        return
    days = []
    for meeting in held:
        theirs = await marks.of_person(session, meeting.id, person.id)
        days.append(Day(meeting.starts_at, standing(theirs, meeting).status))
    rows: list[Button] = [
        button(str(number), f"contest:{meeting.id}") for number, meeting in enumerate(held, 1)
    ]
    # The picture that was drawn for this very learner takes the place of the shipped one.
    asked = Screen(_("Which day is not right?"), picture=picture("again"), rows=[rows])
    card = await show(session, here, asked, now)
    card.payload = {**card.payload, "photo": kept(days_picture(data, days))}


async def may_contest(session: AsyncSession, person: Person, meeting: Meeting) -> bool:
    """Say whether somebody learnt in a class that is over, and so may contest its marks."""
    if meeting.state is not MeetingState.CLOSED:
        return False
    return person.id in {one.id for one in await objections.learnt_in(session, meeting)}


async def ask_words(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> bool:
    """Ask a learner what happened; False where they cannot contest this class."""
    if here.person is None or not await may_contest(session, here.person, meeting):
        return False
    here.account.state = f"contest:{meeting.id}"
    asked = Screen(_("Hold the microphone and say what happened."), picture=picture("microphone"))
    await show(session, here, asked, now)
    return True


async def hear(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    now: datetime,
    *,
    text: str = "",
    said: Attachment | None = None,
) -> bool:
    """Take a learner's word, and pass it on; False where it is not awaited.

    While one contest of a day waits, further words go with it: they are kept and passed on.
    """
    person = here.person
    here.account.state = None
    if person is None or not await may_contest(session, person, meeting):
        return False
    media = await keep(session, said, person.id, now) if said else None
    contest = await objections.contest_of(session, meeting.id, person.id)
    again = contest is not None
    if contest is None:
        contest = Contest(
            meeting_id=meeting.id,
            person_id=person.id,
            text=text[:LONGEST],
            voice_id=media.id if media else None,
            at=now,
        )
        session.add(contest)
        await session.flush()
    about = {"contest": contest.id, "meeting": meeting.id, "media": media.id if media else None}
    await ledger.record(session, person.id, "mark.contested", now, **about)
    thanks = _("I have passed it on. Your words and the mark both stay in the file.")
    receipt(session, here, Screen(thanks), now)
    for one in await deciders(session, contest, meeting, now):
        for place in await listeners(session, one):
            if again and media:
                await asking.pass_on(session, place, media.id, "", [], now)
            if not again:
                await show_contest(session, place, contest, now)
    return True


async def deciders(
    session: AsyncSession, contest: Contest, meeting: Meeting, now: datetime
) -> Sequence[Person]:
    """List who may decide: the class head, or the township once it was passed up."""
    if contest.raised_at is None:
        heads = await class_heads(session, meeting.study_class_id, now)
        return [head for head in heads if head.id != contest.person_id]
    return await above(session, contest, meeting, now)


async def above(
    session: AsyncSession, contest: Contest, meeting: Meeting, now: datetime
) -> Sequence[Person]:
    """List who decides in the learner's township, or else in that of the class."""
    person = await session.get_one(Person, contest.person_id)
    townships = dict.fromkeys((person.township, meeting.study_class.township))
    for township in townships:
        staff = await tasks.staff_of_township(session, township, now) if township else ()
        found = [one for one in staff if one.id != person.id]
        if found:
            return found
    return ()


async def may_decide(
    session: AsyncSession, person: Person, contest: Contest, now: datetime
) -> bool:
    """Say whether a contest is somebody's to decide at this moment."""
    meeting = await session.get_one(Meeting, contest.meeting_id)
    found = await deciders(session, contest, meeting, now)
    return person.id in {one.id for one in found}


async def show_contest(
    session: AsyncSession, place: Listener, contest: Contest, now: datetime
) -> None:
    """Show who decides the learner's own words, and all marks of that day."""
    meeting = await session.get_one(Meeting, contest.meeting_id)
    person = await session.get_one(Person, contest.person_id)
    heading = translate(
        MANDARIN,
        _("%(name)s says that the mark of %(day)s is wrong. Listen, then decide."),
        name=person.name,
        day=when(meeting),
    )
    lines = [heading, *await _marks_of(session, person, meeting)]
    if contest.text:
        lines.insert(1, f"“{contest.text}”")
    words, rows = "\n".join(lines), _choices(contest)
    way = Way(Priority.CHECKIN, purpose="contest")
    if contest.voice_id:
        await asking.pass_on(session, place, contest.voice_id, "", [], now, way)
    tell(session, place, "%(words)s", now, rows, way, words=words)


async def _marks_of(session: AsyncSession, person: Person, meeting: Meeting) -> list[str]:
    """Write every mark of somebody at a meeting, those taken back too, oldest first."""
    theirs = await marks.of_person(session, meeting.id, person.id)
    names = await names_of(session, [mark.made_by for mark in theirs])
    if not theirs:
        return [translate(MANDARIN, _("No mark was made."))]
    return [line_of(mark, names) for mark in theirs]


def line_of(mark: Mark, names: dict[int, str]) -> str:
    """Write a mark in a line: when, which part of the class, what, how, by whom."""
    phase = {"in": _("coming"), "mid": _("midway"), "out": _("going")}[mark.phase.value]
    status = rolling.FACES.get(mark.status, _("taken back"))
    parts = (phase, status, HOWS[mark.how.value])
    said = " ".join(translate(MANDARIN, part) for part in parts)
    return f"{clock(mark.at)} {said} {names.get(mark.made_by, '—')}"


def _choices(contest: Contest) -> Keyboard:
    """Return what can be decided; what was passed up is not passed on again."""
    faces = [
        button(html(MANDARIN, _("Change to here")), f"settle:{contest.id}:1", GREEN),
        button(html(MANDARIN, _("Change to late")), f"settle:{contest.id}:2"),
        button(html(MANDARIN, _("Leave it")), f"settle:{contest.id}:0"),
    ]
    up = button(html(MANDARIN, _("To the township")), f"settle:{contest.id}:9")
    return [faces, [up] if contest.raised_at is None else []]


async def list_waiting(
    session: AsyncSession, here: Listener, held: Sequence[Membership], now: datetime
) -> None:
    """Show every contest that waits for who asks."""
    person, shown = here.person, 0
    for contest in await objections.contests_waiting(session, person.county_id) if person else ():
        meeting = await session.get_one(Meeting, contest.meeting_id)
        near = holds(held, Role.CLASS_HEAD, meeting.study_class_id) or contest.raised_at
        if person and near and await may_decide(session, person, contest, now):
            await show_contest(session, here, contest, now)
            shown += 1
    if not shown:
        tell(session, here, _("Nobody contests a mark."), now)
