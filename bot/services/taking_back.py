"""What was done to a meeting in a chat can be taken back for ten minutes: by a new entry (R8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import moving
from bot.services.moving import Told
from bot.services.refusing import Refusal
from bot.voice.buttons import Button, button
from bot.voice.listening import Listener
from db.models import Meeting
from db.queries import planning

LIVES = timedelta(minutes=10)
KIND = "undo"
PLAN, MOVE, CANCEL = "plan", "move", "cancel"


@dataclass(frozen=True)
class Offer:
    """The button that takes something back, and until when it does."""

    button: Button
    until: datetime


async def may_take_back(
    session: AsyncSession,
    here: Listener,
    act: str,
    meeting: Meeting,
    now: datetime,
    before: tuple[datetime, datetime, str] | None = None,
) -> Offer:
    """Note what was just done to a meeting and how it was before; offer to take it back."""
    until = now + LIVES
    kept = await planning.draft(session, here.account.id, KIND)
    kept = {key: one for key, one in kept.items() if _moment(one["until"]) > now}
    starts_at, ends_at, place = before or (meeting.starts_at, meeting.ends_at, meeting.place)
    kept[str(meeting.id)] = {
        "act": act,
        "revision": meeting.revision,
        "until": until.isoformat(),
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "place": place,
    }
    await planning.keep_draft(session, here.account.id, KIND, kept, now)
    return Offer(button("↩️", f"takeback:{meeting.id}:{meeting.revision}"), until)


async def take_back(
    session: AsyncSession,
    here: Listener,
    meeting: Meeting,
    revision: int,
    now: datetime,
    data: Path | None = None,
) -> Told:
    """Take back what this very account did to a meeting; all who were told are told again."""
    kept = await planning.draft(session, here.account.id, KIND)
    done = kept.pop(str(meeting.id), None)
    if done is None or here.person is None or done["revision"] != revision:
        raise Refusal(
            "这一步已经撤回过，或者后来又改过了。",
            "This was taken back already, or changed again since.",
            "outdated",
        )
    if now > _moment(done["until"]):
        raise Refusal("过了10分钟，撤不回了。", "Ten minutes are over.", "late")
    person = here.person
    if done["act"] == PLAN:
        unheard = not await planning.was_announced(session, meeting.id)
        told = await moving.cancel(
            session, person, meeting, "", now, revision, quietly=unheard, data=data
        )
    elif done["act"] == MOVE:
        times = _moment(done["starts_at"]), _moment(done["ends_at"])
        told = await moving.move(
            session, person, meeting, *times, done["place"], now, revision, data=data
        )
    else:
        told = await moving.restore(session, person, meeting, revision, now, data=data)
    await planning.keep_draft(session, here.account.id, KIND, kept, now)
    return told


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
