"""A meeting planned in a chat by taps; free words are taken in handlers/timetable.py."""

from telegram import Update

from bot.context import Context
from bot.services import planning, planning_questions, showing_timetable
from bot.services.permitting import holds
from db.models import Role, StudyClass
from handlers.door import Handlers, door
from handlers.matching import on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)


def tapped(update: Update) -> int | None:
    """Return the message whose button was tapped."""
    query = update.callback_query
    return query.message.message_id if query and query.message else None


async def own_class(context: Context, number: int | None = None) -> StudyClass | None:
    """Find the class that is spoken of, if this person teaches or leads it."""
    number = context.number("class") if number is None else number
    if any(holds(context.memberships, role, number) for role in STAFF):
        return await context.session.get(StudyClass, number)
    context.toast = "❌"
    return None


@door(*STAFF)
async def plan(update: Update, context: Context) -> None:
    """Begin to plan a meeting."""
    if study_class := await own_class(context):
        await planning.begin(
            context.session, context.here, study_class, context.now, tapped(update)
        )


@door(*STAFF)
async def plan_day(update: Update, context: Context) -> None:
    """Choose the day."""
    if study_class := await own_class(context):
        day = context.number("day")
        taken = await planning.take_day(
            context.session, context.here, study_class, day, context.now, tapped(update)
        )
        context.toast = "" if taken else "❌"


@door(*STAFF)
async def plan_time(update: Update, context: Context) -> None:
    """Choose the period."""
    if study_class := await own_class(context):
        taken = await planning.take_period(
            context.session,
            context.here,
            study_class,
            context.number("starts"),
            context.number("ends"),
            context.now,
            tapped(update),
        )
        context.toast = "" if taken else "❌"


@door(*STAFF)
async def plan_place(update: Update, context: Context) -> None:
    """Choose a place by the meeting that was held there."""
    study_class = await own_class(context)
    if study_class is None:
        return
    place = await planning.place_of(context.session, study_class, context.number("meeting"))
    if not place:
        context.toast = "❌"
        return
    await planning.take_place(
        context.session, context.here, study_class, place, context.now, tapped(update)
    )


@door(*STAFF)
async def plan_title(update: Update, context: Context) -> None:
    """Choose a title of the school's own by the meeting that had it."""
    study_class = await own_class(context)
    if study_class is None:
        return
    title = await planning.title_of(context.session, study_class, context.number("meeting"))
    if not title:
        context.toast = "❌"
        return
    await planning.take_title(
        context.session, context.here, study_class, title, context.now, tapped(update)
    )


@door(*STAFF)
async def plan_choice(update: Update, context: Context) -> None:
    """Choose the lesson, how it is held, or who teaches."""
    study_class = await own_class(context)
    if study_class is None or context.match is None:
        return
    chosen = {name: int(number) for name, number in context.match.groupdict().items()}
    del chosen["class"]
    taken = await planning.choose(
        context.session, context.here, study_class, context.now, tapped(update), **chosen
    )
    context.toast = "" if taken else "❌"


@door(*STAFF)
async def plan_ask(update: Update, context: Context) -> None:
    """Be asked once more for one part."""
    if study_class := await own_class(context):
        part = context.number("part")
        asked = await planning.ask_again(
            context.session, context.here, study_class, part, context.now, tapped(update)
        )
        context.toast = "" if asked else "❌"


@door(*STAFF)
async def plan_page(update: Update, context: Context) -> None:
    """See other lessons."""
    if study_class := await own_class(context):
        page = context.number("page")
        await planning_questions.ask_lesson(
            context.session, context.here, study_class, page, context.now, tapped(update)
        )


@door(*STAFF)
async def plan_save(update: Update, context: Context) -> None:
    """Plan what the preview shows."""
    if study_class := await own_class(context):
        serial = context.number("serial")
        saved = await planning.save(
            context.session,
            context.here,
            study_class,
            serial,
            context.now,
            tapped(update),
            context.data,
        )
        context.toast = "" if saved else "…"


@door(*STAFF)
async def plan_drop(update: Update, context: Context) -> None:
    """Drop what was being planned."""
    if study_class := await own_class(context):
        await planning.drop(context.session, context.here)
        await showing_timetable.show(
            context.session,
            context.here,
            context.memberships,
            study_class,
            0,
            1,
            context.now,
            tapped(update),
        )


HANDLERS: Handlers = (
    on_tap("plan:{class}", plan),
    on_tap("planday:{class}:{day}", plan_day),
    on_tap("plantime:{class}:{starts}:{ends}", plan_time),
    on_tap("planplace:{class}:{meeting}", plan_place),
    on_tap("plantitle:{class}:{meeting}", plan_title),
    on_tap("planless:{class}:{lesson}", plan_choice),
    on_tap("planmode:{class}:{mode}", plan_choice),
    on_tap("planwho:{class}:{teacher}", plan_choice),
    on_tap("planask:{class}:{part}", plan_ask),
    on_tap("planpage:{class}:{page}", plan_page),
    on_tap("plansave:{class}:{serial}", plan_save),
    on_tap("plandrop:{class}", plan_drop),
)
