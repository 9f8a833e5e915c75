"""Course packs: lessons written as YAML with pictures and clips."""

from pathlib import Path

from bot.courses.models import (
    Character,
    Count,
    Course,
    Lesson,
    Option,
    SayAfter,
    SeeHear,
    Step,
    TapNumber,
    TapPicture,
)
from bot.courses.pack import PackError, Problem, load

WENHUA = Path(__file__).parent / "wenhua"

__all__ = [
    "WENHUA",
    "Character",
    "Count",
    "Course",
    "Lesson",
    "Option",
    "PackError",
    "Problem",
    "SayAfter",
    "SeeHear",
    "Step",
    "TapNumber",
    "TapPicture",
    "load",
]
