"""What stands against a meeting at some time and place: what forbids it, and what only warns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import almanac
from bot.almanac import Kind
from bot.language import MANDARIN, SHANGHAI, clock, translate
from bot.language import N_ as _
from bot.services.special_days import tell
from bot.services.timetable_values import WEEKDAYS
from db.models import Meeting, StudyClass
from db.queries import meetings, planning

SIGNS = {
    Kind.MARKET: _("market"),
    Kind.FEAST: _("feast"),
    Kind.HOLIDAY: _("holiday"),
    Kind.WORKDAY: _("worked"),
    Kind.SEASON: _("fields"),
}


@dataclass(frozen=True)
class Weighed:
    """Sentences about a time and place; with one of `forbids` nothing can be planned there."""

    forbids: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()


def day_of(moment: datetime) -> date:
    """Return the day of a moment in the county."""
    return moment.astimezone(SHANGHAI).date()


def day_label(day: date) -> str:
    """Name a day on a button: 周二 11-24."""
    return f"周{WEEKDAYS[day.weekday()]} {day.month}-{day.day}"


def time_label(starts_at: datetime, ends_at: datetime) -> str:
    """Name a time: 周二 11-24 9:00–10:30."""
    return f"{day_label(day_of(starts_at))} {clock(starts_at)}–{clock(ends_at)}"


def signs(day: date, township: str) -> str:
    """Return what a button says of a special day, in a character each."""
    kinds = dict.fromkeys(notice.kind for notice in almanac.warnings_on(day, township))
    words = [translate(MANDARIN, SIGNS[kind]) for kind in kinds if kind in SIGNS]
    return " ⚠" + "".join(words) if words else ""


def day_warnings(day: date, township: str) -> list[str]:
    """Return what is special about a day, a sentence each."""
    return [tell(notice, MANDARIN) for notice in almanac.warnings_on(day, township)]


async def weigh(
    session: AsyncSession,
    study_class: StudyClass,
    teacher_id: int,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    now: datetime,
    *,
    but: int = 0,
) -> Weighed:
    """Weigh a time and place for a class and its teacher; the meeting `but` does not count."""
    standing = await meetings.around(
        session, study_class.id, teacher_id, after=starts_at, until=ends_at
    )
    forbids = [translate(MANDARIN, _("This time is over."))] if starts_at <= now else []
    forbids += [_taken(other, study_class) for other in standing if other.id != but]
    warns = day_warnings(day_of(starts_at), study_class.township)
    elsewhere = [
        one
        for one in await meetings.of_county(
            session, study_class.county_id, after=starts_at, until=ends_at
        )
        if one.study_class_id != study_class.id and one.id != but
    ]
    warns += [
        translate(
            MANDARIN,
            _("%(place)s is taken by %(class)s, %(when)s."),
            **{
                "place": place,
                "class": one.study_class.name,
                "when": time_label(one.starts_at, one.ends_at),
            },
        )
        for one in elsewhere
        if one.place == place
    ]
    others = [one.study_class_id for one in elsewhere]
    if shared := await planning.learners_shared(session, study_class.id, others, now):
        text = _("%(count)d learners have another class at this time.")
        warns.append(translate(MANDARIN, text, count=shared))
    return Weighed(tuple(forbids), tuple(warns))


def _taken(other: Meeting, study_class: StudyClass) -> str:
    if other.study_class_id == study_class.id:
        text = _("This class already meets %(when)s.")
    else:
        text = _("The teacher already has a class %(when)s.")
    return translate(MANDARIN, text, when=time_label(other.starts_at, other.ends_at))


def warned(weighed: Weighed) -> Sequence[str]:
    """Return everything that stands against it, a line each."""
    return [f"⛔ {one}" for one in weighed.forbids] + [f"⚠ {one}" for one in weighed.warns]
