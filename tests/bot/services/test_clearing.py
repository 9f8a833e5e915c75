import hashlib
import os
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.services import clearing
from db.models import (
    Account,
    Announcement,
    AnnouncementState,
    Draft,
    Meeting,
    Message,
    OutboxState,
    Recipient,
    RollDraft,
    Status,
    StudyClass,
    Upload,
)

DAY = timedelta(days=1)


@pytest.fixture
async def school(database, county, make_person, now):
    async with database.begin() as session:
        session.add_all([make_person(id=1), make_person(id=2)])
        session.add(StudyClass(id=1, county_id=1, name="班", created_at=now))
        session.add(Account(id=1, user_id=101, state="announce:1"))
        session.add(Account(id=2, user_id=102, state="announce:2"))
        await session.flush()
        for number, days in ((1, 10), (2, 1)):
            session.add(
                Meeting(
                    id=number, study_class_id=1, teacher_id=1, place="村", lesson="wh01",
                    title="课", starts_at=now - days * DAY, ends_at=now - days * DAY,
                )
            )  # fmt: skip
            session.add(Draft(account_id=number, kind="plan", values={}, at=now - days * DAY))
        for number, days, state in (
            (1, 31, AnnouncementState.DRAFT),
            (2, 29, AnnouncementState.DRAFT),
            (3, 99, AnnouncementState.SENT),
        ):
            session.add(
                Announcement(
                    id=number, author_id=1, audience={}, state=state, made_at=now - days * DAY
                )
            )
        await session.flush()
        session.add_all(Recipient(announcement_id=n, person_id=2) for n in (1, 3))
        session.add_all(RollDraft(meeting_id=n, person_id=2, status=Status.PRESENT) for n in (1, 2))
    return database


def lay(data, name, now, age, content=b"x"):
    path = data / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = (now - age).timestamp()
    os.utime(path, (moment, moment))
    return path


async def count(database, model):
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(model))


async def clear(database, data, now):
    async with database.begin() as session:
        return await clearing.clear(session, data, now)


async def test_what_nobody_finished_goes_after_its_time_and_what_was_sent_stays(
    school, tmp_path, now
):
    gone = await clear(school, tmp_path, now)
    assert gone == {"drafts": 1, "roll drafts": 1, "announcements": 1}
    assert [await count(school, one) for one in (Draft, RollDraft, Announcement, Recipient)] == [
        1,
        1,
        2,
        1,
    ]
    async with school.read() as session:
        states = list(await session.scalars(select(Account.state).order_by(Account.id)))
    assert states == [None, "announce:2"]  # nobody goes on writing what is gone
    assert await clear(school, tmp_path, now) == {}


def test_half_written_files_go_after_a_day_and_evidence_never(tmp_path, now):
    halfway = ["media/.coming-1", "drawn/a.123.part", "voice/b.tmp", "lists/c.xlsx"]
    kept = ["media/1.ogg", "sheets/1/page.pdf", "documents/1", "clips/ab/c.ogg", "voice/b.ogg"]
    for name in (*halfway, *kept, "roots", "miaoke.db", "heads/2026-11-23.gz"):
        lay(tmp_path, name, now, 400 * DAY)
    fresh = lay(tmp_path, "media/.coming-2", now, DAY / 2)
    gone = clearing.sweep(tmp_path, now)
    assert gone == {"half-written files": 3, "phone lists": 1}
    assert fresh.exists()
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {*kept, "roots", "miaoke.db", "heads/2026-11-23.gz", "media/.coming-2"}


async def test_old_pictures_go_with_what_is_known_of_their_upload_unless_one_still_has_to_leave(
    school, tmp_path, now
):
    code = lay(tmp_path, "codes/1-2-0.png", now, 2 * DAY, b"code")
    drawn = lay(tmp_path, "drawn/hours-1.png", now, 31 * DAY, b"hours")
    wanted = lay(tmp_path, "drawn/hours-2.png", now, 31 * DAY, b"wanted")
    fresh = lay(tmp_path, "drawn/hours-3.png", now, 29 * DAY, b"fresh")
    async with school.begin() as session:
        for content in (b"code", b"hours", b"wanted", b"fresh"):
            digest = f"sendPhoto:{hashlib.sha256(content).hexdigest()}"
            session.add(Upload(bot_id=1, digest=digest, file_id="f"))
        for file, state in (("hours-1", OutboxState.SENT), ("hours-2", OutboxState.WAITING)):
            payload = {"photo": {"file": f"data:drawn/{file}.png"}}
            session.add(
                Message(
                    chat_id=1, method="sendPhoto", payload=payload, priority=0, created_at=now,
                    not_before=now, state=state,
                )
            )  # fmt: skip
    gone = await clear(school, tmp_path, now)
    assert (gone["pictures"], gone["uploads"]) == (2, 2)
    assert [one.exists() for one in (code, drawn, wanted, fresh)] == [False, False, True, True]
    assert await count(school, Upload) == 2


async def test_the_log_tells_how_much_went(caplog):
    caplog.set_level("INFO")
    clearing.tell(Counter({"drafts": 2}))
    clearing.tell(Counter())
    assert [one.getMessage() for one in caplog.records] == ["thrown away: drafts 2"]
