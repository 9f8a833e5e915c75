"""Staff send a roster in a private chat: it is read, shown, and imported by a tap."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, html
from bot.language import N_ as _
from bot.services import roster_doubting, roster_screens
from bot.services.keeping import LARGEST, Attachment, keep
from bot.services.reaching import listeners
from bot.services.refusing import Refusal
from bot.services.roster_entries import check_entries, listed
from bot.services.roster_file import read_roster
from bot.services.roster_fit import check_fit
from bot.services.roster_matching import Given
from bot.services.roster_people import RosterReading
from bot.services.roster_report import write_error_report
from bot.services.staff_screens import escaped, say
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, put, tell
from db.models import Media, MediaState, Membership, Person, Role, RosterDraft
from db.queries import people, rosters
from db.sealing import Key
from db.session import Database

logger = logging.getLogger(__name__)

MAY = frozenset({Role.SCHOOL, Role.TOWNSHIP, Role.ADMINISTRATOR})
EVERYWHERE = frozenset({Role.SCHOOL, Role.ADMINISTRATOR})
AT_ONCE = 4
WAITS = "roster"  # the account's state while a file is asked for
TITLE = "名单"  # of a text, which has no sheets
PURPOSE = "roster"


def may(memberships: Sequence[Membership]) -> bool:
    """Say whether somebody may send rosters."""
    return any(one.role in MAY for one in memberships)


def places_of(memberships: Sequence[Membership]) -> list[str]:
    """List the townships to which somebody is bound; none where the whole county is open."""
    if any(one.role in EVERYWHERE for one in memberships):
        return []
    return [one.place for one in memberships if one.role is Role.TOWNSHIP and one.place]


def explain(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Ask for a file."""
    here.account.state = WAITS
    text = _(
        "Send me the roster, the census list or the list of the visits as a file (XLSX, XLS or "
        "CSV). I show what I read; nothing is imported before you tap ✔."
    )
    tell(session, here, text, now)


async def take(
    session: AsyncSession, here: Listener, said: Attachment | None, now: datetime
) -> None:
    """Keep a file; it is read once its bytes are here."""
    if said is None or here.person is None:
        return
    here.account.state = None
    if said.size > LARGEST:
        tell(session, here, _("The file is too big: at most 20 MB."), now)
        return
    media = await keep(session, said, here.person.id, now)
    media.kind = f"{rosters.FILE}{said.kind}"
    tell(session, here, _("⏳ I am reading the file."), now)


async def read_due(database: Database, data: Path, key: Key, now: datetime) -> int:
    """Read the rosters that have come, and show each; return how many."""
    async with database.read() as session:
        waiting = await rosters.unread(session, AT_ONCE)
    for media in waiting:
        async with database.begin() as session:
            draft = await _draft(session, media.id, now)
        if draft is not None:
            await show(database, data, key, draft, now)
    return len(waiting)


async def _draft(session: AsyncSession, media_id: int, now: datetime) -> int | None:
    """Make the draft of a file, once; say it where its bytes never came."""
    media = await session.get_one(Media, media_id, with_for_update=True)
    if not media.kind.startswith(rosters.FILE) or media.person_id is None:
        return None
    media.kind = media.kind.removeprefix(rosters.FILE)
    if media.state is not MediaState.STORED:
        person = await session.get_one(Person, media.person_id)
        for place in await listeners(session, person):
            tell(session, place, _("The file did not reach me. Please send it again."), now)
        return None
    draft = RosterDraft(media_id=media.id, made_by=media.person_id, made_at=now, told={})
    session.add(draft)
    await session.flush()
    return draft.id


async def reading_of(
    database: Database, data: Path, draft_id: int, now: datetime
) -> tuple[RosterReading, Path]:
    """Read a draft's file anew, by what was said of its columns."""
    async with database.read() as session:
        draft = await session.get_one(RosterDraft, draft_id)
        media = await session.get_one(Media, draft.media_id)
        remembered = await rosters.heads_of(session, draft.made_by)
        places = places_of(await people.memberships(session, draft.made_by, now))
    path = data / media.path
    given = Given(remembered, {str(k): str(v) for k, v in draft.told.items()}, title=TITLE)
    reading = await asyncio.to_thread(
        read_roster,
        path,
        on=now.astimezone(SHANGHAI).date(),
        given=given,
    )
    return _fitted(reading, places), path


def _fitted(reading: RosterReading, places: Sequence[str]) -> RosterReading:
    """Refuse what the base could not hold, and what is not this sender's to import."""
    if not reading.sound:
        return reading
    try:
        _check_places(places, reading)
        learners, counted = listed(reading.people)
        check_fit(learners)
        check_entries(counted)
    except Refusal as refusal:
        return reading.refusing(refusal.code, refusal.chinese, refusal.english)
    return reading


def _check_places(places: Sequence[str], reading: RosterReading) -> None:
    foreign = roster_screens.township_of(places, reading)
    if foreign:
        raise Refusal(
            f"名单里有“{foreign}”的人，您只能导入本乡镇的。",
            f"The list holds people of “{foreign}”; you import your own township only.",
            "other_township",
        )


async def show(
    database: Database,
    data: Path,
    key: Key,
    draft_id: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Show what was read in one message; what is wrong comes back marked in a file."""
    reading, path = await reading_of(database, data, draft_id, now)
    report = ""
    if reading.errors or reading.refused:
        report = f"rosters/{draft_id}/错误.xlsx"
        (data / report).parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(write_error_report, path, reading, data / report, TITLE)
    async with database.begin() as session:
        draft = await session.get_one(RosterDraft, draft_id, with_for_update=True)
        if draft.closed_at:
            return
        person = await session.get_one(Person, draft.made_by)
        lines, rows = await _face(session, draft, person, reading, key)
        for place in await listeners(session, person):
            say(session, place, lines, rows, now, message_id)
            if report:
                _send(session, place, report, now)
        if reading.refused:
            draft.closed_at = now


async def _face(
    session: AsyncSession, draft: RosterDraft, person: Person, reading: RosterReading, key: Key
) -> roster_screens.Face:
    if reading.refused:
        refused = html(MANDARIN, _("Not imported."))
        return [refused, escaped(reading.refusal_zh)], []
    by_print = {key.fingerprint(one.id_number): one.id_number for one in reading.people}
    known = {by_print[one] for one in await people.by_fingerprint(session, list(by_print))}
    learners, _counted = listed(reading.people)
    doubts = await roster_doubting.foreseen(session, person.county_id, learners, known)
    there = sum(one.id_number in known for one in reading.people)
    return roster_screens.preview(draft.id, reading, there, len(doubts))


def _send(session: AsyncSession, place: Listener, file: str, now: datetime) -> None:
    payload = {"document": kept(file)}
    put(session, place, "sendDocument", payload, now, Way(purpose=PURPOSE))


async def own(session: AsyncSession, person: Person, number: int) -> RosterDraft | None:
    """Find a draft, if it is this person's and still open; it stays locked for the turn."""
    draft = await session.get(RosterDraft, number, with_for_update=True)
    return draft if draft and draft.made_by == person.id and not draft.closed_at else None


def say_working(
    session: AsyncSession, here: Listener, now: datetime, message_id: int | None
) -> None:
    """Say that a file is being imported, in the message that was tapped."""
    say(session, here, [html(MANDARIN, _("⏳ I am importing it."))], [], now, message_id)


def say_dropped(
    session: AsyncSession, here: Listener, now: datetime, message_id: int | None
) -> None:
    """Say that nothing was imported."""
    say(session, here, [html(MANDARIN, _("Discarded. Nothing was imported."))], [], now, message_id)


def say_kept(session: AsyncSession, here: Listener, now: datetime, message_id: int | None) -> None:
    """Say that an import stays."""
    say(session, here, [html(MANDARIN, _("The import stays."))], [], now, message_id)
