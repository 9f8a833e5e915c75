"""A list in the group that was edited (Telegram lets who wrote it) is taken as the new list.

Nothing is rewritten: what a line said before is withdrawn, what it says now is marked, and who has
no line any more is taken back. The teacher is shown every difference, in private.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, translate
from bot.language import N_ as _
from bot.services import attending, chain_placing, rolling, tallying
from bot.services.attending import Outcome
from bot.services.chain_list import Chain, named_in, read
from bot.services.chain_marking import (
    LIST,
    given_names,
    in_class,
    known_names,
    mark_line,
    of_message,
)
from bot.services.chain_placing import Writer
from bot.services.marking import withdraw
from bot.services.reaching import listeners
from bot.services.standing import valid
from bot.voice.saying import Way, tell
from db import ledger
from db.models import How, Mark, Meeting, Person, Phase, Priority, Status, StudyClass
from db.queries import marks, meetings, notices, people

Change = tuple[Person, Mark | None, Mark | None]  # who, as it was, as it is now


async def take_anew(
    session: AsyncSession,
    study_class: StudyClass,
    writers: Sequence[Person],
    account_id: int,
    text: str,
    message_id: int,
    now: datetime,
) -> bool:
    """Take an edited message as the new list; False where it was none that counts.

    Only while check-in is open: what was said by then stays as the teacher closed it.
    """
    ours = [
        one
        for one in writers
        if in_class(await people.memberships(session, one.id, now), study_class.id)
    ]
    if not ours:
        return False
    meeting = await meetings.opened(session, study_class.id)
    if meeting is None or attending.judge(meeting, now)[0] is Outcome.CLOSED:
        await _tell_too_late(session, study_class, ours[0], text, message_id, now)
        return False
    before = await _of_message(session, meeting, message_id)
    names = await known_names(session, study_class.id, now)
    chain = read(text, names, await given_names(session, study_class.id, names, now))
    if not before and not chain.is_list:
        return False
    writer = Writer(ours[0], account_id, now, certain=len(writers) == 1, message_id=message_id)
    await _take_back(session, meeting, writer, before, chain, names)
    for line in chain.lines:
        await mark_line(session, meeting, writer, line)
    after = await _of_message(session, meeting, message_id)
    await tallying.refresh(session, meeting, now)
    await chain_placing.ask_heads(session, meeting, writer, chain, now)
    changes = await _changes(session, before, after)
    await _show(session, meeting, writer, changes, now)
    about = {"meeting": meeting.id, "message": message_id, "changes": len(changes)}
    await ledger.record(session, writer.person.id, "list.edited", now, **about)
    return True


async def _tell_too_late(
    session: AsyncSession,
    study_class: StudyClass,
    writer: Person,
    text: str,
    message_id: int,
    now: datetime,
) -> None:
    """Tell the teacher, once a message, that a list was edited when it could change nothing."""
    meeting = await meetings.ended_last(session, study_class.id, now)
    before = await _of_message(session, meeting, message_id) if meeting else {}
    if meeting is None or not before:
        return
    names = await known_names(session, study_class.id, now)
    chain = read(text, names, await given_names(session, study_class.id, names, now))
    if {line.person_id: line.status for line in chain.lines} == {
        person_id: mark.status for person_id, mark in before.items()
    }:
        return
    said = _("%(name)s edited a list after %(lesson)s was closed. Nothing was changed by it.")
    teacher = await session.get_one(Person, meeting.teacher_id)
    for place in await listeners(session, teacher):
        key = f"list-late:{meeting.id}:{message_id}:{place.chat_id}"
        if not await notices.exists(session, key):
            way = Way(Priority.CHECKIN, key, purpose="list-edited")
            values = {"name": writer.name, "lesson": meeting.title}
            tell(session, place, said, now, (), way, **values)


async def _of_message(session: AsyncSession, meeting: Meeting, message_id: int) -> dict[int, Mark]:
    """Return what stands of a message's lines: the latest mark of each person."""
    found = {}
    for mark in valid(await marks.of_meeting(session, meeting.id)):
        ours = mark.key.startswith(f"{LIST}:") and mark.key.endswith(of_message(message_id))
        if mark.how is How.LIST and mark.phase is Phase.IN and ours:
            found[mark.person_id] = mark
    return found


async def _take_back(
    session: AsyncSession,
    meeting: Meeting,
    writer: Writer,
    before: dict[int, Mark],
    chain: Chain,
    names: dict[str, set[int]],
) -> None:
    """Withdraw what was said of who has no line any more; who is named unclearly still has one."""
    named = {line.person_id for line in chain.lines} | {one for _words, one in chain.doubts}
    for words in chain.unclear:
        named |= named_in(words, names)
    for person_id, mark in before.items():
        if person_id in named:
            continue
        person = await session.get_one(Person, person_id)
        await withdraw(
            session,
            mark,
            person=person,
            meeting=meeting,
            by=writer.person,
            at=writer.at,
            sure=mark.sure,
        )


async def _changes(
    session: AsyncSession, before: dict[int, Mark], after: dict[int, Mark]
) -> list[Change]:
    """List who stands otherwise in the new list than in the old one."""
    found: list[Change] = []
    for person_id in dict.fromkeys((*before, *after)):
        old, new = before.get(person_id), after.get(person_id)
        if old is not new and (old is None or new is None or old.id != new.id):
            found.append((await session.get_one(Person, person_id), old, new))
    return found


async def _show(
    session: AsyncSession, meeting: Meeting, writer: Writer, changes: list[Change], now: datetime
) -> None:
    """Show the teacher what an edited list says otherwise; names stay out of the group."""
    if not changes:
        return
    text = _("%(name)s edited a list in the group, %(lesson)s. Old marks stay in the record.")
    lines = [translate(MANDARIN, text, name=writer.person.name, lesson=meeting.title)]
    lines += [f"{one.name}：{_face(old)} → {_face(new)}" for one, old, new in changes]
    teacher = await session.get_one(Person, meeting.teacher_id)
    way = Way(Priority.CHECKIN, purpose="list-edited")
    for place in await listeners(session, teacher):
        tell(session, place, "%(words)s", now, (), way, words="\n".join(lines))


def _face(mark: Mark | None) -> str:
    """Name what a line said; a dash where there was none."""
    if mark is None or mark.status is Status.WITHDRAWN:
        return translate(MANDARIN, _("not in the list"))
    return rolling.face(mark.status)
