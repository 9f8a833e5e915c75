"""ID numbers read off a card by people: compared with the roster's, or keyed in by two of them."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from stdnum.cn import ric

from bot.documents.kinds import kind_of
from bot.language import N_ as _
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db import ledger
from db.models import Document, Person
from db.queries import documents, people
from db.sealing import Key

WAITS = "papernumber"  # the account's state while a number is awaited
NUMBER = re.compile(r"[0-9]{17}[0-9X]")
NARROW = str.maketrans("０１２３４５６７８９ｘＸxO", "0123456789XXX0", " -　")


def ask(session: AsyncSession, here: Listener, document: Document, now: datetime) -> bool:
    """Ask for the number; False where the document shows none."""
    kind = kind_of(document.kind)
    if kind is None or not kind.keys_number or not document.path:
        return False
    here.account.state = f"{WAITS}:{document.id}"
    text = _("Type the ID number that you see. I remove your message at once.")
    tell(session, here, text, now)
    return True


def read(text: str) -> str:
    """Return an ID number that can be one; empty where it cannot."""
    number = "".join(text.split()).translate(NARROW)
    if not NUMBER.fullmatch(number) or ric.calc_check_digit(number[:-1]) != number[-1]:
        return ""
    return number


async def key_in(
    session: AsyncSession,
    here: Listener,
    document: Document,
    text: str,
    message_id: int,
    key: Key,
    now: datetime,
) -> bool:
    """Take a number that somebody keyed in; say whether it could be one."""
    put(session, here, "deleteMessage", {"message_id": message_id}, now, Way(purpose="cleaning"))
    number = read(text)
    if not number or here.person is None:
        tell(session, here, _("That cannot be an ID number. Look again and type it."), now)
        return False
    here.account.state = None
    found = key.fingerprint(number)
    person = await session.get_one(Person, document.person_id, with_for_update=True)
    if person.id_fingerprint:
        said = await _compare(session, here.person, document, person, found, now)
    elif not document.keyed or document.keyed_by == here.person.id:
        document.keyed, document.keyed_by = found, here.person.id
        said = _("Kept for now. A second person has to key it in too.")
    else:
        said = await _second(session, here.person, document, person, number, key, now)
    tell(session, here, said, now)
    return True


async def _compare(
    session: AsyncSession,
    by: Person,
    document: Document,
    person: Person,
    found: str,
    now: datetime,
) -> str:
    """Compare with the roster's number; what does not fit is for staff only to know."""
    document.number_fits = found == person.id_fingerprint
    about = {"document": document.id, "fits": document.number_fits, "by": by.id}
    await ledger.record(session, person.id, "number.compared", now, **about)
    if document.number_fits:
        return _("The number is the roster's.")
    return _("The number is not the roster's. Please check the card and the roster.")


async def _second(
    session: AsyncSession,
    by: Person,
    document: Document,
    person: Person,
    number: str,
    key: Key,
    now: datetime,
) -> str:
    """Take the second person's word: the same number is kept, another settles nothing."""
    found, first = key.fingerprint(number), document.keyed_by
    same, document.keyed, document.keyed_by = found == document.keyed, "", None
    if not same:
        document.number_fits = False
        return _("The two numbers differ. Both please look again and key it in.")
    if await people.by_fingerprint(session, [found]):
        document.number_fits = False
        return _("Another person has this number already. Nothing was saved.")
    document.number_fits = True
    person.id_sealed, person.id_fingerprint = key.seal(number), found
    person.id_tail = number[-4:]
    about = {"document": document.id, "first": first, "by": by.id}
    await ledger.record(session, person.id, "number.keyed", now, **about)
    return _("Both keyed in the same number. It is kept.")


async def kept_for(session: AsyncSession, number: int) -> Document | None:
    """Find a document of which the bytes are kept."""
    document = await documents.locked(session, number)
    return document if document and document.path else None
