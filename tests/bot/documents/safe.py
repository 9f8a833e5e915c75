"""A class with papers in a safe, made without any chat."""

from datetime import UTC, datetime

from bot.services import document_store
from db.models import (
    Account,
    County,
    Document,
    DocumentState,
    Membership,
    Person,
    Role,
    StudyClass,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
KINDS = (("id_front", 1), ("id_back", 1), ("household", 1), ("household", 2), ("portrait", 1))


def content(number):
    """Return what stands for a document's picture."""
    return f"the picture {number} ".encode() * 40


def id_number(number):
    """Return a number that stands for an ID number."""
    return f"99999919800101{number:04}"


async def fill(database, data, key, learners=2):
    """Put a class, its head, the school and everybody's approved papers into a database."""
    async with database.begin() as session:
        session.add(County(id=1, name="示例县"))
        await session.flush()
        session.add(StudyClass(id=1, county_id=1, name="示例班", created_at=NOW))
        session.add(Account(id=1, user_id=1, reachable=True))
        staff = (1, Role.CLASS_HEAD, 1), (2, Role.SCHOOL, None), (3, Role.TEACHER, 1)
        for number, role, study_class in staff:
            await _person(session, number, role, study_class)
        for number in range(10, 10 + learners):
            person = await _person(session, number, Role.LEARNER, 1)
            person.id_sealed = key.seal(id_number(number))
            person.id_fingerprint = key.fingerprint(id_number(number))
            for kind, page in KINDS:
                await _document(session, data, key, number, kind, page)


async def _person(session, number, role, study_class):
    person = Person(
        id=number, county_id=1, number=f"P{number:06}", name=f"示例{number}", created_at=NOW
    )
    session.add(person)
    await session.flush()
    session.add(Membership(person_id=number, role=role, study_class_id=study_class, starts_at=NOW))
    return person


async def _document(session, data, key, person_id, kind, page):
    made = Document(
        person_id=person_id,
        kind=kind,
        page=page,
        state=DocumentState.APPROVED,
        sent_by=1,
        account_id=1,
        message_id=1,
        sent_at=NOW,
        retry_at=NOW,
        kept_at=NOW,
        key_mark=key.mark,
    )
    session.add(made)
    await session.flush()
    made.path = document_store.put(data, key, made.id, kind, content(made.id))
