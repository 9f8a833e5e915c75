"""What is said to who has a task: whom to call, and what can be learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, translate
from bot.language import N_ as _
from bot.services.reaching import listeners
from bot.services.task_rules import rules
from bot.voice.buttons import Keyboard, button
from bot.voice.saying import Way, tell
from db.models import Person, Priority, StudyClass, Task, TaskKind


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


async def hand(
    session: AsyncSession, holder: Person, task: Task, person: Person, now: datetime
) -> None:
    """Ask somebody to look after a person."""
    for place in await listeners(session, holder):
        way = Way(
            Priority.CHECKIN,
            f"task:{task.id}:{task.role}:{place.account.id}",
            purpose="task",
            study_class_id=task.study_class_id,
        )
        tell(session, place, words(task), now, answers(task), way, **slots(task, person))


async def hand_all(
    session: AsyncSession,
    holder: Person,
    opened: Sequence[Task],
    study_class: StudyClass,
    now: datetime,
) -> None:
    """Ask somebody to look after many of a class at once, in one message."""
    for place in await listeners(session, holder):
        way = Way(
            Priority.CHECKIN,
            f"tasks:{opened[-1].id}:{place.account.id}",
            purpose="task",
            study_class_id=study_class.id,
        )
        tell(
            session,
            place,
            _("%(count)d of %(class)s were not seen in %(meetings)d classes."),
            now,
            [[button(translate(MANDARIN, _("Tasks")), "tasks")]],
            way,
            count=len(opened),
            class_=study_class.name,
            meetings=rules().silent_meetings,
        )


def of_one_class(task: Task) -> bool:
    """Say whether a class head took a task during one class, for who was missing there."""
    return task.key.startswith("missing:")


def learnt(task: Task) -> str:
    """Return what was learnt when a task was closed; nothing where it is open."""
    label = next((one.label for one in OUTCOMES if one.key == task.outcome), "")
    return translate(MANDARIN, label) if label else ""


def words(task: Task) -> str:
    """Return what is asked."""
    match task.kind:
        case TaskKind.SILENT if of_one_class(task):
            return _("Please call %(name)s, %(phone)s: not in class on %(date)s.")
        case TaskKind.SILENT:
            return _("Please call %(name)s, %(phone)s: not seen in %(meetings)d classes.")
        case TaskKind.BLOCKED:
            return _("Please call %(name)s, %(phone)s: the phone takes no messages any more.")
        case TaskKind.UNLINKED:
            return _("Please call %(name)s, %(phone)s: no phone is linked.")
        case TaskKind.HELP:
            return _("Please call %(name)s, %(phone)s: help was asked for.")


def slots(task: Task, person: Person) -> dict[str, object]:
    """Return whom to call at which number."""
    said: dict[str, object] = {"name": person.name, "phone": person.phone or "—"}
    if of_one_class(task):
        day = task.opened_at.astimezone(SHANGHAI)
        return said | {"date": f"{day.month}-{day.day}"}
    return said | ({"meetings": rules().silent_meetings} if task.kind is TaskKind.SILENT else {})


def answers(task: Task) -> Keyboard:
    """Return a button for each thing that can be learnt, three in a row."""
    faces = [
        button(translate(MANDARIN, outcome.label), f"done:{task.id}:{number}")
        for number, outcome in enumerate(OUTCOMES)
    ]
    return [faces[:3], faces[3:]]
