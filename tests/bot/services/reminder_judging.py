"""What may become of a reminder, judged from the account of the school alone."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from db.models import MeetingState, Message, OutboxState, ReminderState
from tests.bot.services.reminder_variants import QUIET_OF_CLASS, SPECS
from tests.bot.services.reminder_world import GROUPS

COUNTY = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
LATE = {"too late", "check-in was not opened", "check-in was not closed"}
# What was skipped for these may be planned again; for anything else it is settled for good.
REVOCABLE = LATE | {
    "quiet hours",
    "its time is after the meeting",
    "left the class",
    "rule changed",
}
WITHDRAWN = {"meeting moved", "meeting cancelled"}
BEFORE = ("day_before", "hour_before")
PLANNED, QUEUED, SKIPPED = ReminderState.PLANNED, ReminderState.QUEUED, ReminderState.SKIPPED


def minute(moment):
    local = moment.astimezone(COUNTY)
    return local.hour * 60 + local.minute


def midnight(moment, days=0):
    local = moment.astimezone(COUNTY).replace(hour=0, minute=0, second=0, microsecond=0)
    return local + timedelta(days=days)


def silent(moment, quiet):
    begins, ends = quiet
    if begins <= ends:
        return begins <= minute(moment) < ends
    return minute(moment) >= begins or minute(moment) < ends


class Row(NamedTuple):
    """A reminder as it stands in the database."""

    key: str
    state: ReminderState
    reason: str
    due_at: datetime
    expires_at: datetime
    person_id: int | None
    meeting_id: int
    kind: str
    rule: str

    @classmethod
    def read(cls, values):
        key, state, reason, due_at, expires_at, *rest = values
        due, expires = (
            datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (due_at, expires_at)
        )
        return cls(key, ReminderState(state), reason, due, expires, *rest)


READ = (
    "SELECT key, state, reason, due_at, expires_at, person_id, meeting_id, kind, rule FROM reminder"
)


class Judge:
    """Follows every row from step to step and says what does not hold."""

    def __init__(self, world):
        self.world = world
        self.rows, self.raw = {}, {}
        self.since = {}  # step at which a row was first seen with its present times
        self.reasons: Counter[str] = Counter()
        self.sent = 0

    def quiet(self, held, person):
        usual = QUIET_OF_CLASS[self.world.variant[held.class_id]]
        return self.world.quiet.get(person, usual) if person else usual

    def specs(self, held):
        return {spec.name: spec for spec in SPECS[self.world.variant[held.class_id]]}

    def look_now(self):
        """Compare the rows between two ticks."""
        self.look(self.world.driver, ticked=False)

    def look(self, driver, *, ticked):
        """Compare the rows with those of the last look."""
        raw = {row[0]: row for row in driver.execute(READ)}
        assert self.raw.keys() <= raw.keys(), "a reminder is gone"
        rows = dict(self.rows)
        for key, values in raw.items():
            if self.raw.get(key) == values:
                continue
            old, row = self.rows.get(key), Row.read(values)
            rows[key] = row
            if old is None or (old.due_at, old.expires_at) != (row.due_at, row.expires_at):
                self.since[key] = self.world.step
            if old is None or (old.state, old.reason) != (row.state, row.reason):
                self.changed(old, row)
            self.timely(row)
        self.rows, self.raw = rows, raw
        if ticked:
            self.complete()

    def timely(self, row):
        """Judge the times of a row that is to come: on its day, never in quiet hours."""
        if row.state is not PLANNED or row.due_at == row.expires_at:
            return
        held = self.world.meetings[row.meeting_id]
        quiet = self.quiet(held, row.person_id)
        assert row.due_at < row.expires_at, row
        waiting = row.kind in ("start", "absent")  # looked at again and again until it is over
        if int(row.key.split(":")[2]) != held.revision or waiting:
            return
        assert not silent(row.due_at, quiet), row
        assert not silent(row.expires_at - timedelta(seconds=1), quiet), row
        assert row.expires_at <= held.start - 10 * MINUTE, row

    def changed(self, old, row):
        now, was = self.world.now, old.state if old else PLANNED
        held = self.world.meetings[row.meeting_id]
        stale = int(row.key.split(":")[2]) < held.revision
        if was is QUEUED:
            assert row.state is SKIPPED, (old, row)
            assert row.reason in WITHDRAWN, (old, row)
            assert stale, (old, row)
        elif row.state is PLANNED:
            assert old is None or old.reason in REVOCABLE, (old, row)
        elif row.state is QUEUED:
            assert was is PLANNED or old.reason in REVOCABLE, (old, row)
            assert row.due_at <= now < row.expires_at, (row, now)
            assert not stale, row
            self.may_go(row, held, now)
        else:
            self.reasons[row.reason] += 1
            assert self.holds(row, held, now), (row, now, held)

    def may_go(self, row, held, now):
        """Judge a reminder that was just queued."""
        person, world = row.person_id, self.world
        assert not silent(now, self.quiet(held, person)), (row, now)
        assert row.rule in self.specs(held), row
        if person is None:
            assert GROUPS[held.class_id], row
            assert row.kind in BEFORE, row
        else:
            assert person in world.members[held.class_id], row
            assert world.phones[person], row
            assert held.comings.get(person) is not False, row
        if row.kind in BEFORE:
            assert held.state is MeetingState.PLANNED, row
            assert now < held.start, row
        if row.kind == "day_before":
            assert person not in held.comings, row
            days = self.specs(held)[row.rule].days
            assert midnight(row.due_at) >= midnight(held.start, -days), row
        if row.kind == "start":
            assert held.state is MeetingState.OPEN, row
            assert person not in held.marked | held.asked, row
            assert held.start <= now, row
        if row.kind == "absent":
            assert held.state is MeetingState.CLOSED, row
            assert person not in held.marked, row
            assert midnight(now) == midnight(held.end) or now < held.end + timedelta(hours=12), row

    def holds(self, row, held, now):  # noqa: C901, PLR0911, PLR0912 - a reason a line
        """Say whether a reason for skipping is true at this moment."""
        person, world = row.person_id, self.world
        match row.reason:
            case "meeting cancelled":
                return held.state is MeetingState.CANCELLED
            case "meeting moved":
                return int(row.key.split(":")[2]) < held.revision
            case "meeting has begun":
                return row.kind in BEFORE and (
                    held.state is not MeetingState.PLANNED or now >= held.start
                )
            case "too late":
                return now >= row.expires_at
            case "check-in was not opened":
                return row.kind == "start" and held.state is MeetingState.PLANNED
            case "check-in was not closed":
                return row.kind == "absent" and held.state is not MeetingState.CLOSED
            case "check-in is over":
                return row.kind == "start" and held.state is MeetingState.CLOSED
            case "quiet hours":
                quiet = self.quiet(held, person)
                return silent(now, quiet) or self.nowhere(row, held, quiet)
            case "its time is after the meeting":
                spec = self.specs(held)[row.rule]
                hour = (spec.at or 0) * MINUTE
                return midnight(held.start, -spec.days) + hour >= held.start - 10 * MINUTE
            case "left the class":
                return person not in world.members[held.class_id]
            case "not on a phone":
                return not world.phones[person]
            case "no group":
                return person is None and not GROUPS[held.class_id]
            case "has answered":
                return row.kind == "day_before" and held.comings.get(person) is True
            case "cannot come":
                return held.comings.get(person) is False
            case "asked when check-in opened":
                return row.kind == "start" and person in held.asked
            case "marked already":
                return row.kind == "start" and person in held.marked
            case "was here":
                return row.kind == "absent" and person in held.marked
            case "rule changed":
                return row.rule not in self.specs(held)
        return False

    def nowhere(self, row, held, quiet):
        """Say whether no minute outside quiet hours would have made sense."""
        spec = self.specs(held)[row.rule]
        match spec.kind:
            case "day_before":
                first = midnight(held.start, -spec.days)
                last = min(held.start - 10 * MINUTE, first + timedelta(days=1))
            case "hour_before":
                first, last = held.start - spec.before * MINUTE, held.start - spec.until * MINUTE
            case "start":
                first, last = held.start, held.start + 20 * MINUTE
            case _:
                at = midnight(held.start) + spec.at * MINUTE
                first, last = max(at, held.end + 15 * MINUTE), midnight(held.end, 1)
        span = int((last - first) / MINUTE)
        return all(silent(first + one * MINUTE, quiet) for one in range(span))

    def complete(self):
        """Judge that after a whole tick everything is planned, and nothing due is left."""
        now, world = self.world.now, self.world
        for number, held in world.meetings.items():
            if held.state is MeetingState.CANCELLED or held.start > now + timedelta(days=14):
                continue
            if midnight(held.start) < midnight(now):
                continue
            for spec in self.specs(held).values():
                whose = [*world.members[held.class_id], *(["group"] if spec.group else [])]
                for one in whose:
                    key = f"{spec.name}:{number}:{held.revision}:{one}"
                    assert key in self.rows, (key, now, held)
                    row = self.rows[key]
                    if row.state is SKIPPED and row.reason == "rule changed":
                        assert row.expires_at <= now, row
                    if row.state is SKIPPED and row.reason in LATE:
                        assert row.expires_at <= now, (row, now)
        for row in self.rows.values():
            assert row.state is not PLANNED or row.due_at > now, (row, now)

    async def end(self):
        """Judge what became of everything, once all is over."""
        world = self.world
        async with world.database.begin() as session:
            messages = list(await session.scalars(select(Message)))
        voices: dict[str, Message] = {}
        cards: dict[str, list[Message]] = defaultdict(list)
        for one in messages:
            if one.purpose == "reminder":
                cards[one.key.removeprefix("reminder:")].append(one)
            if one.purpose == "reminder-voice":
                voices[one.key.removeprefix("reminder:").removesuffix(":voice")] = one
        for key, voice in voices.items():
            alone = voice.state is OutboxState.SENT and cards[key][0].state is not OutboxState.SENT
            assert not alone, key
        by_row: dict[str, list[Message]] = defaultdict(list)
        for key, found in cards.items():
            assert len(found) == 1, key
            by_row[":".join(key.split(":")[:4])] += found
        for key, row in self.rows.items():
            self.settled(row, by_row[key])
        self.asked_once(messages)

    def settled(self, row, cards):
        """Judge what became of one reminder, and of its cards."""
        if row.state is PLANNED:
            assert row.expires_at > self.world.now, row
            return
        if row.state is QUEUED:
            assert cards, row
        elif row.reason in WITHDRAWN:
            assert all(one.state is not OutboxState.SENT for one in cards), row
        else:
            assert not cards, row
        if row.reason == "too late":
            missed = [
                at
                for step, at in self.world.planned_at
                if step > self.since[row.key] and row.due_at <= at < row.expires_at
            ]
            assert not missed, (row, missed)
        for one in cards:
            self.said(row, one)

    def said(self, row, card):
        """Judge a card that has left, or has not."""
        if card.state is not OutboxState.SENT:
            assert card.error in {"expired", *WITHDRAWN}, (row, card.error)
            return
        self.sent += 1
        assert row.due_at <= card.sent_at < row.expires_at, (row, card.sent_at)
        held = self.world.meetings[row.meeting_id]
        words = str(card.payload.get("caption"))
        if int(row.key.split(":")[2]) == held.revision and row.kind in BEFORE:
            assert f"{minute(held.start) // 60}:{minute(held.start) % 60:02}" in words, words
            ahead = midnight(held.start) - midnight(card.sent_at)
            assert ("明天" in words) == (ahead == timedelta(days=1)), (row, words)

    def asked_once(self, messages):
        """Judge that nobody was asked twice whether they are here."""
        asked: Counter[tuple[str, int | None, int]] = Counter()
        for one in messages:
            opening = one.purpose == "checkin" and one.person_id and "here:" in str(one.payload)
            start = one.purpose == "reminder" and (one.key or "").startswith("reminder:start:")
            if opening or start:
                act = next(
                    tap["callback_data"]
                    for row in one.payload["reply_markup"]["inline_keyboard"]
                    for tap in row
                )
                asked[act, one.person_id, one.chat_id] += 1
        assert not [who for who, times in asked.items() if times > 1], asked
