"""The timetable in a chat: two weeks of a class as dense text, and what can be done with it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, html
from bot.language import N_ as _
from bot.services.moving import may_move
from bot.services.staff_screens import columns, escaped, say
from bot.services.timetable_weeks import WEEKS, meetings_of_weeks, monday, week_asked
from bot.services.weighing import day_label, day_of, day_warnings
from bot.voice.buttons import Keyboard, button
from bot.voice.listening import Listener
from db.models import Meeting, MeetingState, Membership, Mode, StudyClass
from db.queries import planning

PAGE = 12
SIGNS = {Mode.OFFLINE: "", Mode.ONLINE: " 📱", Mode.PRACTICE: " 🔧"}
STATES = {MeetingState.OPEN: " ✋", MeetingState.CLOSED: " ✔"}


async def choose_class(
    session: AsyncSession,
    here: Listener,
    memberships: Sequence[Membership],
    now: datetime,
) -> None:
    """Show the timetable of one's class; ask which, where there are several."""
    here.account.state = None
    classes = await planning.classes_of_staff(session, memberships)
    if len(classes) == 1:
        await show(session, here, memberships, classes[0], 0, 1, now)
        return
    rows = [[button(one.name, f"tt:{one.id}:0:1")] for one in classes]
    text = _("Timetable of which class?") if classes else _("You have no class yet.")
    say(session, here, [html(MANDARIN, text)], rows, now)


async def show(
    session: AsyncSession,
    here: Listener,
    memberships: Sequence[Membership],
    study_class: StudyClass,
    week: int,
    page: int,
    now: datetime,
    message_id: int | None = None,
) -> bool:
    """Show two weeks of a class, a line a meeting; False where they are too far away."""
    asked = week_asked(week, now)
    if asked is None:
        return False
    here.account.state = None
    every = await meetings_of_weeks(session, study_class, asked)
    pages = max(-(-len(every) // PAGE), 1)
    page = max(1, min(page, pages))
    shown = every[(page - 1) * PAGE : page * PAGE]
    names = await planning.names_of(session, [meeting.teacher_id for meeting in shown])
    first, last = monday(asked), monday(asked + WEEKS) - timedelta(days=1)
    head = f"{escaped(study_class.name)} {first.month}-{first.day} – {last.month}-{last.day}"
    lines = [f"<b>{head}</b>"]
    if not shown:
        lines.append(html(MANDARIN, _("No class is planned.")))
    before: date | None = None
    for number, meeting in enumerate(shown, (page - 1) * PAGE + 1):
        day = day_of(meeting.starts_at)
        if day != before:
            special = day_warnings(day, study_class.township)
            lines.append(f"<b>{day_label(day)}</b>" + "".join(f" ⚠ {escaped(x)}" for x in special))
            before = day
        lines.append(_line(number, meeting, names.get(meeting.teacher_id, "")))
    person_id = here.person.id if here.person else 0
    move = html(MANDARIN, _("Move"))
    movable = [
        button(f"{number} {move}", f"shift:{meeting.id}")
        for number, meeting in enumerate(shown, (page - 1) * PAGE + 1)
        if meeting.state is MeetingState.PLANNED
        and meeting.ends_at > now
        and may_move(memberships, person_id, meeting)
    ]
    rows = [
        *columns(movable, 3),
        _turns(study_class, asked, page, pages),
        *_acts(study_class, asked),
    ]
    say(session, here, lines, rows, now, message_id)
    return True


def _line(number: int, meeting: Meeting, teacher: str) -> str:
    when = f"{clock(meeting.starts_at)}–{clock(meeting.ends_at)}"
    what = f"{meeting.lesson} {meeting.title}".strip() + f" · {meeting.place} · {teacher}"
    line = escaped(f"{number}. {when} {what}")
    if meeting.state is MeetingState.CANCELLED:
        return f"<s>{line}</s>"
    return line + SIGNS[meeting.mode] + STATES.get(meeting.state, "")


def _turns(study_class: StudyClass, week: int, page: int, pages: int) -> list[dict[str, str]]:
    """Return the buttons that turn pages, and at their ends the weeks."""
    back = (week, page - 1) if page > 1 else (week - WEEKS, 1)
    ahead = (week, page + 1) if page < pages else (week + WEEKS, 1)
    between = [button(f"{page}/{pages}", f"tt:{study_class.id}:{week}:{page}")] if pages > 1 else []
    return [
        button("«", f"tt:{study_class.id}:{back[0]}:{back[1]}"),
        *between,
        button("»", f"tt:{study_class.id}:{ahead[0]}:{ahead[1]}"),
    ]


def _acts(study_class: StudyClass, week: int) -> Keyboard:
    return [
        [button("➕ " + html(MANDARIN, _("Plan a meeting")), f"plan:{study_class.id}", "success")],
        [
            button(
                "🖼 " + html(MANDARIN, _("Picture to the group")), f"ttpic:{study_class.id}:{week}"
            ),
            button("📄 XLSX", f"ttfile:{study_class.id}:{week}"),
        ],
    ]
