"""Who lends a voice: in which language, with the spoken consent to its use."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, MIAO, translate
from bot.language import N_ as _
from bot.services.keeping import SHORTEST, Attachment, keep
from bot.services.voice_catalogue import language_of, named
from bot.services.voice_files import MOST_BYTES, MOST_SECONDS, SILENT, TOO_BIG, TOO_LONG
from bot.voice.buttons import GREEN, button
from bot.voice.choosing_clips import SPOKEN
from bot.voice.listening import Listener
from bot.voice.saying import tell
from db import ledger
from db.models import ClipState, Consent, ConsentState, Person
from db.queries import booth

NOTICE_VERSION = "2026-11"
TONGUES = (MIAO, SPOKEN)  # a third button is one's own, where it is neither
HOLD = _("Hold the microphone and say it.")


async def ask_tongue(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Ask in which language somebody records."""
    here.account.state = None
    row = [
        button(tongue_name(one), f"btongue:{place}")
        for place, one in enumerate(_tongues(here), start=1)
    ]
    tell(session, here, _("In which language do you record?"), now, [row])


def _tongues(here: Listener) -> tuple[str, ...]:
    own = language_of(here.person.speaks) if here.person else SPOKEN
    return TONGUES if own in TONGUES else (*TONGUES, own)


def tongue_name(language: str) -> str:
    """Return a language's name as staff read it."""
    return translate(MANDARIN, named(language))


async def choose_tongue(session: AsyncSession, here: Listener, place: int, now: datetime) -> bool:
    """Take the choice of a language; it is a person's own from then on."""
    tongues = _tongues(here)
    person = here.person
    if person is None or not 1 <= place <= len(tongues):
        return False
    language = tongues[place - 1]
    if language != language_of(person.speaks):
        person.speaks = language
        await ledger.record(session, person.id, "voice.wanted", now, language=language)
    consent = await booth.voice_consent(session, person.id)
    if consent is None or consent.state in {ConsentState.REFUSED, ConsentState.WITHDRAWN}:
        consent = Consent(
            person_id=person.id,
            kind="voice",
            notice_version=NOTICE_VERSION,
            language=MANDARIN,
            asked_at=now,
        )
        session.add(consent)
        await session.flush()
    return True


def ask_consent(session: AsyncSession, here: Listener, consent: Consent, now: datetime) -> None:
    """Ask a speaker to say that the school may use the voice."""
    here.account.state = f"voiceok:{consent.id}"
    tell(session, here, _("First say once: I let the school use my voice for teaching."), now)


async def hear_consent(
    session: AsyncSession, here: Listener, consent: Consent, said: Attachment | None, now: datetime
) -> bool:
    """Keep the spoken consent; say whether it was given."""
    fault = HOLD if said is None or said.kind != "voice" else fault_of(said)
    if said is None or fault:
        tell(session, here, fault, now)
        return False
    voice = await keep(session, said, consent.person_id, now)
    consent.voice_id, consent.state, consent.decided_at = voice.id, ConsentState.GIVEN, now
    await ledger.record(
        session,
        consent.person_id,
        "consent.given",
        now,
        consent=consent.id,
        about="voice",
        version=consent.notice_version,
        voice=voice.id,
    )
    return True


async def lends(session: AsyncSession, person: Person) -> bool:
    """Say whether a speaker lets the school use the voice."""
    consent = await booth.voice_consent(session, person.id)
    return consent is not None and consent.state is ConsentState.GIVEN


async def ask_withdrawal(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Say what it means to take one's voice back, and ask whether it is meant."""
    count = len(await booth.lent(session, here.person.id)) if here.person else 0
    msgid = _(
        "If you take your voice back, your %(count)d recordings are played no more; "
        "what was heard stays on record. Take it back?"
    )
    here.account.state = None
    tell(
        session,
        here,
        msgid,
        now,
        [[button("✅", "bvoice:1", GREEN), button("❌", "brecord")]],
        count=count,
    )


async def withdraw(session: AsyncSession, here: Listener, now: datetime) -> bool:
    """Take a voice back: its recordings stay on record and are played no more."""
    person = here.person
    consent = await booth.voice_consent(session, person.id) if person else None
    if person is None or consent is None or consent.state is not ConsentState.GIVEN:
        return False
    consent.state, consent.decided_at = ConsentState.WITHDRAWN, now
    clips = await booth.lent(session, person.id)
    for clip in clips:
        # Decided by the speaker: so it is told from what a second speaker sent back.
        clip.state, clip.decided_by, clip.decided_at = ClipState.RETURNED, person.id, now
    await ledger.record(
        session,
        person.id,
        "consent.withdrawn",
        now,
        consent=consent.id,
        about="voice",
        clips=[clip.id for clip in clips],
    )
    here.account.state = None
    tell(session, here, _("Your recordings are played no more. Thank you for your help."), now)
    return True


def fault_of(said: Attachment) -> str:
    """Return what is wrong with a recording before its bytes are here; nothing, if nothing is."""
    if said.forwarded:
        return _("This voice was forwarded. Please say it yourself.")
    if said.size > MOST_BYTES:
        return TOO_BIG
    if said.seconds > MOST_SECONDS:
        return TOO_LONG
    if said.kind == "voice" and said.seconds < SHORTEST:
        return SILENT
    return ""
