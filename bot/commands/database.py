"""`db …`: the database itself."""

import asyncio

import typer

from bot.commands.common import AsJson, print_json
from bot.settings import Settings
from db.session import connect
from db.upgrade import upgrade

app = typer.Typer(help="Database 数据库")


@app.command("upgrade")
def upgrade_command(*, as_json: AsJson = False) -> None:
    """Make the database, or bring it to the present schema. 建库或升级."""
    asyncio.run(_upgrade(Settings()))
    if as_json:
        print_json({"upgraded": True})
    else:
        typer.echo("数据库已是最新。 The database is up to date.")


async def _upgrade(settings: Settings) -> None:
    database = connect(settings.database)
    try:
        await upgrade(database)
    finally:
        await database.close()
