"""A card of praise on its way: the learner's yes or no, the group, and how it is taken back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, translate
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services.picturing import digest_of, praise_picture
from bot.services.quieting import awake
from bot.services.reaching import class_heads, listeners, tell_class_heads
from bot.voice.buttons import Keyboard, button
from bot.voice.choosing_clips import voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, kept, receipt, shipped, tell, to_chat
from db import ledger
from db.models import (
    LedgerEntry,
    Media,
    Message,
    OutboxState,
    Person,
    Priority,
    Role,
    StudyClass,
)
from db.queries import outbox, people, praise

HOLDS = timedelta(days=7)
DELETABLE = timedelta(hours=47)  # Telegram lets a message be deleted for 48 hours
GROUP = "praise-group"  # the purpose of what stands in the group


def card_of(session: AsyncSession, person: Person, words: str) -> tuple[str, dict[str, Any]]:
    """Return the digest of a card, and the call that shows it: in words where nothing is drawn."""
    data = voices_of(session).data
    text = _("Learner of the week: %(name)s. %(words)s")
    caption = html(MANDARIN, text, name=person.name, words=words)
    if data is None:
        return "", {"text": caption, "parse_mode": "HTML"}
    title = translate(MANDARIN, _("Learner of the week"))
    file = praise_picture(data, title, person.name, words)
    return digest_of(file), {"photo": kept(file), "caption": caption, "parse_mode": "HTML"}


def method_of(card: dict[str, Any]) -> str:
    """Return the call that shows a card."""
    return "sendPhoto" if "photo" in card else "sendMessage"


async def decide(
    session: AsyncSession, here: Listener, person: Person, number: int, now: datetime, *, yes: bool
) -> bool:
    """Take a learner's yes or no, once; False where nothing was asked, or long ago."""
    asked = await _asked(session, person.id, number)
    if asked is None or now - asked.at > HOLDS or asked.payload is None:
        return False
    if await praise.is_decided(session, person.id, number):
        return False
    words, class_id = str(asked.payload["words"]), int(asked.payload["study_class"])
    if not yes:
        receipt(session, here, Screen(_("Thank you.")), now)
        await ledger.record(session, person.id, "praise.declined", now, asked=number)
        text = _("Not this week: %(name)s.")
        await tell_class_heads(session, class_id, text, now, name=person.name)
        return True
    voice = asked.payload.get("voice")
    digest, card = card_of(session, person, words)
    await ledger.record(
        session, person.id, "praise.given", now, asked=number, card=digest, voice=voice, agreed=True
    )
    study_class = await session.get_one(StudyClass, class_id)
    if study_class.group_chat_id is None:
        receipt(session, here, Screen(_("Thank you.")), now)
        text = _("%(name)s agrees, but the class has no group yet.")
        await tell_class_heads(session, class_id, text, now, name=person.name)
        return True
    await _post(session, study_class, f"praise:{person.id}:{number}", card, voice, now)
    back: Keyboard = [[button("↩️", f"weekback:{person.id}:{number}")]]
    thanks = _("Thank you. The card goes to the group. With the arrow you can take it back.")
    receipt(session, here, Screen(thanks, rows=back), now)
    text = _("%(name)s agrees. The card is in the group.")
    back = [[button(html(MANDARIN, _("Take back")), f"weekback:{person.id}:{number}")]]
    for head in await class_heads(session, class_id, now):
        for place in await listeners(session, head):
            tell(session, place, text, now, back, Way(Priority.CHECKIN), name=person.name)
    return True


async def _asked(session: AsyncSession, person_id: int, number: int) -> LedgerEntry | None:
    line = await session.get(LedgerEntry, (person_id, number))
    return line if line and line.kind == "praise.asked" else None


async def _post(
    session: AsyncSession,
    study_class: StudyClass,
    key: str,
    card: dict[str, Any],
    voice_id: object,
    now: datetime,
) -> None:
    """Put a card into the group with its voices, by keys under which it can be taken back."""
    chat_id = study_class.group_chat_id or 0

    def way(what: str) -> Way:
        return Way(
            Priority.BROADCAST,
            f"{key}:{what}",
            not_before=awake(now, study_class),
            purpose=GROUP,
            study_class_id=study_class.id,
        )

    spoken = Screen(_("Learner of the week: %(name)s. %(words)s"))
    if clip := await group_voice(session, spoken, now):
        to_chat(session, chat_id, "sendVoice", dict(clip), now, way("clip"))
    to_chat(session, chat_id, method_of(card), card, now, way("card"))
    voice = await session.get(Media, voice_id) if isinstance(voice_id, int) else None
    if voice:
        to_chat(session, chat_id, "sendVoice", {"voice": voice.file_id}, now, way("voice"))


async def take_back(
    session: AsyncSession, here: Listener, person_id: int, number: int, now: datetime
) -> bool:
    """Take a card out of the group, for its learner or their class head; once, else False."""
    asked = await _asked(session, person_id, number)
    if asked is None or asked.payload is None or here.person is None:
        return False
    class_id = int(asked.payload["study_class"])
    led = await people.classes_of(session, here.person.id, Role.CLASS_HEAD, now)
    own = here.person.id == person_id
    if not own and class_id not in {one.id for one in led}:
        return False
    if not await praise.stands(session, person_id, number):
        return False
    by = here.person.id
    await ledger.record(session, person_id, "praise.withdrawn", now, asked=number, by=by)
    remains = await _clear(session, f"praise:{person_id}:{number}", now)
    person = await session.get_one(Person, person_id)
    for place in [here] if own else await listeners(session, person):
        receipt(session, place, Screen(_("Taken back.")), now)
    text = _("The card of %(name)s was taken back.")
    if remains:
        text = _("The card of %(name)s was taken back. Please delete its voice message by hand.")
    await tell_class_heads(session, class_id, text, now, name=person.name)
    return True


async def _clear(session: AsyncSession, key: str, now: datetime) -> bool:
    """Let nothing of a card leave any more, and nothing stand; True where a voice must stay."""
    remains = False
    rows = await praise.in_group(session, key)
    waiting = [row.id for row in rows if row.state is OutboxState.WAITING]
    await outbox.skip(session, waiting, "praise taken back")
    for row in rows:
        if row.id in waiting:
            continue
        if row.method != "sendVoice":
            _make_neutral(session, row, now)  # should Telegram refuse to delete it
        if now - (row.sent_at or now) < DELETABLE:
            way = Way(purpose="cleaning", study_class_id=row.study_class_id)
            to_chat(session, row.chat_id, "deleteMessage", {}, now, way, target_id=row.id)
        elif (row.key or "").endswith(":voice"):
            remains = True
    return remains


def _make_neutral(session: AsyncSession, row: Message, now: datetime) -> None:
    """Let a card say only that it was taken back: no name, no words, no picture of them."""
    words = html(MANDARIN, _("This card was taken back."))
    way = Way(purpose="cleaning", study_class_id=row.study_class_id)
    if row.method == "sendPhoto":
        blank = {"type": "photo", "media": shipped(picture("not-kept")), "caption": words}
        to_chat(session, row.chat_id, "editMessageMedia", {"media": blank}, now, way, row.id)
    else:
        to_chat(session, row.chat_id, "editMessageText", {"text": words}, now, way, row.id)
