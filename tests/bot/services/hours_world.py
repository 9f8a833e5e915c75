"""A seeded month of a class of fifty: every way to be marked."""

import random
from datetime import timedelta

from bot.services.hours_rules import HoursRule
from db.models import (
    How,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Mode,
    Person,
    Phase,
    Role,
    Sitting,
    Status,
    StudyClass,
    Sure,
    Track,
)

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TEACHER, HEAD = 901, 902
OLD = {"unit_minutes": 45, "max_per_day": 7, "online_cap": 12, "status": "待核", "source": "示例"}


def rules_of(start):
    """Two rules: from the middle of the term an hour is shorter, and the day too."""
    return (
        HoursRule.model_validate(
            OLD
            | {
                "effective_from": (start + 10 * DAY).date(),
                "unit_minutes": 40,
                "max_per_day": 6,
                "online_cap": 9,
                "makeup_counts": False,
                "tracks": {"register": {"required": 90, "max_per_day": 5}},
            }
        ),
        HoursRule.model_validate(
            OLD
            | {
                "effective_from": "2026-01-01",
                "tracks": {"register": {"required": 80, "unit_minutes": 45, "max_per_day": 8}},
            }
        ),
    )


class World:
    """A class whose meetings are held one after another."""

    def __init__(self, start, seed=1, learners=50, meetings=30):
        self.chance, self.other = random.Random(seed), random.Random(seed + 1)
        self.start, self.count, self.held = start, learners, meetings
        self.marks = 0

    def people(self):
        yield StudyClass(id=1, county_id=1, name="示例班", created_at=self.start)
        for number, name in ((TEACHER, "示例石老师"), (HEAD, "示例龙主任")):
            yield Person(
                id=number, county_id=1, number=f"P{number}", name=name, created_at=self.start
            )
        for number in range(1, self.count + 1):
            yield Person(
                id=number,
                county_id=1,
                number=f"P{number:06}",
                name="=示例杨" if number == 1 else f"示例杨{number}",
                created_at=self.start,
            )

    def memberships(self):
        yield Membership(
            person_id=HEAD, role=Role.CLASS_HEAD, study_class_id=1, starts_at=self.start
        )
        yield Membership(
            person_id=TEACHER, role=Role.TEACHER, study_class_id=1, starts_at=self.start
        )
        for number in range(1, self.count + 1):
            late = number % 13 == 0
            yield Membership(
                person_id=number,
                role=Role.LEARNER,
                study_class_id=1,
                track=Track.REGISTER if number % 3 == 0 else Track.CERTIFICATE,
                starts_at=self.start + (6 * DAY if late else -DAY),
                ends_at=self.start + 12 * DAY if number % 17 == 0 else None,
            )

    def meetings(self):
        """Two a day now and then, long and short, one in four online or in practice."""
        for number in range(self.held):
            day, second = divmod(number, 2)
            starts = self.start + day * DAY + second * timedelta(hours=5)
            length = self.chance.choice((90, 90, 90, 120, 240))
            yield Meeting(
                id=number + 1,
                study_class_id=1,
                teacher_id=TEACHER,
                starts_at=starts,
                ends_at=starts + length * MINUTE,
                place=self.chance.choice(("云上村教学点", "银铃村鼓楼")),
                mode=self.chance.choice((Mode.OFFLINE, Mode.OFFLINE, Mode.ONLINE, Mode.PRACTICE)),
                lesson="wh01",
                title="听、点、说",
            )

    def mark(self, meeting, person, phase, status, how, sure, at, **more):
        self.marks += 1
        return Mark(
            id=self.marks,
            meeting_id=meeting.id,
            person_id=person,
            phase=phase,
            key=more.pop("key", f"k:{self.marks}"),
            status=status,
            how=how,
            sure=sure,
            made_by=more.pop("by", person),
            minutes_late=more.pop("late", 0),
            at=at,
        )

    def when(self, meeting, first, last):
        return meeting.starts_at + timedelta(seconds=self.chance.randint(first * 60, last * 60))

    def come(self, meeting, person):
        """Return the marks of one learner at one meeting, in any order."""
        chance, made = self.chance, []
        length = (meeting.ends_at - meeting.starts_at) // MINUTE
        own = [How.TAP, How.GROUP, How.CODE, How.QR, How.VOICE]
        for _one in range(chance.choice((0, 1, 1, 1, 2))):
            at = self.when(meeting, -25, length)
            late = at > meeting.starts_at + 10 * MINUTE
            status = Status.LATE if late else Status.PRESENT
            sure = chance.choice((Sure.SELF, Sure.SELF, Sure.HELPER))
            made.append(self.mark(meeting, person, Phase.IN, status, chance.choice(own), sure, at))
        others = [
            (0.12, How.LIST, Sure.HELPER, (Status.PRESENT, Status.LEAVE)),
            (0.08, How.WITNESS, Sure.WITNESS, (Status.PRESENT, Status.LATE, Status.LEFT_EARLY)),
            (0.06, How.TAP, Sure.WITNESS, (Status.LEAVE,)),
            (0.08, How.PAPER, Sure.PAPER, (Status.PRESENT, Status.ABSENT)),
            (0.08, How.IMPORT, Sure.IMPORT, (Status.PRESENT, Status.LATE)),
            (0.15, How.ROLL, Sure.TEACHER, tuple(set(Status) - {Status.WITHDRAWN})),
            (0.05, How.ROLL, Sure.TEACHER, (Status.LATE, Status.EXCUSED, Status.PRESENT)),
        ]
        for odds, how, sure, statuses in others:
            if chance.random() < odds:
                status = chance.choice(sorted(statuses))
                late = chance.choice((0, 15, 40)) if status is Status.LATE else 0
                at = self.when(meeting, 1, length)
                made.append(self.mark(meeting, person, Phase.IN, status, how, sure, at, late=late))
        for _one in range(chance.choice((0, 0, 1, 1, 2))):
            at = self.when(meeting, length // 3, length + 20)
            sure = chance.choice((Sure.SELF, Sure.SELF, Sure.TEACHER, Sure.IMPORT))
            status = chance.choice((Status.PRESENT, Status.PRESENT, Status.LEFT_EARLY))
            made.append(self.mark(meeting, person, Phase.OUT, status, How.TAP, sure, at))
        if chance.random() < 0.1:
            at = self.when(meeting, 10, length)
            made.append(
                self.mark(meeting, person, Phase.MID, Status.PRESENT, How.TAP, Sure.SELF, at)
            )
        made += [self.take_back(meeting, one) for one in made if chance.random() < 0.07]
        return made

    def take_back(self, meeting, mark):
        return self.mark(
            meeting,
            mark.person_id,
            mark.phase,
            Status.WITHDRAWN,
            mark.how,
            mark.sure,
            mark.at + 5 * MINUTE,
            key=f"withdrawn:{mark.id}",
        )

    def make_up(self, meeting, person):
        """Return a mark made days after, by a second person's word."""
        status = self.chance.choice((Status.PRESENT, Status.PRESENT, Status.LATE))
        late = self.chance.choice((0, 20)) if status is Status.LATE else 0
        at = meeting.ends_at + 2 * DAY
        return self.mark(
            meeting,
            person,
            Phase.IN,
            status,
            How.MAKEUP,
            Sure.MAKEUP,
            at,
            late=late,
            by=HEAD,
            key="makeup",
        )

    def close(self, meeting):
        """Close a meeting: at its end, early, by nobody; or cancel it."""
        turn = self.chance.random()
        if turn < 0.06:
            meeting.state = MeetingState.CANCELLED
            return
        meeting.state = MeetingState.CLOSED
        meeting.closed_by = None if turn < 0.14 else TEACHER
        early = 15 if 0.14 <= turn < 0.3 else -5
        meeting.closed_at = meeting.ends_at - early * MINUTE

    def open_late(self, meeting):
        """Open some check-ins only after the start; returns whether this one was."""
        if meeting.id % 4 == 0:
            meeting.opened_at = meeting.starts_at + self.other.choice((0, 3, 24)) * MINUTE
        return meeting.id % 4 == 0

    def reopened(self, meeting, persons):
        """Return what a closing by mistake left: smiles, taken back, and smiles at the end."""
        if meeting.id % 3:
            return []
        made = []
        for person in persons:
            if self.other.random() < 0.5:
                at = meeting.starts_at + 12 * MINUTE
                args = (Phase.OUT, Status.PRESENT, How.TAP, Sure.SELF)
                smile = self.mark(meeting, person, *args, at, key="self")
                made += [smile, self.take_back(meeting, smile)]
                if self.other.random() < 0.7:
                    made.append(
                        self.mark(meeting, person, *args, meeting.ends_at + MINUTE, key="self:2")
                    )
        return made

    def study(self, meeting, person):
        """Return a lesson on the phone, at night or while the class meets."""
        at = meeting.starts_at + timedelta(hours=self.chance.choice((1, 10)))
        return Sitting(
            person_id=person,
            lesson="wh01",
            version="1",
            shown_at=at,
            started_at=at - timedelta(hours=1),
            finished_at=at,
            seconds=self.chance.randint(100, 4000),
        )
