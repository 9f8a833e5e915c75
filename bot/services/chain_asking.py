"""What a class head sees of unclear lines of a list: one question, or all of them in one message.

A line whose name is known asks how that one stands; of any other it is asked who is meant.
"""

import difflib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import chain_list
from bot.voice.buttons import GREEN, Button, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put
from db.models import Meeting, Person, Priority, Role
from db.queries import people

PAGE = 12
COLUMNS = 3
LINES = 10  # of one message
HERE, LEAVE, NOT_HERE = 1, 2, 0
Waiting = dict[str, Any]
Face = tuple[str, Keyboard]


async def show(
    session: AsyncSession,
    place: Listener,
    lines: Sequence[Waiting],
    now: datetime,
    message_id: int | None = None,
    page: int = 1,
) -> None:
    """Show what waits: the one question, or the list of all; with a message, in its place."""
    if len(lines) == 1:
        await ask(session, place, lines[0], 1, now, message_id)
        return
    if lines:
        text, rows = _list(lines, page)
    else:
        text, rows = html(MANDARIN, _("The list is clear now. Thank you.")), []
    _say(session, place, text, rows, now, message_id)


async def ask(
    session: AsyncSession,
    place: Listener,
    line: Waiting,
    page: int,
    now: datetime,
    message_id: int | None = None,
    *,
    back: bool = False,
) -> None:
    """Ask about one line: how that one stands, or who it is, likely names first."""
    if line.get("person"):
        text, rows = _how(line)
    else:
        text, rows = await _who(session, line, page, now)
    if back:
        rows = [*rows, [button("↩︎", "placelist:1")]]
    _say(session, place, text, rows, now, message_id)


def _list(lines: Sequence[Waiting], page: int) -> Face:
    """Return all that waits, line by line with its buttons, page by page."""
    pages = -(-len(lines) // LINES)
    page = min(max(page, 1), pages)
    text = _("%(count)d lines of the list are not clear. Tap the number of a line to settle it.")
    told = [html(MANDARIN, text, count=len(lines))]
    rows: Keyboard = []
    for at, line in enumerate(lines[(page - 1) * LINES : page * LINES], (page - 1) * LINES + 1):
        told.append(html(MANDARIN, "%(words)s", words=f"{at}. {line['words']}"))
        if line.get("person"):
            rows.append(_states(line, f"{at} "))
        else:
            who = html(MANDARIN, _("%(at)d Who is it?"), at=at)
            rows.append([button(who, f"placeline:{line['number']}")])
    turns = [button("«", f"placelist:{page - 1}")] if page > 1 else []
    turns += [button("»", f"placelist:{page + 1}")] if page < pages else []
    last = max(line["number"] for line in lines)
    aside = button(html(MANDARIN, _("Leave them all aside")), f"placedrop:{last}")
    return "\n".join(told), [*rows, turns, [aside]]


def _how(line: Waiting) -> Face:
    text = _("I could not read a line of the list: “%(line)s”. Does it mean “here”?")
    return html(MANDARIN, text, line=line["words"]), [_states(line, "")]


def _states(line: Waiting, before: str) -> list[Button]:
    """Return how somebody can stand, as buttons."""
    number = line["number"]
    return [
        button(before + html(MANDARIN, _("Is here")), f"placestate:{number}:{HERE}", GREEN),
        button(before + html(MANDARIN, _("On leave")), f"placestate:{number}:{LEAVE}"),
        button(before + html(MANDARIN, _("Not here yet")), f"placestate:{number}:{NOT_HERE}"),
    ]


async def _who(session: AsyncSession, line: Waiting, page: int, now: datetime) -> Face:
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
    text = _("I could not place a line of the list: “%(line)s”. Who is it?")
    return html(MANDARIN, text, line=line["words"]), rows


def _say(
    session: AsyncSession,
    place: Listener,
    text: str,
    rows: Keyboard,
    now: datetime,
    message_id: int | None,
) -> None:
    payload: dict[str, Any] = {"text": text, "parse_mode": "HTML", "reply_markup": inline(rows)}
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
