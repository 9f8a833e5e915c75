"""`invite`: links and QR codes that let learners and staff in."""

import asyncio
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot.commands.common import AsJson, key_of, moment, opened, print_json, print_table
from bot.services.inviting import (
    OF_A_CLASS,
    Issuer,
    Link,
    class_called,
    draw,
    invite_learners,
    invite_staff,
)
from bot.services.refusing import Refusal
from bot.settings import Settings
from db.models import Role

PATIENCE = aiohttp.ClientTimeout(total=20)


def invite_command(
    *,
    role: Annotated[Role, typer.Option(help="what for 角色")],
    class_: Annotated[str, typer.Option("--class", help="班级")] = "",
    name: Annotated[str, typer.Option(help="of a member of staff 工作人员姓名")] = "",
    county: Annotated[str, typer.Option(help="for staff of no class 县名")] = "",
    username: Annotated[str, typer.Option(help="the bot's name, else asked 机器人用户名")] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="QR codes go here 二维码")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the links that let people in; with --out, draw them as QR codes. 邀请."""
    if role is not Role.LEARNER and not name:
        raise Refusal(
            "请用 --name 写明这位工作人员的姓名。", "Name the member of staff with --name.", "name"
        )
    settings = Settings()
    links = asyncio.run(_invite(settings, role, class_, name, county, username))
    if out is not None:
        draw(links, out)
    if as_json:
        print_json([link.as_json() for link in links])
    elif links:
        print_table(
            ("编号 number", "姓名 name", "链接 link"),
            [(link.number, link.name, link.url) for link in links],
        )
    else:
        typer.echo("这个班的学员都已在手机上。 Every learner of the class is on a phone.", err=True)


async def _invite(
    settings: Settings, role: Role, class_: str, name: str, county: str, username: str
) -> list[Link]:
    async with opened(settings) as database:
        username = username.lstrip("@") or settings.username.lstrip("@") or await ask(settings)
        issuer = Issuer(key_of(settings), username)
        async with database.begin() as session:
            now = moment(settings)
            study_class = await class_called(session, class_) if role in OF_A_CLASS else None
            if role is Role.LEARNER and study_class:
                return await invite_learners(session, study_class, issuer, now)
            return [await invite_staff(session, name, role, study_class, county, issuer, now)]


async def ask(settings: Settings) -> str:
    """Ask Telegram what the bot is called."""
    token = settings.token.get_secret_value()
    if not token:
        raise Refusal(
            "不知道机器人的用户名：请写 --username，或设置 MIAOKE_USERNAME 或 MIAOKE_TOKEN。",
            "The bot's name is not known: give --username, MIAOKE_USERNAME or MIAOKE_TOKEN.",
            "username",
        )
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as http,
            http.get(f"{settings.api_url}/bot{token}/getMe") as answer,
        ):
            said = await answer.json(content_type=None)
            return str(said["result"]["username"])
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
        # Its words would show the address, and the token in it; `from None` keeps them out.
        raise Refusal(
            "问不到机器人的用户名，请检查 MIAOKE_TOKEN 和网络，或写 --username。",
            "Telegram did not tell the bot's name; check MIAOKE_TOKEN, or give --username.",
            "username",
        ) from None
