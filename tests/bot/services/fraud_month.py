"""A month of the county: slips of honest people, and twelve planted frauds of different make."""

import hashlib
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from PIL import ImageOps
from sqlalchemy import insert

from db.models import (
    Account,
    AccountPerson,
    Answer,
    ClassPhoto,
    County,
    FlagKind,
    How,
    Makeup,
    Mark,
    Media,
    MediaState,
    Meeting,
    Membership,
    Mode,
    Person,
    Sitting,
    StudyClass,
    Sure,
)
from tests.bot.services.honest_meetings import DAY, MINUTE, attend, come_by, made_up
from tests.bot.services.honest_month import (
    BEGAN,
    CLASSES,
    FIRST,
    Month,
    enrol,
    forget,
    idle,
    live,
    meet_again,
    new_account,
    new_person,
    often,
    photo,
    plan,
    walk_in,
)
from tests.handlers.class_photos import jpeg, trimmed
from tests.handlers.class_rooms import met

BOY = date(2013, 5, 1)


@dataclass
class Fraud:
    """What was planted, and how to know it again."""

    name: str
    kind: FlagKind
    persons: frozenset[int] = frozenset()  # learners who are part of it
    person: int | None = None  # whose flag it must be
    meetings: frozenset[int] = frozenset()  # that the evidence must name
    accounts: frozenset[int] = frozenset()
    by: frozenset[int] = frozenset()

    def is_in(self, flag):
        detail = flag.detail
        return (
            flag.kind is self.kind
            and not flag.soft
            and (self.person is None or flag.person_id == self.person)
            and self.meetings <= set(detail.get("meetings", ()))
            and self.accounts <= set(detail.get("accounts", ()))
            and self.by <= set(detail.get("by", ()))
        )


def month(seed):
    """Tell a month: what honest classes do, then what twelve people tried."""
    made = Month(random.Random(seed))
    made.add(County, name="示例县")
    homes = {number: enrol(made, number) for number in range(1, CLASSES + 1)}
    for number, home in homes.items():
        plan(made, number, home)
    for number, home in homes.items():
        live(made, number, home)
    walk_in(made, homes)
    slip(made, homes)
    plant(made, homes)
    return made


def slip(made, homes):
    """Let honest people slip: three who never opened a lesson, two called "all here" when away."""
    chance = made.chance
    for number in (15, 16, 17):
        person = chance.choice(homes[number]["learners"][5:])
        made.slips.add(person)
        idle(made, person)
        often(made, person, number, homes[number])
    for number, other in ((18, 19), (20, 21)):
        evening = FIRST + 26 * DAY + 690 * MINUTE
        mine, theirs = (
            meet_again(made, one, homes[one], evening, 90, f"{one}号村教学点")
            for one in (number, other)
        )
        attend(made, mine, homes[number])
        attend(made, theirs, homes[other])
        person = homes[number]["learners"][9]
        forget(made, mine, person)
        made.mark(
            mine,
            person,
            How.ROLL,
            Sure.TEACHER,
            mine["starts_at"] + 20 * MINUTE,
            by=homes[number]["teacher"],
            account=homes[number]["accounts"][0],
        )
        stranger = new_person(made, "路过", temporary=True, merged_into=person)
        come_by(made, theirs, stranger, homes[other])
        made.slips.add(person)


def plant(made, homes):
    """Plant the twelve; each is of another make."""
    for scheme in SCHEMES:
        made.frauds.append(scheme(made, homes))


def at_once(made, homes):
    """A learner taps at home in one class and signs the sheet of another one at the same time."""
    evening = FIRST + 27 * DAY + 690 * MINUTE
    here = meet_again(made, 1, homes[1], evening, 90, "1号村教学点")
    there = meet_again(made, 2, homes[2], evening + 20 * MINUTE, 90, "2号村教学点")
    person = homes[1]["learners"][10]
    made.mark(here, person, How.TAP, Sure.SELF, evening, account=homes[1]["phone"][person])
    made.mark(
        there, person, How.PAPER, Sure.PAPER, evening + DAY, by=homes[2]["teacher"], account=2
    )
    return Fraud(
        "in two classes at once",
        FlagKind.TWO_PLACES,
        frozenset({person}),
        person,
        frozenset({here["id"], there["id"]}),
    )


def flying(made, homes):
    """A learner is vouched for in a village ten minutes after the end of class in another."""
    noon = FIRST + 27 * DAY + 60 * MINUTE
    here = meet_again(made, 3, homes[3], noon, 90, "3号村教学点")
    there = meet_again(made, 4, homes[4], noon + 100 * MINUTE, 90, "4号村教学点")
    person = homes[3]["learners"][11]
    made.mark(here, person, How.ROLL, Sure.TEACHER, noon + 5 * MINUTE, by=homes[3]["teacher"])
    made.mark(there, person, How.WITNESS, Sure.WITNESS, noon + 102 * MINUTE, by=homes[4]["head"])
    return Fraud(
        "ten minutes from village to village",
        FlagKind.TWO_PLACES,
        frozenset({person}),
        person,
        frozenset({here["id"], there["id"]}),
    )


def long_day(made, homes):
    """Three classes keep one learner from eight in the morning until night."""
    begin = FIRST + 27 * DAY
    person, held = homes[5]["learners"][12], []
    for number, start in ((5, 0), (6, 240), (5, 600)):
        meeting = meet_again(made, number, homes[number], begin + start * MINUTE, 150, "乡文化站")
        made.mark(
            meeting,
            person,
            How.ROLL,
            Sure.TEACHER,
            meeting["starts_at"] + 9 * MINUTE,
            by=homes[number]["teacher"],
        )
        held.append(meeting["id"])
    return Fraud(
        "ten hours in one day",
        FlagKind.DAY_CAP,
        frozenset({person}),
        person,
        frozenset(held),
    )


def before(made, homes):
    """Twelve signed for a meeting of a month when the class was not there yet."""
    meeting = meet_again(made, 6, homes[6], BEGAN - 9 * DAY, 90, "6号村教学点")
    persons = homes[6]["learners"][20:32]
    for person in persons:
        made.mark(
            meeting,
            person,
            How.PAPER,
            Sure.PAPER,
            meeting["ends_at"] + 10 * DAY,
            by=homes[6]["teacher"],
        )
    return Fraud(
        "marks before the class existed",
        FlagKind.OUTSIDE,
        frozenset(persons),
        meetings=frozenset({meeting["id"]}),
    )


def after(made, homes):
    """A class that got its certificates goes on with three people."""
    made.rows[StudyClass][7 - 1]["ended_at"] = FIRST + 27 * DAY
    meeting = meet_again(made, 7, homes[7], FIRST + 27 * DAY + 690 * MINUTE, 60, "7号村教学点")
    persons = homes[7]["learners"][20:23]
    for person in persons:
        made.mark(
            meeting,
            person,
            How.ROLL,
            Sure.TEACHER,
            meeting["starts_at"] + 9 * MINUTE,
            by=homes[7]["teacher"],
        )
    return Fraud(
        "marks after the class had ended",
        FlagKind.OUTSIDE,
        frozenset(persons),
        meetings=frozenset({meeting["id"]}),
    )


def afterwards(made, homes):
    """A teacher calls the roll of six people three days after the class, as if it were then."""
    meeting = made.meetings(8)[0]
    persons = homes[8]["learners"][20:26]
    for person in persons:
        forget(made, meeting, person)
        made.mark(
            meeting,
            person,
            How.ROLL,
            Sure.TEACHER,
            meeting["starts_at"] + 3 * DAY,
            by=homes[8]["teacher"],
            account=homes[8]["accounts"][0],
        )
    return Fraud(
        "a roll call three days later",
        FlagKind.OUTSIDE,
        frozenset(persons),
        meetings=frozenset({meeting["id"]}),
        by=frozenset({homes[8]["teacher"]}),
    )


def batch(made, homes, number, count, seconds, how):
    """Mark many people through one account, one every few seconds."""
    home = homes[number]
    meeting = made.meetings(number)[0 if made.meetings(number)[0]["mode"] is Mode.OFFLINE else 1]
    persons = home["learners"][20 : 20 + count]
    account, at = home["accounts"][0], meeting["starts_at"] + 3 * MINUTE
    by = home["teacher"]
    if how is How.CODE:
        by, account = persons[0], new_account(made, persons[0])
    for person in persons:
        forget(made, meeting, person)
        made.mark(meeting, person, how, Sure.HELPER, at, by=by, account=account)
        at += timedelta(seconds=seconds)
    return Fraud(
        f"{count} people through one phone, one every {seconds} s",
        FlagKind.BATCH,
        frozenset(persons),
        meetings=frozenset({meeting["id"]}),
        accounts=frozenset({account}),
    )


def batch_of_teacher(made, homes):
    """A teacher taps many people present, as fast as fingers are or a little slower."""
    count, seconds = made.chance.choice(((18, 1), (9, 5), (6, 12)))
    return batch(made, homes, 9, count, seconds, How.TAP)


def batch_of_learner(made, homes):
    """A learner types the code for half the class, one after another, over most of an hour."""
    count, seconds = made.chance.choice(((30, 110), (12, 240), (8, 75)))
    return batch(made, homes, 10, count, seconds, How.CODE)


def child(made, homes):
    """A boy of thirteen is on the roster."""
    person = homes[11]["learners"][13]
    made.rows[Person][person - 1]["birth_date"] = BOY
    return Fraud("a learner of thirteen", FlagKind.AGE, frozenset({person}), person)


def same_photo(made, homes):
    """Another teacher sends a part of the photo of a class; one honest class meets there again."""
    first, later = made.meetings(12)[:2]
    second = made.meetings(13)[-1]
    taken(made, first, homes[12]["teacher"], "first")
    taken(made, later, homes[12]["teacher"], "later")
    taken(made, second, homes[13]["teacher"], made.chance.choice(("cropped", "framed")))
    return Fraud(
        "one photo for two classes",
        FlagKind.PHOTO,
        meetings=frozenset({first["id"], second["id"]}),
    )


@cache
def pictures():
    """Take real pictures: two days of one class in its room, and what can be made of the first."""
    first = met(1, 12)
    return {
        "first": jpeg(first),
        "later": jpeg(met(2, 12)),
        "cropped": jpeg(trimmed(first, 0.12, *"ltrb"), quality=60),
        "framed": jpeg(ImageOps.expand(trimmed(first, 0.1, "b"), (0, 400)), quality=60),
    }


def taken(made, meeting, sender, name):
    """Have a picture come that nobody has looked at."""
    photo(made, meeting, sender, 0)
    made.rows[ClassPhoto][-1]["likeness"] = ""
    content = pictures()[name]
    made.rows[Media][-1] |= {
        "kind": "class:photo",
        "state": MediaState.STORED,
        "path": f"{name}.jpg",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "mime": "image/jpeg",
    }


def save(folder):
    """Keep the pictures where they are looked for."""
    for name, content in pictures().items():
        (folder / f"{name}.jpg").write_bytes(content)


def ghost(made, homes):
    """Somebody is at every meeting and never does a thing."""
    person = homes[14]["learners"][14]
    idle(made, person)
    often(made, person, 14, homes[14])
    return Fraud("always there, no work", FlagKind.NO_WORK, frozenset({person}), person)


def bulk(made, homes):
    """A teacher has 28 more marks made up in a month; the class head agrees to each."""
    home = homes[22]
    for meeting in made.meetings(22)[:7]:
        for person in made.chance.sample(home["learners"][5:], 4):
            forget(made, meeting, person)
            made_up(
                made, meeting, person, home["teacher"], home["head"], days=made.chance.randint(1, 4)
            )
    return Fraud(
        "makeup in bulk",
        FlagKind.MAKEUP,
        frozenset(
            one["person_id"] for one in made.rows[Makeup] if one["asked_by"] == home["teacher"]
        ),
        by=frozenset({home["teacher"]}),
    )


SCHEMES = (
    at_once,
    flying,
    long_day,
    before,
    after,
    afterwards,
    batch_of_teacher,
    batch_of_learner,
    child,
    same_photo,
    ghost,
    bulk,
)


async def write(session, made):
    """Write the month straight into the database."""
    tables = (
        County,
        Person,
        Account,
        AccountPerson,
        StudyClass,
        Membership,
        Meeting,
        Mark,
        Media,
        ClassPhoto,
        Sitting,
        Answer,
        Makeup,
    )
    for table in tables:
        for start in range(0, len(made.rows[table]), 5000):
            rows = made.rows[table][start : start + 5000]
            await session.execute(insert(table), rows)
