"""Roll call: everybody by name, "all here" first, then the exceptions; nothing counts unsaved.

A page lists whom no mark shows as here, or everybody where that was asked for: pages above `FULL`
are those. A line that somebody else wrote in a list is to be confirmed here, so it is listed too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, translate
from bot.language import N_ as _
from bot.services.listing_today import day_of
from bot.services.standing import CAME, Word, counting, word_of, written
from bot.voice.buttons import BLUE, GREEN, Button, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, tell, to_chat
from db.models import How, Meeting, MeetingState, Person, Role, Status
from db.queries import marks, outbox, people, rolls
from db.queries.marks import Arrival

PAGE = 15
COLUMNS = 3
FULL = 100  # pages of the whole class are numbered from here
PURPOSE = "roll"
GAPS = (timedelta(seconds=1.5), timedelta(seconds=1.5))  # between redraws
FACES = {
    Status.PRESENT: _("here"),
    Status.ABSENT: _("absent"),
    Status.LEAVE: _("leave"),
    Status.LATE: _("late"),
    Status.EXCUSED: _("on duty"),
    Status.LEFT_EARLY: _("left early"),
}
TURN = {
    Status.PRESENT: Status.ABSENT,
    Status.ABSENT: Status.LEAVE,
    Status.LEAVE: Status.LATE,
    Status.LATE: Status.EXCUSED,
    Status.EXCUSED: Status.PRESENT,
}
EXCUSED = frozenset({Status.LEAVE, Status.EXCUSED})


@dataclass(frozen=True)
class Called:
    """A class as its marks and the unsaved roll call have it."""

    everybody: Sequence[Person]
    counted: Mapping[int, Arrival]  # the mark that counts, of those who have one
    draft: Mapping[int, Status]

    def settled(self, person: Person) -> bool:
        """Say whether somebody is known to be here, and nobody has called them otherwise."""
        mark = self.counted.get(person.id)
        if mark is None or person.id in self.draft:
            return False
        return mark.status in CAME and word_of(mark) is not Word.LISTED

    def listed(self, page: int) -> list[Person]:
        """Return whom the pages show that this one belongs to."""
        if page > FULL:
            return list(self.everybody)
        return [person for person in self.everybody if not self.settled(person)]

    def face(self, person: Person) -> str:
        """Return how somebody stands, in a character or two."""
        if person.id in self.draft:
            return face(self.draft[person.id])
        mark = self.counted.get(person.id)
        if mark is None:
            return "·"
        sign = "🎤" if mark.how == How.VOICE else "?" if word_of(mark) is Word.LISTED else ""
        return face(mark.status) + sign

    def turned(self, person: Person, page: int) -> Status:
        """Return the state that a tap on a name leads to.

        Only the pages of everybody show somebody as here whom a tap then makes absent.
        """
        if person.id in self.draft:
            return TURN.get(self.draft[person.id], Status.PRESENT)
        return Status.ABSENT if page > FULL and self.settled(person) else Status.PRESENT


def face(status: Status) -> str:
    """Return a state in a character or two."""
    return translate(MANDARIN, FACES[status])


async def called(session: AsyncSession, meeting: Meeting, now: datetime) -> Called:
    """Read how a class stands."""
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    rows = await marks.arrivals(session, meeting.id)
    taken_back = {row.key.partition(":")[2] for row in rows if row.status is Status.WITHDRAWN}
    of_person: dict[int, list[Arrival]] = {}
    for row in rows:
        if row.status is not Status.WITHDRAWN and str(row.id) not in taken_back:
            of_person.setdefault(row.person_id, []).append(row)
    counted = {number: counting(own, written) for number, own in of_person.items()}
    return Called(everybody, counted, await marks.draft(session, meeting.id))


async def unsettled(session: AsyncSession, meeting: Meeting, now: datetime) -> list[Person]:
    """List the learners whom no mark shows as here."""
    found = await called(session, meeting, now)
    return [
        person
        for person in found.everybody
        if (mark := found.counted.get(person.id)) is None or mark.status not in CAME
    ]


async def call_roll(
    session: AsyncSession,
    listener: Listener,
    meeting: Meeting,
    page: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Show a page of names, each with its state: in the roll call's own message, else a new one."""
    if meeting.state is not MeetingState.OPEN:
        say_not_open(session, listener, meeting, now)
        return
    text, rows = sheet(meeting, await called(session, meeting, now), page)
    payload = {"text": text, "parse_mode": "HTML", "reply_markup": inline(rows)}
    stands = (
        await rolls.message(session, listener.chat_id, message_id, PURPOSE) if message_id else None
    )
    card = await outbox.target(session, stands.id) if stands else None
    if card is None:
        to_chat(session, listener.chat_id, "sendMessage", payload, now, Way(purpose=PURPOSE))
        return
    await outbox.supersede(session, card, "roll-redraw", "editMessageText", payload, now, GAPS)


def say_not_open(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> None:
    """Say why no roll can be called, with what can be done instead."""
    if meeting.state is MeetingState.PLANNED:
        rows = [[button(html(MANDARIN, _("Open check-in")), f"open:{meeting.id}", GREEN)]]
        tell(session, listener, _("Check-in is not open yet."), now, rows)
        return
    if meeting.state is MeetingState.CANCELLED:
        tell(session, listener, _("This class was cancelled. Nothing was changed."), now)
        return
    makeup = button(html(MANDARIN, _("Makeup mark")), f"amend:{meeting.id}")
    if day_of(now) == day_of(meeting.closed_at or now):
        again = button(html(MANDARIN, _("Reopen")), f"reopen:{meeting.id}")
        text = _("This class is closed. Nothing was changed. It can be reopened today.")
        tell(session, listener, text, now, [[again, makeup]])
        return
    text = _("This class is closed. Nothing was changed. What is missing needs a makeup mark.")
    tell(session, listener, text, now, [[makeup]])


def sheet(meeting: Meeting, found: Called, page: int) -> tuple[str, Keyboard]:
    """Return the words and buttons of one page of the roll call."""
    listed = found.listed(page)
    first = FULL if page > FULL else 0
    pages = max((len(listed) + PAGE - 1) // PAGE, 1)
    number = min(max(page - first, 1), pages)
    text = html(
        MANDARIN,
        _("Roll call, page %(page)d of %(pages)d. Tap a name to change it."),
        page=number,
        pages=pages,
    )
    shown = listed[(number - 1) * PAGE : number * PAGE]
    faces = [
        button(
            f"{place} {person.name} {found.face(person)}",
            f"mark:{meeting.id}:{person.id}:{first + number}",
        )
        for place, person in enumerate(shown, (number - 1) * PAGE + 1)
    ]
    rows = [faces[start : start + COLUMNS] for start in range(0, len(faces), COLUMNS)]
    return text, [*rows, *_below(meeting, first, number, pages)]


def _below(meeting: Meeting, first: int, number: int, pages: int) -> Keyboard:
    """Return the buttons under the names."""
    turns: list[Button] = []
    if number > 1:
        turns.append(button("«", f"roll:{meeting.id}:{first + number - 1}"))
    if number < pages:
        turns.append(button("»", f"roll:{meeting.id}:{first + number + 1}"))
    other = (
        button(html(MANDARIN, _("Only who is missing")), f"roll:{meeting.id}:1")
        if first
        else button(html(MANDARIN, _("Show all")), f"rollfull:{meeting.id}")
    )
    return [
        turns,
        [
            button(html(MANDARIN, _("All here")), f"rollall:{meeting.id}:{first + number}", GREEN),
            button(html(MANDARIN, _("Save")), f"rollsave:{meeting.id}", BLUE),
        ],
        [other, button(html(MANDARIN, _("+ Newcomer")), f"walkin:{meeting.id}")],
    ]


async def all_here(session: AsyncSession, meeting: Meeting, now: datetime) -> bool:
    """Draft as here whoever is neither settled, drafted nor on leave, on every page."""
    if meeting.state is not MeetingState.OPEN:
        return False
    found = await called(session, meeting, now)
    here = {
        person.id: Status.PRESENT
        for person in found.everybody
        if not found.settled(person)
        and ((mark := found.counted.get(person.id)) is None or mark.status not in EXCUSED)
    }
    await rolls.put(session, meeting.id, here, over=False)
    return True


async def turn_one(
    session: AsyncSession, meeting: Meeting, person_id: int, page: int, now: datetime
) -> tuple[Person, Status] | None:
    """Turn one name on to its next state; None where it cannot be called (any more)."""
    if meeting.state is not MeetingState.OPEN:
        return None
    found = await called(session, meeting, now)
    person = next((one for one in found.everybody if one.id == person_id), None)
    if person is None:
        return None
    status = found.turned(person, page)
    await rolls.put(session, meeting.id, {person.id: status})
    return person, status
