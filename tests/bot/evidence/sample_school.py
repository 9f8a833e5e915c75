"""A class as the database would hold it after two days of school."""

import hashlib
from datetime import date, timedelta

from db import ledger
from db.models import (
    Answer,
    Consent,
    ConsentState,
    How,
    Mark,
    Media,
    MediaState,
    Meeting,
    MeetingState,
    Membership,
    Mode,
    Person,
    Phase,
    Question,
    Role,
    Sitting,
    Status,
    StudyClass,
    Sure,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
FAMILY = "杨吴龙潘王李张石田罗"
GIVEN = ["阿妹", "秀英", "老三", "金花", "文忠", "德福", "桂芝"]
RARE = "示例龙𠅤<b>#x$y*_`\\"


async def build(session, start, data, learners=3, meetings=3):
    """Put a class with its learners, meetings and what they did into the database."""
    study_class = StudyClass(
        id=1,
        county_id=1,
        name="示例村 2 班",
        trade="刺绣",
        teaching_point="示例村文化活动室",
        township="示例镇",
        created_at=start,
    )
    teacher = Person(id=901, number="T001", county_id=1, name="示例老师", created_at=start)
    head = Person(id=902, number="H001", county_id=1, name="示例班主任", created_at=start)
    session.add_all([study_class, teacher, head])
    await session.flush()
    session.add(Membership(person_id=902, role=Role.CLASS_HEAD, study_class_id=1, starts_at=start))
    for number in range(meetings):
        begins = start + number * timedelta(days=1) + HOUR
        session.add(
            Meeting(
                id=number + 1,
                study_class_id=1,
                teacher_id=901,
                starts_at=begins,
                ends_at=begins + 90 * MINUTE,
                place="示例村文化活动室",
                mode=Mode.ONLINE if number % 7 == 2 else Mode.OFFLINE,
                lesson=f"wh{number % 3 + 1:02}",
                title=["认识自己的名字", "数一数，写一写", "看懂钱"][number % 3],
                state=MeetingState.CLOSED,
                opened_at=begins - 30 * MINUTE,
                closed_at=begins + 95 * MINUTE,
                closed_by=901,
            )
        )
    await session.flush()
    for number in range(1, learners + 1):
        await learner(session, start, data, number, meetings)


async def learner(session, start, data, number, meetings):
    """Put one learner in: 2 is late, 3 away and with an odd name, 4 named like a formula."""
    names = {3: RARE, 4: "=1+1"}
    person = Person(
        id=number,
        county_id=1,
        number=f"P{number:05}",
        name=names.get(number, f"示例{FAMILY[number % 10]}{GIVEN[number % 7]}"),
        sex="女" if number % 3 else "男",
        ethnicity="苗族",
        birth_date=date(1980, 1, 1) + number * timedelta(days=97),
        township="示例镇",
        village="示例村",
        id_tail=f"{number:03}X",
        created_at=start,
    )
    session.add(person)
    await session.flush()
    session.add(Membership(person_id=number, role=Role.LEARNER, study_class_id=1, starts_at=start))
    await consent(session, start, data, number)
    if number == 3:
        return
    for meeting in range(meetings):
        begins = start + meeting * timedelta(days=1) + HOUR
        await attend(session, begins, number, meeting)
        if meeting < 3:
            await study(session, begins + 10 * MINUTE, data, number, meeting)
    await ask(session, start + 3 * HOUR, number)


async def consent(session, at, data, number):
    voice = keep(session, data, number, "consent", at)
    await session.flush()
    row = Consent(
        person_id=number,
        notice_version="2026-1",
        language="hea",
        state=ConsentState.GIVEN,
        voice_id=voice.id,
        witness_id=902,
        asked_at=at,
        decided_at=at + MINUTE,
    )
    session.add(row)
    await session.flush()
    await ledger.record(
        session, number, "consent.given", at + MINUTE, consent=row.id, sha256=voice.sha256
    )


async def attend(session, begins, number, meeting):
    late = number == 2
    marks = [
        Mark(
            phase=Phase.IN,
            key="self",
            status=Status.LATE if late else Status.PRESENT,
            how=How.GROUP if number % 2 else How.TAP,
            sure=Sure.SELF,
            minutes_late=20 if late else 0,
            made_by=number,
            at=begins + (20 if late else -5) * MINUTE,
        )
    ]
    if number % 2:
        marks.append(
            Mark(
                phase=Phase.OUT,
                key="self",
                status=Status.PRESENT,
                how=How.TAP,
                sure=Sure.SELF,
                feeling=3,
                made_by=number,
                at=begins + 92 * MINUTE,
            )
        )
    for mark in marks:
        mark.meeting_id, mark.person_id = meeting + 1, number
        session.add(mark)
        await session.flush()
        await ledger.record(
            session,
            number,
            "mark.made",
            mark.at,
            meeting=meeting + 1,
            mark=mark.id,
            phase=mark.phase.value,
            status=mark.status.value,
            share=0.1,
        )


async def study(session, at, data, number, meeting):
    sitting = Sitting(
        person_id=number,
        lesson=f"wh{meeting + 1:02}",
        version=hashlib.sha256(b"pack").hexdigest()[:16],
        shown_at=at,
        started_at=at,
        finished_at=at + 12 * MINUTE,
        seconds=725,
    )
    session.add(sitting)
    voice = keep(session, data, number, f"voice {meeting}", at)
    await session.flush()
    await ledger.record(session, number, "lesson.started", at, sitting=sitting.id)
    for step, (kind, right, tries) in enumerate(
        [("tap_picture", False, 0), ("tap_picture", True, 1), ("say_after", None, 0)]
    ):
        answer = Answer(
            sitting_id=sitting.id,
            person_id=number,
            step=max(step, 1),
            kind=kind,
            tries=tries,
            choice=1 if right is not None else None,
            right=right,
            voice_id=voice.id if right is None else None,
            seconds=9 + step,
            at=at + (step + 1) * MINUTE,
        )
        session.add(answer)
        await session.flush()
        await ledger.record(session, number, "step.answered", answer.at, answer=answer.id)
    await ledger.record(session, number, "lesson.finished", at + 12 * MINUTE, sitting=sitting.id)


async def ask(session, at, number):
    question = Question(
        person_id=number,
        study_class_id=1,
        text="老师，“绣”字怎么写？" if number % 2 else "#emph[x] $x$ \\ 明天还上课吗？",
        asked_at=at,
        answer_text="绞丝旁，右边是秀丽的秀。",
        answered_by=901,
        answered_at=at + HOUR,
        clear=True,
    )
    session.add(question)
    await session.flush()
    await ledger.record(session, number, "question.asked", at, question=question.id)


def keep(session, data, number, what, at):
    """Store a voice as the fetcher would: the file first, then the row that names it."""
    content = f"OggS {number} {what}".encode()
    digest = hashlib.sha256(content).hexdigest()
    path = f"media/{digest[:2]}/{digest}.ogg"
    (data / path).parent.mkdir(parents=True, exist_ok=True)
    (data / path).write_bytes(content)
    media = Media(
        kind="voice",
        person_id=number,
        file_id=digest[:20],
        unique_id=digest[:10],
        mime="audio/ogg",
        sha256=digest,
        path=path,
        size=len(content),
        state=MediaState.STORED,
        retry_at=at,
        received_at=at,
    )
    session.add(media)
    return media
