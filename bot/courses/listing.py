"""What a lesson names: its options, its drawings, its files."""

from collections.abc import Iterator
from pathlib import Path

from bot.courses.models import Lesson, Match, Option, Step


def options_of(step: Step) -> tuple[Option, ...]:
    """Give every choice or thing of a step, in the order of their clips."""
    if isinstance(step, Match):
        return (*(pair.left for pair in step.pairs), *(pair.right for pair in step.pairs))
    return step.options


def drawings_of(lesson: Lesson) -> Iterator[str]:
    """Give the names of all drawings of a lesson."""
    for step in lesson.steps:
        names = [step.drawing, *(option.drawing for option in options_of(step))]
        yield from (name for name in names if name is not None)


def cards_of(step: Step) -> tuple[Path, ...]:
    """Give every card of a step."""
    return (step.picture, *(step.asking if isinstance(step, Match) else ()))


def clips_of(step: Step) -> tuple[Path, ...]:
    """Give every clip of a step that is named."""
    spoken = (step.clip, *(option.clip for option in options_of(step)))
    return tuple(clip for clip in spoken if clip is not None)
