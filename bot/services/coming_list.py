"""Who comes to a meeting, who is on leave, who has not answered: one list for its teacher."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html, names, translate
from bot.language import N_ as _
from bot.services.reaching import listeners
from bot.voice.buttons import Button, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db.models import Coming, EarlyLeave, Meeting, Person, Priority, Reason, Role
from db.queries import coming, outbox, people

SAID = {
    Reason.ILL: _("ill"),
    Reason.AWAY: _("away"),
    Reason.FARM: _("farm work"),
    Reason.OTHER: _("something else"),
}


@dataclass(frozen=True)
class Listed:
    """The learners of a class by what they said of a meeting."""

    come: list[Person]
    leave: list[tuple[Person, Coming]]
    silent: list[Person]

    @property
    def counts(self) -> dict[str, object]:
        """How many of each there are."""
        return {"come": len(self.come), "leave": len(self.leave), "silent": len(self.silent)}


async def listed(session: AsyncSession, meeting: Meeting, now: datetime) -> Listed:
    """List the learners of a class by what they said of a meeting."""
    said = {row.person_id: row for row in await coming.of_meeting(session, meeting.id)}
    found = Listed([], [], [])
    for person in await people.members(session, meeting.study_class_id, Role.LEARNER, now):
        word = said.get(person.id)
        if word is None:
            found.silent.append(person)
        elif word.comes:
            found.come.append(person)
        else:
            found.leave.append((person, word))
    return found


async def name_all(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> None:
    """Show staff by name who comes, who does not and why, and who has not answered."""
    found = await listed(session, meeting, now)
    on_leave = [f"{person.name}（{reason_of(word)}）" for person, word in found.leave]
    lines = [_headline(meeting, found, now)]
    for text, theirs in (
        (_("Come: %(names)s"), [person.name for person in found.come]),
        (_("On leave: %(names)s"), on_leave),
        (_("No answer: %(names)s"), [person.name for person in found.silent]),
    ):
        if theirs:
            lines.append(html(MANDARIN, text, names=names(theirs, MANDARIN)))
    tell(session, listener, "%(words)s", now, words="\n".join(lines))


def reason_of(word: Coming | EarlyLeave) -> str:
    """Return why somebody cannot come, as staff read it."""
    if word.text:
        return word.text
    if word.reason is None:
        return "—"
    return translate(MANDARIN, SAID[word.reason])


def _headline(meeting: Meeting, found: Listed, now: datetime) -> str:
    return translate(
        MANDARIN,
        _("%(lesson)s, %(day)s %(time)s: %(come)d come, %(leave)d on leave, %(silent)d silent"),
        lesson=meeting.title,
        day=day_word(meeting.starts_at, now, MANDARIN),
        time=clock(meeting.starts_at),
        **found.counts,
    )


async def counts_line(session: AsyncSession, meeting: Meeting, now: datetime) -> str:
    """Return how many come, are on leave, have not answered, for the list of today."""
    found = await listed(session, meeting, now)
    text = _("   %(come)d come, %(leave)d on leave, %(silent)d silent")
    return html(MANDARIN, text, **found.counts)


def list_button(meeting: Meeting, number: int | None = None) -> Button:
    """Return the button under which the names stand."""
    face = html(MANDARIN, _("Names"))
    return button(f"{number} {face}" if number else face, f"list:{meeting.id}")


async def refresh(session: AsyncSession, meeting: Meeting, now: datetime) -> None:
    """Bring the teacher's list of a meeting up to date: one message, edited in place."""
    teacher = await session.get_one(Person, meeting.teacher_id)
    found = await listed(session, meeting, now)
    payload = {
        "text": html(MANDARIN, "%(words)s", words=_headline(meeting, found, now)),
        "parse_mode": "HTML",
        "reply_markup": inline([[list_button(meeting)]]),
    }
    for place in await listeners(session, teacher):
        key = f"coming:{meeting.id}:{meeting.revision}:{place.account.id}"
        card_id = await coming.card(session, key)
        card = await outbox.target(session, card_id) if card_id else None
        if card is None:
            way = Way(Priority.CHECKIN, key, purpose="coming", silent=True)
            put(session, place, "sendMessage", payload, now, way)
            await session.flush()
            continue
        await outbox.supersede(session, card, "coming", "editMessageText", payload, now)
