"""Announcements on their way: planned, written in slices that a crash cannot double, withdrawn."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from bot.faults import named, trail
from bot.language import N_ as _
from bot.services import audience
from bot.services.announcement_rows import PURPOSE, for_group, for_staff, queue, tell_learner
from bot.services.audience import Scope
from bot.services.reaching import listeners, tell_class_heads
from bot.voice.choosing_clips import voices_of
from bot.voice.listening import Listener, listener
from bot.voice.saying import Way, tell
from db import ledger
from db.models import (
    Account,
    Announcement,
    AnnouncementState,
    Media,
    Person,
    Priority,
)
from db.queries import announcements, audiences, people
from db.queries.audiences import Addressed

logger = logging.getLogger(__name__)

SLICE = 100  # people a transaction
LATER = timedelta(minutes=5)  # until an announcement that broke is tried again
NO_PHONE, UNREACHABLE, RECALLED = "not on a phone", "unreachable", "recalled"
NO_RIGHT = "role ended"


async def plan(
    session: AsyncSession,
    here: Listener,
    scope: Scope,
    announcement: Announcement,
    send_at: datetime,
    now: datetime,
) -> bool:
    """Let an announcement leave at a time, once; False where it is for nobody or is out."""
    if announcement.state is not AnnouncementState.DRAFT or not _says(announcement):
        return False
    counted = await audience.count(session, scope, announcement, now)
    bound, _none = audience.groups(scope, announcement)
    if not counted.reachable and not bound:
        return False
    chosen = dict(announcement.audience)
    if not scope.whole and not chosen["classes"]:
        chosen["classes"] = [one.id for one in scope.classes]
    chosen["everywhere"] = scope.whole and not chosen["classes"]
    announcement.audience = chosen
    announcement.state, announcement.send_at = AnnouncementState.PLANNED, send_at
    announcement.people = counted.reachable
    here.account.state = None
    return True


def _says(announcement: Announcement) -> bool:
    return bool(announcement.text or announcement.voice_id)


async def queue_due(session: AsyncSession, now: datetime) -> int:
    """Write the next slice of what is due; return how much was settled, 0 where nothing is due.

    One announcement that breaks is put off and stops none of the others.
    """
    announcement = await announcements.due(session, now)
    if announcement is None:
        return 0
    number = announcement.id
    try:
        async with session.begin_nested():
            return await _go_on(session, announcement, now)
    except Exception as error:  # noqa: BLE001
        logger.error("announcement %d broke: %s\n%s", number, named(error), trail(error))  # noqa: TRY400
    await session.refresh(announcement)
    announcement.send_at = now + LATER
    return 1


async def _go_on(session: AsyncSession, announcement: Announcement, now: datetime) -> int:
    """Begin an announcement, write its next slice, or end it."""
    author = await session.get_one(Person, announcement.author_id)
    held = await people.memberships(session, author.id, now)
    scope = await audience.scope_of(session, author, held, now)
    known, done = await announcements.counted_so_far(session, announcement.id)
    if scope is None or not audience.covered(scope, announcement):
        await _refuse(session, announcement, now)
        return 1
    wanted = audience.wanted(scope, announcement)
    if not known:
        await audiences.snapshot(session, announcement, wanted, now)
    found = await announcements.pending(session, announcement.id, SLICE)
    if found:
        ids = [person.id for person in found]
        about = await audiences.addressed(session, wanted, ids, now)
        await _write(session, announcement, author, found, about, done, now)
    if len(found) < SLICE:
        await _end(session, scope, announcement, now)
    return len(found) + 1


@dataclass(frozen=True)
class Slice:
    """What is the same for all of a slice."""

    announcement: Announcement
    author: Person
    voice: Media | None
    lands_at: datetime  # about when it will leave, those before it being many


async def _write(
    session: AsyncSession,
    announcement: Announcement,
    author: Person,
    found: Sequence[Person],
    about: Mapping[int, Addressed],
    done: int,
    now: datetime,
) -> None:
    """Write the messages of a slice, one a phone, and the reason where there is none."""
    reached = await announcements.accounts(session, [person.id for person in found])
    reasons: dict[str, list[int]] = {}
    places: dict[int, tuple[Account, Person]] = {}
    for person in found:
        own = reached.get(person.id, [])
        there = [account for account in own if account.reachable]
        reason = "" if there else UNREACHABLE if own else NO_PHONE
        reasons.setdefault(reason, []).append(person.id)
        for account in there:
            places.setdefault(account.user_id, (account, person))
    keys = {user_id: f"ann:{announcement.id}:{user_id}" for user_id in places}
    written = await announcements.written(session, keys.values())
    voice = await session.get(Media, announcement.voice_id) if announcement.voice_id else None
    lands_at = now + timedelta(seconds=audience.seconds(2 * done))
    one = Slice(announcement, author, voice, lands_at)
    for user_id, (account, person) in places.items():
        if keys[user_id] not in written:
            known = about.get(person.id, Addressed(None, learns=True))
            await _tell(session, one, listener(account, person), keys[user_id], known, now)
    for reason, ids in reasons.items():
        await announcements.settle(session, announcement.id, ids, reason)


async def _tell(
    session: AsyncSession,
    one: Slice,
    place: Listener,
    key: str,
    known: Addressed,
    now: datetime,
) -> None:
    """Write what one phone gets, not before its quiet hours are over."""
    way = Way(
        Priority.BROADCAST,
        key,
        not_before=_not_before(place.person, one.lands_at, now),
        purpose=PURPOSE,
        study_class_id=known.study_class_id,
    )
    if known.learns:
        await tell_learner(session, place, one.announcement, one.voice, now, way)
    else:
        calls = for_staff(one.announcement, one.voice, one.author)
        queue(session, place, calls, now, way)


def _not_before(person: Person | None, lands_at: datetime, now: datetime) -> datetime:
    """Return now, or the morning after quiet hours that a message would fall into."""
    free = audience.free_at(person, lands_at)
    return now if free == lands_at else free


async def _end(
    session: AsyncSession, scope: Scope, announcement: Announcement, now: datetime
) -> None:
    """Tell the groups, and write down that everything is on its way."""
    voice = await session.get(Media, announcement.voice_id) if announcement.voice_id else None
    bound, none = audience.groups(scope, announcement)
    if bound:
        await voices_of(session).refresh(session)
    for study_class in bound:
        if study_class.group_chat_id is None:
            continue
        way = Way(
            Priority.BROADCAST,
            f"ann:{announcement.id}:{study_class.group_chat_id}",
            not_before=_not_before(None, now, now),
            purpose=PURPOSE,
            study_class_id=study_class.id,
        )
        calls = for_group(session, announcement, voice, now)
        queue(session, study_class.group_chat_id, calls, now, way)
    announcement.audience = announcement.audience | {
        "groups": {str(one.id): one.group_chat_id for one in bound},
        "no_group": [one.id for one in none],
    }
    announcement.state, announcement.sent_at = AnnouncementState.SENT, now
    known, _done = await announcements.counted_so_far(session, announcement.id)
    await ledger.record(
        session,
        announcement.author_id,
        "announcement.sent",
        now,
        announcement=announcement.id,
        people=known,
        groups=len(bound),
        words=sha256(announcement.text.encode()).hexdigest(),
        voice=voice.sha256 if voice else "",
    )


async def _refuse(session: AsyncSession, announcement: Announcement, now: datetime) -> None:
    """Let an announcement not leave whose author may no longer make it, and tell who can act."""
    announcement.state, announcement.recalled_at = AnnouncementState.RECALLED, now
    announcement.audience = announcement.audience | {"why": NO_RIGHT}
    stayed = await announcements.withdraw(session, announcement.id, NO_RIGHT)
    told = {"announcement": announcement.id, "unsent": stayed, "reason": NO_RIGHT}
    await ledger.record(session, announcement.author_id, "announcement.recalled", now, **told)
    text = _("An announcement was not sent: whoever planned it no longer has the role.")
    for class_id in announcement.audience["classes"]:
        await tell_class_heads(session, class_id, text, now, f"annno:{announcement.id}")
    if announcement.audience.get("everywhere"):
        author = await session.get_one(Person, announcement.author_id)
        for person in await audiences.office(session, author.county_id, now):
            for place in await listeners(session, person):
                way = Way(Priority.CHECKIN, f"annno:{announcement.id}:{place.chat_id}")
                tell(session, place, text, now, (), way)
