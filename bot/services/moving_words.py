"""What is said when a meeting changes: to each learner, to the class's group, to staff."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from babel.dates import format_skeleton
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, day_word, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services.moved_picture import moved_picture
from bot.services.reaching import class_heads, listeners
from bot.services.reminder_words import answers
from bot.services.weighing import time_label
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, group_voice, kept, shipped, show, tell, to_chat
from db.models import Meeting, Person, Priority, Role
from db.queries import people, planning

# News comes at any hour, but without a sound at night (storyboard R13).
SILENT_FROM, SILENT_UNTIL = time(22, 30), time(6)
STILL_NEWS = timedelta(hours=1)

Values = Mapping[str, object]


@dataclass(frozen=True)
class Told:
    """How many learners were told, and how many have no phone to be told on."""

    learners: int = 0
    phoneless: int = 0


@dataclass(frozen=True)
class News:
    """What became of a meeting, as learners and their group are told."""

    word: str
    text: str
    named: str  # the same, for a phone that several use
    values: Callable[[str], dict[str, object]]  # by language
    slots: Values
    picture: Path
    asks: bool  # whether they come
    staff: str
    staff_values: Values = field(default_factory=dict)
    drawn: str = ""  # a picture of the data folder that takes the other's place

    @property
    def photo(self) -> dict[str, str]:
        """Name the picture the way the sender reads it."""
        return kept(self.drawn) if self.drawn else shipped(self.picture)


def moment_word(moment: datetime, now: datetime, language: str) -> str:
    """Name a day and a time."""
    return f"{day_word(moment, now, language)} {clock(moment)}"


def dated(moment: datetime) -> str:
    """Write a day and a time so that they hold on any day."""
    day = format_skeleton("MMMEd", moment.astimezone(SHANGHAI).date(), locale=MANDARIN)
    return f"{day} {clock(moment)}"


async def say_when(session: AsyncSession, place: Listener, meeting: Meeting, now: datetime) -> None:
    """Tell one learner again when a class is that has moved: their card may be the old one."""
    values: dict[str, object] = {
        "day": day_word(meeting.starts_at, now, place.language),
        "time": clock(meeting.starts_at),
        "place": meeting.place,
        "lesson": meeting.title,
    }
    text = _("Class %(day)s at %(time)s, %(place)s: %(lesson)s.")
    slots = {"day": meeting.starts_at}
    await show(session, place, Screen(text, values, picture("next"), slots=slots), now)


def is_night(now: datetime) -> bool:
    """Say whether what is said now makes no sound."""
    at = now.astimezone(SHANGHAI).time()
    return at >= SILENT_FROM or at < SILENT_UNTIL


async def tell_moved(
    session: AsyncSession,
    mover: Person,
    meeting: Meeting,
    before: tuple[datetime, str],
    now: datetime,
    data: Path | None = None,
) -> Told:
    """Tell all concerned that a meeting has moved; the card shows it, drawn into `data`."""
    old, _place = before

    def values(language: str) -> dict[str, object]:
        return {
            "old": moment_word(old, now, language),
            "new": moment_word(meeting.starts_at, now, language),
            "place": meeting.place,
        }

    news = News(
        "moved",
        _("Class has moved from %(old)s to %(new)s, %(place)s."),
        _("%(name)s, class has moved from %(old)s to %(new)s, %(place)s."),
        values,
        {"old": old, "new": meeting.starts_at},
        picture("next"),
        asks=True,
        staff=_("%(class)s, %(lesson)s: %(name)s moved it from %(old)s to %(new)s, %(place)s."),
        staff_values=values(MANDARIN),
        drawn=moved_picture(data, before, meeting) if data else "",
    )
    return await _tell(session, mover, meeting, news, now)


async def tell_cancelled(
    session: AsyncSession,
    mover: Person,
    meeting: Meeting,
    reason: str,
    now: datetime,
    *,
    quietly: bool = False,
) -> Told:
    """Tell all concerned that a meeting is cancelled; why is told to staff alone.

    `quietly` only its teacher is told: nobody else has heard of it.
    """
    why = _("%(class)s, %(lesson)s %(when)s: cancelled by %(name)s, %(reason)s.")
    plain = _("%(class)s, %(lesson)s %(when)s: cancelled by %(name)s.")
    news = News(
        "cancelled",
        _("There is no class %(day)s at %(time)s."),
        _("%(name)s, there is no class %(day)s at %(time)s."),
        lambda language: {
            "day": day_word(meeting.starts_at, now, language),
            "time": clock(meeting.starts_at),
        },
        {"day": meeting.starts_at},
        picture("no-class"),
        asks=False,
        staff=why if reason else plain,
        staff_values={"reason": reason} if reason else {},
    )
    if quietly:
        await _tell_staff(session, mover, meeting, news, now, Role.TEACHER)
        return Told()
    return await _tell(session, mover, meeting, news, now)


async def tell_planned(
    session: AsyncSession, planner: Person, meeting: Meeting, now: datetime
) -> None:
    """Tell a teacher of a meeting that somebody else has planned."""
    news = News(
        "planned",
        "",
        "",
        lambda _language: {},
        {},
        picture("next"),
        asks=False,
        staff=_("%(class)s, %(lesson)s %(when)s, %(place)s: planned for you by %(name)s."),
        staff_values={"place": meeting.place},
    )
    await _tell_staff(session, planner, meeting, news, now, Role.TEACHER)


async def tell_restored(
    session: AsyncSession, mover: Person, meeting: Meeting, now: datetime
) -> Told:
    """Tell all concerned that a meeting is held after all."""
    news = News(
        "restored",
        _("Class %(day)s at %(time)s, %(place)s: %(lesson)s."),
        _("%(name)s, class %(day)s at %(time)s, %(place)s: %(lesson)s."),
        lambda language: {
            "day": day_word(meeting.starts_at, now, language),
            "time": clock(meeting.starts_at),
            "place": meeting.place,
            "lesson": meeting.title,
        },
        {"day": meeting.starts_at},
        picture("next"),
        asks=True,
        staff=_("%(class)s, %(lesson)s %(when)s: held after all, says %(name)s."),
    )
    return await _tell(session, mover, meeting, news, now)


async def _tell(
    session: AsyncSession, mover: Person, meeting: Meeting, news: News, now: datetime
) -> Told:
    await _tell_group(session, meeting, news, now)
    told = phoneless = 0
    for person in await people.members(session, meeting.study_class_id, Role.LEARNER, now):
        places = await listeners(session, person)
        for place in places:
            await _tell_learner(session, place, meeting, news, now)
        told, phoneless = told + bool(places), phoneless + (not places)
    await _tell_staff(session, mover, meeting, news, now)
    return Told(told, phoneless)


def _way(meeting: Meeting, news: News, whose: str, now: datetime) -> Way:
    return Way(
        Priority.CHECKIN,
        f"{news.word}:{meeting.id}:{meeting.revision}:{whose}",
        expires_at=max(meeting.ends_at, now + STILL_NEWS),
        purpose="moved",
        silent=is_night(now),
        study_class_id=meeting.study_class_id,
    )


async def _tell_learner(
    session: AsyncSession, place: Listener, meeting: Meeting, news: News, now: datetime
) -> None:
    """Tell a learner at one phone; where several use it, it says whom it means."""
    person = place.person
    shared = person is not None and len(await people.persons_at(session, place.account.id)) > 1
    values = news.values(place.language)
    if shared and person:
        values["name"] = person.name
    said = Screen(
        news.named if shared else news.text,
        values,
        news.picture,
        rows=answers(meeting, place, shared=shared) if news.asks else [],
        key=news.text if shared else "",
        slots=news.slots,
    )
    whose = f"{person.id if person else 0}:{place.account.id}"
    card = await show(session, place, said, now, _way(meeting, news, whose, now))
    if news.drawn:
        card.payload = {**card.payload, "photo": news.photo}


async def _tell_group(session: AsyncSession, meeting: Meeting, news: News, now: datetime) -> None:
    """Post it in the class's group and pin it; older posts about this meeting are pinned no more.

    Neither name nor reason is said there.
    """
    chat_id = meeting.study_class.group_chat_id
    if chat_id is None:
        return
    old = await planning.pinned(session, chat_id, meeting.id)
    way, values = _way(meeting, news, "group", now), news.values(MANDARIN)
    voice = await group_voice(session, Screen(news.text, values, slots=news.slots), now)
    if voice:
        first = _way(meeting, news, "group:voice", now)
        to_chat(session, chat_id, "sendVoice", voice, now, first)
    payload = {
        "photo": news.photo,
        # What hangs pinned is read for days, when "tomorrow" is no longer tomorrow.
        "caption": html(MANDARIN, news.text, **values) + f"\n📅 {dated(meeting.starts_at)}",
        "parse_mode": "HTML",
    }
    post = to_chat(session, chat_id, "sendPhoto", payload, now, way)
    await session.flush()
    plain = Way(Priority.CHECKIN, purpose="moved", study_class_id=meeting.study_class_id)
    quiet = {"disable_notification": True}
    to_chat(session, chat_id, planning.PIN, quiet, now, plain, target_id=post.id)
    for number in old:
        to_chat(session, chat_id, planning.UNPIN, {}, now, plain, target_id=number)


async def _tell_staff(
    session: AsyncSession,
    mover: Person,
    meeting: Meeting,
    news: News,
    now: datetime,
    only: Role | None = None,
) -> None:
    """Tell the teacher and the heads of the class, or the teacher alone, but for who did it."""
    teacher = await session.get_one(Person, meeting.teacher_id)
    alone = only is Role.TEACHER
    heads = [] if alone else await class_heads(session, meeting.study_class_id, now)
    for person in {one.id: one for one in (teacher, *heads) if one.id != mover.id}.values():
        for place in await listeners(session, person):
            whose = f"staff:{person.id}:{place.account.id}"
            values: dict[str, object] = {
                "class_": meeting.study_class.name,
                "lesson": meeting.title,
                "name": mover.name,
            }
            if "%(when)s" in news.staff:
                values["when"] = time_label(meeting.starts_at, meeting.ends_at)
            values |= news.staff_values
            tell(session, place, news.staff, now, (), _way(meeting, news, whose, now), **values)
