"""Course packs: lessons written as YAML with pictures and clips."""

from pathlib import Path

from bot.courses.models import (
    Character,
    Count,
    Course,
    Dial,
    Lesson,
    Match,
    Option,
    Order,
    Pair,
    Pay,
    PhotoTask,
    SayAfter,
    SeeHear,
    Step,
    TapNumber,
    TapPicture,
    Trace,
)
from bot.courses.pack import PackError, Problem, load

WENHUA = Path(__file__).parent / "wenhua"
TRADES = tuple(
    Path(__file__).parent / trade for trade in ("cooking", "logistics", "electrical", "computing")
)

__all__ = [
    "TRADES",
    "WENHUA",
    "Character",
    "Count",
    "Course",
    "Dial",
    "Lesson",
    "Match",
    "Option",
    "Order",
    "PackError",
    "Pair",
    "Pay",
    "PhotoTask",
    "Problem",
    "SayAfter",
    "SeeHear",
    "Step",
    "TapNumber",
    "TapPicture",
    "Trace",
    "load",
]
