"""The desk at which staff look at papers, approve them or send them back with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.documents.kinds import Kind, kind_of, place_of
from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import asking, document_store
from bot.services.document_words import REASONS, picture_name
from bot.services.keeping import Attachment, keep
from bot.services.quieting import awake
from bot.services.reaching import listeners
from bot.voice.buttons import GREEN, RED, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, receipt, show, tell, to_chat
from db import ledger
from db.models import Document, DocumentState, Membership, Person, Priority
from db.queries import documents, notices

LOOK_LASTS = timedelta(minutes=10)
NOTICE_EVERY = timedelta(hours=1)
LONGEST = 400  # characters of a reason
SHOWN = "paper:"  # before the number of the document that a message shows
BACK = "paperback"  # the account's state while a reason is awaited
DECIDED = _("This was decided already. Nothing was changed.")


@dataclass(frozen=True)
class Word:
    """Why a paper is sent back: chosen, written or spoken."""

    choice: int = 0
    text: str = ""
    said: Attachment | None = None


async def notice(session: AsyncSession, person: Person, document: Document, now: datetime) -> None:
    """Tell who may decide that papers wait; once in an hour, however many come."""
    turn = int(now.timestamp() // NOTICE_EVERY.total_seconds())
    for one in await documents.deciders(session, person, now):
        if one.id in {document.sent_by, document.person_id}:
            continue
        for place in await listeners(session, one):
            key = f"papers:{place.account.id}:{turn}"
            if await notices.exists(session, key):
                continue
            rows = [[button("🔍 " + html(MANDARIN, _("Look at papers")), "paperlook", GREEN)]]
            way = Way(Priority.CHECKIN, key, not_before=awake(now), purpose="notice")
            tell(session, place, _("Papers wait to be looked at."), now, rows, way)


async def look(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    now: datetime,
) -> bool:
    """Show the oldest paper that waits for a word; False where none does."""
    here.account.state = None
    if here.person is None:
        return False
    waiting = await documents.waiting(session, here.person, held, now)
    for document in waiting:
        if kind := kind_of(document.kind):
            await show_one(session, here, document, kind, now, left=len(waiting))
            return True
    return False


async def show_one(
    session: AsyncSession,
    here: Listener,
    document: Document,
    kind: Kind,
    now: datetime,
    *,
    left: int,
) -> None:
    """Show one paper, that cannot be passed on and does not stay; the look is recorded."""
    if here.person is None:
        return
    person = await session.get_one(Person, document.person_id)
    about = {"document": document.id, "paper": document.kind, "by": here.person.id}
    await ledger.record(session, person.id, "document.looked", now, **about)
    words = html(
        MANDARIN,
        _("%(item)s of %(name)s; %(count)d wait. This look is recorded."),
        item=kind.name(MANDARIN, document.page),
        name=person.name,
        count=left,
    )
    if not document.straight:
        words += "\n" + html(MANDARIN, _("No edge was found: the photo is kept as it came."))
    rows: Keyboard = [
        [
            button("✔ " + html(MANDARIN, _("Approve")), f"paperok:{document.id}", GREEN),
            button("✖ " + html(MANDARIN, _("Send back")), f"paperback:{document.id}", RED),
        ]
    ]
    if kind.keys_number:
        face = "🔢 " + html(MANDARIN, _("Key in the number"))
        rows.append([button(face, f"papernumber:{document.id}")])
    payload = {
        "photo": document_store.named(document),
        "caption": words,
        "parse_mode": "HTML",
        "protect_content": True,
        "has_spoiler": True,
        "reply_markup": inline(rows),
    }
    shown = put(session, here, "sendPhoto", payload, now, Way(purpose=f"{SHOWN}{document.id}"))
    await session.flush()
    later = Way(Priority.REPLY, not_before=now + LOOK_LASTS, purpose="cleaning")
    to_chat(session, here.chat_id, "deleteMessage", {}, now, later, shown.id)


async def put_away(session: AsyncSession, document: Document, now: datetime) -> None:
    """Take the pictures of a paper that was decided on out of every chat."""
    for shown in await documents.shown(session, f"{SHOWN}{document.id}"):
        way = Way(purpose="cleaning")
        to_chat(session, shown.chat_id, "deleteMessage", {}, now, way, shown.id)


async def approve(session: AsyncSession, here: Listener, document: Document, now: datetime) -> bool:
    """Approve a paper, once; the learner hears it."""
    kind = kind_of(document.kind)
    if here.person is None or kind is None or document.state is not DocumentState.WAITING:
        tell(session, here, DECIDED, now)
        return False
    document.state = DocumentState.APPROVED
    document.decided_by, document.decided_at = here.person.id, now
    about = {"document": document.id, "paper": document.kind, "by": here.person.id}
    await ledger.record(session, document.person_id, "document.approved", now, **about)
    await put_away(session, document, now)
    person = await session.get_one(Person, document.person_id)
    item = kind.name(MANDARIN, document.page)
    tell(session, here, _("Approved: %(item)s of %(name)s."), now, item=item, name=person.name)
    for place in await listeners(session, person):
        way = Way(Priority.CHECKIN, not_before=awake(now), purpose="paper")
        receipt(
            session, place, Screen(_("The school has looked at your paper. It is good.")), now, way
        )
    return True


async def ask_reason(
    session: AsyncSession, here: Listener, document: Document, now: datetime
) -> bool:
    """Ask why a paper is sent back: the learner hears it."""
    if document.state is not DocumentState.WAITING:
        tell(session, here, DECIDED, now)
        return False
    here.account.state = f"{BACK}:{document.id}"
    faces = [
        button(html(MANDARIN, face), f"paperwhy:{document.id}:{number}")
        for number, (face, _sentence) in REASONS.items()
    ]
    text = _("Why? Send a voice message for the learner, or choose.")
    tell(session, here, text, now, [faces[:2], faces[2:]])
    return True


async def send_back(
    session: AsyncSession, here: Listener, document: Document, word: Word, now: datetime
) -> bool:
    """Send a paper back with its reason, once."""
    here.account.state = None
    kind = kind_of(document.kind)
    if here.person is None or kind is None or document.state is not DocumentState.WAITING:
        tell(session, here, DECIDED, now)
        return False
    media = await keep(session, word.said, here.person.id, now) if word.said else None
    document.state = DocumentState.RETURNED
    document.decided_by, document.decided_at = here.person.id, now
    document.voice_id = media.id if media else None
    document.reason = word.text[:LONGEST] or (REASONS[word.choice][0] if word.choice else "")
    about: dict[str, object] = {"document": document.id, "paper": document.kind}
    about |= {"by": here.person.id, "media": document.voice_id}
    if word.choice:
        about["choice"] = word.choice
    await ledger.record(session, document.person_id, "document.returned", now, **about)
    await put_away(session, document, now)
    person = await session.get_one(Person, document.person_id)
    item = kind.name(MANDARIN, document.page)
    tell(session, here, _("Sent back: %(item)s of %(name)s."), now, item=item, name=person.name)
    for place in await listeners(session, person):
        await _tell_learner(session, place, document, kind, word, now)
    if document.sent_by != document.person_id:
        await _tell_sender(session, person, document, kind, word, now)
    return True


async def _tell_learner(
    session: AsyncSession,
    place: Listener,
    document: Document,
    kind: Kind,
    word: Word,
    now: datetime,
) -> None:
    """Let the learner hear that another photo is needed, and why."""
    way = Way(Priority.CHECKIN, not_before=awake(now), purpose="paper")
    again = [[button("📷", f"paper:{document.person_id}:{place_of(kind)}", GREEN)]]
    text = _("The school needs this photo again. Listen to the reason.")
    said = Screen(text)
    if kind.number:
        which = picture(picture_name(kind, document.page))
        said = Screen(text, picture=which, rows=again)
    await show(session, place, said, now, way)
    if document.voice_id:
        await asking.pass_on(session, place, document.voice_id, "", [], now, way)
    elif word.choice:
        receipt(session, place, Screen(REASONS[word.choice][1]), now, way)
    else:
        tell(session, place, "%(words)s", now, (), way, words=document.reason)
        if place.reads_nothing and place.person:  # written to who cannot read it: that is known
            about = {"key": asking.WRITTEN, "wanted": place.speaks, "reason": "written"}
            await ledger.record(session, place.person.id, "voice.fallback", now, **about, given="")


async def _tell_sender(
    session: AsyncSession,
    person: Person,
    document: Document,
    kind: Kind,
    word: Word,
    now: datetime,
) -> None:
    """Let who sent the photo for somebody know that another is needed."""
    sender = await session.get_one(Person, document.sent_by)
    why = html(MANDARIN, REASONS[word.choice][0]) if word.choice else document.reason or "🎤"
    rows = [[button("📷", f"paper:{person.id}:{place_of(kind)}", GREEN)]]
    way = Way(Priority.CHECKIN, not_before=awake(now), purpose="paper")
    item = kind.name(MANDARIN, document.page)
    for place in await listeners(session, sender):
        text = _("The school needs %(item)s of %(name)s again: %(why)s")
        words = html(MANDARIN, text, item=item, name=person.name, why=why)
        if document.voice_id:
            await asking.pass_on(session, place, document.voice_id, words, rows, now, way)
        else:
            tell(session, place, text, now, rows, way, item=item, name=person.name, why=why)
