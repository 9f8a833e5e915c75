"""The school of the benchmark: classes with open check-in, written straight into a database."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select, update

from bot.services import holding
from bot.voice.listening import listener
from db import ledger
from db.models import (
    Account,
    AccountPerson,
    Base,
    County,
    Mark,
    Meeting,
    Membership,
    Person,
    Reads,
    Role,
    StudyClass,
    Update,
)
from db.session import Database, connect
from db.types import InboxState
from db.upgrade import upgrade

CLASS_SIZE = 50
# A user's number in the chat is that of the person and this much more.
USERS = 10_000_000


@dataclass(frozen=True)
class Room:
    """A class: its number (the meeting's too), its group, its teacher, its learners."""

    number: int
    chat_id: int
    teacher: int
    learners: range
    reads: Reads


def rooms(chat_ids: Sequence[int], reads: Sequence[Reads]) -> list[Room]:
    """Plan a class of fifty with its teacher for each group, persons numbered on."""
    planned = []
    for number, (chat_id, reading) in enumerate(zip(chat_ids, reads, strict=True), 1):
        teacher = 1 + (number - 1) * (CLASS_SIZE + 1)
        learners = range(teacher + 1, teacher + 1 + CLASS_SIZE)
        planned.append(Room(number, chat_id, teacher, learners, reading))
    return planned


async def found(url: str, planned: list[Room]) -> None:
    """Make the database: people with accounts in classes with groups, all check-ins opened."""
    now = datetime.now(UTC)
    began = now - timedelta(minutes=1)
    await plan(url, planned, began, began)
    database = connect(url)
    async with database.begin() as session:
        # The fan-out is measured by itself.
        await session.execute(update(StudyClass).values(reminder_rules={"rules": []}))
        for room in planned:
            account = await session.get_one(Account, room.teacher)
            teacher = listener(account, await session.get_one(Person, room.teacher))
            meeting = await session.get_one(Meeting, room.number)
            await holding.open_checkin(session, teacher, meeting, now)
    await database.close()


async def plan(url: str, planned: list[Room], starts_at: datetime, joined: datetime) -> None:
    """Make the database: people with accounts in classes with groups, a meeting for each class."""
    database = connect(url)
    await upgrade(database)
    async with database.begin() as session:
        for model, rows in tables(planned, starts_at, joined):
            await session.execute(insert(model), list(rows))
    await database.close()


Row = dict[str, object]


def tables(
    planned: list[Room], starts_at: datetime, began: datetime
) -> Iterator[tuple[type[Base], Iterable[Row]]]:
    """Yield the rows of each table, in the order in which they need each other."""
    reads = {n: room.reads for room in planned for n in (room.teacher, *room.learners)}
    everybody = list(reads)
    yield County, [{"id": 1, "name": "示例县"}]
    yield (
        Person,
        (
            {
                "id": n,
                "county_id": 1,
                "number": f"P{n:06}",
                "name": f"示例{n}",
                "reads": reads[n],
                "created_at": began,
            }
            for n in everybody
        ),
    )
    yield (
        Account,
        ({"id": n, "user_id": USERS + n, "reachable": True, "person_id": n} for n in everybody),
    )
    yield (
        AccountPerson,
        ({"account_id": n, "person_id": n, "linked_at": began} for n in everybody),
    )
    yield (
        StudyClass,
        (
            {
                "id": room.number,
                "county_id": 1,
                "name": f"示例{room.number}班",
                "group_chat_id": room.chat_id,
                "created_at": began,
            }
            for room in planned
        ),
    )
    yield (
        Membership,
        (
            {
                "person_id": n,
                "role": Role.LEARNER,
                "study_class_id": room.number,
                "starts_at": began,
            }
            for room in planned
            for n in room.learners
        ),
    )
    yield (
        Meeting,
        (
            {
                "id": room.number,
                "study_class_id": room.number,
                "teacher_id": room.teacher,
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=90),
                "place": "云上村教学点",
                "lesson": "wh01",
                "title": "听、点、说",
            }
            for room in planned
        ),
    )


async def faults(url: str, tappers: set[int]) -> list[str]:
    """Say what the database lacks: one mark a tapper, each update done, every chain whole."""
    database = connect(url)
    found = [fault async for fault in _faults(database, tappers)]
    await database.close()
    return found


async def _faults(database: Database, tappers: set[int]) -> AsyncIterator[str]:
    async with database.read() as session:
        marked = list(await session.scalars(select(Mark.person_id)))
        if sorted(marked) != sorted(tappers):
            yield f"{len(marked)} marks of {len(set(marked))} persons, {len(tappers)} tapped"
        undone = await session.scalar(
            select(func.count()).select_from(Update).where(Update.state != InboxState.DONE)
        )
        if undone:
            yield f"{undone} updates are not done"
        for fault in [one async for one in ledger.verify(session)][:3]:
            yield f"ledger of person {fault.person_id}, line {fault.seq}: {fault.what}"


def taps(planned: list[Room], together: int = 8) -> Iterator[tuple[Room, int]]:
    """Yield who taps where: so many classes begin at once, then the next ones."""
    for start in range(0, len(planned), together):
        for seat in range(CLASS_SIZE):
            for room in planned[start : start + together]:
                yield room, room.learners[seat]
