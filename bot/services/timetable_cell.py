"""What one cell of a grid says: lesson, teacher, place and mode, a line each."""

import re
from dataclasses import dataclass, replace

from bot.services.roster_cells import Cell, Kind
from bot.services.roster_values import narrow, text_fault, tidy
from bot.services.timetable_values import (
    LONGEST_TEXT,
    MODES,
    course_of,
    is_ours,
    known_lessons,
    lesson_of,
)
from db.models import Mode

NOTHING = {"", "-", "--", "—", "——", "/", "\\", "无", "空", "休息", "午休", "午餐", "放假", "停课"}
BREAKS = {*NOTHING, "课间", "大课间", "课间操", "眼保健操", "晚餐", "早餐", "吃饭"}
MOST_EXTRAS = 2
LONGEST_CELL = 400
_BETWEEN = re.compile(r"[\r\n|/／]+")
_LABEL = re.compile(
    r"(课|课程|内容|授课内容|授课教师|任课教师|主讲|教师|老师|上课地点|地点|教室|方式) ?: ?(.+)"
)
_LINES = re.compile(r"\s*[\r\n]+\s*")
_TITLED = re.compile(r".+(?:老师|教师|师傅)")
_SEVERAL = re.compile(r"[ (（\[【]")
_BRACKETS = "()（）[]【】@＠ "
_LESSON = {"课", "课程", "内容", "授课内容"}
_PLACE = {"上课地点", "地点", "教室"}


@dataclass(frozen=True)
class Said:
    """A cell's parts; `extras` are those of which only the class can tell what they are."""

    lesson: str = ""
    in_order: str = ""
    line: str = ""  # what is taught, where it is neither a lesson nor a course by itself
    teacher: str = ""
    place: str = ""
    mode: Mode = Mode.OFFLINE
    extras: tuple[str, ...] = ()
    fault: str = ""
    known: str = ""


def is_nothing(text: str) -> bool:
    """Say whether a cell only says that there is no class."""
    return tidy(text) in BREAKS


def in_one_line(text: str) -> str:
    """Return the names of a cell in one line."""
    return _LINES.sub("、", text.strip())


def said_in(cell: Cell) -> Said:
    """Read a cell with a meeting in it."""
    pieces = [_bare(tidy(piece)) for piece in _BETWEEN.split(cell.text)]
    parts = [part for part in pieces if part]
    if (
        cell.kind is Kind.ERROR
        or text_fault(cell, LONGEST_CELL)
        or any(len(part) > LONGEST_TEXT for part in parts)
    ):
        return Said(fault="text")
    said, plain = Said(), list[str]()
    for part in parts:
        label = _LABEL.fullmatch(narrow(part))
        if part in MODES:
            said = replace(said, mode=MODES[part])
        elif label is None and len(plain) > 1 and all(map(_TITLED.fullmatch, (plain[-1], part))):
            plain[-1] += f"、{part}"
        elif label is None:
            plain.append(part)
        elif label[1] in _LESSON:
            plain.insert(0, label[2])
        else:
            said = _labelled(said, label[1], label[2])
    lesson, *extras = plain or [""]
    if said.fault or len(extras) > MOST_EXTRAS:
        return Said(fault=said.fault or "parts")
    return replace(named(said, lesson), extras=tuple(extras))


def named(said: Said, text: str) -> Said:
    """Take in what is taught: a lesson, a course, or words that only the class can tell."""
    key, course = lesson_of(text), course_of(text)
    if key or course:
        return replace(said, lesson=key or "", in_order=course or "")
    if not text:
        return replace(said, fault="no_lesson")
    if is_ours(text) and not _SEVERAL.search(text):
        return Said(fault="lesson", known=known_lessons(text))
    return replace(said, line=text)


def _bare(text: str) -> str:
    """Drop the brackets around a part; those within it (养蜂（二）) are its own."""
    around = text[:1] in _BRACKETS and text[-1:] in _BRACKETS
    return text.strip(_BRACKETS) if around else text.strip("@＠ ")


def _labelled(said: Said, name: str, value: str) -> Said:
    """Take in a part that says what it is."""
    if name in _PLACE:
        return replace(said, place=value)
    if name != "方式":
        return replace(said, teacher=value)
    mode = MODES.get(value)
    return replace(said, mode=mode) if mode else replace(said, fault="mode")
