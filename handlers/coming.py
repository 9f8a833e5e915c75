"""Saying that one comes or cannot, and deciding on a leave; the hour of being reminded."""

from telegram import Update
from telegram.ext import filters

from bot.context import Context
from bot.services import choosing, coming, coming_list, hearing, reminder_hours
from bot.services.keeping import SHORTEST, Attachment
from bot.services.permitting import holds, may_teach
from bot.voice.listening import listener
from db.models import Coming, Meeting, Role
from handlers import learner
from handlers.door import Handlers, door
from handlers.files import attachment
from handlers.matching import on_command, on_message, on_tap

STAFF = (Role.TEACHER, Role.CLASS_HEAD)


async def _answer(context: Context, person_id: int | None) -> None:
    """Take an answer for whoever the button names, else for who is at the phone."""
    named = next((one for one in context.persons if one.id == person_id), None)
    person = context.who if person_id is None else named
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if person is None or meeting is None:
        context.toast = "❌"
        return
    if named:  # what follows, as the reason, is theirs too
        choosing.note(context.account, named, context.now, shared=len(context.persons) > 1)
    place, comes = listener(context.account, person), context.number("yes") == 1
    if not await coming.answer(context.session, place, meeting, comes, context.now):
        await hearing.old_button(context.session, place, context.now)


@door(Role.LEARNER)
async def come(_: Update, context: Context) -> None:
    """Say whether one comes to a meeting."""
    await _answer(context, None)


@door(unknown=True)
async def come_named(_: Update, context: Context) -> None:
    """Say whether the person whom the card names comes to a meeting."""
    await _answer(context, context.number("person"))


@door(Role.LEARNER)
async def why(_: Update, context: Context) -> None:
    """Say by picture why one cannot come."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    number = context.number("reason")
    if meeting is None or not await coming.give_reason(
        context.session, context.here, meeting, number, context.now
    ):
        await hearing.old_button(context.session, context.here, context.now)


def usable(said: Attachment) -> bool:
    """Say whether a voice can be heard at all."""
    return not said.too_big and SHORTEST <= said.seconds <= hearing.LONGEST


@door(Role.LEARNER, states=("why",))
async def why_spoken(update: Update, context: Context) -> None:
    """Say in one's own voice why one cannot come."""
    said, (_state, meeting_id) = attachment(update.message), hearing.state_of(context.here)
    if (
        said is None
        or not usable(said)
        or not await coming.hear_reason(
            context.session, context.here, meeting_id, context.now, said=said
        )
    ):
        await learner.voice(update, context)


@door(Role.LEARNER, states=("why",))
async def why_shown(update: Update, context: Context) -> None:
    """Show why one cannot come: the photo stays with the leave."""
    said, (_state, meeting_id) = attachment(update.message), hearing.state_of(context.here)
    taken = (
        said is not None
        and not said.too_big
        and await coming.hear_reason(
            context.session, context.here, meeting_id, context.now, said=said
        )
    )
    if not taken:
        await learner.picture(update, context)


@door(Role.LEARNER, states=("why",))
async def why_written(update: Update, context: Context) -> None:
    """Write why one cannot come; a bottom button or a number is still what it always is."""
    text = (update.message.text if update.message else None) or ""
    act = text in learner.BUTTONS or text == "🔊" or text.strip().isdecimal()
    if act or hearing.ID_NUMBER.search(text):
        await learner.text(update, context)
        return
    _state, meeting_id = hearing.state_of(context.here)
    if not await coming.hear_reason(
        context.session, context.here, meeting_id, context.now, text=text
    ):
        await learner.text(update, context)


@door(Role.LEARNER)
async def set_when(_: Update, context: Context) -> None:
    """Choose the hour at which to be reminded."""
    await reminder_hours.ask_hour(context.session, context.here, context.now)


@door(Role.LEARNER)
async def when(_: Update, context: Context) -> None:
    """Take the hour that was chosen."""
    number = context.number("hour")
    if not await reminder_hours.choose_hour(context.session, context.here, number, context.now):
        context.toast = "❌"


@door(*STAFF)
async def list_(_: Update, context: Context) -> None:
    """See by name who comes, who is on leave, who has not answered."""
    meeting = await context.session.get(Meeting, context.number("meeting"))
    if meeting is None or not may_teach(context.memberships, context.person.id, meeting):
        context.toast = "❌"
        return
    await coming_list.name_all(context.session, context.here, meeting, context.now)


async def own_leave(context: Context, leave_id: int) -> Coming | None:
    """Find a leave on which this class head may decide."""
    leave = await context.session.get(Coming, leave_id)
    meeting = await context.session.get_one(Meeting, leave.meeting_id) if leave else None
    if meeting and holds(context.memberships, Role.CLASS_HEAD, meeting.study_class_id):
        return leave
    context.toast = "❌"
    return None


@door(Role.CLASS_HEAD)
async def leaves(_: Update, context: Context) -> None:
    """See the leaves on which nobody has decided."""
    led = [one.study_class_id for one in context.memberships if one.role is Role.CLASS_HEAD]
    classes = [number for number in led if number is not None]
    await coming.list_leaves(context.session, context.here, classes, context.now)


@door(Role.CLASS_HEAD)
async def decide(_: Update, context: Context) -> None:
    """Grant a leave, or begin to ask the learner to come after all."""
    if leave := await own_leave(context, context.number("leave")):
        granted = context.number("yes") == 1
        done = await coming.decide(
            context.session, context.here, leave, context.now, granted=granted
        )
        context.toast = "✔" if done and granted else ""


@door(Role.CLASS_HEAD, states=("word",))
async def word(update: Update, context: Context) -> None:
    """Ask a learner, in one's own voice or words, to come after all."""
    _state, leave_id = hearing.state_of(context.here)
    leave = await own_leave(context, leave_id)
    message = update.message
    if leave is None or message is None:
        return
    said = attachment(message)
    words = coming.Word((message.text or "")[: coming.TEXT], said)
    await coming.decide(
        context.session, context.here, leave, context.now, granted=False, word=words
    )


SPOKEN = filters.VOICE | filters.VIDEO_NOTE | filters.AUDIO
SHOWN = filters.PHOTO | filters.Document.IMAGE
WRITTEN = filters.TEXT & ~filters.COMMAND

HANDLERS: Handlers = (
    on_command("leave", leaves),
    on_tap("come:{meeting}:{yes}", come),
    on_tap("come:{meeting}:{yes}:{person}", come_named),
    on_tap("why:{meeting}:{reason}", why),
    on_tap("setwhen", set_when),
    on_tap("when:{hour}", when),
    on_tap("list:{meeting}", list_),
    on_tap("leave:{leave}:{yes}", decide),
    on_message(SPOKEN, why_spoken),
    on_message(SHOWN, why_shown),
    on_message(WRITTEN, why_written),
    on_message(SPOKEN | WRITTEN, word),
)
