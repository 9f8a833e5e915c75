"""An announcement in the making: words, voice, for whom, how it looks, when it leaves (SC5)."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html, names
from bot.language import N_ as _
from bot.services import announcement_rows, audience
from bot.services.announcement_rows import LONGEST, length
from bot.services.announcement_times import EVENING, MORNING, WRITTEN, read_time, usual_time
from bot.services.announcing import plan
from bot.services.audience import Scope
from bot.services.correcting import unfit
from bot.services.hearing import ID_NUMBER
from bot.services.keeping import Attachment, keep
from bot.voice.buttons import BLUE, GREEN, RED, Keyboard, button, inline
from bot.voice.listening import Listener
from bot.voice.saying import Way, put, tell
from db.models import Announcement, AnnouncementState
from db.queries import announcements

VOICE_MINUTES = 5
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


async def begin(session: AsyncSession, here: Listener, scope: Scope, now: datetime) -> None:
    """Begin an announcement, or go on with the one that is being written."""
    if here.person is None:
        return
    draft = await announcements.draft_of(session, here.person.id)
    if draft is None:
        draft = Announcement(
            author_id=here.person.id,
            text="",
            audience=audience.at_first(scope),
            state=AnnouncementState.DRAFT,
            made_at=now,
        )
        session.add(draft)
        await session.flush()
    elif not audience.covered(scope, draft):
        edition = draft.audience["edition"] + 1
        draft.audience = audience.at_first(scope) | {"edition": edition}
    here.account.state = f"announce:{draft.id}"
    if draft.text or draft.voice_id:
        await choose(session, here, scope, draft, now)
        return
    text = _("Write the announcement, or say it with a voice message, or both.")
    tell(session, here, text, now)


async def take(
    session: AsyncSession,
    here: Listener,
    scope: Scope,
    draft: Announcement,
    text: str,
    said: Attachment | None,
    now: datetime,
) -> None:
    """Take words or a voice; more words are added, another voice takes the place of the first."""
    words = CONTROLS.sub("", text).strip()
    if said:
        refusal = unfit(said)
        if refusal:
            tell(session, here, refusal, now, minutes=VOICE_MINUTES)
            return
        draft.voice_id = (await keep(session, said, draft.author_id, now)).id
    elif not words:
        tell(session, here, _("Please write, or say it with a voice message."), now)
        return
    else:
        joined = f"{draft.text}\n{words}" if draft.text else words
        if length(joined) > LONGEST:
            refusal = _(
                "An announcement has at most %(limit)d letters; this would be %(count)d. "
                "What you wrote before is kept."
            )
            tell(session, here, refusal, now, limit=LONGEST, count=length(joined))
            return
        draft.text = joined
    draft.audience = draft.audience | {"edition": draft.audience["edition"] + 1}
    await choose(session, here, scope, draft, now)


def holds_id_number(text: str) -> bool:
    """Say whether words name somebody's ID number."""
    return ID_NUMBER.search(text) is not None


def refuse_id_number(session: AsyncSession, here: Listener, message_id: int, now: datetime) -> None:
    """Take an ID number out of the chat; the draft stays as it was."""
    put(session, here, "deleteMessage", {"message_id": message_id}, now, Way(purpose="cleaning"))
    tell(session, here, _("Please do not write ID numbers here. I have removed it."), now)


async def choose(
    session: AsyncSession,
    here: Listener,
    scope: Scope,
    draft: Announcement,
    now: datetime,
    page: int = 1,
    message_id: int | None = None,
) -> None:
    """Ask whom it is for, in a new message or where it was asked before."""
    here.account.state = f"announce:{draft.id}"
    chosen = audience.in_words(scope, draft)
    lines = [html(here.language, _("Whom is it for? Tap to choose."))]
    for msgid, kind in (
        (_("For: %(names)s"), "who"),
        (_("Townships: %(names)s"), "townships"),
        (_("Classes: %(names)s"), "classes"),
    ):
        if chosen[kind]:
            shown = names(chosen[kind][: audience.PAGE], MANDARIN)
            lines.append(html(here.language, msgid, names=shown))
    rows = audience.choices(scope, draft, page)
    text = {"text": "\n".join(lines), "parse_mode": "HTML", "reply_markup": inline(rows)}
    if message_id:
        edited = text | {"message_id": message_id}
        put(session, here, "editMessageText", edited, now, Way(purpose="redraw"))
    else:
        put(session, here, "sendMessage", text, now, Way())


async def preview(
    session: AsyncSession, here: Listener, scope: Scope, draft: Announcement, now: datetime
) -> None:
    """Show the very message, how many it is for and how long that takes; ask whether to send."""
    here.account.state = f"announce:{draft.id}"
    if not draft.text and not draft.voice_id:
        text = _("Write the announcement, or say it with a voice message, or both.")
        tell(session, here, text, now)
        return
    counted = await audience.count(session, scope, draft, now)
    bound, unbound = audience.groups(scope, draft)
    if not counted.reachable and not bound:
        text = _("Nobody on a phone would get this. Please choose others.")
        tell(session, here, text, now, audience.choices(scope, draft, 1))
        return
    chosen = draft.audience["roles"]
    kinds = [
        kind
        for kind, on in (
            ("learner", 1 in chosen),
            ("staff", any(number != 1 for number in chosen)),
            ("group", bool(bound)),
        )
        if on
    ]
    await announcement_rows.preview(session, here, draft, kinds, now)
    unspoken = counted.listening if draft.text and not draft.voice_id else 0
    each = 2 if draft.text and (draft.voice_id or unspoken) else 1
    classes = {*counted.classes, *(one.id for one in bound)}
    ask = _(
        "This goes to %(people)d people in %(classes)d classes, in about %(minutes)d minutes. Send?"
    )
    minutes = audience.minutes(each * (counted.reachable + len(bound)))
    numbers = {"people": counted.reachable, "classes": len(classes), "minutes": minutes}
    lines = [html(here.language, ask, **numbers)]
    if missed := counted.people - counted.reachable:
        text = _("%(count)d more are not on a phone; you get a list of them to call.")
        lines.append(html(here.language, text, count=missed))
    if unbound:
        text = _("No group yet: %(names)s.")
        listed = names([one.name for one in unbound[: audience.PAGE]], MANDARIN)
        lines.append(html(here.language, text, names=listed))
    if unspoken:
        text = _("%(count)d of them read nothing. Please say it with a voice message as well.")
        lines.append(html(here.language, text, count=unspoken))
    if (free := audience.free_at(None, now)) > now:
        text = _("It is quiet time now; what you send arrives from %(time)s.")
        lines.append(html(here.language, text, time=clock(free)))
    payload = {
        "text": "\n".join(lines),
        "parse_mode": "HTML",
        "reply_markup": inline(_decisions(draft)),
    }
    put(session, here, "sendMessage", payload, now, Way())


def _decisions(draft: Announcement) -> Keyboard:
    act = f"{draft.id}:{draft.audience['edition']}"
    return [
        [
            button(html(MANDARIN, _("Send")), f"send:{act}", GREEN),
            button(html(MANDARIN, _("At a time")), f"sendat:{act}:0", BLUE),
            button(html(MANDARIN, _("Discard")), f"anndrop:{draft.id}", RED),
        ],
        [button(html(MANDARIN, _("Choose others")), f"annwho:{draft.id}:1")],
    ]


def ask_when(session: AsyncSession, here: Listener, draft: Announcement, now: datetime) -> None:
    """Offer the usual times, and to type one."""
    act = f"sendat:{draft.id}:{draft.audience['edition']}"
    rows: Keyboard = []
    if usual_time(EVENING, now):
        rows.append([button(html(MANDARIN, _("This evening 19:30")), f"{act}:{EVENING}")])
    rows.append([button(html(MANDARIN, _("Tomorrow 8:00")), f"{act}:{MORNING}")])
    rows.append([button(html(MANDARIN, _("Write a time")), f"{act}:{WRITTEN}")])
    tell(session, here, _("When shall it leave?"), now, rows)


def ask_time(session: AsyncSession, here: Listener, draft: Announcement, now: datetime) -> None:
    """Ask for a time to be typed."""
    here.account.state = f"announceat:{draft.id}"
    tell(session, here, _("Write the time, such as 19:30 or 11-25 8:00."), now)


async def take_time(
    session: AsyncSession,
    here: Listener,
    scope: Scope,
    draft: Announcement,
    text: str,
    now: datetime,
) -> None:
    """Take a time that was typed."""
    moment = read_time(text, now)
    if moment is None:
        text = _("I cannot read this as a time to come within 60 days. Write 19:30 or 11-25 8:00.")
        tell(session, here, text, now)
    elif not await leave_at(session, here, scope, draft, moment, now):
        await preview(session, here, scope, draft, now)


async def leave_at(
    session: AsyncSession,
    here: Listener,
    scope: Scope,
    draft: Announcement,
    moment: datetime,
    now: datetime,
) -> bool:
    """Plan an announcement for a time to come."""
    if not await plan(session, here, scope, draft, moment, now):
        return False
    text = _("It leaves %(day)s at %(time)s.")
    rows = [[button(html(MANDARIN, _("Withdraw")), f"recall:{draft.id}", RED)]]
    day = day_word(moment, now, here.language)
    free = audience.free_at(None, moment)
    if free > moment:
        text = _("It leaves %(day)s at %(time)s. That is quiet time; it arrives from %(free)s.")
    tell(session, here, text, now, rows, day=day, time=clock(moment), free=clock(free))
    return True


async def drop(session: AsyncSession, here: Listener, draft: Announcement, now: datetime) -> None:
    """Throw a draft away."""
    here.account.state = None
    await session.delete(draft)
    tell(session, here, _("Discarded; nothing was sent."), now)


def is_open(draft: Announcement | None, author_ids: Sequence[int]) -> bool:
    """Say whether this is still being written, by one of these."""
    return (
        draft is not None
        and draft.author_id in author_ids
        and draft.state is AnnouncementState.DRAFT
    )
