"""The consent of its own that papers need: by thumb or voice, through staff with a witness."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services.keeping import Attachment, keep
from bot.voice.buttons import GREEN, RED, button
from bot.voice.choosing_clips import voices_of
from bot.voice.listening import Listener
from bot.voice.saying import Screen, Way, put, receipt, show, tell, voice_of
from db import ledger
from db.models import Consent, ConsentState, Person
from db.queries import consents

KIND = "papers"
VERSION = "2026-11"
WAITS = "paperyes"  # the account's state while an answer is awaited
ASKED = _(
    "This paper is private. It is locked away, and each look at it is recorded. Do you agree?"
)
ASKED_ALOUD = _(
    "Your papers are private. They are locked away, and each look at them is recorded. "
    "If you agree, say: I agree, my name is …"
)


async def given(session: AsyncSession, person: Person) -> Consent | None:
    """Return the consent to keep somebody's papers, where it holds."""
    latest = await consents.latest(session, person.id, KIND)
    return latest if latest and latest.state is ConsentState.GIVEN else None


async def ask(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Ask for the consent: the learner on their own phone, else through who helps them."""
    consent = Consent(
        person_id=person.id, kind=KIND, notice_version=VERSION, language=MANDARIN, asked_at=now
    )
    session.add(consent)
    await session.flush()
    here.account.state = f"{WAITS}:{consent.id}"
    no = button("❌", f"paperyes:{consent.id}:0", RED)
    if here.person and here.person.id == person.id:
        rows = [[button("✅", f"paperyes:{consent.id}:1", GREEN), no]]
        asked = Screen(ASKED, picture=picture("papers-locked"), rows=rows)
        await show(session, here, asked, now)
        return
    await _aloud(session, here, person, now)
    text = _(
        "%(name)s must agree first. Let them hear this, then hold the microphone for their own "
        "words. You are the witness."
    )
    tell(session, here, text, now, [[no]], name=person.name)


async def _aloud(session: AsyncSession, here: Listener, person: Person, now: datetime) -> None:
    """Play the question on a helper's phone, in the learner's own language."""
    voices = voices_of(session)
    await voices.refresh(session)
    listening = Listener(here.chat_id, here.account, person)
    voice = voice_of(session, listening, Screen(ASKED_ALOUD), now).voice
    if voice:
        said = {"voice": {"file": voice.file}, "caption": html(MANDARIN, ASKED_ALOUD)}
        put(session, here, "sendVoice", said | {"parse_mode": "HTML"}, now, Way(purpose="voice"))


async def hear(
    session: AsyncSession, here: Listener, consent: Consent, said: Attachment, now: datetime
) -> bool:
    """Take the learner's own words; say whether that is all that is needed.

    On their own phone the thumb has the last word; a helper who was there is the witness.
    """
    voice = await keep(session, said, consent.person_id, now)
    consent.voice_id = voice.id
    if here.person and here.person.id == consent.person_id:
        rows = [
            [
                button("👍", f"paperyes:{consent.id}:1", GREEN),
                button("❌", f"paperyes:{consent.id}:0", RED),
            ]
        ]
        asked = Screen(
            _("I heard you. Press the thumb to confirm."), picture=picture("thumb"), rows=rows
        )
        await show(session, here, asked, now)
        return False
    consent.witness_id = here.person.id if here.person else None
    await _settle(session, consent, now, yes=True)
    return True


async def decide(
    session: AsyncSession, here: Listener, consent: Consent, now: datetime, *, yes: bool
) -> bool:
    """Take the thumb or the cross, once; say whether it could be given."""
    own = here.person is not None and here.person.id == consent.person_id
    if consent.kind != KIND or consent.state is not ConsentState.ASKED or (yes and not own):
        return False
    here.account.state = None
    await _settle(session, consent, now, yes=yes)
    if yes:
        return True
    if own:
        receipt(session, here, Screen(_("All right. I will ask another day.")), now)
    else:
        tell(session, here, _("Noted: no consent. Please do not press; ask another day."), now)
    return True


async def _settle(session: AsyncSession, consent: Consent, now: datetime, *, yes: bool) -> None:
    """Write down what was said."""
    consent.state = ConsentState.GIVEN if yes else ConsentState.REFUSED
    consent.decided_at = now
    about: dict[str, object] = {"consent": consent.id, "version": consent.notice_version}
    about |= {"of": KIND, "language": consent.language}
    if yes and consent.voice_id:
        about["voice"] = consent.voice_id
    if consent.witness_id:
        about["witness"] = consent.witness_id
    kind = "consent.given" if yes else "consent.refused"
    await ledger.record(session, consent.person_id, kind, now, **about)
