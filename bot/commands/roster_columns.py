"""The columns of a roster on the command line: shown, confirmed, told, remembered."""

import sys

import typer

from bot.commands.common import opened, print_table
from bot.services.refusing import Refusal
from bot.services.roster_heads import FIELD_OF, TITLES, plain
from bot.services.roster_people import Matched, RosterReading
from bot.settings import Settings
from db.queries import rosters

COMMAND_LINE = 0  # the sender whose heads are remembered
HOW = {
    "name": "表头 by its head",
    "content": "内容，请核对 by its content: check it",
    "remembered": "上次说过 as said before",
    "told": "这次说明 as told",
    "": "",
}
HEADS = ("工作表 sheet", "列 column", "表头 head", "认作 taken for", "依据 by")


async def remembered_heads(settings: Settings) -> dict[str, str]:
    """Return what heads meant the last time; nothing where there is no database yet."""
    try:
        async with opened(settings) as database, database.read() as session:
            return await rosters.heads_of(session, COMMAND_LINE)
    except Refusal:
        return {}


def told_column(said: str) -> tuple[str, str]:
    """Read what a column is: D=姓名, D=name, or D= for a column to leave alone."""
    letter, equals, name = said.partition("=")
    letter, name = letter.strip().upper(), name.strip()
    field = name if name in TITLES else FIELD_OF.get(plain(name), "")
    if not equals or not letter.isascii() or not letter.isalpha() or (name and not field):
        raise Refusal(
            f"“{said}”要写成 列=内容，例如 D=身份证号。",
            f"“{said}” is to be COLUMN=FIELD, such as D=id_number.",
            "column",
        )
    return letter, field


def tell_columns(reading: RosterReading) -> None:
    """Show which column was taken for what."""
    rows = [(one.sheet, one.column, one.head, one.title, HOW[one.how]) for one in reading.columns]
    if rows and (sys.stdout.isatty() or reading.guessed):
        print_table(HEADS, rows)


def confirm(reading: RosterReading, *, yes: bool) -> None:
    """Have columns confirmed that only their content tells; nothing is taken on a guess."""
    if yes or not reading.guessed:
        return
    told = "、".join(f"{one.column}“{one.head}”→{one.title}" for one in reading.guessed)
    if sys.stdin.isatty():
        typer.confirm(f"这些列是看内容认的：{told}。对吗？ Are these columns right?", abort=True)
        return
    raise Refusal(
        f"有的列是看内容认的（{told}），请核对；没有认错就加 --yes，认错了用 --column 说明。",
        f"Some columns were told by their content ({told}); add --yes if that is right, "
        "or say what they are with --column.",
        "guessed",
    )


def explained(reading: RosterReading) -> dict[str, str]:
    """Return the heads that a person has explained or confirmed."""
    return {
        head: one.field for one in reading.columns if (head := plain(one.head)) and _confirmed(one)
    }


def _confirmed(one: Matched) -> bool:
    return bool(one.field) and one.how in {"content", "told"}
