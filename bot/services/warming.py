"""The warm-up: what has fallen due is asked, a screen each, before a lesson's first step."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.services import filling, mastering, stepping
from bot.services.handing_in import seconds_on
from bot.services.taught import course
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import Sitting

PLACE = 90  # places of steps from here on are the warm-up's; a lesson has at most 30


async def show_item(
    session: AsyncSession, listener: Listener, sitting: Sitting, now: datetime
) -> bool:
    """Ask the next item as its own lesson did; False where the warm-up is over."""
    items = mastering.warm_up(sitting)
    step = mastering.item(items[0]) if items else None
    if step is None:
        if sitting.pressed.startswith(mastering.WARM_UP):  # its lesson is taught no more
            mastering.warm_up_left(sitting, [])
        return False
    sitting.shown_at = now
    listener.account.state = f"{stepping.awaits(step)}:{sitting.id}"
    act = f"step:{sitting.id}:{PLACE + len(items)}"
    filled = await filling.fill(session, listener, step, now)
    said = Screen(
        filling.caption(filled, ""),
        picture=course().path(step.picture),
        voice=filled.voice or (course().path(step.clip) if step.clip else None),
        rows=stepping.choices(step, act, "", sitting.tries),
        taught=True,
        key=step.id,
    )
    filled.draw_on(await show(session, listener, said, now))
    return True


async def answer(
    session: AsyncSession,
    listener: Listener,
    sitting: Sitting,
    place: int,
    choice: int,
    now: datetime,
) -> bool:
    """Take a tap at the warm-up; True where its last item was done and the lesson begins."""
    items = mastering.warm_up(sitting)
    step = mastering.item(items[0])
    if step is None or place != PLACE + len(items) or not 0 <= choice < len(step.buttons):
        return False
    seconds, right = seconds_on(sitting, now), choice == step.right
    await ledger.record(
        session,
        sitting.person_id,
        "step.answered",
        now,
        sitting=sitting.id,
        step=step.id,
        choice=choice,
        right=right,
        seconds=seconds,
        warm_up=True,
    )
    if right:
        await mastering.rate(session, sitting.person_id, step.id, sitting.tries, now)
        sitting.seconds += seconds
        mastering.warm_up_left(sitting, items[1:])
    else:
        sitting.tries += 1
    words = _("Very good.") if right else _("Listen once more.")
    receipt(session, listener, Screen(words), now)
    return not await show_item(session, listener, sitting, now)
