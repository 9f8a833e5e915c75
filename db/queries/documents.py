"""Documents: which are there of whom, which wait, and whom somebody may help with theirs."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Document, DocumentState, Membership, Message, Person, Role

THERE = (DocumentState.COMING, DocumentState.WAITING, DocumentState.APPROVED)
KEPT = (
    DocumentState.WAITING,
    DocumentState.APPROVED,
    DocumentState.RETURNED,
    DocumentState.REPLACED,
)


def _learns(now: datetime) -> ColumnElement[bool]:
    return and_(
        Membership.role == Role.LEARNER,
        Membership.starts_at <= now,
        or_(Membership.ends_at.is_(None), Membership.ends_at > now),
        Person.merged_into.is_(None),
    )


def reach(staff: Person, held: Sequence[Membership]) -> ColumnElement[bool]:
    """Return whom a member of staff reaches: of their class, village, township or county."""
    within: list[ColumnElement[bool]] = []
    for one in held:
        match one.role:
            case Role.CLASS_HEAD if one.study_class_id:
                within.append(Membership.study_class_id == one.study_class_id)
            case Role.VILLAGE_HELPER if one.place:
                within.append(
                    or_(Person.village == one.place, Person.township + Person.village == one.place)
                )
            case Role.TOWNSHIP if one.place:
                within.append(Person.township == one.place)
            case Role.SCHOOL if one.study_class_id is None:
                within.append(Person.county_id == staff.county_id)
            case _:
                continue
    return and_(Person.county_id == staff.county_id, or_(false(), *within))


async def learners(
    session: AsyncSession, staff: Person, held: Sequence[Membership], now: datetime
) -> Sequence[Person]:
    """List the learners whom a member of staff reaches, by number."""
    found = select(Person).join(Membership, Membership.person_id == Person.id)
    found = found.where(_learns(now), reach(staff, held), Person.id != staff.id).distinct()
    return (await session.scalars(found.order_by(Person.number))).all()


async def reached(
    session: AsyncSession,
    staff: Person,
    held: Sequence[Membership],
    person_id: int,
    now: datetime,
) -> Person | None:
    """Find a learner, if a member of staff reaches them."""
    found = select(Person).join(Membership, Membership.person_id == Person.id)
    found = found.where(Person.id == person_id, _learns(now), reach(staff, held))
    person: Person | None = await session.scalar(found.limit(1))
    return person


async def of_class(session: AsyncSession, study_class_id: int, now: datetime) -> Sequence[Person]:
    """List the learners of a class, by number."""
    found = select(Person).join(Membership, Membership.person_id == Person.id)
    found = found.where(_learns(now), Membership.study_class_id == study_class_id)
    return (await session.scalars(found.order_by(Person.number))).all()


async def there(
    session: AsyncSession, people: Collection[int]
) -> dict[int, dict[tuple[str, int], DocumentState]]:
    """Tell which pages of which kinds are there, or on their way, of each person."""
    found: dict[int, dict[tuple[str, int], DocumentState]] = {one: {} for one in people}
    numbers = sorted(people)
    for start in range(0, len(numbers), 500):
        rows = select(Document.person_id, Document.kind, Document.page, Document.state).where(
            Document.person_id.in_(numbers[start : start + 500]), Document.state.in_(THERE)
        )
        for row in await session.execute(rows.order_by(Document.id)):
            found[row.person_id][row.kind, row.page] = row.state
    return found


async def locked(session: AsyncSession, number: int) -> Document | None:
    """Read a document and keep it from everybody else until the transaction ends."""
    found = select(Document).where(Document.id == number).with_for_update()
    return await session.scalar(found.execution_options(populate_existing=True))


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[Document]:
    """Return documents whose bytes are to be fetched now, oldest first."""
    found = select(Document).where(Document.state == DocumentState.COMING, Document.retry_at <= now)
    return (await session.scalars(found.order_by(Document.id).limit(limit))).all()


async def standing(
    session: AsyncSession, person_id: int, kind: str, page: int, apart: int
) -> Sequence[Document]:
    """Return the photos of a page that a new one takes the place of."""
    found = select(Document).where(
        Document.person_id == person_id,
        Document.kind == kind,
        Document.page == page,
        Document.id < apart,
        Document.state.in_((DocumentState.WAITING, DocumentState.APPROVED, DocumentState.RETURNED)),
    )
    return (await session.scalars(found.order_by(Document.id))).all()


async def waiting(
    session: AsyncSession, staff: Person, held: Sequence[Membership], now: datetime
) -> Sequence[Document]:
    """List what a member of staff may decide on, oldest first: nobody's own, nor what they sent."""
    mine = select(Person.id).join(Membership, Membership.person_id == Person.id)
    mine = mine.where(_learns(now), reach(staff, held))
    found = select(Document).where(
        Document.state == DocumentState.WAITING,
        Document.person_id.in_(mine),
        Document.person_id != staff.id,
        Document.sent_by != staff.id,
    )
    return (await session.scalars(found.order_by(Document.id))).all()


async def kept_of(session: AsyncSession, people: Collection[int]) -> Sequence[Document]:
    """List the documents that hold of these people: approved, or waiting for a word."""
    found = select(Document).where(
        Document.person_id.in_(people),
        Document.state.in_((DocumentState.WAITING, DocumentState.APPROVED)),
    )
    order = Document.person_id, Document.kind, Document.page, Document.id
    return (await session.scalars(found.order_by(*order))).all()


async def sealed_otherwise(
    session: AsyncSession, mark: str, after: int, limit: int
) -> Sequence[Document]:
    """Return documents that another key has sealed, by number."""
    found = select(Document).where(
        Document.path != "", Document.key_mark != mark, Document.id > after
    )
    return (await session.scalars(found.order_by(Document.id).limit(limit))).all()


async def count_otherwise(session: AsyncSession, mark: str) -> int:
    """Count the documents that another key has sealed."""
    found = select(func.count(Document.id)).where(Document.path != "", Document.key_mark != mark)
    return await session.scalar(found) or 0


async def paths(session: AsyncSession) -> set[str]:
    """Return where the sealed bytes of all documents lie."""
    return set(await session.scalars(select(Document.path).where(Document.path != "")))


async def deciders(session: AsyncSession, person: Person, now: datetime) -> Sequence[Person]:
    """List who may decide on somebody's documents: the heads of their classes, and the school."""
    own = select(Membership.study_class_id).where(
        Membership.person_id == person.id, Membership.role == Role.LEARNER
    )
    found = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.county_id == person.county_id,
            Membership.starts_at <= now,
            or_(Membership.ends_at.is_(None), Membership.ends_at > now),
            or_(
                and_(Membership.role == Role.CLASS_HEAD, Membership.study_class_id.in_(own)),
                and_(Membership.role == Role.SCHOOL, Membership.study_class_id.is_(None)),
            ),
        )
        .order_by(Person.number)
    )
    return list(dict.fromkeys(await session.scalars(found)))


async def numbered(session: AsyncSession, number: str) -> Person | None:
    """Find a person by their number."""
    return await session.scalar(select(Person).where(Person.number == number))


async def shown(session: AsyncSession, purpose: str) -> Sequence[Message]:
    """Return the messages that show a document to staff."""
    found = select(Message).where(Message.purpose == purpose, Message.method == "sendPhoto")
    return (await session.scalars(found.order_by(Message.id))).all()
