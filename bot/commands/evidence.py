"""`dossier …` and `ledger …`: evidence out, and whether it holds."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import AsJson, moment, opened, print_json, progress
from bot.evidence.bundle import ClassExport, export_class
from bot.evidence.problems import Problem
from bot.evidence.verification import compare, verify
from bot.language import ENGLISH, MANDARIN
from bot.services import root_files, rooting
from bot.services.inviting import class_called
from bot.services.teaching import course
from bot.settings import Settings
from db import ledger

dossiers = typer.Typer(help="Evidence files 一员一档")
ledgers = typer.Typer(help="The ledger 台账")


@dossiers.command("export")
def export_command(
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="导出到")],
    as_json: AsJson = False,
) -> None:
    """Write a class's dossiers, sign-in sheet and sealed archive. 导出档案."""
    made = asyncio.run(_export(Settings(), class_, out, quiet=as_json))
    if as_json:
        print_json(
            {
                "archive": str(made.archive),
                "signin": str(made.signin),
                "dossiers": [str(path) for path in made.dossiers],
                "seal": made.seal,
                "missing": list(made.missing),
            }
        )
        return
    typer.echo(f"{len(made.dossiers)} 份档案 dossiers: {out / 'dossiers'}")
    typer.echo(f"签到表 sign-in sheet: {made.signin}")
    typer.echo(f"档案包 archive: {made.archive}")
    typer.echo(f"封印 seal: {made.seal}")
    if made.missing:
        typer.echo(f"缺 {len(made.missing)} 个文件。 {len(made.missing)} files are missing.")


async def _export(settings: Settings, class_: str, out: Path, *, quiet: bool) -> ClassExport:
    titles = {lesson.key: lesson.title for lesson in course().lessons}
    async with opened(settings) as database, database.read() as session:
        study_class = await class_called(session, class_)
        with progress("写档案 writing", quiet=quiet) as moved:
            return await export_class(
                session,
                study_class.id,
                out,
                moment(settings),
                data=settings.data,
                titles=titles,
                progress=moved,
            )


@dossiers.command("verify")
def verify_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip")],
    *,
    against: Annotated[
        bool, typer.Option("--database", help="compare with the database too 同时与数据库核对")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether an archive is as it was written; exit 1 if not. 核验档案包."""
    problems = verify(file)
    if against and not problems:
        problems = asyncio.run(_compare(Settings(), file))
    if as_json:
        print_json(
            {
                "sound": not problems,
                "problems": [{"where": one.where, "what": one.what} for one in problems],
            }
        )
    elif problems:
        for problem in problems:
            typer.echo(f"{problem.say(MANDARIN)} · {problem.say(ENGLISH)}")
    else:
        typer.echo("档案包完好，没有改动。 The archive is sound: nothing was changed.")
    if problems:
        raise typer.Exit(1)


async def _compare(settings: Settings, file: Path) -> list[Problem]:
    async with opened(settings) as database, database.read() as session:
        return await compare(file, session)


@ledgers.command("verify")
def ledger_command(*, as_json: AsJson = False) -> None:
    """Check every chain of the ledger and every kept root; exit 1 if one is wrong. 核验台账."""
    faults, wrong, days = asyncio.run(_faults(Settings()))
    if as_json:
        print_json(
            {
                "sound": not (faults or wrong),
                "roots": days,
                "wrong_roots": [{"day": one.day, "what": one.what} for one in wrong],
                "faults": [
                    {"person": fault.person_id, "line": fault.seq, "what": fault.what}
                    for fault in faults
                ],
            }
        )
    elif faults or wrong:
        for fault in faults:
            typer.echo(
                f"人员 {fault.person_id} 台账第 {fault.seq} 行不符。 "
                f"Person {fault.person_id}, line {fault.seq}: {fault.what}."
            )
        for one in wrong:
            typer.echo(f"{one.day} 的台账根不符。 The root of {one.day}: {one.what}.")
    else:
        typer.echo("台账完好，没有改动。 The ledger is sound: nothing was changed.")
        typer.echo(f"每日根 {days} 个，都对得上。 {days} daily roots, all of them fit.")
    if faults or wrong:
        raise typer.Exit(1)


async def _faults(settings: Settings) -> tuple[list[ledger.Fault], list[rooting.RootFault], int]:
    async with opened(settings) as database, database.read() as session:
        faults = [fault async for fault in ledger.verify(session)]
        wrong = [fault async for fault in rooting.check(session, settings.data)]
        return faults, wrong, len(root_files.lines(settings.data))
