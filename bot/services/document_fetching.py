"""Brings in the photos of papers: fetched into memory, checked, sealed; never plain on the disk."""

import asyncio
import logging
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.documents.checking import check
from bot.documents.kinds import Kind, kind_of
from bot.documents.opening import LARGEST, Fault, UnfitError
from bot.fetcher import FIRST_WAIT, TRIES
from bot.language import MANDARIN
from bot.language import N_ as _
from bot.services import document_asking, document_desk, document_store, document_taking
from bot.services.document_asking import own
from bot.transport import Api, BadRequest, Forbidden, TelegramError
from bot.voice.listening import Listener, listener
from bot.voice.saying import Screen, Way, put, receipt, tell
from db import ledger
from db.models import Account, Document, DocumentState, Person
from db.queries import documents
from db.sealing import Key
from db.session import Database

logger = logging.getLogger(__name__)

AT_ONCE = 4
DELETABLE = timedelta(hours=47)  # a bot may delete what people wrote for two days


@dataclass(frozen=True)
class Sealed:
    """A picture that lies sealed."""

    path: str
    key_mark: str
    size: int
    straight: bool


async def take_in_due(database: Database, api: Api, data: Path, key: Key, now: datetime) -> int:
    """Take in the photos that wait; return how many were settled."""
    async with database.read() as session:
        due = await documents.due(session, now, AT_ONCE)
    settled = 0
    for document in due:
        try:
            content = await _download(api, document.file_id)
        except (TelegramError, OSError) as error:
            if document.tries + 1 < TRIES:
                async with database.begin() as session:
                    await _try_again(session, document.id, now)
                continue
            logger.warning("document %d cannot be fetched: %s", document.id, type(error).__name__)
            content = Fault.LOST
        result = await asyncio.to_thread(_seal, data, key, document, content)
        # Once it is taken out of the chat there is no other: no power cut may undo this.
        async with database.begin_synced() as session:
            await _settle(session, document.id, result, now)
        settled += 1
    return settled


async def _download(api: Api, file_id: str) -> bytes | Fault:
    """Fetch a file into memory."""
    try:
        told = await api.call("getFile", {"file_id": file_id})
        content = bytearray()
        async with aclosing(api.download(told["file_path"])) as chunks:
            async for chunk in chunks:
                content += chunk
                if len(content) > LARGEST:
                    return Fault.TOO_BIG
    except (BadRequest, Forbidden) as error:  # asked again it would be refused again
        return Fault.TOO_BIG if "too big" in error.message.lower() else Fault.LOST
    return bytes(content)


async def _try_again(session: AsyncSession, number: int, now: datetime) -> None:
    document = await session.get_one(Document, number)
    document.retry_at = now + FIRST_WAIT * 4**document.tries
    document.tries += 1


def _seal(data: Path, key: Key, document: Document, content: bytes | Fault) -> Sealed | Fault:
    """Check a photo and seal what is kept of it; else say why not."""
    kind = kind_of(document.kind)
    if isinstance(content, Fault) or kind is None:
        return content if isinstance(content, Fault) else Fault.NO_PHOTO
    try:
        fit = check(content, kind, lenient=document.lenient)
    except UnfitError as error:
        return error.fault
    except Exception as error:  # noqa: BLE001 - what no photo should do must not hold up the next
        logger.error("document %d broke its check: %s", document.id, type(error).__name__)  # noqa: TRY400
        return Fault.NO_PHOTO
    place = document_store.put(data, key, document.id, document.kind, fit.content)
    return Sealed(place, key.mark, len(fit.content), fit.straight)


async def _settle(
    session: AsyncSession, number: int, result: Sealed | Fault, now: datetime
) -> None:
    """Write down what became of a photo, take it out of the chat and answer it; once."""
    document = await documents.locked(session, number)
    kind = kind_of(document.kind) if document else None
    if document is None or kind is None or document.state is not DocumentState.COMING:
        return
    account = await session.get_one(Account, document.account_id)
    here = listener(account, await session.get_one(Person, document.sent_by))
    person = await session.get_one(Person, document.person_id)
    document.file_id = ""
    gone = now - document.sent_at < DELETABLE
    if gone:
        message = {"message_id": document.message_id}
        put(session, here, "deleteMessage", message, now, Way(purpose="cleaning"))
    if isinstance(result, Fault):
        document.state, document.fault = DocumentState.UNFIT, result.value
        await _miss(session, here, document, now)
        document_taking.tell_fault(session, here, person, result, now)
        return
    document.state, document.kept_at = DocumentState.WAITING, now
    document.path, document.key_mark = result.path, result.key_mark
    document.size, document.straight = result.size, result.straight
    await _record(session, document, now)
    await _thank(session, here, person, document, kind, now, gone=gone)
    await document_desk.notice(session, person, document, now)


async def _miss(session: AsyncSession, here: Listener, document: Document, now: datetime) -> None:
    """Count a photo that was no good: after two without any paper, a person looks at the third."""
    asked = await document_taking.asked_of(session, here, document, now)
    if asked and document.fault == Fault.NO_PAPER:
        await document_asking.want(session, here, replace(asked, misses=asked.misses + 1), now)


async def _record(session: AsyncSession, document: Document, now: datetime) -> None:
    """Mark the photos that this one replaces, and write the line of the ledger."""
    about: dict[str, object] = {"document": document.id, "paper": document.kind}
    about |= {"page": document.page, "by": document.sent_by, "consent": document.consent_id}
    before = await documents.standing(
        session, document.person_id, document.kind, document.page, document.id
    )
    for one in before:
        one.state, one.replaced_by = DocumentState.REPLACED, document.id
    if before:
        about["replaces"] = [one.id for one in before]
    await ledger.record(session, document.person_id, "document.received", now, **about)


async def _thank(
    session: AsyncSession,
    here: Listener,
    person: Person,
    document: Document,
    kind: Kind,
    now: datetime,
    *,
    gone: bool,
) -> None:
    """Say that it is kept safe, and go on to the next."""
    asked = await document_taking.asked_of(session, here, document, now)
    there = (await documents.there(session, [person.id]))[person.id]
    left = [page for page in kind.all_pages if (kind.key, page) not in there]
    if own(here, person):
        text = (
            _("Received. I have removed the photo from this chat.")
            if gone
            else _("Received. Please remove the photo from this chat yourself.")
        )
        receipt(session, here, Screen(text), now)
    else:
        item = kind.name(MANDARIN, document.page)
        text = (
            _("%(item)s of %(name)s is locked away. The photo is removed from this chat.")
            if gone
            else _("%(item)s of %(name)s is locked away. Please remove the photo yourself.")
        )
        rows = [] if left and asked else document_asking.kind_rows(person, there)
        tell(session, here, text, now, rows, item=item, name=person.name)
    if asked is None:
        return
    if left:
        again = replace(asked, page=left[0], misses=0)
        await document_asking.ask_again(session, here, person, again, now)
    elif own(here, person):
        await document_asking.list_own(session, here, person, now)
    else:
        here.account.state = None
