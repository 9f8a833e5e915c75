"""A learner hears and sees how many class hours there are, and how many are still needed."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil, floor

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, translate
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services.homing import choices, face
from bot.services.hours_of_class import LearnerHours, own_hours
from bot.services.hours_picture import Bar, hours_picture
from bot.services.hours_rules import shown
from bot.voice.buttons import Keyboard, button
from bot.voice.choosing_clips import voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, kept, show
from db.models import Person, Track

TRACKS = {Track.CERTIFICATE: _("certificate"), Track.REGISTER: _("school register")}


async def say_hours(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Say it with a bar; each register by itself, where a learner is in both."""
    found = await own_hours(session, person, now)
    rows: Keyboard = [
        *choices(person),
        [
            button(face(person, "🙅", _("Not right")), "wrong"),
            button(face(person, "🗣", _("How I speak to you")), "set"),
            button(face(person, "⏰", _("Reminders")), "setwhen"),
            button(face(person, "📷", _("Papers")), "papers"),
        ],
    ]
    if not found:
        said = Screen(
            _("You have %(have)s hours of class."), {"have": "0"}, picture("home"), rows=rows
        )
        await show(session, here, said, now)
        return
    data = voices_of(session).data
    for number, hours in enumerate(found, 1):
        text, values = sentence(hours)
        below = rows if number == len(found) else []
        card = await show(session, here, Screen(text, values, picture("home"), rows=below), now)
        if data and card.payload:
            drawn = hours_picture(data, [bar_of(hours, found)])
            card.payload = {**card.payload, "photo": kept(drawn)}


def sentence(hours: LearnerHours) -> tuple[str, dict[str, object]]:
    """Return what is said: what is there, and what is still needed where that is known."""
    have = hours.totals.counted
    if hours.left is None:
        return _("You have %(have)s hours of class."), {"have": str(shown(have))}
    if not hours.left:
        return _("You have all the hours that are needed: %(have)d."), {"have": floor(have)}
    return _("You have %(have)d hours. %(left)d are still needed."), {
        "have": floor(have),
        "left": ceil(hours.left),
    }


def bar_of(hours: LearnerHours, found: Sequence[LearnerHours]) -> Bar:
    """Return the bar of one register, named where there are two."""
    have = floor(hours.totals.counted)
    makeup = hours.totals.makeup if hours.rule.makeup_counts else 0
    name = translate(MANDARIN, TRACKS[hours.track]) if len(found) > 1 else ""
    return Bar(have, min(ceil(makeup), have), hours.required, name)
