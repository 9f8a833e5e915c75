"""Lines of a list that are not clear, kept until the class head says by taps what they mean.

Of some nobody knows who is meant, of others how that one stands; each is asked about once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import chain_asking, chain_list
from bot.services.chain_list import Chain
from bot.services.reaching import class_heads, listeners
from bot.voice.listening import Listener
from db.models import Meeting, Person
from db.queries import planning

KIND = "places"
MOST = 60  # lines that wait or were asked; the oldest are forgotten first
Waiting = dict[str, Any]  # a line that waits, with who wrote it, where and when


@dataclass(frozen=True)
class Writer:
    """Who wrote a list, and when; on a shared phone nobody knows for certain who it was."""

    person: Person
    account_id: int
    at: datetime
    certain: bool = True
    message_id: int = 0  # that holds the list


async def ask_heads(
    session: AsyncSession, meeting: Meeting, writer: Writer, chain: Chain, now: datetime
) -> None:
    """Let the class heads say what is meant: all lines at once, and none of them twice."""
    asked: list[tuple[str, int | None]] = [*chain.doubts, *((one, None) for one in chain.unclear)]
    if not asked:
        return
    for head in await class_heads(session, meeting.study_class_id, now):
        for place in await listeners(session, head):
            values = await _values(session, place)
            before = values["serial"]
            for words, person_id in asked:
                seen = f"{meeting.id}:{chain_list.bare(words)}"
                if seen in values["seen"]:
                    continue
                values["seen"] = [*values["seen"], seen][-MOST:]
                values["serial"] += 1
                line = {
                    "number": values["serial"],
                    "meeting": meeting.id,
                    "words": words,
                    "person": person_id,
                    "writer": writer.person.id,
                    "account": writer.account_id,
                    "certain": writer.certain,
                    "message": writer.message_id,
                    "at": now.isoformat(),
                }
                values["waiting"] = [*values["waiting"], line][-MOST:]
            if values["serial"] == before:
                continue
            await planning.keep_draft(session, place.account.id, KIND, values, now)
            await chain_asking.show(session, place, values["waiting"], now)


async def _values(session: AsyncSession, place: Listener) -> dict[str, Any]:
    kept = await planning.draft(session, place.account.id, KIND)
    return {"serial": 0, "waiting": [], "seen": []} | kept


async def lines_of(session: AsyncSession, place: Listener) -> Sequence[Waiting]:
    """List the lines that wait for a class head."""
    found: Sequence[Waiting] = (await _values(session, place))["waiting"]
    return found


async def waiting(session: AsyncSession, place: Listener, number: int) -> Waiting | None:
    """Return a line that waits to be placed."""
    return next((one for one in await lines_of(session, place) if one["number"] == number), None)


async def settle(session: AsyncSession, place: Listener, number: int, now: datetime) -> None:
    """Note that a line was placed."""
    values = await _values(session, place)
    left = [line for line in values["waiting"] if line["number"] != number]
    await planning.keep_draft(session, place.account.id, KIND, values | {"waiting": left}, now)


async def drop(session: AsyncSession, place: Listener, until: int, now: datetime) -> bool:
    """Leave all lines aside up to this one: nothing is marked by them."""
    values = await _values(session, place)
    left = [line for line in values["waiting"] if line["number"] > until]
    await planning.keep_draft(session, place.account.id, KIND, values | {"waiting": left}, now)
    return len(left) < len(values["waiting"])
