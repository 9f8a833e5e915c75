"""`timetable …`: 课程表 in and out, a sample, and the days on which people may not come."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot import almanac
from bot.commands.common import (
    AsJson,
    complain,
    day,
    moment,
    opened,
    print_json,
    print_table,
    today,
)
from bot.commands.guarding import EXPECTED
from bot.commands.roster import MOST_SHOWN
from bot.commands.writing import vacant
from bot.language import ENGLISH, MANDARIN
from bot.services.inviting import class_called
from bot.services.posting_timetable import write
from bot.services.refusing import Refusal
from bot.services.special_days import tell, use_almanac
from bot.services.timetable_cautions import Caution
from bot.services.timetable_file import TimetableReading, read_timetable
from bot.services.timetable_importing import Planned, plan_timetable
from bot.services.timetable_posts import draw
from bot.services.timetable_values import WEEKDAYS
from bot.services.timetable_weeks import planned, week_of
from bot.services.timetabling_samples import sample_grid, sample_timetable
from bot.settings import Settings

MONTH = timedelta(days=30)
LONGEST = timedelta(days=800)
MOST_WEEKS = 30

app = typer.Typer(help="Timetables 课程表")
From = Annotated[str, typer.Option("--from", metavar="DATE", help="first day 从哪天")]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help="last day 到哪天")]


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    class_: Annotated[str, typer.Option("--class", help="where the file names none 班级")] = "",
    first: From = "",
    last: Until = "",
    as_json: AsJson = False,
) -> None:
    """Plan the meetings of a timetable, a list or a grid, all or none. 导入课程表."""
    settings = Settings()
    use_almanac(settings.data)
    reading = read_timetable(file, today(settings), _span(first, last))
    planned = asyncio.run(_plan(settings, reading, class_))
    if as_json:
        print_json(planned.as_json())
    elif not planned.errors:
        typer.echo(
            f"新排 {planned.new} 次课，原有 {planned.unchanged} 次不变。 "
            f"{planned.new} meetings planned, {planned.unchanged} stood already."
        )
        _caution(planned.warnings)
    if planned.errors:
        count = len(planned.errors)
        complain(f"没有导入：有 {count} 处要改。", f"Nothing was planned; wrong cells: {count}.")
        for error in planned.errors[:MOST_SHOWN]:
            complain(f"  {error.message_zh}", error.message_en)
        raise typer.Exit(EXPECTED)


def _span(first: str, last: str) -> tuple[date, date] | None:
    if not first and not last:
        return None
    if not (first and last) or day(first) > day(last):
        raise Refusal(
            "--from 和 --until 要一起写，而且先后不能颠倒。",
            "--from and --until go together, the earlier day first.",
            "span",
        )
    return day(first), day(last)


def _caution(warnings: tuple[Caution, ...]) -> None:
    """Say what speaks against the meetings; they are planned all the same."""
    if not warnings:
        return
    count = len(warnings)
    complain(f"已排好，另有 {count} 处请留意：", f"Planned; please mind {count} things:")
    for warning in warnings[:MOST_SHOWN]:
        complain(f"  {warning.told(MANDARIN)}", warning.told(ENGLISH))
    if count > MOST_SHOWN:
        complain(f"  还有 {count - MOST_SHOWN} 处。", f"And {count - MOST_SHOWN} more.")


async def _plan(settings: Settings, reading: TimetableReading, class_: str) -> Planned:
    if reading.errors and not reading.rows:
        return Planned(errors=tuple(reading.errors))
    async with opened(settings) as database, database.begin() as session:
        needed = class_ or not all(row.class_name for row in reading.rows)
        given = await class_called(session, class_) if needed else None
        return await plan_timetable(session, reading, given, moment(settings))


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")],
    first: From = "",
    weeks: Annotated[int, typer.Option(min=1, max=MOST_WEEKS, help="a page a week 几周")] = 2,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="for the group, no names 群里用的图")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="write over a file 覆盖")] = False,
) -> None:
    """Write the timetable of a class to hang on the wall. 导出课程表，可打印."""
    settings = Settings()
    use_almanac(settings.data)
    for one in (file, picture):
        if one:
            vacant(one, force=force)
    begins = day(first) if first else today(settings)
    count, drawn = asyncio.run(_export(settings, class_, begins, weeks, file))
    if picture:
        picture.write_bytes((settings.data / drawn).read_bytes())
    typer.echo(f"已写好 {file}：{count} 次课。 {count} meetings written.")


async def _export(
    settings: Settings, class_: str, first: date, weeks: int, file: Path
) -> tuple[int, str]:
    """Write the sheet and draw the picture; return how many meetings, and the picture's name."""
    week = week_of(first)
    async with opened(settings) as database, database.read() as session:
        study_class = await class_called(session, class_)
        count = await write(session, study_class, week, weeks, file)
        held = await planned(session, study_class, week, weeks)
        return count, draw(study_class, week, held, settings.data, weeks)


@app.command("calendar")
def calendar_command(
    *,
    township: Annotated[str, typer.Option(help="township 乡镇")] = "",
    first: From = "",
    last: Until = "",
    as_json: AsJson = False,
) -> None:
    """Show market days, feasts, holidays and farm seasons. 赶场、节日、放假和农忙的日子."""
    settings = Settings()
    use_almanac(settings.data)
    begins = day(first) if first else today(settings)
    ends = day(last) if last else begins + MONTH
    if not begins <= ends <= begins + LONGEST:
        raise Refusal(
            "--until 要在 --from 以后，最多两年。",
            "--until lies after --from, two years at most.",
            "span",
        )
    listed = [
        (one, notice)
        for one, notices in almanac.notices_between(begins, ends, township)
        for notice in notices
        if notice.kind is not almanac.Kind.UNKNOWN  # said once below
    ]
    if as_json:
        print_json(
            {
                "township": township,
                "from": begins.isoformat(),
                "until": ends.isoformat(),
                "days": [
                    {
                        "day": one.isoformat(),
                        "kind": notice.kind,
                        "name": notice.name,
                        "verify": notice.verify,
                        "source": notice.source,
                    }
                    for one, notice in listed
                ],
                "market_days_missing": almanac.gaps(township),
                "holidays_known_until": almanac.holidays_known_until(),
            }
        )
        return
    print_table(
        ("日期 day", "事情 what", "英文 in English"),
        [
            (f"{one} 星期{WEEKDAYS[one.weekday()]}", tell(notice, MANDARIN), tell(notice, ENGLISH))
            for one, notice in listed
        ],
    )
    for year in range(max(begins.year, almanac.holidays_known_until() + 1), ends.year + 1):
        complain(
            f"{year} 年的放假安排，程序里还没有。",
            f"The public holidays of {year} are not known yet.",
        )
    for name in almanac.gaps(township):
        complain(f"{name}的赶场日还没有填。", f"The market days of {name} are not filled in.")


@app.command("almanac")
def almanac_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml")],
    *,
    force: Annotated[bool, typer.Option("--force", help="write over a file 覆盖")] = False,
) -> None:
    """Write the rules of market days and feasts, to correct. 写一份赶场和节日规则."""
    vacant(file, force=force)
    file.write_bytes(almanac.SHIPPED.read_bytes())
    own = Settings().data / almanac.OWN
    typer.echo(f"已写好 {file}；改好后放到 {own}。 Correct it, then put it at {own}.")


@app.command("sample")
def sample_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")] = "2026级中餐烹饪1班",
    teacher: Annotated[str, typer.Option(help="教师")] = "示例老师",
    week_of: Annotated[str, typer.Option(metavar="DATE", help="a day of the week 这一周")] = "",
    grid: Annotated[bool, typer.Option("--grid", help="days down, periods across 表格")] = False,
    force: Annotated[bool, typer.Option("--force", help="write over a file 覆盖")] = False,
) -> None:
    """Write a timetable of three lessons for this week. 写一份示例课程表."""
    vacant(file, force=force)
    week = day(week_of) if week_of else today(Settings())
    sample = sample_grid if grid else sample_timetable
    sample(file, class_name=class_, teacher=teacher, week_of=week)
    typer.echo(f"已写好 {file}：3 次课。 3 meetings written.")
