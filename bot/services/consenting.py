"""Spoken consent: notice heard, words spoken, thumb pressed, somebody near (PIPL 13, 14, 17)."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, html
from bot.language import N_ as _
from bot.screens import screen as picture
from bot.services import asking, homing, reaching
from bot.services.keeping import Attachment, keep
from bot.voice.buttons import GREEN, RED, button
from bot.voice.listening import Listener
from bot.voice.saying import Screen, receipt, show
from db import ledger
from db.models import Consent, ConsentState, Person, Role
from db.queries import people

NOTICE_VERSION = "2026-11"
OF_AGE = 18
PARTS = (
    _(
        "The school keeps your name, your papers, your lessons and your attendance, "
        "to make your file and give you your certificate."
    ),
    _(
        "Only the people who run these classes can see it. "
        "It is not sold and never shown in the group."
    ),
    _(
        "You may say no, and you may stop at any time: tell your class head, "
        "or press the person and then number 4."
    ),
)
MINOR = _(
    "You are under 18. You decide yourself. It is good if a grown-up of your family listens too."
)


def minor(birth_date: date | None, now: datetime) -> bool:
    """Say whether somebody is not yet 18 today."""
    if birth_date is None:
        return False
    today = now.astimezone(SHANGHAI).date()
    years = today.year - birth_date.year
    return years - ((today.month, today.day) < (birth_date.month, birth_date.day)) < OF_AGE


async def give_notice(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Begin the notice; its version and language are written down with the consent."""
    person = here.person
    if person is None:
        return
    consent = Consent(
        person_id=person.id,
        notice_version=NOTICE_VERSION,
        language=MANDARIN,
        asked_at=now,
    )
    session.add(consent)
    await session.flush()
    await say_part(session, here, consent, 1, now)


async def say_part(
    session: AsyncSession, here: Listener, consent: Consent, part: int, now: datetime
) -> None:
    """Say one part of the notice, or ask for the spoken words after the last."""
    texts = list(PARTS)
    pictures = ["notice-1", "notice-2", "notice-3"]
    if here.person and minor(here.person.birth_date, now):
        texts.append(MINOR)
        pictures.append("notice-minor")
    if part > 1:
        await ledger.record(
            session,
            consent.person_id,
            "notice.heard",
            now,
            part=part - 1,
            version=consent.notice_version,
        )
    if part <= len(texts):
        here.account.state = f"notice:{consent.id}"
        said = Screen(
            texts[part - 1],
            picture=picture(pictures[part - 1]),
            rows=[[button("▶️", f"notice:{consent.id}:{part + 1}", "primary")]],
        )
        await show(session, here, said, now)
        return
    here.account.state = f"agree:{consent.id}"
    asked = Screen(
        _("If you agree, hold the microphone and say: I agree, my name is …"),
        picture=picture("agree"),
        rows=[[button("❌", f"agree:{consent.id}:0", RED)]],
    )
    await show(session, here, asked, now)


async def hear(
    session: AsyncSession, here: Listener, consent: Consent, said: Attachment, now: datetime
) -> None:
    """Keep the spoken words and ask for the thumb."""
    voice = await keep(session, said, consent.person_id, now)
    consent.voice_id = voice.id
    here.account.state = f"thumb:{consent.id}"
    asked = Screen(
        _("I heard you. Press the thumb to confirm."),
        picture=picture("thumb"),
        rows=[
            [
                button("👍", f"agree:{consent.id}:1", GREEN),
                button("❌", f"agree:{consent.id}:0", RED),
            ]
        ],
    )
    await show(session, here, asked, now)


async def decide(
    session: AsyncSession, here: Listener, consent: Consent, now: datetime, *, yes: bool
) -> None:
    """Take the thumb or the cross; a thumb counts only after the spoken words."""
    if consent.state is not ConsentState.ASKED:
        return
    if not yes:
        consent.state, consent.decided_at = ConsentState.REFUSED, now
        here.account.state = None
        await ledger.record(session, consent.person_id, "consent.refused", now, consent=consent.id)
        said = Screen(
            _("That is all right. I keep only your answer. You can still come to class."),
            picture=picture("declined"),
        )
        await show(session, here, said, now)
        await _tell_head(
            session, here, _("%(name)s does not agree. Please talk, without pressure."), now
        )
        return
    if consent.voice_id is None:
        return
    consent.state, consent.decided_at = ConsentState.GIVEN, now
    await ledger.record(
        session,
        consent.person_id,
        "consent.given",
        now,
        consent=consent.id,
        version=consent.notice_version,
        language=consent.language,
        voice=consent.voice_id,
    )
    if not await _ask_witness(session, here, consent, now):
        here.account.state = f"witness:{consent.id}"
        asked = Screen(
            _(
                "Who is with you? Please let that person hold the microphone, "
                "say their name and: I was there."
            ),
            picture=picture("witness"),
        )
        await show(session, here, asked, now)
        return
    await welcome(session, here, now)


async def _ask_witness(
    session: AsyncSession, here: Listener, consent: Consent, now: datetime
) -> bool:
    """Ask the class head whether they were there; say whether there was one to ask."""
    asked = False
    study_class = await people.class_of(session, consent.person_id, Role.LEARNER, now)
    for head in await reaching.class_heads(session, study_class.id if study_class else None, now):
        for place in await reaching.listeners(session, head):
            if place.account.id == here.account.id:
                continue
            words = html(
                MANDARIN,
                _("%(name)s says “I agree”. Were you there, and was it understood?"),
                name=here.person.name if here.person else "",
            )
            rows = [
                [
                    button(html(MANDARIN, _("I was there")), f"witness:{consent.id}:1", GREEN),
                    button(html(MANDARIN, _("I was not there")), f"witness:{consent.id}:0"),
                ]
            ]
            if consent.voice_id:
                await asking.pass_on(session, place, consent.voice_id, words, rows, now)
                asked = True
    return asked


async def hear_witness(
    session: AsyncSession, here: Listener, consent: Consent, said: Attachment, now: datetime
) -> None:
    """Keep the companion's voice as the witness."""
    voice = await keep(session, said, None, now)
    consent.witness_voice_id = voice.id
    await ledger.record(
        session, consent.person_id, "consent.given", now, consent=consent.id, witness_voice=voice.id
    )
    await welcome(session, here, now)


async def bear_witness(
    session: AsyncSession, head: Person, consent: Consent, now: datetime, *, there: bool
) -> None:
    """Take a class head's word; without one the consent stands, its witness missing."""
    if consent.witness_id or not there:
        return
    consent.witness_id = head.id
    await ledger.record(
        session, consent.person_id, "consent.given", now, consent=consent.id, witness=head.id
    )


async def welcome(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Welcome a learner to the class, tell its head, and go home."""
    person = here.person
    if person is None:
        return
    here.account.state = None
    study_class = await people.class_of(session, person.id, Role.LEARNER, now)
    if study_class:
        said = Screen(_("You are now in the class %(class)s."), {"class": study_class.name})
        receipt(session, here, said, now)
    await _tell_head(session, here, _("%(name)s has joined and agreed."), now)
    await homing.go_home(session, here, now)


async def _tell_head(session: AsyncSession, here: Listener, msgid: str, now: datetime) -> None:
    person = here.person
    if person is None:
        return
    study_class = await people.class_of(session, person.id, Role.LEARNER, now)
    if study_class:
        await reaching.tell_class_heads(session, study_class.id, msgid, now, name=person.name)


async def own(session: AsyncSession, person: Person, consent_id: int) -> Consent | None:
    """Find a consent that is this person's own to give."""
    consent = await session.get(Consent, consent_id)
    return consent if consent and consent.person_id == person.id else None
