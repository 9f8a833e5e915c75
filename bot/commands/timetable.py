"""`timetable …`: 课程表 in, and a sample of one."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import AsJson, complain, day, moment, opened, print_json, today
from bot.commands.guarding import EXPECTED
from bot.commands.roster import MOST_SHOWN, vacant
from bot.services.inviting import class_called
from bot.services.timetable_file import TimetableReading, read_timetable
from bot.services.timetable_importing import Planned, plan_timetable
from bot.services.timetabling_samples import sample_timetable
from bot.settings import Settings

app = typer.Typer(help="Timetables 课程表")


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    class_: Annotated[str, typer.Option("--class", help="where the file names none 班级")] = "",
    as_json: AsJson = False,
) -> None:
    """Plan the meetings of a timetable, all or none. 导入课程表."""
    settings = Settings()
    reading = read_timetable(file, today(settings))
    planned = asyncio.run(_plan(settings, reading, class_))
    if as_json:
        print_json(planned.as_json())
    elif not planned.errors:
        typer.echo(
            f"新排 {planned.new} 次课，原有 {planned.unchanged} 次不变。 "
            f"{planned.new} meetings planned, {planned.unchanged} stood already."
        )
    if planned.errors:
        count = len(planned.errors)
        complain(f"没有导入：有 {count} 处要改。", f"Nothing was planned; wrong cells: {count}.")
        for error in planned.errors[:MOST_SHOWN]:
            complain(f"  {error.message_zh}", error.message_en)
        raise typer.Exit(EXPECTED)


async def _plan(settings: Settings, reading: TimetableReading, class_: str) -> Planned:
    if reading.errors and not reading.rows:
        return Planned(errors=tuple(reading.errors))
    async with opened(settings) as database, database.begin() as session:
        needed = class_ or not all(row.class_name for row in reading.rows)
        given = await class_called(session, class_) if needed else None
        return await plan_timetable(session, reading, given, moment(settings))


@app.command("sample")
def sample_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")] = "2026级中餐烹饪1班",
    teacher: Annotated[str, typer.Option(help="教师")] = "示例老师",
    week_of: Annotated[str, typer.Option(metavar="DATE", help="a day of the week 这一周")] = "",
    force: Annotated[bool, typer.Option("--force", help="write over a file 覆盖")] = False,
) -> None:
    """Write a timetable of three lessons for this week. 写一份示例课程表."""
    vacant(file, force=force)
    week = day(week_of) if week_of else today(Settings())
    sample_timetable(file, class_name=class_, teacher=teacher, week_of=week)
    typer.echo(f"已写好 {file}：3 次课。 3 meetings written.")
