"""What a message says of the file that it carries."""

from telegram import Message

from bot.services.keeping import Attachment


def attachment(message: Message | None) -> Attachment | None:
    """Return a message's voice, picture or file; None where it carries none."""
    if message is None:
        return None
    forwarded = message.forward_origin is not None
    voice = message.voice or message.video_note or message.audio
    if voice:
        return Attachment(
            "voice" if message.voice else "document",
            voice.file_id,
            voice.file_unique_id,
            voice.file_size or 0,
            int(voice.duration.total_seconds())
            if hasattr(voice.duration, "total_seconds")
            else int(voice.duration),
            getattr(voice, "mime_type", None) or "",
            forwarded,
        )
    if message.photo:
        largest = message.photo[-1]
        return Attachment(
            "photo",
            largest.file_id,
            largest.file_unique_id,
            largest.file_size or 0,
            mime="image/jpeg",
            forwarded=forwarded,
        )
    file = message.document or message.video
    if file:
        return Attachment(
            "document",
            file.file_id,
            file.file_unique_id,
            file.file_size or 0,
            mime=file.mime_type or "",
            forwarded=forwarded,
        )
    return None
