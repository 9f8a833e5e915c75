"""Staff who announce: what the tests of announcements, polls and delivery have in common."""

from sqlalchemy import select

from bot.services import announcing, polling
from db.models import Account, AccountPerson, Membership, Message, Person, Role, StudyClass

OFFICE, OTHER_HEAD = 301, 302


async def leaves(room):
    """Let all that is due be written and sent, slice by slice."""
    settled = 1
    while settled:
        async with room.house.database.begin() as session:
            settled = await announcing.queue_due(session, room.now)
    room.house.sender.wake()
    await room.settle()


async def ends(room):
    """Let the polls that are over be stopped, and what follows be heard."""
    async with room.house.database.begin() as session:
        moved = await polling.close_due(session, room.now)
    room.house.sender.wake()
    await room.settle()
    return moved


async def add(room, *rows):
    async with room.house.database.begin() as session:
        for row in rows:
            session.add(row)
            await session.flush()


async def told(room, chat_id):
    """Return the announcement's rows for a chat: key, method, state, reason."""
    rows = await room.rows(
        select(Message)
        .where(Message.key.like("ann:%"), Message.chat_id == chat_id)
        .order_by(Message.id)
    )
    return [(row.key, row.method, row.state.value, row.error) for row in rows]


async def joins(room, user, person_id):
    """Put somebody on a phone at once, without the way through card and consent."""
    person = await of_number(room, person_id)
    await room.person(user, person.name)
    await room.starts(user)
    async with room.house.database.begin() as session:
        account = await session.scalar(select(Account).where(Account.user_id == user))
        linked = AccountPerson(account_id=account.id, person_id=person_id, linked_at=room.now)
        session.add(linked)


async def of_number(room, person_id):
    return (await room.rows(select(Person).where(Person.id == person_id)))[0]


async def second_class(room):
    """Add another class in another township, with a head who has come in, and a learner."""
    await add(
        room,
        StudyClass(id=2, county_id=1, name="邻班", township="乙镇", created_at=room.now),
        Person(id=6, county_id=1, number="P000006", name="示例罗主任", created_at=room.now),
        Person(id=7, county_id=1, number="P000007", name="示例田七", created_at=room.now),
        Membership(person_id=6, role=Role.CLASS_HEAD, study_class_id=2, starts_at=room.now),
        Membership(person_id=7, role=Role.LEARNER, study_class_id=2, starts_at=room.now),
    )
    await joins(room, OTHER_HEAD, 6)


async def opens_office(room):
    """Add somebody of the county's school, who has come in."""
    await add(
        room,
        Person(id=5, county_id=1, number="P000005", name="示例教务", created_at=room.now),
        Membership(person_id=5, role=Role.SCHOOL, study_class_id=None, starts_at=room.now),
    )
    await joins(room, OFFICE, 5)
