"""Learner of the week: a card for the group, which goes there only if the learner agrees."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, translate
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services.picturing import digest_of, praise_picture
from bot.services.reaching import listeners, tell_class_heads
from bot.voice.buttons import GREEN, RED, Keyboard, button
from bot.voice.choosing_clips import voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, kept, put, receipt, show, tell, to_chat
from db import ledger
from db.models import LedgerEntry, Person, Priority, Role, StudyClass
from db.queries import people, praise

PAGE, ROW = 24, 3
LONGEST = 84  # letters that a card takes
HOLDS = timedelta(days=7)
PRIVATE = re.compile(r"\d{6,}")  # the number of a card, a phone, a house


async def _class_and_learners(
    session: AsyncSession, here: Listener, now: datetime
) -> tuple[StudyClass | None, Sequence[Person]]:
    """Return the class that somebody leads, and its learners who are on a phone."""
    head = here.person
    led = await people.class_of(session, head.id, Role.CLASS_HEAD, now) if head else None
    if led is None:
        return None, ()
    learners = await people.members(session, led.id, Role.LEARNER, now)
    reached = await people.with_phones(session, learners)
    return led, [one for one in learners if one.id in reached]


async def list_learners(
    session: AsyncSession, here: Listener, now: datetime, page: int = 1
) -> None:
    """Ask a class head whom to praise."""
    here.account.state = None
    _led, learners = await _class_and_learners(session, here, now)
    if not learners:
        tell(session, here, _("No learner of your class is on a phone yet."), now)
        return
    pages = -(-len(learners) // PAGE)
    page = min(max(page, 1), pages)
    shown = learners[(page - 1) * PAGE : page * PAGE]
    rows: Keyboard = [
        [button(one.name, f"praise:{one.id}") for one in shown[start : start + ROW]]
        for start in range(0, len(shown), ROW)
    ]
    if pages > 1:
        rows.append([button(f"« {page}/{pages} »", f"praises:{page % pages + 1}")])
    tell(session, here, _("Whom would you like to praise in the group?"), now, rows)


async def choose(session: AsyncSession, here: Listener, person_id: int, now: datetime) -> bool:
    """Ask for the words of the card; False where this is not one of the head's learners."""
    _led, learners = await _class_and_learners(session, here, now)
    chosen = next((one for one in learners if one.id == person_id), None)
    if chosen is None:
        return False
    here.account.state = f"praise:{chosen.id}"
    tell(session, here, _("Write in a few words what %(name)s did well."), now, name=chosen.name)
    return True


async def offer(
    session: AsyncSession, here: Listener, person_id: int, words: str, now: datetime
) -> None:
    """Show the learner the very card, and ask whether it may go to the group."""
    led, learners = await _class_and_learners(session, here, now)
    chosen = next((one for one in learners if one.id == person_id), None)
    words = " ".join(words.split())
    if led is None or chosen is None or here.person is None:
        await list_learners(session, here, now)
        return
    if not words or len(words) > LONGEST or PRIVATE.search(words):
        text = _("Please write at most %(count)d letters, without the numbers of cards or phones.")
        tell(session, here, text, now, count=LONGEST)
        return
    here.account.state = None
    asked = {"words": words, "by": here.person.id, "study_class": led.id}
    await ledger.record(session, chosen.id, "praise.asked", now, **asked)
    number = await praise.last_line(session, chosen.id)
    for place in await listeners(session, chosen):
        _put_card(session, place, chosen, words, now)
        act = f"week:{chosen.id}:{number}"
        agree = [button("✅", f"{act}:1", GREEN), button("❌", f"{act}:0", RED)]
        text = _("Your teacher would like to praise you in the group with this card. Do you agree?")
        await show(session, place, Screen(text, picture=picture("agree"), rows=[agree]), now)
    tell(
        session,
        here,
        _("%(name)s is asked first. The card goes to the group only after a yes."),
        now,
        name=chosen.name,
    )


def _caption(person: Person, words: str) -> str:
    text = _("Learner of the week: %(name)s. %(words)s")
    return html(MANDARIN, text, name=person.name, words=words)


def _card(session: AsyncSession, person: Person, words: str) -> tuple[str, dict[str, Any]]:
    """Return the digest of a card, and the call that shows it: in words where nothing is drawn."""
    data = voices_of(session).data
    if data is None:
        return "", {"text": _caption(person, words), "parse_mode": "HTML"}
    title = translate(MANDARIN, _("Learner of the week"))
    file = praise_picture(data, title, person.name, words)
    card = {"photo": kept(file), "caption": _caption(person, words), "parse_mode": "HTML"}
    return digest_of(file), card


def _put_card(
    session: AsyncSession, place: Listener, person: Person, words: str, now: datetime
) -> None:
    _digest, card = _card(session, person, words)
    put(session, place, _method(card), card, now, Way(purpose="praise"))


def _method(card: dict[str, Any]) -> str:
    return "sendPhoto" if "photo" in card else "sendMessage"


async def decide(
    session: AsyncSession, here: Listener, person: Person, number: int, now: datetime, *, yes: bool
) -> bool:
    """Take a learner's yes or no, once; False where nothing was asked, or long ago."""
    asked = await session.get(LedgerEntry, (person.id, number))
    if asked is None or asked.kind != "praise.asked" or now - asked.at > HOLDS:
        return False
    if asked.payload is None or await praise.is_decided(session, person.id, number):
        return False
    words, class_id = str(asked.payload["words"]), int(asked.payload["study_class"])
    receipt(session, here, Screen(_("Thank you.")), now)
    if not yes:
        await ledger.record(session, person.id, "praise.declined", now, asked=number)
        text = _("Not this week: %(name)s.")
        await tell_class_heads(session, class_id, text, now, name=person.name)
        return True
    digest, card = _card(session, person, words)
    await ledger.record(
        session, person.id, "praise.given", now, asked=number, card=digest, agreed=True
    )
    study_class = await session.get_one(StudyClass, class_id)
    if study_class.group_chat_id is None:
        text = _("%(name)s agrees, but the class has no group yet.")
        await tell_class_heads(session, class_id, text, now, name=person.name)
        return True
    way = Way(Priority.BROADCAST, purpose="praise", study_class_id=class_id)
    spoken = Screen(_("Learner of the week: %(name)s. %(words)s"))
    if voice := await group_voice(session, spoken, now):
        to_chat(session, study_class.group_chat_id, "sendVoice", dict(voice), now, way)
    to_chat(session, study_class.group_chat_id, _method(card), card, now, way)
    text = _("%(name)s agrees. The card is in the group.")
    await tell_class_heads(session, class_id, text, now, name=person.name)
    return True
