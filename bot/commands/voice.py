"""`voice …`: what has been recorded, packs of voices out and in, what readers said of Miao."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import AsJson, moment, opened, print_json, print_table
from bot.language import MIAO
from bot.services.refusing import Refusal
from bot.services.reviewing import Decision, catalog_file, decisions, write_back
from bot.services.voice_coverage import MACHINE, MISSING, PERSON, Coverage, coverage
from bot.services.voice_packs import Imported, Index, Sound, export_pack, import_pack, read_pack
from bot.settings import Settings
from db.queries import booth

app = typer.Typer(help="Voices 语音")
Language = Annotated[str, typer.Option("--language", metavar="CODE", help="语言代码，如 hea")]


@app.command("status")
def status_command(*, language: Language = "", as_json: AsJson = False) -> None:
    """Count what is recorded, by language and by the learner's path. 录音进度."""
    counted = asyncio.run(_coverage(Settings(), language or None))
    if as_json:
        print_json({"languages": {one.language: one.as_json() for one in counted}})
        return
    heads = ("语言 language", "环节 path", "人声 person", "机器 machine", "缺 missing")
    print_table(heads, [row for one in counted for row in _rows(one)])
    for one in counted:
        typer.echo(
            f"{one.language}: 等第二个人听 {one.waiting} 条，本人收回 {one.withdrawn} 条。 "
            f"{one.waiting} recordings wait for a second speaker, "
            f"{one.withdrawn} were taken back by their speakers."
        )


def _rows(one: Coverage) -> list[tuple[str, ...]]:
    parts = (PERSON, MACHINE, MISSING)
    rows = [
        (one.language, path, *(str(counted[part]) for part in parts))
        for path, counted in one.paths.items()
    ]
    return [*rows, (one.language, "合计 all", *(str(one.all(part)) for part in parts))]


async def _coverage(settings: Settings, language: str | None) -> list[Coverage]:
    async with opened(settings) as database, database.read() as session:
        return await coverage(session, language)


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip")],
    *,
    language: Language = MIAO,
    as_json: AsJson = False,
) -> None:
    """Write a pack for volunteers: every sentence, and the clips there are. 导出语音包."""
    held = asyncio.run(_export(Settings(), file, language))
    if as_json:
        print_json({"file": str(file), "language": language, "clips": held})
    else:
        typer.echo(f"已导出 {held} 条录音：{file}。 {held} clips were written.")


async def _export(settings: Settings, file: Path, language: str) -> int:
    async with opened(settings) as database, database.read() as session:
        return await export_pack(session, file, language, settings.data)


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip")],
    *,
    speaker: Annotated[
        str, typer.Option(metavar="NUMBER", help="who spoke, such as P000012 录音人编号")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Bring a pack in, whole or not at all; its clips wait for approval. 导入语音包."""
    index, sounds = read_pack(file)
    made = asyncio.run(_import(Settings(), index, sounds, speaker))
    if as_json:
        print_json(
            {
                "language": made.language,
                "new": made.new,
                "known": made.known,
                "missing": made.missing,
            }
        )
        return
    typer.echo(
        f"新收 {made.new} 条录音，等第二个人听；原有 {made.known} 条。 "
        f"{made.new} clips came in and wait for a second speaker; {made.known} were known."
    )


async def _import(settings: Settings, index: Index, sounds: list[Sound], speaker: str) -> Imported:
    async with opened(settings) as database, database.begin() as session:
        person = await booth.person_numbered(session, speaker) if speaker else None
        if speaker and person is None:
            raise Refusal(
                f"没有编号“{speaker}”的人。", f"Nobody has the number {speaker}.", "person"
            )
        return await import_pack(session, index, sounds, person, settings.data, moment(settings))


@app.command("reviews")
def reviews_command(
    *,
    write: Annotated[
        bool, typer.Option("--write", help="write them into the catalog 写回苗文目录")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what readers said of written Miao; with --write, put it into the catalog. 苗文审读."""
    decided = asyncio.run(_decisions(Settings()))
    changed = write_back(catalog_file(MIAO), decided) if write else 0
    if as_json:
        print_json(
            {
                "reviews": [
                    {
                        "msgid": msgid,
                        "state": one.state.value,
                        "text": one.text,
                        "reviewer": one.reviewer,
                        "at": one.at.isoformat(),
                    }
                    for msgid, one in decided.items()
                ],
                "written": changed,
            }
        )
        return
    heads = ("句子 sentence", "意见 decision", "苗文 Miao", "审读人 reviewer")
    rows = [(msgid, one.state.value, one.text, one.reviewer) for msgid, one in decided.items()]
    print_table(heads, rows)
    typer.echo(f"写回 {changed} 句。 {changed} sentences were written to the catalog.")


async def _decisions(settings: Settings) -> dict[str, Decision]:
    async with opened(settings) as database, database.read() as session:
        return await decisions(session)
