"""`roster …`: 花名册 in, and a sample of one."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

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
from bot.services.refusing import Refusal
from bot.services.roster_file import read_roster
from bot.services.roster_fit import check_fit
from bot.services.roster_people import RosterReading
from bot.services.roster_report import write_error_report
from bot.services.rostering import ImportResult, file_digest, import_people
from bot.services.samples import MOST_LEARNERS, sample_roster
from bot.settings import Settings

MOST_SHOWN = 20
app = typer.Typer(help="Rosters 花名册")
Day = Annotated[str, typer.Option(metavar="DATE", help="ages are counted at this day 年龄截止日期")]


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check only 只检查")] = False,
    county: Annotated[str, typer.Option(help="the county's name 县名")] = "",
    on: Day = "",
    as_json: AsJson = False,
    errors: Annotated[
        Path | None, typer.Option(help="where to write the marked copy 错误表的位置")
    ] = None,
) -> None:
    """Import a roster whole, or say what is wrong with it. 导入花名册."""
    settings = Settings()
    reading = fitted(read_roster(file, on=day(on) if on else today(settings)))
    result = None
    if reading.sound and not dry_run:
        result = asyncio.run(_import(settings, file, reading, county, quiet=as_json))
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
        check_fit(reading.people)
    except Refusal as refusal:
        return replace(
            reading,
            refused=refusal.code,
            refusal_zh=refusal.chinese,
            refusal_en=refusal.english,
        )
    return reading


async def _import(
    settings: Settings, file: Path, reading: RosterReading, county: str, *, quiet: bool
) -> ImportResult:
    async with opened(settings) as database:
        with progress("导入 importing", quiet=quiet) as moved:
            async with database.begin() as session:
                return await import_people(
                    session,
                    reading,
                    file_digest(file),
                    key_of(settings),
                    county,
                    moment(settings),
                    moved,
                )


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


def vacant(file: Path, *, force: bool) -> None:
    """Refuse to write over a file, unless that is wanted."""
    if file.exists() and not force:
        raise Refusal(
            f"{file} 已经有了，没有覆盖；要覆盖请加 --force。",
            f"{file} is there already; add --force to write over it.",
            "exists",
        )
    file.parent.mkdir(parents=True, exist_ok=True)
