"""Asks for papers: a learner hears which are missing and how to take one; staff see names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.documents.kinds import Kind, kind_at, kind_of, place_of, required, rules
from bot.language import MANDARIN, translate
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import carding, document_consenting
from bot.services.document_words import how, picture_name
from bot.voice.buttons import GREEN, Button, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, show, tell
from db.models import DocumentState, Membership, Person, Reads
from db.queries import documents, planning

DRAFT = "paper"
PATIENCE = timedelta(minutes=30)  # after that a photo is of something else
WAITS = "paper"  # the account's state while a photo is awaited
There = dict[tuple[str, int], DocumentState]
SIGNS = {
    DocumentState.COMING: "⏳",
    DocumentState.WAITING: "⏳",
    DocumentState.APPROVED: "✔",
}


@dataclass(frozen=True)
class Wanted:
    """The photo that is awaited at an account: whose, of what, how often it was no good."""

    person_id: int
    kind: Kind
    page: int
    misses: int = 0


async def wanted(session: AsyncSession, here: Listener, now: datetime) -> Wanted | None:
    """Return which photo is awaited; None where none is, or it was asked for long ago."""
    kept = await planning.draft(session, here.account.id, DRAFT)
    if now.timestamp() - kept.get("at", 0) > PATIENCE.total_seconds():
        return None
    kind = kind_of(kept.get("kind", ""))
    if kind is None or here.account.state != f"{WAITS}:{kept.get('person')}":
        return None
    return Wanted(kept["person"], kind, kept["page"], kept["misses"])


async def resume(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Go on to the photo for which a consent was needed first."""
    here.account.state = f"{WAITS}:{person.id}"
    asked = await wanted(session, here, now)
    if asked and asked.person_id == person.id:
        await ask_again(session, here, person, asked, now)
    elif own(here, person):
        await list_own(session, here, person, now)
    else:
        await help_with(session, here, person, now)


async def want(session: AsyncSession, here: Listener, asked: Wanted, now: datetime) -> None:
    """Await a photo."""
    here.account.state = f"{WAITS}:{asked.person_id}"
    values: dict[str, object] = {
        "person": asked.person_id,
        "kind": asked.kind.key,
        "page": asked.page,
    }
    values |= {"misses": asked.misses, "at": now.timestamp()}
    await planning.keep_draft(session, here.account.id, DRAFT, values, now)


async def missing_kinds(session: AsyncSession, person: Person) -> list[Kind]:
    """List the kinds of which a learner still owes a page."""
    there = (await documents.there(session, [person.id]))[person.id]
    owed = {kind.key for kind, page in required() if (kind.key, page) not in there}
    return [kind for kind in rules().kinds if kind.key in owed]


def own(here: Listener, person: Person) -> bool:
    """Say whether a learner asks for themselves."""
    return here.person is not None and here.person.id == person.id


async def list_own(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Say how many papers are missing, and show which."""
    here.account.state = None
    missing = await missing_kinds(session, person)
    if not missing:
        all_there = Screen(_("All your papers are here. Thank you."), picture=picture("done"))
        await show(session, here, all_there, now)
        return
    faces = [button(_face(person, kind), f"paper:{person.id}:{place_of(kind)}") for kind in missing]
    listed = Screen(
        _("%(count)d papers are still missing."),
        {"count": len(missing)},
        picture("papers"),
        rows=[faces[:2], faces[2:]],
    )
    await show(session, here, listed, now)


def _face(person: Person, kind: Kind) -> str:
    face = f"{kind.number} {kind.sign}"
    return face if person.reads is Reads.NOTHING else f"{face} {kind.name(person.language)}"


async def ask_photo(
    session: AsyncSession, here: Listener, person: Person, place: int, now: datetime
) -> bool:
    """Ask for the photo of a paper, or first for the consent; False where there is no such one."""
    kind = kind_at(place)
    mine = own(here, person)
    if kind is None or (mine and not kind.number):
        return False
    there = (await documents.there(session, [person.id]))[person.id]
    page = next((page for page in kind.all_pages if (kind.key, page) not in there), 1)
    await want(session, here, Wanted(person.id, kind, page), now)
    if kind.sensitive and await document_consenting.given(session, person) is None:
        await document_consenting.ask(session, here, person, now)
        return True
    await ask_again(session, here, person, Wanted(person.id, kind, page), now)
    return True


async def ask_again(
    session: AsyncSession, here: Listener, person: Person, asked: Wanted, now: datetime
) -> None:
    """Say how the photo that is awaited is taken."""
    await want(session, here, asked, now)
    text = how(asked.kind, asked.page)
    if own(here, person):
        name = picture_name(asked.kind, asked.page)
        await show(session, here, Screen(text, picture=picture(name)), now)
        return
    what = asked.kind.name(MANDARIN, asked.page)
    words = _("%(item)s of %(name)s: take a photo now and send it. %(how)s")
    tell(session, here, words, now, item=what, name=person.name, how=translate(MANDARIN, text))


async def list_people(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    page: int,
    now: datetime,
) -> None:
    """Show staff which of their learners still owe papers."""
    here.account.state = None
    if here.person is None:
        return
    found = await documents.learners(session, here.person, held, now)
    there = await documents.there(session, [one.id for one in found])
    owing = [one for one in found if any(key not in there[one.id] for key in _keys())]
    if not owing:
        tell(session, here, _("No papers are missing."), now)
        return
    rows = carding.paged(owing, "papers", "paperpage", page)
    text = _("%(count)d people still owe papers. Whom do you help?")
    tell(session, here, text, now, rows, count=len(owing))


def _keys() -> list[tuple[str, int]]:
    return [(kind.key, page) for kind, page in required()]


async def help_with(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Show staff the papers of one learner, to choose which to send."""
    here.account.state = None
    there = (await documents.there(session, [person.id]))[person.id]
    text = _("You are helping %(name)s. All is recorded as done with your help.")
    tell(session, here, text, now, kind_rows(person, there), name=person.name)


def kind_rows(person: Person, there: There) -> Keyboard:
    """Return a button for each kind, with where it stands."""
    faces = [_kind_face(person, kind, there) for kind in rules().kinds]
    return [faces[start : start + 2] for start in range(0, len(faces), 2)]


def _kind_face(person: Person, kind: Kind, there: There) -> Button:
    states = [there.get((kind.key, page)) for page in kind.all_pages]
    stands = "" if None in states else SIGNS[_least(states)]
    face = f"{stands}{kind.sign} {kind.name(MANDARIN) if not kind.pages else kind.chinese}"
    return button(
        face, f"paper:{person.id}:{place_of(kind)}", GREEN if kind.required and not stands else None
    )


def _least(states: Sequence[DocumentState | None]) -> DocumentState:
    """Return the state of several pages: approved only once all are."""
    return next((one for one in states if one and one is not DocumentState.APPROVED), None) or (
        DocumentState.APPROVED
    )
