"""After the tap: a roster is imported, taken back, and pairs are settled, in a private chat."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.faults import named, trail
from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services import roster_screens
from bot.services.reaching import listeners
from bot.services.refusing import Refusal
from bot.services.roster_export import write_outcome
from bot.services.roster_heads import plain
from bot.services.roster_merging import decide
from bot.services.roster_people import RosterReading
from bot.services.roster_sending import EVERYWHERE, may, reading_of, show
from bot.services.roster_undoing import undo
from bot.services.rostering import ImportResult, file_digest, import_people
from bot.services.staff_screens import escaped, refuse, say
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, put
from db.models import County, Membership, Person, RosterDoubt, RosterDraft, RosterImport
from db.queries import people, rosters
from db.sealing import Key
from db.session import Database

logger = logging.getLogger(__name__)

AT_ONCE = 2
PURPOSE = "roster"
FAILED = _("The roster could not be imported; nothing of it is in the base. Please send it again.")


async def import_due(database: Database, data: Path, key: Key, now: datetime) -> int:
    """Import the rosters that were agreed to, and show anew those whose columns were told."""
    async with database.read() as session:
        asked = [one.id for one in await rosters.asked(session, AT_ONCE)]
        told = [(one.id, one.message_id) for one in await rosters.told_anew(session, AT_ONCE)]
    for draft_id, message_id in told:
        async with database.begin() as session:
            (await session.get_one(RosterDraft, draft_id)).message_id = None
        await show(database, data, key, draft_id, now, message_id)
    for draft_id in asked:
        await _import(database, data, key, draft_id, now)
    return len(asked) + len(told)


async def _import(database: Database, data: Path, key: Key, draft_id: int, now: datetime) -> None:
    reading, path = await reading_of(database, data, draft_id, now)
    try:
        async with database.begin() as session:
            draft = await session.get_one(RosterDraft, draft_id, with_for_update=True)
            if draft.closed_at:
                return
            person = await session.get_one(Person, draft.made_by)
            result = await _take_in(session, person, reading, path, key, now)
            await rosters.remember(session, person.id, _explained(reading))
            draft.import_id, draft.closed_at = result.number, now
            await _tell(session, person, result, data, now)
    except Refusal as refusal:
        await _say_not(database, draft_id, refusal, now)
    except Exception as error:  # noqa: BLE001 - what no file should do is not tried for ever
        told = draft_id, named(error), trail(error)  # never its words: they hold whole rows
        logger.error("roster draft %d was not imported: %s\n%s", *told)  # noqa: TRY400
        await _say_not(database, draft_id, None, now)


async def _take_in(
    session: AsyncSession,
    person: Person,
    reading: RosterReading,
    path: Path,
    key: Key,
    now: datetime,
) -> ImportResult:
    if not may(await people.memberships(session, person.id, now)):
        raise Refusal("您现在不能导入名单了。", "You may not import rosters any more.", "not_yours")
    county = await session.get_one(County, person.county_id)
    digest = file_digest(path)
    return await import_people(session, reading, digest, key, county.name, now, by=person)


def _explained(reading: RosterReading) -> dict[str, str]:
    """Return what heads mean, now that a person has agreed to it."""
    return {
        head: one.field
        for one in reading.columns
        if one.field and one.how in {"content", "told"} and (head := plain(one.head))
    }


async def _tell(
    session: AsyncSession, person: Person, result: ImportResult, data: Path, now: datetime
) -> None:
    lines, rows = roster_screens.done(result)
    places = await listeners(session, person)
    for place in places:
        say(session, place, lines, rows, now)
    if result.number is None:
        return
    report = f"rosters/import-{result.number}/导入报告.xlsx"
    (data / report).parent.mkdir(parents=True, exist_ok=True)
    row = await session.get_one(RosterImport, result.number)
    await write_outcome(session, data / report, row)
    for place in places:
        payload: dict[str, Any] = {"document": kept(report)}
        put(session, place, "sendDocument", payload, now, Way(purpose=PURPOSE))
        await ask_next(session, place, result.number, now)


async def _say_not(
    database: Database, draft_id: int, refusal: Refusal | None, now: datetime
) -> None:
    async with database.begin() as session:
        draft = await session.get_one(RosterDraft, draft_id, with_for_update=True)
        draft.closed_at = now
        person = await session.get_one(Person, draft.made_by)
        for place in await listeners(session, person):
            if refusal:
                refuse(session, place, refusal, now)
            else:
                say(session, place, [html(MANDARIN, FAILED)], [], now)


async def ask_next(
    session: AsyncSession,
    here: Listener,
    import_id: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Ask about the next pair of an import; say it once there is none."""
    open_ = await rosters.open_doubts(session, 1, import_id)
    if open_:
        newer = await session.get_one(Person, open_[0].person_id)
        older = await session.get_one(Person, open_[0].other_id)
        left = await rosters.count_doubts(session, import_id)
        lines, rows = roster_screens.pair(open_[0], newer, older, left)
        say(session, here, lines, rows, now, message_id)
    elif message_id is not None:
        say(session, here, [html(MANDARIN, _("All pairs are settled."))], [], now, message_id)


async def imported(
    session: AsyncSession, person: Person, held: list[Membership], number: int
) -> RosterImport | None:
    """Find an import that is this person's to settle: their own, or any of the school's county."""
    row = await session.get(RosterImport, number)
    if row is None or row.county_id != person.county_id:
        return None
    all_ = any(one.role in EVERYWHERE for one in held)
    return row if all_ or row.made_by == person.id else None


async def settle_pair(
    session: AsyncSession,
    here: Listener,
    held: list[Membership],
    number: int,
    now: datetime,
    message_id: int | None,
    *,
    same: bool,
) -> bool:
    """Take somebody's word on a pair, then ask about the next."""
    doubt = await session.get(RosterDoubt, number)
    if doubt is None or here.person is None:
        return False
    if await imported(session, here.person, held, doubt.import_id) is None:
        return False
    if doubt.same is None:
        await decide(session, number, now, here.person, same=same)
    await ask_next(session, here, doubt.import_id, now, message_id)
    return True


async def take_back(
    session: AsyncSession, here: Listener, number: int, now: datetime, message_id: int | None
) -> bool:
    """Take an import back, or say why not."""
    try:
        done = await undo(session, number, now, here.person)
    except Refusal as refusal:
        say(session, here, [escaped(refusal.chinese)], [], now, message_id)
        return False
    text = _("Import %(number)d is taken back: removed %(removed)d, put back %(restored)d.")
    values = {"number": done.number, "removed": done.removed, "restored": done.restored}
    say(session, here, [html(MANDARIN, text, **values)], [], now, message_id)
    return True
