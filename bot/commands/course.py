"""`course …`: look a course pack over, and print the schema of its files."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import AsJson, print_json
from bot.courses.checking import Report, check
from bot.courses.schema import written
from bot.courses.sheet import contact_sheet

app = typer.Typer(help="Course packs 课程包", no_args_is_help=True)


@app.command("check")
def check_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="课程包文件夹")],
    *,
    sheet: Annotated[
        Path | None, typer.Option(metavar="OUT.png", help="all cards on one picture 卡片总图")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a pack, and count what is in it; exit 1 if wrong. 检查课程包."""
    report = check(folder)
    # Cards that cannot be opened are told of, not drawn.
    drawn = sheet if report.sound else None
    if drawn and report.course:
        contact_sheet(report.course).save(drawn, "PNG", optimize=True)
    if as_json:
        print_json(report.as_json())
    else:
        _tell(report)
        if drawn:
            typer.echo(f"卡片总图 contact sheet: {drawn}")
    if not report.sound:
        raise typer.Exit(1)


@app.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of course.yaml and of a lesson. 输出格式说明."""
    typer.echo(written(), nl=False)


def _tell(report: Report) -> None:
    """Write the report as lines."""
    for problem in report.problems:
        typer.echo(str(problem))
    if report.course is None:
        return
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(report.steps.items()))
    typer.echo(f"课 lessons: {report.lessons}")
    typer.echo(f"步 steps: {report.steps.total()} ({kinds})")
    typer.echo(f"字 characters: {report.characters}; 词 words: {report.words}")
    _have("卡片 cards", report.cards, report.cards_missing)
    _have("录音 clips", report.clips, report.clips_missing)
    typer.echo(f"笔顺动画 stroke animations: {report.animations}")
    for label, names in (
        ("待画 to be drawn", [f"{n} ({', '.join(w)})" for n, w in report.to_be_drawn.items()]),
        ("待核 to be verified", report.to_verify),
        ("长句 long sentences", report.long),
    ):
        if names:
            typer.echo(f"{label}: {len(names)}: {'; '.join(names)}")
    typer.echo("课程包没有问题。 The pack is sound." if report.sound else "有问题。 Not sound.")


def _have(label: str, present: int, missing: list[str]) -> None:
    """Tell how many there are, and how many there are not yet."""
    typer.echo(f"{label}: {present}{f' ({len(missing)} 缺 missing)' if missing else ''}")
