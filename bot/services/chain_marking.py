"""A list typed in the group (接龙) becomes marks: of each line only what is new or has changed.

Who writes their own name says it themselves; a line about somebody else is kept as another's word
and is to be confirmed in the roll call. Nothing is said in the group but a thumb.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import attending, chain_placing, code_pad, tallying
from bot.services.attending import Outcome
from bot.services.chain_list import Line, bare, read
from bot.services.chain_placing import Writer
from bot.services.chain_sentences import read_state
from bot.services.marking import make_mark, next_key, withdraw
from bot.services.permitting import holds
from bot.services.reaching import listeners
from bot.services.recalling import split_name
from bot.services.standing import CAME, valid
from bot.voice.saying import Way, to_chat
from db.models import (
    How,
    Mark,
    Meeting,
    Membership,
    Person,
    Phase,
    Priority,
    Role,
    Status,
    StudyClass,
    Sure,
)
from db.queries import aliases, marks, meetings, people

LIST = "list"
SHORTEST_GIVEN = 2  # characters; of one many are a part of other words
IN_CLASS = (Role.LEARNER, Role.TEACHER, Role.CLASS_HEAD)


async def known_names(
    session: AsyncSession, study_class_id: int, now: datetime
) -> dict[str, set[int]]:
    """Return who goes by each bare name in a class: by their own, or else by an alias."""
    found: dict[str, set[int]] = {}
    for person in await people.members(session, study_class_id, Role.LEARNER, now):
        found.setdefault(bare(person.name), set()).add(person.id)
    own = frozenset(found)
    for person_id, name in await aliases.of_class(session, study_class_id, now):
        if bare(name) not in own:
            found.setdefault(bare(name), set()).add(person_id)
    return found


async def given_names(
    session: AsyncSession, study_class_id: int, names: Mapping[str, set[int]], now: datetime
) -> dict[str, set[int]]:
    """Return who goes by a name without the surname: where one of the class alone has it.

    One that is a word of state too, or somebody's own name or alias, is nobody's.
    """
    found: dict[str, set[int]] = {}
    for person in await people.members(session, study_class_id, Role.LEARNER, now):
        given = bare(split_name(bare(person.name))[1])
        if len(given) >= SHORTEST_GIVEN and given not in names and read_state(given) is None:
            found.setdefault(given, set()).add(person.id)
    return {name: ids for name, ids in found.items() if len(ids) == 1}


async def take(
    session: AsyncSession,
    study_class: StudyClass,
    writers: Sequence[Person],
    account_id: int,
    text: str,
    message_id: int,
    now: datetime,
) -> bool:
    """Take a list into the meeting whose check-in is open; False where it is none of ours."""
    meeting = await meetings.opened(session, study_class.id)
    if meeting is None or attending.judge(meeting, now)[0] is Outcome.CLOSED:
        return False
    ours = [one for one in writers if in_class(await _held(session, one, now), study_class.id)]
    if not ours:
        return False
    names = await known_names(session, study_class.id, now)
    chain = read(text, names, await given_names(session, study_class.id, names, now))
    if not chain.is_list:
        return False
    writer = Writer(ours[0], account_id, now, certain=len(writers) == 1, message_id=message_id)
    for line in chain.lines:
        await mark_line(session, meeting, writer, line)
        if writer.certain and line.person_id == writer.person.id:
            await _ask_code(session, meeting, writer, line)
    if chain.lines:
        await tallying.refresh(session, meeting, now)
    await chain_placing.ask_heads(session, meeting, writer, chain, now)
    thumb = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": "👍"}]}
    way = Way(Priority.CHECKIN, purpose="kept", study_class_id=study_class.id)
    to_chat(session, study_class.group_chat_id or 0, "setMessageReaction", thumb, now, way)
    return True


async def _held(session: AsyncSession, person: Person, now: datetime) -> Sequence[Membership]:
    return await people.memberships(session, person.id, now)


def in_class(held: Sequence[Membership], study_class_id: int) -> bool:
    """Say whether somebody learns in, teaches or leads a class."""
    return any(holds(held, role, study_class_id) for role in IN_CLASS)


async def mark_line(
    session: AsyncSession, meeting: Meeting, writer: Writer, line: Line
) -> Mark | None:
    """Make the mark that a line asks for; None where it says nothing new."""
    person = await session.get_one(Person, line.person_id)
    own = writer.certain and writer.person.id == person.id
    arrivals = [
        mark
        for mark in valid(await marks.of_person(session, meeting.id, person.id))
        if mark.phase is Phase.IN
    ]
    if _unproved(line, meeting, arrivals):
        return None
    listed = [mark for mark in arrivals if mark.how is How.LIST]
    latest = listed[-1] if listed else None
    if latest and _same(line, latest):
        return None
    if latest is None and any(_same(line, mark) for mark in arrivals):
        return None
    if latest and (own or latest.sure is Sure.HELPER):
        await withdraw(
            session, latest, person=person, meeting=meeting, by=writer.person, at=writer.at
        )
    if line.status is None:
        return None
    status, late = _judged(line, meeting, writer.at, own=own)
    key = await next_key(session, meeting, person, Phase.IN, LIST)
    return await make_mark(
        session,
        person=person,
        meeting=meeting,
        phase=Phase.IN,
        status=status,
        how=How.LIST,
        sure=Sure.SELF if own else Sure.HELPER,
        by=writer.person,
        at=writer.at,
        key=key + of_message(writer.message_id),
        account_id=writer.account_id,
        minutes_late=late,
        leave=line.leave,
    )


def _unproved(line: Line, meeting: Meeting, arrivals: Sequence[Mark]) -> bool:
    """Say whether a line tells of somebody here where only the code of the moment proves it."""
    proved = any(mark.how in attending.PROVED for mark in arrivals)
    return meeting.study_class.asks_code and line.status in CAME and not proved


async def _ask_code(session: AsyncSession, meeting: Meeting, writer: Writer, line: Line) -> None:
    """Ask who wrote that they are here for the code, in private, as a tap would."""
    arrivals = valid(await marks.of_person(session, meeting.id, writer.person.id))
    if not _unproved(line, meeting, [mark for mark in arrivals if mark.phase is Phase.IN]):
        return
    for place in await listeners(session, writer.person):
        if place.account.id == writer.account_id:
            await code_pad.ask_code(session, place, meeting, writer.at)


def of_message(message_id: int) -> str:
    """Return how the key of a mark ends that a list made: with its message's number."""
    return f":{message_id}" if message_id else ""


def _same(line: Line, mark: Mark) -> bool:
    """Say whether a line only repeats a mark; 到 repeats a late one too."""
    if line.status is Status.PRESENT:
        return mark.status in CAME
    if line.status is Status.LATE:
        return mark.status is Status.LATE and line.minutes in (0, mark.minutes_late)
    return line.status is mark.status and line.leave in (None, mark.leave)


def _judged(line: Line, meeting: Meeting, at: datetime, *, own: bool) -> tuple[Status, int]:
    """Say how a line counts: 到 about oneself is as late as a tap would be."""
    outcome, late = attending.judge(meeting, at)
    if line.status is Status.LATE:
        return Status.LATE, line.minutes or late
    if line.status is Status.PRESENT and own and outcome is Outcome.LATE:
        return Status.LATE, late
    return line.status or Status.PRESENT, 0
