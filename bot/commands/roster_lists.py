"""`roster …` beside the import: what was imported, undone, doubted, counted and exported."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.common import (
    AsJson,
    day,
    key_of,
    moment,
    opened,
    print_json,
    print_table,
    today,
)
from bot.commands.writing import vacant
from bot.language import SHANGHAI
from bot.services import roster_codes, staffing
from bot.services.inviting import class_called
from bot.services.roster_export import export_roster, told_of, write_reconciled
from bot.services.roster_figures import TITLES, Bounds, counted, figures
from bot.services.roster_merging import decide
from bot.services.roster_rules import rules
from bot.services.roster_undoing import Undone, undo
from bot.settings import Settings
from db.models import Person
from db.queries import rosters

IMPORTS = (
    "次 import", "时间 at", "名单 lists", "人数 people", "新增 new", "更新 changed", "撤销 undone"
)  # fmt: skip
MOST_LISTED = 200
MOST_DOUBTS = 500
Force = Annotated[bool, typer.Option("--force", help="write over a file 覆盖")]
CountyName = Annotated[str, typer.Option(help="the county's name 县名")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to those of the roster."""
    app.command("list")(list_command)
    app.command("undo")(undo_command)
    app.command("doubts")(doubts_command)
    app.command("merge")(merge_command)
    app.command("figures")(figures_command)
    app.command("export")(export_command)


def list_command(*, as_json: AsJson = False) -> None:
    """List what was imported, the latest first. 列出历次导入."""
    rows = asyncio.run(_imports(Settings()))
    if as_json:
        print_json(rows)
        return
    heads = (
        "次 import",
        "时间 at",
        "名单 lists",
        "人数 people",
        "新增 new",
        "更新 changed",
        "撤销 undone",
    )
    print_table(heads, [[str(value or "") for value in row.values()] for row in rows])


async def _imports(settings: Settings) -> list[dict[str, object]]:
    async with opened(settings) as database, database.read() as session:
        return [
            {
                "import": row.id,
                "at": f"{row.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
                "lists": row.kinds,
                "people": row.people,
                "new": row.new,
                "changed": row.changed,
                "undone": row.undone_at and f"{row.undone_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
            }
            for row in await rosters.imports(session, MOST_LISTED)
        ]


def undo_command(
    number: Annotated[int, typer.Argument(metavar="N", help="which import 第几次导入")],
    *,
    others: Annotated[
        bool, typer.Option("--others", help="of those without marks or work 只撤销没有记录的人")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a whole import back. 撤销一次导入."""
    done = asyncio.run(_undo(Settings(), number, others=others))
    if as_json:
        print_json(done.as_json())
        return
    typer.echo(
        f"已撤销第 {done.number} 次导入：去掉 {done.removed} 人，恢复 {done.restored} 人。 "
        f"Import {done.number} is undone: {done.removed} removed, {done.restored} restored."
    )
    for one in done.held:
        typer.echo(f"{one.number} {one.reason_zh}，没有动。 left alone: {one.reason_en}.")


async def _undo(settings: Settings, number: int, *, others: bool) -> Undone:
    async with opened(settings) as database, database.begin() as session:
        return await undo(session, number, moment(settings), others=others)


def doubts_command(*, as_json: AsJson = False) -> None:
    """List pairs that may be one person. 列出可能是同一人的."""
    rows = asyncio.run(_doubts(Settings()))
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo("没有待定的。 There is none.")
    heads = ("第几对 pair", "新来的 newer", "原有的 older")
    print_table(heads, [[str(value) for value in row.values()] for row in rows])


async def _doubts(settings: Settings) -> list[dict[str, object]]:
    async with opened(settings) as database, database.read() as session:
        return [
            {
                "pair": doubt.id,
                "newer": told_of(await session.get_one(Person, doubt.person_id)),
                "older": told_of(await session.get_one(Person, doubt.other_id)),
            }
            for doubt in await rosters.open_doubts(session, MOST_DOUBTS)
        ]


def merge_command(
    pair: Annotated[int, typer.Argument(metavar="PAIR", help="of roster doubts 第几对")],
    *,
    same: Annotated[bool, typer.Option("--same/--other", help="one person, or two 是否同一人")],
) -> None:
    """Say whether a pair is one person; one file goes on. 由人来定是不是同一人."""
    asyncio.run(_merge(Settings(), pair, same=same))
    typer.echo("已合并。 Merged." if same else "已记下：不是同一人。 Noted: two persons.")


async def _merge(settings: Settings, pair: int, *, same: bool) -> None:
    async with opened(settings) as database, database.begin() as session:
        await decide(session, pair, moment(settings), None, same=same)


def figures_command(
    *,
    on: Annotated[str, typer.Option(metavar="DATE", help="ages at this day 年龄截止日期")] = "",
    county: CountyName = "",
    out: Annotated[
        Path | None, typer.Option(help="the lists laid over each other 名单核对表")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Count the census, the visits, who is enrolled and registered. 县里的基础数据."""
    settings = Settings()
    bounds = Bounds(day(on) if on else today(settings), rules().youngest, rules().oldest)
    if out:
        vacant(out, force=force)
    found = asyncio.run(_figures(settings, county, bounds, out))
    if as_json:
        print_json(found)
        return
    names = dict(roster_codes.kinds())
    rows = [(title, str(found[key])) for key, title in TITLES.items()]
    rows += [(f"去向：{names[kind]}", str(n)) for kind, n in found["whereabouts"].items()]
    print_table(("项目 what", "人数 people"), rows)


async def _figures(
    settings: Settings, county: str, bounds: Bounds, out: Path | None
) -> dict[str, Any]:
    async with opened(settings) as database, database.begin() as session:
        county_id = (await staffing.settle_county(session, county)).id
        everybody = await counted(session, county_id, moment(settings))
        if out:
            write_reconciled(out, everybody, bounds)
        return figures(everybody, bounds)


def export_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx")],
    *,
    class_: Annotated[str, typer.Option("--class", help="one class only 只要一个班")] = "",
    county: CountyName = "",
    numbers: Annotated[
        bool, typer.Option("--id-numbers", help="whole ID numbers; noted 完整身份证号，会留记录")
    ] = False,
    force: Force = False,
) -> None:
    """Write who is enrolled. 导出花名册."""
    vacant(file, force=force)
    count = asyncio.run(_export(Settings(), file, class_, county, numbers=numbers))
    typer.echo(f"已写好 {file}：{count} 人。 {count} people written.")


async def _export(
    settings: Settings, file: Path, class_: str, county: str, *, numbers: bool
) -> int:
    async with opened(settings) as database, database.begin() as session:
        county_id = (await staffing.settle_county(session, county)).id
        study_class = await class_called(session, class_) if class_ else None
        return await export_roster(
            session,
            file,
            county_id,
            key_of(settings),
            moment(settings),
            study_class,
            numbers=numbers,
        )
