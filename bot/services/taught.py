"""What is taught: the course that comes with the program, found by the keys that are kept."""

from functools import cache

from bot.courses import WENHUA, Course, Lesson, Step, load


@cache
def course() -> Course:
    """Return the course that comes with the program."""
    return load(WENHUA)


def step_at(lesson_key: str, place: int) -> tuple[Lesson, Step] | None:
    """Find a lesson and the step that stands at a place of it."""
    lesson = course().lesson(lesson_key)
    if lesson is None or not 0 <= place < len(lesson.steps):
        return None
    return lesson, lesson.steps[place]
