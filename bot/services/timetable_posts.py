"""The picture of the timetable in a class's group: replaced where it stands when it changes."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services.timetable_picture import timetable_picture
from bot.services.timetable_weeks import WEEKS, monday, planned, week_of
from bot.services.weighing import day_of
from bot.voice.saying import kept
from db.models import Meeting, StudyClass
from db.queries import outbox, planning

PURPOSE = "timetable"
SEEN = _("The timetable: look at the day, the sun or moon, and the hour.")
CHANGED = _("The timetable has changed: look at the day, the sun or moon, and the hour.")


def key_of(study_class: StudyClass, week: int, rest: str) -> str:
    """Return the key of a post in the outbox: it says whose weeks are shown."""
    return f"timetable:{study_class.id}:{week}:{rest}"


def draw(
    study_class: StudyClass, week: int, meetings: list[Meeting], data: Path, weeks: int = WEEKS
) -> str:
    """Draw weeks of a class; return the picture's file, as the data folder has it."""
    last = monday(week + weeks) - timedelta(days=1)
    span = f"{month_day(monday(week))} – {month_day(last)}"
    return timetable_picture(data, study_class.name, span, meetings)


async def refresh(
    session: AsyncSession,
    study_class: StudyClass,
    moments: Iterable[datetime],
    data: Path,
    now: datetime,
) -> int:
    """Put the present timetable in the place of each picture in the group that shows a moment.

    What lies behind is left as it was. Returns how many pictures are replaced.
    """
    chat_id = study_class.group_chat_id
    touched = {week_of(day_of(one)) for one in moments}
    weeks = {one - back for one in touched for back in range(WEEKS)}
    present = week_of(day_of(now))
    weeks = {week for week in weeks if week + WEEKS > present}
    if chat_id is None or not weeks:
        return 0
    await session.flush()
    prefixes = [key_of(study_class, week, "") for week in sorted(weeks)]
    posts = await planning.timetables(session, chat_id, prefixes)
    for post, week in posts:
        held = await planned(session, study_class, week)
        media = {
            "type": "photo",
            "media": kept(draw(study_class, week, held, data)),
            "caption": html(MANDARIN, CHANGED),
            "parse_mode": "HTML",
        }
        payload = {"media": media}
        await outbox.supersede(session, post, PURPOSE, "editMessageMedia", payload, now)
    return len(posts)


def month_day(day: date) -> str:
    """Write a day of the year."""
    return f"{day.month}月{day.day}日"
