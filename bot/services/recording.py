"""The recording booth (TE12): consent once, the next clip by need, recorded, heard back, kept."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import MANDARIN, SHANGHAI, html, translate
from bot.language import N_ as _
from bot.services import voice_files, voicing
from bot.services.keeping import Attachment, keep
from bot.services.reaching import listeners
from bot.services.reviewing import beside, count_unread
from bot.services.voice_catalogue import (
    Wording,
    language_of,
    number_of,
    numbered,
    open_to,
)
from bot.services.voice_files import UnusableError
from bot.voice.buttons import BLUE, GREEN, Keyboard, button, inline
from bot.voice.choosing_clips import SPOKEN
from bot.voice.listening import Listener
from bot.voice.saying import Way, kept, put, shipped, tell
from db import ledger
from db.models import Clip, Consent, ConsentState, Media, MediaState, Person, Priority
from db.queries import booth, notices
from db.session import Database

LOST = _("The recording did not arrive. Please say it again.")


async def begin(session: AsyncSession, here: Listener, now: datetime) -> None:
    """Come into the booth: choose a language and consent once, then record what is needed most."""
    consent = await booth.voice_consent(session, here.person.id) if here.person else None
    if consent is None or consent.state in {ConsentState.REFUSED, ConsentState.WITHDRAWN}:
        await voicing.ask_tongue(session, here, now)
    elif consent.state is ConsentState.ASKED:
        voicing.ask_consent(session, here, consent, now)
    else:
        await prompt(session, here, now)


async def hear_consent(
    session: AsyncSession, here: Listener, consent: Consent, said: Attachment | None, now: datetime
) -> None:
    """Take the spoken consent, then go on to the first clip."""
    if await voicing.hear_consent(session, here, consent, said, now):
        await prompt(session, here, now)


async def by_need(session: AsyncSession, person: Person) -> list[tuple[Wording, int]]:
    """Return what a speaker can record, most wanted first, then along a learner's path."""
    language = language_of(person.speaks)
    wanted = await booth.wanted(session, language)
    settled = await booth.settled(session, language, person.id)
    listed = (await open_to(session, language)).values()
    left = [(one, wanted.get(one.key, 0)) for one in listed if one.key not in settled]
    return sorted(left, key=lambda pair: -pair[1])


async def prompt(
    session: AsyncSession,
    here: Listener,
    now: datetime,
    *,
    again: int | None = None,
    after: int | None = None,
) -> None:
    """Ask for the next clip, for one `again`, or for the one `after` a clip that is passed over."""
    person = here.person
    if person is None:
        return
    if not await voicing.lends(session, person):
        await begin(session, here, now)
        return
    language = language_of(person.speaks)
    left = await by_need(session, person)
    if again is not None and (one := await numbered(session, again, language)):
        left = [(one, dict(left).get(one, 0))]
    chosen = _after(left, after)
    rows = await _beside(session, person)
    if chosen is None:
        here.account.state = None
        tell(session, here, _("Everything is recorded. Thank you."), now, rows)
        return
    wording, count = chosen
    number = number_of(wording.key)
    here.account.state = f"record:{number}"
    rows.insert(0, [button(translate(MANDARIN, _("Skip")), f"bskip:{number}")])
    words = html(
        MANDARIN,
        _("Please record in %(language)s: “%(text)s”. Wanted %(count)d times."),
        language=voicing.tongue_name(language),
        text=beside(wording, language),
        count=count,
    )
    say(session, here, await _model(session, wording), words, rows, now)


def _after(left: Sequence[tuple[Wording, int]], after: int | None) -> tuple[Wording, int] | None:
    """Return what follows a number, the first again after the last; None where all is done."""
    numbers = [number_of(one.key) for one, _count in left]
    start = numbers.index(after) + 1 if after in numbers else 0
    return left[start % len(left)] if left else None


async def _beside(session: AsyncSession, person: Person) -> Keyboard:
    """Return what else there is to do in the booth."""
    language = language_of(person.speaks)
    row = [button(f"🌐 {voicing.tongue_name(language)}", "btongue:0")]
    if waiting := await booth.count_to_judge(session, person.id, language):
        text = translate(MANDARIN, _("Listen to others (%(count)d)"), count=waiting)
        row.append(button(text, "bqueue:0"))
    if unread := await count_unread(session, language):
        text = translate(MANDARIN, _("Read Miao (%(count)d)"), count=unread)
        row.append(button(text, "bread:0"))
    return [row, [button(translate(MANDARIN, _("Take my voice back")), "bvoice:0")]]


async def _model(session: AsyncSession, wording: Wording) -> dict[str, str] | None:
    """Return the Mandarin that is played first: a person's, where there is one."""
    spoken = await booth.approved(session, wording.key, SPOKEN)
    if spoken:
        return kept(spoken.path)
    return shipped(wording.voice) if wording.voice and wording.voice.is_file() else None


def say(
    session: AsyncSession,
    here: Listener,
    voice: dict[str, str] | None,
    words: str,
    rows: Keyboard,
    now: datetime,
) -> None:
    """Say something with a voice, if there is one, the words under it."""
    payload: dict[str, Any] = {"parse_mode": "HTML", "reply_markup": inline(rows)}
    if voice:
        put(session, here, "sendVoice", payload | {"voice": voice, "caption": words}, now, Way())
    else:
        put(session, here, "sendMessage", payload | {"text": words}, now, Way())


async def take(
    session: AsyncSession, here: Listener, number: int, said: Attachment | None, now: datetime
) -> None:
    """Take a recording of the clip that was asked for; it is heard once its bytes are here."""
    if said is None or said.kind == "photo":
        tell(session, here, voicing.HOLD, now)
        return
    if fault := voicing.fault_of(said):
        tell(session, here, fault, now)
        return
    media = await keep(session, said, here.person.id if here.person else None, now)
    media.kind = f"{booth.RECORD}{number}"


async def hear_due(database: Database, data: Path, now: datetime) -> int:
    """Hear the recordings that have come, and play each back trimmed; return how many."""
    async with database.read() as session:
        waiting = await booth.unheard(session)
    for media in waiting:
        fault = await asyncio.to_thread(_hear, data, media)
        async with database.begin() as session:
            await _play_back(session, media.id, fault, data, now)
    if waiting:
        await asyncio.to_thread(voice_files.sweep, data, now)
    return len(waiting)


def _hear(data: Path, media: Media) -> str:
    """Trim a recording; return what is wrong with it, nothing if nothing is."""
    if media.state is not MediaState.STORED:
        return LOST
    try:
        voice_files.write_draft(data, media.id, media.path, media.seconds)
    except UnusableError as error:
        return error.msgid
    except FileNotFoundError:
        return LOST
    return ""


async def _play_back(
    session: AsyncSession, media_id: int, fault: str, data: Path, now: datetime
) -> None:
    """Let the speaker hear the recording, or what is wrong with it; once."""
    media = await session.get_one(Media, media_id, with_for_update=True)  # one process answers
    word, _colon, digits = media.kind.partition(":")
    if f"{word}:" != booth.RECORD or media.person_id is None:
        return
    media.kind = "voice"
    speaker = await session.get_one(Person, media.person_id)
    places = await listeners(session, speaker)
    there = [one for one in places if (one.account.state or "").startswith(booth.RECORD)]
    rows = [
        [
            button("👍", f"bkeep:{media.id}:{digits}", GREEN),
            button("🔁", f"bredo:{digits}"),
            button(translate(MANDARIN, _("Skip")), f"bskip:{digits}"),
        ]
    ]
    for place in there or places:
        if fault:
            tell(session, place, fault, now)
        else:
            voice = kept(voice_files.draft(data, media.id).relative_to(data).as_posix())
            say(session, place, voice, html(MANDARIN, _("Listen. Keep it?")), rows, now)


async def keep_clip(
    session: AsyncSession, here: Listener, media: Media, number: int, data: Path, now: datetime
) -> bool:
    """Keep a recording as a new version of its clip, and ask for the next."""
    person = here.person
    path = voice_files.draft(data, media.id)
    if person is None or media.person_id != person.id or not path.is_file():
        return False
    if not await voicing.lends(session, person):
        return False
    language = language_of(person.speaks)
    wording = await numbered(session, number, language)
    if wording is None:
        return False
    content = path.read_bytes()
    place, digest = voice_files.lay(data, content)
    if await booth.same(session, wording.key, language, digest, person.id) is None:
        clip = Clip(
            key=wording.key,
            language=language,
            version=await booth.newest_version(session, wording.key, language) + 1,
            path=place,
            sha256=digest,
            milliseconds=voice_files.milliseconds(content),
            speaker_id=person.id,
            recorded_at=now,
        )
        session.add(clip)
        await session.flush()
        await note(session, person.id, "clip.recorded", clip, now)
        await _call_others(session, person, language, now)
    left = len(await by_need(session, person))
    tell(session, here, _("Kept. A second speaker will listen. %(left)d to go."), now, left=left)
    await prompt(session, here, now)
    return True


async def _call_others(
    session: AsyncSession, speaker: Person, language: str, now: datetime
) -> None:
    """Tell those who could judge that something waits for their ear, once a day."""
    rows = [[button(translate(MANDARIN, _("Listen")), "bqueue:0", BLUE)]]
    for person in await booth.second_speakers(session, speaker.id, now):
        if language_of(person.speaks) != language:
            continue
        for place in await listeners(session, person):
            key = f"booth:{place.account.id}:{now.astimezone(SHANGHAI):%Y%m%d}"
            if not await notices.exists(session, key):
                way = Way(Priority.BROADCAST, key, purpose="notice")
                msgid = _("A recording waits for a second speaker. Please listen.")
                tell(session, place, msgid, now, rows, way)


async def note(
    session: AsyncSession, person_id: int, kind: str, clip: Clip, now: datetime, **more: object
) -> None:
    """Write down what became of a clip."""
    await ledger.record(
        session,
        person_id,
        kind,
        now,
        clip=clip.id,
        key=clip.key,
        language=clip.language,
        version=clip.version,
        sha256=clip.sha256,
        **more,
    )
