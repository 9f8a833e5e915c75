"""Staff ask why somebody counts as present or not, and read which marks say so."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, day_word, html
from bot.language import N_ as _
from bot.services import tallying
from bot.services.mark_words import status_word, why
from bot.services.standing import standing
from bot.voice.buttons import button
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db.models import Meeting, Person, Role
from db.queries import marks, meetings, objections, people

PAGE = 24
COLUMNS = 3
MONTH = timedelta(days=31)


async def list_people(
    session: AsyncSession, here: Listener, meeting: Meeting, page: int, now: datetime
) -> None:
    """Show the learners of a meeting, each with how they stand."""
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    stands = tallying.standings(await marks.arrivals(session, meeting.id))
    pages = max(-(-len(everybody) // PAGE), 1)
    page = min(max(page, 1), pages)
    faces = [
        button(
            f"{person.name} {status_word(stands[person.id], MANDARIN)}"
            if person.id in stands
            else person.name,
            f"whyhere:{meeting.id}:{person.id}",
        )
        for person in everybody[(page - 1) * PAGE : page * PAGE]
    ]
    rows = [faces[start : start + COLUMNS] for start in range(0, len(faces), COLUMNS)]
    turns = [button("«", f"whowas:{meeting.id}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"whowas:{meeting.id}:{page + 1}")] if page < pages else []
    text = _("Whose marks do you want to see? %(lesson)s, %(day)s")
    day = day_word(meeting.starts_at, now, MANDARIN)
    tell(session, here, text, now, [*rows, turns], lesson=meeting.title, day=day)


async def last_meeting(session: AsyncSession, person: Person, now: datetime) -> Meeting | None:
    """Find the latest meeting of who teaches or leads a class, of the last month."""
    held = list(await meetings.of_teacher(session, person.id, after=now - MONTH, until=now))
    for study_class in await people.classes_of(session, person.id, Role.CLASS_HEAD, now):
        held += await meetings.of_class(session, study_class.id, after=now - MONTH, until=now)
    return max(held, key=lambda meeting: (meeting.starts_at, meeting.id), default=None)


async def tell_why(
    session: AsyncSession, here: Listener, meeting: Meeting, person_id: int, now: datetime
) -> bool:
    """Say why a learner of the class stands as they do; False for anybody else."""
    person = await session.get(Person, person_id)
    own = await marks.of_person(session, meeting.id, person_id)
    everybody = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    if person is None or (not own and person_id not in {one.id for one in everybody}):
        return False
    contests = await objections.contested(session, person_id, meeting.id)
    reasons = why(own, meeting, standing(own, meeting), contests)
    lines = [html(MANDARIN, "%(words)s", words=reason.say(here.language)) for reason in reasons]
    if not lines:
        lines = [html(MANDARIN, _("No mark yet."))]
    back = button("↩︎", f"whowas:{meeting.id}:1")
    tell(
        session,
        here,
        _("%(name)s: %(why)s"),
        now,
        [[back]],
        name=person.name,
        why="\n".join(lines),
    )
    return True
