"""A meeting planned in a chat by taps: day, period, place; then a preview, and it is saved."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html
from bot.language import N_ as _
from bot.services import drafting, timetable_posts
from bot.services.drafting import MODES, Draft
from bot.services.moving_words import tell_planned
from bot.services.planning_questions import (
    ask_day,
    ask_lesson,
    ask_mode,
    ask_period,
    ask_place,
    ask_teacher,
    preview,
)
from bot.services.refusing import Refusal
from bot.services.staff_screens import refuse, say
from bot.services.taking_back import PLAN, may_take_back
from bot.services.taught import course
from bot.services.timetable_values import is_ours, lesson_of, own_title
from bot.services.timetabling import LONGEST_PLACE, LONGEST_TITLE, plan_meetings
from bot.services.weighing import day_of, time_label
from bot.voice.buttons import button
from bot.voice.listening import Listener
from db.models import Meeting, Person, StudyClass
from db.queries import planning

FARTHEST = 366  # days
DAY = 24 * 60  # minutes
TIME = 2  # the part of a draft that comes after the day


async def begin(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Begin to plan a meeting: ask for the day."""
    await drafting.begin(session, here, study_class, now)
    ask_day(session, here, study_class, now, message_id)


async def take_day(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    day: int,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    """Take the day and go on; False where it cannot be."""
    today = day_of(now).toordinal()
    if not today <= day <= today + FARTHEST:
        return False
    draft = await drafting.load(session, here, study_class.id)
    if not draft.teacher:
        draft = await drafting.begin(session, here, study_class, now)
    draft = await drafting.change(session, here, draft, now, day=day)
    await go_on(session, here, study_class, draft, now, message_id)
    return True


async def take_period(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    starts: int,
    ends: int,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    """Take the period and go on; False where it cannot be."""
    if not 0 <= starts < ends <= DAY:
        return False
    draft = await drafting.load(session, here, study_class.id)
    draft = await drafting.change(session, here, draft, now, starts=starts, ends=ends)
    await go_on(session, here, study_class, draft, now, message_id)
    return True


async def take_place(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    place: str,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Take a place, chosen or typed, and go on."""
    place = " ".join(place.split())
    if not place or len(place) > LONGEST_PLACE:
        text = _("Give the place in at most %(most)d characters.")
        say(session, here, [html(MANDARIN, text, most=LONGEST_PLACE)], [], now)
        return
    draft = await drafting.load(session, here, study_class.id)
    draft = await drafting.change(session, here, draft, now, place=place)
    await go_on(session, here, study_class, draft, now, message_id)


async def take_title(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    words: str,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Take what is taught in words, a lesson of ours or the school's own title, and go on."""
    title, key = own_title(words), lesson_of(words)
    if not key and (not title or len(title) > LONGEST_TITLE or is_ours(title)):
        text = _("Give the title in at most %(most)d characters.")
        if is_ours(title):
            text = _("There is no such lesson; choose one or type a title of your own.")
        say(session, here, [html(MANDARIN, text, most=LONGEST_TITLE)], [], now)
        return
    draft = await drafting.load(session, here, study_class.id)
    values = {"lesson": key or "", "title": "" if key else title}
    draft = await drafting.change(session, here, draft, now, **values)
    await go_on(session, here, study_class, draft, now, message_id)


async def title_of(session: AsyncSession, study_class: StudyClass, meeting_id: int) -> str:
    """Return the title that a button names by the meeting that had it."""
    meeting = await session.get(Meeting, meeting_id)
    return meeting.title if meeting and meeting.study_class_id == study_class.id else ""


async def place_of(session: AsyncSession, study_class: StudyClass, meeting_id: int) -> str:
    """Return the place that a button names by the meeting held there; 0 is the class's own."""
    if meeting_id == 0:
        return study_class.teaching_point
    meeting = await session.get(Meeting, meeting_id)
    return meeting.place if meeting and meeting.study_class_id == study_class.id else ""


async def go_on(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    draft: Draft,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Ask for what is still missing; show the preview where nothing is."""
    here.account.state = None
    if not (draft.teacher and (draft.lesson or draft.title)):
        await begin(session, here, study_class, now, message_id)
    elif not draft.day:
        ask_day(session, here, study_class, now, message_id)
    elif not draft.ends:
        await ask_period(session, here, study_class, draft, now, message_id)
    elif not draft.place:
        await ask_place(session, here, study_class, draft, now, message_id)
    else:
        await preview(session, here, study_class, draft, now, message_id)


async def save(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    serial: int,
    now: datetime,
    message_id: int | None = None,
    data: Path | None = None,
) -> bool:
    """Plan what the preview showed; False where another preview has taken its place."""
    draft = await drafting.load(session, here, study_class.id)
    if not (draft.serial == serial and draft.place and draft.ends):
        return False
    teacher = await session.get_one(Person, draft.teacher)
    if draft.starts_at <= now or teacher not in await drafting.teachers(session, study_class, now):
        await preview(session, here, study_class, draft, now, message_id)
        return True
    try:
        made = await plan_meetings(session, study_class, teacher, [draft.entry], now)
    except Refusal as refusal:
        refuse(session, here, refusal, now)
        return True
    await planning.drop_draft(session, here.account.id, drafting.KIND)
    if not made:
        say(session, here, [html(MANDARIN, _("This meeting is planned already."))], [], now)
        return True
    meeting = made[0]
    if here.person:
        await tell_planned(session, here.person, meeting, now)
    if data:
        await timetable_posts.refresh(session, study_class, [meeting.starts_at], data, now)
    undo = await may_take_back(session, here, PLAN, meeting, now)
    lines = [
        html(
            MANDARIN,
            _("Planned: %(when)s, %(lesson)s, %(place)s. To be taken back until %(until)s."),
            when=time_label(meeting.starts_at, meeting.ends_at),
            lesson=meeting.title,
            place=meeting.place,
            until=clock(undo.until),
        )
    ]
    again = button("➕ " + html(MANDARIN, _("Plan a meeting")), f"plan:{study_class.id}")
    shown = button("📅 " + html(MANDARIN, _("Timetable")), f"tt:{study_class.id}:0:1")
    say(session, here, lines, [[undo.button], [again, shown]], now, message_id)
    return True


async def ask_again(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    part: int,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    """Ask once more for one part of the draft, as the buttons of the preview number them."""
    draft = await drafting.load(session, here, study_class.id)
    if not draft.teacher or (part > 1 and not draft.day) or (part > TIME and not draft.ends):
        await begin(session, here, study_class, now, message_id)
        return True
    match part:
        case 1:
            ask_day(session, here, study_class, now, message_id)
        case 2:
            await ask_period(session, here, study_class, draft, now, message_id)
        case 3:
            await ask_place(session, here, study_class, draft, now, message_id)
        case 4:
            await ask_lesson(session, here, study_class, 1, now, message_id)
        case 5:
            await ask_mode(session, here, study_class, now, message_id)
        case 6:
            await ask_teacher(session, here, study_class, now, message_id)
        case _:
            return False
    return True


async def choose(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    now: datetime,
    message_id: int | None = None,
    **chosen: int,
) -> bool:
    """Take a lesson, a mode or a teacher by number and go on; False where there is none such."""
    values: dict[str, int | str] = {}
    match chosen:
        case {"lesson": number} if number < len(course().lessons):
            lesson = course().lessons[number]
            if lesson in await drafting.lessons(session, study_class):
                values = {"lesson": lesson.key, "title": ""}
        case {"mode": number} if number < len(MODES):
            values = {"mode": number}
        case {"teacher": number}:
            known = {one.id for one in await drafting.teachers(session, study_class, now)}
            values = {"teacher": number} if number in known else {}
    if not values:
        return False
    draft = await drafting.load(session, here, study_class.id)
    draft = await drafting.change(session, here, draft, now, **values)
    await go_on(session, here, study_class, draft, now, message_id)
    return True


async def drop(session: AsyncSession, here: Listener) -> None:
    """Forget what was being planned."""
    here.account.state = None
    await planning.drop_draft(session, here.account.id, drafting.KIND)
