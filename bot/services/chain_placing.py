"""Lines of a list that nobody could place: the class head says by taps who is meant, once."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import chain_list
from bot.services.reaching import class_heads, listeners
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put
from db.models import Meeting, Person, Priority, Role
from db.queries import people, planning

KIND = "places"
MOST = 60  # lines that wait or were asked; the oldest are forgotten first
PAGE = 12
COLUMNS = 3


@dataclass(frozen=True)
class Writer:
    """Who wrote a list, and when; on a shared phone nobody knows for certain who it was."""

    person: Person
    account_id: int
    at: datetime
    certain: bool = True
    message_id: int = 0  # that holds the list


async def ask_heads(
    session: AsyncSession,
    meeting: Meeting,
    writer: Writer,
    unclear: Sequence[str],
    now: datetime,
) -> None:
    """Let the class heads say who is meant; a line that was asked about is not asked again."""
    for head in await class_heads(session, meeting.study_class_id, now):
        for place in await listeners(session, head):
            values = await _values(session, place)
            had_to = bool(values["waiting"])
            for words in unclear:
                seen = f"{meeting.id}:{chain_list.bare(words)}"
                if seen in values["seen"]:
                    continue
                values["seen"] = [*values["seen"], seen][-MOST:]
                values["serial"] += 1
                line = {
                    "number": values["serial"],
                    "meeting": meeting.id,
                    "words": words,
                    "writer": writer.person.id,
                    "account": writer.account_id,
                    "certain": writer.certain,
                    "message": writer.message_id,
                    "at": now.isoformat(),
                }
                values["waiting"] = [*values["waiting"], line][-MOST:]
            await planning.keep_draft(session, place.account.id, KIND, values, now)
            if not had_to:
                await ask_next(session, place, now)


async def _values(session: AsyncSession, place: Listener) -> dict[str, Any]:
    kept = await planning.draft(session, place.account.id, KIND)
    return {"serial": 0, "waiting": [], "seen": []} | kept


async def waiting(session: AsyncSession, place: Listener, number: int) -> dict[str, Any] | None:
    """Return a line that waits to be placed."""
    values = await _values(session, place)
    return next((line for line in values["waiting"] if line["number"] == number), None)


async def settle(session: AsyncSession, place: Listener, number: int, now: datetime) -> None:
    """Note that a line was placed."""
    values = await _values(session, place)
    left = [line for line in values["waiting"] if line["number"] != number]
    await planning.keep_draft(session, place.account.id, KIND, values | {"waiting": left}, now)


async def ask_next(session: AsyncSession, place: Listener, now: datetime) -> None:
    """Ask a class head about the next line, if one waits."""
    values = await _values(session, place)
    if values["waiting"]:
        await ask(session, place, values["waiting"][0], 1, now)


async def ask(
    session: AsyncSession,
    place: Listener,
    line: dict[str, Any],
    page: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Ask who is meant by a line: likely names first, page by page."""
    meeting = await session.get_one(Meeting, line["meeting"])
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    listed = likely(line["words"], everybody)
    pages = max(-(-len(listed) // PAGE), 1)
    page = min(max(page, 1), pages)
    number = line["number"]
    names = [
        button(person.name, f"place:{number}:{person.id}")
        for person in listed[(page - 1) * PAGE : page * PAGE]
    ]
    rows: Keyboard = [names[start : start + COLUMNS] for start in range(0, len(names), COLUMNS)]
    turns = [button("«", f"placepage:{number}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"placepage:{number}:{page + 1}")] if page < pages else []
    rows += [turns, [button(html(MANDARIN, _("Not of this class")), f"place:{number}:0")]]
    payload: dict[str, Any] = {
        "text": html(
            MANDARIN,
            _("I could not place a line of the list: “%(line)s”. Who is it?"),
            line=line["words"],
        ),
        "parse_mode": "HTML",
        "reply_markup": inline(rows),
    }
    way = Way(Priority.CHECKIN, purpose="place")
    if message_id is None:
        put(session, place, "sendMessage", payload, now, way)
        return
    put(session, place, "editMessageText", payload | {"message_id": message_id}, now, way)


def likely(words: str, everybody: Sequence[Person]) -> list[Person]:
    """Put people in order, those first whose name looks like what was written."""
    written = chain_list.bare(chain_list.name_of(words))

    def unlike(person: Person) -> tuple[float, str]:
        alike = difflib.SequenceMatcher(None, written, chain_list.bare(person.name)).ratio()
        return -alike, person.number

    return sorted(everybody, key=unlike)
