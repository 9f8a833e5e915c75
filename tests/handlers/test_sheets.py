import base64
import io

import pytest
from PIL import Image
from sqlalchemy import select

from bot.services.counting import standing
from bot.services.marking import make_mark
from db.models import (
    How,
    LedgerEntry,
    Mark,
    Media,
    MediaState,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Phase,
    Role,
    Sheet,
    Status,
    StudyClass,
    Sure,
)
from tests.handlers.room import HEAD, TEACHER, YANG
from tests.handlers.sheet_photos import photo_of, printed, prints, read, sends, sheets

CLOSED = "⏳ 已过时间，缺的签到请走补录。"
FOUND = "识别到今天的签到表，2行。对着照片点"


@pytest.fixture
async def filed(staffed):
    """The sheet of the class that is on was printed, signed by Yang, and photographed."""
    await sends(staffed, photo_of(await prints(staffed)))
    return staffed


async def change(room, meeting_id, **values):
    async with room.house.database.begin() as session:
        meeting = await session.get_one(Meeting, meeting_id)
        for name, value in values.items():
            setattr(meeting, name, value)


async def test_a_teacher_prints_the_list_of_the_class_that_is_on(staffed):
    assert (await prints(staffed)).startswith(b"%PDF")
    (sheet,) = await sheets(staffed)
    assert (sheet.meeting_id, sheet.rows, sheet.printed_by) == (1, {"1": 3, "2": 4}, 1)
    assert "sheet.printed" in await staffed.kinds(1)
    said = (await staffed.sees(TEACHER))[-1]
    assert said.startswith("示例班今天的签到表，共1页。")


async def test_the_same_list_printed_again_is_the_same_paper(staffed):
    first = await prints(staffed)
    assert await prints(staffed, HEAD) == first
    assert len(await sheets(staffed)) == 1


async def test_one_class_near_needs_no_choice(staffed):
    await change(staffed, 2, state=MeetingState.CANCELLED)
    await staffed.says(HEAD, "/sheet")
    assert (await printed(staffed, HEAD)).startswith(b"%PDF")


async def test_a_class_without_learners_has_no_sheet(staffed):
    async with staffed.house.database.begin() as session:
        for one in await session.scalars(select(Membership).where(Membership.role == "learner")):
            one.ends_at = staffed.now
    await staffed.says(TEACHER, "/sheet")
    await staffed.taps(TEACHER, "sheet:1")
    assert (await staffed.sees(TEACHER))[-1] == "这个班还没有学员。"


async def test_fifty_learners_stand_on_three_pages(staffed):
    async with staffed.house.database.begin() as session:
        for number in range(5, 53):
            session.add(
                Person(
                    id=number,
                    county_id=1,
                    number=f"P{number:06}",
                    name=f"示例{number}",
                    created_at=staffed.now,
                )
            )
            await session.flush()
            session.add(
                Membership(
                    person_id=number, role=Role.LEARNER, study_class_id=1, starts_at=staffed.now
                )
            )
    pdf = await prints(staffed)
    pages = await sheets(staffed)
    assert [len(page.rows) for page in pages] == [17, 17, 16]
    await sends(staffed, photo_of(pdf, page=2, rows=range(16)))
    assert (await staffed.sees(TEACHER))[-1] == "识别到今天的签到表，16行。对着照片点"
    assert [bool(page.media_id) for page in await sheets(staffed)] == [False, False, True]
    await staffed.taps(TEACHER, f"sheetall:{pages[2].id}:0")
    await staffed.taps(TEACHER, f"sheetgo:{pages[2].id}:1")
    await staffed.taps(TEACHER, f"sheetrow:{pages[2].id}:50")
    await staffed.taps(TEACHER, f"sheetrow:{pages[2].id}:50")
    await staffed.taps(TEACHER, f"sheetsave:{pages[2].id}")
    assert (await staffed.sees(TEACHER))[-1].startswith(
        "签到表已保存：到9，迟到0，缺席1，请假0，还没点6。"
    )
    assert len(await staffed.marks()) == 10


async def test_a_photo_of_the_sheet_is_filed_and_its_rows_keyed_in(filed):
    card = (await filed.messages(TEACHER))[-1]
    assert (await filed.sees(TEACHER))[-1] == FOUND
    assert "photo" in card
    (sheet,) = await sheets(filed)
    assert (sheet.filed_by, sheet.keyed) == (1, None)
    with Image.open(filed.house.app.bot_data["data"] / sheet.straight) as straight:
        assert straight.size == (1680, 2376)
    assert "sheet.filed" in await filed.kinds(1)
    assert (await filed.taps(TEACHER, "sheetrow:1:1"))["text"] == "示例杨一 到"
    await filed.taps(TEACHER, "sheetrow:1:2")
    assert (await filed.taps(TEACHER, "sheetrow:1:2"))["text"] == "示例吴二 缺"
    assert await filed.marks() == []
    await filed.taps(TEACHER, "sheetsave:1")
    assert await filed.marks() == [(3, "in", "present", "paper"), (4, "in", "absent", "paper")]
    words = "签到表已保存：到1，迟到0，缺席1，请假0，还没点0。"
    assert (await filed.sees(TEACHER))[-1] == words
    assert (await filed.kinds(3))[-1] == "mark.made"


async def test_a_row_goes_round_all_its_states(filed):
    said = [(await filed.taps(TEACHER, "sheetrow:1:1"))["text"][-1] for _ in range(6)]
    assert said == ["到", "缺", "假", "迟", "·", "到"]


async def test_all_here_leaves_what_was_keyed_in(filed):
    await filed.taps(TEACHER, "sheetrow:1:2")
    await filed.taps(TEACHER, "sheetrow:1:2")
    await filed.taps(TEACHER, "sheetall:1:0")
    (sheet,) = await sheets(filed)
    assert sheet.keyed == {"1": "present", "2": "absent"}


async def test_saving_twice_marks_once_and_a_change_is_a_new_mark(filed):
    await filed.taps(TEACHER, "sheetall:1:0")
    await filed.taps(TEACHER, "sheetsave:1")
    await filed.taps(TEACHER, "sheetsave:1")
    assert len(await filed.marks()) == 2
    await filed.taps(TEACHER, "sheetrow:1:2")
    await filed.taps(TEACHER, "sheetsave:1")
    assert (await filed.marks())[2:] == [(4, "in", "absent", "paper")]


async def test_the_sheet_counts_before_a_learner_s_own_tap_from_the_start(filed):
    async with filed.house.database.begin() as session:
        person, meeting = await session.get_one(Person, 3), await session.get_one(Meeting, 1)
        await make_mark(
            session,
            person=person,
            meeting=meeting,
            phase=Phase.IN,
            status=Status.LATE,
            how=How.TAP,
            sure=Sure.SELF,
            by=person,
            at=filed.now,
            key="self",
            minutes_late=5,
        )
    await filed.taps(TEACHER, "sheetrow:1:1")
    await filed.taps(TEACHER, "sheetsave:1")
    made = await filed.rows(select(Mark).where(Mark.person_id == 3))
    (meeting,) = await filed.rows(select(Meeting).where(Meeting.id == 1))
    said = standing(made, meeting)
    assert (said.status, said.sure, said.came) == (Status.PRESENT, Sure.PAPER, meeting.starts_at)


async def test_a_row_emptied_after_saving_is_taken_back(filed):
    await filed.taps(TEACHER, "sheetrow:1:1")
    await filed.taps(TEACHER, "sheetsave:1")
    for _ in range(4):
        await filed.taps(TEACHER, "sheetrow:1:1")
    await filed.taps(TEACHER, "sheetsave:1")
    await filed.taps(TEACHER, "sheetsave:1")
    assert [mark[2] for mark in await filed.marks()] == ["present", "withdrawn"]
    await filed.taps(TEACHER, "sheetrow:1:1")
    await filed.taps(TEACHER, "sheetsave:1")
    assert [mark[2] for mark in await filed.marks()] == ["present", "withdrawn", "present"]


async def test_the_same_photo_again_is_filed_once(staffed):
    photo = photo_of(await prints(staffed))
    await sends(staffed, photo)
    await staffed.taps(TEACHER, "sheetrow:1:1")
    await sends(staffed, photo)
    seen = await staffed.sees(TEACHER)
    assert seen[-2:] == ["这张照片已经归档了。", FOUND]
    assert (await staffed.kinds(1)).count("sheet.filed") == 1
    (sheet,) = await sheets(staffed)
    assert (sheet.media_id, sheet.keyed) == (1, {"1": "present"})


async def test_a_better_photo_takes_the_place_of_the_first(filed):
    before = (await sheets(filed))[0].straight
    await filed.taps(TEACHER, "sheetrow:1:1")
    await sends(filed, photo_of(await printed(filed), rows=(0, 1), seed=2))
    (sheet,) = await sheets(filed)
    assert sheet.straight != before
    assert (sheet.media_id, sheet.keyed) == (2, {"1": "present"})
    lines = await filed.rows(select(LedgerEntry).where(LedgerEntry.kind == "sheet.filed"))
    assert [line.payload.get("replaces") for line in lines] == [None, 1]


async def test_a_photo_without_a_sheet_is_answered_and_kept(staffed):
    blank = io.BytesIO()
    Image.new("RGB", (640, 480), "#7a6").save(blank, "JPEG")
    await sends(staffed, blank.getvalue())
    assert (await staffed.sees(TEACHER))[-1].startswith("没有认出签到表。如果是签到表：请放平")
    (media,) = await staffed.rows(select(Media))
    assert (media.kind, media.state, media.person_id) == ("photo", MediaState.STORED, 1)


async def test_a_sheet_cut_off_by_the_picture_is_asked_for_again(staffed):
    photo = photo_of(await prints(staffed))
    half = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as whole:
        whole.crop((0, 0, whole.width, whole.height * 6 // 10)).save(half, "JPEG")
    await sends(staffed, half.getvalue())
    assert (await staffed.sees(TEACHER))[-1].startswith("签到表没有拍全。")
    assert (await sheets(staffed))[0].media_id is None


async def test_a_sheet_of_another_class_is_not_filed(staffed):
    pdf = await prints(staffed)
    async with staffed.house.database.begin() as session:
        session.add(StudyClass(id=9, county_id=1, name="另一班", created_at=staffed.now))
        await session.flush()
        (await session.get_one(Meeting, 1)).study_class_id = 9
        (await session.get_one(Meeting, 1)).teacher_id = 4
    await sends(staffed, photo_of(pdf))
    said = "这张签到表是别的班的，没有归档。照片已留存。"
    assert (await staffed.sees(TEACHER))[-1] == said
    assert (await sheets(staffed))[0].media_id is None
    assert (await staffed.kinds(1))[-1] == "act.refused"
    folder = staffed.house.app.bot_data["data"] / "sheets"
    assert list(folder.rglob("*.jpg")) == []


async def test_a_forged_code_is_not_filed(staffed, monkeypatch):
    monkeypatch.setattr("bot.paper.codes._signature", lambda *_: "ABCDEFGHABCDEFGH")
    pdf = await prints(staffed)
    monkeypatch.undo()
    await sends(staffed, photo_of(pdf))
    said = "这张签到表不是本校打印的，没有归档。照片已留存。"
    assert (await staffed.sees(TEACHER))[-1] == said
    assert (await sheets(staffed))[0].media_id is None


async def test_the_sheet_of_a_cancelled_class_is_not_filed(staffed):
    pdf = await prints(staffed)
    await change(staffed, 1, state=MeetingState.CANCELLED)
    await sends(staffed, photo_of(pdf))
    assert (await staffed.sees(TEACHER))[-1] == "这次课已取消，签到表没有归档。照片已留存。"
    assert (await sheets(staffed))[0].media_id is None


async def test_a_class_cancelled_meanwhile_takes_no_rows(filed):
    await change(filed, 1, state=MeetingState.CANCELLED)
    assert (await filed.taps(TEACHER, "sheetrow:1:1"))["text"].startswith("⏳")
    assert (await filed.taps(TEACHER, "sheetsave:1"))["text"] == CLOSED
    assert await filed.marks() == []


async def test_a_sheet_of_a_class_to_come_is_not_filed_yet(staffed):
    await sends(staffed, photo_of(await prints(staffed, meeting=2)))
    assert (await staffed.sees(TEACHER))[-1].startswith("这次课还没开始，签到表先不归档。")


async def test_after_three_days_the_sheet_is_proof_but_makes_no_marks(staffed):
    pdf = await prints(staffed)
    await change(staffed, 1, state=MeetingState.CLOSED)
    staffed.wait(days=4)
    await sends(staffed, photo_of(pdf))
    assert (await staffed.sees(TEACHER))[-1].startswith("签到表已归档。这次课已过去3天以上")
    assert (await sheets(staffed))[0].media_id == 1
    assert (await staffed.forges(TEACHER, "sheetrow:1:1"))["text"].startswith("⏳")


async def test_rows_are_keyed_in_after_the_class_was_closed(filed):
    await change(filed, 1, state=MeetingState.CLOSED, closed_at=filed.now, closed_by=1)
    filed.wait(hours=6)
    await filed.taps(TEACHER, "sheetall:1:0")
    await filed.taps(TEACHER, "sheetsave:1")
    assert len(await filed.marks()) == 2


async def test_a_sheet_that_nobody_printed_here_is_unknown(staffed):
    pdf = await prints(staffed)
    async with staffed.house.database.begin() as session:
        await session.delete(await session.get_one(Sheet, 1))
    await sends(staffed, photo_of(pdf))
    assert (await staffed.sees(TEACHER))[-1].startswith("没有这张签到表的记录")


async def test_a_learner_can_neither_print_nor_key_in(filed):
    yang = (await filed.rows(select(Person).where(Person.id == 3)))[0]
    await filed.enrols(YANG, yang)
    for act in ("sheet:1", "sheetrow:1:1", "sheetall:1:0", "sheetgo:1:0", "sheetsave:1"):
        assert (await filed.forges(YANG, act))["text"] == "❌"
    assert (await sheets(filed))[0].keyed is None


@pytest.mark.parametrize(
    "act", ["sheetrow:1:99", "sheetrow:7:1", "sheetgo:7:0", "sheetsave:7", "sheet:77"]
)
async def test_acts_on_what_is_not_there_are_refused(filed, act):
    assert (await filed.forges(TEACHER, act))["text"] == "❌"


async def test_a_strip_that_is_not_there_shows_the_last(filed):
    await filed.forges(TEACHER, "sheetgo:1:99")
    await filed.forges(TEACHER, "sheetall:1:99")
    assert (await sheets(filed))[0].keyed == {}


async def test_a_picture_sent_as_a_file_is_read_too(staffed):
    photo = photo_of(await prints(staffed), size=(1500, 2000), quality=60)
    await staffed.do(
        "document",
        user=TEACHER,
        file=base64.b64encode(photo).decode(),
        file_name="IMG_1.jpg",
        mime_type="image/jpeg",
    )
    await read(staffed)
    assert (await staffed.sees(TEACHER))[-1] == FOUND


async def test_a_picture_that_is_none_is_answered(staffed):
    await staffed.do(
        "document",
        user=TEACHER,
        file=base64.b64encode(b"no picture at all").decode(),
        file_name="IMG_1.jpg",
        mime_type="image/jpeg",
    )
    await read(staffed)
    assert (await staffed.sees(TEACHER))[-1] == "这个图片打不开，请按“照片”方式发送。"


async def test_a_file_larger_than_bots_may_fetch_is_refused_at_once(staffed):
    await staffed.do(
        "document",
        user=TEACHER,
        declared_size=30 * 1024 * 1024,
        file_name="IMG_1.jpg",
        mime_type="image/jpeg",
    )
    await staffed.settle()
    assert (await staffed.sees(TEACHER))[-1] == "文件太大了，请发小一点的。"


async def test_two_pages_of_fifty_come_at_once_and_each_is_read(staffed):
    """An album is so many updates; the second does not wait for the first's rows."""
    pdf = await prints(staffed)
    for seed in (1, 2):
        image = base64.b64encode(photo_of(pdf, seed=seed)).decode()
        await staffed.do("photo", user=TEACHER, image=image, media_group_id="5")
    await read(staffed)
    assert (await staffed.sees(TEACHER)).count(FOUND) == 2


async def test_the_class_head_keys_in_what_the_teacher_filed(filed):
    await filed.forges(HEAD, "sheetgo:1:0")
    assert (await filed.forges(HEAD, "sheetrow:1:1"))["text"] == "示例杨一 到"
