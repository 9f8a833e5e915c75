"""I come, I cannot (请假): what learners say of a meeting, and what the class head decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, clock, day_word, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import asking, coming_list, granting, listing_today, moving_words
from bot.services.coming_list import listed
from bot.services.keeping import Attachment, keep
from bot.services.permitting import holds
from bot.services.reaching import class_heads, listeners
from bot.services.reminder_rules import rules_of
from bot.services.reminder_times import day_of, quiet_at, quiet_of
from bot.voice.buttons import BLUE, GREEN, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, receipt, show, tell
from db import ledger
from db.models import Coming, Meeting, MeetingState, Person, Priority, Reason, Role
from db.queries import coming, people

__all__ = ["answer", "decide", "give_reason", "hear_reason", "list_leaves", "listed"]

WAITS = timedelta(hours=12)  # for words, once they were asked for
TEXT = 400  # characters kept
REASONS = {1: Reason.ILL, 2: Reason.AWAY, 3: Reason.FARM, 4: Reason.OTHER}


async def answer(
    session: AsyncSession,
    listener: Listener,
    meeting: Meeting,
    comes: bool,  # noqa: FBT001 - what was pressed
    now: datetime,
) -> bool:
    """Take a learner's word on a meeting; say whether it still could be given."""
    person = listener.person
    if person is None or not await may_answer(session, person, meeting, now):
        return False
    said = await coming.said(session, meeting.id, person.id)
    if said is None:
        said = Coming(meeting_id=meeting.id, person_id=person.id, comes=comes, text="", at=now)
        session.add(said)
    elif said.comes != comes:
        if said.granted:
            await granting.take_back(session, person, meeting, now)
        said.reason = said.voice_id = said.granted = None
        said.decided_by = said.decided_at = said.word_id = None
        said.text = ""
    said.comes, said.at = comes, now
    await session.flush()
    await ledger.record(session, person.id, "coming.answered", now, meeting=meeting.id, comes=comes)
    if (listener.account.state or "").startswith("why:"):
        listener.account.state = None
    if comes:
        receipt(session, listener, Screen(_("Good. I tell the teacher that you come.")), now)
        if meeting.revision:
            await moving_words.say_when(session, listener, meeting, now)
    else:
        await _ask_why(session, listener, meeting, now)
    await _refresh(session, meeting, now)
    return True


async def _refresh(session: AsyncSession, meeting: Meeting, now: datetime) -> None:
    """Bring what the teacher sees of a meeting up to date."""
    await coming_list.refresh(session, meeting, now)
    if day_of(meeting.starts_at) == day_of(now):
        teacher = await session.get_one(Person, meeting.teacher_id)
        for place in await listeners(session, teacher):
            await listing_today.refresh(session, place, now)


async def may_answer(
    session: AsyncSession, person: Person, meeting: Meeting, now: datetime
) -> bool:
    """Say whether a meeting is still to come for a learner of its class."""
    if meeting.state not in (MeetingState.PLANNED, MeetingState.OPEN) or now >= meeting.ends_at:
        return False
    held = await people.memberships(session, person.id, now)
    return holds(held, Role.LEARNER, meeting.study_class_id)


async def _ask_why(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> None:
    faces = ("1 🤒", "2 🚌", "3 🌾", "4 🎤")
    rows = [button(face, f"why:{meeting.id}:{number}") for number, face in enumerate(faces, 1)]
    asked = Screen(
        _("Why can you not come? 1 ill, 2 away, 3 farm work, 4 something else."),
        picture=picture("why"),
        rows=[rows[:2], rows[2:]],
    )
    await show(session, listener, asked, now)


async def give_reason(
    session: AsyncSession, listener: Listener, meeting: Meeting, number: int, now: datetime
) -> bool:
    """Take the reason that was pressed, or ask for it by voice; False where none is awaited."""
    said = await awaited(session, listener, meeting, now)
    if said is None or number not in REASONS:
        return False
    if REASONS[number] is Reason.OTHER:
        listener.account.state = f"why:{meeting.id}"
        asked = Screen(_("Hold the microphone and tell me."), picture=picture("microphone"))
        await show(session, listener, asked, now)
        return True
    said.reason, said.voice_id, said.text = REASONS[number], None, ""
    await _ask_leave(session, listener, meeting, said, now)
    return True


async def awaited(
    session: AsyncSession, listener: Listener, meeting: Meeting, now: datetime
) -> Coming | None:
    """Return the "I cannot" for which a reason may still be given."""
    person = listener.person
    if person is None or not await may_answer(session, person, meeting, now):
        return None
    said = await coming.said(session, meeting.id, person.id)
    return said if said and not said.comes else None


async def hear_reason(
    session: AsyncSession,
    listener: Listener,
    meeting_id: int,
    now: datetime,
    *,
    text: str = "",
    said: Attachment | None = None,
) -> bool:
    """Take a reason in a learner's own words; False where it is no longer waited for."""
    listener.account.state = None
    meeting = await session.get(Meeting, meeting_id)
    leave = await awaited(session, listener, meeting, now) if meeting else None
    if meeting is None or leave is None or now - leave.at > WAITS:
        return False
    media = await keep(session, said, leave.person_id, now) if said else None
    leave.reason, leave.text = Reason.OTHER, text[:TEXT]
    leave.voice_id = media.id if media else None
    await _ask_leave(session, listener, meeting, leave, now)
    return True


async def _ask_leave(
    session: AsyncSession, listener: Listener, meeting: Meeting, leave: Coming, now: datetime
) -> None:
    """Pass a leave on to the class head, and tell the learner so."""
    listener.account.state = None
    leave.granted = leave.decided_by = leave.decided_at = leave.word_id = None
    await session.flush()
    await ledger.record(
        session,
        leave.person_id,
        "leave.asked",
        now,
        meeting=meeting.id,
        reason=leave.reason,
        media=leave.voice_id,
    )
    told = Screen(
        _("I have told your class head. You can study this lesson here."),
        picture=picture("lesson"),
        rows=[[button("📖", "study", BLUE)]],
    )
    if not meeting.lesson:  # a title of the school's own: there is no lesson to offer
        told = Screen(_("I have told your class head."), picture=picture("noted"))
    await show(session, listener, told, now)
    for head in await class_heads(session, meeting.study_class_id, now):
        for place in await listeners(session, head):
            await show_leave(session, place, leave, meeting, now)
    await _refresh(session, meeting, now)


async def show_leave(
    session: AsyncSession, place: Listener, leave: Coming, meeting: Meeting, now: datetime
) -> None:
    """Show a class head who asks for leave, the learner's own voice with it."""
    person = await session.get_one(Person, leave.person_id)
    values = {
        "name": person.name,
        "day": f"{day_word(meeting.starts_at, now, MANDARIN)} {clock(meeting.starts_at)}",
        "reason": coming_list.reason_of(leave),
    }
    rows: Keyboard = [
        [
            button(html(MANDARIN, _("Agree")), f"leave:{leave.id}:1", GREEN),
            button(html(MANDARIN, _("Hope you come")), f"leave:{leave.id}:0"),
        ]
    ]
    text = _("%(name)s asks for leave %(day)s: %(reason)s")
    quiet = quiet_at(now, quiet_of(place.person, rules_of(meeting.study_class)[0]))
    way = Way(Priority.CHECKIN, purpose="leave", silent=bool(quiet))
    if leave.voice_id:
        words = html(MANDARIN, text, **values)
        await asking.pass_on(session, place, leave.voice_id, words, rows, now, way)
    else:
        tell(session, place, text, now, rows, way, **values)


async def list_leaves(
    session: AsyncSession, listener: Listener, class_ids: Sequence[int], now: datetime
) -> None:
    """Show a class head every leave on which nobody has decided."""
    waiting = await coming.undecided(session, class_ids)
    for leave in waiting:
        meeting = await session.get_one(Meeting, leave.meeting_id)
        await show_leave(session, listener, leave, meeting, now)
    if not waiting:
        tell(session, listener, _("Nobody asks for leave."), now)


@dataclass(frozen=True)
class Word:
    """What a class head says to a leave that is not simply granted."""

    text: str = ""
    said: Attachment | None = None


async def decide(
    session: AsyncSession,
    listener: Listener,
    leave: Coming,
    now: datetime,
    *,
    granted: bool,
    word: Word | None = None,
) -> bool:
    """Decide on a leave, once; a "please come" first asks for the class head's own voice."""
    meeting = await session.get_one(Meeting, leave.meeting_id)
    head, stands = listener.person, not leave.comes and leave.granted is None
    if head is None or not stands or meeting.state is not MeetingState.PLANNED:
        listener.account.state = None
        tell(session, listener, _("This leave was settled already."), now)
        return False
    if not granted and word is None:
        listener.account.state = f"word:{leave.id}"
        tell(session, listener, _("Say it to the learner: send a voice message."), now)
        return True
    listener.account.state = None
    media = await keep(session, word.said, head.id, now) if word and word.said else None
    leave.granted, leave.decided_by, leave.decided_at = granted, head.id, now
    leave.word_id = media.id if media else None
    if granted:
        await granting.mark_leave(session, leave, meeting, head, now)
    kind = "leave.granted" if granted else "leave.refused"
    about = {"meeting": meeting.id, "by": head.id, "media": leave.word_id}
    await ledger.record(session, leave.person_id, kind, now, **about)
    person = await session.get_one(Person, leave.person_id)
    for place in await listeners(session, person):
        await _tell_decision(session, place, leave, meeting, now, word)
    tell(session, listener, _("Sent to %(name)s."), now, name=person.name)
    return True


async def _tell_decision(
    session: AsyncSession,
    place: Listener,
    leave: Coming,
    meeting: Meeting,
    now: datetime,
    word: Word | None,
) -> None:
    """Tell a learner what was decided, outside their quiet hours."""
    rules, _wrong = rules_of(meeting.study_class)
    quiet = quiet_at(now, quiet_of(place.person, rules))
    way = Way(
        Priority.CHECKIN,
        not_before=quiet[1] if quiet else None,
        expires_at=meeting.ends_at,
        purpose="leave",
    )
    if leave.granted:
        text = _("Your class head agrees: you are on leave %(day)s.")
        day = day_word(meeting.starts_at, quiet[1] if quiet else now, place.language)
        said = Screen(text, {"day": day}, slots={"day": meeting.starts_at})
        receipt(session, place, said, now, way)
        return
    hopes = Screen(
        _("Your class head hopes that you can come. Listen."),
        rows=[[button("👍", f"come:{meeting.id}:1", GREEN)]],
    )
    receipt(session, place, hopes, now, way)
    if leave.word_id:
        await asking.pass_on(session, place, leave.word_id, "", [], now, way)
    elif word and word.text:
        tell(session, place, "%(words)s", now, (), way, words=word.text)
