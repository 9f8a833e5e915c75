"""What a learner says or writes, expected or not: it is kept, answered, and the way goes on."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import (
    asking,
    attending,
    checkin_words,
    consenting,
    homing,
    own_meetings,
    teaching,
)
from bot.services.keeping import SHORTEST, Attachment, keep
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, receipt
from db import ledger
from db.models import Consent, How, Message, Person, Sitting
from db.queries.choices import below

LONGEST = 5 * 60  # seconds of voice that a person can be asked to listen to
ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
NUMERALS = str.maketrans("０１２３４５６７８９一二三四", "01234567891234")
NUMBER = re.compile(r"[0-9]+(?=$|\s)")  # on a button, alone or before its picture
PLACES = "1234"


def state_of(here: Listener) -> tuple[str, int]:
    """Return what free input means now: the state's word, and the id that it speaks of."""
    word, _colon, number = (here.account.state or "").partition(":")
    return word, int(number) if number.isdigit() else 0


async def hear_voice(
    session: AsyncSession, here: Listener, person: Person, said: Attachment, now: datetime
) -> None:
    """Take a voice message: as what was asked for, else as a question to the teacher."""
    if await _unusable(session, here, said, now):
        return
    state, number = state_of(here)
    match state:
        case "agree":
            consent = await session.get_one(Consent, number)
            await consenting.hear(session, here, consent, said, now)
        case "witness":
            here.account.state = None
            consent = await session.get_one(Consent, number)
            await consenting.hear_witness(session, here, consent, said, now)
        case "say" | "photo":
            sitting = await session.get_one(Sitting, number)
            if not await teaching.hear_answer(session, here, sitting, said, now):
                await _keep_unasked(session, here, person, now, said=said)
        case "ask":
            here.account.state = None
            await asking.ask(session, person, now, said=said)
            await asking.thank(session, here, now)
        case "lang" | "reads":
            await _keep_unasked(session, here, person, now, said=said)
        case _:
            await _presence_or_question(session, here, person, said, now)


async def _unusable(session: AsyncSession, here: Listener, said: Attachment, now: datetime) -> bool:
    """Say what is wrong with a voice that nobody could use, and show the screen again."""
    state, _number = state_of(here)
    if said.too_big:
        text, values = _("This file is too big for me. Please send a smaller one."), {}
    elif said.seconds > LONGEST:
        text = _("That is too long for me. Please say it in less than %(minutes)d minutes.")
        values = {"minutes": LONGEST // 60}
    elif said.seconds < SHORTEST:
        text, values = _("I hear nothing in it. Hold the microphone and speak close to it."), {}
    elif said.forwarded and state in {"agree", "say", "witness"}:
        text, values = _("This voice was forwarded. Please say it yourself."), {}
    else:
        return False
    if said.seconds > LONGEST and not said.too_big:
        await keep(session, said, here.person.id if here.person else None, now)
    receipt(session, here, Screen(text, values), now)
    await homing.again(session, here, now)
    return True


async def _presence_or_question(
    session: AsyncSession, here: Listener, person: Person, said: Attachment, now: datetime
) -> None:
    """Take a voice as "I am here" where that was the question, else pass it on to the teacher."""
    meeting = await own_meetings.waiting_for(session, person, now)
    if meeting is None or said.forwarded:
        await _keep_unasked(session, here, person, now, said=said)
        return
    voice = await keep(session, said, person.id, now)
    made = await attending.check_in(
        session, person, meeting, now, How.VOICE, here.account.id, voice_id=voice.id
    )
    await checkin_words.answer(session, here, made, now)


async def _keep_unasked(
    session: AsyncSession,
    here: Listener,
    person: Person,
    now: datetime,
    *,
    text: str = "",
    said: Attachment | None = None,
) -> None:
    """Keep what came unasked; it reaches the teacher, and the screen returns."""
    await asking.ask(session, person, now, text=text, said=said)
    await asking.thank_kept(session, here, now)
    await homing.again(session, here, now)


async def hear_text(
    session: AsyncSession, here: Listener, person: Person, text: str, message_id: int, now: datetime
) -> bool:
    """Take written words as a question; say whether the raw update may be kept."""
    if ID_NUMBER.search(text):
        _delete(session, here, message_id, now)
        receipt(
            session, here, Screen(_("Please do not write ID numbers here. I have removed it.")), now
        )
        return False
    state, _number = state_of(here)
    if state == "ask":
        here.account.state = None
        await asking.ask(session, person, now, text=text)
        await asking.thank(session, here, now)
    else:
        await _keep_unasked(session, here, person, now, text=text)
    return True


def _delete(session: AsyncSession, here: Listener, message_id: int, now: datetime) -> None:
    put(session, here, "deleteMessage", {"message_id": message_id}, now, Way(purpose="cleaning"))


async def hear_picture(
    session: AsyncSession, here: Listener, person: Person, said: Attachment, now: datetime
) -> None:
    """Keep a photo or file; it reaches the teacher."""
    if said.too_big:
        text = _("This file is too big for me. Please send a smaller one.")
        receipt(session, here, Screen(text), now)
        await homing.again(session, here, now)
        return
    state, number = state_of(here)
    if state == "ask":
        here.account.state = None
        await asking.ask(session, person, now, said=said)
        await asking.thank(session, here, now)
        return
    if state == "photo" and not said.forwarded:
        sitting = await session.get_one(Sitting, number)
        if await teaching.hear_answer(session, here, sitting, said, now):
            return
    await _keep_unasked(session, here, person, now, said=said)


async def not_needed(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that a place or a phone number was neither needed nor kept."""
    said = Screen(_("I do not need this and have not kept it."), picture=picture("not-kept"))
    receipt(session, here, said, now)


async def not_caught(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say gently that something was not understood, and show the screen again."""
    receipt(session, here, Screen(_("I did not catch that. Listen once more.")), now)
    await homing.again(session, here, now)


async def old_button(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that a button is old, and show the present screen."""
    receipt(session, here, Screen(_("This button is old. Here is the new one.")), now)
    await homing.again(session, here, now)


async def edited(session: AsyncSession, person: Person, message_id: int, now: datetime) -> None:
    """Note that a message was reworded; its first version counts."""
    await ledger.record(session, person.id, "message.edited", now, message=message_id)


async def numbered_act(session: AsyncSession, here: Listener, text: str) -> str | None:
    """Return the act of the present screen's button with this number, if it has one.

    What stands on the buttons counts; their order, only where no number stands on any.
    """
    number = text.strip().translate(NUMERALS)
    last = await session.get(Message, here.account.screen_id or 0)
    if not number.isdecimal() or last is None or last.chat_id != here.chat_id:
        return None
    shown = [last, *(await below(session, last) if state_of(here)[0] == "lang" else ())]
    rows = [
        row
        for one in shown
        for row in one.payload.get("reply_markup", {}).get("inline_keyboard", [])
    ]
    choices = [
        (NUMBER.match(one["text"]), one["callback_data"])
        for row in rows
        for one in row
        if "callback_data" in one and not one["callback_data"].startswith("hear:")
    ]
    if any(found for found, _ in choices):
        return next((act for found, act in choices if found and found[0] == number), None)
    place = int(number) - 1 if number in PLACES else len(choices)
    return choices[place][1] if place < len(choices) else None


async def hear_act(session: AsyncSession, here: Listener) -> str | None:
    """Return the act that plays the present screen's voice again."""
    last = await session.get(Message, here.account.screen_id or 0)
    if last is None or last.chat_id != here.chat_id:
        return None
    rows = last.payload.get("reply_markup", {}).get("inline_keyboard", [])
    acts = [one.get("callback_data", "") for row in rows for one in row]
    return next((act for act in acts if act.startswith("hear:")), None)
