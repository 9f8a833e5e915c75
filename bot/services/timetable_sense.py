"""What is odd about planned meetings by themselves: their length, the hour, no lesson of ours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from bot.language import N_ as _
from bot.language import SHANGHAI
from bot.services.timetable_meeting import PlannedMeeting
from bot.services.timetable_times import usual_hours
from bot.services.timetable_values import near_lesson

OWN_TITLE, NEAR, PAST, LENGTH, NIGHT = "own_title", "near_lesson", "past", "length", "night"
DAWN, LATE = time(6), time(23)
MOST_TITLES = 3
NO_LESSON = _("“%(titles)s”: no lesson of ours; learners get no lesson by phone for it.")


@dataclass(frozen=True)
class Odd:
    """One odd thing: the first meeting that has it, and what to say."""

    kind: str
    entry: PlannedMeeting
    text: str
    values: dict[str, str | int] = field(default_factory=dict)


def odd(entries: Sequence[PlannedMeeting]) -> list[Odd]:
    """List what is odd about meetings, each thing once, with its first meeting."""
    return [*_titles(entries), *_lengths(entries), *_nights(entries)]


def past(entries: Sequence[PlannedMeeting], now: datetime) -> list[Odd]:
    """Say how many meetings lie in the past."""
    gone = sorted((one for one in entries if one.starts_at <= now), key=lambda one: one.starts_at)
    if not gone:
        return []
    text = _("%(count)d meetings lie in the past, the first %(when)s; nobody is reminded of them.")
    return [Odd(PAST, gone[0], text, {"count": len(gone), "when": gone[0].when})]


def _titles(entries: Sequence[PlannedMeeting]) -> list[Odd]:
    own: dict[str, PlannedMeeting] = {}
    for entry in entries:
        if not entry.lesson:
            own.setdefault(entry.title, entry)
    found = []
    plain = {}
    for title, entry in own.items():
        if near := near_lesson(title):
            text = _("“%(title)s” is no lesson of ours; is it %(near)s?")
            found.append(Odd(NEAR, entry, text, {"title": title, "near": near}))
        else:
            plain[title] = entry
    if plain:
        titles = "”、“".join(list(plain)[:MOST_TITLES]) + ("……" if len(plain) > MOST_TITLES else "")
        found.append(Odd(OWN_TITLE, next(iter(plain.values())), NO_LESSON, {"titles": titles}))
    return found


def _lengths(entries: Sequence[PlannedMeeting]) -> list[Odd]:
    usual = usual_hours()
    least, most = timedelta(minutes=usual.least), timedelta(minutes=usual.most)
    short = [one for one in entries if one.ends_at - one.starts_at < least]
    long = [one for one in entries if one.ends_at - one.starts_at > most]
    found = []
    for kept, text in (
        (short, _("It lasts only %(minutes)d minutes; check it (%(count)d such meetings).")),
        (long, _("It lasts %(minutes)d minutes; check it (%(count)d such meetings).")),
    ):
        if kept:
            minutes = int((kept[0].ends_at - kept[0].starts_at).total_seconds() // 60)
            found.append(Odd(LENGTH, kept[0], text, {"minutes": minutes, "count": len(kept)}))
    return found


def _nights(entries: Sequence[PlannedMeeting]) -> list[Odd]:
    night = [
        one
        for one in entries
        if one.starts_at.astimezone(SHANGHAI).time() < DAWN
        or one.starts_at.astimezone(SHANGHAI).time() >= LATE
    ]
    if not night:
        return []
    text = _("It begins at night; is the afternoon meant? (%(count)d such meetings.)")
    return [Odd(NIGHT, night[0], text, {"count": len(night)})]
