"""Which of the waiting messages leave next. Nothing is read or written here."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.pacing import Throttle
from db.models import OutboxState, Priority
from db.queries.leaving import Due

LATE = "expired"
ORPHANED = "target was not sent"


@dataclass
class Picked:
    """What leaves, what never will, and when it is worth looking again."""

    leaving: list[Due] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)  # by reason
    again_at: float = math.inf


def by_chat(rows: Iterable[Due]) -> list[tuple[int, list[Due]]]:
    """Return each chat's rows by age; the chat with the most urgent row comes first.

    A reply that waits behind an older broadcast to the same chat lifts that broadcast with it.
    """
    chats: dict[int, list[Due]] = {}
    for row in rows:
        chats.setdefault(row.chat_id, []).append(row)

    def urgency(chat: tuple[int, list[Due]]) -> tuple[int, int]:
        return min((row.priority, row.id) for row in chat[1])

    return [
        (min(row.priority for row in waiting), sorted(waiting, key=lambda row: row.id))
        for _, waiting in sorted(chats.items(), key=urgency)
    ]


def pick(rows: Iterable[Due], throttle: Throttle, slots: int, now: datetime, tick: float) -> Picked:
    """Choose at most one row a chat: its oldest, if the paces allow it; count it as gone."""
    picked = Picked()
    for priority, waiting in by_chat(rows):
        if len(picked.leaving) == slots:
            break
        reply = priority <= Priority.CHECKIN
        for row in passable(waiting, picked, now):
            edit = row.method.startswith("editMessage")
            ready = throttle.ready_at(row.chat_id, tick, reply=reply, edit=edit)
            if ready <= tick:
                throttle.took(row.chat_id, tick, edit=edit)
                picked.leaving.append(row)
                break
            picked.again_at = min(picked.again_at, ready)
            # Only edits are held back to leave room for the rest, so the rest may pass them.
            if not edit or throttle.chat_ready_at(row.chat_id, tick, edit=False) > tick:
                break
    return picked


def passable(waiting: list[Due], picked: Picked, now: datetime) -> Iterator[Due]:
    """Yield the rows that are still worth sending; note down the others."""
    for row in waiting:
        if row.expires_at is not None and row.expires_at <= now:
            picked.skipped.setdefault(LATE, []).append(row.id)
        elif row.target_id is None or row.target_message_id is not None:
            yield row
        elif row.target_state not in {
            OutboxState.WAITING,
            OutboxState.SENDING,
            OutboxState.UNCERTAIN,
        }:
            picked.skipped.setdefault(ORPHANED, []).append(row.id)
