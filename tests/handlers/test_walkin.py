import pytest
from sqlalchemy import select, text

from bot.services import tallying
from db.models import Alias, Meeting, Membership, Person
from db.queries import marks
from tests.handlers.room import HEAD, TEACHER


@pytest.fixture
async def opened(staffed):
    async with staffed.house.database.begin() as session:
        if session.get_bind().dialect.name == "postgresql":  # the room numbers its people itself
            await session.execute(text("SELECT setval(pg_get_serial_sequence('person', 'id'), 99)"))
    await staffed.taps(TEACHER, "open:1")
    await staffed.taps(TEACHER, "roll:1")
    await staffed.taps(TEACHER, "walkin:1")
    return staffed


async def newcomers(room):
    return await room.rows(select(Person).where(Person.temporary).order_by(Person.id))


async def test_a_newcomer_is_added_marked_and_the_head_is_asked(opened):
    assert (await opened.sees(TEACHER))[-1] == "新来的叫什么、哪个村？"
    await opened.says(TEACHER, "杨小妹，云上村")
    (walk_in,) = await newcomers(opened)
    assert (walk_in.name, walk_in.village, walk_in.number) == ("杨小妹", "云上村", "P000005")
    assert await opened.marks() == [(walk_in.id, "in", "present", "roll")]
    kinds = [one for one in await opened.kinds(walk_in.id) if not one.startswith("reminder.")]
    assert kinds == ["person.temporary", "role.granted", "mark.made"]
    assert (await opened.sees(HEAD))[-1] == "杨小妹（云上村）来上课了，花名册上没有。是谁？"


async def test_who_it_was_is_found_out_and_all_marks_stay_and_count(opened):
    await opened.says(TEACHER, "小妹 云上村")
    (walk_in,) = await newcomers(opened)
    await opened.taps(TEACHER, "roll:1")
    for _tap in range(2):
        await opened.taps(TEACHER, "mark:1:4")
    await opened.taps(TEACHER, "rollsave:1")  # Wu is called absent: she was the newcomer
    await opened.taps(HEAD, f"sameas:{walk_in.id}:4")
    assert "不能撤回" in (await opened.sees(HEAD))[-1]
    assert (await opened.taps(HEAD, f"merge:{walk_in.id}:4"))["text"] == "✔"
    (walk_in,) = await newcomers(opened)
    assert walk_in.merged_into == 4
    assert await opened.marks() == [
        (walk_in.id, "in", "present", "roll"),
        (4, "in", "absent", "roll"),
        (4, "in", "withdrawn", "roll"),
    ]
    async with opened.house.database.read() as session:
        meeting = await session.get_one(Meeting, 1)
        counted = await tallying.tally(session, meeting, opened.now)
        theirs = await marks.of_person(session, 1, 4)
    assert (counted.here, counted.absent, counted.all) == (1, 0, 2)
    assert len(theirs) == 3
    assert (await opened.kinds(4)).count("person.merged") == 1
    assert (await opened.kinds(walk_in.id)).count("person.merged") == 1
    (alias,) = await opened.rows(select(Alias))
    assert (alias.person_id, alias.name) == (4, "小妹")
    assert (await opened.forges(HEAD, f"merge:{walk_in.id}:3"))["text"] == "❌"


async def test_a_name_of_the_roster_is_asked_about_first(opened):
    await opened.says(TEACHER, "示例吴二 别村")
    assert (await opened.sees(TEACHER))[-1] == "班上已经有示例吴二。是同一个人吗？"
    assert await newcomers(opened) == []
    assert await opened.marks() == []
    await opened.taps(TEACHER, "walkas:1:4")
    assert await opened.marks() == [(4, "in", "present", "roll")]
    assert (await opened.taps(TEACHER, "walknew:1"))["text"] == "❌"
    assert await newcomers(opened) == []


async def test_somebody_else_of_the_same_name_is_added(opened):
    await opened.says(TEACHER, "示例吴二 别村")
    await opened.taps(TEACHER, "walknew:1")
    (walk_in,) = await newcomers(opened)
    assert (walk_in.name, walk_in.village) == ("示例吴二", "别村")


async def test_the_same_newcomer_typed_twice_is_asked_about(opened):
    await opened.says(TEACHER, "杨小妹 云上村")
    await opened.taps(TEACHER, "walkin:1")
    await opened.says(TEACHER, "杨小妹 云上村")
    assert "是同一个人吗" in (await opened.sees(TEACHER))[-1]
    assert len(await newcomers(opened)) == 1


@pytest.mark.parametrize("written", ["13800000000", "杨", "…", "云上村2组"])
async def test_what_is_no_name_adds_nobody(opened, written):
    await opened.says(TEACHER, written)
    assert "请写姓名和村" in (await opened.sees(TEACHER))[-1]
    assert await newcomers(opened) == []


async def test_an_id_number_is_removed_and_not_kept(opened):
    await opened.says(TEACHER, "杨小妹 52260119900101123X")
    assert "身份证" in (await opened.sees(TEACHER))[-1]
    assert await newcomers(opened) == []
    seen = [one.get("text", "") for one in await opened.messages(TEACHER)]
    assert not any("52260119900101123X" in text for text in seen)


async def test_after_closing_nobody_is_added(opened):
    await opened.says(TEACHER, "示例吴二")
    await opened.taps(TEACHER, "close:1")
    await opened.taps(TEACHER, "closed:1")
    assert (await opened.taps(TEACHER, "walknew:1"))["text"] == "❌"
    await opened.taps(TEACHER, "walkin:1")
    assert "这次课已结束" in (await opened.sees(TEACHER))[-1]
    assert await newcomers(opened) == []


async def test_only_the_head_says_who_it_was_and_never_a_second_newcomer(opened):
    await opened.says(TEACHER, "杨小妹")
    await opened.taps(TEACHER, "walkin:1")
    await opened.says(TEACHER, "杨小姐")
    first, second = await newcomers(opened)
    assert (await opened.forges(TEACHER, f"merge:{first.id}:4"))["text"] == "❌"
    for act in (f"sameas:{first.id}:{second.id}", f"merge:{first.id}:{first.id}"):
        assert (await opened.forges(HEAD, act))["text"] == "❌"
    assert (await opened.forges(HEAD, "merge:3:4"))["text"] == "❌"  # Yang is no newcomer
    await opened.taps(HEAD, f"newcomer:{first.id}")
    assert "补进花名册" in (await opened.sees(HEAD))[-1]
    held = await opened.rows(select(Membership).where(Membership.person_id == first.id))
    assert [one.ends_at for one in held] == [None]
