"""The desk of who settles flags: one after another, soft ones apart, each with a reason."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import N_ as _
from bot.language import html, translate
from bot.services import flagging
from bot.services.flag_words import evidence, kind_word
from bot.services.staff_screens import columns, escaped, say
from bot.voice.buttons import Button, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db.models import Flag, FlagState, Membership, Person, Role
from db.queries import checks, flags

PAGE = 8
# What free input means while a reason is waited for, by the answer that it belongs to.
STATES = {
    "flagtrue": FlagState.TRUE,
    "flagfalse": FlagState.FALSE,
    "flagmore": FlagState.SUPPLEMENTED,
}
ANSWERS = ((1, _("It is true")), (2, _("False alarm")), (3, _("Papers added")))


async def classes_of(
    session: AsyncSession, person: Person, memberships: Sequence[Membership]
) -> list[int]:
    """List the classes whose flags somebody sees: a class head's own, the school's all."""
    if any(one.role is Role.SCHOOL for one in memberships):
        return await checks.class_ids(session, person.county_id)
    led = {one.study_class_id for one in memberships if one.role is Role.CLASS_HEAD}
    return sorted(number for number in led if number is not None)


async def show_next(
    session: AsyncSession, here: Listener, classes: Sequence[int], now: datetime, after: int = 0
) -> None:
    """Show the next flag that waits, with its evidence; soft ones stand behind a button."""
    soft = await flags.count(session, classes, soft=True)
    flag = await flags.following(session, classes, after, soft=False)
    if flag is not None:
        await show(session, here, flag, now, soft)
        return
    rows = [[_soft_button(here, soft)]] if soft else []
    tell(session, here, _("The self-check found nothing that is still open."), now, rows)


async def show(
    session: AsyncSession, here: Listener, flag: Flag, now: datetime, soft: int = 0
) -> None:
    """Show one flag in words, with what can be said to it."""
    classes = [flag.study_class_id] if flag.study_class_id is not None else []
    lines = [
        html(
            here.language,
            _("Flag: %(flag)s. %(detail)s"),
            flag=kind_word(flag, here.language),
            detail=await evidence(session, flag, now, here.language),
        )
    ]
    rows: Keyboard = []
    if flag.state is not FlagState.OPEN:
        lines.append(await _settled(session, here, flag))
    elif here.person and flagging.concerns(flag, here.person.id):
        lines.append(html(here.language, _("This is about you, so somebody else settles it.")))
    else:
        rows.append(
            [
                button(translate(here.language, label), f"flag:{flag.id}:{number}")
                for number, label in ANSWERS
            ]
        )
    left = await flags.count(session, classes, soft=False)
    if left and not flag.soft:
        rows.append([button("»", f"flagnext:{flag.id}")])
    if soft:
        rows.append([_soft_button(here, soft)])
    say(session, here, lines, rows, now)


async def _settled(session: AsyncSession, here: Listener, flag: Flag) -> str:
    """Say how a flag was settled, and by whom."""
    by = await session.get(Person, flag.settled_by or 0)
    words = dict(zip(STATES.values(), ANSWERS, strict=True))
    return html(
        here.language,
        _("Settled by %(name)s: %(answer)s. %(reason)s"),
        name=by.name if by else "—",
        answer=translate(here.language, words[flag.state][1]),
        reason=flag.reason or "🎤",
    )


def _soft_button(here: Listener, count: int) -> Button:
    word = translate(here.language, _("Worth a look: %(count)d"), count=count)
    return button(word, "flagsoft:1")


async def list_soft(
    session: AsyncSession,
    here: Listener,
    classes: Sequence[int],
    page: int,
    now: datetime,
    message_id: int | None = None,
) -> None:
    """List the soft flags, each with its button: they reproach nobody."""
    found = await flags.waiting(session, classes, soft=True)
    pages = max(-(-len(found) // PAGE), 1)
    page = min(max(page, 1), pages)
    first = (page - 1) * PAGE
    lines = [html(here.language, _("Worth a look, no reproach: %(count)d"), count=len(found))]
    numbers: list[Button] = []
    for number, flag in enumerate(found[first : first + PAGE], first + 1):
        words = await evidence(session, flag, now, here.language)
        lines.append(escaped(f"{number}. {words}"))
        numbers.append(button(str(number), f"flagsee:{flag.id}"))
    rows = columns(numbers, 4)
    if pages > 1:
        rows.append(
            [
                button("«", f"flagsoft:{max(page - 1, 1)}"),
                button(f"{page}/{pages}", f"flagsoft:{page}"),
                button("»", f"flagsoft:{min(page + 1, pages)}"),
            ]
        )
    say(session, here, lines, rows, now, message_id)


def ask_reason(
    session: AsyncSession, here: Listener, flag: Flag, answer: int, now: datetime
) -> bool:
    """Ask why, after an answer was tapped; False where this flag is not to be settled here."""
    if flag.state is not FlagState.OPEN or not 1 <= answer <= len(STATES):
        return False
    if here.person is None or flagging.concerns(flag, here.person.id):
        return False
    here.account.state = f"{list(STATES)[answer - 1]}:{flag.id}"
    ask_again(session, here, now)
    return True


def ask_again(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Ask for the reason."""
    tell(session, here, _("Write or say the reason. It stays in the file."), now)


async def hear_reason(
    session: AsyncSession,
    here: Listener,
    flag: Flag,
    state: FlagState,
    classes: Sequence[int],
    now: datetime,
    *,
    text: str = "",
    voice_id: int | None = None,
) -> None:
    """Settle a flag with its reason, and show the next."""
    here.account.state = None
    if here.person is None:
        return
    done = await flagging.settle(
        session, flag, state=state, by=here.person, now=now, text=text, voice_id=voice_id
    )
    said = _("Kept.") if done else _("This flag has been settled already.")
    tell(session, here, said, now)
    await show_next(session, here, classes, now, flag.id)
