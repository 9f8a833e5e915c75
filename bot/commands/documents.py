"""`document …`: papers of a class, listed and taken out; `keys rotate`: a new key for the safe."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import (
    KEY_BYTES,
    AsJson,
    key_of,
    moment,
    opened,
    print_json,
    print_table,
    progress,
)
from bot.documents.kinds import kind_of
from bot.language import MANDARIN
from bot.services import document_exporting, document_rotating
from bot.services.document_exporting import Listed
from bot.services.document_rotating import Rotated
from bot.services.inviting import class_called
from bot.services.refusing import Refusal
from bot.settings import Settings
from db.queries import ticks
from db.sealing import Key, load_key

documents = typer.Typer(help="Papers 证件材料")
keys = typer.Typer(help="The school's key 密钥")
Class = Annotated[str, typer.Option("--class", help="班级")]
MISSING = "missing"
STOPPED = timedelta(seconds=30)  # without a sign of the bot, which would go on with the old key
STATES = {"waiting": "待审", "approved": "已通过", MISSING: "缺"}


@documents.command("list")
def list_command(*, class_: Class, as_json: AsJson = False) -> None:
    """List which papers of a class are there and which are missing. 列出证件."""
    found = asyncio.run(_list(Settings(), class_))
    if as_json:
        print_json([vars(one) for one in found])
        return
    heads = ("编号 number", "项目 item", "证件 paper", "状态 state")
    print_table(heads, [_row(one) for one in found])


def _row(one: Listed) -> tuple[str, ...]:
    kind = kind_of(one.kind)
    return (
        one.number,
        one.item,
        kind.name(MANDARIN, one.page) if kind else one.kind,
        f"{STATES[one.state]} {one.state}",
    )


async def _list(settings: Settings, class_: str) -> list[Listed]:
    async with opened(settings) as database, database.read() as session:
        study_class = await class_called(session, class_)
        return await document_exporting.listing(session, study_class, moment(settings))


@documents.command("export")
def export_command(
    *,
    class_: Class,
    out: Annotated[Path, typer.Option(metavar="DIR", help="导出到")],
    by: Annotated[
        str, typer.Option(metavar="NUMBER", help="who exports, such as P000012 导出人编号")
    ],
    as_json: AsJson = False,
) -> None:
    """Write a class's approved papers, a folder a learner; each is recorded. 导出证件."""
    written, learners = asyncio.run(_export(Settings(), class_, out, by))
    if as_json:
        print_json({"learners": learners, "files": [str(path) for path in written]})
        return
    typer.echo(f"{learners} 人 {len(written)} 份证件 papers of {learners} learners: {out}")
    typer.echo("文件没有加密，用完请删除。 The files are not encrypted; delete them after use.")


async def _export(settings: Settings, class_: str, out: Path, by: str) -> tuple[list[Path], int]:
    key, now = key_of(settings), moment(settings)
    async with opened(settings) as database:
        async with database.begin() as session:
            study_class = await class_called(session, class_)
            person = await document_exporting.exporter(session, by, study_class, now)
            found = await document_exporting.record(session, study_class, person, now)
        written = await asyncio.to_thread(document_exporting.write, settings.data, key, out, found)
    return written, len(found)


@keys.command("rotate")
def rotate_command(*, as_json: AsJson = False) -> None:
    """Seal papers and ID numbers with MIAOKE_KEY instead of MIAOKE_OLD_KEY. 换密钥.

    Stop the bot first. Cut off, it goes on where it was when it is run again.
    """
    settings = Settings()
    old, new = _old_key(settings), _new_key(settings)
    if old.secret == new.secret:
        raise Refusal(
            "新旧密钥一样：请在 MIAOKE_KEY 里放新的密钥。",
            "Both keys are the same; put the new one into MIAOKE_KEY.",
            "same_key",
        )
    rotated = asyncio.run(_rotate(settings, old, new, quiet=as_json))
    if as_json:
        print_json(vars(rotated))
    else:
        typer.echo(
            f"已换 {rotated.documents} 份证件、{rotated.numbers} 个身份证号。 "
            f"{rotated.documents} papers and {rotated.numbers} ID numbers have the new key."
        )
        typer.echo(
            "旧密钥可以销毁；入班卡、邀请和签到表要重新打印。 "
            "Destroy the old key; print cards, invitations and sign-in sheets anew."
        )
    if rotated.strange:
        typer.echo(
            f"有 {rotated.strange} 份两个密钥都打不开，没有动。 "
            f"{rotated.strange} open with neither key; they were left alone.",
            err=True,
        )
        raise typer.Exit(1)


def _new_key(settings: Settings) -> Key:
    if not settings.key.get_secret_value():
        raise Refusal(
            "请用 MIAOKE_KEY 给出新的密钥（64 位十六进制数字）。",
            "Give the new key (64 hex digits) as MIAOKE_KEY.",
            "new_key",
        )
    return key_of(settings)


def _old_key(settings: Settings) -> Key:
    """Return the key so far: the one given, else that of the data folder."""
    given = settings.old_key.get_secret_value()
    try:
        there = given or (settings.data / "key").is_file()
        key = load_key(settings.data, given) if there else Key(b"")
    except ValueError:
        key = Key(b"")
    if len(key.secret) != KEY_BYTES:
        raise Refusal(
            "没有旧密钥，或不对：请用 MIAOKE_OLD_KEY 给出（64 位十六进制数字）。",
            "The old key is missing or not valid; give it (64 hex digits) as MIAOKE_OLD_KEY.",
            "old_key",
        )
    return key


async def _rotate(settings: Settings, old: Key, new: Key, *, quiet: bool) -> Rotated:
    async with opened(settings) as database:
        async with database.read() as session:
            beaten = max((await ticks.last(session)).values(), default=None)
        if beaten and moment(settings) - beaten < STOPPED:
            raise Refusal(
                "机器人还在运行（或刚停）：请先停下，过半分钟再换密钥。",
                "The bot runs, or ran just now; stop it and try again in half a minute.",
                "running",
            )
        with progress("换密钥 rotating", quiet=quiet) as moved:
            return await document_rotating.rotate(database, settings.data, old, new, moved)
