from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.clips.parts import parts
from bot.voice.choosing_clips import Voices, voices_of
from bot.voice.listening import listener
from bot.voice.saying import Screen, receipt, show
from db.models import (
    Account,
    Clip,
    ClipState,
    Consent,
    ConsentState,
    County,
    LedgerEntry,
    Membership,
    Person,
    Role,
    StudyClass,
    Wanted,
)
from db.queries import clips

THANKS = Screen("Thank you.")


@pytest.fixture
async def school(database, tmp_path, now):
    """A learner, a teacher and a phone of each, in a house that keeps its voices in a folder."""
    database.carry(voices=Voices(tmp_path))
    async with database.begin() as session:
        rows = [
            County(id=1, name="示例县"),
            StudyClass(id=1, county_id=1, name="示例班", created_at=now),
            Person(id=1, county_id=1, number="P1", name="示例杨一", created_at=now),
            Person(id=2, county_id=1, number="P2", name="示例石老师", created_at=now),
            Account(id=1, user_id=201),
            Account(id=2, user_id=101),
            Membership(person_id=1, role=Role.LEARNER, study_class_id=1, starts_at=now),
            Membership(person_id=2, role=Role.TEACHER, study_class_id=1, starts_at=now),
        ]
        for row in rows:
            session.add(row)
            await session.flush()
    return database


def carried(session):
    return voices_of(session)


async def record(session, tmp_path, now, version=1, state=ClipState.APPROVED, language="hea"):
    path = f"clips/{language}-{version}.ogg"
    (tmp_path / "clips").mkdir(exist_ok=True)
    (tmp_path / path).write_bytes(parts()["number.3"].path.read_bytes())
    row = Clip(
        key="Thank you.",
        language=language,
        version=version,
        path=path,
        sha256="0" * 64,
        milliseconds=700,
        state=state,
        recorded_at=now,
        decided_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def shows(session, number, now, screen=THANKS):
    account = await session.get_one(Account, number)
    here = listener(account, await session.get_one(Person, number))
    return await show(session, here, screen, now)


async def test_an_approved_recording_is_heard_at_once_and_the_newest_counts(school, tmp_path, now):
    async with school.begin() as session:
        voices = carried(session)
        await voices.refresh(session)
        assert voices.find("Thank you.", "hea") is None
        await record(session, tmp_path, now)
        waiting = await record(session, tmp_path, now, 2, ClipState.RECORDED)
        await voices.refresh(session)
        assert voices.find("Thank you.", "hea").version == 1
        waiting.state, waiting.decided_at = ClipState.APPROVED, now + timedelta(minutes=1)
        await session.flush()
        await voices.refresh(session)
        assert voices.find("Thank you.", "hea").version == 2
        assert voices.named(f"c{waiting.id}").file == "data:clips/hea-2.ogg"
        assert voices.named("c1").version == 1  # the very recording of an older card
        waiting.state, waiting.decided_at = ClipState.RETURNED, now + timedelta(minutes=2)
        await session.flush()
        await voices.refresh(session)
        assert voices.find("Thank you.", "hea").version == 1


async def test_a_recording_whose_file_is_gone_is_not_played(school, tmp_path, now):
    async with school.begin() as session:
        row = await record(session, tmp_path, now)
        (tmp_path / row.path).unlink()
        await carried(session).refresh(session)
        assert carried(session).find("Thank you.", "hea") is None


async def test_what_a_learner_misses_is_counted_and_kept_but_never_for_staff(school, now):
    async with school.begin() as session:
        for _time in range(2):
            await shows(session, 1, now)
        await shows(session, 2, now)
        wanted = (await session.scalars(select(Wanted))).all()
        assert [(one.key, one.language, one.count) for one in wanted] == [("Thank you.", "hea", 2)]
        lines = (await session.scalars(select(LedgerEntry))).all()
        assert {(one.person_id, one.kind) for one in lines} == {(1, "voice.fallback")}
        assert lines[0].payload == {
            "key": "Thank you.",
            "wanted": "hea",
            "reason": "not recorded in it",
            "given": "zh",
            "version": 1,
            "made_by": "machine",
            "clip": "097",
        }


async def lines(session):
    rows = await session.scalars(select(LedgerEntry).order_by(LedgerEntry.seq))
    return [(row.kind, row.payload) for row in rows]


async def test_what_is_heard_in_the_own_language_is_kept_with_its_version(school, tmp_path, now):
    async with school.begin() as session:
        row = await record(session, tmp_path, now)
        card = await shows(session, 1, now)
        assert card.payload["reply_markup"]["inline_keyboard"][-1][-1]["callback_data"] == (
            f"hear:c{row.id}"
        )
        heard = {"given": "hea", "version": 1, "made_by": "person", "clip": f"c{row.id}"}
        told = {"key": "Thank you.", "wanted": "hea", "reason": "", **heard}
        assert await lines(session) == [("voice.heard", told)]
        assert not (await session.scalars(select(Wanted))).all()


async def test_the_whole_chain_is_heard_in_its_order_and_the_ledger_says_why(school, tmp_path, now):
    """From the last to the first: text, machine, person, accepted variety, own variety."""
    screen = Screen("Thank you.", taught=True, key="spoken nowhere")
    async with school.begin() as session:
        await shows(session, 1, now, screen)
        await shows(session, 1, now)
        mandarin = await record(session, tmp_path, now, language="zh")
        await shows(session, 1, now)
        near = await record(session, tmp_path, now, language="hea-x-leishan")
        await shows(session, 1, now)  # nobody asked whether that is understood
        agreed = Consent(
            person_id=1,
            kind="variety",
            notice_version="1",
            language="hea-x-leishan",
            state=ConsentState.GIVEN,
            asked_at=now,
        )
        session.add(agreed)
        await shows(session, 1, now)
        own = await record(session, tmp_path, now)
        await shows(session, 1, now)
        agreed.state = ConsentState.WITHDRAWN
        own.state, own.decided_at = ClipState.RETURNED, now + timedelta(minutes=1)
        await session.flush()
        await shows(session, 1, now)
        told = await lines(session)
    missing = "not recorded in it"
    assert [
        (kind, one["clip"], one["given"], one["made_by"], one["reason"]) for kind, one in told
    ] == [
        ("voice.fallback", "", "", "", "nothing recorded"),
        ("voice.fallback", "097", "zh", "machine", missing),
        ("voice.fallback", f"c{mandarin.id}", "zh", "person", missing),
        ("voice.fallback", f"c{mandarin.id}", "zh", "person", missing),
        ("voice.fallback", f"c{near.id}", "hea-x-leishan", "person", "accepted variety"),
        ("voice.heard", f"c{own.id}", "hea", "person", ""),
        ("voice.fallback", f"c{mandarin.id}", "zh", "person", missing),
    ]


@pytest.mark.parametrize("speaks", ["cqd", "mmr", "hmd", "hea-x-leishan"])
async def test_any_variety_has_its_own_voice_pack(school, tmp_path, now, speaks):
    async with school.begin() as session:
        (await session.get_one(Person, 1)).speaks = speaks
        await record(session, tmp_path, now)  # of hea, which is not asked for
        await shows(session, 1, now)
        own = await record(session, tmp_path, now, language=speaks)
        await shows(session, 1, now)
        told = [(kind, one["clip"], one["wanted"]) for kind, one in await lines(session)]
        wanted = (await session.scalars(select(Wanted))).all()
    assert told == [("voice.fallback", "097", speaks), ("voice.heard", f"c{own.id}", speaks)]
    assert [(one.key, one.language) for one in wanted] == [("Thank you.", speaks)]


async def test_a_receipt_says_its_slot_and_counts_nothing(school, now):
    async with school.begin() as session:
        here = listener(await session.get_one(Account, 1), await session.get_one(Person, 1))
        row = receipt(session, here, Screen("You are here: %(time)s.", {"time": "9:01"}), now)
        assert row.payload["voice"]["file"].startswith("data:voice/")
        assert not (await session.scalars(select(Wanted))).all()


async def test_many_misses_are_counted_together(database, now):
    async with database.begin() as session:
        await clips.want(session, [("b", "hea"), ("a", "hea"), ("b", "hea")], now)
        await clips.want(session, [("a", "hea"), ("a", "zh")], now + timedelta(minutes=1))
        await clips.want(session, [], now)
        rows = (await session.scalars(select(Wanted).order_by(Wanted.key, Wanted.language))).all()
        assert [(one.key, one.language, one.count) for one in rows] == [
            ("a", "hea", 2),
            ("a", "zh", 1),
            ("b", "hea", 1),
        ]
        assert rows[0].last_at == now + timedelta(minutes=1)
