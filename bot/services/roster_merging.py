"""Two persons of the rosters turn out to be one: a person says so, and the older file goes on.

Nothing is rewritten: the newer person says into whom it went, and whoever counts follows that.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.refusing import Refusal
from db import ledger
from db.models import AccountPerson, Person, Role, RosterDoubt
from db.queries import people, staff

# What the newer file may fill in where the older one has a blank.
FILLED = (
    "sex", "ethnicity", "birth_date", "phone", "township", "village", "address", "disability",
    "note",
)  # fmt: skip


async def decide(
    session: AsyncSession, doubt_id: int, now: datetime, by: Person | None, *, same: bool
) -> RosterDoubt:
    """Take a person's word on whether two are one."""
    doubt = await session.get(RosterDoubt, doubt_id, with_for_update=True)
    if doubt is None:
        raise Refusal(
            f"没有第 {doubt_id} 对可能重复的人。", f"There is no pair {doubt_id}.", "no_doubt"
        )
    if doubt.same is not None:
        raise Refusal(
            f"第 {doubt_id} 对已经有人定过了。",
            f"Somebody has decided on pair {doubt_id} before.",
            "decided",
        )
    if same:
        await merge(session, doubt.person_id, doubt.other_id, now, by)
    else:
        told = {"by": by.id if by else None}
        for one, other in ((doubt.person_id, doubt.other_id), (doubt.other_id, doubt.person_id)):
            await ledger.record(session, one, "person.not_same", now, other=other, **told)
    doubt.same, doubt.decided_by, doubt.decided_at = same, by.id if by else None, now
    await session.flush()
    return doubt


async def merge(
    session: AsyncSession, newer_id: int, older_id: int, now: datetime, by: Person | None
) -> Person:
    """Let two files be one: marks, phones and seats of the newer go on with the older."""
    newer, older = await _open(session, newer_id), await _open(session, older_id)
    if newer.id == older.id:
        raise Refusal("这两个已经是同一人。", "These two are one already.", "one_already")
    if newer.county_id != older.county_id:
        raise Refusal("这两个人不在同一个县。", "These two are of two counties.", "other_county")
    for field in FILLED:
        if not getattr(older, field):
            setattr(older, field, getattr(newer, field))
    if older.id_fingerprint is None and newer.id_fingerprint:
        sealed, print_, tail = newer.id_sealed, newer.id_fingerprint, newer.id_tail
        newer.id_sealed, newer.id_fingerprint, newer.id_tail = None, None, ""
        await session.flush()  # one number stands once
        older.id_sealed, older.id_fingerprint, older.id_tail = sealed, print_, tail
    await _move_seats(session, newer, older, now)
    await _move_phones(session, newer, older, now)
    newer.merged_into = older.id
    told = {"by": by.id if by else None}
    await ledger.record(session, newer.id, "person.merged", now, into=older.id, **told)
    await ledger.record(session, older.id, "person.merged", now, walk_in=newer.id, **told)
    await session.flush()
    return older


async def _open(session: AsyncSession, number: int) -> Person:
    person = await session.get(Person, number)
    if person is None:
        raise Refusal("没有这个人。", "There is no such person.", "no_person")
    while person.merged_into:
        person = await session.get_one(Person, person.merged_into)
    return person


async def _move_seats(session: AsyncSession, newer: Person, older: Person, now: datetime) -> None:
    """End the newer one's seats; the older one takes what it has none of."""
    theirs = await people.memberships(session, older.id, now)
    seated = any(one.role is Role.LEARNER for one in theirs)
    for held in await people.memberships(session, newer.id, now):
        held.ends_at = now
        await ledger.record(
            session, newer.id, "role.ended", now, role=held.role, study_class=held.study_class_id
        )
        if held.role is Role.LEARNER and seated:
            continue
        there = await staff.membership(session, older.id, held.role, held.study_class_id)
        if there is None:
            there = type(held)(
                person_id=older.id,
                role=held.role,
                study_class_id=held.study_class_id,
                place=held.place,
                track=held.track,
                starts_at=now,
            )
            session.add(there)
        else:
            there.starts_at, there.ends_at = now, None
        await ledger.record(
            session, older.id, "role.granted", now, role=held.role, study_class=held.study_class_id
        )


async def _move_phones(session: AsyncSession, newer: Person, older: Person, now: datetime) -> None:
    for account in await people.accounts_of(session, newer.id):
        link = await session.get(AccountPerson, (account.id, newer.id))
        if link:
            await session.delete(link)
        if not await people.linked(session, account.id, older.id):
            session.add(AccountPerson(account_id=account.id, person_id=older.id, linked_at=now))
        if account.person_id == newer.id:
            account.person_id = older.id
