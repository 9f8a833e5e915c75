"""What lessons are called: those that come with the program, and those that teachers made."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.evidence.words import word
from bot.services.taught import course
from db.queries import evidence as queries


def taught_titles() -> dict[str, str]:
    """Name every lesson that comes with the program, and what each of its steps says."""
    lessons = course().lessons
    said = {step.id: step.say for lesson in lessons for step in lesson.steps}
    return {lesson.key: lesson.title for lesson in lessons} | said


async def own_titles(session: AsyncSession, class_id: int) -> dict[str, str]:
    """Name every version of the lessons that a class's teachers made in the chat."""
    found = await queries.own_titles(session, class_id)
    return {version: title or word("lesson", "own") for version, title in found.items()}
