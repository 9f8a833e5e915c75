"""Tasks of class heads and townships: see them, close them with what was learnt."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import task_desk
from bot.services.hearing import state_of
from bot.services.keeping import keep
from db.models import Role, Task
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

HOLDERS = (Role.CLASS_HEAD, Role.TOWNSHIP)


async def in_hand(context: Context, number: int) -> Task | None:
    """Return the task that is spoken of, if it is this person's."""
    task = await context.session.get(Task, number)
    if task and await task_desk.may_close(context.session, context.memberships, task):
        return task
    context.toast = "❌"
    return None


@door(*HOLDERS)
async def listing(_: Update, context: Context) -> None:
    """See what is open."""
    await task_desk.list_tasks(context.session, context.here, context.memberships, context.now)


@door(*HOLDERS)
async def page(_: Update, context: Context) -> None:
    """See another page of what is open."""
    at = context.number("page")
    await task_desk.list_tasks(context.session, context.here, context.memberships, context.now, at)


@door(*HOLDERS)
async def one(_: Update, context: Context) -> None:
    """See one task with what can be learnt."""
    if task := await in_hand(context, context.number("task")):
        await task_desk.show_task(context.session, context.here, task, context.now)


@door(*HOLDERS)
async def done(_: Update, context: Context) -> None:
    """Close a task with what was learnt."""
    if task := await in_hand(context, context.number("task")):
        outcome = context.number("outcome")
        settled = await task_desk.settle(context.session, context.here, task, outcome, context.now)
        context.toast = "✔" if settled else "❌"


@door(*HOLDERS, states={"reason"})
async def word(update: Update, context: Context) -> None:
    """Say or write a word on a task that was closed."""
    task = await in_hand(context, state_of(context.here)[1])
    if task is None or update.message is None:
        return
    said = attachment(update.message)
    voice_id = None
    if said:
        voice_id = (await keep(context.session, said, context.person.id, context.now)).id
    await task_desk.add_word(
        context.session,
        context.here,
        task,
        context.now,
        text=update.message.text or "",
        voice_id=voice_id,
    )


HANDLERS: Handlers = (
    on_command("tasks", listing),
    on_tap("tasks", listing),
    on_tap("tasks:{page}", page),
    on_tap("task:{task}", one),
    on_tap("done:{task}:{outcome}", done),
    on_message((filters.TEXT & ~filters.COMMAND) | filters.VOICE, word),
)
