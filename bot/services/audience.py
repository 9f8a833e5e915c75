"""Whom somebody may announce to, whom they choose, and when those may be spoken to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, html
from bot.language import N_ as _
from bot.pacing import BOT_SLACK, SECOND, Pace
from bot.services.permitting import holds
from bot.voice.buttons import BLUE, RED, Button, Keyboard, button
from db.models import Announcement, Membership, Person, Role, StudyClass
from db.queries import audiences, people
from db.queries.audiences import Counted, Wanted

ROLES = {
    1: (Role.LEARNER, _("Learners")),
    2: (Role.TEACHER, _("Teachers")),
    3: (Role.CLASS_HEAD, _("Class heads")),
    4: (Role.VILLAGE_HELPER, _("Village helpers")),
    5: (Role.TOWNSHIP, _("Township staff")),
}
OF_A_CLASS = (1, 2)  # what a class head chooses from
GROUP = 9
PAGE, COLUMNS = 12, 2
QUIET = 21 * 60 + 30, 7 * 60 + 30  # minutes of the day (storyboard R13)
HOUR = 60  # minutes


@dataclass(frozen=True)
class Scope:
    """Where somebody may announce: the classes they lead, or a whole county."""

    county_id: int
    classes: Sequence[StudyClass]
    townships: Sequence[str] = ()
    whole: bool = False

    def sees(self, study_class_id: int) -> bool:
        """Say whether a class lies within it."""
        return any(one.id == study_class_id for one in self.classes)


async def scope_of(
    session: AsyncSession, person: Person, held: Sequence[Membership], now: datetime
) -> Scope | None:
    """Return where somebody may announce now; None where nowhere."""
    if holds(held, Role.SCHOOL, None) or holds(held, Role.COUNTY, None):
        classes = await audiences.classes_in(session, person.county_id)
        townships = await audiences.townships_in(session, person.county_id)
        return Scope(person.county_id, classes, townships, whole=True)
    if not any(one.role is Role.CLASS_HEAD for one in held):
        return None
    led = await people.classes_of(session, person.id, Role.CLASS_HEAD, now)
    return Scope(person.county_id, led) if led else None


def at_first(scope: Scope) -> dict[str, Any]:
    """Return whom an announcement is for before anything is chosen: the learners."""
    classes = [scope.classes[0].id] if len(scope.classes) == 1 and not scope.whole else []
    return {"classes": classes, "townships": [], "roles": [1], "group": False, "edition": 0}


def covered(scope: Scope | None, announcement: Announcement) -> bool:
    """Say whether somebody may still announce to all of those chosen."""
    if scope is None:
        return False
    audience = announcement.audience
    if audience.get("everywhere") and not scope.whole:
        return False
    return all(scope.sees(number) for number in audience["classes"])


def wanted(scope: Scope, announcement: Announcement) -> Wanted:
    """Return whom the database is to be asked for."""
    audience = announcement.audience
    everywhere = () if scope.whole else tuple(one.id for one in scope.classes)
    return Wanted(
        scope.county_id,
        announcement.author_id,
        tuple(ROLES[number][0] for number in audience["roles"]),
        tuple(audience["classes"]) or everywhere,
        tuple(audience["townships"]),
    )


def groups(scope: Scope, announcement: Announcement) -> tuple[list[StudyClass], list[StudyClass]]:
    """Return the classes whose groups are told, and those that were chosen but have none."""
    audience = announcement.audience
    if not audience["group"]:
        return [], []
    chosen = [
        one
        for one in scope.classes
        if (not audience["classes"] or one.id in audience["classes"])
        and (not audience["townships"] or one.township in audience["townships"])
    ]
    bound = [one for one in chosen if one.group_chat_id is not None]
    return bound, [one for one in chosen if one.group_chat_id is None]


def minutes(messages: int) -> int:
    """Return in how many minutes so many messages leave at Telegram's limits."""
    return max(1, math.ceil(seconds(messages) / 60))


def seconds(messages: int) -> float:
    """Return in how many seconds so many messages leave, replies having their slots."""
    pace = Pace()
    if pace.per_second is None:
        return 0.0
    return messages * (SECOND + BOT_SLACK) / (pace.per_second - pace.kept_for_replies)


def free_at(person: Person | None, moment: datetime) -> datetime:
    """Return when the bot may begin to speak: then, or when the quiet hours are over."""
    start, end = QUIET
    if person and person.quiet_from is not None and person.quiet_until is not None:
        start, end = person.quiet_from, person.quiet_until
    local = moment.astimezone(SHANGHAI)
    minute = local.hour * HOUR + local.minute
    quiet = start <= minute < end if start <= end else minute >= start or minute < end
    if not quiet:
        return moment
    morning = local.replace(hour=end // HOUR % 24, minute=end % HOUR, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


def toggle(scope: Scope, announcement: Announcement, item: str) -> bool:
    """Choose somebody, or no longer; False where there is no such choice within the scope."""
    audience = dict(announcement.audience)
    kind, number = item[0], int(item[1:])
    if kind == "r" and number == GROUP:
        audience["group"] = not audience["group"]
    elif kind == "r" and number in _roles(scope):
        audience["roles"] = _turned(audience["roles"], number)
    elif kind == "c" and scope.sees(number):
        audience["classes"] = _turned(audience["classes"], number)
    elif kind == "t" and (named := _township(scope, number)):
        audience["townships"] = _turned(audience["townships"], named)
    else:
        return False
    announcement.audience = audience | {"edition": audience["edition"] + 1}
    return True


def _turned(chosen: Sequence[Any], one: Any) -> list[Any]:  # noqa: ANN401 - numbers or names
    return [other for other in chosen if other != one] if one in chosen else sorted([*chosen, one])


def _roles(scope: Scope) -> Sequence[int]:
    return tuple(ROLES) if scope.whole else OF_A_CLASS


def _township(scope: Scope, number: int) -> str | None:
    return next((one for one in scope.townships if _number(one) == number), None)


def _number(township: str) -> int:
    return crc32(township.encode())


def choices(scope: Scope, announcement: Announcement, page: int) -> Keyboard:
    """Return the buttons by which it is chosen whom an announcement is for."""
    audience, act = announcement.audience, f"annset:{announcement.id}"
    offered = [(f"r{number}", ROLES[number][1], audience["roles"]) for number in _roles(scope)]
    faces = [
        _face(f"{act}:{item}:{page}", html(MANDARIN, msgid), on=int(item[1:]) in chosen)
        for item, msgid, chosen in offered
    ]
    faces.append(
        _face(f"{act}:r{GROUP}:{page}", html(MANDARIN, _("Class groups")), on=audience["group"])
    )
    rows = _in_columns(faces)
    places: list[Button] = []
    if len(scope.townships) > 1:
        places += [
            _face(f"{act}:t{_number(name)}:{page}", name, on=name in audience["townships"])
            for name in scope.townships
        ]
    if len(scope.classes) > 1:
        places += [
            _face(f"{act}:c{one.id}:{page}", one.name, on=one.id in audience["classes"])
            for one in scope.classes
        ]
    pages = max(1, -(-len(places) // PAGE))
    page = min(max(page, 1), pages)
    rows += _in_columns(places[(page - 1) * PAGE : page * PAGE])
    if pages > 1:
        turn = f"annturn:{announcement.id}:{page % pages + 1}"
        rows.append([button(f"« {page}/{pages} »", turn)])
    rows.append(
        [
            button(html(MANDARIN, _("Preview")), f"announce:{announcement.id}", BLUE),
            button(html(MANDARIN, _("Discard")), f"anndrop:{announcement.id}", RED),
        ]
    )
    return rows


def _face(act: str, words: str, *, on: bool) -> Button:
    return button(f"✔ {words}" if on else words, act)


def _in_columns(faces: Sequence[Button]) -> Keyboard:
    return [list(faces[start : start + COLUMNS]) for start in range(0, len(faces), COLUMNS)]


def in_words(scope: Scope, announcement: Announcement) -> dict[str, list[str]]:
    """Return whom an announcement is for: roles and groups, townships, classes."""
    audience = announcement.audience
    who = [html(MANDARIN, ROLES[number][1]) for number in audience["roles"]]
    if audience["group"]:
        who.append(html(MANDARIN, _("Class groups")))
    classes = [one.name for one in scope.classes if one.id in audience["classes"]]
    return {"who": who, "townships": list(audience["townships"]), "classes": classes}


async def count(
    session: AsyncSession, scope: Scope, announcement: Announcement, now: datetime
) -> Counted:
    """Count whom an announcement would be for."""
    return await audiences.count(session, wanted(scope, announcement), now)
