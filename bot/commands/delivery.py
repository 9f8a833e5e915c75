"""`delivery`: what became of what a class was told."""

import asyncio
from typing import Annotated

import typer

from bot.commands.common import AsJson, moment, opened, print_json, print_table
from bot.services.delivery_report import (
    FAILED,
    SENT,
    SKIPPED,
    WAITING,
    ClassDelivery,
    of_class,
    reasons_of,
    why_unreached,
)
from bot.services.inviting import class_called
from bot.settings import Settings


def delivery_command(
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")] = "",
    as_json: AsJson = False,
) -> None:
    """Print what was sent, waits, was skipped or failed, and whom to call. 发送情况."""
    settings = Settings()
    name, found = asyncio.run(_find(settings, class_))
    if as_json:
        print_json(
            {
                "class": name,
                "reports": [report.as_json() for report in found.reports],
                "unreached": [
                    {
                        "name": one.name,
                        "phone": one.phone,
                        "linked": one.linked,
                        "reason": why_unreached(one),
                    }
                    for one in found.unreached
                ],
            }
        )
        return
    fates = (SENT, WAITING, SKIPPED, FAILED)
    print_table(
        (name, "已发 sent", "待发 waiting", "跳过 skipped", "失败 failed"),
        [(report.title, *(str(report.count(fate)) for fate in fates)) for report in found.reports],
    )
    for fate, title in ((FAILED, "失败 failed"), (SKIPPED, "跳过 skipped")):
        for reason, count in reasons_of(found.reports[1:], fate):
            typer.echo(f"{title}：{reason} {count}")
    for one in found.unreached:
        english = "takes no messages" if one.linked else "not linked"
        words = f"{one.name} {one.phone or '—'}（{why_unreached(one)} {english}）"
        typer.echo(f"请打电话 call: {words}")


async def _find(settings: Settings, class_: str) -> tuple[str, ClassDelivery]:
    async with opened(settings) as database, database.read() as session:
        study_class = await class_called(session, class_)
        return study_class.name, await of_class(session, study_class, moment(settings))
