"""The desk of who has tasks: see them, close them with what was learnt, say a word on it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import clock, day_word, html, translate
from bot.services.permitting import holds
from bot.services.task_words import OUTCOMES, answers, slots, words
from bot.services.tasking import close
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db import ledger
from db.models import Membership, Person, Role, Task
from db.queries import tasks

PAGE = 12
LONGEST_NOTE = 400


async def list_tasks(
    session: AsyncSession,
    here: Listener,
    memberships: Sequence[Membership],
    now: datetime,
    page: int = 1,
) -> None:
    """Show a page of the open tasks of who asks, oldest first, each with its button."""
    mine = await held_by(session, memberships)
    if not mine:
        tell(session, here, _("No tasks are open."), now)
        return
    lines = [html(here.language, _("Open tasks: %(count)d"), count=len(mine))]
    rows: Keyboard = []
    pages = -(-len(mine) // PAGE)
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    for number, task in enumerate(mine[first : first + PAGE], first + 1):
        person = await session.get_one(Person, task.person_id)
        lines.append(
            html(
                here.language,
                _("%(number)d. %(words)s (since %(day)s %(time)s)"),
                number=number,
                words=translate(here.language, words(task), **slots(task, person)),
                day=day_word(task.opened_at, now, here.language),
                time=clock(task.opened_at),
            )
        )
        rows.append([button(f"{number} {person.name}", f"task:{task.id}")])
    if pages > 1:
        rows.append(
            [
                button("«", f"tasks:{max(page - 1, 1)}"),
                button(f"{page}/{pages}", f"tasks:{page}"),
                button("»", f"tasks:{min(page + 1, pages)}"),
            ]
        )
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
    tell(session, here, words(task), now, answers(task), None, **slots(task, person))


async def settle(
    session: AsyncSession, here: Listener, task: Task, number: int, now: datetime
) -> bool:
    """Close a task with what was learnt, and ask for a word on it; False where it is closed."""
    if task.closed_at is not None or not 0 <= number < len(OUTCOMES) or here.person is None:
        return False
    outcome = OUTCOMES[number]
    await close(session, task, outcome.key, here.person, now, movement=outcome.movement)
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
