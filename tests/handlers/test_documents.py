import io

import orjson
import pytest
from PIL import Image
from sqlalchemy import select

from bot.services import document_store
from db.models import (
    Consent,
    ConsentState,
    DocumentState,
    LedgerEntry,
    Membership,
    Message,
    Person,
    Role,
    Update,
)
from tests.bot.documents.document_pictures import (
    bomb,
    card,
    cat,
    jpeg,
    lamp,
    located,
    taken,
    two_faces,
)
from tests.handlers.booth_phones import injects
from tests.handlers.paper_phones import (
    BACK,
    BOOK,
    FRONT,
    HELPER,
    PORTRAIT,
    SCHOOL,
    agrees,
    coded,
    comes,
    files,
    head_helps,
    learner,
    papers,
    photographs,
    picture,
    school,
    sends_front,
    settles,
)
from tests.handlers.room import HEAD, STRANGER, TEACHER, YANG

NUMBER, OTHER_NUMBER = "999999196003071239", "999999196003071249"


@pytest.fixture
async def yang(staffed):
    """A learner who has enrolled."""
    person = await learner(staffed)
    await staffed.enrols(YANG, person)
    await staffed.settle()
    return person


def data_of(room):
    return room.house.app.bot_data["data"]


def on_disk(room):
    """Return every byte that lies in the data folder."""
    return b"".join(one.read_bytes() for one in data_of(room).rglob("*") if one.is_file())


async def test_a_learner_hears_what_is_missing_and_is_asked_for_consent_first(staffed, yang):
    await staffed.says(YANG, "/papers")
    seen = await staffed.messages(YANG)
    assert "voice" in seen[-2]
    assert "还缺4样证件" in seen[-1]["caption"]
    faces = [one["text"] for row in seen[-1]["reply_markup"]["inline_keyboard"] for one in row]
    assert faces == ["1 🪪", "2 ⭐", "3 📕", "4 👤", "🔊"]

    await staffed.taps(YANG, f"paper:3:{FRONT}")
    assert "证件是隐私" in (await staffed.sees(YANG))[-1]
    await staffed.taps(YANG, "paperyes:2:0")
    assert "改天再说" in (await staffed.sees(YANG))[-1]
    await photographs(staffed, "front")
    assert await papers(staffed) == []
    refused = await staffed.rows(select(Consent).where(Consent.kind == "papers"))
    assert [one.state for one in refused] == [ConsentState.REFUSED]


async def test_a_good_photo_is_sealed_taken_out_of_the_chat_and_the_next_is_asked(staffed, yang):
    await agrees(staffed)
    assert "身份证有照片的一面" in (await staffed.sees(YANG))[-1]
    sent = await photographs(staffed, "front")
    said = await staffed.sees(YANG)
    assert any("聊天里的照片已经删掉" in one for one in said)
    assert "还缺3样证件" in said[-1]
    numbers = [one["message_id"] for one in await staffed.messages(YANG)]
    assert sent["message_id"] not in numbers
    (kept,) = await papers(staffed)
    assert (kept.state, kept.kind, kept.file_id) == (DocumentState.WAITING, "id_front", "")
    content = document_store.read(data_of(staffed), staffed.key, kept)
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (1284, 810)
        assert not image.getexif()
    assert "document.received" in await staffed.kinds(3)
    raw = [orjson.loads(one or "{}") for one in await staffed.rows(select(Update.payload))]
    assert not any("photo" in one.get("message", {}) for one in raw)


async def test_no_plain_byte_of_a_paper_lies_on_the_disk(staffed, yang):
    await agrees(staffed)
    plain = located(taken(card()))
    await photographs(staffed, plain)
    (kept,) = await papers(staffed)
    inside = document_store.read(data_of(staffed), staffed.key, kept)
    everything = on_disk(staffed)
    for content in (plain, inside):
        assert not any(content[at : at + 64] in everything for at in range(600, 20_000, 997))
    assert b"A phone that tells" not in inside
    assert list(data_of(staffed).rglob(".coming-*")) == []


async def test_both_pages_of_the_book_and_the_portrait_complete_the_papers(staffed, yang):
    await sends_front(staffed)
    await staffed.taps(YANG, f"paper:3:{BACK}")
    await photographs(staffed, "back")
    await staffed.taps(YANG, f"paper:3:{BOOK}")
    await photographs(staffed, "first")
    assert "有你名字的那一页" in (await staffed.sees(YANG))[-1]
    await photographs(staffed, "own")
    await staffed.taps(YANG, f"paper:3:{PORTRAIT}")
    assert "正脸" in (await staffed.sees(YANG))[-1]
    await photographs(staffed, "face")
    assert "证件都齐了" in (await staffed.sees(YANG))[-1]
    kept = [(one.kind, one.page) for one in await papers(staffed)]
    assert kept == [
        ("id_front", 1),
        ("id_back", 1),
        ("household", 1),
        ("household", 2),
        ("portrait", 1),
    ]


def bad():
    good = taken(card())
    return [
        (FRONT, jpeg(cat()), "四个角"),
        (FRONT, jpeg(lamp(good)), "有反光"),
        (FRONT, jpeg(good.resize((400, 300))), "太小"),
        (PORTRAIT, jpeg(cat()), "正脸"),
        (PORTRAIT, jpeg(two_faces()), "不止一张脸"),
    ]


async def test_what_is_no_good_photo_is_refused_in_one_sentence_each(staffed, yang):
    await agrees(staffed)
    for place, content, words in bad():
        await staffed.says(YANG, "/papers")
        await staffed.taps(YANG, f"paper:3:{place}")
        sent = await photographs(staffed, content)
        last = (await staffed.messages(YANG))[-1]
        assert words in last["caption"], words
        assert "voice" in last
        assert sent["message_id"] not in [one["message_id"] for one in await staffed.messages(YANG)]
    assert {one.state for one in await papers(staffed)} == {DocumentState.UNFIT}
    assert list(data_of(staffed).rglob("*.sealed")) == []
    await photographs(staffed, "face")
    assert (await papers(staffed))[-1].state is DocumentState.WAITING


async def test_files_that_are_none_or_too_much_are_refused_in_words(staffed, yang):
    await agrees(staffed)
    await files(staffed, b"%PDF-1.7 a paper", "application/pdf", "a.pdf")
    assert "不是照片" in (await staffed.sees(YANG))[-1]
    await files(staffed, b"%PDF-1.7 a paper", "image/jpeg", "a.jpg")
    assert "不是照片" in (await staffed.sees(YANG))[-1]
    await files(staffed, picture("front")[:30_000], "image/jpeg", "a.jpg")
    assert "不是照片" in (await staffed.sees(YANG))[-1]
    await files(staffed, bomb(), "image/png", "a.png")
    assert "太大" in (await staffed.sees(YANG))[-1]
    large = {"file_id": "large", "file_unique_id": "large", "file_size": 100 * 2**20}
    await injects(staffed, YANG, document=large | {"mime_type": "image/jpeg"})
    await settles(staffed)
    assert "太大" in (await staffed.sees(YANG))[-1]
    assert list(data_of(staffed).rglob("*.sealed")) == []


async def test_after_two_photos_without_an_edge_a_person_looks_at_the_third(staffed, yang):
    await agrees(staffed)
    for _time in range(2):
        await photographs(staffed, jpeg(cat()))
        assert "四个角" in (await staffed.sees(YANG))[-1]
    close_up = jpeg(card().crop((20, 20, 1260, 790)))
    await photographs(staffed, close_up)
    kept = (await papers(staffed))[-1]
    assert (kept.state, kept.straight) == (DocumentState.WAITING, False)


async def test_the_head_helps_a_learner_without_a_phone_and_is_the_witness(staffed):
    await head_helps(staffed)
    (consent,) = await staffed.rows(select(Consent).where(Consent.kind == "papers"))
    assert (consent.state, consent.witness_id, consent.person_id) == (ConsentState.GIVEN, 2, 4)
    assert consent.voice_id is not None
    await photographs(staffed, "front", HEAD)
    said = (await staffed.sees(HEAD))[-1]
    assert "示例吴二的身份证人像面已加锁保存" in said
    (kept,) = await papers(staffed)
    assert (kept.person_id, kept.sent_by, kept.consent_id) == (4, 2, consent.id)
    assert "document.received" in await staffed.kinds(4)


async def test_the_school_approves_one_and_sends_one_back_by_voice(staffed, yang):
    await school(staffed)
    await sends_front(staffed)
    await staffed.taps(YANG, f"paper:3:{BACK}")
    await photographs(staffed, "back")
    assert "有证件等着审" in (await staffed.sees(SCHOOL))[-1]
    await staffed.taps(SCHOOL, "paperlook")
    shown = (await staffed.messages(SCHOOL))[-1]
    assert shown["has_protected_content"]
    assert "示例杨一的身份证人像面" in shown["caption"]
    await staffed.taps(SCHOOL, "paperok:1")
    assert shown["message_id"] not in [one["message_id"] for one in await staffed.messages(SCHOOL)]
    assert "学校看过你的证件了" in (await staffed.sees(YANG))[-1]
    await staffed.taps(SCHOOL, "paperback:2")
    await staffed.speaks(SCHOOL)
    heard = (await staffed.messages(YANG))[-2:]
    assert "学校要你重拍这张" in heard[0]["caption"]
    assert "voice" in heard[1]
    states = [one.state for one in await papers(staffed)]
    assert states == [DocumentState.APPROVED, DocumentState.RETURNED]

    await staffed.taps(YANG, f"paper:3:{BACK}")
    await photographs(staffed, "back")
    states = [one.state for one in await papers(staffed)]
    assert states[1:] == [DocumentState.REPLACED, DocumentState.WAITING]
    assert (await papers(staffed))[1].replaced_by == 3
    lines = await staffed.kinds(3)
    for kind in ("document.looked", "document.approved", "document.returned"):
        assert kind in lines


async def test_a_usual_reason_is_heard_as_a_clip(staffed, yang):
    await school(staffed)
    await sends_front(staffed)
    await staffed.taps(SCHOOL, "paperlook")
    await staffed.taps(SCHOOL, "paperback:1")
    await staffed.taps(SCHOOL, "paperwhy:1:4")
    last = (await staffed.messages(YANG))[-1]
    assert "过期" in last["caption"]
    assert "voice" in last
    assert await staffed.forges(SCHOOL, "paperwhy:1:9")


async def test_a_picture_leaves_the_chat_after_a_while_though_nobody_decides(staffed, yang):
    await school(staffed)
    await sends_front(staffed)
    await staffed.taps(SCHOOL, "paperlook")
    shown = (await staffed.messages(SCHOOL))[-1]["message_id"]
    staffed.wait(minutes=11)
    await staffed.settle()
    assert shown not in [one["message_id"] for one in await staffed.messages(SCHOOL)]


async def test_nobody_decides_on_what_they_sent_or_beyond_their_reach(staffed, yang):
    await head_helps(staffed)
    await photographs(staffed, "front", HEAD)
    await staffed.says(HEAD, "/documents")
    assert "待你审0份" in (await staffed.sees(HEAD))[-1]
    for user in (HEAD, TEACHER, YANG):
        for act in ("paperok:1", "paperback:1", "paperwhy:1:1", "papernumber:1"):
            assert (await staffed.forges(user, act))["text"] == "❌"
    assert (await staffed.forges(YANG, f"paper:4:{FRONT}"))["text"] == "❌"
    assert (await papers(staffed))[0].state is DocumentState.WAITING
    await staffed.person(STRANGER, "示例路人")
    await staffed.starts(STRANGER)
    await staffed.says(STRANGER, "/papers")
    await staffed.says(STRANGER, "/documents")
    assert not any("缺" in one for one in await staffed.sees(STRANGER))


async def test_a_photo_two_days_old_cannot_be_deleted_so_the_learner_is_asked_to(staffed, yang):
    await agrees(staffed)
    await staffed.do("photo", user=YANG, image=coded(picture("front")))
    await staffed.settle()
    staffed.wait(days=2)
    await settles(staffed)
    assert any("请你把聊天里的照片删掉" in one for one in await staffed.sees(YANG))


async def test_staff_see_who_owes_what(staffed, yang):
    await school(staffed)
    await sends_front(staffed)
    await staffed.says(SCHOOL, "/documents")
    said = (await staffed.sees(SCHOOL))[-1]
    assert "学员2人，待你审1份" in said
    assert "身份证人像面 1" in said
    await staffed.taps(SCHOOL, "paperlist:1")
    said = (await staffed.sees(SCHOOL))[-1]
    assert "示例杨一　⭐📕👤" in said
    assert "示例吴二　🪪⭐📕👤" in said


async def test_the_ledger_and_the_outbox_hold_nothing_personal_of_a_paper(staffed, yang):
    await sends_front(staffed)
    lines = await staffed.rows(
        select(LedgerEntry.payload).where(LedgerEntry.kind.like("document.%"))
    )
    assert all("示例" not in str(one) for one in lines)
    outbox = await staffed.rows(select(Message.payload))
    assert not any("/documents/" in str(one) for one in outbox)


async def test_a_photo_that_does_not_come_is_tried_again_then_given_up(staffed, yang):
    await agrees(staffed)
    await staffed.do("faults", kind="status", method="getFile", status=500, times=1)
    await photographs(staffed, "front")
    assert [one.state for one in await papers(staffed)] == [DocumentState.COMING]
    staffed.wait(minutes=1)
    await settles(staffed)
    assert [one.state for one in await papers(staffed)] == [DocumentState.WAITING]

    await staffed.taps(YANG, f"paper:3:{BACK}")
    await staffed.do("faults", kind="status", method="getFile", status=400, times=1)
    await photographs(staffed, "back")
    assert "照片没有收到" in (await staffed.messages(YANG))[-1]["caption"]


async def test_a_village_helper_helps_their_village_and_no_other(staffed):
    async with staffed.house.database.begin() as session:
        (await session.get_one(Person, 4)).village = "云上村"
        (await session.get_one(Person, 3)).village = "别的村"
    await comes(staffed, HELPER, 52, Role.VILLAGE_HELPER, "示例村干", place="云上村")
    await staffed.says(HELPER, "/papers")
    assert "还有1人缺证件" in (await staffed.sees(HELPER))[-1]
    assert (await staffed.forges(HELPER, f"paper:3:{FRONT}"))["text"] == "❌"
    await staffed.taps(HELPER, "papers:4")
    await staffed.taps(HELPER, f"paper:4:{PORTRAIT}")
    await staffed.speaks(HELPER)
    await photographs(staffed, "face", HELPER)
    (kept,) = await papers(staffed)
    assert (kept.kind, kept.person_id, kept.sent_by) == ("portrait", 4, 52)
    for act in ("paperok:1", "paperlook", "paperlist:1"):
        assert (await staffed.forges(HELPER, act))["text"] == "❌"
    await staffed.says(HEAD, "/documents")
    await staffed.taps(HEAD, "paperlook")
    await staffed.taps(HEAD, "paperback:1")
    await staffed.speaks(HEAD)
    last = (await staffed.messages(HELPER))[-1]
    assert "示例吴二的标准像要重拍" in last["caption"]
    assert "voice" in last


async def test_a_role_that_has_ended_opens_nothing(staffed, yang):
    await school(staffed)
    await sends_front(staffed)
    await staffed.taps(SCHOOL, "paperlook")
    async with staffed.house.database.begin() as session:
        held = await session.scalar(select(Membership).where(Membership.person_id == 51))
        held.ends_at = staffed.now
    staffed.wait(minutes=1)
    assert (await staffed.taps(SCHOOL, "paperok:1"))["text"] == "❌"
    assert (await papers(staffed))[0].state is DocumentState.WAITING


async def test_the_number_is_compared_with_the_roster_and_only_staff_hear_of_it(staffed, yang):
    async with staffed.house.database.begin() as session:
        person = await session.get_one(Person, 3)
        person.id_sealed = staffed.key.seal(NUMBER)
        person.id_fingerprint = staffed.key.fingerprint(NUMBER)
    await school(staffed)
    await sends_front(staffed)
    before = len(await staffed.sees(YANG))
    for typed, words in ((OTHER_NUMBER, "与花名册不一致"), (wide(NUMBER), "与花名册一致")):
        await staffed.taps(SCHOOL, "paperlook")
        await staffed.taps(SCHOOL, "papernumber:1")
        said = await staffed.says(SCHOOL, typed)
        assert words in (await staffed.sees(SCHOOL))[-1]
        numbers = [one["message_id"] for one in await staffed.messages(SCHOOL)]
        assert said["message_id"] not in numbers
    assert len(await staffed.sees(YANG)) == before
    raw = await staffed.rows(select(Update.payload))
    assert not any(number in (one or "") for one in raw for number in (NUMBER, OTHER_NUMBER))


async def test_two_people_key_a_number_in_before_it_is_kept(staffed, yang):
    await school(staffed)
    await sends_front(staffed)
    await staffed.taps(SCHOOL, "paperlook")
    await staffed.says(HEAD, "/documents")
    await staffed.taps(HEAD, "paperlook")
    for user, typed, words in (
        (SCHOOL, "123", "不是有效的身份证号"),
        (SCHOOL, NUMBER, "还要另一个人再录一遍"),
        (SCHOOL, NUMBER, "还要另一个人再录一遍"),
        (HEAD, OTHER_NUMBER, "两次录的号码不一样"),
        (SCHOOL, NUMBER, "还要另一个人再录一遍"),
        (HEAD, NUMBER, "两个人录的一样"),
    ):
        await staffed.taps(user, "papernumber:1")
        await staffed.says(user, typed)
        assert words in (await staffed.sees(user))[-1]
    person = await learner(staffed)
    assert staffed.key.unseal(person.id_sealed) == NUMBER
    assert person.id_tail == NUMBER[-4:]
    lines = await staffed.kinds(3)
    assert lines.count("number.keyed") == 1


def wide(number):
    return "".join(chr(ord(one) + 0xFEE0) for one in number)


async def test_two_pages_sent_at_once_are_two_pages(staffed, yang):
    await agrees(staffed, BOOK)
    for name in ("first", "own"):
        await staffed.do("photo", user=YANG, image=coded(picture(name)))
    await settles(staffed)
    kept = [(one.page, one.state) for one in await papers(staffed)]
    assert kept == [(1, DocumentState.WAITING), (2, DocumentState.WAITING)]


async def test_what_a_crash_left_half_done_is_done_anew(staffed, yang):
    await agrees(staffed)
    await staffed.do("photo", user=YANG, image=coded(picture("front")))
    await staffed.settle()
    (coming,) = await papers(staffed)
    document_store.put(data_of(staffed), staffed.key, coming.id, coming.kind, b"cut off")
    await settles(staffed)
    (kept,) = await papers(staffed)
    assert kept.state is DocumentState.WAITING
    assert len(document_store.read(data_of(staffed), staffed.key, kept)) == kept.size > 1000


async def test_a_photo_long_after_the_question_is_of_something_else(staffed):
    await head_helps(staffed)
    staffed.wait(minutes=40)
    sent = await photographs(staffed, "front", HEAD)
    assert await papers(staffed) == []
    assert sent["message_id"] in [one["message_id"] for one in await staffed.messages(HEAD)]
