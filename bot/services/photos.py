"""Photos of a class (教学照片, C9): taken in the turn, looked at once their bytes are here."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, day_word, translate
from bot.language import N_ as _
from bot.services import proving
from bot.services.flagging_photos import flag_alike
from bot.services.keeping import Attachment, keep
from bot.services.looking import Looked, look
from bot.services.proving import ALBUM, ASKED, CLOSING, LOG, PHOTO, TEACHING_LOG, Wanted
from bot.services.reaching import listeners
from bot.voice.buttons import GREEN, button
from bot.voice.listening import Listener
from bot.voice.saying import Way, tell
from db import ledger
from db.models import ClassPhoto, Media, Meeting, Person, Role
from db.queries import meetings, proofs
from db.session import Database

AT_ONCE = 16
ALBUM_ID = 16  # digits that tell one album from the next
TOGETHER = timedelta(seconds=5)  # pictures of one album come no further apart
NOT_PHOTO = _("I need a photo here. Please take one now.")
FORWARDED = _("This photo was forwarded. Please take one now.")
BIG = _("This file is too big for me. Please send a smaller one.")
KEPT = _("The photo is kept, but not filed as one of the class.")


async def take(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    said: Attachment,
    album: str,
    now: datetime,
) -> None:
    """Take a photo for a meeting; it is filed once it was looked at."""
    if here.person is None or proving.refused(session, here, meeting, now):
        return
    if said.forwarded:
        tell(session, here, FORWARDED, now)
    elif said.too_big:
        tell(session, here, BIG, now)
    else:
        media = await keep(session, said, here.person.id, now)
        await _await_look(session, here.person, meeting, media)
        asked = proving.wanted(here)
        lacks_log = TEACHING_LOG in await proving.missing(session, meeting)
        if asked.word in {CLOSING, LOG} and lacks_log:
            here.account.state = Wanted(LOG, meeting.id, album).state
        else:
            here.account.state = Wanted(ALBUM, meeting.id, album).state if album else None


async def _await_look(
    session: AsyncSession, person: Person, meeting: Meeting, media: Media
) -> None:
    """Let a picture be looked at as one of a meeting."""
    media.kind = f"{proofs.PHOTO}{media.kind.rpartition(':')[2]}"
    session.add(
        ClassPhoto(
            meeting_id=meeting.id, media_id=media.id, sent_by=person.id, at=media.received_at
        )
    )
    await session.flush()


def album_of(group: str | None) -> str:
    """Return what tells an album from the next; empty where a photo came alone."""
    return (group or "")[-ALBUM_ID:]


async def offer(session: AsyncSession, person: Person, media: Media, now: datetime) -> bool:
    """Ask whether a picture that nobody asked for is of the class that is on; say if so."""
    meeting = await _open(session, person, now)
    if meeting is None:
        return False
    before = await proofs.offered(session, person.id)
    media.kind = f"{proofs.OFFERED}{media.kind}"
    if any(abs(media.received_at - one.received_at) <= TOGETHER for one in before):
        return True  # of an album that it was asked about
    rows = [
        [
            button("📷 " + translate(MANDARIN, _("Class photo")), f"shot:{meeting.id}:1", GREEN),
            button(translate(MANDARIN, _("Something else")), f"shot:{meeting.id}:0"),
        ]
    ]
    for place in await listeners(session, person):
        text = _("Is this a photo of the class that is on, %(lesson)s?")
        tell(session, place, text, now, rows, lesson=meeting.title)
    return True


async def _open(session: AsyncSession, person: Person, now: datetime) -> Meeting | None:
    """Find the meeting that somebody runs now: as its teacher, else as the head of its class."""
    meeting = await meetings.opened_of_teacher(session, person.id)
    if meeting:
        return meeting
    return await proofs.opened_of_head(session, person.id, Role.CLASS_HEAD, now)


async def answer_offer(
    session: AsyncSession, here: Listener, meeting: Meeting, now: datetime, *, yes: bool
) -> bool:
    """File the pictures that it was asked about, or leave them; say whether there were any."""
    if here.person is None:
        return False
    found = await proofs.offered(session, here.person.id)
    if not found:
        return False
    if not yes:
        for media in found:
            media.kind = media.kind.removeprefix(proofs.OFFERED)
        tell(session, here, KEPT, now)
        return True
    if proving.refused(session, here, meeting, now):
        return True
    for media in found:
        await _await_look(session, here.person, meeting, media)
    return True


async def look_due(database: Database, data: Path, now: datetime) -> int:
    """Look at the photos whose bytes have come, and answer each album; return how many."""
    async with database.read() as session:
        waiting = await proofs.unseen(session, AT_ONCE)
    albums = groupby(
        sorted(waiting, key=lambda row: (row[0].meeting_id, row[0].sent_by, row[0].id)),
        key=lambda row: (row[0].meeting_id, row[0].sent_by),
    )
    for _key, album in albums:
        photos = list(album)
        async with database.read() as session:
            meeting = await session.get_one(Meeting, photos[0][0].meeting_id)
            county_id = meeting.study_class.county_id
            before = await proofs.filed(session, county_id)
            kin = await proofs.kin(session, meeting)
        looked = await asyncio.to_thread(look, data, photos, before, kin)
        async with database.begin() as session:
            dropped = await _file(session, looked, now)
        for path in dropped:
            (data / path).unlink(missing_ok=True)
    return len(waiting)


async def _file(session: AsyncSession, looked: Sequence[Looked], now: datetime) -> list[str]:
    """File what was looked at and answer it, once; return the files that are no more needed."""
    dropped: list[str] = []
    faults, copies, filed = [], [], 0
    photo: ClassPhoto | None = None
    for one in looked:
        media = await session.get_one(Media, one.media_id, with_for_update=True)
        photo = await session.get_one(ClassPhoto, one.photo_id)
        if not media.kind.startswith(proofs.PHOTO):  # another process was faster
            return dropped
        media.kind = media.kind.removeprefix(proofs.PHOTO)
        if one.fault:
            faults.append(one.fault)
            continue
        dropped += await _replace(session, media, one)
        photo.likeness, photo.same_as = one.likeness, one.same_as
        payload: dict[str, object] = {"photo": photo.id, "meeting": photo.meeting_id}
        payload |= {"media": media.id, "sha256": media.sha256}
        if one.came_as:
            payload["came_as"] = one.came_as
        if one.same_as:
            copies.append(one.same_as)
            payload["same_as"] = one.same_as
        else:
            filed += 1
        if one.alike:
            payload["alike"] = one.alike
            await flag_alike(session, photo, one.alike, one.fit, now)
        kind = "photo.known" if one.same_as else "photo.filed"
        await ledger.record(session, photo.sent_by, kind, now, **payload)
    if photo:
        await session.flush()
        await _answer(session, photo, list(dict.fromkeys(faults)), copies, filed, now)
    return dropped


async def _replace(session: AsyncSession, media: Media, one: Looked) -> list[str]:
    """Let a file without its hidden data take a photo's place."""
    if not one.path:
        return []
    old = [] if await proofs.shares(session, media) else [media.path]
    media.path, media.sha256, media.size, media.mime = one.path, one.sha256, one.size, "image/jpeg"
    return [path for path in old if path != one.path]


async def _answer(
    session: AsyncSession,
    photo: ClassPhoto,
    faults: Sequence[str],
    copies: Sequence[int],
    filed: int,
    now: datetime,
) -> None:
    """Tell the sender what became of an album."""
    person = await session.get_one(Person, photo.sent_by)
    meeting = await session.get_one(Meeting, photo.meeting_id)
    all_ = [one for one in await proofs.photos_of(session, meeting.id) if one.same_as is None]
    days, here_too = set(), False
    for number in copies:
        original = await session.get_one(ClassPhoto, number)
        of = await session.get_one(Meeting, original.meeting_id)
        if of.id == meeting.id:
            here_too = True
        else:
            days.add(day_word(of.starts_at, now, MANDARIN))
    rows = [proving.buttons(meeting, await proving.missing(session, meeting))]
    for place in await listeners(session, person):
        for fault in faults:
            tell(session, place, fault, now)
        if here_too:
            tell(session, place, _("This photo is filed already."), now)
        for day in sorted(days):
            text = _("This photo was used on %(day)s. Please take a new one.")
            tell(session, place, text, now, way=Way(purpose=ASKED), day=day)
        if (faults or days) and not filed:
            _ask_again(place, meeting)
        if filed:
            text = _("Filed as photo %(count)d of this class.")
            tell(session, place, text, now, rows, count=len(all_))


def _ask_again(place: Listener, meeting: Meeting) -> None:
    """Let the next photo be taken for the meeting too, unless something else was asked since."""
    asked = proving.wanted(place)
    if not asked.word or (asked.word == ALBUM and asked.meeting_id == meeting.id):
        place.account.state = Wanted(PHOTO, meeting.id).state
    elif asked.word == LOG and asked.meeting_id == meeting.id:
        place.account.state = Wanted(CLOSING, meeting.id, asked.album).state
