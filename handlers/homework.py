"""Homework: a teacher hears it and says a word on it; a learner does it once more."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import correcting
from bot.services.hearing import state_of
from db.models import Answer, Role
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)


@door(*STAFF)
async def review(_: Update, context: Context) -> None:
    """See the oldest homework that waits."""
    await correcting.show_next(context.session, context.here, context.memberships, context.now)


@door(*STAFF)
async def following(_: Update, context: Context) -> None:
    """See the next one; what was passed over stays."""
    state, number = state_of(context.here)
    after = number if state == "homework" else 0
    await correcting.show_next(
        context.session, context.here, context.memberships, context.now, after
    )


@door(*STAFF)
async def judge(_: Update, context: Context) -> None:
    """Say that it is good, or that it shall be heard once more."""
    said = await correcting.judge(
        context.session,
        context.here,
        context.memberships,
        context.number("answer"),
        context.now,
        good=context.number("good") == 1,
    )
    context.toast = "✔" if said else "❌"


@door(*STAFF, states={"homework"})
async def comment(update: Update, context: Context) -> None:
    """Say a word on the homework in hand."""
    if said := attachment(update.message):
        await correcting.comment(
            context.session,
            context.here,
            context.memberships,
            state_of(context.here)[1],
            said,
            context.now,
        )


@door(Role.LEARNER)
async def again(_: Update, context: Context) -> None:
    """Do one's homework once more."""
    answer = await context.session.get(Answer, context.number("answer"))
    if answer is None or answer.person_id != context.person.id:
        context.toast = "❌"
        return
    await correcting.practise(context.session, context.here, context.person, answer, context.now)


HANDLERS: Handlers = (
    on_command("homework", review),
    on_tap("homework", review),
    on_tap("hwnext", following),
    on_tap("hw:{answer}:{good}", judge),
    on_tap("again:{answer}", again),
    on_message(filters.VOICE | filters.PHOTO | filters.AUDIO | filters.VIDEO_NOTE, comment),
)
