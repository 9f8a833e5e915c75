"""Polls of a class head in the class's group: made in private, native, anonymous, with an end (G6).

What was voted is heard from Telegram's own updates, which name a poll by what it asks: so no two
that are open at once ask the same in the same words. Only totals are kept.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, day_word, html, translate
from bot.language import N_ as _
from bot.services.audience import free_at
from bot.services.reaching import tell_class_heads
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, tell, to_chat
from db import ledger
from db.models import Media, Message, OutboxState, Poll, Priority, StudyClass
from db.queries import outbox, polls

HOUR = timedelta(hours=1)
SHORTEST = timedelta(minutes=5)  # that a poll stays open
WAIT = timedelta(minutes=1)  # for the totals, once it was stopped
SPOKEN = _("There is a question for the class. Tap your answer.")
GONE = (OutboxState.FAILED, OutboxState.SKIPPED)
PURPOSE = "poll"
Votes = Sequence[tuple[str, int]]  # option, how many


def ends_at(choice: int, begins: datetime) -> datetime | None:
    """Return the end that a button stands for; None where it is over already."""
    local = begins.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    ends = {
        1: begins + HOUR,
        2: local.replace(hour=21),
        3: local.replace(hour=20) + timedelta(days=1),
    }.get(choice)
    return ends if ends and ends >= begins + SHORTEST else None


async def send(
    session: AsyncSession, here: Listener, poll: Poll, study_class: StudyClass, now: datetime
) -> bool:
    """Post a poll in the class's group, once; False where it cannot be posted."""
    chat_id, options = study_class.group_chat_id, list(poll.options["options"])
    begins = free_at(None, now)
    ends = ends_at(int(poll.options.get("end", 0)), begins)
    if poll.sent_at or chat_id is None or ends is None or here.person is None:
        return False
    question = poll.question
    others = [one for one in await polls.still_open(session, question) if _asks(one, options)]
    if any(one.study_class_id == study_class.id for one in others):
        tell(session, here, _("This very poll is open in the group already."), now)
        return False
    if others:  # in another class: told apart by the class's name
        question = f"{question[: LONGEST - len(study_class.name) - 2]}（{study_class.name}）"
        poll.question = question
    way = Way(
        Priority.BROADCAST,
        f"poll:{poll.id}",
        not_before=begins,
        expires_at=ends,
        purpose=PURPOSE,
        study_class_id=study_class.id,
    )
    await _speak(session, chat_id, poll, way, now)
    payload = shape(poll)
    message = to_chat(session, chat_id, "sendPoll", payload, now, way)
    await session.flush()
    poll.sent_at, poll.ends_at, poll.message_id = now, ends, message.id
    here.account.state = None
    await ledger.record(
        session,
        here.person.id,
        "poll.sent",
        now,
        poll=poll.id,
        study_class=study_class.id,
        options=len(options),
        ends=ends.isoformat(),
    )
    text = _("On its way to the group. It ends %(day)s at %(time)s; then you get the totals.")
    tell(session, here, text, now, day=day_word(ends, now, here.language), time=clock(ends))
    return True


LONGEST, LONGEST_OPTION, FEWEST, MOST = 300, 100, 2, 12  # of the Bot API


def shape(poll: Poll) -> dict[str, Any]:
    """Return a poll the way Telegram takes it."""
    return {
        "question": poll.question,
        "options": [{"text": one} for one in poll.options["options"]],
        "is_anonymous": True,
    }


async def _speak(session: AsyncSession, chat_id: int, poll: Poll, way: Way, now: datetime) -> None:
    """Say the question before it is written: the author's voice, else the usual sentence."""
    voice: dict[str, Any] | None = await group_voice(session, Screen(SPOKEN), now)
    said = await session.get(Media, poll.options.get("voice") or 0)
    if said:
        voice = {"voice": said.file_id}
    if voice:
        first = Way(
            way.priority,
            f"{way.key}:voice",
            way.not_before,
            way.expires_at,
            f"{PURPOSE}-voice",
            study_class_id=way.study_class_id,
        )
        to_chat(session, chat_id, "sendVoice", voice, now, first)


def _asks(poll: Poll, options: Sequence[str]) -> bool:
    return list(poll.options["options"]) == list(options)


async def hear(
    session: AsyncSession, question: str, votes: Votes, now: datetime, *, closed: bool
) -> None:
    """Take what Telegram says of a poll: how many chose what, and whether it is over."""
    open_ = await polls.still_open(session, question)
    for poll in open_:
        if _asks(poll, [option for option, _count in votes]):
            poll.totals = {"votes": [count for _option, count in votes]}
            if closed:
                await _close(session, poll, now)


async def close_due(session: AsyncSession, now: datetime) -> int:
    """Stop the polls whose end has come; return how many moved on."""
    moved = 0
    for poll in await polls.ending(session, now):
        carrier = await session.get(Message, poll.message_id or 0, populate_existing=True)
        stop = await polls.message(session, f"pollstop:{poll.id}")
        if carrier is None or carrier.state in GONE:
            await _lose(session, poll, carrier.error if carrier else "", now)
        elif carrier.state is not OutboxState.SENT:
            if carrier.state is not OutboxState.WAITING:  # in the sender's hand
                continue
            await outbox.skip(session, [carrier.id], "expired")
            await _lose(session, poll, "expired", now)
        elif stop is None:
            way = Way(
                Priority.REMINDER,
                f"pollstop:{poll.id}",
                purpose="poll-stop",
                study_class_id=poll.study_class_id,
            )
            payload = {"message_id": carrier.message_id}
            to_chat(session, carrier.chat_id, "stopPoll", payload, now, way)
        elif stop.state in {*GONE, OutboxState.SENT} and now >= stop.created_at + WAIT:
            await _close(session, poll, now)  # as far as was heard
        else:
            continue
        moved += 1
    return moved


async def _close(session: AsyncSession, poll: Poll, now: datetime) -> None:
    """Keep the totals, and tell the class head."""
    votes = (poll.totals or {}).get("votes") or [0] * len(poll.options["options"])
    poll.totals, poll.closed_at = {"votes": votes}, now
    told = {"poll": poll.id, "study_class": poll.study_class_id, "votes": votes}
    await ledger.record(session, poll.author_id, "poll.closed", now, **told)
    results = "\n".join(
        f"{option}：{count}" for option, count in zip(poll.options["options"], votes, strict=True)
    )
    await tell_class_heads(
        session,
        poll.study_class_id,
        _("The poll is over. %(question)s\n%(results)s"),
        now,
        f"poll:{poll.id}:over",
        question=poll.question,
        results=results,
    )


async def _lose(session: AsyncSession, poll: Poll, reason: str, now: datetime) -> None:
    """End a poll that never stood in the group, and tell the class head."""
    poll.closed_at = now
    told = {"poll": poll.id, "study_class": poll.study_class_id, "reason": reason}
    await ledger.record(session, poll.author_id, "poll.closed", now, **told)
    await tell_class_heads(
        session,
        poll.study_class_id,
        _("The poll did not reach the group: %(question)s"),
        now,
        f"poll:{poll.id}:lost",
        question=poll.question,
    )


def end_words(choice: int) -> str:
    """Say what an end's button says."""
    said = {1: _("In 1 hour"), 2: _("Today 21:00"), 3: _("Tomorrow 20:00")}[choice]
    return translate(MANDARIN, said)


def told_in_words(poll: Poll) -> str:
    """Return the question and its options, safe to show."""
    listed = [f"{number}. {option}" for number, option in enumerate(poll.options["options"], 1)]
    return html(MANDARIN, "%(words)s", words="\n".join([poll.question, *listed]))
