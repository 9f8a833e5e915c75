"""What became of what was told: for staff, and only for what is theirs."""

from telegram import Update

from bot.context import Context
from bot.services import (
    announcement_recall,
    audience,
    delivery_calls,
    delivery_report,
    delivery_screens,
)
from db.models import Announcement, AnnouncementState, Role, StudyClass
from handlers.door import Handlers, door
from handlers.matching import on_command, on_tap

STAFF = (Role.CLASS_HEAD, Role.SCHOOL, Role.COUNTY)
FAILED, SKIPPED, PHONES, CALLS = 1, 2, 3, 4  # parts of a report; 0 is the whole


@door(*STAFF)
async def delivery(_: Update, context: Context) -> None:
    """See what became of what the class was told."""
    await offer(context, 1)


@door(*STAFF)
async def more(_: Update, context: Context) -> None:
    """See the next classes."""
    await offer(context, context.number("page"))


async def offer(context: Context, page: int) -> None:
    """Show the classes and announcements that this person may look at."""
    scope = await audience.scope_of(
        context.session, context.person, context.memberships, context.now
    )
    if scope:
        await delivery_screens.offer(context.session, context.here, scope, context.now, page)


async def subject(context: Context) -> StudyClass | Announcement | None:
    """Find the class or announcement that a button speaks of, if it is this person's to see."""
    session, number = context.session, context.number("number")
    if context.word("kind") == "c":
        study_class = await session.get(StudyClass, number)
        scope = await audience.scope_of(session, context.person, context.memberships, context.now)
        return study_class if study_class and scope and scope.sees(number) else None
    found = await session.get(Announcement, number)
    if found is None or found.state is AnnouncementState.DRAFT:
        return None
    mine = await announcement_recall.may_manage(
        session, context.person, context.memberships, found, context.now
    )
    return found if mine else None


@door(*STAFF)
async def report(_: Update, context: Context) -> None:
    """See a report, or one part of it."""
    of = await subject(context)
    if of is None:
        context.toast = "❌"
        return
    session, here, now = context.session, context.here, context.now
    part, page = context.number("part"), context.number("page")
    if part not in {FAILED, SKIPPED, PHONES, CALLS}:
        if isinstance(of, StudyClass):
            await delivery_screens.show_class(session, here, of, now)
        else:
            await delivery_screens.show_announcement(session, here, of, now)
        return
    reports, unreached = await delivery_screens.found_of(session, of, now)
    act = f"{context.word('kind')}{of.id}"
    if part == FAILED:
        delivery_screens.list_failed(session, here, act, reports, page, now)
    elif part == SKIPPED:
        delivery_screens.list_skipped(session, here, reports, now)
    elif part == CALLS:
        held = context.memberships
        await delivery_calls.list_calls(session, here, held, act, unreached, now, page)
    else:
        title = of.name if isinstance(of, StudyClass) else delivery_report.title_of(of)
        await delivery_screens.send_phones(session, here, title, unreached, context.data, now)


@door(Role.CLASS_HEAD)
async def call(_: Update, context: Context) -> None:
    """Take in hand to call somebody whom no message reaches."""
    numbers = context.number("class"), context.number("person")
    context.toast = await delivery_calls.open_call(
        context.session, context.here, context.memberships, *numbers, context.now
    )


HANDLERS: Handlers = (
    on_command("delivery", delivery),
    on_tap("delivery:{page}", more),
    on_tap("call:{class}:{person}", call),
    on_tap("report:(?P<kind>[ca]){number}:{part}:{page}", report),
)
