"""What honest classes do in a month: families on one phone, sheets, leave, makeup, weak work."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from db.models import (
    Account,
    AccountPerson,
    Answer,
    ClassPhoto,
    How,
    Makeup,
    Mark,
    Media,
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
)
from tests.bot.services.honest_meetings import (
    DAY,
    MINUTE,
    attend,
    attend_on_paper,
    attend_online,
    come_by,
)

CLASSES, SIZE = 23, 50
BEGAN = datetime(2026, 10, 26, 1, tzinfo=UTC)  # Monday 09:00 in the county, a week before
FIRST = datetime(2026, 11, 2, tzinfo=UTC)  # Monday 08:00
END = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass
class Month:
    """Rows by table, and what was planted among them."""

    chance: random.Random
    rows: dict[Any, list[Any]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[Any] = field(default_factory=Counter)
    frauds: list[Any] = field(default_factory=list)  # planted ones, in fraud_month
    slips: set[int] = field(default_factory=set)  # honest learners whom a flag may well name

    def add(self, table, **values):
        self.counts[table] += 1  # rows may be forgotten again
        values = {"id": self.counts[table], **values}
        self.rows[table].append(values)
        return values["id"]

    def mark(
        self, meeting, person, how, sure, at, *, by=None, account=None, phase=Phase.IN, **more
    ):
        values = {
            "status": Status.PRESENT,
            "minutes_late": 0,
            "key": "self" if sure in {Sure.SELF, Sure.HELPER} else f"{how}:1",
            "leave": None,
        } | more
        return self.add(
            Mark,
            meeting_id=meeting["id"],
            person_id=person,
            phase=phase,
            how=how,
            sure=sure,
            made_by=by or person,
            account_id=account,
            at=at,
            **values,
        )

    def meetings(self, number):
        return [one for one in self.rows[Meeting] if one["study_class_id"] == number]


def new_person(made, name, born=None, **more):
    number = len(made.rows[Person]) + 1
    return made.add(
        Person,
        county_id=1,
        number=f"P{number:06}",
        name=f"示例{name}{number}",
        birth_date=born,
        created_at=BEGAN,
        **({"temporary": False, "merged_into": None} | more),
    )


def new_account(made, *persons):
    account = made.add(Account, user_id=10_000 + len(made.rows[Account]), reachable=True)
    for person in persons:
        made.rows[AccountPerson].append(
            {"account_id": account, "person_id": person, "linked_at": BEGAN}
        )
    return account


def enrol(made, number):
    """Make a class: teacher, head, 50 learners; families share phones, a few have none."""
    chance = made.chance
    made.add(
        StudyClass,
        county_id=1,
        name=f"示例{number}班",
        teaching_point=f"{number}号村教学点",
        created_at=BEGAN + chance.randrange(3) * DAY,
        ended_at=None,
    )
    staff = [new_person(made, "教师"), new_person(made, "班主任")]
    accounts = [new_account(made, person) for person in staff]
    learners = []
    for _each in range(SIZE):
        born = date(chance.randint(1967, 2010), chance.randint(1, 12), chance.randint(1, 28))
        learners.append(new_person(made, "学员", born if chance.random() < 0.97 else None))
    for person, role in (
        *zip(staff, (Role.TEACHER, Role.CLASS_HEAD), strict=True),
        *((one, Role.LEARNER) for one in learners),
    ):
        made.add(
            Membership,
            person_id=person,
            role=role,
            study_class_id=number,
            starts_at=BEGAN + 3 * DAY,
            ends_at=None,
        )
    phone = dict.fromkeys(learners)
    alone = [*learners]
    without, paper_only = alone[:3], alone[3:5]  # helped by the class head; on sheets only
    alone = alone[5:]
    while alone:
        family = chance.choice((1, 1, 1, 1, 1, 1, 2, 2, 3, 4))
        members, alone = alone[:family], alone[family:]
        account = new_account(made, *members)
        phone |= dict.fromkeys(members, account)
    return {
        "teacher": staff[0],
        "head": staff[1],
        "accounts": accounts,
        "learners": learners,
        "phone": phone,
        "without": without,
        "paper_only": paper_only,
    }


def plan(made, number, home):
    """Plan nine meetings: evenings, mornings, one online, and a day of practice in two parts."""
    chance = made.chance
    days = sorted(chance.sample(range(26), 8))
    practice, online = chance.sample(days, 2)
    for day in days:
        morning = FIRST + day * DAY
        begin = morning + chance.choice((60, 90, 360, 690)) * MINUTE  # 9:00, 9:30, 14:00, 19:30
        spans = [(begin, begin + chance.choice((90, 120, 135)) * MINUTE, f"{number}号村教学点")]
        if day == practice:  # 300 minutes of practice, the bus leaves between the parts
            spans = [
                (morning + 60 * MINUTE, morning + 210 * MINUTE, f"{number}号村教学点"),
                (morning + 360 * MINUTE, morning + 510 * MINUTE, "县实训基地"),
            ]
        for starts, ends, place in spans:
            closed = ends + chance.randint(-4, 15) * MINUTE
            made.add(
                Meeting,
                study_class_id=number,
                teacher_id=home["teacher"],
                starts_at=starts,
                ends_at=ends,
                place="网上" if day == online else place,
                mode=Mode.ONLINE
                if day == online
                else Mode.PRACTICE
                if day == practice
                else Mode.OFFLINE,
                lesson="wh01",
                title="听、点、说",
                state=MeetingState.CLOSED,
                opened_at=starts - 10 * MINUTE,
                closed_at=closed,
                closed_by=home["teacher"],
                revision=0,
            )


def live(made, number, home):
    """Let a class meet: taps, families, roll call, sheets, files, leave, makeup, photos, work."""
    chance = made.chance
    base = chance.getrandbits(64)
    for at, meeting in enumerate(made.meetings(number)):
        if meeting["mode"] is Mode.ONLINE:
            attend_online(made, meeting, home)
        elif at == 2:
            attend_on_paper(made, meeting, home)
        else:
            attend(made, meeting, home)
        picture = base
        for bit in chance.sample(range(64), chance.randint(2, 9)):
            picture ^= 1 << bit  # the same room, another day
        for _shot in range(chance.choice((1, 1, 2))):
            photo(made, meeting, home["teacher"], picture ^ (1 << chance.randrange(64)))
    for person in home["learners"]:
        lessons = chance.choice((1, 2, 4, 8))
        if home["phone"][person] is None and chance.random() < 0.7:
            continue  # works on paper
        for _each in range(lessons):
            work(made, person)


def photo(made, meeting, sender, bits, same_as=None):
    at = meeting["starts_at"] + 30 * MINUTE
    media = made.add(
        Media,
        kind="photo",
        person_id=sender,
        file_id="f",
        unique_id=f"u{len(made.rows[Media])}",
        retry_at=at,
        received_at=at,
    )
    return made.add(
        ClassPhoto,
        meeting_id=meeting["id"],
        media_id=media,
        sent_by=sender,
        at=at,
        likeness=f"{bits:016x}",
        same_as=same_as,
    )


def work(made, person):
    at = FIRST + made.chance.randrange(26 * 24 * 60) * MINUTE
    sitting = made.add(
        Sitting,
        person_id=person,
        lesson="wh01",
        version="1",
        shown_at=at,
        started_at=at,
        finished_at=at + 9 * MINUTE,
    )
    for step in range(made.chance.randint(1, 4)):
        made.add(
            Answer,
            sitting_id=sitting,
            person_id=person,
            step=step,
            kind="listen",
            tries=1,
            right=made.chance.random() < 0.5,
            seconds=8,
            at=at,
        )


def walk_in(made, homes):
    """Let 20 people come to another class while their own does not meet; found out later."""
    for _each in range(20):
        own, other = made.chance.sample(sorted(homes), 2)
        person = made.chance.choice(homes[own]["learners"][5:])
        busy = {one["starts_at"].date() for one in made.meetings(own)}
        free = [
            one
            for one in made.meetings(other)
            if one["starts_at"].date() not in busy and one["mode"] is Mode.OFFLINE
        ]
        if free:
            stranger = new_person(made, "路过", temporary=True, merged_into=person)
            come_by(made, made.chance.choice(free), stranger, homes[other])


def forget(made, meeting, person):
    """Leave out what was told of somebody at a meeting."""
    for table in (Mark, Makeup):
        made.rows[table] = [
            row
            for row in made.rows[table]
            if (row["meeting_id"], row["person_id"]) != (meeting["id"], person)
        ]


def idle(made, person):
    for table in (Answer, Sitting):
        made.rows[table] = [row for row in made.rows[table] if row["person_id"] != person]


def often(made, person, number, home):
    """Have somebody at every meeting of the class, in the ways that it was held."""
    for meeting in made.meetings(number):
        forget(made, meeting, person)
        made.mark(
            meeting,
            person,
            How.TAP,
            Sure.SELF,
            meeting["starts_at"] + 2 * MINUTE,
            account=home["phone"][person],
        )


def meet_again(made, number, home, starts, minutes, place):
    """Plan one more meeting of a class."""
    made.add(
        Meeting,
        study_class_id=number,
        teacher_id=home["teacher"],
        starts_at=starts,
        ends_at=starts + minutes * MINUTE,
        place=place,
        mode=Mode.OFFLINE,
        lesson="wh02",
        title="数一数",
        state=MeetingState.CLOSED,
        opened_at=starts,
        closed_at=starts + minutes * MINUTE,
        closed_by=home["teacher"],
        revision=0,
    )
    return made.rows[Meeting][-1]
