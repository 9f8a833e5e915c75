from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from bot.language import SHANGHAI
from bot.services import proving
from bot.services.photos import look_due
from db.models import (
    Account,
    Flag,
    FlagKind,
    LedgerEntry,
    Media,
    Meeting,
    MeetingState,
    Membership,
    Person,
    Role,
    StudyClass,
    TeachingLog,
)
from db.queries import proofs
from tests.handlers.class_photos import (
    classroom,
    coded,
    jpeg,
    looks,
    photos,
    sends,
    sends_file,
    trimmed,
)
from tests.handlers.class_rooms import met
from tests.handlers.room import HEAD, TEACHER, acts
from tests.handlers.sheet_photos import photo_of, prints

ASK_PHOTO = "请现拍一张上课照片"
ASK_LOG = "说说：教了什么、效果怎样、下次教什么"
FILED = "已归档，本次课第{}张"
NOT_PHOTO = "这里要的是照片，请现拍一张"
LOGGED = "已归档，作为本次课的教学日志"
GPS = 0x8825


async def change(room, meeting_id, **values):
    async with room.house.database.begin() as session:
        meeting = await session.get_one(Meeting, meeting_id)
        for name, value in values.items():
            setattr(meeting, name, value)


async def state(room, user=TEACHER):
    (one,) = await room.rows(select(Account.state).where(Account.user_id == user))
    return one


async def last(room, user=TEACHER):
    return (await room.sees(user))[-1]


async def logs(room):
    return await room.rows(select(TeachingLog).order_by(TeachingLog.id))


async def ledger(room, kind, person_id=1):
    lines = select(LedgerEntry.payload).where(
        LedgerEntry.person_id == person_id, LedgerEntry.kind == kind
    )
    return await room.rows(lines.order_by(LedgerEntry.seq))


@pytest.fixture
async def opened(staffed):
    """Check-in of the first meeting is open."""
    await staffed.says(TEACHER, "/today")
    await staffed.taps(TEACHER, "open:1")
    return staffed


@pytest.fixture
async def asked(opened):
    """The teacher was asked for a photo from the card."""
    await opened.taps(TEACHER, "photo:1")
    return opened


@pytest.fixture
async def reused(asked):
    """The first meeting has a photo; the second is open, and its photo was asked for."""
    await sends(asked, classroom(1))
    await asked.taps(TEACHER, "close:1")
    await asked.taps(TEACHER, "closed:1")
    asked.wait(days=2)
    await asked.says(TEACHER, "/today")
    await asked.taps(TEACHER, "open:2")
    await asked.taps(TEACHER, "photo:2")
    return asked


async def test_a_photo_is_asked_for_on_the_card_and_filed(asked):
    assert await last(asked) == ASK_PHOTO
    await sends(asked, classroom(1))
    assert await last(asked) == FILED.format(1)
    (photo,) = await photos(asked)
    assert (photo.meeting_id, photo.sent_by, photo.at) == (1, 1, asked.now)
    assert len(photo.likeness) == 16
    (line,) = await ledger(asked, "photo.filed")
    assert (line["photo"], line["meeting"]) == (photo.id, 1)
    assert await state(asked) is None
    async with asked.house.database.read() as session:
        assert [one.id for one in await proofs.photos_of(session, 1)] == [photo.id]


@pytest.mark.parametrize("user", [TEACHER, HEAD])
async def test_the_command_takes_the_open_class(opened, user):
    await opened.says(user, "/photo")
    assert await last(opened, user) == ASK_PHOTO
    await sends(opened, classroom(1), user)
    assert await last(opened, user) == FILED.format(1)
    assert [photo.sent_by for photo in await photos(opened)] == [{TEACHER: 1, HEAD: 2}[user]]


async def test_each_photo_of_an_album_counts_and_is_asked_once(asked):
    for seed in (1, 2, 3):
        image = coded(jpeg(classroom(seed)))
        await asked.do("photo", user=TEACHER, image=image, media_group_id="77")
    await looks(asked)
    said = await asked.sees(TEACHER)
    assert said.count(ASK_PHOTO) == 1
    assert said[-1] == FILED.format(3)
    assert [photo.same_as for photo in await photos(asked)] == [None, None, None]


async def test_what_comes_after_an_album_is_a_new_matter(asked):
    await sends(asked, classroom(1), media_group_id="77")
    await sends(asked, classroom(2), media_group_id="78")
    assert len(await photos(asked)) == 1
    assert await last(asked) == "这是“听、点、说”的上课照片吗？"


async def test_a_photo_sent_unasked_is_filed_by_one_tap(opened):
    await sends(opened, classroom(1))
    assert await last(opened) == "这是“听、点、说”的上课照片吗？"
    assert await photos(opened) == []
    await opened.taps(TEACHER, "shot:1:1")
    await looks(opened)
    assert await last(opened) == FILED.format(1)


async def test_an_album_sent_unasked_is_asked_about_once(opened):
    for seed in (1, 2):
        image = coded(jpeg(classroom(seed)))
        await opened.do("photo", user=TEACHER, image=image, media_group_id="5")
    await looks(opened)
    assert (await opened.sees(TEACHER)).count("这是“听、点、说”的上课照片吗？") == 1
    await opened.taps(TEACHER, "shot:1:1")
    await looks(opened)
    assert await last(opened) == FILED.format(2)
    assert (await opened.taps(TEACHER, "shot:1:1"))["text"] == "❌"


async def test_a_photo_of_something_else_is_left_alone(opened):
    await sends(opened, classroom(1))
    await opened.taps(TEACHER, "shot:1:0")
    assert await last(opened) == "照片已留存，没有归为上课照片"
    assert await photos(opened) == []
    assert set(await opened.rows(select(Media.kind))) == {"photo"}


async def test_without_an_open_class_nothing_is_offered(staffed):
    await sends(staffed, classroom(1))
    assert (await last(staffed)).startswith("没有认出签到表")


@pytest.mark.parametrize("before", ["/today", "/log"])
async def test_a_signed_sheet_is_still_read_as_one(opened, before):
    paper = photo_of(await prints(opened))
    await opened.says(TEACHER, before)
    await opened.do("photo", user=TEACHER, image=coded(paper))
    await looks(opened)
    assert await last(opened) == "识别到今天的签到表，2行。对着照片点"
    assert await photos(opened) == []


async def test_a_forwarded_photo_sent_unasked_is_not_offered(opened):
    await sends(opened, classroom(1), forward_from="示例")
    assert not any(act.startswith("shot:") for act in acts((await opened.messages(TEACHER))[-1]))
    assert set(await opened.rows(select(Media.kind))) == {"photo"}


async def test_a_forwarded_photo_is_refused_and_the_next_one_is_taken(asked):
    await sends(asked, classroom(1), forward_from=HEAD)
    assert await last(asked) == "这是转发的照片，请现拍一张"
    assert await photos(asked) == []
    await sends(asked, classroom(1))
    assert await last(asked) == FILED.format(1)


async def test_a_sticker_is_told_that_a_photo_is_wanted(asked):
    await asked.do("sticker", user=TEACHER, emoji="👍")
    await asked.settle()
    assert await last(asked) == NOT_PHOTO


async def test_a_voice_is_told_that_a_photo_is_wanted(asked):
    await asked.speaks(TEACHER)
    assert await last(asked) == NOT_PHOTO
    assert await logs(asked) == []


async def test_words_are_told_that_a_photo_is_wanted(asked):
    await asked.says(TEACHER, "等一下")
    assert await last(asked) == NOT_PHOTO


async def test_a_pdf_is_told_that_a_photo_is_wanted(asked):
    await sends_file(asked, b"%PDF-1.7", "application/pdf", "x.pdf")
    assert await last(asked) == NOT_PHOTO


async def test_a_pdf_that_calls_itself_a_picture_cannot_be_opened(asked):
    await sends_file(asked, b"%PDF-1.7")
    assert await last(asked) == "这个图片打不开，请按“照片”方式发送。"
    async with asked.house.database.read() as session:
        assert await proofs.photos_of(session, 1) == []
    await sends(asked, classroom(1))
    assert await last(asked) == FILED.format(1)


async def test_a_picture_sent_as_a_file_loses_where_it_was_taken(asked):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    exif.get_ifd(GPS)[2] = (26.0, 35.0, 12.0)
    content = jpeg(classroom(1), exif=exif)
    await sends_file(asked, content)
    assert await last(asked) == FILED.format(1)
    (media,) = await asked.rows(select(Media).where(Media.state == "stored"))
    data = asked.house.app.bot_data["data"]
    with Image.open(data / media.path) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (960, 1280)
    files = [path for path in (data / "media").rglob("*") if path.is_file()]
    assert files == [data / media.path]
    (line,) = await ledger(asked, "photo.filed")
    assert line["sha256"] == media.sha256 != line["came_as"]


async def test_a_file_of_fifty_megabytes_is_refused_at_once(asked):
    await asked.do(
        "document",
        user=TEACHER,
        declared_size=50 * 1024 * 1024,
        file_name="IMG_1.jpg",
        mime_type="image/jpeg",
    )
    await asked.settle()
    assert await last(asked) == "文件太大了，请发小一点的。"


async def test_a_picture_of_twenty_thousand_pixels_a_side_is_refused(asked, tmp_path):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "x.png")
    await sends_file(asked, (tmp_path / "x.png").read_bytes(), "image/png", "x.png")
    assert await last(asked) == "图片太大，请按“照片”方式发送。"


@pytest.mark.parametrize(
    "again",
    [
        lambda image: image.rotate(90, expand=True),
        lambda image: image.resize((640, 480)),
        lambda image: trimmed(image, 0.05, "l", "b"),
        lambda image: trimmed(image, 0.12, *"ltrb"),
    ],
    ids=["turned", "smaller", "cropped", "cut out"],
)
async def test_a_photo_of_another_class_is_known_again(reused, again):
    await sends(reused, again(classroom(1)))
    assert "用过了，请重拍" in await last(reused)
    first, second = await photos(reused)
    assert second.same_as == first.id
    (line,) = await ledger(reused, "photo.known")
    assert (line["photo"], line["same_as"]) == (second.id, first.id)
    await sends(reused, classroom(2))
    assert await last(reused) == FILED.format(1)


async def test_a_photo_much_of_which_was_used_is_filed_and_flagged_softly(asked):
    await sends(asked, met(1, 7))
    await change(asked, 2, starts_at=asked.now, ends_at=asked.now + timedelta(hours=1))
    await asked.forges(TEACHER, "photo:2")
    painted = met(1, 7)
    painted.paste((0, 0, 0), (0, 400, 1280, 475))
    await sends(asked, painted)
    assert await last(asked) == FILED.format(1)
    (flag,) = await asked.rows(select(Flag))
    assert (flag.kind, flag.soft, flag.detail["why"], flag.meeting_id) == (
        FlagKind.PHOTO,
        True,
        "alike",
        2,
    )
    assert flag.detail["photos"] == [one.id for one in await photos(asked)]
    assert flag.detail["meetings"] == [1, 2]


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (Image.new("RGB", (1, 1)), "这张图太小，请拍一张上课照片"),
        (classroom(1).resize((400, 300)), "这张图太小，请拍一张上课照片"),
        (Image.new("RGB", (1280, 960)), "这张图里什么也看不清，请在亮处重拍一张"),
    ],
    ids=["one pixel", "small", "black"],
)
async def test_a_picture_in_which_no_class_can_be_seen_is_asked_for_again(asked, image, said):
    await sends(asked, image)
    assert await last(asked) == said
    assert await state(asked) == "class-photo:1"
    async with asked.house.database.read() as session:
        assert await proofs.photos_of(session, 1) == []
    await sends(asked, classroom(1))
    assert await last(asked) == FILED.format(1)


async def test_the_very_same_photo_twice_in_one_class_counts_once(asked):
    await sends(asked, classroom(1))
    await asked.says(TEACHER, "/photo")
    await sends(asked, classroom(1))
    assert await last(asked) == "这张照片已经归档了。"
    assert [photo.same_as is None for photo in await photos(asked)] == [True, False]


async def test_a_photo_that_never_arrives_is_asked_for_again(asked):
    await asked.do("photo", user=TEACHER, image=coded(jpeg(classroom(1))))
    await asked.settle()
    async with asked.house.database.begin() as session:
        for media in await session.scalars(select(Media)):
            media.state, media.error = "failed", "gone"
    await look_due(asked.house.database, asked.house.app.bot_data["data"], asked.now)
    asked.house.sender.wake()
    await asked.settle()
    assert await last(asked) == "照片没有收到，请再发一次。"
    assert await state(asked) == "class-photo:1"


@pytest.mark.parametrize("act", ["photo:9", "log:9", "shot:9:1", "photo:3", "log:3", "shot:3:1"])
async def test_meetings_of_others_are_refused(opened, act):
    async with opened.house.database.begin() as session:
        session.add(Person(id=9, county_id=1, number="P9", name="示例", created_at=opened.now))
        session.add(StudyClass(id=2, county_id=1, name="示例二班", created_at=opened.now))
        await session.flush()
        session.add(
            Meeting(
                id=3,
                study_class_id=2,
                teacher_id=9,
                starts_at=opened.now,
                ends_at=opened.now + timedelta(hours=1),
                place="",
                lesson="wh01",
                title="",
            )
        )
    assert (await opened.forges(TEACHER, act))["text"] == "❌"
    assert await state(opened) is None


async def test_who_leads_the_class_no_more_can_file_nothing(opened):
    await opened.says(HEAD, "/photo")
    async with opened.house.database.begin() as session:
        for one in await session.scalars(
            select(Membership).where(Membership.role == Role.CLASS_HEAD)
        ):
            one.study_class_id = None
    await sends(opened, classroom(1), HEAD)
    assert await photos(opened) == []


async def test_a_class_that_was_cancelled_takes_nothing(asked):
    await change(asked, 1, state=MeetingState.CANCELLED)
    await sends(asked, classroom(1))
    assert await last(asked) == "这次课已取消，不用归档"
    assert await photos(asked) == []
    await asked.taps(TEACHER, "photo:1")
    assert await state(asked) is None


async def test_a_class_that_has_not_begun_takes_nothing(staffed):
    await staffed.says(TEACHER, "/today")
    await staffed.forges(TEACHER, "photo:2")
    assert await last(staffed) == "这次课还没开始"


async def test_a_class_of_last_week_takes_nothing(staffed):
    staffed.wait(days=5)
    await staffed.says(TEACHER, "/today")
    await staffed.forges(TEACHER, "log:1")
    assert await last(staffed) == "这次课已过去3天多了，请跟班主任说"


async def test_a_question_waits_for_half_an_hour(asked):
    asked.wait(minutes=31)
    await sends(asked, classroom(1))
    assert await last(asked) == "这是“听、点、说”的上课照片吗？"
    assert await state(asked) is None


async def test_without_a_class_there_is_nothing_to_prove(staffed):
    staffed.wait(days=20)
    for command in ("/photo", "/log"):
        await staffed.says(TEACHER, command)
        assert await last(staffed) == "这几天没有您的课"


async def test_of_two_classes_one_is_chosen(staffed):
    await change(staffed, 1, state=MeetingState.CLOSED, closed_at=staffed.now)
    await change(staffed, 2, starts_at=staffed.now, ends_at=staffed.now + timedelta(hours=1))
    await staffed.says(TEACHER, "/log")
    assert await last(staffed) == "是哪次课的？"
    await staffed.taps(TEACHER, "log:2")
    await staffed.says(TEACHER, "教了数字。")
    assert [(log.meeting_id, log.text) for log in await logs(staffed)] == [(2, "教了数字。")]


async def test_a_log_is_said(opened):
    await opened.says(TEACHER, "/log")
    assert await last(opened) == ASK_LOG
    await opened.speaks(TEACHER)
    assert await last(opened) == LOGGED
    (log,) = await logs(opened)
    assert (log.meeting_id, log.person_id, log.text, bool(log.voice_id)) == (1, 1, "", True)
    assert [line["log"] for line in await ledger(opened, "log.filed")] == [log.id]
    async with opened.house.database.read() as session:
        assert [one.id for one in await proofs.logs_of(session, 1)] == [log.id]


async def test_a_log_of_four_thousand_characters_is_kept_whole(opened):
    await opened.says(TEACHER, "/log")
    await opened.says(TEACHER, "课" * 4096)
    assert [log.text for log in await logs(opened)] == ["课" * 4096]


async def test_an_id_number_does_not_enter_a_log(opened):
    await opened.says(TEACHER, "/log")
    await opened.says(TEACHER, "杨一 52263219900101001X 来了")
    assert await logs(opened) == []
    assert "证件号" in await last(opened) or "身份证" in await last(opened)
    assert await state(opened) == "log:1"


async def test_a_forwarded_voice_is_no_log(opened):
    await opened.says(TEACHER, "/log")
    await opened.speaks(TEACHER, forward_from=HEAD)
    assert await logs(opened) == []
    assert "转发" in await last(opened)


async def test_a_sticker_is_told_to_say_or_write_it(opened):
    await opened.says(TEACHER, "/log")
    await opened.do("sticker", user=TEACHER, emoji="👍")
    await opened.settle()
    assert await last(opened) == "请发语音说，或者打字写"


async def test_at_closing_a_photo_and_a_voice_need_no_tap(opened):
    await opened.taps(TEACHER, "close:1")
    assert (await last(opened)).endswith("还缺：上课照片和教学日志")
    await sends(opened, classroom(1))
    assert await last(opened) == FILED.format(1)
    await opened.speaks(TEACHER)
    assert await last(opened) == LOGGED
    assert await state(opened) is None
    await opened.taps(TEACHER, "closed:1")
    rows = acts((await opened.messages(TEACHER))[-1])
    assert not any(act.startswith(("photo:", "log:")) for act in rows)


async def test_at_closing_the_voice_may_come_first(opened):
    await opened.taps(TEACHER, "close:1")
    await opened.speaks(TEACHER)
    await sends(opened, classroom(1))
    assert await last(opened) == FILED.format(1)
    assert len(await logs(opened)) == 1


async def test_closing_waits_for_neither_and_still_asks(opened):
    await opened.taps(TEACHER, "close:1")
    await opened.taps(TEACHER, "closed:1")
    async with opened.house.database.read() as session:
        assert (await session.get_one(Meeting, 1)).state is MeetingState.CLOSED
    await opened.taps(TEACHER, "log:1")
    await opened.says(TEACHER, "教了听和说。")
    await opened.taps(TEACHER, "photo:1")
    await sends(opened, classroom(1))
    assert await last(opened) == FILED.format(1)


async def evening(room, **later):
    """Let it be half past seven in the evening, and what is missing be asked for."""
    local = room.now.astimezone(SHANGHAI).replace(hour=19, minute=30, second=0)
    room.wait(seconds=(local - room.now).total_seconds() + timedelta(**later).total_seconds())
    async with room.house.database.begin() as session:
        asked = await proving.ask_due(session, room.now)
    room.house.sender.wake()
    await room.settle()
    return asked


async def test_what_is_missing_in_the_evening_is_asked_for_once(opened):
    await opened.taps(TEACHER, "close:1")
    await opened.taps(TEACHER, "closed:1")
    assert await evening(opened, minutes=-1) == 0
    assert await evening(opened) == 1
    said = await last(opened)
    assert said.startswith("这几次课还缺材料：")
    assert "上课照片和教学日志" in said
    assert await evening(opened, minutes=1) == 0
    assert await evening(opened, days=1) == 0
    await opened.taps(TEACHER, "photo:1")
    await sends(opened, classroom(1))
    assert await last(opened) == FILED.format(1)


async def test_in_the_evening_nothing_is_asked_of_who_has_sent_both(opened):
    await opened.taps(TEACHER, "close:1")
    await sends(opened, classroom(1))
    await opened.says(TEACHER, "教了听和说。")
    await opened.taps(TEACHER, "closed:1")
    assert await evening(opened) == 0


async def test_a_class_still_open_in_the_evening_is_not_asked_about(opened):
    assert await evening(opened) == 0
