"""A class head says who is meant by a line of a list: it is marked, and the name is learnt."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.services import chain_marking, chain_placing, rolling, tallying
from bot.services.chain_asking import HERE, LEAVE, NOT_HERE
from bot.services.chain_list import Line, bare, name_of, read_line
from bot.services.chain_marking import known_names
from bot.services.chain_placing import Waiting, Writer
from bot.services.chain_sentences import read_state
from bot.services.permitting import holds
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db import ledger
from db.models import Meeting, MeetingState, Membership, Person, Role, Status
from db.queries import aliases, people

SHORTEST, LONGEST = 2, 60  # characters of an alias
STATES = {HERE: Status.PRESENT, LEAVE: Status.LEAVE, NOT_HERE: None}


async def place(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    number: int,
    person_id: int,
    now: datetime,
) -> bool:
    """Take a class head's word on who is meant; with no person, it is nobody of the class."""
    line = await chain_placing.waiting(session, here, number)
    meeting = await session.get(Meeting, line["meeting"]) if line else None
    if line is None or meeting is None or here.person is None:
        return False
    if not holds(held, Role.CLASS_HEAD, meeting.study_class_id):
        return False
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    person = next((one for one in everybody if one.id == person_id), None)
    if person is None and person_id:
        return False
    await chain_placing.settle(session, here, number, now)
    if person:
        await _place(session, here, meeting, person, line, now)
    return True


async def say_state(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    number: int,
    state: int,
    now: datetime,
) -> bool:
    """Take a class head's word on how somebody stands whose line was not clear."""
    line = await chain_placing.waiting(session, here, number)
    meeting = await session.get(Meeting, line["meeting"]) if line else None
    if line is None or meeting is None or not line.get("person") or state not in STATES:
        return False
    if not holds(held, Role.CLASS_HEAD, meeting.study_class_id):
        return False
    await chain_placing.settle(session, here, number, now)
    if status := STATES[state]:
        read = Line(line["words"], line["person"], status)
        await _mark(session, here, meeting, read, line, now)
    return True


async def _place(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    person: Person,
    line: Waiting,
    now: datetime,
) -> None:
    """Learn the name, and mark the line where its state is understood."""
    words, names = line["words"], await known_names(session, meeting.study_class_id, now)
    alias = bare(name_of(words))
    if alias not in names and len(alias) >= SHORTEST and read_state(alias) is None:
        await aliases.learn(session, person.id, alias[:LONGEST], now)
        head = here.person.id if here.person else None
        await ledger.record(session, person.id, "alias.learnt", now, by=head)
    # Of two who bear the same name, the head has just said which one is meant.
    meant = {name: {person.id} if person.id in ids else ids for name, ids in names.items()}
    read = read_line(words, meant if alias in meant else meant | {alias: {person.id}})
    if read is None or read.person_id != person.id:
        text = _("%(name)s: I could not read how they stand. Please call them in the roll call.")
        tell(session, here, text, now, name=person.name)
        return
    await _mark(session, here, meeting, read, line, now)


async def _mark(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    read: Line,
    line: Waiting,
    now: datetime,
) -> None:
    """Mark what a line says now that it is clear, as if it had been so when it was written."""
    if meeting.state is not MeetingState.OPEN:
        rolling.say_not_open(session, here, meeting, now)
        return
    writer = Writer(
        await session.get_one(Person, line["writer"]),
        line["account"],
        datetime.fromisoformat(line["at"]),
        certain=line["certain"],
        message_id=line.get("message", 0),
    )
    if await chain_marking.mark_line(session, meeting, writer, read):
        await tallying.refresh(session, meeting, now)
