"""Tasks: a person is asked to look after a person, until what was learnt is written down."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.isolating import apart
from bot.services.reaching import class_heads
from bot.services.task_rules import rules
from bot.services.task_words import hand, hand_all
from db import ledger
from db.models import Person, Role, StudyClass, Task, TaskKind
from db.queries import tasks

CAME_BACK = "came"
ONE_BY_ONE = 3  # more of a class at once come as one message


async def find_silent(session: AsyncSession, now: datetime) -> int:
    """Open a task for each learner without a sign of life in the last meetings of the class.

    A task about somebody who has come back meanwhile is closed by itself. A class of which
    something is broken stops no other. Returns how many opened.
    """
    opened = 0
    for number in await tasks.class_ids(session):
        act = _look_at(session, number, now)
        opened += await apart(session, act, f"looking after class {number}") or 0
    return opened


async def _look_at(session: AsyncSession, number: int, now: datetime) -> int:
    """Close and open the tasks of one class; return how many opened."""
    await _close_of_returned(session, number, now)
    study_class = await session.get_one(StudyClass, number)
    return len(await _find_in(session, study_class, now))


async def _find_in(session: AsyncSession, study_class: StudyClass, now: datetime) -> list[Task]:
    after = now - timedelta(days=rules().look_back_days)
    held = await tasks.held_last(session, study_class.id, rules().silent_meetings, after, now)
    if len(held) < rules().silent_meetings:
        return []
    first = held[-1].starts_at
    learners = await tasks.joined_by(session, study_class.id, first, now)
    numbers = [person.id for person in learners]
    left_alone = await tasks.alive(session, numbers, [meeting.id for meeting in held], first)
    left_alone |= await tasks.looked_after(session, numbers, TaskKind.SILENT, first)
    opened = []
    for person in learners:
        if person.id not in left_alone:
            key = f"silent:{person.id}:{held[0].id}"
            task = await _open(session, TaskKind.SILENT, person, study_class, key, now)
            opened += [(task, person)] if task else []
    for head in await class_heads(session, study_class.id, now):
        if len(opened) > ONE_BY_ONE:
            await hand_all(session, head, [task for task, _ in opened], study_class, now)
            continue
        for task, person in opened:
            await hand(session, head, task, person, now)
    return [task for task, _ in opened]


async def _close_of_returned(session: AsyncSession, number: int, now: datetime) -> None:
    for task in await tasks.waiting_in(session, [number]):
        person = task.person_id
        if task.kind is not TaskKind.SILENT:
            continue
        if await tasks.marked_since(session, person, task.opened_at) or await tasks.alive(
            session, [person], [], task.opened_at
        ):
            await close(session, task, CAME_BACK, None, now)


async def close_returned(
    session: AsyncSession, person: Person, kind: TaskKind, now: datetime
) -> None:
    """Close what was to be done about somebody who is back."""
    for task in await tasks.waiting(session, kind):
        if task.person_id == person.id:
            await close(session, task, CAME_BACK, None, now)


async def open_task(
    session: AsyncSession,
    kind: TaskKind,
    person: Person,
    study_class: StudyClass,
    key: str,
    now: datetime,
) -> bool:
    """Ask the class head to look after somebody, once; say whether the task is new."""
    if await tasks.looked_after(session, [person.id], kind, now):
        return False
    task = await _open(session, kind, person, study_class, key, now)
    if task is None:
        return False
    for head in await class_heads(session, study_class.id, now):
        await hand(session, head, task, person, now)
    return True


async def take_up(
    session: AsyncSession,
    kind: TaskKind,
    person: Person,
    study_class: StudyClass,
    key: str,
    now: datetime,
) -> Task | None:
    """Open a task that its holder asked for and has before them; None where it is there already."""
    return await _open(session, kind, person, study_class, key, now)


async def _open(
    session: AsyncSession,
    kind: TaskKind,
    person: Person,
    study_class: StudyClass,
    key: str,
    now: datetime,
) -> Task | None:
    task = await tasks.add(
        session,
        key=key,
        kind=kind,
        person_id=person.id,
        study_class_id=study_class.id,
        role=Role.CLASS_HEAD,
        opened_at=now,
    )
    if task:
        about = {"task": task.id, "reason": kind.value}
        await ledger.record(session, person.id, "task.opened", now, **about)
    return task


async def raise_due(session: AsyncSession, now: datetime) -> int:
    """Pass the tasks that class heads have had too long up to the township; return how many."""
    raised = 0
    for number in await tasks.unraised(session, now - timedelta(days=rules().raise_after_days)):
        raised += await apart(session, _raise(session, number, now), f"raising task {number}") or 0
    return raised


async def _raise(session: AsyncSession, number: int, now: datetime) -> int:
    task = await session.get_one(Task, number)
    person = await session.get_one(Person, task.person_id)
    task.role, task.raised_at = Role.TOWNSHIP, now
    await ledger.record(session, person.id, "task.raised", now, task=task.id)
    staff = await tasks.staff_of_township(session, person.township, now)
    # Where the township has nobody here, its class head is asked once more.
    for one in staff or await class_heads(session, task.study_class_id, now):
        await hand(session, one, task, person, now)
    return 1


async def close(
    session: AsyncSession,
    task: Task,
    outcome: str,
    by: Person | None,
    now: datetime,
    *,
    movement: bool = False,
) -> None:
    """Close a task with what was learnt, by whom; a movement goes to the record (P17)."""
    task.closed_at, task.outcome, task.closed_by = now, outcome, by.id if by else None
    told: dict[str, object] = {"by": by.id} if by else {}
    if movement:
        told["movement"] = True
    await ledger.record(
        session, task.person_id, "task.closed", now, task=task.id, outcome=outcome, **told
    )
