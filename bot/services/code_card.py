"""The teacher's phone shows the code of the moment: one picture, changed every quarter minute."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import linking
from bot.services.code_picture import code_picture
from bot.services.coding import SECONDS, code_at, leaks_of, window_of
from bot.voice.buttons import button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, shipped, to_chat
from db import ledger
from db.models import Meeting, MeetingState, Message, Person, Priority
from db.queries import codes, notices, outbox
from db.sealing import Key

LIVES = timedelta(minutes=10)
AT_ONCE = (timedelta(), timedelta())
JSON = dict[str, Any]


async def show_code(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    key: Key,
    username: str,
    data: Path,
    now: datetime,
) -> bool:
    """Show the code to who holds the meeting's tally; say whether it is shown now."""
    tally = await session.get(Message, meeting.teacher_card_id or 0)
    if meeting.state is not MeetingState.OPEN or tally is None or tally.chat_id != here.chat_id:
        return False
    row_key = f"{codes.CARD}:{meeting.id}:{window_of(now)}"
    if await notices.exists(session, row_key):
        return True  # pressed twice
    await stop_code(session, meeting, now)
    media = await _media(session, meeting, key, username, data, now)
    payload = {"photo": media["media"], "caption": media["caption"], "parse_mode": "HTML"}
    payload["reply_markup"] = _markup(meeting)
    way = Way(key=row_key, purpose=codes.CARD, study_class_id=meeting.study_class_id)
    to_chat(session, here.chat_id, "sendPhoto", payload, now, way)
    await session.flush()
    return True


async def refresh_due(
    session: AsyncSession,
    key: Key,
    username: str,
    data: Path,
    now: datetime,
    meeting_id: int | None = None,
) -> int:
    """Change every picture whose code has passed; end those that nobody needs any more."""
    changed = 0
    since = now - LIVES - timedelta(minutes=1)
    for meeting, rows in (await codes.pictures(session, now, since, meeting_id)).values():
        card = rows[0]
        if any(row.purpose == codes.STOP for row in rows):
            continue
        if meeting.state is not MeetingState.OPEN or now - card.created_at >= LIVES:
            await _end(session, meeting, card, now)
            changed += 1
            continue
        media = await _media(session, meeting, key, username, data, now)
        if media["media"] == _file_of(rows[-1]):
            continue
        payload = {"media": media, "reply_markup": _markup(meeting)}
        target = await outbox.target(session, card.id)
        if target:
            await outbox.supersede(
                session, target, codes.EDIT, "editMessageMedia", payload, now, AT_ONCE
            )
            changed += 1
    return changed


async def stop_code(session: AsyncSession, meeting: Meeting, now: datetime) -> bool:
    """Take the code from the teacher's phone; say whether one was shown."""
    stopped = False
    since = now - LIVES - timedelta(minutes=1)
    for _meeting, rows in (await codes.pictures(session, now, since, meeting.id)).values():
        if not any(row.purpose == codes.STOP for row in rows):
            await _end(session, meeting, rows[0], now)
            stopped = True
    return stopped


async def give_away(
    session: AsyncSession,
    meeting: Meeting,
    chat_id: int,
    message_id: int,
    by: Person | None,
    now: datetime,
) -> None:
    """Remove a code that somebody wrote in the group; from now on it is another one."""
    before = await leaks_of(session, meeting)
    about = {"meeting": meeting.id, "by": by.id if by else None}
    await ledger.record(session, meeting.teacher_id, codes.LEAKED, now, **about)
    gone = Way(Priority.CHECKIN, purpose="cleaning", study_class_id=meeting.study_class_id)
    to_chat(session, chat_id, "deleteMessage", {"message_id": message_id}, now, gone)
    if before:
        return
    text = _("Codes do not belong in the group. The teacher's phone has a new one.")
    said = Way(Priority.CHECKIN, purpose="code-notice", study_class_id=meeting.study_class_id)
    payload = {"text": html(MANDARIN, text), "parse_mode": "HTML"}
    to_chat(session, chat_id, "sendMessage", payload, now, said)
    tally = await session.get(Message, meeting.teacher_card_id or 0)
    if tally:
        words = html(MANDARIN, _("Somebody wrote the code in the group. I have changed it."))
        payload = {"text": words, "parse_mode": "HTML"}
        to_chat(session, tally.chat_id, "sendMessage", payload, now, Way(purpose="code-notice"))


async def _media(
    session: AsyncSession, meeting: Meeting, key: Key, username: str, data: Path, now: datetime
) -> JSON:
    """Return the picture of this moment as the Bot API takes it."""
    window, leaks = window_of(now), await leaks_of(session, meeting)
    code = code_at(key, meeting, window, leaks)
    url = linking.start_url(username, linking.moment_payload(key, meeting.id, window))
    lines = (meeting.study_class.name, f"{clock(meeting.starts_at)} {meeting.title}")
    file = code_picture(data, f"{meeting.id}-{window}-{leaks}", code, url, lines)
    caption = html(
        MANDARIN, _("Code %(code)s, new every %(seconds)d seconds"), code=code, seconds=SECONDS
    )
    return {"type": "photo", "media": kept(file), "caption": caption, "parse_mode": "HTML"}


def _file_of(row: Message) -> object:
    """Return the picture that a row shows."""
    return row.payload.get("photo") or row.payload.get("media", {}).get("media")


def _markup(meeting: Meeting) -> JSON:
    return inline([[button(html(MANDARIN, _("Stop")), f"codestop:{meeting.id}")]])


async def _end(session: AsyncSession, meeting: Meeting, card: Message, now: datetime) -> None:
    """Put another picture in the place of the last code."""
    target = await outbox.target(session, card.id)
    if target is None:
        return
    waiting = await outbox.waiting_edit(session, target, codes.EDIT)
    if waiting is not None:
        await outbox.skip(session, [waiting], "code ended")
    media = {
        "type": "photo",
        "media": shipped(picture("here")),
        "caption": html(MANDARIN, _("The code has ended.")),
        "parse_mode": "HTML",
    }
    payload: JSON = {"media": media}
    if meeting.state is MeetingState.OPEN:
        again = button(html(MANDARIN, _("Code of the moment")), f"code:{meeting.id}")
        payload["reply_markup"] = inline([[again]])
    way = Way(purpose=codes.STOP, study_class_id=meeting.study_class_id)
    to_chat(session, card.chat_id, "editMessageMedia", payload, now, way, target_id=card.id)
