"""A class head's polls in the class's group."""

from telegram import Update

from bot.context import Context
from bot.services import announcement_draft, poll_draft, polling
from bot.services.hearing import state_of
from bot.services.permitting import holds
from db.models import Poll, Role, StudyClass
from db.queries import polls
from handlers.announce import FREE
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap


@door(Role.CLASS_HEAD)
async def poll(_: Update, context: Context) -> None:
    """Begin a poll."""
    await poll_draft.begin(context.session, context.here, context.now)


@door(Role.CLASS_HEAD)
async def poll_for(_: Update, context: Context) -> None:
    """Begin a poll for one of several classes."""
    number = context.number("class_id")
    if not await poll_draft.begin(context.session, context.here, context.now, number):
        context.toast = "❌"


async def drafted_poll(context: Context, number: int) -> Poll | None:
    """Find a poll that this person is still making, for a class that they lead."""
    found = await polls.locked(context.session, number)
    if found is None or found.sent_at or found.author_id != context.person.id:
        return None
    led = holds(context.memberships, Role.CLASS_HEAD, found.study_class_id)
    return found if led else None


async def own_poll(context: Context) -> Poll | None:
    """Find the poll that a button speaks of; the toast says where there is none."""
    found = await drafted_poll(context, context.number("poll"))
    if found is None:
        context.toast = "❌"
    return found


@door(Role.CLASS_HEAD, states={"poll"})
async def take_poll(update: Update, context: Context) -> None:
    """Take the question, an option, or a voice for the poll in hand."""
    message = update.message
    found = await drafted_poll(context, state_of(context.here)[1])
    if message is None or found is None:
        context.account.state = None
        await poll_draft.begin(context.session, context.here, context.now)
        return
    words, said = message.text or "", attachment(message)
    if announcement_draft.holds_id_number(words):
        context.blank = True
        announcement_draft.refuse_id_number(
            context.session, context.here, message.message_id, context.now
        )
        return
    await poll_draft.take(context.session, context.here, found, words, said, context.now)


@door(Role.CLASS_HEAD)
async def end_poll(_: Update, context: Context) -> None:
    """Choose when a poll ends, and see it."""
    if found := await own_poll(context):
        choice = context.number("choice")
        if not poll_draft.preview(context.session, context.here, found, choice, context.now):
            context.toast = "❌"
            poll_draft.show(context.session, context.here, found, context.now)


@door(Role.CLASS_HEAD)
async def send_poll(_: Update, context: Context) -> None:
    """Post a poll in the group, once."""
    found = await own_poll(context)
    if found is None:
        return
    session, here, now = context.session, context.here, context.now
    study_class = await session.get_one(StudyClass, found.study_class_id)
    seen = int(found.options.get("edition", 0)) == context.number("edition")
    if seen and await polling.send(session, here, found, study_class, now):
        context.toast = "✔"
        return
    context.toast = "❌"
    poll_draft.show(session, here, found, now)


@door(Role.CLASS_HEAD)
async def discard_poll(_: Update, context: Context) -> None:
    """Throw a poll away that was not sent."""
    if found := await own_poll(context):
        await poll_draft.drop(context.session, context.here, found, context.now)


HANDLERS: Handlers = (
    on_command("poll", poll),
    on_tap("pollnew:{class_id}", poll_for),
    on_tap("pollend:{poll}:{choice}", end_poll),
    on_tap("pollsend:{poll}:{edition}", send_poll),
    on_tap("polldrop:{poll}", discard_poll),
    on_message(FREE, take_poll),
)
