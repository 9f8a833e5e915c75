"""Tasks: a person is asked to look after a person, until what was learnt is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html, translate
from bot.language import N_ as _
from bot.services.permitting import holds
from bot.services.reaching import class_heads, listeners
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db import ledger
from db.models import Membership, Person, Priority, Role, StudyClass, Task, TaskKind
from db.queries import tasks

RULES = Path(__file__).with_name("task_rules.yaml")
LISTED = 12
LONGEST_NOTE = 400
CAME_BACK = "came"


class Rules(BaseModel):
    """When somebody is asked to look after a learner."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    silent_meetings: int = Field(ge=1, le=20)
    raise_after_days: int = Field(ge=1, le=60)
    look_back_days: int = Field(ge=1, le=366)
    status: str
    source: str


@dataclass(frozen=True)
class Outcome:
    """What can be learnt about a learner who did not come; a movement goes to the record (P17)."""

    key: str
    label: str
    movement: bool = False


OUTCOMES = (
    Outcome("away", _("Away working"), movement=True),
    Outcome("ill", _("Ill")),
    Outcome("phone", _("New phone")),
    Outcome("moved", _("Moved away"), movement=True),
    Outcome("stopped", _("No more interest")),
    Outcome("reached", _("Reached")),
)


@cache
def rules() -> Rules:
    """Return the rules that come with the program."""
    return Rules.model_validate(yaml.safe_load(RULES.read_text(encoding="utf-8")))


async def find_silent(session: AsyncSession, now: datetime) -> int:
    """Open a task for each learner without a sign of life in the last meetings of the class.

    A task about somebody who has come back meanwhile is closed by itself. Returns how many opened.
    """
    await _close_of_returned(session, now)
    opened = 0
    after = now - timedelta(days=rules().look_back_days)
    for study_class in await tasks.classes(session):
        count = rules().silent_meetings
        held = await tasks.held_last(session, study_class.id, count, after)
        if len(held) < count:
            continue
        first = held[-1].starts_at
        learners = await tasks.joined_by(session, study_class.id, first, now)
        ids = [person.id for person in learners]
        alive = await tasks.alive(session, ids, [meeting.id for meeting in held], first)
        for person in learners:
            called = await tasks.last_closed(session, person.id, TaskKind.SILENT)
            if person.id in alive or (called and called > first):
                continue
            key = f"silent:{person.id}:{held[0].id}"
            opened += await open_task(session, TaskKind.SILENT, person, study_class, key, now)
    return opened


async def _close_of_returned(session: AsyncSession, now: datetime) -> None:
    for task in await tasks.waiting(session, TaskKind.SILENT):
        after = now - timedelta(days=rules().look_back_days)
        held = await tasks.held_last(session, task.study_class_id, 1, after)
        since = [meeting.id for meeting in held if meeting.starts_at > task.opened_at]
        if await tasks.alive(session, [task.person_id], since, task.opened_at) & {task.person_id}:
            await _close(session, task, CAME_BACK, None, now)


async def close_returned(
    session: AsyncSession, person: Person, kind: TaskKind, now: datetime
) -> None:
    """Close what was to be done about somebody who is back."""
    for task in await tasks.waiting(session, kind):
        if task.person_id == person.id:
            await _close(session, task, CAME_BACK, None, now)


async def open_task(
    session: AsyncSession,
    kind: TaskKind,
    person: Person,
    study_class: StudyClass,
    key: str,
    now: datetime,
) -> bool:
    """Ask the class head to look after somebody, once; say whether the task is new."""
    if any(one.person_id == person.id for one in await tasks.waiting(session, kind)):
        return False
    task = await tasks.add(
        session,
        key=key,
        kind=kind,
        person_id=person.id,
        study_class_id=study_class.id,
        role=Role.CLASS_HEAD,
        opened_at=now,
    )
    if task is None:
        return False
    await ledger.record(session, person.id, "task.opened", now, task=task.id, reason=kind.value)
    for head in await class_heads(session, study_class.id, now):
        await _hand(session, head, task, person, now)
    return True


async def raise_due(session: AsyncSession, now: datetime) -> int:
    """Pass the tasks that class heads have had too long up to the township; return how many."""
    due = await tasks.unraised(session, now - timedelta(days=rules().raise_after_days))
    for task in due:
        person = await session.get_one(Person, task.person_id)
        task.role, task.raised_at = Role.TOWNSHIP, now
        await ledger.record(session, person.id, "task.raised", now, task=task.id)
        staff = await tasks.staff_of_township(session, person.township, now)
        # Where the township has nobody here, its class head is asked once more.
        for one in staff or await class_heads(session, task.study_class_id, now):
            await _hand(session, one, task, person, now)
    return len(due)


async def _hand(
    session: AsyncSession, holder: Person, task: Task, person: Person, now: datetime
) -> None:
    for place in await listeners(session, holder):
        way = Way(
            Priority.CHECKIN,
            f"task:{task.id}:{task.role}:{place.account.id}",
            purpose="task",
            study_class_id=task.study_class_id,
        )
        tell(session, place, _words(task), now, _answers(task), way, **_slots(task, person))


def _words(task: Task) -> str:
    match task.kind:
        case TaskKind.SILENT:
            return _("Please call %(name)s, %(phone)s: not seen in %(meetings)d classes.")
        case TaskKind.BLOCKED:
            return _("Please call %(name)s, %(phone)s: the phone takes no messages any more.")
        case TaskKind.HELP:
            return _("Please call %(name)s, %(phone)s: help was asked for.")


def _slots(task: Task, person: Person) -> dict[str, object]:
    slots: dict[str, object] = {"name": person.name, "phone": person.phone or "—"}
    return slots | ({"meetings": rules().silent_meetings} if task.kind is TaskKind.SILENT else {})


def _answers(task: Task) -> Keyboard:
    """Return a button for each thing that can be learnt, three in a row."""
    faces = [
        button(translate(MANDARIN, outcome.label), f"done:{task.id}:{number}")
        for number, outcome in enumerate(OUTCOMES)
    ]
    return [faces[:3], faces[3:]]


async def list_tasks(
    session: AsyncSession, here: Listener, memberships: Sequence[Membership], now: datetime
) -> None:
    """Show the open tasks of who asks, oldest first, each with its button."""
    mine = await held_by(session, memberships)
    if not mine:
        tell(session, here, _("No tasks are open."), now)
        return
    lines = [html(here.language, _("Open tasks: %(count)d"), count=len(mine))]
    rows: Keyboard = []
    for number, task in enumerate(mine[:LISTED], 1):
        person = await session.get_one(Person, task.person_id)
        lines.append(
            html(
                here.language,
                _("%(number)d. %(words)s (since %(day)s %(time)s)"),
                number=number,
                words=translate(here.language, _words(task), **_slots(task, person)),
                day=day_word(task.opened_at, now, here.language),
                time=clock(task.opened_at),
            )
        )
        rows.append([button(f"{number} {person.name}", f"task:{task.id}")])
    payload = {"text": "\n".join(lines), "parse_mode": "HTML", "reply_markup": inline(rows)}
    put(session, here, "sendMessage", payload, now, Way())


async def held_by(session: AsyncSession, memberships: Sequence[Membership]) -> list[Task]:
    """Return the open tasks that somebody's roles make theirs, each once."""
    led = [one.study_class_id for one in memberships if one.role is Role.CLASS_HEAD]
    found = {one.id: one for one in await tasks.waiting_in(session, [n for n in led if n])}
    for membership in memberships:
        if membership.role is Role.TOWNSHIP:
            raised = await tasks.waiting_at(session, membership.place)
            found |= {one.id: one for one in raised}
    return list(found.values())


async def may_close(session: AsyncSession, memberships: Sequence[Membership], task: Task) -> bool:
    """Say whether a task is somebody's to close: its class head's, or its township's in turn."""
    if holds(memberships, Role.CLASS_HEAD, task.study_class_id):
        return True
    person = await session.get_one(Person, task.person_id)
    return task.role is Role.TOWNSHIP and any(
        one.role is Role.TOWNSHIP and one.place == person.township for one in memberships
    )


async def show_task(session: AsyncSession, here: Listener, task: Task, now: datetime) -> None:
    """Show one open task with what can be learnt."""
    person = await session.get_one(Person, task.person_id)
    tell(session, here, _words(task), now, _answers(task), None, **_slots(task, person))


async def settle(
    session: AsyncSession, here: Listener, task: Task, number: int, now: datetime
) -> bool:
    """Close a task with what was learnt, and ask for a word on it; False where it is closed."""
    if task.closed_at is not None or not 0 <= number < len(OUTCOMES) or here.person is None:
        return False
    outcome = OUTCOMES[number]
    await _close(session, task, outcome.key, here.person, now, movement=outcome.movement)
    here.account.state = f"reason:{task.id}"
    person = await session.get_one(Person, task.person_id)
    tell(
        session,
        here,
        _("Noted: %(name)s, %(outcome)s. You can say or write a word on it."),
        now,
        name=person.name,
        outcome=translate(here.language, outcome.label),
    )
    return True


async def _close(
    session: AsyncSession,
    task: Task,
    outcome: str,
    by: Person | None,
    now: datetime,
    *,
    movement: bool = False,
) -> None:
    task.closed_at, task.outcome, task.closed_by = now, outcome, by.id if by else None
    told: dict[str, object] = {"by": by.id} if by else {}
    if movement:
        told["movement"] = True
    await ledger.record(
        session, task.person_id, "task.closed", now, task=task.id, outcome=outcome, **told
    )


async def add_word(
    session: AsyncSession,
    here: Listener,
    task: Task,
    now: datetime,
    *,
    text: str = "",
    voice_id: int | None = None,
) -> None:
    """Keep what was said about a closed task; it stays in the record."""
    here.account.state = None
    task.note = text[:LONGEST_NOTE] or task.note
    task.voice_id = voice_id or task.voice_id
    said = {"voice": voice_id} if voice_id else {"text": task.note}
    by = here.person.id if here.person else None
    await ledger.record(session, task.person_id, "task.noted", now, task=task.id, by=by, **said)
    tell(session, here, _("Kept."), now)
