import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from bot.services import document_store
from bot.services.document_rotating import Rotated, rotate
from db.models import Document, Person
from db.sealing import Key
from tests.bot.documents.safe import content, fill, id_number

NEW = Key(bytes(range(7, 39)))


async def test_papers_and_numbers_get_the_new_key_on_both_databases(database, key, tmp_path):
    await fill(database, tmp_path, key, learners=3)
    told = []
    done = await rotate(database, tmp_path, key, NEW, lambda *moved: told.append(moved))
    assert done == Rotated(15, 3, 0)
    assert told[-1] == (15, 15)
    async with database.read() as session:
        for one in await session.scalars(select(Document)):
            assert document_store.read(tmp_path, NEW, one) == content(one.id)
        for person in await session.scalars(select(Person).where(Person.id_sealed.is_not(None))):
            assert NEW.unseal(person.id_sealed) == id_number(person.id)


async def test_a_copy_that_a_crash_left_behind_is_swept_away(database, key, tmp_path):
    await fill(database, tmp_path, key, learners=1)
    left = tmp_path / document_store.put(tmp_path, key, 77, "portrait", b"left behind")
    await rotate(database, tmp_path, key, NEW, lambda *_: None)
    assert not left.exists()


def test_sealed_bytes_open_only_as_what_they_are(key):
    sealed = key.seal_bytes(b"a picture", document_store.about(1, "portrait"))
    assert key.unseal_bytes(sealed, "document:1:portrait") == b"a picture"
    assert key.seal_bytes(b"a picture", "document:1:portrait") != sealed
    wrong = [(sealed, "document:2:portrait"), (sealed, "document:1:id_front")]
    wrong += [(sealed[:-1] + bytes([sealed[-1] ^ 1]), "document:1:portrait")]
    for content_, about in wrong:
        with pytest.raises(InvalidTag):
            key.unseal_bytes(content_, about)
    assert key.mark != NEW.mark
