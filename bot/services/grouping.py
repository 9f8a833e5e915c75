"""Class groups: one group serves one class, and only a class head can bind it."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html, translate
from bot.language import N_ as _
from bot.services import holding, linking, tallying
from bot.services.reaching import class_heads, tell_class_heads
from bot.voice.buttons import inline, link
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, tell, to_chat
from db import ledger
from db.models import Meeting, Person, Priority, StudyClass
from db.queries import groups, meetings, people
from db.sealing import Key

GOODBYE_AFTER = timedelta(minutes=1)
LEAVE_AFTER = timedelta(minutes=10)


def come_in(key: Key, username: str, study_class: StudyClass) -> list[list[dict[str, str]]]:
    """Return the button that leads from the group into the private chat."""
    url = linking.start_url(username, linking.payload(key, "c", study_class.id))
    return [[link(translate(MANDARIN, _("Open our private chat")), url)]]


async def offer_binding(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    key: Key,
    username: str,
    now: datetime,
) -> None:
    """Give a class head the button that adds the bot to the class's group."""
    url = linking.group_url(username, linking.payload(key, "g", study_class.id))
    rows = [[link(html(MANDARIN, _("Choose the group")), url)]]
    text = _("Add me to the group of %(class)s with this button.")
    tell(session, here, text, now, rows, class_=study_class.name)


async def bind(
    session: AsyncSession,
    head: Person,
    study_class: StudyClass,
    chat_id: int,
    title: str,
    key: Key,
    username: str,
    now: datetime,
) -> None:
    """Let a group serve a class from now on, and greet it."""
    other = await people.class_of_group(session, chat_id)
    if other and other.id != study_class.id:
        other.group_chat_id = None
        await session.flush()
    study_class.group_chat_id, study_class.group_title = chat_id, title[:255]
    await ledger.record(session, head.id, "group.bound", now, study_class=study_class.id)
    await groups.stay(session, chat_id)
    greeting = _(
        "Hello, everyone. Here I remind you of classes and take check-ins. "
        "I keep check-ins and roll-call lists; other talk is not kept."
    )
    way = Way(Priority.CHECKIN, purpose="greeting", study_class_id=study_class.id)
    voice = await group_voice(session, Screen(greeting), now)
    if voice:
        to_chat(session, chat_id, "sendVoice", voice, now, way)
    payload = {
        "text": html(MANDARIN, greeting),
        "parse_mode": "HTML",
        "reply_markup": inline(come_in(key, username, study_class)),
    }
    to_chat(session, chat_id, "sendMessage", payload, now, way)
    await tell_class_heads(
        session,
        study_class.id,
        _("Bound: %(class)s and “%(group)s”."),
        now,
        class_=study_class.name,
        group=title,
    )


async def refuse(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Plan to say goodbye to a group that nobody bound, and to leave ten minutes later.

    A class head's link binds the group a moment after the bot was added; then both are called off.
    """
    farewell = _(
        "This group belongs to no class yet, so I leave. A class head can invite me again."
    )
    payload = {"text": html(MANDARIN, farewell), "parse_mode": "HTML"}
    way = Way(Priority.CHECKIN, not_before=now + GOODBYE_AFTER, purpose=groups.LEAVING)
    to_chat(session, chat_id, "sendMessage", payload, now, way)
    later = Way(Priority.CHECKIN, not_before=now + LEAVE_AFTER, purpose=groups.LEAVING)
    to_chat(session, chat_id, "leaveChat", {}, now, later)


async def migrate(session: AsyncSession, old: int, new: int, now: datetime) -> None:
    """Follow a group whose id changed: its class and its unsent messages, in one transaction."""
    study_class = await people.class_of_group(session, old)
    await groups.follow(session, old, new)
    if study_class is None:
        if await people.class_of_group(session, new):  # bound before the move was heard of
            await groups.stay(session, new)
        return
    study_class.group_chat_id = new
    for head in await class_heads(session, study_class.id, now):
        await ledger.record(session, head.id, "group.migrated", now, study_class=study_class.id)
    meeting = await meetings.opened(session, study_class.id)
    if meeting and meeting.group_card_id:  # the old group's card can be edited no more
        counted = await tallying.tally(session, meeting, now)
        meeting.group_card_id = (await holding.post_card(session, meeting, counted, now)).id


async def lose(session: AsyncSession, chat_id: int, now: datetime) -> None:
    """Note that the bot was removed from a group; private reminders go on."""
    study_class = await people.class_of_group(session, chat_id)
    if study_class is None:
        return
    study_class.group_chat_id = None
    for head in await class_heads(session, study_class.id, now):
        await ledger.record(session, head.id, "group.lost", now, study_class=study_class.id)
    await groups.drop(session, chat_id, "group lost")
    await tell_class_heads(
        session,
        study_class.id,
        _("I was removed from the group of %(class)s. Private reminders go on."),
        now,
        class_=study_class.name,
    )


async def say_tally(session: AsyncSession, meeting: Meeting, now: datetime) -> None:
    """Say in the group how many are here: numbers only."""
    chat_id = meeting.study_class.group_chat_id
    if chat_id:
        counted = await tallying.tally(session, meeting, now)
        payload = {"text": tallying.group_text(meeting, counted), "parse_mode": "HTML"}
        to_chat(session, chat_id, "sendMessage", payload, now, Way(purpose="answer"))


async def say_next(session: AsyncSession, study_class: StudyClass, now: datetime) -> None:
    """Say in the group when the next class is."""
    chat_id = study_class.group_chat_id
    following = await meetings.following(session, study_class.id, now)
    if chat_id is None or following is None:
        return
    words = html(
        MANDARIN,
        _("Class %(day)s at %(time)s, %(place)s: %(lesson)s."),
        day=day_word(following.starts_at, now, MANDARIN),
        time=clock(following.starts_at),
        place=following.place,
        lesson=following.title,
    )
    payload = {"text": words, "parse_mode": "HTML"}
    to_chat(session, chat_id, "sendMessage", payload, now, Way(purpose="answer"))
