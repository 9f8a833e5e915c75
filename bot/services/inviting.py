"""Links that let people in: one a learner, or one for a member of staff, each also as a QR code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import segno
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import enrolling, linking, staffing
from bot.services.refusing import Refusal
from db import ledger
from db.models import Person, Role, StudyClass
from db.queries import people, staff
from db.sealing import Key

OF_A_CLASS = {Role.LEARNER, Role.TEACHER, Role.CLASS_HEAD}
STILL_LONG = timedelta(days=30)  # an older card is made anew rather than handed out


@dataclass(frozen=True)
class Issuer:
    """Whose links these are: the key that signs them and the bot that opens them."""

    key: Key
    username: str


@dataclass(frozen=True)
class Link:
    """One person's way in."""

    number: str
    name: str
    role: Role
    study_class: str
    url: str
    expires_at: datetime

    def as_json(self) -> dict[str, str]:
        """Shape the link for `--json`."""
        return {
            "number": self.number,
            "name": self.name,
            "role": str(self.role),
            "class": self.study_class,
            "url": self.url,
            "expires_at": self.expires_at.isoformat(),
        }


async def class_called(session: AsyncSession, name: str) -> StudyClass:
    """Find a class by its name, or say which there are."""
    study_class = await people.class_named(session, name) if name else None
    if study_class is not None:
        return study_class
    there = await staff.classes(session, 21)
    if not name and len(there) == 1:
        return there[0]
    known = "、".join(f"“{one.name}”" for one in there[:20]) or "（还没有班）"
    known += "……" if len(there) > 20 else ""  # noqa: PLR2004 - one more than is shown
    if not name:
        raise Refusal(
            f"请用 --class 写明班级：{known}。", f"Name a class with --class: {known}.", "class"
        )
    raise Refusal(
        f"没有“{name}”这个班；现有：{known}。", f"No class “{name}”; there are: {known}.", "class"
    )


async def invite_learners(
    session: AsyncSession, study_class: StudyClass, issuer: Issuer, now: datetime
) -> list[Link]:
    """Make a link for every learner of a class who is not on a phone yet."""
    learners = await people.members(session, study_class.id, Role.LEARNER, now)
    known = await people.with_phones(session, learners)
    return [
        await _link(session, person, Role.LEARNER, study_class, issuer, now)
        for person in learners
        if person.id not in known
    ]


async def invite_staff(
    session: AsyncSession,
    name: str,
    role: Role,
    study_class: StudyClass | None,
    county: str,
    issuer: Issuer,
    now: datetime,
) -> Link:
    """Make a link for a member of staff, who is added and given the role if that is new."""
    if study_class is None:
        county_id = (await staffing.settle_county(session, county)).id
    else:
        county_id = study_class.county_id
    class_id = study_class.id if study_class else None
    person = await staffing.staff_named(session, county_id, name, class_id, now)
    await staffing.hold(session, person, role, class_id, now)
    return await _link(session, person, role, study_class, issuer, now)


async def _link(
    session: AsyncSession,
    person: Person,
    role: Role,
    study_class: StudyClass | None,
    issuer: Issuer,
    now: datetime,
) -> Link:
    """Return a person's link; one that is still good is given again."""
    class_id = study_class.id if study_class else None
    until = now + STILL_LONG
    made = await staff.good_invite(session, person.id, role, class_id, until)
    if made is None:
        made = await enrolling.invite(session, enrolling.Offer(role, person.id, class_id), now)
        await ledger.record(session, person.id, "invite.made", now, invite=made.id, role=role)
    url = linking.start_url(issuer.username, linking.payload(issuer.key, made.kind, made.id))
    return Link(
        person.number,
        person.name,
        role,
        study_class.name if study_class else "",
        url,
        made.expires_at,
    )


def draw(links: Sequence[Link], folder: Path) -> None:
    """Draw each link as QR codes to print, named by the person's number."""
    folder.mkdir(parents=True, exist_ok=True)
    for link in links:
        code = segno.make(link.url, error="m")
        code.save(str(folder / f"{link.number}.png"), scale=10, border=4)
        code.save(str(folder / f"{link.number}.svg"), scale=10, border=4)
