"""Written Miao before a native reader: approved, corrected or refused; then back to the catalog."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.pofile import read_po, write_po
from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import LOCALE, MANDARIN, MIAO, SHANGHAI, html, translate
from bot.language import N_ as _
from bot.services.voice_catalogue import Wording, language_of, number_of
from bot.voice.buttons import GREEN, RED, button
from bot.voice.listening import Listener
from bot.voice.saying import tell
from bot.voice.sentences import grammar
from db import ledger
from db.models import Review, ReviewState
from db.queries import booth

LONGEST = 300
SLOT = re.compile(r"%\(\w+\)[a-z]")
REVIEWED = "reviewed"
WORD = re.compile(r"(approved|corrected|refused) P\d+ \d{4}-\d\d-\d\d$")


@dataclass(frozen=True)
class Written:
    """A sentence as it is written in Miao, and why it is written so."""

    msgid: str
    text: str
    why: str
    draft: bool
    reviewed: bool


@dataclass(frozen=True)
class Decision:
    """The latest word on a written string."""

    state: ReviewState
    text: str
    reviewer: str  # number in the roster
    at: datetime


def catalog_file(language: str) -> Path:
    """Return where the written sentences of a language lie."""
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def written(language: str = MIAO) -> list[Written]:
    """List the written sentences of a language, drafts too; none where it has no catalog."""
    path = catalog_file(language)
    if language == MANDARIN or not path.is_file():
        return []
    return [
        Written(
            str(one.id),
            str(one.string),
            " ".join(one.user_comments),
            one.fuzzy,
            REVIEWED in one.flags,
        )
        for one in _read(path)
        if one.id and one.string
    ]


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def beside(one: Wording, language: str) -> str:
    """Return Mandarin words, the attested Miao beside them, marked until it is reviewed."""
    text = grammar(language).attested.get(one.key, "")
    reviewed = False
    for found in written(language):
        if found.msgid == one.key and (found.reviewed or not found.draft):
            text, reviewed = found.text, found.reviewed
    if not text:
        return one.spoken
    mark = "" if reviewed else translate(MANDARIN, _(" (to be verified)"))
    return f"{one.spoken} · {text}{mark}"


async def unread(session: AsyncSession, language: str) -> list[Written]:
    """List what no native reader has decided yet."""
    decided = await booth.reviews(session, language)
    return [one for one in written(language) if not one.reviewed and one.msgid not in decided]


async def count_unread(session: AsyncSession, language: str) -> int:
    """Count what no native reader has decided yet."""
    return len(await unread(session, language))


async def show_next(session: AsyncSession, here: Listener, now: datetime, after: int = 0) -> None:
    """Show the next written string: the Mandarin, the Miao, and on what it rests."""
    here.account.state = None
    left = await unread(session, _language(here))
    if not left:
        again = [[button(translate(MANDARIN, _("Record")), "brecord")]]
        tell(session, here, _("All written Miao is reviewed. Thank you."), now, again)
        return
    numbers = [number_of(one.msgid) for one in left]
    start = numbers.index(after) + 1 if after in numbers else 0
    one = left[start % len(left)]
    number = number_of(one.msgid)
    rows = [
        [
            button("✅", f"bwok:{number}", GREEN),
            button(translate(MANDARIN, _("Correct it")), f"btext:{number}"),
            button("❌", f"bwno:{number}", RED),
        ],
        [button(translate(MANDARIN, _("Skip")), f"bread:{number}")],
    ]
    tell(
        session,
        here,
        _("Is this written right? “%(mandarin)s” · “%(miao)s” (%(why)s)"),
        now,
        rows,
        mandarin=translate(MANDARIN, one.msgid),
        miao=one.text,
        why=one.why,
    )


def _language(here: Listener) -> str:
    return language_of(here.person.speaks) if here.person else MANDARIN


def found(here: Listener, number: int) -> Written | None:
    """Find the written string that a button names, in the reader's own variety."""
    listed = written(_language(here))
    return next((one for one in listed if number_of(one.msgid) == number), None)


async def decide(
    session: AsyncSession,
    here: Listener,
    one: Written,
    state: ReviewState,
    now: datetime,
    text: str = "",
) -> None:
    """Keep a reader's word on a written string, and show the next."""
    reader = here.person
    if reader is None:
        return
    kept = {ReviewState.APPROVED: one.text, ReviewState.REFUSED: ""}.get(state, text)
    session.add(
        Review(
            msgid=one.msgid,
            language=_language(here),
            state=state,
            text=kept,
            reviewer_id=reader.id,
            at=now,
        )
    )
    await ledger.record(
        session,
        reader.id,
        "text.reviewed",
        now,
        msgid=one.msgid,
        language=_language(here),
        state=state.value,
        text=kept,
    )
    await session.flush()
    await show_next(session, here, now)


def ask_text(session: AsyncSession, here: Listener, one: Written, now: datetime) -> None:
    """Ask how it is written right."""
    here.account.state = f"btext:{number_of(one.msgid)}"
    tell(session, here, _("Write it as it is right: “%(miao)s”"), now, miao=one.text)


async def take_text(
    session: AsyncSession, here: Listener, one: Written, text: str, now: datetime
) -> None:
    """Take a correction; it keeps the slots of the sentence."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST or not text.isprintable():
        msgid = _("Please write it as one text message of at most %(count)d letters.")
        tell(session, here, msgid, now, count=LONGEST)
    elif sorted(SLOT.findall(text)) != sorted(SLOT.findall(one.msgid)) or "%" in SLOT.sub("", text):
        slots = html(MANDARIN, "%(words)s", words=" ".join(SLOT.findall(one.msgid)) or "—")
        tell(
            session,
            here,
            _("Please keep what stands for names and numbers: %(slots)s"),
            now,
            slots=slots,
        )
    else:
        await decide(session, here, one, ReviewState.CORRECTED, now, text)


async def decisions(session: AsyncSession, language: str = MIAO) -> dict[str, Decision]:
    """Return the latest word on each written string."""
    return {
        msgid: Decision(review.state, review.text, number, review.at)
        for msgid, (review, number) in (await booth.reviews(session, language)).items()
    }


def write_back(path: Path, decided: Mapping[str, Decision]) -> int:
    """Write decisions into a catalog, with who and when; return how many sentences changed.

    The head of the file stays as it is: Babel knows no Miao and would drop its plural forms.
    """
    before = path.read_text(encoding="utf-8")
    head, _gap, _rest = before.partition("\n\n")
    catalog = _read(path)
    changed = sum(_settle(one, decided[str(one.id)]) for one in catalog if one.id in decided)
    if not changed:
        return 0
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True)
    coming = path.with_suffix(".po.coming")
    coming.write_text(f"{head}\n\n{out.getvalue().decode().strip()}\n", encoding="utf-8")
    coming.replace(path)
    return changed


def _settle(one: Message, decision: Decision) -> bool:
    """Write one decision into its sentence; say whether that changed anything."""
    day = f"{decision.at.astimezone(SHANGHAI):%Y-%m-%d}"
    word = f"{decision.state.value} {decision.reviewer} {day}"
    words = [said for said in one.user_comments if WORD.match(said)]
    if words and words[-1] == word:
        return False
    # Babel keeps equal comments once, at their first place: the last word must stand last.
    one.user_comments = [*(said for said in one.user_comments if said != word), word]
    if decision.state is ReviewState.REFUSED:
        one.flags -= {REVIEWED}
        one.flags |= {"fuzzy"}
    else:
        one.string = decision.text
        one.flags -= {"fuzzy"}
        one.flags |= {REVIEWED}
    return True
