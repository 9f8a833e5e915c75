"""Encouragement after a lesson: what one can read now, in a picture; no score and no rank."""

import asyncio
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.courses import Lesson
from bot.language import N_ as _
from bot.services.picturing import words_picture
from bot.services.taught import course
from bot.voice.choosing_clips import voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, kept, put, receipt
from db.queries import lessons


def characters_of(keys: set[str]) -> list[str]:
    """Return the different characters that these lessons teach, in the order of the course."""
    taught = (lesson for lesson in course().lessons if lesson.key in keys)
    return list(dict.fromkeys(one.character for lesson in taught for one in lesson.characters))


async def characters_known(
    session: AsyncSession, person_id: int, lesson: Lesson | None = None
) -> list[str]:
    """Return the characters of the lessons that a learner has taken, this one among them.

    Of a lesson in which steps were skipped nobody can tell; its characters do not count.
    """
    taken = await lessons.finished(session, person_id) | ({lesson.key} if lesson else set())
    return characters_of(taken - await lessons.skipped(session, person_id))


async def say_words(
    session: AsyncSession, listener: Listener, lesson: Lesson, now: datetime
) -> None:
    """Tell a learner how many characters they can read, and show them all."""
    if listener.person is None or not lesson.characters:
        return
    characters = await characters_known(session, listener.person.id, lesson)
    if not characters:
        return
    words = Screen(_("You can now read %(count)d words of every day."), {"count": len(characters)})
    receipt(session, listener, words, now)
    data = voices_of(session).data
    if data is not None:
        file = await asyncio.to_thread(words_picture, data, characters)
        put(session, listener, "sendPhoto", {"photo": kept(file)}, now, Way(purpose="words"))
