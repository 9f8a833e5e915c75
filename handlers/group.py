"""What happens in a class group: taps and a few commands; all other talk is dropped unread."""

from telegram import ChatMember, Update
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from bot.context import Context
from bot.language import MANDARIN, clock, day_word, translate
from bot.services import attending, checkin_words, grouping, holding, linking, losing, windows
from bot.services.permitting import holds, may_teach
from db.models import How, Meeting, Reads, Role, StudyClass
from db.queries import meetings, people
from handlers.door import GROUPS, Handlers, door, in_private
from handlers.matching import IN_GROUP, on_group_command

PRESENT = {ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED}


class GroupTap(CallbackQueryHandler):  # type: ignore[type-arg]
    """A tap on a button that stands in a group."""

    def check_update(self, update: object) -> bool | object | None:
        """Match only where the button is in a group."""
        if not isinstance(update, Update) or in_private(update):
            return None
        return super().check_update(update)


@door(unknown=True)
async def here(_: Update, context: Context) -> None:
    """Take a tap on the group's check-in button; the toast is seen by the tapper alone."""
    meeting = await meetings.numbered(context.session, context.number("meeting"))
    if meeting is None:
        context.toast = "❌"
        return
    if context.who is None or len(context.persons) > 1:
        payload = linking.payload(context.key, "w", meeting.id)
        context.url = linking.start_url(context.username, payload)
        return
    made = await attending.check_in(
        context.session, context.who, meeting, context.now, How.GROUP, context.account.id
    )
    if made.outcome is attending.Outcome.CODE:
        payload = linking.payload(context.key, "w", meeting.id)
        context.url = linking.start_url(context.username, payload)
        return
    values = {
        "time": clock(context.now),
        "minutes": made.minutes_late,
        "day": day_word(windows.opens_at(meeting), context.now, MANDARIN),
        "opens": clock(windows.opens_at(meeting)),
    }
    context.toast = translate(MANDARIN, checkin_words.toast(made), **values)
    if made.outcome in attending.SHUT:
        await checkin_words.refused(context.session, context.who, made, context.now)
    elif made.mark_id and context.who.reads is Reads.NOTHING:
        checkin_words.quiet_receipt(context.session, context.here, made, context.now)


@door(unknown=True)
async def refuse_tap(_: Update, context: Context) -> None:
    """Refuse any other tap in a group."""
    context.toast = "❌"


@door(unknown=True)
async def start(update: Update, context: Context) -> None:
    """Bind the group, when a class head added the bot by the class's link."""
    chat = update.effective_chat
    payload = context.args[0] if context.args else ""
    opened = linking.opened(context.key, payload)
    if chat is None or opened is None or opened[0] != "g":
        return
    study_class = await context.session.get(StudyClass, opened[1])
    if study_class is None or not holds(context.memberships, Role.CLASS_HEAD, study_class.id):
        return
    await grouping.bind(
        context.session,
        context.person,
        study_class,
        chat.id,
        chat.title or "",
        context.key,
        context.username,
        context.now,
    )


@door(Role.CLASS_HEAD)
async def bind(_: Update, context: Context) -> None:
    """Send the class head the binding button, in private."""
    study_class = await people.class_of(
        context.session, context.person.id, Role.CLASS_HEAD, context.now
    )
    if study_class:
        await grouping.offer_binding(
            context.session, context.here, study_class, context.key, context.username, context.now
        )


@door(Role.TEACHER, Role.CLASS_HEAD)
async def checkin(update: Update, context: Context) -> None:
    """Open the check-in of the class's present meeting."""
    meeting = await present(update, context)
    if meeting and may_teach(context.memberships, context.person.id, meeting):
        await holding.open_checkin(context.session, context.here, meeting, context.now)


@door(Role.TEACHER, Role.CLASS_HEAD)
async def tally(update: Update, context: Context) -> None:
    """Say in the group how many are here."""
    meeting = await present(update, context)
    if meeting:
        await grouping.say_tally(context.session, meeting, context.now)


@door(unknown=True)
async def next_class(update: Update, context: Context) -> None:
    """Say in the group when the next class is."""
    chat = update.effective_chat
    study_class = await people.class_of_group(context.session, chat.id) if chat else None
    if study_class:
        await grouping.say_next(context.session, study_class, context.now)


async def present(update: Update, context: Context) -> Meeting | None:
    """Find the meeting that a command in a group speaks of."""
    chat = update.effective_chat
    study_class = await people.class_of_group(context.session, chat.id) if chat else None
    if study_class is None:
        return None
    return await meetings.following(context.session, study_class.id, context.now)


@door(unknown=True)
async def migrated(update: Update, context: Context) -> None:
    """Follow a group that became a supergroup."""
    message = update.message
    if message and message.migrate_to_chat_id:
        await grouping.migrate(
            context.session, message.chat.id, message.migrate_to_chat_id, context.now
        )


@door(unknown=True)
async def membership(update: Update, context: Context) -> None:
    """Note that the bot was added, removed, blocked or let in again."""
    change = update.my_chat_member
    if change is None:
        return
    there = change.new_chat_member.status in PRESENT
    was_there = change.old_chat_member.status in PRESENT
    if change.chat.type not in GROUPS:
        notice = losing.regain if there else losing.lose
        await notice(context.session, change.chat.id, context.now)
    elif there and not was_there:
        if await people.class_of_group(context.session, change.chat.id) is None:
            await grouping.refuse(context.session, change.chat.id, context.now)
    elif was_there and not there:
        await grouping.lose(context.session, change.chat.id, context.now)


@door(unknown=True)
async def drop(_: Update, context: Context) -> None:
    """Drop a group's talk unread; its content is blanked."""
    context.blank = True


HANDLERS: Handlers = (
    ChatMemberHandler(membership, ChatMemberHandler.MY_CHAT_MEMBER),
    GroupTap(here, pattern=r"^here:(?P<meeting>[0-9]{1,13})$"),
    GroupTap(refuse_tap),
    on_group_command("start", start),
    on_group_command("bind", bind),
    on_group_command("checkin", checkin),
    on_group_command("tally", tally),
    on_group_command("next", next_class),
    MessageHandler(IN_GROUP & filters.StatusUpdate.MIGRATE, migrated),
    MessageHandler(filters.ChatType.GROUPS, drop),
)
