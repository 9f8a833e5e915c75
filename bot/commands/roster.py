"""`roster …`: 花名册 in, and a sample of one."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands import roster_lists
from bot.commands.common import (
    AsJson,
    complain,
    day,
    key_of,
    moment,
    opened,
    print_json,
    progress,
    today,
)
from bot.commands.guarding import EXPECTED
from bot.commands.roster_columns import (
    COMMAND_LINE,
    confirm,
    explained,
    remembered_heads,
    tell_columns,
    told_column,
)
from bot.commands.writing import vacant
from bot.services.refusing import Refusal
from bot.services.roster_entries import check_entries, listed
from bot.services.roster_export import write_outcome
from bot.services.roster_file import read_roster
from bot.services.roster_fit import check_fit
from bot.services.roster_matching import Given
from bot.services.roster_people import ListKind, RosterReading
from bot.services.roster_report import write_error_report
from bot.services.rostering import ImportResult, file_digest, import_people
from bot.services.samples import MOST_LEARNERS, sample_roster
from bot.settings import Settings
from db.models import RosterImport
from db.queries import rosters

MOST_SHOWN = 20
app = typer.Typer(help="Rosters 花名册")
roster_lists.add_to(app)
Day = Annotated[str, typer.Option(metavar="DATE", help="ages are counted at this day 年龄截止日期")]


@app.command("import")
def import_command(  # noqa: PLR0913 - as many as there are options
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check only 只检查")] = False,
    county: Annotated[str, typer.Option(help="the county's name 县名")] = "",
    on: Day = "",
    as_json: AsJson = False,
    errors: Annotated[
        Path | None, typer.Option(help="where to write the marked copy 错误表的位置")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="where to write what was done 导入报告的位置")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="LETTER=FIELD", help="what a column is 说明某一列"),
    ] = None,
    kind: Annotated[
        ListKind | None, typer.Option("--list", help="which list it is 花名册、七普或摸排")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="the columns are right 列没有认错")] = False,
) -> None:
    """Import a roster whole, or say what is wrong with it. 导入花名册、七普名单或摸排表."""
    settings = Settings()
    told = dict(told_column(one) for one in columns or ())
    remembered = asyncio.run(remembered_heads(settings))
    given = Given(remembered, told, kind)
    counted_on = day(on) if on else today(settings)
    reading = fitted(read_roster(file, on=counted_on, given=given))
    if not as_json:
        tell_columns(reading)
    if reading.sound and not dry_run:
        confirm(reading, yes=yes)
    result = None
    if reading.sound and not dry_run:
        target = report or file.with_name(f"{file.stem}-报告.xlsx")
        result = asyncio.run(_import(settings, file, reading, county, target, quiet=as_json))
    if as_json:
        print_json(reading.as_json() | (result.as_json() if result else {}))
    else:
        _tell(reading, result)
    if reading.sound:
        return
    _complain(reading)
    if reading.errors and (errors or not dry_run):
        target = errors or file.with_name(f"{file.stem}-错误.xlsx")
        write_error_report(file, reading, target)
        complain(f"错处已标红：{target}。", f"The cells are marked in {target}.")
    raise typer.Exit(EXPECTED)


def fitted(reading: RosterReading) -> RosterReading:
    """Refuse a reading that is sound in itself but that the base could not hold."""
    if not reading.sound:
        return reading
    try:
        learners, counted = listed(reading.people)
        check_fit(learners)
        check_entries(counted)
    except Refusal as refusal:
        return reading.refusing(refusal.code, refusal.chinese, refusal.english)
    return reading


async def _import(
    settings: Settings,
    file: Path,
    reading: RosterReading,
    county: str,
    report: Path,
    *,
    quiet: bool,
) -> ImportResult:
    async with opened(settings) as database:
        with progress("导入 importing", quiet=quiet) as moved:
            async with database.begin() as session:
                result = await import_people(
                    session,
                    reading,
                    file_digest(file),
                    key_of(settings),
                    county,
                    moment(settings),
                    moved,
                )
                await rosters.remember(session, COMMAND_LINE, explained(reading))
        if result.number:
            async with database.read() as session:
                row = await session.get_one(RosterImport, result.number)
                await write_outcome(session, report, row)
    return result


def _tell(reading: RosterReading, result: ImportResult | None) -> None:
    for first, second in reading.duplicates:
        typer.echo(f"可能是同一人 perhaps the same person: {first}  {second}")
    if not reading.sound:
        return
    if result is None:
        count = len(reading.people)
        typer.echo(
            f"名单没有错误，共 {count} 人；没有导入。 No errors, {count} people; not imported."
        )
        return
    typer.echo(
        f"新增 {result.new} 人，更新 {result.changed} 人，无变化 {result.unchanged} 人。 "
        f"{result.new} new, {result.changed} changed, {result.unchanged} as before."
    )
    if result.number:
        typer.echo(
            f"第 {result.number} 次导入；要撤销：python -m bot roster undo {result.number}。 "
            f"Import {result.number}; roster undo {result.number} takes it back."
        )
    if result.listed:
        typer.echo(f"名单录入 {result.listed} 行。 {result.listed} lines of the base lists kept.")
    if result.doubts:
        typer.echo(
            f"有 {result.doubts} 对可能是同一人，请用 roster doubts 查看，由人来定。 "
            f"{result.doubts} pairs may be one person; see roster doubts."
        )
    for name in result.classes:
        typer.echo(f"新建班级 new class: {name}")
    if result.without_class:
        typer.echo(
            f"{result.without_class} 人没有填班级，没有进班。 "
            f"{result.without_class} people name no class and are in none."
        )


def _complain(reading: RosterReading) -> None:
    if reading.refused:
        complain(reading.refusal_zh, reading.refusal_en)
        return
    count = len(reading.errors)
    complain(f"没有导入：有 {count} 处要改。", f"Nothing was imported; wrong cells: {count}.")
    for error in reading.errors[:MOST_SHOWN]:
        complain(f"  {error.message_zh}", error.message_en)
    if count > MOST_SHOWN:
        complain(f"  还有 {count - MOST_SHOWN} 处。", f"And {count - MOST_SHOWN} more.")


@app.command("sample")
def sample_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    learners: Annotated[int, typer.Option(min=1, max=MOST_LEARNERS)] = 50,
    seed: int = 1,
    on: Day = "",
    force: Annotated[bool, typer.Option("--force", help="write over a file 覆盖")] = False,
) -> None:
    """Write a roster of plainly fictional learners. 写一份虚构的示例花名册."""
    vacant(file, force=force)
    sample_roster(file, learners=learners, seed=seed, on=day(on) if on else today(Settings()))
    typer.echo(f"已写好 {file}：{learners} 名虚构学员。 {learners} fictional learners written.")
