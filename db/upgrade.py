"""Brings a database to the present schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from db.session import Database

SCRIPTS = Path(__file__).parent / "migrations"


def configured(connection: Connection) -> Config:
    """Return Alembic's settings for a connection; no file is needed."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Run every migration that the database has not seen."""
    async with database.engine.execution_options(writes=True).begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(configured(sync), "head"))
