"""Class hours at the phones: heard and seen by learners, as a picture and a file by staff."""

import io
from datetime import timedelta

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import select

from bot.services import hours_rules
from db.models import (
    How,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Message,
    Person,
    Phase,
    Role,
    Status,
    StudyClass,
    Sure,
    Track,
)
from tests.handlers.room import HEAD, TEACHER, YANG

OTHER = 103


def mark(number, meeting, person, at, **fields):
    usual = {"phase": Phase.IN, "key": "self", "status": Status.PRESENT, "how": How.TAP}
    usual |= {"sure": Sure.SELF, "made_by": person, "at": at}
    return Mark(id=number, meeting_id=meeting, person_id=person, **usual | fields)


@pytest.fixture
async def school(staffed):
    """Yang, on a phone, was at the first meeting; it is over."""
    yang = (await staffed.rows(select(Person).where(Person.id == 3)))[0]
    await staffed.enrols(YANG, yang)
    async with staffed.house.database.begin() as session:
        held = await session.get_one(Meeting, 1)
        session.add(mark(1, 1, 3, held.starts_at))
        held.state, held.closed_at, held.closed_by = MeetingState.CLOSED, held.ends_at, 1
    staffed.wait(hours=2)
    return staffed


@pytest.fixture
def asked(monkeypatch):
    """Let the rules ask for so many hours."""

    def ask(required, **more):
        rule = hours_rules.HoursRule.model_validate(
            {
                "effective_from": "2020-01-01",
                "unit_minutes": 45,
                "max_per_day": 7,
                "required": required,
                "status": "待核",
                "source": "示例",
            }
            | more
        )
        monkeypatch.setattr(hours_rules, "load_rules", lambda: (rule,))

    return ask


async def last(room, user):
    return [words for words in await room.sees(user) if not words.startswith("<")][-1]


async def sent(room, purpose):
    rows = select(Message).where(Message.purpose == purpose).order_by(Message.id)
    return await room.rows(rows)


async def picture(room, payload, name="photo"):
    file = room.house.app.bot_data["data"] / payload[name]["file"].removeprefix("data:")
    return file.read_bytes()


async def test_a_learner_hears_and_sees_what_is_there_where_nobody_said_how_much_is_needed(school):
    await school.says(YANG, "/me")
    assert await last(school, YANG) == "你有2.0个学时。"
    card = (await school.messages(YANG))[-1]
    assert "photo" in card
    assert any("voice" in one for one in (await school.messages(YANG))[-3:])
    (shown,) = [row for row in await sent(school, "screen") if "hours" in str(row.payload)]
    with Image.open(io.BytesIO(await picture(school, shown.payload))) as seen:
        assert seen.size == (720, 360)


async def test_a_learner_who_thinks_it_wrong_is_asked_which_day(school):
    await school.says(YANG, "/hours")
    await school.taps(YANG, "wrong")
    assert "哪一天记得不对" in await last(school, YANG)


async def test_a_learner_hears_how_many_are_still_needed(school, asked):
    asked(42)
    await school.says(YANG, "/hours")
    assert await last(school, YANG) == "你有2个学时，还差40个。"
    asked(2)
    await school.says(YANG, "/hours")
    assert await last(school, YANG) == "学时够了，一共2个。"


async def test_both_registers_are_said_apart(school, asked):
    asked(10, tracks={"register": {"required": 100}})
    async with school.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=school.now))
        await session.flush()
        session.add(
            Membership(
                person_id=3,
                role=Role.LEARNER,
                study_class_id=2,
                track=Track.REGISTER,
                starts_at=school.now,
            )
        )
    await school.says(YANG, "/hours")
    said = [words for words in await school.sees(YANG) if "学时" in words]
    assert said[-2:] == ["你有2个学时，还差8个。", "你有0个学时，还差100个。"]


async def test_a_teacher_sees_the_class_as_a_picture_without_names_in_its_words(school, asked):
    asked(4)
    async with school.house.database.begin() as session:
        held = await session.get_one(Meeting, 1)
        session.add(
            mark(2, 1, 4, held.ends_at + timedelta(days=1), how=How.MAKEUP, sure=Sure.MAKEUP)
        )
    await school.says(TEACHER, "/hours")
    seen = await last(school, TEACHER)
    assert seen.startswith("示例班，2人：✗ 会不够 0，! 有点紧 0，✓ 跟得上 2，✓✓ 已经够 0。")
    assert "补录另计：1次，2.0学时。" in seen
    assert "45分钟算1学时，一天最多7学时（待核）" in seen
    assert "示例杨" not in seen
    (row,) = await sent(school, "hours")
    drawn = await picture(school, row.payload)
    assert len(drawn) <= 100_000
    await school.taps(TEACHER, "register:1:0")
    sheet = (await sent(school, "hours"))[-1]
    book = openpyxl.load_workbook(io.BytesIO(await picture(school, sheet.payload, "document")))
    rows = {row[1].value: row for row in book["学时登记"].iter_rows(min_row=5)}
    assert [rows[number][6].value for number in ("P000003", "P000004")] == ["到90", "补到90"]


async def test_where_the_required_hours_are_unknown_the_words_say_so(school):
    await school.says(HEAD, "/hours")
    seen = await last(school, HEAD)
    assert "应修学时还没定（待核）" in seen
    assert "✗ 会不够 1，! 有点紧 0，✓ 跟得上 1" in seen


async def test_who_is_of_two_classes_chooses_and_the_month_comes_as_a_file(school):
    async with school.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=school.now))
        await session.flush()
        session.add(
            Membership(person_id=1, role=Role.TEACHER, study_class_id=2, starts_at=school.now)
        )
    await school.says(TEACHER, "/hours")
    assert await last(school, TEACHER) == "看哪个班的学时？"
    await school.taps(TEACHER, "hours:2:0")
    assert await last(school, TEACHER) == "这个班还没有学员。"
    await school.taps(TEACHER, "hours:1:0")
    assert (await school.taps(TEACHER, "register:1:202611"))["text"] == "📄"
    file = (await sent(school, "hours"))[-1].payload["document"]["file"]
    assert file.endswith("示例班 学时登记表 2026-11.xlsx")
    for act in ("register:1:209913", "register:1:9999999999999"):
        assert (await school.forges(TEACHER, act))["text"] == "❌"
    assert (await school.forges(TEACHER, "register:1:202601"))["text"] == "还没有上过课。"
    await school.forges(TEACHER, "hours:1:99")
    assert (await sent(school, "hours"))[-1].method == "editMessageMedia"


async def test_hours_of_a_class_are_for_its_own_staff_alone(school):
    async with school.house.database.begin() as session:
        session.add(StudyClass(id=2, county_id=1, name="别的班", created_at=school.now))
        await session.flush()
    for act in ("hours:2:0", "register:2:0"):
        assert (await school.forges(TEACHER, act))["text"] == "❌"
    for act in ("hours:1:0", "register:1:0"):
        assert (await school.forges(YANG, act))["text"] == "❌"
    assert await sent(school, "hours") == []


async def test_a_walk_in_who_was_found_out_brings_the_marks_along(school):
    async with school.house.database.begin() as session:
        for number, into in ((10, 4), (11, None)):
            session.add(
                Person(
                    id=number,
                    county_id=1,
                    number=f"P0000{number}",
                    name="示例来客",
                    temporary=True,
                    merged_into=into,
                    created_at=school.now,
                )
            )
        await session.flush()
        held = await session.get_one(Meeting, 1)
        session.add_all(mark(number, 1, number, held.starts_at) for number in (10, 11))
    await school.says(TEACHER, "/hours")
    await school.taps(TEACHER, "register:1:0")
    sheet = (await sent(school, "hours"))[-1]
    book = openpyxl.load_workbook(io.BytesIO(await picture(school, sheet.payload, "document")))
    rows = {
        row[1].value: [row[2].value, row[5].value, row[6].value]
        for row in book["学时登记"].iter_rows(min_row=5)
    }
    assert "P000010" not in rows
    assert rows["P000004"][2] == "到90"
    assert rows["P000011"] == ["示例来客（临时）", "不在册", "到90"]
