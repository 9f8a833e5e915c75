"""A file in a request, new or known, into what a message shows of it."""

import asyncio
from typing import Any

from bot.localchat.arguments import Args, Upload
from bot.localchat.converting import is_opus, keep_photo, measure, opus_seconds
from bot.localchat.media import Files, Kept
from bot.localchat.refusals import bad

JSON = dict[str, Any]

VOICE_LIMIT = 1024 * 1024
_NOUNS = {
    "photo": "photo",
    "voice": "voice",
    "audio": "audio",
    "animation": "animation",
    "document": "document",
}


async def accept(files: Files, args: Args, given: str, kind: str, details: JSON) -> JSON:
    """Return the message's field for a file that was uploaded or is known by its id."""
    upload = args.files.get(given.removeprefix("attach://")) if given else args.files.get(kind)
    if upload is None:
        return _known(files, given, kind)
    if not upload.data:
        raise bad("file must be non-empty")
    if kind == "photo":
        return {"photo": (await keep_photo(files, upload.data)).media}
    kept = await _keep(files, upload, kind, details)
    return field(kept)


def field(kept: Kept) -> JSON:
    """Return a kept file as a message's field."""
    if kept.kind == "animation":
        plain = {k: v for k, v in kept.media.items() if k not in {"width", "height", "duration"}}
        return {"animation": kept.media, "document": plain}
    return {kept.kind: kept.media}


def _known(files: Files, given: str, kind: str) -> JSON:
    if not given:
        raise bad(f"there is no {_NOUNS.get(kind, 'media')} in the request")
    if given.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    return field(files.find(given, kind))


async def _keep(files: Files, upload: Upload, kind: str, details: JSON) -> Kept:
    """Keep an upload as what Telegram makes of it."""
    data = upload.data
    # Sound that is no small OGG/Opus arrives as a file, whatever the bot called it.
    if kind == "voice" and not (is_opus(data) and len(data) <= VOICE_LIMIT):
        kind = "audio" if upload.mime in {"audio/mpeg", "audio/mp4"} else "document"
    mime = upload.mime
    if kind == "voice":
        mime = "audio/ogg"
    elif mime == "application/octet-stream":
        mime = ""
    kept = files.keep(kind, data, name=upload.name, mime=mime)
    if kept.media is None:
        kept.media = await _describe(kept, upload, details)
    return kept


async def _describe(kept: Kept, upload: Upload, details: JSON) -> JSON:
    shown = kept.json() | {"mime_type": kept.mime}
    if kept.kind != "voice" and upload.name:
        shown["file_name"] = upload.name
    if kept.kind == "voice":
        shown["duration"] = opus_seconds(upload.data)
    elif kept.kind in {"audio", "animation"}:
        shown |= await asyncio.to_thread(measure, upload.data)
        if kept.kind == "audio":
            shown = {k: v for k, v in shown.items() if k not in {"width", "height"}}
            shown |= {k: details[k] for k in ("performer", "title") if details.get(k)}
        else:
            shown = {"width": 0, "height": 0} | shown
    if str(details.get("duration") or "").isdigit():
        shown["duration"] = int(details["duration"])
    return shown
