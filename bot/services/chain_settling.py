"""A class head says who is meant by a line of a list: it is marked, and the name is learnt."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.services import chain_marking, chain_placing, tallying
from bot.services.chain_list import bare, name_of, read_line
from bot.services.chain_marking import known_names
from bot.services.chain_placing import Writer
from bot.services.chain_words import read_status
from bot.services.permitting import holds
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db import ledger
from db.models import Meeting, MeetingState, Membership, Person, Role
from db.queries import aliases, people

SHORTEST, LONGEST = 2, 60  # characters of an alias


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
        await _mark(session, here, meeting, person, line, now)
    await chain_placing.ask_next(session, here, now)
    return True


async def _mark(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    person: Person,
    line: dict[str, Any],
    now: datetime,
) -> None:
    """Learn the name, and mark the line where its state is understood."""
    words, names = line["words"], await known_names(session, meeting.study_class_id, now)
    alias = bare(name_of(words))
    if alias not in names and len(alias) >= SHORTEST and read_status(alias) is None:
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
    if meeting.state is not MeetingState.OPEN:
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
