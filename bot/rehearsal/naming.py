"""Names for numbered rows: two rehearsals number them differently, and mean the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.rehearsal.school import meeting_name
from bot.rehearsal.truth import stamp
from db.models import (
    Account,
    Answer,
    Consent,
    Invite,
    Mark,
    Media,
    Meeting,
    Person,
    Question,
    Sitting,
    StudyClass,
)

# Numbers of messages are the chat's own; another order of arrival gives others.
LEFT_OUT = frozenset({"message"})


@dataclass
class Names:
    """A name for each numbered row, by kind."""

    by_kind: dict[str, dict[int, str]] = field(default_factory=dict)

    def add(self, kind: str, number: int, name: str) -> None:
        """Name a row; a second row of the same name is told from the first."""
        known = self.by_kind.setdefault(kind, {})
        known[number] = name

    def of(self, kind: str, number: int | None) -> str:
        """Return a row's name."""
        return "" if number is None else self.by_kind.get(kind, {}).get(number, "?")


# Which table a number in a ledger line's payload speaks of.
SPEAKS_OF = {
    "by": "person",
    "witness": "person",
    "meeting": "meeting",
    "mark": "mark",
    "question": "question",
    "media": "media",
    "voice": "media",
    "witness_voice": "media",
    "consent": "consent",
    "sitting": "sitting",
    "answer": "answer",
    "account": "account",
    "invite": "invite",
    "study_class": "class",
}


async def name_rows(session: AsyncSession) -> Names:
    """Name the rows that others speak of."""
    names = Names()
    for person in await rows(session, Person):
        names.add("person", person.id, person.number)
    for study_class in await rows(session, StudyClass):
        names.add("class", study_class.id, study_class.name)
    for account in await rows(session, Account):
        names.add("account", account.id, str(account.user_id))
    for invite in await rows(session, Invite):
        who = names.of("person", invite.person_id)
        # Two cards of one person are made in one order, whatever else is made between them.
        turn = sum(
            name.startswith(f"{who} {invite.kind} ")
            for name in names.by_kind.get("invite", {}).values()
        )
        names.add("invite", invite.id, f"{who} {invite.kind} {turn}")
    for file in await rows(session, Media):
        who = names.of("person", file.person_id)
        names.add("media", file.id, f"{who} {file.kind} {file.seconds} {moment(file.received_at)}")
    await name_acts(session, names)
    return names


async def name_acts(session: AsyncSession, names: Names) -> None:
    """Name what people did."""
    for meeting in await rows(session, Meeting):
        study_class = names.of("class", meeting.study_class_id)
        names.add("meeting", meeting.id, meeting_name(study_class, meeting.starts_at))
    for mark in await rows(session, Mark):
        key, _, other = mark.key.partition(":")
        known = names.of("mark", int(other)).rpartition(" ")[2] if key == "withdrawn" else other
        name = f"{key}:{known}" if known else key
        who, where = names.of("person", mark.person_id), names.of("meeting", mark.meeting_id)
        names.add("mark", mark.id, f"{who} {where} {mark.phase} {name}")
    for consent in await rows(session, Consent):
        who = names.of("person", consent.person_id)
        names.add("consent", consent.id, f"{who} {moment(consent.asked_at)}")
    for sitting in await rows(session, Sitting):
        who = names.of("person", sitting.person_id)
        names.add("sitting", sitting.id, f"{who} {sitting.lesson} {moment(sitting.started_at)}")
    for answer in await rows(session, Answer):
        taken = names.of("sitting", answer.sitting_id)
        names.add("answer", answer.id, f"{taken} {answer.step} {answer.tries}")
    for question in await rows(session, Question):
        who = names.of("person", question.person_id)
        names.add("question", question.id, f"{who} {moment(question.asked_at)}")


async def rows(session: AsyncSession, table: Any) -> Sequence[Any]:  # noqa: ANN401 - any of our tables
    """Return every row of a table, in the order in which it was written."""
    return (await session.scalars(select(table).order_by(table.id))).all()


def moment(at: datetime | None) -> str:
    """Write a moment; an empty text where there is none."""
    return stamp(at) if at else ""


def named(payload: dict[str, Any], names: Names) -> dict[str, str]:
    """Write a payload with names for numbers."""
    return {
        word: names.of(SPEAKS_OF[word], value)
        if word in SPEAKS_OF and isinstance(value, int)
        else str(value)
        for word, value in payload.items()
        if word not in LEFT_OUT
    }
