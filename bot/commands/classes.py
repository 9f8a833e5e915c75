"""`class settings`: how a class checks in, seen and changed."""

import asyncio
from typing import Annotated, Any

import typer

from bot.commands.common import AsJson, moment, opened, print_json, print_table
from bot.language import ENGLISH, MANDARIN
from bot.services.class_setting import NAMES, Changer, read, set_value, value_of
from bot.services.class_setting_screens import words_of
from bot.services.inviting import class_called
from bot.services.refusing import Refusal
from bot.settings import Settings

HEADS = ("设置 setting", "现在 value", "意思 meaning")

app = typer.Typer(help="Classes 班级")


@app.callback()
def classes() -> None:
    """See and change how a class works. 班级设置."""


@app.command("settings")
def settings_command(
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")] = "",
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="change one; again for more 改一项"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See or change how check-in works: windows, code, middle check, place. 签到设置.

    Minutes are numbers, late_until and leave_grace may be none, switches are on or off, and a place
    is latitude,longitude,metres or none.
    """
    wanted = [_split(one) for one in changes or ()]
    rows = asyncio.run(_settings(Settings(), class_, wanted))
    if as_json:
        print_json({name: value for name, value, _zh, _en in rows})
        return
    print_table(HEADS, [(name, _plain(value), f"{zh} {en}") for name, value, zh, en in rows])


def _split(change: str) -> tuple[str, object]:
    name, equals, value = change.partition("=")
    name = name.strip()
    if not equals:
        raise Refusal(
            f"“{change}”要写成 名称=值，例如 grace=15。",
            f"“{change}” is to be NAME=VALUE, such as grace=15.",
            "set",
        )
    return name, read(name, value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return ",".join(str(value[one]) for one in ("latitude", "longitude", "metres"))
    return "none" if value is None else str(value)


async def _settings(
    settings: Settings, class_: str, changes: list[tuple[str, object]]
) -> list[tuple[str, Any, str, str]]:
    async with opened(settings) as database, database.begin() as session:
        study_class = await class_called(session, class_)
        for name, value in changes:
            await set_value(session, study_class, name, value, Changer(), moment(settings))
        return [
            (
                name,
                value_of(study_class, name),
                words_of(study_class, name, MANDARIN),
                words_of(study_class, name, ENGLISH),
            )
            for name in NAMES
        ]
