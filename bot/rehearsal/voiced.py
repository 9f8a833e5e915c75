"""The rule of voices: who reads nothing hears each message, and every choice is a picture.

A message is heard where it is a voice note itself, where one comes right before it, or where its
🔊 plays one. What has no voice must have been written down as missing. Choices stand on a picture,
and on their buttons stand pictograms and numerals, which may be assumed to be readable.
"""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.replaying import recording
from db.models import (
    Account,
    AccountPerson,
    LedgerEntry,
    Membership,
    Message,
    OutboxState,
    Person,
    Reads,
    Role,
)

HEAR = "hear:"
PICTURES = frozenset({"photo", "animation"})
MONEY = re.compile(r"(?<=[0-9])[元角分]")  # the unit stands on the drawn note as well
NAMES = re.compile(r"(who|with):")  # choices between people: their names stand behind numerals
NAMED = re.compile(r"[1-9] \S")
LONGEST_FACE = 8


@dataclass(frozen=True)
class Shown:
    """One message of the bot as it stands on a phone."""

    number: int
    words: str
    voice: bool
    picture: bool
    buttons: tuple[tuple[str, str], ...]  # face and act of each choice
    hear: str  # what its 🔊 plays, empty where it has none

    @property
    def silent_picture(self) -> bool:
        """Whether it only shows what the message before it has said."""
        return self.picture and not self.words and not self.buttons


def shown(number: int, content: Mapping[str, Any]) -> Shown:
    """Read a message of the Bot API, sent or received."""
    rows = content.get("reply_markup", {}).get("inline_keyboard", [])
    keys = [(one["text"], one.get("callback_data", "")) for row in rows for one in row]
    return Shown(
        number,
        str(content.get("text") or content.get("caption") or ""),
        voice="voice" in content,
        picture=not PICTURES.isdisjoint(content),
        buttons=tuple((face, act) for face, act in keys if not act.startswith(HEAR)),
        hear=next((act.removeprefix(HEAR) for _, act in keys if act.startswith(HEAR)), ""),
    )


def defects(
    chat: Sequence[Shown], playable: Container[str], missed: Container[int]
) -> Iterator[tuple[int, str]]:
    """Say what a person who reads nothing cannot follow in a chat: a message's number, and why.

    `playable` is what a 🔊 may name; `missed` are the messages whose voice was noted as missing.
    """
    before: Shown | None = None
    for one in chat:
        if one.hear and one.hear not in playable:
            yield one.number, f"🔊 plays nothing: {one.hear}"
        if not _heard(one, before) and one.number not in missed:
            yield one.number, f"neither voice nor note of a missing one: {one.words!r}"
        yield from ((one.number, why) for why in _unseen(one))
        before = one


def _heard(one: Shown, before: Shown | None) -> bool:
    """Say whether a message is spoken."""
    if one.voice or one.hear:
        return True
    return before is not None and before.voice and (not before.words or one.silent_picture)


def _unseen(one: Shown) -> Iterator[str]:
    """Say which choices of a message exist only as words."""
    # A receipt is a voice note: what can be done with it stands on its buttons alone.
    if len(one.buttons) > 1 and not one.picture and not one.voice:
        yield f"choices without a picture: {one.words!r}"
    for face, act in one.buttons:
        if NAMES.match(act):
            fits = NAMED.match(face) is not None
        else:
            bare = MONEY.sub("", face)
            fits = len(bare) <= LONGEST_FACE and not any(map(str.isalpha, bare))
        if not fits:
            yield f"a button that must be read: {face!r}"


async def _missed(session: AsyncSession) -> set[tuple[int, datetime]]:
    """Return to whom, and when, something was said for which there was no voice at all."""
    found = select(LedgerEntry).where(LedgerEntry.kind == "voice.fallback")
    return {
        (line.person_id, line.at)
        for line in await session.scalars(found)
        if line.payload and not line.payload["given"]
    }


async def unheard(session: AsyncSession) -> list[str]:
    """Apply the rule to every message that has reached a learner who reads nothing."""
    noted = await _missed(session)
    readers = set(await session.scalars(select(Person.id).where(Person.reads != Reads.NOTHING)))
    learners = (
        select(Account.user_id)
        .join(AccountPerson, AccountPerson.account_id == Account.id)
        .join(Membership, Membership.person_id == AccountPerson.person_id)
        .where(Membership.role == Role.LEARNER)
    )
    rows = await session.scalars(
        select(Message)
        .where(
            Message.chat_id.in_(learners),
            Message.state == OutboxState.SENT,
            Message.method.like("send%"),
        )
        .order_by(Message.chat_id, Message.message_id)
    )
    chats: dict[int, list[Message]] = {}
    for row in rows:
        chats.setdefault(row.chat_id, []).append(row)
    playable: dict[str, bool] = {}
    found: list[str] = []
    for messages in chats.values():
        seen = [shown(row.id, row.payload) for row in messages]
        for one in seen:
            if one.hear and one.hear not in playable:
                playable[one.hear] = await recording(session, one.hear) is not None
        plays = {ref for ref, plays in playable.items() if plays}
        missed = {row.id for row in messages if (row.person_id, row.created_at) in noted}
        passed = {row.id for row in messages if row.person_id in readers}
        found += [
            f"voice: outbox {number}: {why}"
            for number, why in defects(seen, plays, missed)
            if number not in passed
        ]
    return found
