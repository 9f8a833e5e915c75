"""A voice in the group while check-in is open: "I am here", said aloud (storyboard G10)."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import attending, own_meetings
from bot.services.keeping import SHORTEST, Attachment, keep
from bot.voice.listening import Listener
from bot.voice.saying import Way, to_chat
from db.models import How, Priority
from db.queries import people

NOTED = "👍"


async def hear_in_group(
    session: AsyncSession,
    here: Listener,
    chat_id: int,
    message_id: int,
    said: Attachment,
    now: datetime,
) -> bool:
    """Mark who spoke, and keep what was said; False where it is not for us to keep."""
    person = here.person
    study_class = await people.class_of_group(session, chat_id)
    if person is None or study_class is None or study_class.asks_code:
        return False
    meeting = await own_meetings.waiting_for(session, person, now, study_class.id)
    if meeting is None:
        return False
    if said.forwarded or said.too_big or said.seconds < SHORTEST:
        return False
    voice = await keep(session, said, person.id, now)
    made = await attending.check_in(
        session, person, meeting, now, How.VOICE, here.account.id, voice_id=voice.id
    )
    if made.mark_id is None:
        return False
    thumb = {"message_id": message_id, "reaction": [{"type": "emoji", "emoji": NOTED}]}
    way = Way(Priority.CHECKIN, purpose="noted", study_class_id=study_class.id)
    to_chat(session, chat_id, "setMessageReaction", thumb, now, way)
    return True
