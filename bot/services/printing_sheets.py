"""Sign-in sheets on paper (签到表): which meeting, its list as it stands now, a PDF to print."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, day_word, html
from bot.language import N_ as _
from bot.paper import layout
from bot.paper.codes import Printed
from bot.paper.printing import Facts, Line, Page, print_sheet
from bot.services.permitting import holds
from bot.services.reaching import class_heads
from bot.services.roster_report import UNSHEETLIKE
from bot.services.timetable_values import WEEKDAYS
from bot.voice.buttons import button
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, put, tell
from db import ledger
from db.models import Meeting, Membership, Mode, Person, Role, Sheet
from db.queries import people, sheets
from db.sealing import Key

STAFF = (Role.TEACHER, Role.CLASS_HEAD)
BACK = timedelta(days=1)
AHEAD = timedelta(days=8)
MOST = 10  # meetings offered
LONGEST_NAME = 60
MODES = {Mode.OFFLINE: "集中授课", Mode.ONLINE: "线上授课", Mode.PRACTICE: "实训"}


@dataclass(frozen=True)
class Made:
    """A sheet ready to be printed."""

    pdf: bytes
    pages: tuple[Sheet, ...]


async def offer(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    key: Key,
    data: Path,
    now: datetime,
) -> None:
    """Send the sheet of the only meeting that can be meant, or let it be chosen."""
    if here.person is None:
        return
    here.account.state = None  # the photo that follows answers nothing else
    classes = {
        one.study_class_id
        for one in held
        if one.study_class_id and any(holds([one], role, one.study_class_id) for role in STAFF)
    }
    start = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    near = await sheets.meetings_near(
        session, here.person.id, classes, after=start - BACK, until=start + AHEAD
    )
    if not near:
        tell(session, here, _("No class is near, so there is no sheet to print."), now)
        return
    if len(near) == 1:
        await send(session, here, near[0], key, data, now)
        return
    nearest = sorted(near, key=lambda one: abs(one.starts_at - now))[:MOST]
    rows = [
        [
            button(
                f"{day_word(one.starts_at, now, MANDARIN)} {clock(one.starts_at)} "
                f"{one.study_class.name} {one.title}",
                f"sheet:{one.id}",
            )
        ]
        for one in sorted(nearest, key=lambda one: one.starts_at)
    ]
    tell(session, here, _("The sign-in sheet of which class?"), now, rows)


async def send(
    session: AsyncSession, here: Listener, meeting: Meeting, key: Key, data: Path, now: datetime
) -> None:
    """Send a meeting's sheet to who asks, to be printed and signed."""
    if here.person is None:
        return
    made = await make(session, meeting, here.person, key, now)
    if made is None:
        tell(session, here, _("This class has no learners yet."), now)
        return
    path = await asyncio.to_thread(_write, data, meeting, made)
    words = html(
        MANDARIN,
        _(
            "Sign-in sheet of %(class)s, %(day)s: %(pages)d pages. Let each one sign or press a "
            "thumb, then send me a photo of every page."
        ),
        **{"class": meeting.study_class.name},
        day=day_word(meeting.starts_at, now, MANDARIN),
        pages=len(made.pages),
    )
    payload = {"document": kept(path), "caption": words, "parse_mode": "HTML"}
    put(session, here, "sendDocument", payload, now, Way(purpose="sheet"))


async def make(
    session: AsyncSession, meeting: Meeting, by: Person, key: Key, now: datetime
) -> Made | None:
    """Print the list of a meeting's class; the same list keeps its numbers."""
    listed = await people.members(session, meeting.study_class_id, Role.LEARNER, now)
    if not listed:
        return None
    wanted = [
        {str(row): listed[row - 1].id for row in range(first, min(first + layout.ROWS, end))}
        for end in (len(listed) + 1,)
        for first in range(1, end, layout.ROWS)
    ]
    there = {repr(sorted(one.rows.items())): one for one in await of(session, meeting)}
    known = [there.get(repr(sorted(rows.items()))) for rows in wanted]
    pages = [page for page in known if page]
    if len(pages) < len(wanted):
        pages = [
            Sheet(meeting_id=meeting.id, rows=rows, printed_by=by.id, printed_at=now)
            for rows in wanted
        ]
        session.add_all(pages)
        await session.flush()
    numbers = [page.id for page in pages]
    await ledger.record(
        session, by.id, "sheet.printed", now, meeting=meeting.id, sheets=numbers, rows=len(listed)
    )
    facts = await _facts(session, meeting, now)
    printed = [
        Page(Printed(page.id, number), len(pages), _lines(number, listed))
        for number, page in enumerate(pages, 1)
    ]
    pdf = await asyncio.to_thread(print_sheet, facts, printed, key, now)
    return Made(pdf, tuple(pages))


async def of(session: AsyncSession, meeting: Meeting) -> Sequence[Sheet]:
    """List the pages that were printed for a meeting."""
    return await sheets.of_meeting(session, meeting.id)


def _lines(page: int, listed: Sequence[Person]) -> list[Line]:
    """Return the rows of a page; those left over are for who is on no list."""
    first = (page - 1) * layout.ROWS
    shown = [
        Line(str(number), person.name, person.number)
        for number, person in enumerate(listed[first : first + layout.ROWS], first + 1)
    ]
    return shown + [Line("")] * (layout.ROWS - len(shown))


async def _facts(session: AsyncSession, meeting: Meeting, now: datetime) -> Facts:
    study_class = meeting.study_class
    teacher = await session.get(Person, meeting.teacher_id)
    heads = await class_heads(session, study_class.id, now)
    start = meeting.starts_at.astimezone(SHANGHAI)
    day = f"{start.year}年{start.month}月{start.day}日 星期{WEEKDAYS[start.weekday()]}"
    return Facts(
        title=f"{study_class.name}学员签到表",
        under=f"专业：{study_class.trade}" if study_class.trade else "",
        fields=(
            ("课题", meeting.title),
            ("方式", MODES[meeting.mode]),
            ("时间", f"{day} {clock(meeting.starts_at)}–{clock(meeting.ends_at)}"),
            ("地点", meeting.place),
            ("授课教师", teacher.name if teacher else ""),
            ("班主任", "、".join(head.name for head in heads)),
        ),
    )


def file_name(meeting: Meeting) -> str:
    """Name the file of a sheet the way it is looked for."""
    name = UNSHEETLIKE.sub("", meeting.study_class.name)[:LONGEST_NAME]
    start = meeting.starts_at.astimezone(SHANGHAI)
    return f"{name} 签到表 {start:%Y-%m-%d %H%M}.pdf"


def _write(data: Path, meeting: Meeting, made: Made) -> str:
    """Lay the PDF into the data folder, whole or not at all; return where."""
    place = Path("sheets", str(made.pages[0].id), file_name(meeting))
    path = data / place
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{id(made)}.part")
    part.touch(mode=0o600)  # it lists names
    part.write_bytes(made.pdf)
    part.replace(path)
    return place.as_posix()
