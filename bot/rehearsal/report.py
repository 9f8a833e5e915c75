"""What happened, to be read by people or by programs."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.rehearsal.facts import Facts
from bot.rehearsal.school import Lesson, School, SchoolClass

MOST_SHOWN = 40
DAY = timedelta(days=1)
ROWS = (
    ("enrolled", "已入学 enrolled by phone"),
    ("day_before", "前一天已提醒 reminded the day before"),
    ("hour_before", "一小时前已提醒 reminded an hour before"),
    ("taught", "学完一课 finished a lesson"),
    ("checked_in", "已签到 checked in"),
    ("late", "迟到 late"),
    ("leave", "请假 on leave"),
    ("absent", "缺课 absent"),
    ("unreachable", "联系不上 unreachable"),
)


@dataclass
class Day:
    """What a class did on the day of one meeting: names by what they did."""

    meeting: str
    learners: int
    who: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Report:
    """The days of all classes, and how much work it was."""

    days: list[Day]
    seconds: float
    updates: int
    messages: int


def report_on(
    school: School,
    facts: Facts,
    seconds: float,
    updates: int,
    calls: Iterable[dict[str, Any]],
) -> Report:
    """Sum up what the database says."""
    sent = sum(1 for call in calls if call["ok"] and str(call["method"]).startswith("send"))
    days = [day_of(room, meeting, facts) for room in school.classes for meeting in room.meetings]
    return Report(days, round(seconds, 1), updates, sent)


def day_of(room: SchoolClass, meeting: Lesson, facts: Facts) -> Day:
    """Say who did what around one meeting."""
    names = {one.number: one.name for one in room.learners}
    standing = standings(meeting, facts)
    linked = {str(row[0]) for row in facts["phones"]}
    reachable = {str(row[0]) for row in facts["phones"] if row[2]}
    reminded = {
        kind: {
            str(row[0]) for row in facts["reminders"] if row[1:4] == (meeting.name, kind, "queued")
        }
        for kind in ("day_before", "hour_before")
    }
    until = (meeting.starts + DAY).timestamp()
    taught = {str(row[0]) for row in facts["sittings"] if row[-1] and float(str(row[-1])) < until}
    groups: dict[str, set[str]] = {
        "enrolled": linked,
        "day_before": reminded["day_before"],
        "hour_before": reminded["hour_before"],
        "taught": taught,
        "checked_in": {one for one, how in standing.items() if how in {"present", "late"}},
        "late": {one for one, how in standing.items() if how == "late"},
        "leave": {one for one, how in standing.items() if how == "leave"},
        "absent": {one for one in names if standing.get(one, "absent") == "absent"},
        "unreachable": set(names) - reachable,
    }
    who = {
        word: [name for number, name in names.items() if number in members]
        for word, members in groups.items()
    }
    return Day(meeting.name, len(names), who)


def standings(meeting: Lesson, facts: Facts) -> dict[str, object]:
    """Say what counts of each learner's marks: the teacher's word, else one's own."""
    own: dict[str, object] = {}
    called: dict[str, object] = {}
    for number, where, phase, key, status, *_ in facts["marks"]:
        if (where, phase) != (meeting.name, "in"):
            continue
        if str(key).startswith("roll:"):
            called[str(number)] = status
        elif status != "withdrawn":
            own[str(number)] = status
    return own | called


def show(report: Report, problems: list[str], *, as_json: bool) -> None:
    """Print it: JSON, a table on a terminal, plain lines elsewhere."""
    if as_json:
        said = asdict(report) | {"problems": problems}
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
        return
    for day in report.days:
        if sys.stdout.isatty():
            Console().print(table(day))
        else:
            sys.stdout.writelines(plain(day))
    sys.stdout.write(
        f"{report.updates} updates, {report.messages} messages, {report.seconds:.1f} s\n"
    )
    for problem in problems:
        sys.stderr.write(f"缺 missing: {problem}\n")


def lines(day: Day) -> Iterable[tuple[str, int, str]]:
    """Return label, count and names of each row."""
    for word, label in ROWS:
        names = day.who[word]
        more = "…" if len(names) > MOST_SHOWN else ""
        yield label, len(names), "、".join(names[:MOST_SHOWN]) + more


def table(day: Day) -> Table:
    """Draw a day for a terminal."""
    drawn = Table(title=f"{day.meeting}, {day.learners} 人 learners")
    drawn.add_column("")
    drawn.add_column("人数", justify="right")
    drawn.add_column("姓名", overflow="fold")
    for label, count, names in lines(day):
        drawn.add_row(label, str(count), names)
    return drawn


def plain(day: Day) -> Iterable[str]:
    """Write a day line by line."""
    yield f"{day.meeting}, {day.learners} 人 learners\n"
    for label, count, names in lines(day):
        yield f"  {label}: {count}  {names}\n"
