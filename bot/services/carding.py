"""Enrolment cards: one learner, one signed link, shown as a QR to be scanned."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import segno
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import enrolling, linking
from bot.voice.buttons import Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, put, tell
from db.models import Person, Role
from db.queries import people
from db.sealing import Key

PAGE = 12
COLUMNS = 3


async def list_unlinked(
    session: AsyncSession, here: Listener, now: datetime, page: int = 1
) -> None:
    """Show a class head who is not on a phone yet."""
    if here.person is None:
        return
    study_class = await people.class_of(session, here.person.id, Role.CLASS_HEAD, now)
    if study_class is None:
        return
    learners = await of_class(session, here.person, now)
    known = await people.with_phones(session, learners)
    left = [person for person in learners if person.id not in known]
    rows = paged(left, "card", "cards", page)
    if known:
        rows.append([button("🗣 " + html(MANDARIN, _("Another voice for a learner")), "voices")])
    tell(
        session,
        here,
        _("%(count)d learners of %(class)s are not on a phone yet."),
        now,
        rows,
        count=len(left),
        class_=study_class.name,
    )


async def of_class(session: AsyncSession, head: Person, now: datetime) -> Sequence[Person]:
    """List the learners of the class that somebody leads."""
    study_class = await people.class_of(session, head.id, Role.CLASS_HEAD, now)
    if study_class is None:
        return ()
    return await people.members(session, study_class.id, Role.LEARNER, now)


def paged(persons: Sequence[Person], act: str, turn: str, page: int) -> Keyboard:
    """Return a page of names as buttons, and those that turn to the next and last one."""
    shown = persons[(page - 1) * PAGE : page * PAGE]
    faces = [button(person.name, f"{act}:{person.id}") for person in shown]
    rows = [faces[start : start + COLUMNS] for start in range(0, len(faces), COLUMNS)]
    turns = [button("«", f"{turn}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"{turn}:{page + 1}")] if len(persons) > page * PAGE else []
    return [*rows, turns]


async def led(
    session: AsyncSession, here: Listener, person_id: int, now: datetime
) -> Person | None:
    """Find a learner of a class that a class head leads; nobody else's."""
    person = await session.get(Person, person_id)
    study_class = await people.class_of(session, person_id, Role.LEARNER, now)
    if person is None or study_class is None or here.person is None:
        return None
    classes = await people.classes_of(session, here.person.id, Role.CLASS_HEAD, now)
    return person if study_class.id in {one.id for one in classes} else None


async def show_card(
    session: AsyncSession,
    here: Listener,
    person_id: int,
    key: Key,
    username: str,
    data: Path,
    now: datetime,
) -> bool:
    """Show a learner's card; only to the head of the learner's class."""
    person = await led(session, here, person_id, now)
    study_class = await people.class_of(session, person_id, Role.LEARNER, now)
    if person is None or study_class is None:
        return False
    url = await card_url(session, person, study_class.id, key, username, now)
    text = _("Card of %(name)s: let the learner's phone scan it. %(url)s")
    payload = {
        "photo": kept(draw_qr(url, data)),
        "caption": html(MANDARIN, text, name=person.name, url=url),
        "parse_mode": "HTML",
    }
    put(session, here, "sendPhoto", payload, now, Way(purpose="card"))
    return True


async def card_url(
    session: AsyncSession,
    person: Person,
    study_class_id: int,
    key: Key,
    username: str,
    now: datetime,
) -> str:
    """Make a learner's card and return its link."""
    offer = enrolling.Offer(Role.LEARNER, person.id, study_class_id)
    made = await enrolling.invite(session, offer, now)
    return linking.start_url(username, linking.payload(key, "e", made.id))


def draw_qr(url: str, data: Path) -> str:
    """Draw a link as a QR code; return the picture's path under the data folder."""
    name = f"cards/{hashlib.sha256(url.encode()).hexdigest()[:32]}.png"
    (data / "cards").mkdir(parents=True, exist_ok=True)
    segno.make(url, error="m").save(str(data / name), scale=8, border=4)
    return name
