"""A teacher makes a lesson in the chat: pictures, words and voices, one after another (TE11)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, names
from bot.language import N_ as _
from bot.services import publishing
from bot.services.correcting import own_classes, unfit
from bot.services.keeping import Attachment, keep
from bot.services.own_lessons import Part, parts_of, show_part
from bot.voice.buttons import BLUE, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db.models import Membership, OwnLesson, StudyClass
from db.queries import own_lessons

MOST_STEPS, MOST_WORDS, TITLE = 30, 200, 80
MARKS = {"picture": "🖼", "words": "字", "voice": "🎤"}


async def begin(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    now: datetime,
    class_id: int | None = None,
) -> bool:
    """Begin a lesson for a class; who teaches several is asked for which."""
    classes = list(dict.fromkeys(own_classes(held)))
    if here.person is None or (class_id is not None and class_id not in classes):
        return False
    if class_id is None and len(classes) > 1:
        found = [await session.get_one(StudyClass, one) for one in classes]
        rows: Keyboard = [[button(one.name, f"new:{one.id}")] for one in found]
        tell(session, here, _("For which class is the lesson?"), now, rows)
        return True
    if not classes:
        return False
    lesson = OwnLesson(
        key=f"draft{here.person.id}:{now.timestamp()}",
        version=1,
        study_class_id=class_id or classes[0],
        author_id=here.person.id,
        steps={"steps": []},
        made_at=now,
    )
    session.add(lesson)
    await session.flush()
    lesson.key = f"{own_lessons.OWN}{lesson.id}"
    _invite(session, here, lesson, now)
    return True


def _invite(session: AsyncSession, here: Listener, lesson: OwnLesson, now: datetime) -> None:
    here.account.state = f"draft:{lesson.id}"
    text = _("Send a picture, a word and your voice, one after another. Tap Done at the end.")
    tell(session, here, text, now, _done(lesson))


def _done(lesson: OwnLesson) -> Keyboard:
    return [[button(html(MANDARIN, _("Done")), f"draft:{lesson.id}", BLUE)]]


async def own(
    session: AsyncSession, held: Sequence[Membership], lesson_id: int
) -> OwnLesson | None:
    """Find a lesson, if it is for a class that somebody teaches or leads."""
    lesson = await session.get(OwnLesson, lesson_id)
    return lesson if lesson and lesson.study_class_id in own_classes(held) else None


async def take(
    session: AsyncSession,
    here: Listener,
    lesson: OwnLesson,
    text: str,
    said: Attachment | None,
    now: datetime,
) -> None:
    """Take the next picture, words or voice; what has no room in a step begins the next one."""
    if lesson.publish_at:
        here.account.state = None
        tell(session, here, _("This version is out already. Tap Edit for a new one."), now)
        return
    refusal = _refusal(text, said)
    if refusal:
        tell(session, here, refusal, now, _done(lesson), count=MOST_WORDS, minutes=5)
        return
    kind = {"voice": "voice", "photo": "picture"}[said.kind] if said else "words"
    value: int | str = text.strip()
    if said:
        person = here.person
        value = (await keep(session, said, person.id if person else None, now)).id
    parts = [dict(part) for part in parts_of(lesson)]
    if not parts or kind in parts[-1]:
        if len(parts) == MOST_STEPS:
            text = _("A lesson has at most %(count)d steps.")
            tell(session, here, text, now, _done(lesson), count=MOST_STEPS)
            return
        parts.append({})
    parts[-1][kind] = value
    lesson.steps = {"steps": parts}
    has = " ".join(mark for name, mark in MARKS.items() if name in parts[-1])
    text = _("👍 Step %(number)d: %(parts)s")
    tell(session, here, text, now, _done(lesson), number=len(parts), parts=has)


def _refusal(text: str, said: Attachment | None) -> str | None:
    if said and said.kind == "voice":
        return unfit(said)
    if said and said.too_big:
        return _("This file is too big for me. Please send a smaller one.")
    if (said and said.kind != "photo") or not (said or text.strip()):
        return _("Please send a picture, words or your voice.")
    if len(text) > MOST_WORDS:
        return _("Please write at most %(count)d letters a step.")
    return None


async def preview(session: AsyncSession, here: Listener, lesson: OwnLesson, now: datetime) -> None:
    """Show the very screens, and ask whether to publish; each step must speak."""
    parts = parts_of(lesson)
    silent = [str(number) for number, part in enumerate(parts, 1) if "voice" not in part]
    if not parts or silent:
        text = _("These steps have no voice yet: %(steps)s. Many learners read nothing.")
        tell(session, here, text, now, _done(lesson), steps=names(silent or ["1"], MANDARIN))
        return
    here.account.state = None
    lesson.title = _title(parts) or lesson.key
    for part in parts:
        await show_part(session, here, part, [], now)
    study_class = await session.get_one(StudyClass, lesson.study_class_id)
    text = _("This is what the learner sees. Publish to %(class)s?")
    tell(session, here, text, now, publishing.choices(lesson, now), class_=study_class.name)


def _title(parts: Sequence[Part]) -> str:
    return next((str(part["words"]) for part in parts if part.get("words")), "")[:TITLE]


async def edit(session: AsyncSession, here: Listener, lesson: OwnLesson, now: datetime) -> None:
    """Make a lesson anew: what is out stays as it is until the new version is published."""
    if lesson.publish_at is None:
        lesson.steps = {"steps": []}
        _invite(session, here, lesson, now)
        return
    newer = OwnLesson(
        key=lesson.key,
        version=await own_lessons.last_version(session, lesson.key) + 1,
        study_class_id=lesson.study_class_id,
        author_id=here.person.id if here.person else lesson.author_id,
        steps={"steps": []},
        made_at=now,
    )
    session.add(newer)
    await session.flush()
    _invite(session, here, newer, now)
