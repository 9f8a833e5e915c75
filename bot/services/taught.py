"""What is taught: the courses that come with the program, found by the keys that are kept."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from bot.courses import TRADES, WENHUA, Course, Lesson, Match, Option, Step, load

FOLDER = WENHUA.parent
PACKS = tuple(folder.name for folder in (WENHUA, *TRADES))
FIRST = PACKS[0]  # what everybody learns, whatever the trade


@cache
def pack(name: str) -> Course:
    """Return one course by the name of its folder; its files are named from the folder of all."""
    read = load(FOLDER / name)
    lessons = tuple(_placed(lesson, name) for lesson in read.lessons)
    return read.model_copy(update={"lessons": lessons, "folder": FOLDER})


@cache
def course() -> Course:
    """Return everything that is taught as one course: what is for all comes before the trades."""
    every = [pack(name) for name in PACKS]
    lessons = tuple(lesson for one in every for lesson in one.lessons)
    version = sha256("\n".join(one.version for one in every).encode()).hexdigest()
    return every[0].model_copy(update={"lessons": lessons, "version": version})


def trade_of(named: str) -> str | None:
    """Return the trade that a class's course names, by its folder or its key; None where none."""
    trades = PACKS[1:]
    return next((name for name in trades if named in {name, pack(name).key}), None)


def taught_as(trade: str) -> str:
    """Return the course of a trade as rosters write it; what everybody learns where none fits."""
    return next((name for name in PACKS[1:] if trade and pack(name).title in trade), FIRST)


def step_at(lesson_key: str, place: int) -> tuple[Lesson, Step] | None:
    """Find a lesson and the step that stands at a place of it."""
    lesson = course().lesson(lesson_key)
    if lesson is None or not 0 <= place < len(lesson.steps):
        return None
    return lesson, lesson.steps[place]


def step_called(step_id: str) -> tuple[Lesson, Step] | None:
    """Find a lesson and one of its steps by the step's id."""
    lesson = course().lesson(step_id.rpartition(".")[0])
    found = next((one for one in lesson.steps if one.id == step_id), None) if lesson else None
    return (lesson, found) if lesson and found else None


def _placed(lesson: Lesson, folder: str) -> Lesson:
    """Name the files of a lesson from the folder of all packs."""
    steps = tuple(_placed_step(step, Path(folder)) for step in lesson.steps)
    return lesson.model_copy(update={"steps": steps})


def _placed_step(step: Step, folder: Path) -> Step:
    changed: dict[str, object] = {"picture": folder / step.picture}
    if step.clip:
        changed["clip"] = folder / step.clip
    if step.options:
        changed["options"] = tuple(_placed_option(one, folder) for one in step.options)
    if isinstance(step, Match):
        changed["pairs"] = tuple(
            pair.model_copy(
                update={
                    "left": _placed_option(pair.left, folder),
                    "right": _placed_option(pair.right, folder),
                }
            )
            for pair in step.pairs
        )
    return step.model_copy(update=changed)


def _placed_option(option: Option, folder: Path) -> Option:
    return option.model_copy(update={"clip": folder / option.clip}) if option.clip else option
