import hashlib
import stat
from datetime import timedelta

import pytest

from bot.fetcher import fetch_due
from db.models import Media, MediaState

BYTES = b"\xff\xd8" + bytes(200_000)


@pytest.fixture
def keep(database, hand):
    """Note a file down as a turn would."""

    async def put(file_id, kind="photo", **fields):
        now = hand.now()
        row = Media(
            kind=kind, file_id=file_id, unique_id="u", retry_at=now, received_at=now, **fields
        )
        async with database.begin() as session:
            session.add(row)
        return row.id

    return put


@pytest.fixture
def media(database):
    async def read(media_id):
        async with database.read() as session:
            return await session.get(Media, media_id)

    return read


@pytest.fixture
def fetch(database, api, tmp_path, hand):
    async def run(**options):
        return await fetch_due(database, api, tmp_path, hand.now(), **options)

    return run


def upload(town, data=BYTES, **details):
    return town.world.files.keep("document", data, name="x", **details).file_id


async def test_a_file_comes_in_under_the_name_of_its_bytes(town, keep, media, fetch, tmp_path):
    noted = await keep(upload(town), mime="image/jpeg")
    assert await fetch() == 1
    found = await media(noted)
    sha256 = hashlib.sha256(BYTES).hexdigest()
    path = tmp_path / found.path
    assert (found.state, found.sha256, found.size) == (MediaState.STORED, sha256, len(BYTES))
    assert found.path == f"media/{sha256[:2]}/{sha256}.jpg"
    assert path.read_bytes() == BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p for p in tmp_path.joinpath("media").iterdir() if p.is_file()] == []
    assert await fetch() == 0


@pytest.mark.parametrize(
    ("kind", "mime", "suffix"),
    [
        ("voice", "", ".ogg"),
        ("voice", "audio/ogg", ".ogg"),
        ("photo", "", ".jpg"),
        ("document", "application/pdf", ".pdf"),
        ("document", "text/../../x", ".bin"),
    ],
)
async def test_its_name_ends_by_what_it_is(town, keep, media, fetch, kind, mime, suffix):
    noted = await keep(upload(town), kind=kind, mime=mime)
    await fetch()
    assert (await media(noted)).path.endswith(suffix)


async def test_the_same_bytes_are_kept_once(town, keep, media, fetch):
    first, second = await keep(upload(town)), await keep(upload(town, mime="image/png"))
    await fetch()
    assert (await media(first)).path == (await media(second)).path


async def test_only_so_many_are_fetched_at_a_time(town, keep, fetch):
    for number in range(3):
        await keep(upload(town, bytes([number])))
    assert [await fetch(limit=2), await fetch(limit=2)] == [2, 1]


async def test_what_is_too_big_is_not_even_asked_for(town, keep, media, fetch):
    noted = await keep(upload(town), size=60 * 1024 * 1024)
    await fetch()
    found = await media(noted)
    assert (found.state, found.error) == (MediaState.FAILED, "file is too big")
    assert town.calls("getFile") == []


async def test_what_turns_out_too_big_is_given_up(town, keep, media, fetch):
    refused = await keep(upload(town, declared=60 * 1024 * 1024))
    await fetch()
    assert (await media(refused)).state is MediaState.FAILED
    assert (await media(refused)).error == "File is too big"


async def test_more_bytes_than_promised_are_not_taken(
    town, keep, media, fetch, monkeypatch, tmp_path
):
    monkeypatch.setattr("bot.fetcher.LARGEST", 1000)
    file_id = upload(town)
    town.world.files.by_id[file_id].size = 10
    noted = await keep(file_id)
    await fetch()
    assert ((await media(noted)).state, (await media(noted)).error) == (
        MediaState.FAILED,
        "file is too big",
    )
    assert list(tmp_path.joinpath("media").iterdir()) == []


async def test_what_fails_is_tried_again_later_and_later(town, keep, media, fetch, hand):
    noted = await keep(upload(town))
    await town.fault("status", "getFile", status=500, times=2)
    waits = []
    for _ in range(2):
        assert await fetch() == 1
        found = await media(noted)
        waits.append(found.retry_at - hand.now())
        assert (found.state, await fetch()) == (MediaState.WAITING, 0)
        hand.move(waits[-1].total_seconds())
    await fetch()
    assert waits == [timedelta(seconds=10), timedelta(seconds=40)]
    assert ((await media(noted)).state, (await media(noted)).error) == (MediaState.STORED, "")


async def test_after_five_tries_it_is_given_up_with_the_reason(town, keep, media, fetch, hand):
    noted = await keep(upload(town))
    await town.fault("drop", "getFile", times=5)
    for _ in range(5):
        assert await fetch() == 1
        hand.move(10_000)
    assert await fetch() == 0
    found = await media(noted)
    assert (found.state, found.tries) == (MediaState.FAILED, 5)
    assert found.error.startswith("NetworkError: connection lost")
