"""A small school over simulated months: what it does, and an account of it kept apart.

Nothing here asks the program when or whether to remind: `judging` does, from this account alone.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, event, insert, select, text

from bot.services import (
    attending,
    coming,
    holding,
    moving,
    reminder_hours,
    reminder_setting,
    reminding,
)
from bot.services.refusing import Refusal
from bot.voice.listening import listener
from db.models import (
    Account,
    AccountPerson,
    Base,
    County,
    How,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Role,
    StudyClass,
)
from db.queries.reminders import BATCH
from tests.bot.services.reminder_variants import QUIETS, VARIANTS

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
TEACHER, LEARNERS = 1, (2, 3, 4, 5, 6)
# Person 5 has no phone of their own, 3 and 6 share one.
PHONES = {2: {2}, 3: {3}, 4: {4}, 5: set(), 6: {3}}
GROUPS = {1: -100, 2: None}
BEGUN = START - timedelta(days=99)
HOURS = {1: 8 * 60, 2: 12 * 60 + 30, 3: 19 * 60 + 30}

OVER = """UPDATE outbox SET state = 'skipped', error = 'expired'
          WHERE state = 'waiting' AND not_before <= ? AND expires_at <= ?"""
SOON = "SELECT min(due_at) FROM reminder WHERE state = 'planned' AND due_at > ?"
LEFT = """UPDATE outbox SET state = 'sent', sent_at = ?
          WHERE state = 'waiting' AND not_before <= ?"""


class Crash(BaseException):
    """The process ends here."""


@dataclass
class Held:
    """What we know of a meeting."""

    class_id: int
    start: datetime
    end: datetime
    revision: int = 0
    state: MeetingState = MeetingState.PLANNED
    comings: dict[int, bool] = field(default_factory=dict)
    marked: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)


def at_peace(_driver, *, ticked):
    """Judge nothing."""


class World:
    """The school, its clock, its crashes, and our own account of what is so."""

    def __init__(self, database, key, driver):
        self.database, self.key = database, key
        self.driver = driver  # the same file, by a connection that costs little
        self.true, self.offset = START, timedelta()
        self.meetings: dict[int, Held] = {}
        self.members = {1: {2, 3, 5}, 2: {4, 6}}
        self.phones = {person: set(accounts) for person, accounts in PHONES.items()}
        self.quiet: dict[int, tuple[int, int]] = {}
        self.hours: dict[int, int] = {}
        self.variant = {1: 0, 2: 0}
        self.sending = True
        self.crash_at = 0
        self.planned_at: list[tuple[int, datetime]] = []  # step and moment of each whole tick
        self.step, self.soon = 0, None
        self.look = at_peace  # what judges after each tick

    @property
    def now(self):
        """What the clock of the machine shows."""
        return self.true + self.offset

    async def turn(self, act, *, again=True):
        """Do something in one transaction; a crash leaves nothing of it, and it may be redone."""
        self.step += 1
        if self.crash_at:
            left, self.crash_at = self.crash_at, 0

            def count(*_):
                nonlocal left
                left -= 1
                if left == 0:
                    raise Crash

            engine = self.database.engine.sync_engine
            event.listen(engine, "before_cursor_execute", count)
            try:
                async with self.database.begin() as session:
                    return await act(session)
            except Crash:
                if not again:
                    return None
            finally:
                event.remove(engine, "before_cursor_execute", count)
        async with self.database.begin() as session:
            return await act(session)

    async def tick(self):
        """Plan, queue and send, as the heartbeat and the sender do."""
        await self.turn(lambda session: reminding.plan(session, self.now))
        settled = BATCH
        while settled >= BATCH:
            settled = await self.turn(
                lambda session: reminding.queue_due(session, self.key, "bot", self.now)
            )
        now = f"{self.now:%Y-%m-%d %H:%M:%S.%f}"
        with self.driver:
            if self.sending:
                self.driver.execute(OVER, (now, now))
                self.driver.execute(LEFT, (now, now))
        found = self.driver.execute(SOON, (now,)).fetchone()[0]
        self.soon = found and datetime.fromisoformat(found).replace(tzinfo=UTC)
        self.planned_at.append((self.step, self.now))
        self.look(self.driver, ticked=True)

    async def run(self, span, late):
        """Let time pass with a heartbeat that is `late` by so much at each thing due."""
        end = self.true + span
        await self.tick()
        while True:
            # The heartbeat looks at least every few days, and not twice in half an hour here.
            ahead = (self.soon - self.now + late) if self.soon else timedelta(hours=60)
            ahead = min(max(ahead, timedelta(minutes=30)), timedelta(hours=60))
            if self.true + ahead >= end:
                break
            self.true += ahead
            await self.tick()
        self.true = end
        await self.tick()

    async def meet(self, class_id, start, minutes):
        meeting = {
            "study_class_id": class_id,
            "teacher_id": TEACHER,
            "starts_at": start,
            "ends_at": start + timedelta(minutes=minutes),
            "place": "村",
            "lesson": "wh01",
            "title": "课",
        }

        async def act(session):
            row = Meeting(**meeting)
            session.add(row)
            await session.flush()
            return row.id

        number = await self.turn(act)
        self.meetings[number] = Held(class_id, start, start + timedelta(minutes=minutes))

    async def change(self, number, act):
        """Move or cancel a meeting, as staff do; say whether that could be done."""

        async def change(session):
            row = await session.get_one(Meeting, number)
            try:
                await act(session, await session.get_one(Person, TEACHER), row)
            except Refusal:
                return False
            return True

        done = await self.turn(change, again=False)
        if done:
            self.meetings[number].revision += 1
        return done

    async def move(self, number, start, end):
        async def act(session, mover, row):
            await moving.move(session, mover, row, start, end, row.place, self.now)

        if await self.change(number, act):
            held = self.meetings[number]
            held.start, held.end = start, end
            held.comings.clear()  # who said something, said it of another time

    async def cancel(self, number):
        async def act(session, mover, row):
            await moving.cancel(session, mover, row, "", self.now)

        if await self.change(number, act):
            self.meetings[number].state = MeetingState.CANCELLED

    async def open(self, number):
        async def act(session):
            row = await session.get_one(Meeting, number)
            place = listener(
                await session.get_one(Account, TEACHER), await session.get_one(Person, TEACHER)
            )
            return await holding.open_checkin(session, place, row, self.now)

        if await self.turn(act):
            held = self.meetings[number]
            held.state = MeetingState.OPEN
            if GROUPS[held.class_id] is None:
                held.asked |= {one for one in self.members[held.class_id] if self.phones[one]}

    async def close(self, number):
        async def act(session):
            row = await session.get_one(Meeting, number)
            row.state, row.closed_at = MeetingState.CLOSED, self.now

        await self.turn(act)
        self.meetings[number].state = MeetingState.CLOSED

    async def mark(self, number, person):
        async def act(session):
            row = await session.get_one(Meeting, number)
            who = await session.get_one(Person, person)
            made = await attending.check_in(session, who, row, self.now, How.TAP, None)
            return made.mark_id

        if await self.turn(act):
            self.meetings[number].marked.add(person)

    async def answer(self, number, person, *, comes):
        async def act(session):
            row = await session.get_one(Meeting, number)
            who = await session.get_one(Person, person)
            account = await session.get_one(Account, next(iter(self.phones[person])))
            return await coming.answer(session, listener(account, who), row, comes, self.now)

        if self.phones[person] and await self.turn(act, again=False):
            self.meetings[number].comings[person] = comes

    async def belong(self, class_id, person, *, told):
        """Let somebody join or leave a class; a roster that is imported tells nobody."""
        inside = person in self.members[class_id]

        async def act(session):
            held = (Membership.study_class_id == class_id, Membership.person_id == person)
            row = await session.scalar(select(Membership).where(*held))
            if row is None:
                row = Membership(person_id=person, role=Role.LEARNER, study_class_id=class_id)
                session.add(row)
            if inside:
                row.ends_at = START - timedelta(days=1)
            else:
                row.starts_at, row.ends_at = BEGUN, None
            if told:
                await session.flush()
                who = await session.get_one(Person, person)
                await reminding.replan_person(session, who, self.now)

        await self.turn(act)
        (self.members[class_id].discard if inside else self.members[class_id].add)(person)

    async def choose_hour(self, person, number):
        async def act(session):
            who = await session.get_one(Person, person)
            account = await session.get_one(Account, next(iter(self.phones[person])))
            return await reminder_hours.choose_hour(
                session, listener(account, who), number, self.now
            )

        if self.phones[person] and await self.turn(act):
            self.hours[person] = HOURS[number]

    async def be_quiet(self, person, number):
        begins, ends = QUIETS[number]

        async def act(session):
            who = await session.get_one(Person, person)
            who.quiet_from, who.quiet_until = begins, ends
            await reminding.replan_person(session, who, self.now)

        await self.turn(act)
        self.quiet[person] = begins, ends

    async def rule(self, class_id, number):
        async def act(session):
            study_class = await session.get_one(StudyClass, class_id)
            await reminder_setting.set_rules(session, study_class, VARIANTS[number], self.now)

        await self.turn(act)
        self.variant[class_id] = number

    async def lose(self, person):
        """Take a person's phones away, or give them back."""
        back = not self.phones[person] and PHONES[person]
        accounts = PHONES[person]

        async def act(session):
            if back:
                rows = [
                    {"account_id": one, "person_id": person, "linked_at": self.now}
                    for one in accounts
                ]
                await session.execute(insert(AccountPerson), rows)
            else:
                linked = AccountPerson.person_id == person
                await session.execute(delete(AccountPerson).where(linked))

        await self.turn(act)
        self.phones[person] = set(accounts) if back else set()


async def unguard(database):
    """Let the ledger be emptied, so that one database serves many histories."""
    async with database.begin() as session:
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for name in list(await session.scalars(text(names))):
            await session.execute(text(f"DROP TRIGGER {name}"))


async def begin_anew(database):
    """Empty every table and put the school there as it is at the start."""
    async with database.begin() as session:
        await session.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in reversed(Base.metadata.sorted_tables):
            await session.execute(table.delete())
        session.add(County(id=1, name="示例县"))
        await session.flush()
        session.add_all(
            StudyClass(
                id=number, county_id=1, name=f"班{number}", group_chat_id=group, created_at=START
            )
            for number, group in GROUPS.items()
        )
        session.add_all(
            Person(
                id=number,
                county_id=1,
                number=f"P{number}",
                name=f"示例{number}",
                speaks="zh",
                created_at=START,
            )
            for number in (TEACHER, *LEARNERS)
        )
        session.add_all(Account(id=number, user_id=100 + number) for number in (1, 2, 3, 4))
        await session.flush()
        linked = [(1, 1), *((one, person) for person in PHONES for one in PHONES[person])]
        session.add_all(
            AccountPerson(account_id=account, person_id=person, linked_at=START)
            for account, person in linked
        )
        session.add_all(
            Membership(person_id=person, role=role, study_class_id=class_id, starts_at=BEGUN)
            for person, role, class_id in (
                (1, Role.TEACHER, 1),
                (1, Role.CLASS_HEAD, 1),
                (1, Role.CLASS_HEAD, 2),
                (2, Role.LEARNER, 1),
                (3, Role.LEARNER, 1),
                (5, Role.LEARNER, 1),
                (4, Role.LEARNER, 2),
                (6, Role.LEARNER, 2),
            )
        )
