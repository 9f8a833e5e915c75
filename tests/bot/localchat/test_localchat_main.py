import asyncio
import os
import struct
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from bot.localchat.__main__ import read_clock

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture
def clock_file(tmp_path):
    file = tmp_path / "clock"
    file.write_bytes(struct.pack("<d", NOON.timestamp()))
    return file


def test_a_file_tells_the_time(clock_file):
    now = read_clock(clock_file)
    assert now() == NOON

    clock_file.write_bytes(struct.pack("<d", NOON.timestamp() + 60.5))

    assert (now() - NOON).total_seconds() == 60.5


@asynccontextmanager
async def program(*options):
    command = [sys.executable, "-m", "bot.localchat", "--port", "0"]
    process = await asyncio.create_subprocess_exec(
        *command, *options, stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}
    )
    assert process.stdout
    line = (await process.stdout.readline()).decode().split()
    assert line[0] == "ready"
    async with httpx.AsyncClient(base_url=line[1]) as http:
        yield http
    process.terminate()
    assert await process.wait() == 0


async def test_the_program_says_when_it_is_ready_and_follows_its_clock(clock_file, tmp_path):
    options = ["--token", "7:x", "--username", "b_bot", "--no-limits", "--folder", str(tmp_path)]
    async with program(*options, "--clock", str(clock_file)) as http:
        me = (await http.get("/bot7:x/getMe")).json()["result"]
        user = (await http.post("/control/people", json={"first_name": "A"})).json()
        said = (await http.post("/control/start", json={"user": user["id"]})).json()

    assert me["username"] == "b_bot"
    assert said["date"] == int(NOON.timestamp())
