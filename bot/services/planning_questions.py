"""What is asked of who plans a meeting in a chat, and the preview of what would be planned."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html
from bot.language import N_ as _
from bot.services import drafting, timetabling
from bot.services.drafting import MODES, Draft, at_minute
from bot.services.reminder_rules import time_of
from bot.services.staff_screens import columns, escaped, say
from bot.services.taught import course
from bot.services.timetable_cautions import Caution
from bot.services.timetable_sense import odd
from bot.services.weighing import (
    day_label,
    day_of,
    day_warnings,
    signs,
    time_label,
    warned,
    weigh,
)
from bot.voice.buttons import Button, Keyboard, button
from bot.voice.listening import Listener
from db.models import Mode, Person, StudyClass

DAY = 24 * 60  # minutes
DAYS = 14
PAGE = 8
MODE_WORDS = {
    Mode.OFFLINE: _("In the room"),
    Mode.ONLINE: _("Online"),
    Mode.PRACTICE: _("Practice"),
}
TYPING = "planplace"  # what free input means while a place is asked for
TITLING = "plantitle"  # … and while a lesson is


def ask_day(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Offer today and the days after it, special ones marked."""
    here.account.state = None
    today = day_of(now)
    faces = [
        button(
            day_label(day) + signs(day, study_class.township),
            f"planday:{study_class.id}:{day.toordinal()}",
        )
        for day in (today + timedelta(days=ahead) for ahead in range(DAYS))
    ]
    text = _("Plan a meeting of %(class)s: which day?")
    lines = [html(MANDARIN, text, **{"class": study_class.name})]
    say(session, here, lines, columns(faces, 2), now, message_id)


async def ask_period(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    draft: Draft,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Offer the periods of a day that are still to come, the class's own first."""
    found = await drafting.periods(session, study_class.id)
    faces = [
        button(
            f"{time_of(starts)}–{time_of(ends % DAY)}", f"plantime:{study_class.id}:{starts}:{ends}"
        )
        for starts, ends in found
        if at_minute(draft.day, starts) > now
    ]
    day = date.fromordinal(draft.day)
    lines = [html(MANDARIN, _("%(day)s: at what time?"), day=day_label(day))]
    lines += [escaped(f"⚠ {one}") for one in day_warnings(day, study_class.township)]
    if not faces:
        lines.append(html(MANDARIN, _("No usual time is left on this day.")))
    back = button("↩︎", f"planask:{study_class.id}:1")
    say(session, here, lines, [*columns(faces, 2), [back]], now, message_id)


async def ask_place(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    draft: Draft,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Offer the class's own place and those of late; any other may be typed."""
    here.account.state = f"{TYPING}:{study_class.id}"
    faces = [
        [button(place, f"planplace:{study_class.id}:{number}")]
        for number, place in await drafting.places(session, study_class)
    ]
    when = time_label(draft.starts_at, draft.ends_at)
    lines = [html(MANDARIN, _("%(when)s: where? Tap a place, or type one."), when=when)]
    back = button("↩︎", f"planask:{study_class.id}:2")
    say(session, here, lines, [*faces, [back]], now, message_id)


async def preview(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    draft: Draft,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Show what would be planned, what stands against it, and the next free day."""
    teacher = await session.get_one(Person, draft.teacher)
    place = draft.place
    weighed = await weigh(
        session, study_class, teacher.id, draft.starts_at, draft.ends_at, place, now
    )
    against = [escaped(one) for one in warned(weighed)]
    # The time stands above already: only what is odd is said.
    strange = [Caution(one.kind, None, one.text, one.values) for one in odd([draft.entry])]
    lines = [
        f"<b>{escaped(study_class.name)}</b>",
        f"<b>{time_label(draft.starts_at, draft.ends_at)}</b>",
        html(
            MANDARIN,
            _("%(place)s · %(lesson)s · %(mode)s · %(teacher)s"),
            place=place,
            lesson=_lesson(draft.lesson) or draft.title,
            mode=html(MANDARIN, MODE_WORDS[MODES[draft.mode]]),
            teacher=teacher.name,
        ),
        *against,
        *(escaped(f"⚠ {one.said(MANDARIN)}") for one in strange),
    ]
    rows: Keyboard = []
    if not weighed.forbids:
        face = "✔ " + html(MANDARIN, _("Plan it"))
        rows.append([button(face, f"plansave:{study_class.id}:{draft.serial}", "success")])
    if against and (free := await _free(session, study_class, teacher, draft, now)):
        rows.append([free])
    say(session, here, lines, [*rows, *_changes(study_class)], now, message_id)


async def _free(
    session: AsyncSession, study_class: StudyClass, teacher: Person, draft: Draft, now: datetime
) -> Button | None:
    """Return the button that takes the next free day at the same time."""
    found = await timetabling.next_free(
        session, study_class, teacher, draft.starts_at, draft.ends_at, now
    )
    if found is None:
        return None
    day = day_of(found[0])
    face = html(MANDARIN, _("Next free: %(day)s"), day=f"{day_label(day)} {clock(found[0])}")
    return button(face, f"planday:{study_class.id}:{day.toordinal()}", "primary")


def _changes(study_class: StudyClass) -> Keyboard:
    """Return the buttons that change one thing of a draft, and the one that drops it."""
    parts = (_("Day"), _("Time"), _("Place"), _("Lesson"), _("Mode"), _("Teacher"))
    faces = [
        button("✎ " + html(MANDARIN, part), f"planask:{study_class.id}:{number}")
        for number, part in enumerate(parts, 1)
    ]
    drop = button("✗ " + html(MANDARIN, _("Drop it")), f"plandrop:{study_class.id}")
    return [*columns(faces, 3), [drop]]


async def ask_lesson(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    page: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Offer the class's lessons, the next untaught first; a title of the school's own is typed."""
    here.account.state = f"{TITLING}:{study_class.id}"
    found = await drafting.lessons(session, study_class)
    own = await drafting.titles(session, study_class) if page == 1 else []
    page = max(1, min(page, -(-len(found) // PAGE)))
    faces = [
        [button(_lesson(one.key), f"planless:{study_class.id}:{drafting.lesson_number(one)}")]
        for one in found[(page - 1) * PAGE : page * PAGE]
    ]
    turns = [button("«", f"planpage:{study_class.id}:{page - 1}")] if page > 1 else []
    more = len(found) > page * PAGE
    turns += [button("»", f"planpage:{study_class.id}:{page + 1}")] if more else []
    text = _("Which lesson? The next untaught comes first. Or type a title of your own.")
    named = [[button(f"✎ {title}", f"plantitle:{study_class.id}:{at}")] for at, title in own]
    say(session, here, [html(MANDARIN, text)], [*faces, *named, turns], now, message_id)


async def ask_mode(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    now: datetime,
    message_id: int | None,
) -> None:
    """Ask how the meeting is held."""
    faces = [
        button(html(MANDARIN, MODE_WORDS[mode]), f"planmode:{study_class.id}:{number}")
        for number, mode in enumerate(MODES)
    ]
    say(session, here, [html(MANDARIN, _("How is it held?"))], [faces], now, message_id)


async def ask_teacher(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    now: datetime,
    message_id: int | None,
) -> None:
    """Ask who teaches."""
    faces = [
        button(one.name, f"planwho:{study_class.id}:{one.id}")
        for one in await drafting.teachers(session, study_class, now)
    ]
    say(session, here, [html(MANDARIN, _("Who teaches?"))], columns(faces, 3), now, message_id)


def _lesson(key: str) -> str:
    lesson = course().lesson(key)
    return f"{key} {lesson.title}" if lesson else key
