"""The class's hours in a private chat of staff: a picture of all, and the register as a file."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, translate
from bot.language import N_ as _
from bot.services.hours_board import PAGE, Tile, board_picture
from bot.services.hours_of_class import ClassHours, LearnerHours, class_hours
from bot.services.hours_outlook import Outlook, Projection, projections
from bot.services.hours_rules import local_day, rule_on, shown
from bot.services.register_rows import register_of
from bot.services.register_sheet import write_register
from bot.services.roster_report import UNSHEETLIKE
from bot.services.staff_screens import columns, say
from bot.voice.buttons import Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, put
from db.models import Membership, StudyClass
from db.queries import planning

PURPOSE = "hours"
LONGEST_NAME = 60
TENTHS = 10
MONTHS = 3  # that have a button of their own


async def choose_class(
    session: AsyncSession,
    here: Listener,
    memberships: Sequence[Membership],
    data: Path,
    now: datetime,
) -> None:
    """Show the hours of one's class; ask which, where there are several."""
    here.account.state = None
    classes = await planning.classes_of_staff(session, memberships)
    if len(classes) == 1:
        await show(session, here, classes[0], 1, data, now)
        return
    rows = columns([button(one.name, f"hours:{one.id}:0") for one in classes], 1)
    text = _("Hours of which class?") if classes else _("You have no class yet.")
    say(session, here, [html(MANDARIN, text)], rows, now)


async def show(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    page: int,
    data: Path,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """Show the class: who is on course, who will miss it; in the message that was tapped."""
    of_class = await class_hours(session, study_class, now)
    found = sorted(
        projections(of_class), key=lambda one: (one[1].outlook.value, one[1].have, one[0].person.id)
    )
    if not found:
        say(session, here, [html(MANDARIN, _("The class has no learners yet."))], [], now)
        return
    pages = -(-len(found) // PAGE)
    page = min(max(page, 1), pages)
    shown_here = found[(page - 1) * PAGE : page * PAGE]
    required = {learner.required for learner, _projection in found}
    asked = required.pop() if len(required) == 1 else None
    tiles = [tile_of(*one) for one in shown_here]
    drawn = board_picture(data, study_class.name, "" if asked is None else str(asked), tiles)
    caption = "\n".join(lines(of_class, found))
    markup = inline(_rows(of_class, page, pages))
    if message_id is None:
        photo = {"photo": kept(drawn), "caption": caption, "parse_mode": "HTML"}
        put(session, here, "sendPhoto", photo | {"reply_markup": markup}, now, _way())
        return
    media = {"type": "photo", "media": kept(drawn), "caption": caption, "parse_mode": "HTML"}
    payload: dict[str, Any] = {"message_id": message_id, "media": media, "reply_markup": markup}
    put(session, here, "editMessageMedia", payload, now, _way())


def tile_of(learner: LearnerHours, projection: Projection) -> Tile:
    """Return what one learner's tile shows."""
    total, required = learner.totals, learner.required
    if required:
        shares = [part / required for part in (projection.have, total.makeup, projection.expected)]
    else:
        shares = [projection.rate or Fraction(0), Fraction(0), projection.rate or Fraction(0)]
    done, made_up, expected = (min(int(share * 100), 100) for share in shares)
    made_up = made_up if learner.rule.makeup_counts else 0
    name = learner.person.name
    return Tile(name, numeral(projection.have), projection.outlook, done, made_up, expected)


def numeral(have: Fraction) -> str:
    """Write hours for a tile, never more than there are: tenths below ten, whole ones above."""
    tenths = floor(have * TENTHS)
    if have >= TENTHS or not tenths % TENTHS:
        return str(floor(have))
    return f"{tenths // TENTHS}.{tenths % TENTHS}"


def lines(of_class: ClassHours, found: Sequence[tuple[LearnerHours, Projection]]) -> list[str]:
    """Return the words under the picture: counts, what was made up, and by which rule."""
    count = Counter(projection.outlook for _learner, projection in found)
    told = [
        html(
            MANDARIN,
            _(
                "%(name)s, %(all)d learners: ✗ will miss it %(misses)d, ! close %(close)d, "
                "✓ on course %(fine)d, ✓✓ reached %(done)d."
            ),
            name=of_class.study_class.name,
            all=len(found),
            misses=count[Outlook.MISSES],
            close=count[Outlook.CLOSE],
            fine=count[Outlook.ON_COURSE],
            done=count[Outlook.DONE],
        )
    ]
    if any(learner.required is None for learner, _projection in found):
        told.append(
            html(
                MANDARIN,
                _("The required hours are not known yet: colours show how much was attended."),
            )
        )
    made_up = sum((learner.totals.makeup for learner, _projection in found), Fraction(0))
    if made_up:
        meetings = sum(learner.totals.made_up for learner, _projection in found)
        text = _("Made up afterwards, counted apart: %(count)d times, %(hours)s hours.")
        told.append(html(MANDARIN, text, count=meetings, hours=str(shown(made_up))))
    rule = rule_on(local_day(of_class.now))
    text = _("1 hour is %(unit)d minutes, at most %(day)d a day (%(status)s).")
    values = {"unit": rule.unit_minutes, "day": rule.max_per_day, "status": rule.status}
    told.append(html(MANDARIN, text, **values))
    return told


def _rows(of_class: ClassHours, page: int, pages: int) -> Keyboard:
    """Return the buttons: other pages, the register whole, and of the last months."""
    number = of_class.study_class.id
    turns = [button("«", f"hours:{number}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"hours:{number}:{page + 1}")] if page < pages else []
    months = sorted({f"{local_day(one.starts_at):%Y%m}" for one in of_class.meetings})[-MONTHS:]
    whole = "📄 " + translate(MANDARIN, _("Register"))
    by_month = [button(f"📄 {one[:4]}-{one[4:]}", f"register:{number}:{one}") for one in months]
    return [turns, [button(whole, f"register:{number}:0")], by_month]


async def send_register(
    session: AsyncSession,
    here: Listener,
    study_class: StudyClass,
    month: int,
    data: Path,
    now: datetime,
) -> str:
    """Send the register to who asks, whole or of a month as 202612; return the answer."""
    named = f"{month // 100:04}-{month % 100:02}" if month else ""
    of_class = await class_hours(session, study_class, now)
    register = await register_of(session, of_class, named)
    if not register.meetings:
        return translate(MANDARIN, _("No class was held."))
    name = UNSHEETLIKE.sub("", study_class.name)[:LONGEST_NAME]
    title = f"{name} 学时登记表 {named or local_day(now).isoformat()}"
    file = f"registers/{study_class.id}-{month}-{int(now.timestamp())}/{title}.xlsx"
    write_register(data / file, register)
    put(session, here, "sendDocument", {"document": kept(file)}, now, _way())
    return "📄"


def _way() -> Way:
    return Way(purpose=PURPOSE)
