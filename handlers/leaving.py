"""Going before the end of class: said by a learner with a reason, decided by staff."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import hearing, leaving_early, letting_go
from bot.services.permitting import may_teach
from db.models import EarlyLeave, Meeting, Role
from db.queries import early_leaves
from handlers import learner
from handlers.coming import SPOKEN, STAFF, WRITTEN, usable
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_message, on_tap


@door(Role.LEARNER)
async def must_go(_: Update, context: Context) -> None:
    """Say that one must go, and be asked why."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if meeting is None or not await leaving_early.ask_why(
        context.session, context.here, meeting, context.now
    ):
        await hearing.old_button(context.session, context.here, context.now)


@door(Role.LEARNER)
async def why(_: Update, context: Context) -> None:
    """Say by picture why one must go."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if meeting is None or not await leaving_early.give_reason(
        context.session, context.here, meeting, context.number("reason"), context.now
    ):
        await hearing.old_button(context.session, context.here, context.now)


@door(Role.LEARNER, states={leaving_early.WAITS})
async def why_spoken(update: Update, context: Context) -> None:
    """Say in one's own voice why one must go."""
    said = attachment(update.message)
    meeting = await context.session.get(Meeting, hearing.state_of(context.here)[1])
    if (
        meeting is None
        or said is None
        or not usable(said)
        or not await leaving_early.hear_reason(
            context.session, context.here, meeting, context.now, said=said
        )
    ):
        await learner.voice(update, context)


@door(Role.LEARNER, states={leaving_early.WAITS})
async def why_written(update: Update, context: Context) -> None:
    """Write why one must go; a bottom button or a number is still what it always is."""
    text = (update.message.text if update.message else None) or ""
    act = text in learner.BUTTONS or text == "🔊" or text.strip().isdecimal()
    meeting = await context.session.get(Meeting, hearing.state_of(context.here)[1])
    if (
        act
        or hearing.ID_NUMBER.search(text)
        or meeting is None
        or not await leaving_early.hear_reason(
            context.session, context.here, meeting, context.now, text=text
        )
    ):
        await learner.text(update, context)


@door(Role.LEARNER)
async def stay(_: Update, context: Context) -> None:
    """Stay after all."""
    leave = await early_leaves.locked(context.session, context.number("leave"))
    if leave is None or not await leaving_early.stay(
        context.session, context.here, leave, context.now
    ):
        await hearing.old_button(context.session, context.here, context.now)


async def own_leave(context: Context, number: int) -> EarlyLeave | None:
    """Find a leave on which this teacher or class head may decide."""
    leave = await early_leaves.locked(context.session, number)
    meeting = await context.session.get_one(Meeting, leave.meeting_id) if leave else None
    if meeting and may_teach(context.memberships, context.person.id, meeting):
        return leave
    context.toast = "❌"
    return None


@door(*STAFF)
async def decide(_: Update, context: Context) -> None:
    """Let a learner go, or begin to ask them to stay."""
    if leave := await own_leave(context, context.number("leave")):
        granted = context.number("yes") == 1
        done = await letting_go.decide(
            context.session, context.here, leave, context.now, granted=granted
        )
        context.toast = "✔" if done and granted else ""


@door(*STAFF, states={letting_go.WAITS})
async def word(update: Update, context: Context) -> None:
    """Ask a learner, in one's own voice or words, to stay."""
    leave = await own_leave(context, hearing.state_of(context.here)[1])
    message = update.message
    if leave is None or message is None:
        return
    words = letting_go.Word((message.text or "")[: letting_go.TEXT], attachment(message))
    await letting_go.decide(
        context.session, context.here, leave, context.now, granted=False, word=words
    )


HANDLERS: Handlers = (
    on_tap("early:{meeting}", must_go),
    on_tap("earlywhy:{meeting}:{reason}", why),
    on_tap("stay:{leave}", stay),
    on_tap("letgo:{leave}:{yes}", decide),
    on_message(SPOKEN, why_spoken),
    on_message(WRITTEN, why_written),
    on_message(filters.VOICE | WRITTEN, word),
)
