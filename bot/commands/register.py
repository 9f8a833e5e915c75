"""`register`: the class register of hours, as a table, a workbook or for machines."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import AsJson, moment, opened, print_json, print_table
from bot.commands.writing import vacant
from bot.services.hours_of_class import class_hours
from bot.services.hours_rules import shown
from bot.services.inviting import class_called
from bot.services.register_parts import TRACKS
from bot.services.register_rows import Register, Row, as_json, register_of
from bot.services.register_sheet import COUNTED, STATUS_HEADS, write_register
from bot.settings import Settings

HEADS = (
    "编号 number",
    "姓名 name",
    "类别 track",
    *(f"{head} {status.value}" for head, status in zip(STATUS_HEADS, COUNTED, strict=True)),
    "分钟 minutes",
    "课次学时 hours",
    "手机自学 phone",
    "补录 made up",
    "计入 counted",
    "还差 left",
)


def register_command(
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")] = "",
    month: Annotated[str, typer.Option(metavar="2026-12", help="one month 某月")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.xlsx", help="workbook 表格")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="write over a file 覆盖")] = False,
    as_json_: AsJson = False,
) -> None:
    """Print or write the class register: who came, minutes, hours. 学时登记表."""
    if out:
        vacant(out, force=force)
    register = asyncio.run(_find(Settings(), class_, month))
    if out:
        write_register(out, register)
    if as_json_:
        print_json(as_json(register))
        return
    if out:
        held, people = len(register.meetings), len(register.rows)
        typer.echo(
            f"已写好 {out}：{people} 人，{held} 次课。 {people} learners, {held} meetings written."
        )
        return
    print_table(HEADS, [_line(row) for row in register.rows])


async def _find(settings: Settings, class_: str, month: str) -> Register:
    async with opened(settings) as database, database.read() as session:
        study_class = await class_called(session, class_)
        of_class = await class_hours(session, study_class, moment(settings))
        return await register_of(session, of_class, month)


def _line(row: Row) -> tuple[str, ...]:
    """Return what a table says of one learner."""
    person, total, left = row.hours.person, row.totals, row.hours.left
    return (
        person.number,
        person.name,
        TRACKS[row.hours.track],
        *(str(total.by_status[status]) for status in COUNTED),
        str(total.minutes),
        str(shown(total.hours)),
        str(shown(total.phone)),
        str(shown(total.makeup)),
        str(shown(total.counted)),
        "待核" if left is None else str(shown(left)),
    )
