"""What a dossier says of learning, each figure against a query of its own."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.evidence.attendance import ClassFacts
from bot.evidence.facts import dossier_facts
from bot.evidence.titles import own_titles, taught_titles
from bot.services import mastering
from bot.services.hours_of_class import class_hours
from db import ledger
from db.models import Answer, Media, MediaState, OwnLesson, Sitting
from db.queries import evidence as queries
from db.queries import mastery

LEARNER, TEACHER = 1, 901
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def taught(school, now):
    """A learner who also took a teacher's lesson, mastered an item, and sent homework."""
    async with school.begin() as session:
        for version, title in ((1, "赶场天"), (2, "赶场天买菜")):
            session.add(
                OwnLesson(
                    key="own1",
                    version=version,
                    study_class_id=1,
                    author_id=TEACHER,
                    title=title,
                    steps={"steps": []},
                    made_at=now,
                    publish_at=now,
                )
            )
        own = sitting("own1", "v1", now, seconds=90)
        again = sitting("wh01", "0123456789abcdef", now, seconds=240, finished=False)
        session.add_all([own, again])
        await session.flush()
        await ledger.record(session, LEARNER, "lesson.started", now, sitting=own.id)
        await ledger.record(session, LEARNER, "lesson.started", now, sitting=again.id)
        await send(session, own, 0, "photo_task", "photo", now)
        await send(session, again, 3, "say_after", "voice", now)
        await send(session, again, 3, "say_after", "voice", now + MINUTE, good=True)
        await send(session, again, 5, "trace", "photo", now)
        for item, wrong in (("wh01.10", 2), ("wh01.2", 0)):
            for day in range(3):
                at = now + timedelta(days=3 * day)
                await ledger.record(session, LEARNER, "step.answered", at, step=item)
                await mastering.rate(session, LEARNER, item, wrong, at)
    return school


def sitting(lesson, version, at, *, seconds, finished=True):
    return Sitting(
        person_id=LEARNER,
        lesson=lesson,
        version=version,
        shown_at=at,
        started_at=at,
        finished_at=at + MINUTE if finished else None,
        seconds=seconds,
    )


async def send(session, of, step, kind, file, at, good=None):
    digest = f"{of.id:02}{step:02}{at:%M}".ljust(64, "e")
    media = Media(
        kind=file,
        person_id=LEARNER,
        file_id=digest,
        unique_id=digest[:20],
        sha256=digest,
        seconds=4 if file == "voice" else 0,
        state=MediaState.STORED,
        retry_at=at,
        received_at=at,
    )
    session.add(media)
    await session.flush()
    answer = Answer(
        sitting_id=of.id,
        person_id=LEARNER,
        step=step,
        kind=kind,
        tries=1 + at.minute,
        voice_id=media.id,
        seconds=20,
        at=at,
        reviewed_by=TEACHER if good is not None else None,
        reviewed_at=at + MINUTE if good is not None else None,
        good=good,
    )
    session.add(answer)
    await session.flush()
    called = f"{of.lesson}.{step + 2}"  # a step has gone from the lesson since
    told = {"answer": answer.id, "sitting": of.id, "step": called}
    await ledger.record(session, LEARNER, "homework.sent", at, **told)


@pytest.fixture
async def facts(taught, later):
    async with taught.read() as session:
        study_class = await queries.study_class(session, 1)
        of_class = await class_hours(session, study_class, later + timedelta(days=1))
        about = ClassFacts(
            study_class=study_class,
            head="示例班主任",
            meetings=of_class.meetings,
            names=await queries.names_of(session, {LEARNER, TEACHER, 902}),
            titles=taught_titles() | await own_titles(session, 1),
            now=later + timedelta(days=1),
        )
        learner = next(each for each in of_class.learners if each.person.id == LEARNER)
        return dossier_facts(about, learner, await queries.kept(session, LEARNER, 1))


@pytest.fixture
def asked(taught):
    """Ask the database in plain SQL."""

    async def ask(statement):
        async with taught.read() as session:
            return [tuple(row) for row in await session.execute(text(statement))]

    return ask


async def test_lessons_stand_with_their_titles_and_the_version_that_was_taught(facts, asked):
    rows = await asked(
        "SELECT lesson, substr(version, 1, 12) FROM sitting WHERE person_id = 1"
        " ORDER BY started_at, id"
    )
    assert [(row["key"], row["version"]) for row in facts["lessons"]] == rows
    titles = {row["key"]: row["lesson"] for row in facts["lessons"]}
    assert titles["own1"] == "赶场天"  # the version that was taught, not the newest
    assert titles["wh01"] == taught_titles()["wh01"]


async def test_lessons_begun_and_finished_are_counted_once_each(facts, asked):
    ((begun, finished),) = await asked(
        "SELECT count(DISTINCT lesson), count(DISTINCT CASE WHEN finished_at IS NOT NULL"
        " THEN lesson END) FROM sitting WHERE person_id = 1"
    )
    assert (facts["learning"]["begun"], facts["learning"]["finished"]) == (begun, finished)
    assert finished == 4


async def test_minutes_online_are_those_of_finished_lessons_as_hours_are_counted(
    facts, asked, taught, now, later
):
    ((seconds,),) = await asked(
        "SELECT sum(seconds) FROM sitting WHERE person_id = 1 AND finished_at IS NOT NULL"
    )
    async with taught.read() as session:
        counted = await mastery.online_seconds(session, LEARNER, now, later)
    assert facts["learning"]["seconds"] == seconds == counted == 3 * 725 + 90
    assert facts["learning"]["minutes"] == 37


async def test_items_are_listed_in_their_order_with_what_they_ask(facts, asked):
    rows = dict(await asked("SELECT item, mastered FROM mastery WHERE person_id = 1"))
    assert {row["item"]: row["mastered"] for row in facts["items"]} == rows
    assert [row["item"] for row in facts["items"]] == ["wh01.2", "wh01.10"]
    assert (facts["learning"]["mastered"], facts["learning"]["met"]) == (1, 2)
    assert facts["items"][0]["asked"] == taught_titles()["wh01.2"]
    assert all(row["lines"] for row in facts["items"])


async def test_homework_is_counted_by_piece_against_the_norms(facts, asked):
    rows = await asked(
        "SELECT media.kind, count(DISTINCT sitting.lesson || ' ' || answer.step), count(*),"
        " count(answer.reviewed_at) FROM answer JOIN media ON media.id = answer.voice_id"
        " JOIN sitting ON sitting.id = answer.sitting_id WHERE answer.person_id = 1"
        " GROUP BY media.kind"
    )
    names = {"voice": "oral", "photo": "written"}
    counted = {names[kind]: tuple(counts) for kind, *counts in rows}
    assert {
        kind: (row["pieces"], row["sent"], row["reviewed"])
        for kind, row in facts["homework"].items()
    } == counted
    assert {
        kind: (row["pieces"], row["norm"], row["met"], row["status"])
        for kind, row in facts["homework"].items()
    } == {"oral": (4, 4, True, "待核"), "written": (2, 2, True, "待核")}


async def test_each_piece_of_homework_names_its_file_and_the_teachers_word(facts, asked):
    rows = await asked(
        "SELECT substr(media.sha256, 1, 12) FROM answer JOIN media ON media.id = answer.voice_id"
        " WHERE answer.person_id = 1 ORDER BY answer.at, answer.id"
    )
    assert [(row["file"],) for row in facts["works"]] == rows
    assert [(row["review"], row["by"]) for row in facts["works"] if row["review"]] == [
        ("好", "示例老师")
    ]
    assert all(row["lines"] for row in facts["works"])
    photos = [row for row in facts["answers"] if row["written"]]
    assert len(photos) == 2


async def test_a_step_is_numbered_as_its_lesson_did_when_it_was_answered(facts):
    numbers = {(row["at"], row["kind"], row["step"]) for row in facts["works"]}
    assert {step for _at, kind, step in numbers if kind == "书面"} == {2, 7}
    assert 5 in {step for _at, kind, step in numbers if kind == "口头"}
