from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services.marking import make_mark
from bot.services.online_applying import apply
from bot.services.online_drafting import (
    doubtful,
    draft,
    drafted,
    meeting_of,
    settle,
    settle_rest,
    unsettle,
)
from bot.services.online_file import read_online
from bot.services.standing import standing
from db import ledger
from db.models import (
    Alias,
    County,
    How,
    LedgerEntry,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    OnlineImport,
    Person,
    Phase,
    Role,
    Status,
    StudyClass,
    Sure,
)
from tests.bot.services.online_files import (
    DINGTALK,
    LIVE,
    MEMBER,
    Rows,
    above,
    book,
    detail,
    sums,
    text,
)

NAMES = ("示例石老师", "示例杨一", "示例吴二", "示例麻三", "示例龙四", "示例龙四")
PHONES = ("19900000001", "19900000002", "19900000003", "19900000003", "", "")


@pytest.fixture
async def school(database, now, tmp_path):
    """A class of five, two of one name, two of one phone; it meets from 9:00 to 10:30."""
    async with database.begin() as session:
        session.add(County(id=1, name="示例县"))
        await session.flush()
        session.add(StudyClass(id=1, county_id=1, name="示例班", late_until=60, created_at=now))
        for number, (name, phone) in enumerate(zip(NAMES, PHONES, strict=True), 1):
            person = Person(
                id=number,
                county_id=1,
                number=f"P{number:06}",
                name=name,
                phone=phone,
                created_at=now,
            )
            session.add(person)
            await session.flush()
            role = Role.TEACHER if number == 1 else Role.LEARNER
            session.add(Membership(person_id=number, role=role, study_class_id=1, starts_at=now))
        session.add(
            Meeting(
                id=1,
                study_class_id=1,
                teacher_id=1,
                starts_at=now,
                ends_at=now + timedelta(minutes=90),
                place="线上",
                lesson="wh01",
                title="听、点、说",
            )
        )
    return School(database, now, tmp_path)


class School:
    """A class and the folder in which its files lie."""

    def __init__(self, database, now, folder):
        self.database, self.now, self.folder = database, now, folder
        self.after = now + timedelta(hours=3)

    async def drafts(self, path):
        async with self.database.begin() as session:
            reading = read_online(path, self.now)
            meeting = await session.get_one(Meeting, 1)
            person = await session.get_one(Person, 1)
            return (await draft(session, reading, meeting, person, self.after)).id

    async def applies(self, number, who=None, *, rest=False):
        async with self.database.begin() as session:
            row = await session.get_one(OnlineImport, number)
            for place, person in (who or {}).items():
                chosen = await session.get_one(Person, person) if person else None
                assert settle(row, place, chosen)
            if rest:
                settle_rest(row)
            meeting = await session.get_one(Meeting, 1)
            teacher = await session.get_one(Person, 1)
            return await apply(session, row, meeting, teacher, self.after)

    async def imports(self, *rows, who=None, name="t.xlsx", sheet=detail):
        path = book(self.folder / name, 成员=sheet(*rows))
        return await self.applies(await self.drafts(path), who)

    async def entries(self, number):
        async with self.database.read() as session:
            return drafted(await session.get_one(OnlineImport, number)).entries

    async def stands(self, person):
        async with self.database.begin() as session:
            meeting = await session.get_one(Meeting, 1)
            meeting.state, meeting.closed_by = MeetingState.CLOSED, 1
            meeting.closed_at = meeting.ends_at
            await session.flush()
            marks = await session.scalars(select(Mark).where(Mark.person_id == person))
            found = standing(marks.all(), meeting)
            return found.status, found.minutes

    async def all(self, statement):
        async with self.database.read() as session:
            return list(await session.scalars(statement))


async def test_minutes_are_those_that_somebody_was_there(school):
    done = await school.imports(("示例杨一", "08:50:00", "10:40:00"))
    assert (done.present, done.late, done.absent) == (1, 0, 4)
    assert await school.stands(2) == (Status.PRESENT, 90)
    marks = await school.all(select(Mark).order_by(Mark.id))
    assert [(mark.phase, mark.how, mark.sure) for mark in marks] == [
        (Phase.IN, How.IMPORT, Sure.IMPORT),
        (Phase.OUT, How.IMPORT, Sure.IMPORT),
    ]


async def test_who_came_again_is_summed(school):
    done = await school.imports(
        ("示例杨一", "09:00:00", "09:40:00"), ("示例杨一", "09:48:00", "10:30:00")
    )
    assert done.minutes == {2: 82}
    assert await school.stands(2) == (Status.PRESENT, 82)


async def test_two_devices_count_once(school):
    done = await school.imports(
        ("示例杨一", "09:00:00", "10:00:00"),
        ("P000002(微信用户)", "09:30:00", "10:30:00"),
        ("19900000002", "09:10:00", "09:20:00"),
    )
    assert done.minutes == {2: 90}
    assert len(await school.all(select(Mark))) == 2


async def test_the_platforms_sum_counts_where_it_is_less_than_from_first_to_last(school):
    done = await school.imports(("示例杨一", "09:00:00", "10:30:00", "1小时22分"), sheet=sums)
    assert done.minutes == {2: 82}
    assert await school.stands(2) == (Status.PRESENT, 82)
    line = (await school.all(select(LedgerEntry).where(LedgerEntry.kind == "import.applied")))[-1]
    told = await school.all(
        select(LedgerEntry).where(LedgerEntry.kind == "import.applied", LedgerEntry.person_id == 2)
    )
    assert (told[0].payload["minutes"], told[0].payload["away"]) == (82, 8)
    assert told[0].payload["left"].startswith("2026-11-23T10:30:00")
    assert line.payload["digest"] == told[0].payload["digest"]


async def test_late_and_too_late_are_judged_by_the_class(school):
    done = await school.imports(
        ("示例杨一", "09:10:59", "10:30:00"),
        ("示例吴二", "09:11:00", "10:30:00"),
        ("示例麻三", "10:05:00", "10:30:00"),
        ("P000005", "08:00:00", "08:50:00"),
    )
    assert (done.present, done.late, done.too_late, done.outside) == (1, 1, 1, 1)
    assert await school.stands(3) == (Status.LATE, 79)
    assert await school.stands(4) == (Status.ABSENT, 0)


async def test_hosts_and_teachers_are_left_out(school):
    rows: Rows = [
        *sums(("示例杨一", "09:00:00", "10:30:00", "1:30:00"), role="主持人"),
        ["示例石老师(石)", "2026-11-23 08:40:00", "2026-11-23 10:40:00", "1", "2:00:00", MEMBER],
        ["示例吴二", "2026-11-23 09:00:00", "2026-11-23 10:30:00", "1", "1:30:00", "联席主持人"],
    ]
    number = await school.drafts(book(school.folder / "t.xlsx", 成员参会概况=rows))
    entries = await school.entries(number)
    assert [(one.name, one.person) for one in entries] == [("示例吴二", 3)]


@pytest.mark.parametrize(
    ("label", "person", "by"),
    [
        ("示例杨一", 2, "name"),
        ("示例杨一(19900000002)", 2, "phone"),
        ("P000002 示例杨一", 2, "number"),
        ("云上村-示例杨一", 2, "name"),
        ("微信用户(示例 杨一)", 2, "name"),
        ("示例麻三(19900000003)", 4, "phone"),  # a family's phone, told apart by the name
        ("19900000002", 2, "phone"),
    ],
)
async def test_sure_matches(school, label, person, by):
    path = book(school.folder / "t.xlsx", 成员=detail((label, "09:00:00", "10:00:00")))
    (entry,) = await school.entries(await school.drafts(path))
    assert (entry.person, entry.by) == (person, by)


@pytest.mark.parametrize(
    ("label", "first"),
    [
        ("山里人", None),
        ("示例杨", 2),
        ("示例杨一一", 2),
        ("示例龙四", 5),
        ("19900000003", 3),
        ("示例杨一(19900000003)", 2),  # the name of one, the phone of others
        ("P000002 示例吴二", 2),
    ],
)
async def test_doubtful_matches(school, label, first):
    path = book(school.folder / "t.xlsx", 成员=detail((label, "09:00:00", "10:00:00")))
    (entry,) = await school.entries(await school.drafts(path))
    assert entry.person is None
    assert entry.candidates[:1] == ([first] if first else [])


async def test_no_phone_number_is_kept_in_what_was_read(school):
    path = book(
        school.folder / "t.xlsx",
        成员=detail(
            ("示例杨一(19900000002)", "09:00:00", "10:00:00"), ("19900000009", "9:00", "9:30")
        ),
    )
    entries = await school.entries(await school.drafts(path))
    assert [one.name for one in entries] == ["示例杨一", "…0009"]


async def test_namesakes_are_asked_about_one_by_one(school):
    path = book(
        school.folder / "t.xlsx",
        成员=detail(("示例龙四", "09:00:00", "10:00:00"), ("示例龙四", "09:00:00", "10:30:00")),
    )
    number = await school.drafts(path)
    done = await school.applies(number, {0: 5, 1: 6})
    assert done.minutes == {5: 60, 6: 90}


async def test_nothing_is_applied_while_somebody_is_in_doubt(school):
    path = book(school.folder / "t.xlsx", 成员=detail(("山里人", "09:00:00", "10:00:00")))
    number = await school.drafts(path)
    assert await school.applies(number) is None
    assert await school.all(select(Mark)) == []
    assert await school.all(select(Alias)) == []


async def test_a_nickname_is_learnt_when_it_is_applied(school):
    assert (await school.imports(("山里人", "09:00:00", "10:00:00"), who={0: 2})).minutes == {2: 60}
    assert [(one.person_id, one.name) for one in await school.all(select(Alias))] == [(2, "山里人")]
    path = book(school.folder / "b.xlsx", 成员=detail(("山里人", "09:00:00", "10:05:00")))
    (entry,) = await school.entries(await school.drafts(path))
    assert (entry.person, entry.by) == (2, "alias")


async def test_what_was_settled_can_be_settled_anew(school):
    path = book(school.folder / "t.xlsx", 成员=detail(("山里人", "09:00:00", "10:00:00")))
    number = await school.drafts(path)
    async with school.database.begin() as session:
        row = await session.get_one(OnlineImport, number)
        assert settle(row, 0, None)
        assert not settle(row, 0, None)
        assert doubtful(drafted(row)) == []
        assert unsettle(row)
        assert doubtful(drafted(row)) == [0]
    assert (await school.applies(number, rest=True)).absent == 5


async def test_the_same_file_twice_is_nothing_new(school):
    path = book(school.folder / "t.xlsx", 成员=detail(("示例杨一", "09:00:00", "10:00:00")))
    number = await school.drafts(path)
    assert await school.applies(number)
    assert await school.drafts(path) == number
    assert await school.applies(number) is None
    assert len(await school.all(select(Mark))) == 2


async def test_two_files_of_a_meeting_that_broke_off_count_together(school):
    await school.imports(("示例杨一", "09:00:00", "09:40:00"), ("示例吴二", "09:00:00", "09:40:00"))
    done = await school.imports(("示例杨一", "09:45:00", "10:30:00"), name="b.xlsx")
    assert done.minutes == {2: 85, 3: 40}
    assert done.new == 1
    assert await school.stands(2) == (Status.PRESENT, 85)
    assert await school.stands(3) == (Status.LEFT_EARLY, 40)


async def test_a_roll_call_counts_before_the_file(school):
    async with school.database.begin() as session:
        await make_mark(
            session,
            person=await session.get_one(Person, 2),
            meeting=await session.get_one(Meeting, 1),
            phase=Phase.IN,
            status=Status.ABSENT,
            how=How.ROLL,
            sure=Sure.TEACHER,
            by=await session.get_one(Person, 1),
            at=school.after,
            key="roll:1",
        )
    await school.imports(("示例杨一", "09:00:00", "10:00:00"))
    assert await school.stands(2) == (Status.ABSENT, 0)


async def test_a_live_stream_counts_its_minutes_from_its_start(school):
    rows = [["直播开始时间", "2026-11-23 09:00"], list(LIVE), ["示例杨一", "示例班", "50", "直播"]]
    done = await school.applies(await school.drafts(text(school.folder / "l.csv", rows, "gbk")))
    assert done.minutes == {2: 50}


async def test_a_class_over_midnight_is_counted(school):
    async with school.database.begin() as session:
        meeting = await session.get_one(Meeting, 1)
        meeting.starts_at = school.now + timedelta(hours=14, minutes=20)  # 23:20
        meeting.ends_at = meeting.starts_at + timedelta(minutes=90)
        school.after = meeting.ends_at + timedelta(hours=1)
    rows: Rows = [
        *above("2026-11-23 23:20:00"),
        list(DINGTALK),
        ["示例杨一", "19900000002", "23:10", "00:10", "60分钟"],
        ["示例吴二", "", "00:05", "00:50", "45分钟"],
    ]
    done = await school.applies(await school.drafts(text(school.folder / "d.csv", rows)))
    assert done.minutes == {2: 50, 3: 45}
    assert done.late == 1


async def test_a_file_is_of_the_meeting_whose_time_it_speaks_of(school):
    async with school.database.begin() as session:
        for number, shift in ((2, timedelta(minutes=90)), (3, timedelta(days=1))):
            session.add(
                Meeting(
                    id=number,
                    study_class_id=1,
                    teacher_id=1,
                    starts_at=school.now + shift,
                    ends_at=school.now + shift + timedelta(minutes=90),
                    place="线上",
                    lesson="wh02",
                    title="数一数",
                )
            )

    async def found(join, leave):
        path = book(school.folder / "t.xlsx", 成员=detail(("示例杨一", join, leave)))
        async with school.database.read() as session:
            meeting = await meeting_of(session, read_online(path), 1, [1], school.after)
            return meeting and meeting.id

    assert await found("08:55:00", "10:33:00") == 1
    assert await found("10:27:00", "12:01:00") == 2
    assert await found("07:00:00", "09:02:00") is None
    assert await found("2026-11-22 09:00:00", "2026-11-22 10:30:00") is None
    assert await found("2026-11-24 09:00:00", "2026-11-24 10:30:00") is None  # is still to come


async def test_the_ledger_agrees_with_the_marks(school):
    await school.imports(("示例杨一", "09:00:00", "09:40:00"))
    await school.imports(("示例杨一", "09:45:00", "10:30:00"), name="b.xlsx")
    async with school.database.read() as session:
        assert [fault async for fault in ledger.verify(session)] == []


async def test_who_dropped_out_for_long_and_stayed_to_the_end_did_not_leave_early(school):
    rows = ("示例杨一", "09:00:00", "09:20:00"), ("示例杨一", "09:50:00", "10:30:00")
    done = await school.imports(*rows)
    assert done.minutes == {2: 60}
    came, went = await school.all(select(Mark).order_by(Mark.id))
    assert (came.minutes, went.minutes) == (None, 60)
    assert (went.at - came.at).total_seconds() == 90 * 60  # first join, last leave
    assert await school.stands(2) == (Status.PRESENT, 60)


async def test_who_dropped_out_came_late_and_left_early_is_judged_by_first_and_last(school):
    rows = ("示例杨一", "09:20:00", "09:30:00"), ("示例杨一", "09:50:00", "10:10:00")
    await school.imports(*rows)
    assert await school.stands(2) == (Status.LEFT_EARLY, 30)


async def test_the_ledger_tells_of_minutes_and_finds_them_changed(school):
    await school.imports(("示例杨一", "09:00:00", "09:20:00"), ("示例杨一", "09:50:00", "10:30:00"))
    async with school.database.read() as session:
        assert [fault async for fault in ledger.verify(session)] == []
        marks = (await session.scalars(select(Mark))).all()
        lines = (await session.scalars(select(LedgerEntry))).all()
        (went,) = [one for one in marks if one.minutes is not None]
        about = [one for one in lines if one.person_id == 2]
        assert {one.payload["minutes"] for one in about if one.payload.get("mark") == went.id} == {
            60
        }
        went.minutes = 90
        faults = list(ledger.check_marks(about, marks))
        assert [fault.what for fault in faults] == [f"mark {went.id} was changed"]
        session.expunge_all()
