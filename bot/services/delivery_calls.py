"""Whom to call since no message arrives: names, numbers, why, and what was learnt of each."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import SHANGHAI, html
from bot.services import tasking
from bot.services.delivery_report import why_unreached
from bot.services.permitting import holds
from bot.services.task_desk import show_task
from bot.services.task_words import learnt
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db.models import Membership, Person, Role, StudyClass, Task, TaskKind
from db.queries import delivery, people, tasks
from db.queries.delivery import Unreached

PAGE = 12
KINDS = (TaskKind.UNLINKED, TaskKind.BLOCKED)
REMEMBERED = timedelta(days=14)  # for so long what was learnt stands beside the name


async def list_calls(
    session: AsyncSession,
    here: Listener,
    memberships: Sequence[Membership],
    of: str,
    unreached: Sequence[Unreached],
    now: datetime,
    page: int = 1,
) -> None:
    """Name those who have to be called, with number and reason; a class head's have a button."""
    if not unreached:
        tell(session, here, _("Everybody can be reached on a phone."), now)
        return
    pages = -(-len(unreached) // PAGE)
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    shown = unreached[first : first + PAGE]
    numbers = [one.person_id for one in shown]
    known = await tasks.closed_lately(session, numbers, KINDS, now - REMEMBERED)
    lines = [html(here.language, _("Please call: %(count)d people"), count=len(unreached))]
    rows: Keyboard = []
    for number, one in enumerate(shown, first + 1):
        text = f"{number}. {one.name} {one.phone or '—'}（{why_unreached(one)}）"
        task = known.get(one.person_id)
        text += f" ✔ {learnt(task)}" if task else ""
        lines.append(html(here.language, "%(words)s", words=text))
        classes = await people.class_ids_of(session, one.person_id, Role.LEARNER, now)
        led = [number for number in classes if holds(memberships, Role.CLASS_HEAD, number)]
        for class_id in led[:1]:
            rows.append([button(f"{number} {one.name} 📞", f"call:{class_id}:{one.person_id}")])
    if pages > 1:
        rows.append([button(f"« {page}/{pages} »", f"report:{of}:4:{page % pages + 1}")])
    payload = {"text": "\n".join(lines), "parse_mode": "HTML", "reply_markup": inline(rows)}
    put(session, here, "sendMessage", payload, now, Way())


async def open_call(
    session: AsyncSession,
    here: Listener,
    memberships: Sequence[Membership],
    class_id: int,
    person_id: int,
    now: datetime,
) -> str:
    """Let a class head take a call in hand, and close it with what was learnt; return the toast."""
    if not holds(memberships, Role.CLASS_HEAD, class_id):
        return "❌"
    found = await delivery.unreached(session, class_id, now)
    one = next((one for one in found if one.person_id == person_id), None)
    if one is None:
        return "✔"  # reached meanwhile
    task = await _in_hand(session, one, class_id, now)
    if task is None:
        closed = await tasks.closed_lately(session, [person_id], KINDS, now - REMEMBERED)
        return f"✔ {learnt(closed[person_id])}" if person_id in closed else "✔"
    await show_task(session, here, task, now)
    return ""


async def _in_hand(
    session: AsyncSession, one: Unreached, class_id: int, now: datetime
) -> Task | None:
    """Return the open task of a call, opened now if need be; None where it was closed today."""
    kind = TaskKind.BLOCKED if one.linked else TaskKind.UNLINKED
    task = await tasks.open_of(session, one.person_id, kind)
    if task is None:
        person = await session.get_one(Person, one.person_id)
        study_class = await session.get_one(StudyClass, class_id)
        key = f"call:{kind}:{one.person_id}:{now.astimezone(SHANGHAI):%Y%m%d}"
        task = await tasking.take_up(session, kind, person, study_class, key, now)
    return task
