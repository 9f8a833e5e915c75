from datetime import UTC, date, datetime, timedelta

import pytest

from bot.services.checks import World, findings
from bot.services.flag_rules import rules
from bot.services.flag_words import DETAILS
from db.models import (
    ClassPhoto,
    FlagKind,
    How,
    Makeup,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Mode,
    Phase,
    Role,
    Status,
    StudyClass,
    Sure,
)
from db.queries.checks import Learner

NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SURE = {How.ROLL: Sure.TEACHER, How.PAPER: Sure.PAPER, How.MAKEUP: Sure.MAKEUP}


class Books:
    """What one test's world is made of."""

    def __init__(self):
        self.classes = {}
        self.meetings = {}
        self.marks = []
        self.makeups = []
        self.photos = []
        self.memberships = []
        self.more = {}

    def meets(self, number=1, start=0, minutes=90, place="云上村", mode=Mode.OFFLINE, **more):
        """Hold a meeting so many minutes after nine."""
        study_class = self.classes.setdefault(
            number,
            StudyClass(id=number, name=f"{number}班", grace=10, created_at=NINE - 30 * DAY),
        )
        starts = NINE + start * MINUTE
        ends = starts + minutes * MINUTE
        values = {"teacher_id": 900 + number, "state": MeetingState.CLOSED, "closed_by": 900} | more
        meeting = Meeting(
            id=len(self.meetings) + 1,
            study_class_id=number,
            study_class=study_class,
            starts_at=starts,
            ends_at=ends,
            closed_at=ends,
            place=place,
            mode=mode,
            **values,
        )
        self.meetings[meeting.id] = meeting
        return meeting

    def came(self, person, meeting, after=0.0, how=How.TAP, account=None, **more):
        """Mark somebody so many minutes after the start."""
        values = {"made_by": person, "key": "self", "status": Status.PRESENT} | more
        mark = Mark(
            id=len(self.marks) + 1,
            meeting_id=meeting.id,
            person_id=person,
            phase=Phase.IN,
            how=how,
            sure=SURE.get(how, Sure.SELF),
            minutes_late=0,
            account_id=account,
            at=meeting.starts_at + after * MINUTE,
            **values,
        )
        self.marks.append(mark)
        return mark

    def learns(self, person, number=1, until=None, since=None):
        self.memberships.append(
            Membership(
                person_id=person,
                role=Role.LEARNER,
                study_class_id=number,
                starts_at=since or NINE - 20 * DAY,
                ends_at=until,
            )
        )

    def asks(self, person, meeting, by=900, agreed=901):
        self.makeups.append(
            Makeup(
                id=len(self.makeups) + 1,
                meeting_id=meeting.id,
                person_id=person,
                status=Status.PRESENT,
                asked_by=by,
                asked_at=meeting.ends_at + DAY,
                decided_by=agreed,
                granted=True,
            )
        )

    def shows(self, meeting, likeness="", same_as=None, at=0):
        number = len(self.photos) + 1
        self.photos.append(
            ClassPhoto(
                id=number,
                meeting_id=meeting.id,
                media_id=number,
                sent_by=900,
                at=meeting.starts_at + at * MINUTE,
                likeness=likeness,
                same_as=same_as,
            )
        )
        return number

    def found(self, kind=None, looked=None):
        world = World(
            meetings=self.meetings,
            marks=self.marks,
            memberships=self.memberships,
            photos=self.photos,
            makeups=self.makeups,
            looked=looked,
            **self.more,
        )
        every = list(findings(world, rules()))
        assert len({one.key for one in every}) == len(every)
        for one in every:  # whatever is found can be said
            slots = dict.fromkeys((*one.detail, "who", "by", "agreed", "meetings"), 0)
            slots |= {"moment": 0} if "moments" in one.detail else {}
            assert DETAILS[one.kind, one.detail["why"]] % slots
        return [one for one in every if kind is None or one.kind is kind]

    def why(self, kind, **asked):
        return [one.detail["why"] for one in self.found(kind, **asked)]


@pytest.fixture
def books():
    return Books()


def test_two_meetings_at_once_are_two_places(books):
    first, second = books.meets(), books.meets(2, 30, place="山下村")
    books.came(1, first)
    books.came(1, second, how=How.ROLL)
    (flag,) = books.found(FlagKind.TWO_PLACES)
    assert (flag.person_id, flag.study_class_id, flag.soft) == (1, 2, False)
    assert flag.detail["minutes"] == 60
    assert flag.detail["marks"] == [1, 2]


def test_who_taps_late_in_the_second_place_had_time_to_go_there(books):
    first, second = books.meets(), books.meets(2, 95, place="山下村")
    books.came(1, first)
    books.came(1, second, 5)
    assert books.why(FlagKind.TWO_PLACES) == ["travel"]
    books.marks[-1].at += 20 * MINUTE
    assert books.why(FlagKind.TWO_PLACES) == []


@pytest.mark.parametrize("more", [{"mode": Mode.ONLINE, "place": "网上"}, {"place": "云上村"}])
def test_one_needs_no_way_to_an_online_meeting_or_within_a_place(books, more):
    books.came(1, books.meets())
    books.came(1, books.meets(2, 92, **more))
    assert books.why(FlagKind.TWO_PLACES) == []


def test_a_walk_in_who_was_found_out_is_that_person(books):
    books.more["merged"] = {77: 1}
    books.came(1, books.meets())
    books.came(77, books.meets(2, 0, place="山下村"), how=How.ROLL)
    assert [one.person_id for one in books.found(FlagKind.TWO_PLACES)] == [1]


def test_a_mark_that_was_taken_back_or_of_a_cancelled_meeting_is_no_evidence(books):
    first, second = books.meets(), books.meets(2)
    books.came(1, first)
    mark = books.came(1, second)
    books.came(1, second, key=f"withdrawn:{mark.id}", status=Status.WITHDRAWN)
    third = books.meets(3, state=MeetingState.CANCELLED)
    books.came(1, third)
    assert books.found() == []


def test_whom_the_roll_call_calls_absent_was_not_there_too(books):
    books.came(1, books.meets())
    second = books.meets(2)
    books.came(1, second)
    books.came(1, second, 20, how=How.ROLL, key="roll:1", status=Status.ABSENT)
    assert books.found() == []


def test_a_teacher_teaches_in_one_place(books):
    books.meets(teacher_id=900)
    books.meets(2, 60, teacher_id=900)
    (flag,) = books.found(FlagKind.TWO_PLACES)
    assert (flag.detail["why"], flag.detail["by"], flag.person_id) == ("teacher", [900], None)


def test_a_day_over_the_cap_is_flagged_and_one_at_the_cap_is_not(books):
    for number, start in ((1, 0), (2, 200)):
        books.came(1, books.meets(number, start, 157), how=How.ROLL)
    assert books.found(FlagKind.DAY_CAP) == []  # 314 of 315 minutes
    books.came(1, books.meets(3, 420, 30), how=How.ROLL)
    (flag,) = books.found(FlagKind.DAY_CAP)
    assert (flag.person_id, flag.detail["hours"], flag.detail["cap"]) == (1, "7.6", 7)


def test_a_class_that_was_held_too_long_is_flagged_once_not_everybody_in_it(books):
    held = [books.meets(start=0, minutes=200), books.meets(start=300, minutes=200)]
    for person in range(1, 30):
        for meeting in held:
            books.came(person, meeting, how=How.ROLL)
    assert books.why(FlagKind.DAY_CAP) == ["class"]


def test_meetings_before_the_class_existed_and_after_it_ended_are_outside(books):
    early, late = books.meets(start=-40 * 1440), books.meets(start=1440)
    books.classes[1].ended_at = NINE
    for meeting in (early, late):
        books.came(1, meeting)
        books.came(2, meeting)
    found = books.found(FlagKind.OUTSIDE)
    assert sorted((one.detail["why"], one.meeting_id, one.detail["count"]) for one in found) == [
        ("after", 2, 2),
        ("before", 1, 2),
    ]


@pytest.mark.parametrize(
    ("how", "days", "flagged"),
    [
        (How.ROLL, 0, []),
        (How.ROLL, 1, ["day"]),
        (How.TAP, -1, ["day"]),
        (How.PAPER, 14, []),
        (How.PAPER, 15, ["day"]),
        (How.IMPORT, 1, []),
        (How.MAKEUP, 31, []),
        (How.MAKEUP, 32, ["day"]),
    ],
)
def test_marks_belong_to_the_day_sheets_and_makeup_come_later(books, how, days, flagged):
    books.came(1, books.meets(), days * 1440 + 5, how=how)
    assert books.why(FlagKind.OUTSIDE) == flagged


def test_makeup_after_the_end_of_the_class_is_outside_and_a_sheet_is_not(books):
    meeting = books.meets()
    books.classes[1].ended_at = meeting.ends_at
    books.came(1, meeting, 1440, how=How.PAPER)
    assert books.why(FlagKind.OUTSIDE) == []
    books.came(2, meeting, 1440, how=How.MAKEUP)
    assert books.why(FlagKind.OUTSIDE) == ["ended"]


def test_who_left_the_class_for_good_is_not_marked_there(books):
    meeting = books.meets()
    books.learns(1, until=NINE - 5 * DAY)
    books.learns(2, until=NINE - 5 * DAY)
    books.learns(2)
    books.more["merged"] = {77: 1}
    books.came(77, meeting, how=How.ROLL)
    books.came(2, meeting)
    assert books.found(FlagKind.OUTSIDE) == []
    books.came(1, meeting, how=How.ROLL)
    assert [one.person_id for one in books.found(FlagKind.OUTSIDE)] == [1]


def test_a_family_of_four_on_one_phone_is_flagged_softly_only(books):
    meeting = books.meets()
    for person in range(1, 5):
        books.came(person, meeting, person / 30, account=7)
    (flag,) = books.found()
    assert (flag.kind, flag.soft, flag.detail["persons"]) == (
        FlagKind.SHARED_PHONE,
        True,
        [1, 2, 3, 4],
    )


def test_five_within_a_minute_are_a_batch_and_five_in_two_minutes_are_not(books):
    meeting = books.meets()
    for person in range(1, 6):
        books.came(person, meeting, person / 4, account=7)
    (flag,) = books.found(FlagKind.BATCH)
    assert (flag.detail["seconds"], flag.detail["accounts"]) == (60, [7])
    books.marks[-1].at += MINUTE
    assert books.found(FlagKind.BATCH) == []


def test_six_through_one_phone_are_no_family_however_slowly_they_come(books):
    meeting = books.meets()
    for person in range(1, 6):
        books.came(person, meeting, 10 * person, account=7)
    assert books.why(FlagKind.BATCH) == []
    books.came(6, meeting, 70, account=7, how=How.CODE, made_by=1)
    (flag,) = books.found(FlagKind.BATCH)
    assert (flag.detail["why"], flag.detail["count"], flag.soft) == ("many", 6, False)


def test_whom_staff_mark_one_by_one_is_no_batch_unless_as_themselves(books):
    meeting = books.meets()
    books.more["staff"] = frozenset({900})
    for person in range(1, 21):
        books.came(person, meeting, 2 * person, account=7, made_by=900)
        books.marks[-1].sure = Sure.HELPER
    assert books.why(FlagKind.BATCH) == []
    for mark in books.marks[:6]:
        mark.sure, mark.made_by = Sure.SELF, mark.person_id
    assert books.why(FlagKind.BATCH) == ["many"]


def test_roll_calls_and_sheets_are_no_batch_and_a_witness_may_vouch_for_some(books):
    meeting = books.meets()
    for person in range(1, 41):
        books.came(person, meeting, how=How.ROLL if person % 2 else How.PAPER, account=7)
    for person in range(50, 61):
        books.came(person, meeting, how=How.WITNESS, account=8)
    assert books.found() == []
    books.came(61, meeting, how=How.WITNESS, account=8)
    assert books.why(FlagKind.BATCH) == ["witness"]


@pytest.mark.parametrize(
    ("born", "flagged"),
    [
        (date(2011, 11, 23), []),
        (date(2011, 11, 24), [14]),
        (date(1966, 11, 24), []),
        (date(1966, 11, 23), [60]),
        (None, []),
    ],
)
def test_age_is_counted_on_the_day_of_enrolment(books, born, flagged):
    books.learns(1, since=NINE)
    books.more["learners"] = {1: Learner(1, born)}
    assert [one.detail["age"] for one in books.found(FlagKind.AGE)] == flagged


def test_a_copy_of_another_meetings_photo_is_flagged_and_one_alike_softly(books):
    first, second, third = books.meets(), books.meets(start=1440), books.meets(2, 2880)
    books.shows(first, "00ff00ff00ff00ff")
    books.shows(first, "00ff00ff00ff00fe", same_as=1, at=1)  # two of one meeting are welcome
    assert books.found() == []
    books.shows(second, "00ff00ff00ff0fff")  # 4 bits away, 5 from the other
    books.shows(third, "ff00ff00ff00ff00", same_as=1)  # turned, and known by its filing
    found = books.found(FlagKind.PHOTO)
    assert [(one.detail["photos"], one.detail["distance"], one.soft) for one in found] == [
        ([1, 3], 4, True),
        ([1, 4], 64, False),
    ]
    books.shows(third, "123456789abcdef0")
    assert len(books.found(FlagKind.PHOTO)) == 2
    assert [one.detail["photos"] for one in books.found(FlagKind.PHOTO, frozenset({2}))] == [[1, 4]]


def diligent(books, persons, meetings):
    for _each in range(meetings):
        meeting = books.meets(start=1440 * (len(books.meetings) - 10))
        for person in persons:
            books.came(person, meeting, account=100 + person)
    for person in persons:
        books.learns(person)


def test_who_is_always_there_and_never_works_is_flagged_softly_without_a_phone(books):
    diligent(books, range(1, 8), 6)
    books.more |= {"worked": frozenset(range(1, 6)), "phones": frozenset({6})}
    found = books.found(FlagKind.NO_WORK)
    assert [(one.person_id, one.soft) for one in found] == [(6, False), (7, True)]


def test_a_class_without_any_work_is_asked_as_a_class(books):
    diligent(books, range(1, 8), 6)
    books.more["worked"] = frozenset({1})
    assert books.why(FlagKind.NO_WORK) == ["class"]


def test_five_meetings_are_not_often_and_made_up_ones_do_not_count(books):
    diligent(books, range(1, 4), 5)
    for person in range(1, 4):
        books.came(person, books.meets(start=1440), how=How.MAKEUP)
    assert books.found(FlagKind.NO_WORK) == []


def test_makeup_in_bulk_is_flagged_by_who_asked_and_by_meeting(books):
    held = [books.meets(start=-1440 * day) for day in range(10)]
    for meeting in held:
        for person in range(1, 21):
            books.came(person, meeting)
        for person in (21, 22):
            books.asks(person, meeting)
    assert books.why(FlagKind.MAKEUP) == ["month"]
    books.makeups.pop()
    assert books.why(FlagKind.MAKEUP) == []
    for person in range(23, 27):
        books.asks(person, held[0], by=950)
    for person in range(21, 27):
        books.came(person, held[0], 1440, how=How.MAKEUP)
    assert books.why(FlagKind.MAKEUP) == []  # 6 of 26
    books.asks(27, held[0], by=950)
    assert books.why(FlagKind.MAKEUP) == ["meeting"]


def test_nobody_agrees_to_what_they_asked_for(books):
    books.asks(1, books.meets(), by=900, agreed=900)
    assert books.why(FlagKind.MAKEUP) == ["own"]
