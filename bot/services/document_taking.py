"""Takes the photo of a paper: noted in the turn, fetched and sealed after it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.documents.opening import Fault
from bot.services import document_asking, document_consenting
from bot.services.document_asking import Wanted, own
from bot.services.document_words import FAULTS
from bot.services.keeping import Attachment
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, tell
from db.models import Document, Person
from db.queries import documents


def is_photo(said: Attachment) -> bool:
    """Say whether something is a photo, or a picture sent as a file."""
    return said.kind == "photo" or said.mime.startswith("image/")


async def take(
    session: AsyncSession,
    here: Listener,
    person: Person,
    asked: Wanted,
    said: Attachment,
    message_id: int,
    now: datetime,
) -> Document | None:
    """Note a photo down; it is looked at once its bytes are here."""
    if here.person is None:
        return None
    if not is_photo(said):
        tell_fault(session, here, person, Fault.NO_PHOTO, now)
        return None
    if said.too_big:
        tell_fault(session, here, person, Fault.TOO_BIG, now)
        return None
    consent = await document_consenting.given(session, person)
    if asked.kind.sensitive and consent is None:
        await document_consenting.ask(session, here, person, now)
        return None
    there = (await documents.there(session, [person.id]))[person.id]
    open_pages = [page for page in asked.kind.all_pages if (asked.kind.key, page) not in there]
    page = asked.page if asked.page in open_pages or not open_pages else open_pages[0]
    document = Document(
        person_id=person.id,
        kind=asked.kind.key,
        page=page,
        consent_id=consent.id if consent else None,
        sent_by=here.person.id,
        account_id=here.account.id,
        message_id=message_id,
        sent_at=now,
        file_id=said.file_id,
        retry_at=now,
        lenient=asked.misses > 1,
    )
    session.add(document)
    await session.flush()
    return document


def tell_fault(
    session: AsyncSession, here: Listener, person: Person, fault: Fault, now: datetime
) -> None:
    """Say in one sentence why a photo will not do."""
    if own(here, person):
        receipt(session, here, Screen(FAULTS[fault]), now)
    else:
        tell(session, here, FAULTS[fault], now)


async def asked_of(
    session: AsyncSession, here: Listener, document: Document, now: datetime
) -> Wanted | None:
    """Return the photo that is awaited, where a document came as that one."""
    asked = await document_asking.wanted(session, here, now)
    fits = asked and (asked.person_id, asked.kind.key) == (document.person_id, document.kind)
    return asked if fits else None
