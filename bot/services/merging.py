"""Who a walk-in turned out to be: two files become one, and every mark stays where it was made.

Nothing is rewritten: the walk-in's person says into whom it went, and whoever counts follows that.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services.chain_asking import likely
from bot.services.chain_list import bare
from bot.services.marking import withdraw
from bot.services.standing import CAME, valid
from bot.voice.buttons import RED, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db import ledger
from db.models import Meeting, Person, Phase, Role, Status
from db.queries import aliases, marks, people

PAGE = 12
COLUMNS = 3


async def ask_who(
    session: AsyncSession,
    place: Listener,
    walk_in: Person,
    study_class_id: int,
    page: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Ask a class head who a walk-in is: names of the class, likely ones first."""
    everybody = await people.members(session, study_class_id, Role.LEARNER, now)
    listed = likely(walk_in.name, [one for one in everybody if not one.temporary])
    pages = max(-(-len(listed) // PAGE), 1)
    page = min(max(page, 1), pages)
    names = [
        button(person.name, f"sameas:{walk_in.id}:{person.id}")
        for person in listed[(page - 1) * PAGE : page * PAGE]
    ]
    rows: Keyboard = [names[start : start + COLUMNS] for start in range(0, len(names), COLUMNS)]
    turns = [button("«", f"whois:{walk_in.id}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"whois:{walk_in.id}:{page + 1}")] if page < pages else []
    rows += [turns, [button(html(MANDARIN, _("A new learner")), f"newcomer:{walk_in.id}")]]
    payload: dict[str, Any] = {
        "text": html(
            MANDARIN,
            _("%(name)s (%(village)s) came to class and is not on the roster. Who is it?"),
            name=walk_in.name,
            village=walk_in.village or "—",
        ),
        "parse_mode": "HTML",
        "reply_markup": inline(rows),
    }
    if message_id is None:
        put(session, place, "sendMessage", payload, now, Way(purpose="whois"))
        return
    payload["message_id"] = message_id
    put(session, place, "editMessageText", payload, now, Way(purpose="whois"))


async def of_class(
    session: AsyncSession, walk_in: Person, person_id: int, now: datetime
) -> Person | None:
    """Return the learner of the walk-in's class whom a number names, if the two may be one."""
    class_id = await people.class_id_of(session, walk_in.id, Role.LEARNER, now)
    if class_id is None or not waits(walk_in) or person_id == walk_in.id:
        return None
    everybody = await people.members(session, class_id, Role.LEARNER, now)
    return next((one for one in everybody if one.id == person_id and not one.temporary), None)


def waits(walk_in: Person) -> bool:
    """Say whether it is still open who a walk-in is."""
    return walk_in.temporary and walk_in.merged_into is None


def confirm(
    session: AsyncSession, place: Listener, walk_in: Person, person: Person, now: datetime
) -> None:
    """Ask once more before two files become one."""
    rows = [
        [
            button(f"✔ {person.name}", f"merge:{walk_in.id}:{person.id}", RED),
            button("↩︎", f"whois:{walk_in.id}:1"),
        ]
    ]
    text = _(
        "The newcomer %(walkin)s is %(name)s, %(village)s? The two become one; "
        "this cannot be taken back."
    )
    about: dict[str, object] = {"walkin": walk_in.name, "name": person.name}
    tell(session, place, text, now, rows, None, **about, village=person.village or "—")


async def merge(
    session: AsyncSession, place: Listener, walk_in: Person, person: Person, now: datetime
) -> None:
    """Let a walk-in's marks count for the person who it was."""
    head = place.person
    if head is None:
        return
    walk_in.merged_into = person.id
    for held in await people.memberships(session, walk_in.id, now):
        held.ends_at = now
    await _clear_absences(session, walk_in, person, head, now)
    if bare(walk_in.name) != bare(person.name):
        await aliases.learn(session, person.id, bare(walk_in.name)[:60], now)
    await ledger.record(session, walk_in.id, "person.merged", now, into=person.id, by=head.id)
    await ledger.record(session, person.id, "person.merged", now, walk_in=walk_in.id, by=head.id)
    text = _("Done: %(walkin)s counts as %(name)s from the first class on.")
    tell(session, place, text, now, walkin=walk_in.name, name=person.name)


async def _clear_absences(
    session: AsyncSession, walk_in: Person, person: Person, head: Person, now: datetime
) -> None:
    """Take back that somebody was called absent where the walk-in they were had come."""
    own = await marks.all_of_person(session, person.id)
    for meeting_id, theirs in (await marks.all_of_person(session, walk_in.id)).items():
        if not any(mark.phase is Phase.IN and mark.status in CAME for mark in valid(theirs)):
            continue
        meeting = await session.get_one(Meeting, meeting_id)
        for mark in valid(own.get(meeting_id, ())):
            if mark.status is Status.ABSENT and mark.person_id == person.id:
                await withdraw(
                    session,
                    mark,
                    person=person,
                    meeting=meeting,
                    by=head,
                    at=now,
                    sure=mark.sure,
                )


def stays(session: AsyncSession, place: Listener, walk_in: Person, now: datetime) -> None:
    """Say that a walk-in stays in the class as somebody new."""
    text = _("%(name)s stays in the class as new. Please put them on the roster.")
    tell(session, place, text, now, name=walk_in.name)
