"""The delivery report in the chat: the counts, who failed, why skipped, whom to call."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import xlsxwriter
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, day_word, html
from bot.language import N_ as _
from bot.services import delivery_report
from bot.services.audience import Scope
from bot.services.delivery_report import FAILED, SENT, SKIPPED, WAITING, Report
from bot.voice.buttons import RED, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, put, tell
from db import ledger
from db.models import Announcement, AnnouncementState, StudyClass
from db.queries.delivery import Unreached

PAGE, COLUMNS = 12, 2
LISTS = "lists"  # folder of phone lists; each goes after a day
KEPT_FOR = timedelta(days=1)
HEADS = ("姓名", "电话", "乡镇", "村", "原因")
COUNTS = _("%(title)s: sent %(sent)d, waiting %(waiting)d, skipped %(skipped)d, failed %(failed)d")
Found = tuple[Sequence[Report], Sequence[Unreached]]


async def offer(
    session: AsyncSession, here: Listener, scope: Scope, now: datetime, page: int = 1
) -> None:
    """Show the one class there is; else let choose, with the latest announcements."""
    if len(scope.classes) == 1 and not scope.whole:
        await show_class(session, here, scope.classes[0], now)
        return
    author = None if scope.whole else here.person.id if here.person else 0
    made = await delivery_report.made_lately(session, scope.county_id, author)
    pages = max(1, -(-len(scope.classes) // PAGE))
    page = min(max(page, 1), pages)
    shown = scope.classes[(page - 1) * PAGE : page * PAGE]
    faces = [button(one.name, f"report:c{one.id}:0:1") for one in shown]
    rows: Keyboard = [faces[start : start + COLUMNS] for start in range(0, len(faces), COLUMNS)]
    if pages > 1:
        rows.append([button(f"« {page}/{pages} »", f"delivery:{page % pages + 1}")])
    rows += _listed(made)
    tell(session, here, _("Delivery: of which class or announcement?"), now, rows)


def _listed(made: Sequence[Announcement]) -> Keyboard:
    return [[button(delivery_report.title_of(one), f"report:a{one.id}:0:1")] for one in made]


async def show_class(
    session: AsyncSession, here: Listener, study_class: StudyClass, now: datetime
) -> None:
    """Show what became of what a class was told."""
    found = await delivery_report.of_class(session, study_class, now)
    local = now.astimezone(SHANGHAI)
    head = html(here.language, "%(words)s", words=study_class.name)
    lines = [f"<b>{head}</b> {local.month}-{local.day} {clock(now)}", *map(_counts, found.reports)]
    lines += unreached_lines(found.unreached)
    author = here.person.id if here.person else 0
    made = await delivery_report.made_lately(session, study_class.county_id, author)
    rows = [*_lists(f"c{study_class.id}"), *_listed(made)]
    _say(session, here, lines, rows, now)


def _counts(report: Report) -> str:
    counts = {fate: report.count(fate) for fate in (SENT, WAITING, SKIPPED, FAILED)}
    return html(MANDARIN, COUNTS, title=report.title, **counts)


def unreached_lines(unreached: Sequence[Unreached]) -> list[str]:
    """Count those who have to be called: not linked, and linked to what takes no messages."""
    blocked = sum(one.linked for one in unreached)
    counts = (
        (_("No phone linked: %(count)d"), len(unreached) - blocked),
        (_("Phone takes no messages: %(count)d"), blocked),
    )
    return [html(MANDARIN, text, count=count) for text, count in counts if count]


def _lists(of: str) -> Keyboard:
    return [
        [
            button(html(MANDARIN, _("Failed")), f"report:{of}:1:1"),
            button(html(MANDARIN, _("Why skipped")), f"report:{of}:2:1"),
        ],
        [
            button(html(MANDARIN, _("Whom to call")), f"report:{of}:4:1"),
            button(html(MANDARIN, _("Phone list XLSX")), f"report:{of}:3:1"),
        ],
    ]


def _say(
    session: AsyncSession, here: Listener, lines: Sequence[str], rows: Keyboard, now: datetime
) -> None:
    payload = {"text": "\n".join(lines), "parse_mode": "HTML", "reply_markup": inline(rows)}
    put(session, here, "sendMessage", payload, now, Way())


async def show_announcement(
    session: AsyncSession, here: Listener, announcement: Announcement, now: datetime
) -> None:
    """Show what became of an announcement, and let what has not left be withdrawn."""
    report, unreached = await delivery_report.of_announcement(session, announcement)
    lines = [_counts(report)]
    moment = announcement.send_at
    if announcement.state is AnnouncementState.PLANNED and moment and moment > now:
        day = day_word(moment, now, here.language)
        text = _("It leaves %(day)s at %(time)s.")
        lines.append(html(here.language, text, day=day, time=clock(moment)))
    lines += unreached_lines(unreached)
    of = f"a{announcement.id}"
    rows = _lists(of)
    if announcement.state in {AnnouncementState.PLANNED, AnnouncementState.SENT}:
        rows.append(
            [
                button(html(MANDARIN, _("Refresh")), f"report:{of}:0:1"),
                button(
                    html(MANDARIN, _("Withdraw what has not left")),
                    f"recall:{announcement.id}",
                    RED,
                ),
            ]
        )
    _say(session, here, lines, rows, now)


async def found_of(session: AsyncSession, of: StudyClass | Announcement, now: datetime) -> Found:
    """Return the reports of a class or an announcement, and whom to call."""
    if isinstance(of, StudyClass):
        found = await delivery_report.of_class(session, of, now)
        return found.reports, found.unreached
    report, unreached = await delivery_report.of_announcement(session, of)
    return [report], unreached


def list_failed(
    session: AsyncSession,
    here: Listener,
    act: str,
    reports: Sequence[Report],
    page: int,
    now: datetime,
) -> None:
    """Name those whom a message failed to reach, and why."""
    group = html(MANDARIN, _("class group"))
    lines = list(
        dict.fromkeys(
            f"{line.name or group}：{delivery_report.reason_words(line.reason)}"
            for report in reports
            for line in report.lines
            if line.fate == FAILED
        )
    )
    if not lines:
        tell(session, here, _("Nothing failed."), now)
        return
    pages = -(-len(lines) // PAGE)
    page = min(max(page, 1), pages)
    shown = [
        html(MANDARIN, "%(words)s", words=one) for one in lines[(page - 1) * PAGE : page * PAGE]
    ]
    rows: Keyboard = []
    if pages > 1:
        rows.append([button(f"« {page}/{pages} »", f"report:{act}:1:{page % pages + 1}")])
    _say(session, here, [html(MANDARIN, _("Failed:")), *shown], rows, now)


def list_skipped(
    session: AsyncSession, here: Listener, reports: Sequence[Report], now: datetime
) -> None:
    """Say how many were skipped for which reason."""
    lines = []
    for report in reports:
        counted = delivery_report.reasons_of([report], SKIPPED)
        if counted:
            lines.append(f"<b>{html(MANDARIN, '%(words)s', words=report.title)}</b>")
            lines += [
                html(MANDARIN, "%(words)s", words=f"{reason}：{count}") for reason, count in counted
            ]
    if not lines:
        tell(session, here, _("Nothing was skipped."), now)
        return
    _say(session, here, lines, [], now)


async def send_phones(
    session: AsyncSession,
    here: Listener,
    title: str,
    unreached: Sequence[Unreached],
    data: Path,
    now: datetime,
) -> None:
    """Send the list of those who have to be called; that it was made is on the record."""
    if not unreached or here.person is None:
        tell(session, here, _("Everybody can be reached on a phone."), now)
        return
    path = write_phones(data, title, unreached, now)
    payload = {
        "document": kept(path),
        "caption": html(here.language, _("Please call: %(count)d people"), count=len(unreached)),
        "parse_mode": "HTML",
    }
    way = Way(expires_at=now + KEPT_FOR / 2)
    put(session, here, "sendDocument", payload, now, way)
    digest = sha256((data / path).read_bytes()).hexdigest()
    what = {"what": "phones", "people": len(unreached), "digest": digest}
    await ledger.record(session, here.person.id, "export.made", now, **what)


def write_phones(data: Path, title: str, unreached: Sequence[Unreached], now: datetime) -> str:
    """Write a phone list under the data folder; those of the day before go. Return its place."""
    folder = data / LISTS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.glob("*.xlsx"):
        if old.stat().st_mtime < (now - KEPT_FOR).timestamp():
            old.unlink(missing_ok=True)
    serial = sha256(f"{title} {now.isoformat()}".encode()).hexdigest()[:8]
    path = folder / f"phones-{now.astimezone(SHANGHAI):%m%d-%H%M}-{serial}.xlsx"
    path.touch(mode=0o600)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("电话名单")
        bold = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        sheet.write_string(0, 0, title, bold)
        for column, name in enumerate(HEADS):
            sheet.set_column(column, column, 16)
            sheet.write_string(1, column, name, bold)
        for at, one in enumerate(unreached, 2):
            why = delivery_report.why_unreached(one)
            for column, value in enumerate((one.name, one.phone, one.township, one.village, why)):
                sheet.write_string(at, column, value, text)
        sheet.freeze_panes(2, 1)
    os.utime(path, (now.timestamp(), now.timestamp()))
    return f"{LISTS}/{path.name}"
