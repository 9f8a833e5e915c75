"""People who send photos of papers in a room, and the safe that keeps them."""

import base64
from datetime import timedelta

from sqlalchemy import select

from bot.documents.kinds import named, place_of
from db.models import Document, Membership, Person, Role
from tests.bot.documents.document_pictures import card, face, jpeg, page, taken
from tests.handlers.room import HEAD, YANG

SCHOOL, HELPER, OTHER = 401, 402, 403
FRONT, BACK, BOOK, PORTRAIT = (
    place_of(named(key)) for key in ("id_front", "id_back", "household", "portrait")
)
PICTURES: dict[str, bytes] = {}


def picture(name):
    """Return the bytes of a good photo, made once."""
    if not PICTURES:
        PICTURES["front"] = jpeg(taken(card()))
        PICTURES["back"] = jpeg(taken(card(back=True), seed=2))
        PICTURES["first"] = jpeg(taken(page("FIRST PAGE"), seed=3))
        PICTURES["own"] = jpeg(taken(page("OWN PAGE OF YANG"), seed=4))
        PICTURES["face"] = jpeg(face())
    return PICTURES[name]


def coded(content):
    return base64.b64encode(content).decode()


async def settles(room):
    """Let what was sent be fetched, sealed and answered."""
    await room.settle()
    await room.house.heartbeat.take_papers(room.now)
    await room.settle()


async def photographs(room, content, user=YANG):
    """Send a photo, and wait for what is said of it."""
    if isinstance(content, str):
        content = picture(content)
    said = await room.do("photo", user=user, image=coded(content))
    await settles(room)
    return said


async def files(room, content, mime, name="x", user=YANG):
    """Send a file, and wait for what is said of it."""
    sent = {"file": coded(content), "mime_type": mime, "file_name": name}
    said = await room.do("document", user=user, **sent)
    await settles(room)
    return said


async def papers(room):
    return await room.rows(select(Document).order_by(Document.id))


async def comes(room, user, number, role, name, study_class=None, place=""):
    """Let a member of staff come in."""
    person = Person(id=number, county_id=1, number=f"P{number:06}", name=name, created_at=room.now)
    held = Membership(
        person_id=number,
        role=role,
        study_class_id=study_class,
        place=place,
        starts_at=room.now - timedelta(days=1),
    )
    async with room.house.database.begin() as session:
        session.add(person)
        await session.flush()
        session.add(held)
    await room.person(user, name)
    await room.starts(user, await room.post(person, role))
    return person


async def school(room):
    return await comes(room, SCHOOL, 51, Role.SCHOOL, "示例学校")


async def learner(room, number=3):
    async with room.house.database.read() as session:
        return await session.get_one(Person, number)


async def agrees(room, place=FRONT, user=YANG):
    """Ask for a paper of one's own, and agree to its being kept."""
    await room.says(user, "/papers")
    await room.taps(user, f"paper:3:{place}")
    await room.taps(user, "paperyes:")


async def sends_front(room):
    await agrees(room)
    await photographs(room, "front")


async def head_helps(room, number=4):
    """Let the class head take the consent of a learner who has no phone."""
    await room.says(HEAD, "/papers")
    await room.taps(HEAD, f"papers:{number}")
    await room.taps(HEAD, f"paper:{number}:{FRONT}")
    await room.speaks(HEAD)
