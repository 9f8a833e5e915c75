"""Who got what: sent, waiting, skipped, failed and why, and whom to call instead (SC4)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, clock, translate
from bot.language import N_ as _
from bot.services.announcement_rows import SIGN
from bot.services.announcing import NO_PHONE, NO_RIGHT, RECALLED, UNREACHABLE
from db.models import Announcement, AnnouncementState, OutboxState, StudyClass
from db.queries import announcements, delivery
from db.queries.audiences import PENDING
from db.queries.delivery import Row, Told, Unreached

WEEK = timedelta(days=7)
TITLE = 16  # letters of an announcement that name it
SENT, WAITING, SKIPPED, FAILED = "sent", "waiting", "skipped", "failed"
FATES = {
    OutboxState.SENT: SENT,
    OutboxState.FAILED: FAILED,
    OutboxState.SKIPPED: SKIPPED,
}
BEST = (SENT, WAITING, FAILED, SKIPPED)  # of several phones the best counts
REASONS = {
    NO_PHONE: _("no phone is linked"),
    UNREACHABLE: _("the phone takes no messages"),
    RECALLED: _("withdrawn"),
    NO_RIGHT: _("its author no longer has the role"),
    "no group": _("the class has no group"),
    "group lost": _("the bot was removed from the group"),
    "expired": _("would have been too late"),
    "too late": _("would have been too late"),
    "meeting has begun": _("class has begun"),
    "meeting moved": _("class was moved"),
    "meeting cancelled": _("class was cancelled"),
    "was here": _("was there"),
    "marked already": _("was marked already"),
    "has answered": _("had answered already"),
    "cannot come": _("said that they cannot come"),
    "on leave": _("is on leave"),
    "asked when check-in opened": _("was asked when check-in opened"),
    "check-in was not opened": _("check-in was never opened"),
    "check-in was not closed": _("check-in was never closed"),
    "check-in is over": _("check-in was over"),
    "left the class": _("has left the class"),
    "quiet hours": _("it was in quiet hours"),
    "rule changed": _("the rule was changed"),
    "its time is after the meeting": _("its time comes after class"),
    "could not be said": _("an error kept it back"),
}
BLOCKED = ("blocked", "deactivated", "forbidden", "chat not found")  # as Telegram says it


@dataclass(frozen=True)
class Line:
    """What became of telling one person or group; `name` is empty for a group."""

    fate: str
    reason: str
    person_id: int | None
    name: str


@dataclass(frozen=True)
class Report:
    """What became of one thing that was to be told."""

    key: str  # today, reminders, announcements, announcement
    title: str
    lines: tuple[Line, ...]
    waiting: int = 0  # for whom nothing is written yet

    def count(self, fate: str) -> int:
        """Count those of one fate."""
        more = self.waiting if fate == WAITING else 0
        return more + sum(line.fate == fate for line in self.lines)

    def as_json(self) -> dict[str, object]:
        """Shape the report for `--json`."""
        return {
            "key": self.key,
            "title": self.title,
            **{fate: self.count(fate) for fate in (SENT, WAITING, SKIPPED, FAILED)},
            "reasons": {fate: dict(reasons_of([self], fate)) for fate in (SKIPPED, FAILED)},
        }


@dataclass(frozen=True)
class ClassDelivery:
    """All that a class's staff see of it."""

    reports: tuple[Report, ...]
    unreached: tuple[Unreached, ...]


def why_unreached(one: Unreached) -> str:
    """Say why somebody has to be called: not linked, or linked to what takes no messages."""
    return reason_words(UNREACHABLE if one.linked else NO_PHONE)


def reason_words(reason: str) -> str:
    """Say a reason in words; one that only Telegram knows is said as Telegram says it."""
    if reason in REASONS:
        return translate(MANDARIN, REASONS[reason])
    if any(word in reason.lower() for word in BLOCKED):
        return translate(MANDARIN, REASONS[UNREACHABLE])
    return reason or "—"


def reasons_of(reports: Iterable[Report], fate: str) -> list[tuple[str, int]]:
    """Count the reasons of one fate, the most frequent first."""
    lines = (line for report in reports for line in report.lines if line.fate == fate)
    return Counter(reason_words(line.reason) for line in lines).most_common()


def _line(told: Told) -> Line:
    return Line(FATES.get(told.state, WAITING), told.reason, told.person_id, told.name)


async def of_class(session: AsyncSession, study_class: StudyClass, now: datetime) -> ClassDelivery:
    """Report what a class was told today, its reminders and its announcements of a week."""
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    since, tonight = now - WEEK, midnight + timedelta(days=1)
    told = await delivery.messages(session, study_class.id, since)
    planned = await delivery.reminders(session, study_class.id, since, tonight)
    # A message that was called off is told of once, by itself and not by its reminder.
    called_off = tuple(one.key for one in told if one.state is OutboxState.SKIPPED)
    told += [
        one
        for one in planned
        if not any(key.startswith(f"reminder:{one.key}") for key in called_off)
    ]
    told += await delivery.unwritten(session, study_class.id, since, now)
    title = {
        "today": translate(MANDARIN, _("Told today")),
        "reminders": translate(MANDARIN, _("Reminders, 7 days")),
        "announcements": translate(MANDARIN, _("Announcements, 7 days")),
    }
    chosen = {
        "today": [one for one in told if one.at >= midnight],
        "reminders": [one for one in told if one.kind == "reminder"],
        "announcements": [one for one in told if one.kind == "announcement"],
    }
    reports = tuple(
        Report(key, title[key], tuple(_line(one) for one in some)) for key, some in chosen.items()
    )
    return ClassDelivery(reports, tuple(await delivery.unreached(session, study_class.id, now)))


def title_of(announcement: Announcement) -> str:
    """Name an announcement by its time and its first words."""
    moment = announcement.send_at or announcement.made_at
    local = moment.astimezone(SHANGHAI)
    words = " ".join(announcement.text.split())
    short = words if len(words) <= TITLE else f"{words[:TITLE]}…"
    return f"{SIGN} {local.month}-{local.day} {clock(moment)} {short or '🎤'}"


async def of_announcement(
    session: AsyncSession, announcement: Announcement
) -> tuple[Report, list[Unreached]]:
    """Report what became of an announcement, and whom to call instead."""
    rows = await delivery.recipients(session, announcement.id)
    people: dict[int, list[Row]] = {}
    for row in rows:
        people.setdefault(row.person_id, []).append(row)
    lines = [_fate(own) for own in people.values()]
    lines += await _groups(session, announcement)
    waiting = 0
    if announcement.state is AnnouncementState.PLANNED and not people:
        waiting = announcement.people
    called = [
        Unreached(
            row.person_id, row.name, row.phone, row.township, row.village, row.reason != NO_PHONE
        )
        for line, (row, *_rest) in zip(lines, people.values(), strict=False)
        if is_unreachable(line)
    ]
    return Report("announcement", title_of(announcement), tuple(lines), waiting), called


def is_unreachable(line: Line) -> bool:
    """Say whether somebody has to be called, since no message can arrive."""
    missed = line.fate in {SKIPPED, FAILED}
    unreached = {reason_words(NO_PHONE), reason_words(UNREACHABLE)}
    return missed and line.person_id is not None and reason_words(line.reason) in unreached


def _fate(rows: Sequence[Row]) -> Line:
    """Return what became of telling one person, at whichever phone went best."""
    first = rows[0]
    if first.reason == PENDING:
        return Line(WAITING, "", first.person_id, first.name)
    if first.reason:
        return Line(SKIPPED, first.reason, first.person_id, first.name)
    fates = [
        (FATES.get(row.state, WAITING), row.error or "") for row in rows if row.state is not None
    ]
    fate, error = min(fates, key=lambda one: BEST.index(one[0]), default=(SKIPPED, NO_PHONE))
    return Line(fate, error, first.person_id, first.name)


async def _groups(session: AsyncSession, announcement: Announcement) -> list[Line]:
    chats = announcement.audience.get("groups", {}).values()
    found = await delivery.by_keys(session, [f"ann:{announcement.id}:{chat}" for chat in chats])
    lines = [Line(FATES.get(state, WAITING), error, None, "") for state, error in found.values()]
    without = announcement.audience.get("no_group", [])
    return lines + [Line(SKIPPED, "no group", None, "") for _class in without]


async def made_lately(
    session: AsyncSession, county_id: int, author_id: int | None
) -> Sequence[Announcement]:
    """List the latest announcements of a county, or of one person."""
    return await announcements.latest(session, county_id, author_id, 5)
