"""`selfcheck`: what an auditor would ask about."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.common import AsJson, moment, opened, print_json, print_table
from bot.services import flagging
from bot.services.flag_words import evidence, kind_word
from bot.services.inviting import class_called
from bot.settings import Settings
from db.models import Flag, FlagState
from db.queries import checks, flags

States = dict[str, dict[str, int]]


def selfcheck_command(
    *,
    class_: Annotated[
        str, typer.Option("--class", metavar="CLASS", help="only this class 只查一个班")
    ] = "",
    all_: Annotated[
        bool, typer.Option("--all", help="every class from the start 全部重查")
    ] = False,
    open_: Annotated[
        bool, typer.Option("--open", help="list what nobody has settled 列出未处理的")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find what an auditor would ask about: by default what is new since the last look. 自查."""
    new, counted, listed = asyncio.run(_run(Settings(), class_, everything=all_, listing=open_))
    if as_json:
        found: dict[str, object] = {"new": new, "counts": counted}
        print_json(found | ({"open": [row for _words, row in listed]} if open_ else {}))
        return
    typer.echo(f"新发现 new: {new}")
    print_table(
        ("自查项 check", *(f"{word} {state}" for state, word in STATE_WORDS.items())),
        [
            (name, *(str(states.get(str(state), 0)) for state in STATE_WORDS))
            for name, states in counted.items()
        ],
    )
    for words, _row in listed:
        typer.echo(words)


STATE_WORDS = {
    FlagState.OPEN: "未处理",
    FlagState.TRUE: "属实",
    FlagState.FALSE: "误报",
    FlagState.SUPPLEMENTED: "补材料",
}


async def _run(
    settings: Settings, name: str, *, everything: bool, listing: bool
) -> tuple[int, States, list[tuple[str, dict[str, object]]]]:
    now = moment(settings)
    async with opened(settings) as database:
        classes: list[int] | None = None
        if name:
            async with database.read() as session:
                classes = [(await class_called(session, name)).id]
        if everything or classes is not None:
            # Looking takes long where there is much; whoever writes meanwhile need not wait.
            async with database.read() as session:
                found = await flagging.look(session, classes, now)
            async with database.begin() as session:
                new = await flagging.keep(session, found, now)
        else:
            new = 0
            async with database.read() as session:
                rounds = len(await checks.class_ids(session))
            for _round in range(rounds):
                async with database.begin() as session:
                    new += await flagging.find_due(session, now)
        async with database.read() as session:
            counted = await flagging.tally(session, classes)
            listed = await _listed(session, classes, now) if listing else []
    return new, counted, listed


async def _listed(
    session: AsyncSession, classes: list[int] | None, now: datetime
) -> list[tuple[str, dict[str, object]]]:
    seen = await checks.class_ids(session) if classes is None else classes
    return [
        (await _words(session, flag, now), _row(flag))
        for flag in await flags.waiting(session, seen)
    ]


async def _words(session: AsyncSession, flag: Flag, now: datetime) -> str:
    """Write a flag as a line; soft ones carry a question mark."""
    number = f"{flag.id}{'?' if flag.soft else ''}"
    return f"{number} {kind_word(flag)}：{await evidence(session, flag, now)}"


def _row(flag: Flag) -> dict[str, object]:
    """Shape a flag for `--json`: numbers only, no names."""
    return {
        "id": flag.id,
        "kind": str(flag.kind),
        "soft": flag.soft,
        "class": flag.study_class_id,
        "found_at": flag.found_at.isoformat(),
        "detail": flag.detail,
    }
