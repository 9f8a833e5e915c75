"""A teacher sends an online meeting's file: it is read, doubts are settled by taps, imported."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.faults import named, trail
from bot.language import N_ as _
from bot.language import clock
from bot.services import online_screens
from bot.services.keeping import Attachment, keep
from bot.services.online_applying import apply
from bot.services.online_drafting import (
    LEAST,
    draft,
    drafted,
    meeting_of,
    roster_of,
    settle,
    settle_rest,
    too_short,
    unsettle,
)
from bot.services.online_file import FAULTS, OnlineReading, UnreadableError, read_online
from bot.services.permitting import may_teach
from bot.services.reaching import listeners
from bot.voice.buttons import inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db.models import Media, MediaState, Meeting, Membership, OnlineImport, Person, Role
from db.queries import online, people
from db.session import Database

logger = logging.getLogger(__name__)

AT_ONCE = 8
MINUTE = timedelta(minutes=1)
IMPORTED_UNTIL = timedelta(days=7)  # after the class; what comes later is a makeup (补录)
TEACHING = frozenset({Role.TEACHER, Role.CLASS_HEAD})
TOO_BIG = "file is too big"  # what the fetcher writes
PURPOSE = "online-import"


async def take(
    session: AsyncSession, here: Listener, said: Attachment | None, now: datetime
) -> None:
    """Keep a file; it is read once its bytes are here."""
    if said is None or here.person is None:
        return
    if said.too_big:
        tell(session, here, FAULTS["too_big"], now)
        return
    media = await keep(session, said, here.person.id, now)
    media.kind = f"{online.FILE}{said.kind}"


def explain(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that the attendance of an online meeting can be sent here as a file."""
    text = _(
        "Online class: export the list of participants (XLSX or CSV) from Tencent Meeting or "
        "DingTalk and send the file here. I show who was there and how long, then you import it."
    )
    tell(session, here, text, now)


async def read_due(database: Database, data: Path, now: datetime) -> int:
    """Read the files of online meetings that have come, and answer each; return how many."""
    async with database.read() as session:
        waiting = await online.unread(session, AT_ONCE)
    for media in waiting:
        read = await asyncio.to_thread(_read, data, media)
        async with database.begin() as session:
            await _answer(session, media.id, read, now)
    return len(waiting)


def _read(data: Path, media: Media) -> OnlineReading | str:
    """Read a file; return what to say where that cannot be done."""
    if media.state is not MediaState.STORED:
        return FAULTS["too_big" if media.error == TOO_BIG else "missing"]
    try:
        reading = read_online(data / media.path)
    except UnreadableError as error:
        return error.msgid
    except Exception as error:  # noqa: BLE001 - what no file should do must not keep the next one from being read
        told = media.id, named(error), trail(error)
        logger.error("file %d broke the reader: %s\n%s", *told)  # noqa: TRY400
        return FAULTS["broken"]
    return FAULTS["no_day"] if reading.span is None else reading


async def _answer(
    session: AsyncSession, media_id: int, read: OnlineReading | str, now: datetime
) -> None:
    """Show what was read, or say why it was not; once."""
    media = await session.get_one(Media, media_id, with_for_update=True)  # one process answers
    if not media.kind.startswith(online.FILE) or media.person_id is None:
        return
    media.kind = media.kind.removeprefix(online.FILE)
    person = await session.get_one(Person, media.person_id)
    places = await listeners(session, person)
    if isinstance(read, str):
        for place in places:
            tell(session, place, read, now)
        return
    held = await people.memberships(session, person.id, now)
    classes = [one.study_class_id for one in held if one.role in TEACHING and one.study_class_id]
    meeting = await meeting_of(session, read, person.id, classes, now)
    if meeting is None or not may_teach(held, person.id, meeting):
        short = await too_short(session, read, person.id, classes, now)
        _say_no_meeting(session, places, read, now, short=short)
        return
    if now > meeting.ends_at + IMPORTED_UNTIL:
        for place in places:
            tell(
                session,
                place,
                _("This class was more than 7 days ago: what is missing needs a makeup mark."),
                now,
            )
        return
    row = await draft(session, read, meeting, person, now)
    for place in places:
        await show(session, place, row, meeting, now)


def _say_no_meeting(
    session: AsyncSession,
    places: Sequence[Listener],
    read: OnlineReading,
    now: datetime,
    *,
    short: bool,
) -> None:
    span = read.span
    if span is None:
        return
    if short:
        text = _(
            "By this file people were there on %(day)s, %(from)s–%(until)s: less than %(least)d "
            "minutes of the class. That is too little, so nothing was imported."
        )
        for place in places:
            tell(
                session,
                place,
                text,
                now,
                day=online_screens.day(span[0]),
                from_=clock(span[0]),
                until=clock(span[1]),
                least=LEAST // MINUTE,
            )
        return
    for place in places:
        tell(
            session,
            place,
            _(
                "This file is of %(day)s, %(from)s–%(until)s. You had no class then, so nothing "
                "was imported."
            ),
            now,
            day=online_screens.day(span[0]),
            from_=clock(span[0]),
            until=clock(span[1]),
        )


async def own(
    session: AsyncSession, held: Sequence[Membership], person_id: int, number: int
) -> tuple[OnlineImport, Meeting] | None:
    """Find a draft, if it is this person's to settle; it stays locked for the turn."""
    row = await session.get(OnlineImport, number, with_for_update=True)
    if row is None:
        return None
    meeting = await session.get_one(Meeting, row.meeting_id)
    return (row, meeting) if may_teach(held, person_id, meeting) else None


async def show(
    session: AsyncSession,
    here: Listener,
    row: OnlineImport,
    meeting: Meeting,
    now: datetime,
    message_id: int | None = None,
    turn: tuple[int, int] | None = None,
) -> None:
    """Show where a draft stands: in the message that was tapped, else in a new one.

    `turn` is a label in doubt and the page of names for it.
    """
    if row.applied_at:
        tell(
            session,
            here,
            _("This file was imported on %(day)s at %(time)s. There is nothing new in it."),
            now,
            day=online_screens.day(row.applied_at),
            time=clock(row.applied_at),
        )
        return
    read, learners = drafted(row), (await roster_of(session, meeting)).learners
    if turn and turn[0] < len(read.entries) and not read.entries[turn[0]].settled:
        words, rows = online_screens.ask(row, meeting, read, learners, *turn)
    else:
        words, rows = online_screens.face(row, meeting, read, learners)
    payload: dict[str, Any] = {"text": words, "parse_mode": "HTML"}
    payload["reply_markup"] = inline(rows)
    method = "sendMessage"
    if message_id is not None:
        method, payload = "editMessageText", payload | {"message_id": message_id}
    put(session, here, method, payload, now, Way(purpose=PURPOSE))


async def choose(
    session: AsyncSession, row: OnlineImport, meeting: Meeting, place: int, number: int
) -> bool:
    """Settle whose a label is, 0 for nobody of the class."""
    if number == 0:
        return settle(row, place, None)
    learners = (await roster_of(session, meeting)).learners
    person = next((one for one in learners if one.id == number), None)
    return person is not None and settle(row, place, person)


def choose_none(row: OnlineImport) -> bool:
    """Say that nobody who is still in doubt is of the class."""
    return settle_rest(row)


def choose_again(row: OnlineImport) -> bool:
    """Take back what was settled by taps."""
    return unsettle(row)


async def save(
    session: AsyncSession, here: Listener, row: OnlineImport, meeting: Meeting, now: datetime
) -> bool:
    """Make the marks, and say what came of it."""
    if here.person is None or now > meeting.ends_at + IMPORTED_UNTIL:
        return False
    applied = await apply(session, row, meeting, here.person, now, here.account.id)
    if applied is None:
        return False
    payload = {"text": online_screens.done(applied), "parse_mode": "HTML"}
    put(session, here, "sendMessage", payload, now, Way(purpose=PURPOSE))
    return True


async def drop(session: AsyncSession, here: Listener, row: OnlineImport, now: datetime) -> bool:
    """Forget a draft; the file itself is kept."""
    if row.applied_at:
        return False
    await session.delete(row)
    tell(session, here, _("Discarded. Nothing was imported."), now)
    return True
