"""The timetable leaves the program: a picture for the class's group, a sheet for who asks."""

from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, translate
from bot.language import N_ as _
from bot.services.roster_report import UNSHEETLIKE
from bot.services.timetable_posts import PURPOSE, SEEN, draw, key_of, month_day
from bot.services.timetable_sheet import write_sheet
from bot.services.timetable_weeks import WEEKS, monday, planned, week_asked
from bot.services.weighing import day_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, kept, put, to_chat
from db.models import Priority, StudyClass
from db.queries import notices, planning

LONGEST_NAME = 60


async def write(
    session: AsyncSession,
    study_class: StudyClass,
    week: int,
    weeks: int,
    path: Path,
) -> int:
    """Write weeks of a class as a sheet; return how many meetings are in it."""
    held = await planned(session, study_class, week, weeks)
    names = await planning.names_of(session, [meeting.teacher_id for meeting in held])
    write_sheet(path, study_class, monday(week), weeks, held, names)
    return len(held)


async def post_picture(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    week: int,
    data: Path,
    now: datetime,
) -> str:
    """Post the picture to the class's group, once a day the same; return the answer to the tap.

    Where the class has no group, who asks gets it.
    """
    asked = week_asked(week, now)
    held = await planned(session, study_class, asked, WEEKS) if asked else []
    if asked is None or not held:
        return translate(MANDARIN, _("No class is planned."))
    file = draw(study_class, asked, held, data)
    photo = {"photo": kept(file), "caption": html(MANDARIN, SEEN), "parse_mode": "HTML"}
    chat_id = study_class.group_chat_id
    if chat_id is None:
        put(session, here, "sendPhoto", photo, now, Way(purpose=PURPOSE))
        return translate(MANDARIN, _("The class has no group: here it is."))
    key = key_of(study_class, asked, f"{Path(file).stem[-16:]}:{day_of(now):%Y%m%d}")
    if await notices.exists(session, key):
        return translate(MANDARIN, _("It is in the group since today."))
    voice = await group_voice(session, Screen(SEEN), now)
    if voice:
        first = Way(
            Priority.CHECKIN, f"{key}:voice", purpose=PURPOSE, study_class_id=study_class.id
        )
        to_chat(session, chat_id, "sendVoice", voice, now, first)
    way = Way(Priority.CHECKIN, key, purpose=PURPOSE, study_class_id=study_class.id)
    to_chat(session, chat_id, "sendPhoto", photo, now, way)
    return translate(MANDARIN, _("✔ In the group"))


async def send_sheet(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    week: int,
    data: Path,
    now: datetime,
) -> str:
    """Send the sheet to who asks; return the answer to the tap."""
    asked = week_asked(week, now)
    if asked is None:
        return "❌"
    name = UNSHEETLIKE.sub("", study_class.name)[:LONGEST_NAME]
    file = f"timetables/{study_class.id}-{asked}/{name} {month_day(monday(asked))}.xlsx"
    if await write(session, study_class, asked, WEEKS, data / file) == 0:
        return translate(MANDARIN, _("No class is planned."))
    put(session, here, "sendDocument", {"document": kept(file)}, now, Way(purpose=PURPOSE))
    return "📄"
