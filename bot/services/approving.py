"""A second speaker's ear: hears what others recorded, approves it or sends it back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, html, translate
from bot.language import N_ as _
from bot.services import asking, recording, voicing
from bot.services.keeping import Attachment, keep
from bot.services.reaching import listeners
from bot.services.voice_catalogue import language_of, number_of, words
from bot.voice.buttons import GREEN, RED, button
from bot.voice.listening import Listener
from bot.voice.saying import kept, tell
from db.models import Clip, ClipState, Person
from db.queries import booth

LONGEST_REASON = 200


async def begin(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Come into the booth: what waits for one's ear comes first."""
    if not await judge_next(session, here, now):
        await recording.begin(session, here, now)


async def judge_next(session: AsyncSession, here: Listener, now: datetime, after: int = 0) -> bool:
    """Play the next recording of somebody else; say whether there was one."""
    person = here.person
    if person is None:
        return False
    clip = await booth.to_judge(session, person.id, language_of(person.speaks), after)
    if clip is None:
        return False
    here.account.state = None
    asked = html(
        MANDARIN, _("Is this right and clear: “%(text)s”?"), text=words(clip.key, clip.language)
    )
    rows = [
        [button("✅", f"bok:{clip.id}", GREEN), button("❌", f"bback:{clip.id}", RED)],
        [
            button(translate(MANDARIN, _("Skip")), f"bqueue:{clip.id}"),
            button(translate(MANDARIN, _("Record")), "brecord"),
        ],
    ]
    recording.say(session, here, kept(clip.path), asked, rows, now)
    return True


async def own_ear(session: AsyncSession, here: Listener, clip_id: int) -> Clip | None:
    """Find a clip that this person may judge: of the same variety, not one's own, still open."""
    clip = await session.get(Clip, clip_id)
    person = here.person
    if (
        clip is None
        or person is None
        or clip.state is not ClipState.RECORDED
        or clip.speaker_id == person.id
        or clip.language != language_of(person.speaks)
    ):
        return None
    return clip


async def approve(session: AsyncSession, here: Listener, clip: Clip, now: datetime) -> None:
    """Approve a clip; learners hear it from now on."""
    clip.state, clip.decided_at = ClipState.APPROVED, now
    await _decided(session, here, clip, "clip.approved", now)
    await go_on(session, here, now)


def ask_reason(session: AsyncSession, here: Listener, clip: Clip, now: datetime) -> None:
    """Ask why a recording goes back."""
    here.account.state = f"back:{clip.id}"
    tell(session, here, _("Say in a voice message what is wrong with it."), now)


async def send_back(
    session: AsyncSession,
    here: Listener,
    clip: Clip,
    said: Attachment | None,
    text: str,
    now: datetime,
) -> None:
    """Send a recording back to its speaker with the reason, spoken or written."""
    person = here.person
    if said and (said.kind != "voice" or (fault := voicing.fault_of(said))):
        tell(session, here, fault if said.kind == "voice" else voicing.HOLD, now)
        return
    if person is None or (said is None and not text):
        tell(session, here, voicing.HOLD, now)
        return
    reason = await keep(session, said, person.id, now) if said else None
    clip.state, clip.decided_at = ClipState.RETURNED, now
    clip.reason_id = reason.id if reason else None
    text = text[:LONGEST_REASON]
    await _decided(session, here, clip, "clip.returned", now, reason=clip.reason_id, text=text)
    speaker = await session.get(Person, clip.speaker_id) if clip.speaker_id else None
    again = [[button("🔁", f"bredo:{number_of(clip.key)}")]]
    for place in await listeners(session, speaker) if speaker else ():
        msgid = _("%(name)s asks you to record it once more: “%(text)s”")
        values = {"name": person.name, "text": words(clip.key, clip.language)}
        tell(session, place, msgid, now, [] if reason or text else again, None, **values)
        if reason:
            await asking.pass_on(session, place, reason.id, "", again, now)
        elif text:
            recording.say(session, place, None, html(MANDARIN, "%(words)s", words=text), again, now)
    await go_on(session, here, now)


async def go_on(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Go on with the next recording, or with one's own once all are heard."""
    here.account.state = None
    if not await judge_next(session, here, now):
        tell(
            session,
            here,
            _("All recordings are heard. Thank you."),
            now,
            [[button(translate(MANDARIN, _("Record")), "brecord")]],
        )


async def _decided(
    session: AsyncSession, here: Listener, clip: Clip, kind: str, now: datetime, **more: object
) -> None:
    """Write down who decided; in the speaker's chain, or the approver's where nobody is known."""
    approver = here.person
    if approver is None:
        return
    clip.decided_by = approver.id
    owner = clip.speaker_id or approver.id
    await recording.note(session, owner, kind, clip, now, by=approver.id, **more)
