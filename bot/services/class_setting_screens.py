"""A class head sees and changes by taps how the class checks in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, translate
from bot.language import N_ as _
from bot.services.class_setting import (
    NAMES,
    PLACE,
    SWITCHES,
    USUAL_METRES,
    Changer,
    set_value,
    value_of,
)
from bot.services.refusing import Refusal
from bot.services.staff_screens import columns, escaped, say, why_not
from bot.voice.buttons import GREEN, Button, button
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db.models import Membership, Role, StudyClass

WAITS = "clplace"  # the account's state while a class's place is awaited
NONE = 9999  # in a button: no minutes of its own
LABELS = {
    "opens_before": _("Early opening"),
    "grace": _("Late from"),
    "late_until": _("Check-in ends"),
    "leave_grace": _("Leaving early"),
    "asks_code": _("Code of the moment"),
    "asks_midway": _("Middle check"),
    PLACE: _("Place of the class"),
}
SAID = {
    "opens_before": _("Check-in opens %(minutes)d min before class."),
    "grace": _("Whoever comes more than %(minutes)d min after the start is late."),
    "late_until": _("Check-in ends %(minutes)d min after the start."),
    "leave_grace": _("Whoever goes more than %(minutes)d min before the end leaves early."),
}
WITHOUT = {
    "late_until": _("Check-in ends with the class."),
    "leave_grace": _("Leaving early is judged by the same minutes as being late."),
}
SWITCHED = {
    ("asks_code", True): _("Only the code shown in the room marks learners as here."),
    ("asks_code", False): _("No code is asked for."),
    ("asks_midway", True): _("In the middle I ask once who is still there."),
    ("asks_midway", False): _("In the middle nobody is asked."),
}
CHOICES = {
    "opens_before": (0, 10, 15, 30, 45, 60, 90, 120),
    "grace": (0, 5, 10, 15, 20, 30),
    "late_until": (15, 20, 30, 45, 60, 90, NONE),
    "leave_grace": (0, 5, 10, 15, 20, 30, NONE),
    PLACE: (100, 200, 300, 500, 1000, 2000),
}


def words_of(study_class: StudyClass, name: str, language: str = MANDARIN) -> str:
    """Say how a setting of a class is."""
    value = value_of(study_class, name)
    if name in SWITCHES:
        return translate(language, SWITCHED[name, bool(value)])
    if name == PLACE:
        if not value:
            return translate(language, _("Nobody is asked where they are."))
        text = _("Learners who agreed apart are asked how far they are: within %(metres)d m.")
        return translate(language, text, metres=value.get("metres", USUAL_METRES))
    if value is None:
        return translate(language, WITHOUT[name])
    return translate(language, SAID[name], minutes=value)


def led(held: Sequence[Membership], number: int) -> bool:
    """Say whether somebody leads a class."""
    return any(one.role is Role.CLASS_HEAD and one.study_class_id == number for one in held)


async def choose_class(
    session: AsyncSession, here: Listener, held: Sequence[Membership], now: datetime
) -> None:
    """Show the settings of the class that one leads; ask which, where there are several."""
    here.account.state = None
    numbers = dict.fromkeys(one.study_class_id for one in held if one.role is Role.CLASS_HEAD)
    classes = [await session.get_one(StudyClass, number) for number in numbers if number]
    if len(classes) == 1:
        show(session, here, classes[0], now)
        return
    rows = columns([button(one.name, f"clset:{one.id}") for one in classes], 1)
    text = _("Settings of which class?") if classes else _("You have no class yet.")
    say(session, here, [html(MANDARIN, text)], rows, now)


def show(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    now: datetime,
    message_id: int | None = None,
    wrong: str = "",
) -> None:
    """Show every setting in words, and a button for each."""
    text = _("%(name)s, how check-in works from now on:")
    lines = [html(MANDARIN, text, name=study_class.name)]
    lines += [f"· {escaped(words_of(study_class, name))}" for name in NAMES]
    lines += [f"⚠ {escaped(wrong)}"] if wrong else []
    faces = [
        button(translate(MANDARIN, LABELS[name]), f"clset:{study_class.id}:{at}")
        for at, name in enumerate(NAMES)
    ]
    say(session, here, lines, columns(faces, 2), now, message_id)


def ask(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    name: str,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Show what a setting may be."""
    lines = [
        f"<b>{escaped(translate(MANDARIN, LABELS[name]))}</b>",
        escaped(words_of(study_class, name)),
    ]
    here.account.state = None
    rows = columns(_faces(study_class, name), 4)
    if name == PLACE:
        here.account.state = f"{WAITS}:{study_class.id}"
        text = _("Send the class's place: 📎, then location. Learners are asked for consent apart.")
        lines.append(html(MANDARIN, text))
    rows.append([button("↩︎", f"clset:{study_class.id}")])
    say(session, here, lines, rows, now, message_id)


def _faces(study_class: StudyClass, name: str) -> list[Button]:
    """Return a button for each value; the one that holds is ticked."""
    prefix = f"clset:{study_class.id}:{NAMES.index(name)}"
    value: Any = value_of(study_class, name)
    if name in SWITCHES:
        return [
            _face(translate(MANDARIN, text), f"{prefix}:{int(on)}", holds=bool(value) is on)
            for text, on in ((_("On"), True), (_("Off"), False))
        ]
    if name == PLACE:
        if not value:
            return []
        metres = value.get("metres", USUAL_METRES)
        known = [
            _face(f"{one} m", f"{prefix}:{one}", holds=one == metres) for one in CHOICES[PLACE]
        ]
        return [*known, button(translate(MANDARIN, _("Off")), f"{prefix}:0")]
    found = []
    for one in CHOICES[name]:
        text = translate(MANDARIN, _("Not set")) if one == NONE else str(one)
        found.append(_face(text, f"{prefix}:{one}", holds=value == (None if one == NONE else one)))
    return found


def _face(text: str, act: str, *, holds: bool) -> Button:
    return button(f"✔ {text}", act, GREEN) if holds else button(text, act)


async def choose(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    name: str,
    number: int,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    """Take the value that was tapped; False where it is refused, which is said."""
    value: Any = None if number == NONE else number
    if name in SWITCHES:
        value = number == 1
    elif name == PLACE:
        known = study_class.location
        value = known | {"metres": number} if known and number else None
    return await _set(session, here, study_class, name, value, now, message_id)


async def take_place(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    spot: tuple[float, float],
    now: datetime,
) -> bool:
    """Take the class's place that its head sent."""
    metres = (study_class.location or {}).get("metres", USUAL_METRES)
    value = {"latitude": spot[0], "longitude": spot[1], "metres": metres}
    return await _set(session, here, study_class, PLACE, value, now)


async def _set(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    name: str,
    value: object,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    here.account.state = None
    wrong = ""
    try:
        await set_value(session, study_class, name, value, Changer(here.person), now)
    except Refusal as refusal:
        wrong = why_not(here, refusal)
    show(session, here, study_class, now, message_id, wrong)
    return not wrong


def no_place(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say that a forwarded place is not taken."""
    tell(session, here, _("This place was forwarded. Please send it from where the class is."), now)
