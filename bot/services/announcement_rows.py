"""What an announcement looks like to a learner, to staff, and in a group."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.voice.buttons import BOTTOM, HEAR, button, inline
from bot.voice.choosing_clips import voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, show, to_chat, voice_of
from db.models import Announcement, Media, Person

LONGEST = 4096  # of a message, as Telegram counts
SIGN = "📢"
# What is heard by who reads nothing, where the sender did not speak.
FALLBACK = _("There is a message for you. Ask somebody to read it to you.")
PURPOSE, VOICE = "announcement", "announcement-voice"

Call = tuple[str, dict[str, Any]]


def length(text: str) -> int:
    """Return how long a text is, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def screen_of(announcement: Announcement) -> Screen:
    """Return the words alone, with the sentence that is heard instead of them."""
    return Screen(announcement.text, taught=True, key=FALLBACK)


def _written(text: str) -> dict[str, Any]:
    return {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _plain(announcement: Announcement) -> str:
    return html(MANDARIN, "%(words)s", words=announcement.text)


def for_learner(announcement: Announcement, voice: Media) -> list[Call]:
    """Return what a learner gets of a spoken announcement."""
    if not announcement.text:
        return [("sendVoice", {"voice": voice.file_id, "caption": SIGN, "reply_markup": BOTTOM})]
    again = inline([[button(HEAR, f"annhear:{announcement.id}")]])
    return [
        ("sendVoice", {"voice": voice.file_id, "reply_markup": BOTTOM}),
        ("sendMessage", _written(_plain(announcement)) | {"reply_markup": again}),
    ]


def for_staff(announcement: Announcement, voice: Media | None, author: Person) -> list[Call]:
    """Return what staff get: who says it, the words, and the voice where there is one."""
    says = html(MANDARIN, _("%(name)s announces:"), name=author.name)
    calls: list[Call] = []
    if voice:
        caption = {} if announcement.text else {"caption": says, "parse_mode": "HTML"}
        calls.append(("sendVoice", {"voice": voice.file_id, **caption}))
    if announcement.text:
        fits = length(says) + 1 + length(announcement.text) <= LONGEST
        words = f"{says}\n{_plain(announcement)}" if fits else _plain(announcement)
        calls.append(("sendMessage", _written(words)))
    return calls


def for_group(
    session: AsyncSession, announcement: Announcement, voice: Media | None, now: datetime
) -> list[Call]:
    """Return what a group gets; its clips were read before."""
    heard: Any = voice.file_id if voice else None
    if heard is None:
        clip = voice_of(session, None, screen_of(announcement), now).voice
        heard = {"file": clip.file} if clip else None
    calls: list[Call] = []
    if heard:
        caption = {} if announcement.text else {"caption": SIGN}
        calls.append(("sendVoice", {"voice": heard, **caption}))
    if announcement.text:
        calls.append(("sendMessage", _written(_plain(announcement))))
    return calls


async def tell_learner(
    session: AsyncSession,
    place: Listener,
    announcement: Announcement,
    voice: Media | None,
    now: datetime,
    way: Way,
) -> None:
    """Queue an announcement for a learner; the lesson on the screen stays the present one."""
    if voice:
        queue(session, place, for_learner(announcement, voice), now, way)
        return
    present = place.account.screen_id
    await show(session, place, screen_of(announcement), now, way)
    place.account.screen_id = present


def queue(
    session: AsyncSession,
    place: Listener | int,
    calls: Sequence[Call],
    now: datetime,
    way: Way,
) -> None:
    """Queue the voice, then the words, for a person or a group."""
    for number, (method, payload) in enumerate(calls, 1):
        own = way
        if number < len(calls):
            own = replace(way, key=f"{way.key}:voice" if way.key else None, purpose=VOICE)
        if isinstance(place, int):
            to_chat(session, place, method, payload, now, own)
        else:
            put(session, place, method, payload, now, own)


async def preview(
    session: AsyncSession,
    here: Listener,
    announcement: Announcement,
    kinds: Sequence[str],
    now: datetime,
) -> None:
    """Show the author the very message, as each of those chosen will have it."""
    await voices_of(session).refresh(session)
    voice = await session.get(Media, announcement.voice_id) if announcement.voice_id else None
    author = await session.get_one(Person, announcement.author_id)
    if voice:
        learner = for_learner(announcement, voice)
    else:
        learner = for_group(session, announcement, None, now)  # the clip first, then the words
    shown = {
        "learner": (_("Learners get this:"), learner),
        "staff": (_("Staff get this:"), for_staff(announcement, voice, author)),
        "group": (_("The group gets this:"), for_group(session, announcement, voice, now)),
    }
    way = Way(purpose="preview")
    for kind in kinds:
        msgid, calls = shown[kind]
        words = {"text": html(here.language, msgid), "parse_mode": "HTML"}
        put(session, here, "sendMessage", words, now, way)
        for method, payload in calls:
            # The learners' own keyboard stays theirs.
            own = {name: it for name, it in payload.items() if it is not BOTTOM}
            put(session, here, method, own, now, way)
