"""A poll in the making: the class, the question, its options, the end, how it looks."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services.announcement_draft import CONTROLS, VOICE_MINUTES
from bot.services.announcement_rows import length
from bot.services.audience import free_at
from bot.services.correcting import unfit
from bot.services.keeping import Attachment, keep
from bot.services.polling import (
    FEWEST,
    LONGEST,
    LONGEST_OPTION,
    MOST,
    end_words,
    ends_at,
    shape,
    told_in_words,
)
from bot.voice.buttons import BLUE, GREEN, RED, Button, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db.models import Poll, Role, StudyClass
from db.queries import people, polls

ENDS = (1, 2, 3)


async def begin(
    session: AsyncSession, here: Listener, now: datetime, class_id: int | None = None
) -> bool:
    """Begin a poll; who leads several classes is asked for which. False where it is none."""
    if here.person is None:
        return False
    led = await people.classes_of(session, here.person.id, Role.CLASS_HEAD, now)
    bound = [one for one in led if one.group_chat_id is not None]
    if class_id is not None:
        bound = [one for one in bound if one.id == class_id]
    if not bound:
        if class_id is None:
            text = _("The class has no group yet, and a poll needs one. Bind it with /bind.")
            tell(session, here, text, now)
        return class_id is None
    if len(bound) > 1:
        rows: Keyboard = [[button(one.name, f"pollnew:{one.id}")] for one in bound]
        tell(session, here, _("In which class's group?"), now, rows)
        return True
    await _invite(session, here, here.person.id, bound[0], now)
    return True


async def _invite(
    session: AsyncSession, here: Listener, author_id: int, study_class: StudyClass, now: datetime
) -> None:
    draft = await polls.draft_of(session, author_id, study_class.id)
    if draft is None:
        draft = Poll(
            study_class_id=study_class.id,
            author_id=author_id,
            question="",
            options={"options": []},
            made_at=now,
        )
        session.add(draft)
        await session.flush()
    here.account.state = f"poll:{draft.id}"
    if draft.question:
        show(session, here, draft, now)
        return
    text = _("Write the question, then the options: one after another, or each on a line.")
    tell(session, here, text, now)


async def take(
    session: AsyncSession,
    here: Listener,
    draft: Poll,
    text: str,
    said: Attachment | None,
    now: datetime,
) -> None:
    """Take the question, then options; a voice says the question in the group."""
    if said:
        if refusal := unfit(said):
            tell(session, here, refusal, now, minutes=VOICE_MINUTES)
            return
        voice = await keep(session, said, draft.author_id, now)
        edition = int(draft.options.get("edition", 0)) + 1
        draft.options = draft.options | {"voice": voice.id, "edition": edition}
        show(session, here, draft, now)
        return
    lines = [" ".join(line.split()) for line in CONTROLS.sub("", text).splitlines()]
    lines = [line for line in lines if line]
    question, options = draft.question, list(draft.options["options"])
    if not question and lines:
        question, lines = lines[0], lines[1:]
    options = list(dict.fromkeys([*options, *lines]))
    refusal = _refusal(question, options)
    if refusal:
        tell(session, here, refusal, now, letters=LONGEST, each=LONGEST_OPTION, most=MOST)
        return
    edition = int(draft.options.get("edition", 0)) + 1
    draft.question = question
    draft.options = draft.options | {"options": options, "edition": edition}
    show(session, here, draft, now)


def _refusal(question: str, options: Sequence[str]) -> str | None:
    """Say why these cannot be a poll; what was there before stays."""
    if not question:
        return _("Please write the question first.")
    if length(question) > LONGEST:
        return _("A question has at most %(letters)d letters; please write a shorter one.")
    if any(length(one) > LONGEST_OPTION for one in options):
        return _("An option has at most %(each)d letters; this one was not added.")
    if len(options) > MOST:
        return _("A poll has at most %(most)d options; these were not added.")
    return None


def show(session: AsyncSession, here: Listener, draft: Poll, now: datetime) -> None:
    """Show what the poll is so far, and what may be done with it."""
    here.account.state = f"poll:{draft.id}"
    lines = [told_in_words(draft)]
    rows: Keyboard = []
    if len(draft.options["options"]) < FEWEST:
        lines.append(html(here.language, _("Write the next option.")))
    else:
        lines.append(html(here.language, _("Write more options, or choose when it ends.")))
        rows.append(_ends(draft, now))
    rows.append([button(html(MANDARIN, _("Discard")), f"polldrop:{draft.id}", RED)])
    payload = {"text": "\n".join(lines), "parse_mode": "HTML", "reply_markup": inline(rows)}
    put(session, here, "sendMessage", payload, now, Way())


def _ends(draft: Poll, now: datetime) -> list[Button]:
    begins = free_at(None, now)
    return [
        button(end_words(choice), f"pollend:{draft.id}:{choice}", BLUE)
        for choice in ENDS
        if ends_at(choice, begins)
    ]


def preview(session: AsyncSession, here: Listener, draft: Poll, choice: int, now: datetime) -> bool:
    """Show the very poll, closed, and ask whether it may go; False where it cannot yet."""
    complete = draft.question and len(draft.options["options"]) >= FEWEST
    if not complete or ends_at(choice, free_at(None, now)) is None:
        return False
    edition = int(draft.options.get("edition", 0)) + 1
    draft.options = draft.options | {"end": choice, "edition": edition}
    put(session, here, "sendPoll", shape(draft) | {"is_closed": True}, now, Way(purpose="preview"))
    rows = [
        [
            button(html(MANDARIN, _("Send")), f"pollsend:{draft.id}:{edition}", GREEN),
            button(html(MANDARIN, _("Discard")), f"polldrop:{draft.id}", RED),
        ]
    ]
    text = _("The group gets this. It ends: %(when)s. Send?")
    tell(session, here, text, now, rows, when=end_words(choice))
    return True


async def drop(session: AsyncSession, here: Listener, draft: Poll, now: datetime) -> None:
    """Throw a poll away that was not sent."""
    here.account.state = None
    await session.delete(draft)
    tell(session, here, _("Discarded; nothing was sent."), now)
