"""The photo of a signed sheet comes back: read, straightened, filed to its meeting (C8)."""

import asyncio
import logging
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from bot.faults import named, trail
from bot.language import N_ as _
from bot.paper import reading, strips
from bot.paper.codes import Printed
from bot.paper.layout import page_of
from bot.paper.reading import Fault, UnreadableError
from bot.services import keying_sheets, photos
from bot.services.keeping import Attachment, keep
from bot.services.permitting import may_teach
from bot.services.reaching import listeners
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db import ledger
from db.models import Media, MediaState, Meeting, Person, Sheet
from db.queries import people, sheets
from db.sealing import Key
from db.session import Database

logger = logging.getLogger(__name__)

FOLDER = Path("sheets")
QUALITY = 85  # of the straightened pictures
AT_ONCE = 8
FORWARDED = "~"  # before the kind of what somebody else took
TOO_BIG = "file is too big"  # what the fetcher writes
BIG = _("This file is too big for me. Please send a smaller one.")
LOST = _("The picture did not arrive. Please send it again.")
ANOTHER = _("This sheet is of another class, so it is not filed. Your photo is kept.")
UNKNOWN = _("I do not know this sheet. Please print a new one with /sheet. Your photo is kept.")
LATE = _(
    "The sheet is filed. The class was more than 3 days ago: what is missing needs a makeup mark."
)
SAME = _("This photo is filed already.")
SENTENCES = {
    Fault.TOO_LARGE: _("This picture is too large for me. Please send it as a photo."),
    Fault.NO_PICTURE: _("I cannot open this picture. Please send it as a photo."),
    Fault.NO_CODE: _(
        "I see no sign-in sheet. If it is one: lay it flat, in good light, and take it again with "
        "all four corners. Your photo is kept."
    ),
    Fault.FORGED: _("This sheet is not from our school, so it is not filed. Your photo is kept."),
    Fault.SEVERAL: _("I see two sheets. Please send each page as a photo of its own."),
    Fault.CUT: _(
        "A part of the sheet is not in the picture. Please take it again with all four corners. "
        "Your photo is kept."
    ),
}


@dataclass(frozen=True)
class Laid:
    """A page that was read, laid straight under the data folder."""

    printed: Printed
    straight: str


async def take(
    session: AsyncSession, here: Listener, said: Attachment | None, now: datetime
) -> None:
    """Keep a picture that may be of a sheet; it is read once its bytes are here."""
    if said is None or here.person is None:
        return
    if said.too_big:
        tell(session, here, BIG, now)
        return
    media = await keep(session, said, here.person.id, now)
    media.kind = f"{sheets.PHOTO}{FORWARDED if said.forwarded else ''}{said.kind}"


async def read_due(database: Database, data: Path, key: Key, now: datetime) -> int:
    """Read the photos of sheets that have come, and answer each; return how many."""
    async with database.read() as session:
        waiting = await sheets.unread(session, AT_ONCE)
    for media in waiting:
        read = await asyncio.to_thread(_read, data, media, key)
        async with database.begin() as session:
            await _answer(session, media.id, read, now)
            stays = isinstance(read, str) or await _stands(session, media.id, read)
        if isinstance(read, Laid) and not stays:  # the photo itself does
            await asyncio.to_thread(_drop, data, read)
    return len(waiting)


def _read(data: Path, media: Media, key: Key) -> Laid | str:
    """Read and straighten a photo; return what to say where that cannot be done."""
    if media.state is not MediaState.STORED:
        return BIG if media.error == TOO_BIG else LOST
    try:
        straight = reading.read(data / media.path, key)
    except UnreadableError as error:
        return SENTENCES[error.fault]
    except FileNotFoundError:
        return LOST
    except Exception as error:  # noqa: BLE001 - what no photo should do must not keep the next one from being read
        told = media.id, named(error), trail(error)
        logger.error("photo %d broke the reader: %s\n%s", *told)  # noqa: TRY400
        return SENTENCES[Fault.NO_PICTURE]
    place = FOLDER / str(straight.printed.sheet) / f"{media.id}-{media.sha256[:16]}.jpg"
    _save(straight.picture, data / place)
    for strip in range(strips.strips()):
        name = place.with_name(f"{place.stem}-{strip}{place.suffix}")
        _save(strips.cut(straight.picture, strip), data / name)
    return Laid(straight.printed, place.as_posix())


def _save(picture: Image.Image, path: Path) -> None:
    """Write a picture whole or not at all; only its owner may read names and signatures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".coming-")
    with os.fdopen(handle, "wb") as file:
        picture.save(file, "JPEG", quality=QUALITY)
    Path(name).replace(path)


def _drop(data: Path, laid: Laid) -> None:
    """Take away the straightened picture of what was not filed."""
    path = data / laid.straight
    for one in path.parent.glob(f"{path.stem}*{path.suffix}"):
        one.unlink(missing_ok=True)


async def _stands(session: AsyncSession, media_id: int, laid: Laid) -> bool:
    """Say whether a photo is the one that its sheet is filed with."""
    sheet = await session.get(Sheet, laid.printed.sheet)
    return sheet is not None and sheet.media_id == media_id


async def _answer(session: AsyncSession, media_id: int, read: Laid | str, now: datetime) -> None:
    """File a photo and show its rows, or say why not; once."""
    media = await session.get_one(Media, media_id, with_for_update=True)  # one process answers
    if not media.kind.startswith(sheets.PHOTO) or media.person_id is None:
        return
    kind = media.kind.removeprefix(sheets.PHOTO)
    media.kind = kind.removeprefix(FORWARDED)
    person = await session.get_one(Person, media.person_id)
    said = read if isinstance(read, str) else await _file(session, person, media, read, now)
    no_sheet = said == SENTENCES[Fault.NO_CODE] and kind == media.kind
    if no_sheet and await photos.offer(session, person, media, now):
        return
    for place in await listeners(session, person):
        if isinstance(said, str):
            tell(session, place, said, now)
            continue
        sheet, sentence = said
        if sentence:
            tell(session, place, sentence, now)
        if sentence != LATE:
            await keying_sheets.show(session, place, sheet, 0, now)


async def _file(
    session: AsyncSession, person: Person, media: Media, laid: Laid, now: datetime
) -> tuple[Sheet, str] | str:
    """File a page to its meeting, with what is to be said of it; else say why it is not."""
    sheet = await session.get(Sheet, laid.printed.sheet, with_for_update=True)
    if sheet is None or page_of(min(map(int, sheet.rows), default=1)) != laid.printed.page:
        return UNKNOWN
    meeting = await session.get_one(Meeting, sheet.meeting_id)
    held = await people.memberships(session, person.id, now)
    if not may_teach(held, person.id, meeting):
        await ledger.record(
            session, person.id, "act.refused", now, act="sheet", meeting=meeting.id, sheet=sheet.id
        )
        return ANOTHER
    if why := keying_sheets.why_not_keyed(meeting, now):
        return why
    late = LATE if keying_sheets.too_late(meeting, now) else ""
    before = await session.get(Media, sheet.media_id) if sheet.media_id else None
    if before and before.sha256 == media.sha256:  # the very same photo
        return sheet, late or SAME
    sheet.media_id, sheet.straight = media.id, laid.straight
    sheet.filed_by, sheet.filed_at = person.id, now
    payload: dict[str, object] = {
        "sheet": sheet.id,
        "meeting": meeting.id,
        "page": laid.printed.page,
    }
    payload |= {"media": media.id, "sha256": media.sha256}
    if before:
        payload["replaces"] = before.id
    await ledger.record(session, person.id, "sheet.filed", now, **payload)
    return sheet, late
