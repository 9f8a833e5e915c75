"""Which papers are missing of whom, for staff: a summary, then names with pictures of things."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.documents.kinds import Kind, required, rules
from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services.document_asking import There
from bot.voice.buttons import GREEN, Keyboard, button
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db.models import Membership, Person
from db.queries import documents

PAGE = 20


def owed(there: There) -> list[Kind]:
    """List the kinds of which a page is missing."""
    missing = {kind.key for kind, page in required() if (kind.key, page) not in there}
    return [kind for kind in rules().kinds if kind.key in missing]


async def overview(
    session: AsyncSession, here: Listener, held: Sequence[Membership], now: datetime
) -> None:
    """Say how many papers wait and how many are missing, of each kind."""
    here.account.state = None
    if here.person is None:
        return
    people = await documents.learners(session, here.person, held, now)
    there = await documents.there(session, [one.id for one in people])
    missing = Counter(kind.key for one in people for kind in owed(there[one.id]))
    waiting = len(await documents.waiting(session, here.person, held, now))
    lines = [
        f"{kind.sign} {kind.chinese} {missing[kind.key]}" for kind in rules().kinds if kind.required
    ]
    rows: Keyboard = []
    if waiting:
        rows.append([button("🔍 " + html(MANDARIN, _("Look at papers")), "paperlook", GREEN)])
    if missing:
        rows.append([button(html(MANDARIN, _("Who owes what")), "paperlist:1")])
    text = _("%(people)d learners; %(waiting)d papers wait for you. Missing:\n%(lines)s")
    said = "\n".join(lines)
    tell(session, here, text, now, rows, people=len(people), waiting=waiting, lines=said)


async def names(
    session: AsyncSession,
    here: Listener,
    held: Sequence[Membership],
    page: int,
    now: datetime,
) -> None:
    """Show a page of names, each with what is missing."""
    if here.person is None:
        return
    people = await documents.learners(session, here.person, held, now)
    there = await documents.there(session, [one.id for one in people])
    owing = [(one, owed(there[one.id])) for one in people]
    owing = [(one, kinds) for one, kinds in owing if kinds]
    pages = max(1, -(-len(owing) // PAGE))
    page = min(max(page, 1), pages)
    lines = [_line(one, kinds) for one, kinds in owing[(page - 1) * PAGE : page * PAGE]]
    turns = [button("«", f"paperlist:{page - 1}")] if page > 1 else []
    turns += [button("»", f"paperlist:{page + 1}")] if page < pages else []
    if not lines:
        tell(session, here, _("No papers are missing."), now)
        return
    key = "　".join(f"{kind.sign}{kind.chinese}" for kind in rules().kinds if kind.required)
    text = _("Missing, page %(page)d of %(pages)d:\n%(lines)s\n%(key)s")
    said = "\n".join(lines)
    tell(session, here, text, now, [turns], page=page, pages=pages, lines=said, key=key)


def _line(person: Person, kinds: Sequence[Kind]) -> str:
    return f"{person.name}　{''.join(kind.sign for kind in kinds)}"
