"""Walk-ins: somebody sits in class who is on no roster, and is marked all the same."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import enrolling, merging, rolling, tallying
from bot.services.chain_entries import plain
from bot.services.chain_list import bare
from bot.services.chain_marking import known_names
from bot.services.hearing import ID_NUMBER
from bot.services.marking import make_mark, next_key
from bot.services.reaching import class_heads, listeners
from bot.services.staffing import numbered
from bot.voice.buttons import Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db import ledger
from db.models import (
    County,
    How,
    Meeting,
    MeetingState,
    Person,
    Phase,
    Role,
    Status,
    Sure,
)
from db.queries import people, planning

KIND = "walkin"
NAME = re.compile(r"[^\W\d_]{2,20}")
BETWEEN = re.compile(r"[\s,，、;；/]+")
LONGEST_VILLAGE = 60


async def begin(session: AsyncSession, here: Listener, meeting: Meeting, now: datetime) -> bool:
    """Ask a teacher for the newcomer's name and village."""
    if meeting.state is not MeetingState.OPEN:
        rolling.say_not_open(session, here, meeting, now)
        return False
    here.account.state = f"walkin:{meeting.id}"
    back = [[button("↩︎", f"roll:{meeting.id}:1")]]
    tell(session, here, _("Name and village of the newcomer?"), now, back)
    return True


def parsed(text: str) -> tuple[str, str] | None:
    """Split what was typed into a name and a village; None where there is no name in it."""
    first, *rest = [part for part in BETWEEN.split(plain(text)) if part] or [""]
    name = first.replace("·", "")
    if not NAME.fullmatch(name):
        return None
    return first, " ".join(rest)[:LONGEST_VILLAGE]


async def hear(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    text: str,
    message_id: int,
    now: datetime,
) -> None:
    """Take a newcomer's name and village; a name of the roster is asked about first."""
    if meeting.state is not MeetingState.OPEN:
        here.account.state = None
        rolling.say_not_open(session, here, meeting, now)
        return
    if ID_NUMBER.search(text):
        put(session, here, "deleteMessage", {"message_id": message_id}, now, Way())
        tell(session, here, _("Please do not write ID numbers here. I have removed it."), now)
        return
    said = parsed(text)
    if said is None:
        tell(session, here, _("I need a name, such as: 杨小妹 云上村"), now)
        return
    here.account.state = None
    name, village = said
    names = await known_names(session, meeting.study_class_id, now)
    same = sorted(names.get(bare(name), ()))
    if not same:
        await add(session, here, meeting, name, village, now)
        return
    draft = {"meeting": meeting.id, "name": name, "village": village}
    await planning.keep_draft(session, here.account.id, KIND, draft, now)
    rows: Keyboard = []
    for number in same:
        person = await session.get_one(Person, number)
        label = f"✔ {person.name} {person.village}".rstrip()
        rows.append([button(label, f"walkas:{meeting.id}:{person.id}")])
    rows.append([button(html(MANDARIN, _("Somebody else")), f"walknew:{meeting.id}")])
    text = _("%(name)s is in this class already. Is it the same person?")
    tell(session, here, text, now, rows, name=name)


async def same_person(
    session: AsyncSession, here: Listener, meeting: Meeting, person_id: int, now: datetime
) -> Person | None:
    """Mark the one of the class who was meant."""
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    person = next((one for one in everybody if one.id == person_id), None)
    if person is None or not await _awaited(session, here, meeting):
        return None
    await planning.drop_draft(session, here.account.id, KIND)
    await _mark(session, here, meeting, person, now)
    tell(session, here, _("Marked: %(name)s"), now, _back(meeting), name=person.name)
    return person


async def somebody_else(
    session: AsyncSession, here: Listener, meeting: Meeting, now: datetime
) -> Person | None:
    """Add a newcomer who bears a name that is in the class already."""
    draft = await _awaited(session, here, meeting)
    if draft is None:
        return None
    await planning.drop_draft(session, here.account.id, KIND)
    return await add(session, here, meeting, draft["name"], draft["village"], now)


async def _awaited(
    session: AsyncSession, here: Listener, meeting: Meeting
) -> dict[str, str] | None:
    """Return what was typed, while it still waits for an answer and the check-in is open."""
    draft = await planning.draft(session, here.account.id, KIND)
    waits = draft.get("meeting") == meeting.id and meeting.state is MeetingState.OPEN
    return draft if waits and here.person else None


async def add(
    session: AsyncSession, here: Listener, meeting: Meeting, name: str, village: str, now: datetime
) -> Person:
    """Add a newcomer to the class for the time being, mark them, and ask the head who it is."""
    county = meeting.study_class.county_id
    await session.get_one(County, county, with_for_update=True)  # one number each
    person = Person(
        county_id=county,
        number=numbered(await people.highest_number(session) + 1),
        name=name,
        village=village,
        temporary=True,
        created_at=now,
    )
    session.add(person)
    await session.flush()
    by = here.person.id if here.person else None
    about = {"meeting": meeting.id, "by": by}
    await ledger.record(session, person.id, "person.temporary", now, **about)
    await enrolling.grant(session, person, Role.LEARNER, meeting.study_class_id, now)
    await _mark(session, here, meeting, person, now)
    text = _("Added and marked: %(name)s. The class head finds out who it is.")
    tell(session, here, text, now, _back(meeting), name=name)
    for head in await class_heads(session, meeting.study_class_id, now):
        for place in await listeners(session, head):
            await merging.ask_who(session, place, person, meeting.study_class_id, 1, now)
    return person


async def _mark(
    session: AsyncSession, here: Listener, meeting: Meeting, person: Person, now: datetime
) -> None:
    """Mark somebody as here by the teacher's own word."""
    await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.IN,
        status=Status.PRESENT,
        how=How.ROLL,
        sure=Sure.TEACHER,
        by=here.person or person,
        at=now,
        key=await next_key(session, meeting, person, Phase.IN, "roll"),
        account_id=here.account.id,
    )
    await tallying.refresh(session, meeting, now)


def _back(meeting: Meeting) -> Keyboard:
    return [
        [
            button(html(MANDARIN, _("Roll call")), f"roll:{meeting.id}:1"),
            button(html(MANDARIN, _("+ Newcomer")), f"walkin:{meeting.id}"),
        ]
    ]
