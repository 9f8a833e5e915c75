"""Self-checks: what an auditor would ask about is found before, once, and settled by a person."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.checks import Finding, World, findings
from bot.services.flag_rules import Rules
from bot.services.flag_rules import rules as shipped
from bot.services.isolating import apart
from db import ledger
from db.models import Flag, FlagState, Meeting, Person, Tick
from db.queries import checks, flags, hours, ticks

LOOK = "selfcheck"  # the tick that remembers up to when was looked
REST = timedelta(minutes=5)  # until what was handed in is whole: photos are read after the turn
AT_ONCE = 3  # classes a tick, so that nobody at a phone has to wait for it
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_REASON = 400


async def find_due(
    session: AsyncSession, now: datetime, rules: Rules | None = None, most: int = AT_ONCE
) -> int:
    """Check classes that closed a meeting, or handed something in, since the last look.

    The classes that waited longest come first, a few at a time. Returns how many flags are new.
    """
    tick = await session.get(Tick, LOOK)
    since = tick.last_at if tick else BEGINNING
    touched = await checks.touched(session, since, now - REST)
    due = sorted(touched, key=lambda number: (touched[number], number))[:most]
    if not due:
        return 0
    until = touched[due[-1]]
    due = [number for number, at in touched.items() if at <= until]  # some of the same moment
    new = await apart(session, check(session, now, due, rules), "the self-checks of some classes")
    if new is None:  # one by one, so that what is broken in one hides nothing of the others
        new = 0
        for one in due:
            act = check(session, now, [one], rules)
            new += await apart(session, act, f"self-checks of class {one}") or 0
    await ticks.note(session, LOOK, until)
    return new


async def check(
    session: AsyncSession,
    now: datetime,
    classes: Collection[int] | None = None,
    rules: Rules | None = None,
) -> int:
    """Check some classes whole, or all; return how many flags are new."""
    return await keep(session, await look(session, classes, now, rules), now)


async def look(
    session: AsyncSession,
    classes: Collection[int] | None,
    now: datetime,
    rules: Rules | None = None,
) -> list[Finding]:
    """Find what there is to ask about; nothing is written."""
    found = await world(session, classes, now)
    return list(findings(found, rules or shipped()))


async def world(session: AsyncSession, classes: Collection[int] | None, now: datetime) -> World:
    """Read everything that bears on some classes, or on all."""
    merged = await hours.merged(session)
    held: list[Meeting] = list(await checks.meetings(session, classes))
    if classes is None:
        marks = await checks.marks(session, None)
    else:
        people = themselves(await checks.marked(session, classes), merged)
        marks = await checks.marks(session, classes, people)
        there = {one.meeting_id for one in marks} - {one.id for one in held}
        teachers = {one.teacher_id for one in held}
        held += await checks.elsewhere(session, classes, there, teachers)
    memberships = await checks.memberships(session, classes)
    learners = await checks.learners(session, classes)
    return World(
        meetings={one.id: one for one in held if one.starts_at <= now},
        marks=marks,
        memberships=memberships,
        learners=learners,
        photos=await checks.photos(session),
        makeups=await checks.makeups(session, classes),
        worked=await checks.worked(session, learners),
        phones=await checks.with_phone(session),
        staff=await checks.staff(session),
        merged=merged,
        looked=None if classes is None else frozenset(classes),
    )


def themselves(people: Collection[int], merged: Mapping[int, int]) -> set[int]:
    """Add the walk-ins that people were before they were found out, and who walk-ins are."""
    known = {merged.get(number, number) for number in people}
    return known | set(people) | {one for one, whose in merged.items() if whose in known}


async def keep(session: AsyncSession, found: Iterable[Finding], now: datetime) -> int:
    """Write down what is new; open flags get the newest evidence, settled ones stay as they are."""
    by_key = {one.key: one for one in found}
    known = await flags.known(session, list(by_key))
    new = 0
    for key, one in by_key.items():
        flag = known.get(key)
        if flag is not None:
            if flag.state is FlagState.OPEN and flag.detail != one.detail:
                await flags.renew(session, flag.id, one.detail)
            continue
        new += await flags.add_once(
            session,
            key=key,
            kind=one.kind,
            person_id=one.person_id,
            study_class_id=one.study_class_id,
            meeting_id=one.meeting_id,
            soft=one.soft,
            detail=one.detail,
            found_at=now,
        )
    return new


async def settle(
    session: AsyncSession,
    flag: Flag,
    *,
    state: FlagState,
    by: Person,
    now: datetime,
    text: str = "",
    voice_id: int | None = None,
) -> bool:
    """Settle a flag with a reason; False without one, for who is concerned, or where it is done."""
    reason = text.strip()[:LONGEST_REASON]
    if state is FlagState.OPEN or not (reason or voice_id) or concerns(flag, by.id):
        return False
    done = await flags.settle(
        session, flag.id, state=state, by=by.id, at=now, reason=reason, voice_id=voice_id
    )
    if not done:
        return False
    await session.refresh(flag)
    said = {"voice": voice_id} if voice_id else {"reason": reason}
    await ledger.record(
        session,
        flag.person_id or by.id,
        "flag.settled",
        now,
        flag=flag.id,
        about=str(flag.kind),
        state=str(state),
        by=by.id,
        **said,
    )
    return True


def concerns(flag: Flag, person_id: int) -> bool:
    """Say whether somebody made what the flag is about; then another one settles it."""
    return person_id == flag.person_id or person_id in flag.detail.get("by", ())


async def tally(
    session: AsyncSession, classes: Collection[int] | None = None
) -> dict[str, dict[str, int]]:
    """Count flags by state: hard ones by kind, soft ones apart."""
    found: dict[str, Counter[str]] = {}
    for kind, soft, state, number in await flags.counts(session, classes):
        name = f"{kind}?" if soft else str(kind)
        found.setdefault(name, Counter())[str(state)] += number
    return {name: dict(states) for name, states in sorted(found.items())}
