"""Learner of the week: a class head chooses, speaks and writes; the learner is asked first."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services.asking import pass_on
from bot.services.correcting import LONGEST as LONGEST_VOICE
from bot.services.correcting import unfit
from bot.services.honouring import card_of, method_of
from bot.services.keeping import Attachment, keep
from bot.services.quieting import awake
from bot.services.reaching import listeners
from bot.voice.buttons import GREEN, RED, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, show, tell
from db import ledger
from db.models import Media, Person, Role, StudyClass
from db.queries import people, praise

PAGE, ROW = 24, 3
LONGEST = 84  # letters that a card takes
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
    text = _(
        "Write in a few words what %(name)s did well. Speak first, if you like: your voice goes "
        "with the card."
    )
    tell(session, here, text, now, name=chosen.name)
    return True


async def speak(
    session: AsyncSession, here: Listener, person_id: int, said: Attachment, now: datetime
) -> None:
    """Take the class head's own voice, which goes with the card; its words come next."""
    if refusal := unfit(said):
        tell(session, here, refusal, now, minutes=LONGEST_VOICE // 60)
        return
    voice = await keep(session, said, here.person.id if here.person else None, now)
    here.account.state = f"praise:{person_id}:{voice.id}"
    tell(session, here, _("I have your voice. Now write the words of the card."), now)


async def offer(
    session: AsyncSession,
    here: Listener,
    person_id: int,
    words: str,
    now: datetime,
    voice_id: int = 0,
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
    voice = await session.get(Media, voice_id) if voice_id else None
    asked = {
        "words": words,
        "by": here.person.id,
        "study_class": led.id,
        "voice": voice.id if voice and voice.person_id == here.person.id else None,
    }
    await ledger.record(session, chosen.id, "praise.asked", now, **asked)
    number = await praise.last_line(session, chosen.id)
    way = Way(not_before=awake(now, led, chosen), purpose="praise")
    for place in await listeners(session, chosen):
        card = card_of(session, chosen, words)[1]
        put(session, place, method_of(card), card, now, way)
        await _ask(session, place, chosen, number, asked["voice"], now, way)
    tell(
        session,
        here,
        _("%(name)s is asked first. The card goes to the group only after a yes."),
        now,
        name=chosen.name,
    )


async def _ask(
    session: AsyncSession,
    place: Listener,
    person: Person,
    number: int,
    voice_id: object,
    now: datetime,
    way: Way,
) -> None:
    """Let a learner hear what would go with the card, and ask; what waits is no screen yet."""
    text = _("Your teacher would like to praise you in the group with this card. Do you agree?")
    if isinstance(voice_id, int):
        await pass_on(session, place, voice_id, "", [], now, way)
        text = _(
            "Your teacher would like to praise you in the group with this card and these spoken "
            "words. Do you agree?"
        )
    act = f"week:{person.id}:{number}"
    agree = [button("✅", f"{act}:1", GREEN), button("❌", f"{act}:0", RED)]
    screen = place.account.screen_id
    await show(session, place, Screen(text, picture=picture("agree"), rows=[agree]), now, way)
    if way.not_before != now:
        place.account.screen_id = screen
