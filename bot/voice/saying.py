"""Puts words into the outbox: what is said leaves once the transaction commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, beside, html, translate
from bot.voice.buttons import BOTTOM, HEAR, Button, button, inline
from bot.voice.choosing_clips import PACKAGE, SPOKEN, Heard, key_of, voices_of
from bot.voice.listening import Listener
from bot.voice.speaking import Choice, choose
from bot.voice.wanting import note
from db.models import Message, Priority
from db.queries import outbox

CAPTION_LIMIT = 1024


@dataclass(frozen=True)
class Way:
    """When and how urgently something is said; by default now, as an answer."""

    priority: Priority = Priority.REPLY
    key: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    purpose: str = "screen"
    silent: bool = False
    study_class_id: int | None = None


@dataclass(frozen=True)
class Screen:
    """One thing said to a learner: a sentence, its voice, its picture, its choices."""

    text: str  # message id of the catalog, or the words of a lesson
    values: Mapping[str, object] = field(default_factory=dict)
    picture: Path | None = None
    voice: Path | Heard | None = None  # default: the clip recorded for the sentence
    rows: Sequence[Sequence[Button]] = ()
    taught: bool = False  # the words are a lesson's own, not the catalog's
    key: str = ""  # what clips are recorded for, where it is not the text: a step, such as wh01.3
    slots: Mapping[str, object] = field(default_factory=dict)  # values to speak, not as written

    @property
    def says(self) -> str:
        """The key under which clips of it are recorded."""
        if self.key or not isinstance(self.voice, Path):
            return self.key or ("" if self.taught else self.text)
        return key_of(self.voice)


def shipped(path: Path) -> dict[str, str]:
    """Name a file that comes with the program, the way the sender reads it."""
    return {"file": f"bot:{path.relative_to(PACKAGE).as_posix()}"}


def kept(path: str) -> dict[str, str]:
    """Name a file of the data folder, the way the sender reads it."""
    return {"file": f"data:{path}"}


def voice_of(
    session: AsyncSession, listener: Listener | None, screen: Screen, now: datetime
) -> Choice:
    """Choose what is heard of a screen, by a listener or by a group; it costs no statement."""
    if isinstance(screen.voice, Heard):
        return Choice(screen.voice, screen.voice.language)
    language = listener.speaks if listener else SPOKEN
    if not screen.says:
        return Choice(None, language)
    values = {**screen.values, **screen.slots}
    voices = voices_of(session)
    also = voices.accepted.get(listener.person.id, ()) if listener and listener.person else ()
    return choose(voices, language, screen.says, values, now, screen.voice, also)


async def group_voice(
    session: AsyncSession, screen: Screen, now: datetime
) -> dict[str, dict[str, str]] | None:
    """Return the voice note that says a screen in a group; None where none can be made."""
    await voices_of(session).refresh(session)
    voice = voice_of(session, None, screen, now).voice
    return {"voice": {"file": voice.file}} if voice else None


def words(listener: Listener, screen: Screen) -> str:
    """Return what is written: Mandarin, its Miao beside it where a short one is attested."""
    if screen.taught:
        return html(MANDARIN, "%(words)s", words=screen.text)
    if listener.person and listener.person.speaks == "hea" and not screen.values:
        return html(MANDARIN, "%(words)s", words=beside("hea", screen.text))
    return html(listener.language, screen.text, **screen.values)


async def show(
    session: AsyncSession, listener: Listener, screen: Screen, now: datetime, way: Way | None = None
) -> Message:
    """Say a screen: the voice first to who reads nothing, then the card under the thumb."""
    way = way or Way()
    voices = voices_of(session)
    await voices.refresh(session)
    if listener.person:
        await voices.meet(session, listener.person.id, listener.speaks)
    choice = voice_of(session, listener, screen, now)
    voice = choice.voice
    await note(session, listener, screen.says, choice, now)
    if voice and listener.reads_nothing:
        spoken = {"voice": {"file": voice.file}, "reply_markup": BOTTOM}
        put(session, listener, "sendVoice", spoken, now, _first(way))
    rows = [list(row) for row in screen.rows]
    if voice:
        rows.append([button(HEAR, f"hear:{voice.ref}")])
    text = words(listener, screen)
    markup: dict[str, Any] = {"reply_markup": inline(rows)} if rows else {}
    if screen.picture and screen.picture.suffix == ".gif":
        payload = {"animation": shipped(screen.picture), "caption": text, "parse_mode": "HTML"}
        card = put(session, listener, "sendAnimation", payload | markup, now, way)
    elif screen.picture:
        payload = {"photo": shipped(screen.picture), "caption": text, "parse_mode": "HTML"}
        card = put(session, listener, "sendPhoto", payload | markup, now, way)
    else:
        payload = {"text": text, "parse_mode": "HTML"}
        card = put(session, listener, "sendMessage", payload | markup, now, way)
    await session.flush()
    listener.account.screen_id = card.id
    return card


def receipt(
    session: AsyncSession, listener: Listener, screen: Screen, now: datetime, way: Way | None = None
) -> Message:
    """Say one short thing in one message: the voice with the words under it.

    It costs no statement: recordings are those that the last screen has read.
    """
    voice, text = voice_of(session, listener, screen, now).voice, words(listener, screen)
    markup = {"reply_markup": inline(screen.rows)} if screen.rows else {"reply_markup": BOTTOM}
    if voice and listener.reads_nothing:
        payload = {"voice": {"file": voice.file}, "caption": text, "parse_mode": "HTML"}
        return put(session, listener, "sendVoice", payload | markup, now, way or Way())
    payload = {"text": text, "parse_mode": "HTML"}
    return put(session, listener, "sendMessage", payload | markup, now, way or Way())


def redraw(
    session: AsyncSession,
    listener: Listener,
    message_id: int,
    words: str,
    rows: Sequence[Sequence[Button]],
    now: datetime,
) -> None:
    """Show on a card that stands in the chat what was pressed on it."""
    payload = {
        "message_id": message_id,
        "caption": html(MANDARIN, "%(words)s", words=words),
        "parse_mode": "HTML",
        "reply_markup": inline(rows),
    }
    put(session, listener, "editMessageCaption", payload, now, Way(purpose="redraw"))


def tell(
    session: AsyncSession,
    listener: Listener,
    msgid: str,
    now: datetime,
    rows: Sequence[Sequence[Button]] = (),
    way: Way | None = None,
    **values: object,
) -> Message:
    """Say something to staff: dense words, no clip, no picture.

    A slot whose name Python keeps for itself takes an underscore: `class_`.
    """
    slots = {name.rstrip("_"): value for name, value in values.items()}
    payload: dict[str, Any] = {"text": html(listener.language, msgid, **slots)}
    payload["parse_mode"] = "HTML"
    if rows:
        payload["reply_markup"] = inline(rows)
    return put(session, listener, "sendMessage", payload, now, way or Way())


def to_chat(
    session: AsyncSession,
    chat_id: int,
    method: str,
    payload: dict[str, Any],
    now: datetime,
    way: Way,
    target_id: int | None = None,
) -> Message:
    """Queue a call of the Bot API for any chat."""
    if way.silent:
        payload["disable_notification"] = True
    message = Message(
        key=way.key,
        chat_id=chat_id,
        method=method,
        payload=payload,
        priority=int(way.priority),
        target_id=target_id,
        purpose=way.purpose,
        created_at=now,
        not_before=way.not_before or now,
        expires_at=way.expires_at,
        study_class_id=way.study_class_id,
    )
    return outbox.put(session, message)


def put(
    session: AsyncSession,
    listener: Listener,
    method: str,
    payload: dict[str, Any],
    now: datetime,
    way: Way,
) -> Message:
    """Queue a call of the Bot API for a person's private chat."""
    message = to_chat(session, listener.chat_id, method, payload, now, way)
    message.person_id = listener.person.id if listener.person else None
    return message


def label(language: str, pictogram: str, msgid: str, *, reads_nothing: bool) -> str:
    """Return a button's face: the picture alone, with a word for who reads."""
    return pictogram if reads_nothing else f"{pictogram} {translate(language, msgid)}"


def _first(way: Way) -> Way:
    """Return the way of a voice that comes before its card."""
    key = f"{way.key}:voice" if way.key else None
    return Way(
        way.priority,
        key,
        way.not_before,
        way.expires_at,
        f"{way.purpose}-voice" if way.purpose != "screen" else "voice",
        way.silent,
        way.study_class_id,
    )
