"""A meeting that is to be planned, and what makes no sense of one by itself."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.language import SHANGHAI
from bot.services.refusing import Refusal
from bot.services.taught import course
from db.models import Meeting, Mode

LONGEST_PLACE = LONGEST_TITLE = 80
DAY = timedelta(days=1)


@dataclass(frozen=True)
class PlannedMeeting:
    """One meeting to plan; the title is the lesson's own where none is given.

    A meeting without a lesson of ours has the school's own title.
    """

    starts_at: datetime
    ends_at: datetime
    place: str
    mode: Mode = Mode.OFFLINE
    lesson: str = ""
    title: str = ""

    @property
    def when(self) -> str:
        """Name the meeting by its time in the county."""
        start, end = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        return f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}"

    @property
    def day(self) -> date:
        """Return the day in the county on which it begins."""
        return self.starts_at.astimezone(SHANGHAI).date()

    def later(self, days: int) -> "PlannedMeeting":
        """Return the same meeting so many days later, at the same time by the clock."""
        return replace(
            self, starts_at=self.starts_at + days * DAY, ends_at=self.ends_at + days * DAY
        )

    def meets(self, other: "Meeting | PlannedMeeting") -> bool:
        """Say whether another meeting takes some of the same time."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def lesson_title(key: str) -> str:
    """Return a lesson's title."""
    lesson = course().lesson(key)
    return lesson.title if lesson else ""


def check_entry(entry: PlannedMeeting) -> None:
    """Refuse a meeting that makes no sense by itself."""
    if not entry.lesson and not entry.title.strip():
        raise Refusal(
            f"{entry.when}：没有写上什么课。",
            f"{entry.when}: it does not say what is taught.",
            "lesson",
        )
    if entry.lesson and course().lesson(entry.lesson) is None:
        known = "、".join(f"{lesson.key} {lesson.title}" for lesson in course().lessons)
        raise Refusal(
            f"{entry.when}：没有“{entry.lesson}”这一课；现有：{known}。",
            f"{entry.when}: there is no lesson “{entry.lesson}”; there are: {known}.",
            "lesson",
        )
    if entry.ends_at <= entry.starts_at:
        raise Refusal(
            f"{entry.when}：结束时间不晚于开始时间，请改正。",
            f"{entry.when}: it ends before it begins; correct it.",
            "ends_early",
        )
    if entry.ends_at - entry.starts_at > DAY:
        raise Refusal(
            f"{entry.when}：一次课不能超过一天，请改正。",
            f"{entry.when}: a meeting lasts no longer than a day; correct it.",
            "too_long",
        )
    if not entry.place.strip() or len(entry.place) > LONGEST_PLACE:
        raise Refusal(
            f"{entry.when}：地点要写，最多 {LONGEST_PLACE} 个字。",
            f"{entry.when}: give a place, in at most {LONGEST_PLACE} characters.",
            "place",
        )
    if len(entry.title) > LONGEST_TITLE:
        raise Refusal(
            f"{entry.when}：课名太长，最多 {LONGEST_TITLE} 个字。",
            f"{entry.when}: the title has at most {LONGEST_TITLE} characters.",
            "title",
        )
