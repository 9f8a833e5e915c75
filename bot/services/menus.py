"""The commands that an account's menu shows: the union of what its persons may do."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import ENGLISH, MANDARIN, translate
from bot.language import N_ as _
from bot.services.permitting import roles
from bot.voice.saying import Way, to_chat
from db.models import Account, Priority, Role
from db.queries import people

Commands = tuple[tuple[str, str, str], ...]  # name, pictogram, what it does

EVERYBODY: Commands = (("start", "", _("Home")), ("help", "", _("Ask a person")))
GROUP: Commands = (("next", "", _("Next class")),)
GROUP_STAFF: Commands = (
    ("bind", "", _("Bind")),
    ("checkin", "", _("Open check-in")),
    ("tally", "", _("Tally")),
)
BY_ROLE: dict[Role, Commands] = {
    Role.LEARNER: (
        ("start", "🏠 ", _("Home")),
        ("study", "📖 ", _("Study")),
        ("here", "✋ ", _("I am here")),
        ("next", "📅 ", _("Next class")),
        ("ask", "❓ ", _("Ask the teacher")),
        ("me", "👤 ", _("Me")),
        ("papers", "📷 ", _("Papers")),
    ),
    Role.VILLAGE_HELPER: (("papers", "", _("Missing papers")),),
    Role.TEACHER: (
        ("today", "", _("Today")),
        ("timetable", "", _("Timetable")),
        ("roll", "", _("Roll call")),
        ("makeup", "", _("Makeup mark")),
        ("who", "", _("Why present or not")),
        ("hours", "", _("Class hours")),
        ("sheet", "", _("Sign-in sheet")),
        ("online", "", _("Online attendance: send the file")),
        ("photo", "", _("Class photo")),
        ("log", "", _("Teaching log")),
        ("homework", "", _("Homework")),
        ("new", "", _("Make a lesson")),
        ("questions", "", _("Questions")),
        ("record", "", _("Record")),
    ),
    Role.CLASS_HEAD: (
        ("today", "", _("Today")),
        ("timetable", "", _("Timetable")),
        ("enrol", "", _("Enrol")),
        ("bind", "", _("Bind the group")),
        ("missing", "", _("Who is missing")),
        ("who", "", _("Why present or not")),
        ("hours", "", _("Class hours")),
        ("sheet", "", _("Sign-in sheet")),
        ("online", "", _("Online attendance: send the file")),
        ("photo", "", _("Class photo")),
        ("log", "", _("Teaching log")),
        ("tasks", "", _("Tasks")),
        ("papers", "", _("Missing papers")),
        ("documents", "", _("Look at papers")),
        ("leave", "", _("Leave")),
        ("makeup", "", _("Makeup mark")),
        ("contests", "", _("Contests")),
        ("homework", "", _("Homework")),
        ("new", "", _("Make a lesson")),
        ("questions", "", _("Questions")),
        ("poll", "", _("Poll")),
        ("praise", "", _("Praise")),
        ("announce", "", _("Announce")),
        ("class", "", _("Check-in settings")),
        ("selfcheck", "", _("Self-check")),
        ("delivery", "", _("Delivery")),
    ),
    Role.SCHOOL: (
        ("documents", "", _("Look at papers")),
        ("roster", "", _("Roster: send the file")),
        ("selfcheck", "", _("Self-check")),
        ("makeup", "", _("Makeup mark")),
    ),
    Role.TOWNSHIP: (
        ("roster", "", _("Roster: send the file")),
        ("tasks", "", _("Tasks")),
        ("makeup", "", _("Makeup mark")),
        ("contests", "", _("Contests")),
        ("papers", "", _("Missing papers")),
    ),
}


def listed(commands: Commands, language: str) -> list[dict[str, str]]:
    """Return commands as the Bot API takes them."""
    return [
        {"command": name, "description": sign + translate(language, text)}
        for name, sign, text in commands
    ]


def standing() -> list[dict[str, object]]:
    """Return the lists that hold for everybody: Mandarin by default, English beside it."""
    scopes: tuple[tuple[str, Commands], ...] = (
        ("default", EVERYBODY),
        ("all_private_chats", EVERYBODY),
        ("all_group_chats", GROUP),
        ("all_chat_administrators", GROUP_STAFF),
    )
    codes: tuple[tuple[str, dict[str, object]], ...] = (
        (MANDARIN, {}),
        (ENGLISH, {"language_code": "en"}),
    )
    return [
        {"scope": {"type": scope}, "commands": listed(commands, language), **code}
        for scope, commands in scopes
        for language, code in codes
    ]


async def renew(session: AsyncSession, account: Account, now: datetime) -> None:
    """Show an account the commands of all roles of its persons."""
    held: set[Role] = set()
    for person in await people.persons_at(session, account.id):
        held |= roles(await people.memberships(session, person.id, now))
    commands: dict[str, tuple[str, str, str]] = {}
    for role, offered in BY_ROLE.items():
        if role in held:
            commands |= {one[0]: one for one in offered if one[0] not in commands}
    payload = {
        "scope": {"type": "chat", "chat_id": account.user_id},
        "commands": listed(tuple(commands.values()) or EVERYBODY, MANDARIN),
    }
    way = Way(Priority.BROADCAST, purpose="menu")
    to_chat(session, account.user_id, "setMyCommands", payload, now, way)
