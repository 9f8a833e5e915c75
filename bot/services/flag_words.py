"""A flag in words: what it is, and its evidence, for staff in private."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, names, translate
from bot.language import N_ as _
from db.models import Flag, FlagKind, Meeting, Person

SHOWN = 5  # names or meetings in one sentence; of more, how many

KINDS = {
    FlagKind.TWO_PLACES: _("in two places"),
    FlagKind.DAY_CAP: _("too many hours in a day"),
    FlagKind.OUTSIDE: _("outside the time of the class"),
    FlagKind.BATCH: _("marked in a batch"),
    FlagKind.AGE: _("age"),
    FlagKind.PHOTO: _("photo used twice"),
    FlagKind.NO_WORK: _("present without any work"),
    FlagKind.MAKEUP: _("many makeup marks"),
    FlagKind.SHARED_PHONE: _("shared phone"),
}
DETAILS = {
    (FlagKind.TWO_PLACES, "overlap"): _(
        "%(who)s was in two classes at once for %(minutes)d min: %(meetings)s. Marked by %(by)s"
    ),
    (FlagKind.TWO_PLACES, "travel"): _(
        "%(who)s had %(minutes)d min to get from one place to another: %(meetings)s. "
        "Marked by %(by)s"
    ),
    (FlagKind.TWO_PLACES, "teacher"): _(
        "%(by)s taught two classes at once for %(minutes)d min: %(meetings)s"
    ),
    (FlagKind.DAY_CAP, "person"): _(
        "%(who)s has %(hours)s class hours in one day, %(cap)d are the most: %(meetings)s. "
        "Marked by %(by)s"
    ),
    (FlagKind.DAY_CAP, "class"): _(
        "The class was held for %(hours)s class hours in one day, %(cap)d are the most: "
        "%(meetings)s"
    ),
    (FlagKind.OUTSIDE, "before"): _(
        "%(meetings)s: before the class was entered here (%(bound)s), %(count)d people are marked"
    ),
    (FlagKind.OUTSIDE, "after"): _(
        "%(meetings)s: after the class had ended (%(bound)s), %(count)d people are marked"
    ),
    (FlagKind.OUTSIDE, "day"): _(
        "%(meetings)s: %(by)s marked %(count)d people on another day (%(moment)s): %(who)s"
    ),
    (FlagKind.OUTSIDE, "ended"): _(
        "%(meetings)s: %(by)s marked %(count)d people when the class had ended (%(moment)s): "
        "%(who)s"
    ),
    (FlagKind.OUTSIDE, "left"): _(
        "%(who)s had left the class (%(bound)s) and is marked after that: %(meetings)s. "
        "Marked by %(by)s"
    ),
    (FlagKind.BATCH, "account"): _(
        "%(meetings)s: %(count)d people were marked through one phone within %(seconds)d s "
        "(%(moment)s): %(who)s"
    ),
    (FlagKind.BATCH, "many"): _(
        "%(meetings)s: %(count)d people were marked through one phone, more than a family "
        "(%(moment)s): %(who)s"
    ),
    (FlagKind.BATCH, "witness"): _(
        "%(meetings)s: %(by)s vouched for %(count)d people within %(seconds)d s (%(moment)s): "
        "%(who)s"
    ),
    (FlagKind.AGE, "age"): _(
        "%(who)s was %(age)d on the day of enrolment; the class is for %(youngest)d to %(oldest)d"
    ),
    (FlagKind.PHOTO, "photo"): _(
        "The same photo stands for two classes: %(meetings)s. Sent by %(by)s"
    ),
    (FlagKind.PHOTO, "alike"): _(
        "The photos of two classes look much alike: %(meetings)s. Sent by %(by)s"
    ),
    (FlagKind.NO_WORK, "person"): _(
        "%(who)s was here %(count)d times, and there is no answer, homework or test"
    ),
    (FlagKind.NO_WORK, "no_phone"): _(
        "%(who)s was here %(count)d times without a phone; work on paper is not filed yet"
    ),
    (FlagKind.NO_WORK, "class"): _(
        "%(count)d people of the class came often, only %(worked)d of them did any work"
    ),
    (FlagKind.MAKEUP, "month"): _(
        "%(by)s asked for %(count)d makeup marks in one month (%(moment)s); agreed by %(agreed)s"
    ),
    (FlagKind.MAKEUP, "meeting"): _(
        "%(meetings)s: %(count)d of %(came)d are makeup marks, asked for by %(by)s"
    ),
    (FlagKind.MAKEUP, "own"): _(
        "%(meetings)s: %(by)s asked for the makeup mark of %(who)s and agreed to it alone"
    ),
    (FlagKind.SHARED_PHONE, "shared"): _("%(count)d people are marked through one phone: %(who)s"),
}


def kind_word(flag: Flag, language: str = MANDARIN) -> str:
    """Name what a flag is about."""
    return translate(language, KINDS[flag.kind])


async def evidence(
    session: AsyncSession, flag: Flag, now: datetime, language: str = MANDARIN
) -> str:
    """Say the evidence of a flag in a sentence; it holds names, so it is for staff in private."""
    detail = flag.detail
    values: dict[str, object] = {
        name: value for name, value in detail.items() if isinstance(value, int | str)
    }
    for slot, source in (("who", "persons"), ("by", "by"), ("agreed", "agreed")):
        values[slot] = await _people(session, detail.get(source, ()), language)
    values["meetings"] = await _meetings(session, detail.get("meetings", ()), now, language)
    moments = detail.get("moments") or ()
    values["moment"] = moment(datetime.fromisoformat(moments[0]), now, language) if moments else ""
    if "bound" in detail:
        bound = datetime.fromisoformat(detail["bound"])
        values["bound"] = day_word(bound, now, language)
    return translate(language, DETAILS[flag.kind, detail["why"]], **values)


def moment(at: datetime, now: datetime, language: str) -> str:
    """Write a day and a time."""
    return f"{day_word(at, now, language)} {clock(at)}"


async def _people(session: AsyncSession, ids: Sequence[int], language: str) -> str:
    shown = []
    for number in ids[:SHOWN]:
        person = await session.get(Person, number)
        if person is not None:
            shown.append(person.name)
    return _list(shown, len(ids), language)


async def _meetings(session: AsyncSession, ids: Sequence[int], now: datetime, language: str) -> str:
    shown = []
    for number in ids[:SHOWN]:
        meeting = await session.get(Meeting, number)
        if meeting is not None:
            place = f"{meeting.study_class.name} {meeting.place}"
            until = clock(meeting.ends_at)
            shown.append(f"{moment(meeting.starts_at, now, language)}–{until} {place}")
    return _list(shown, len(ids), language)


def _list(shown: list[str], count: int, language: str) -> str:
    if not shown:
        return "—"
    if count > len(shown):
        more = translate(language, _("%(count)d more"), count=count - len(shown))
        return names([*shown, more], language)
    return names(shown, language)
