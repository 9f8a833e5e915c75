"""`run`, `demo` and `rehearse`: the bot itself, for real and in play."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import AsJson, day, today
from bot.services.refusing import Refusal
from bot.settings import Settings

Port = Annotated[int, typer.Option(min=1, max=65535, help="of the page 网页端口")]


def run_command() -> None:
    """Run the bot, with settings from the environment or `.env`. 运行."""
    settings = Settings()
    if not settings.token.get_secret_value():
        raise Refusal(
            "没有设置 MIAOKE_TOKEN；先看看效果可运行 python -m bot demo。",
            "MIAOKE_TOKEN is not set; to look around first, run python -m bot demo.",
            "token",
        )
    from bot.app import serve  # noqa: PLC0415 - the other commands start without Telegram

    gc.freeze()  # what was imported stays; no collection need walk through it again
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        runner.run(serve(settings, typer.echo))


def fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the faster event loop where it is installed; None for the usual one."""
    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ImportError:
        return None
    return uvloop.new_event_loop


def demo_command(*, port: Port = 8080) -> None:
    """Open phones in the browser, with the bot and a sample class. 演示."""
    from bot.demo import demo  # noqa: PLC0415

    asyncio.run(demo(port, Settings().data))


def rehearse_command(
    *,
    learners: Annotated[int, typer.Option(min=1, max=50, help="in each class 每班人数")] = 50,
    classes: Annotated[int, typer.Option(min=1, max=100, help="班数")] = 1,
    days: Annotated[int, typer.Option(min=1, max=31, help="天数")] = 1,
    date: Annotated[str, typer.Option(metavar="DATE", help="the first day 第一天")] = "",
    out: Annotated[Path, typer.Option(metavar="DIR", help="导出到")] = Path("out"),
    seed: int = 1,
    as_json: AsJson = False,
) -> None:
    """Play whole teaching days on simulated phones; exit 1 if anything is missing. 排练."""
    from bot.rehearsal import Plan, rehearse  # noqa: PLC0415
    from bot.rehearsal.plan import UnusableFolderError  # noqa: PLC0415

    plan = Plan(
        learners=learners,
        classes=classes,
        days=days,
        date=day(date) if date else today(Settings()),
        out=out,
        seed=seed,
        json=as_json,
    )
    try:
        code = rehearse(plan)
    except UnusableFolderError as error:
        raise Refusal(
            f"{error} 不是排练留下的文件夹，没有动它；请换一个 --out。",
            f"{error} was not made by a rehearsal and is left alone; choose another --out.",
            "folder",
        ) from error
    raise typer.Exit(code)
