import itertools
from datetime import UTC, datetime, timedelta

import pytest

from bot.language import ENGLISH
from bot.services.mark_words import story
from bot.services.standing import standing
from db.models import (
    How,
    LeaveKind,
    Mark,
    Meeting,
    MeetingState,
    Mode,
    Phase,
    Status,
    StudyClass,
    Sure,
)

START = datetime(2026, 11, 23, 0, tzinfo=UTC)  # 8:00 in the county
MINUTE = timedelta(minutes=1)
numbers = itertools.count(1)


def after(minutes):
    return START + minutes * MINUTE


def meeting(grace=10, **fields):
    held = {
        "id": 1,
        "starts_at": START,
        "ends_at": after(90),
        "mode": Mode.OFFLINE,
        "state": MeetingState.CLOSED,
        "closed_at": after(95),
        "closed_by": 9,
        "study_class": StudyClass(id=1, grace=grace),
    }
    return Meeting(**held | fields)


def mark(minutes, status=Status.PRESENT, how=How.TAP, sure=Sure.SELF, **fields):
    made = {"phase": Phase.IN, "key": "self", "minutes_late": 0}
    made |= {"id": next(numbers), "status": status, "how": how, "sure": sure, "at": after(minutes)}
    return Mark(**made | fields)


def roll(minutes, status):
    return mark(minutes, status, How.ROLL, Sure.TEACHER)


def witness(minutes, status):
    return mark(minutes, status, How.WITNESS, Sure.WITNESS)


def paper(minutes, status):
    return mark(minutes, status, How.PAPER, Sure.PAPER)


def imported(minutes, status=Status.PRESENT):
    return mark(minutes, status, How.IMPORT, Sure.IMPORT)


def listed(minutes, status):
    return mark(minutes, status, How.LIST, Sure.HELPER)


def makeup(minutes, status=Status.PRESENT):
    return mark(minutes, status, How.MAKEUP, Sure.MAKEUP)


def leave(minutes, kind=LeaveKind.SICK):
    return mark(minutes, Status.LEAVE, How.TAP, Sure.WITNESS, leave=kind)


def out(minutes, status=Status.PRESENT, how=How.TAP, sure=Sure.SELF):
    return mark(minutes, status, how, sure, phase=Phase.OUT)


# From the strongest word to the weakest; each says something else.
ORDER = [
    roll(80, Status.ABSENT),
    witness(5, Status.LEFT_EARLY),
    paper(200, Status.EXCUSED),
    mark(3, Status.PRESENT),
    imported(1, Status.LATE),
    leave(-600),
    listed(4, Status.ABSENT),
    makeup(5000, Status.PRESENT),
]


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_the_stronger_word_counts_whenever_it_was_said(first):
    held = ORDER[first:]
    for marks in (held, held[::-1]):
        stand = standing(marks, meeting())
        assert (stand.status, stand.sure, stand.how) == (
            ORDER[first].status,
            ORDER[first].sure,
            ORDER[first].how,
        )


def test_the_last_word_of_who_vouches_corrects_the_one_before():
    for say in (roll, witness, paper):
        marks = [say(5, Status.ABSENT), say(9, Status.PRESENT)]
        assert standing(marks, meeting()).status is Status.PRESENT


def test_who_wrote_leave_and_came_after_all_has_come():
    wrote = mark(-60, Status.LEAVE, How.LIST)
    came = mark(4, Status.PRESENT)
    assert standing([wrote, came], meeting()).status is Status.PRESENT
    assert standing([wrote], meeting()).status is Status.LEAVE
    assert standing([leave(-60), came], meeting()).status is Status.PRESENT


@pytest.mark.parametrize(
    ("made", "minutes"),
    [
        (witness(40, Status.PRESENT), 90),
        (paper(500, Status.PRESENT), 90),
        (makeup(5000), 90),
        (imported(20), 70),
        (mark(7), 83),
        (listed(7, Status.PRESENT), 83),
    ],
)
def test_who_is_vouched_for_counts_from_the_start_and_others_from_their_mark(made, minutes):
    assert standing([made], meeting()).minutes == minutes


def test_to_leave_before_the_grace_of_the_end_is_to_leave_early():
    assert standing([mark(0), out(80)], meeting()).status is Status.PRESENT
    early = standing([mark(0), out(79)], meeting())
    assert (early.status, early.minutes) == (Status.LEFT_EARLY, 79)
    assert early.reasons[-1].say(ENGLISH) == "left 11 min before the end"
    assert standing([mark(0), out(79)], meeting(grace=15)).status is Status.PRESENT


def test_nobody_leaves_early_when_the_teacher_ended_early():
    held = meeting(closed_at=after(60))
    assert standing([mark(0), out(61)], held).status is Status.PRESENT
    assert standing([mark(0), out(40)], held).status is Status.LEFT_EARLY


def test_a_teacher_who_says_left_early_is_believed_to_the_minute():
    stand = standing([mark(0), roll(50, Status.LEFT_EARLY)], meeting())
    assert (stand.status, stand.minutes) == (Status.LEFT_EARLY, 50)


def test_the_file_of_the_online_meeting_says_when_somebody_left_not_the_smile_afterwards():
    gone = out(30, how=How.IMPORT, sure=Sure.IMPORT)
    assert standing([imported(0), gone, out(95)], meeting()).minutes == 30


def test_away_on_duty_is_neither_present_nor_absent():
    stand = standing([witness(0, Status.EXCUSED)], meeting())
    assert (stand.status, stand.minutes) == (Status.EXCUSED, 0)


def told(*marks, **fields):
    said = story(marks, meeting(**fields))
    return said.say(ENGLISH), said.say()


@pytest.mark.parametrize(
    ("marks", "english", "mandarin"),
    [
        (
            [mark(3, how=How.GROUP), roll(20, Status.PRESENT)],
            "present: tapped 8:03 in the group, confirmed by the teacher 8:20",
            "到：8:03在群里点了签到，8:20老师确认",
        ),
        (
            [mark(3), roll(20, Status.ABSENT)],
            (
                "absent from class: tapped 8:03 in private, "
                "absent from class by the teacher's roll call 8:20"
            ),
            "缺勤：8:03私聊签到，8:20老师点名：缺勤",
        ),
        (
            [leave(-600)],
            "on leave: sick leave granted by the class head 2026-11-22",
            "请假：2026-11-22班主任批准病假",
        ),
        (
            [mark(2, how=How.CODE), mark(45, phase=Phase.MID), out(88)],
            "present: gave the code of the moment 8:02, still there 8:45, in the middle, went 9:28",
            "到：8:02输了签到码，8:45中途还在，9:28离开",
        ),
        (
            [mark(2, sure=Sure.HELPER)],
            "present: tapped 8:02 on a shared phone, by a relative",
            "到：8:02家人在同一部手机上代按",
        ),
        (
            [],
            "absent from class: the meeting was closed without a mark",
            "缺勤：结束时没有签到记录",
        ),
    ],
)
def test_why_somebody_counts_as_they_do_can_be_read(marks, english, mandarin):
    assert told(*marks) == (english, mandarin)


def joined(minutes, left, there, status=Status.PRESENT):
    gone = out(left, Status.PRESENT, How.IMPORT, Sure.IMPORT)
    gone.minutes = there
    return [imported(minutes, status), gone]


@pytest.mark.parametrize(
    ("arrival", "minutes"),
    [
        ([], 40),  # the file alone: what it counted
        ([mark(5)], 40),  # who tapped is believed no more than the file has
        ([mark(80, Status.LATE, minutes_late=80)], 10),
        ([roll(85, Status.PRESENT)], 70),  # from the start, less the gap of 20
        ([paper(200, Status.PRESENT)], 70),
        ([roll(85, Status.ABSENT)], 0),
    ],
)
def test_gaps_of_an_online_meeting_are_no_minutes_of_class(arrival, minutes):
    marks = [*joined(30, 90, 40, Status.LATE), *arrival]
    for given in (marks, marks[::-1]):
        assert standing(given, meeting()).minutes == minutes


def test_minutes_of_a_file_never_pass_the_meeting():
    stand = standing(joined(-20, 130, 150), meeting())
    assert (stand.status, stand.minutes) == (Status.PRESENT, 90)
    assert standing(joined(0, 90, 60), meeting()).reasons[-1].say(ENGLISH) == (
        "30 min not in the meeting in between, by its file"
    )


def granted(minutes):
    early = Status.LEFT_EARLY
    return mark(
        minutes, early, How.TAP, Sure.WITNESS, phase=Phase.OUT, leave=LeaveKind.SICK, key="early:1"
    )


def test_who_must_go_early_left_early_with_leave_or_without():
    own = out(50, Status.LEFT_EARLY)
    for marks in ([mark(0), own], [mark(0), own, granted(50)]):
        stand = standing(marks, meeting())
        assert (stand.status, stand.minutes) == (Status.LEFT_EARLY, 50)


def test_a_leave_to_go_early_is_a_permission_and_who_saw_the_going_knows_better():
    gone = out(88, Status.PRESENT, How.IMPORT, Sure.IMPORT)
    stand = standing([mark(0), granted(50), gone], meeting())
    assert (stand.status, stand.minutes) == (Status.PRESENT, 88)
    stayed = standing([mark(0), granted(50), out(90)], meeting())
    assert (stayed.status, stayed.minutes) == (Status.PRESENT, 90)


def test_how_early_is_early_is_the_classs_own_and_of_the_day():
    marks = [mark(0), out(70)]
    assert standing(marks, meeting()).status is Status.LEFT_EARLY
    lenient = StudyClass(id=1, grace=10, leave_grace=20)
    assert standing(marks, meeting(study_class=lenient)).status is Status.PRESENT
    then = {"opens_before": 30, "grace": 10, "late_until": None, "leave_grace": None}
    held = meeting(study_class=lenient, windows=then)
    assert standing(marks, held).status is Status.LEFT_EARLY
