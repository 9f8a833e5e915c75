"""`attendance …`: what comes in and goes out of attendance besides the chat."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.common import AsJson, complain, day, moment, opened, print_json
from bot.commands.guarding import EXPECTED
from bot.language import ENGLISH, MANDARIN, SHANGHAI, clock, translate
from bot.services.inviting import class_called
from bot.services.online_applying import Applied, apply
from bot.services.online_drafting import doubtful, draft, drafted, roster_of, settle, speaks_of
from bot.services.online_file import OnlineReading, UnreadableError, read_online
from bot.services.online_layouts import platform_of
from bot.services.refusing import Refusal
from bot.settings import Settings
from db.models import Meeting, MeetingState, OnlineImport, Person, StudyClass
from db.queries import meetings

app = typer.Typer(help="Attendance 考勤")
NOBODY = "-"


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx|csv")],
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")] = "",
    date: Annotated[str, typer.Option("--date", metavar="DATE", help="the day of class 日期")],
    who: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL=NUMBER", help="who a label is, - for nobody 对应到谁"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check only 只检查")] = False,
    as_json: AsJson = False,
) -> None:
    """Import the attendance file of an online meeting. 导入腾讯会议、钉钉的参会名单."""
    told = asyncio.run(_import(Settings(), file, class_, date, who or [], dry_run=dry_run))
    if as_json:
        print_json(told)
    else:
        _tell(told, dry_run=dry_run)
    if told["doubtful"]:
        complain(
            "没有导入：还有待认的，请用 --who “名字=编号” 指明，不是本班的写 -。",
            'Nothing was imported: say who is in doubt by --who "LABEL=NUMBER", - for nobody.',
        )
        raise typer.Exit(EXPECTED)


async def _import(
    settings: Settings, file: Path, name: str, date: str, who: list[str], *, dry_run: bool
) -> dict[str, object]:
    start = datetime.combine(day(date), datetime.min.time(), SHANGHAI)
    async with opened(settings) as database, database.begin() as session:
        study_class = await class_called(session, name)
        meeting, reading = await _meeting(session, study_class, start, file)
        teacher = await session.get_one(Person, meeting.teacher_id)
        attempt = await session.begin_nested()
        row = await draft(session, reading, meeting, teacher, moment(settings))
        before = row.applied_at
        if not before:
            await _settle(session, row, meeting, who)
        told = _told(row, meeting)
        if not before and not told["doubtful"]:
            applied = await apply(session, row, meeting, teacher, moment(settings))
            told |= _counts(applied)
        kept = bool(before or not (told["doubtful"] or dry_run))
        await (attempt.commit() if kept else attempt.rollback())
        return told | {"imported": kept}


async def _meeting(
    session: AsyncSession, study_class: StudyClass, start: datetime, file: Path
) -> tuple[Meeting, OnlineReading]:
    """Find the meeting of the day that the file is of, and read the file with it in mind."""
    found = await meetings.of_class(
        session, study_class.id, after=start, until=start + timedelta(days=1)
    )
    held = [one for one in found if one.state is not MeetingState.CANCELLED]
    if not held:
        raise Refusal(
            f"“{study_class.name}”{start:%Y-%m-%d} 没有课。",
            f"“{study_class.name}” has no class on {start:%Y-%m-%d}.",
            "no_meeting",
        )
    readings = [(one, _read(file, one)) for one in held]
    fitting = [(one, reading) for one, reading in readings if speaks_of(reading, one)]
    if len(fitting) == 1:
        return fitting[0]
    span = readings[0][1].span
    said = (
        f"{span[0].astimezone(SHANGHAI):%Y-%m-%d} {clock(span[0])}–{clock(span[1])}" if span else ""
    )
    if not fitting:
        raise Refusal(
            f"文件是 {said} 的，和这天的课对不上，没有导入。",
            f"The file is of {said}, which is no class of that day; nothing was imported.",
            "other_meeting",
        )
    timed = [(one, reading) for one, reading in fitting if any(row.joined for row in reading.rows)]
    if not timed:
        raise Refusal(
            f"这天有 {len(fitting)} 节课，文件里没有时间，分不清是哪一节。",
            f"There are {len(fitting)} classes that day, and the file says no times.",
            "which_meeting",
        )
    return max(timed, key=lambda pair: _common(*pair))


def _common(meeting: Meeting, reading: OnlineReading) -> timedelta:
    span = reading.span or (meeting.starts_at, meeting.starts_at)
    return min(span[1], meeting.ends_at) - max(span[0], meeting.starts_at)


def _read(file: Path, meeting: Meeting) -> OnlineReading:
    try:
        return read_online(file, meeting.starts_at)
    except UnreadableError as error:
        raise Refusal(
            translate(MANDARIN, error.msgid), translate(ENGLISH, error.msgid), error.code
        ) from error


async def _settle(
    session: AsyncSession, row: OnlineImport, meeting: Meeting, who: list[str]
) -> None:
    """Settle the labels that were told on the command line."""
    people = {one.number: one for one in (await roster_of(session, meeting)).learners}
    for said in who:
        label, _equals, number = said.rpartition("=")
        person = people.get(number.strip())
        if number.strip() != NOBODY and person is None:
            raise Refusal(
                f"“{number}”不是本班学员的编号。",
                f"“{number}” is no learner's number in this class.",
                "who",
            )
        for place in doubtful(drafted(row)):
            if drafted(row).entries[place].name == label.strip():
                settle(row, place, person)


def _told(row: OnlineImport, meeting: Meeting) -> dict[str, object]:
    read = drafted(row)
    return {
        "platform": platform_of(row.origin),
        "origin": row.origin,
        "digest": row.sha256,
        "class": meeting.study_class.name,
        "meeting": meeting.id,
        "starts_at": meeting.starts_at.astimezone(SHANGHAI).isoformat(),
        "recognised": len({one.person for one in read.entries if one.person is not None}),
        "doubtful": [read.entries[place].name for place in doubtful(read)],
        "left_out": read.left_out,
        "strangers": sum(not one.ours for one in read.entries),
        "unreadable": read.unreadable,
        "already": row.applied_at is not None,
    }


def _counts(applied: Applied | None) -> dict[str, object]:
    if applied is None:
        return {}
    return {
        "present": applied.present,
        "late": applied.late,
        "too_late": applied.too_late,
        "outside": applied.outside,
        "not_in_file": applied.absent,
        "new": applied.new,
    }


def _tell(told: dict[str, object], *, dry_run: bool) -> None:
    typer.echo(
        f"{told['platform']} {told['class']} {told['starts_at']}："
        f"认出 {told['recognised']} 人，不计主持人等 {told['left_out']} 个，"
        f"不是本班 {told['strangers']} 个，看不懂 {told['unreadable']} 行。 "
        f"{told['recognised']} recognised, {told['left_out']} hosts left out."
    )
    doubts = told["doubtful"]
    for label in doubts if isinstance(doubts, list) else ():
        typer.echo(f"待认 in doubt: {label}")
    if told["already"]:
        typer.echo(
            "这个文件已经导入过，没有新内容。 This file was imported before; nothing is new."
        )
    elif "present" in told:
        typer.echo(
            f"到 {told['present']}，迟 {told['late']}，过时才进 {told['too_late']}，"
            f"不在上课时间 {told['outside']}，文件里没有 {told['not_in_file']}。 "
            f"{told['present']} present, {told['late']} late, {told['not_in_file']} not there."
        )
        if dry_run:
            typer.echo("只检查，没有导入。 Checked only; nothing was imported.")
