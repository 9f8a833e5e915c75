"""What people send besides texts: voice, photos, papers, places."""

from typing import Any

from bot.localchat.control.acting import speak
from bot.localchat.control.asking import content, person, place, text
from bot.localchat.converting import keep_photo, keep_voice
from bot.localchat.formatting import find_entities
from bot.localchat.refusals import ControlError
from bot.localchat.world import World

JSON = dict[str, Any]


async def voice(world: World, data: JSON, _: list[int]) -> JSON:
    """Send a voice note made from any recording."""
    who = person(world, data)
    chat = place(world, data, who)
    kept = await keep_voice(world.files, content(data, "audio"))
    said: JSON = {"voice": kept.media} | _origin(world, data)
    return speak(world, data, chat, who, said | _caption(data))


def _origin(world: World, data: JSON) -> JSON:
    """Return where a forwarded message comes from."""
    source = data.get("forward_from")
    if source in (None, ""):
        return {}
    origin: JSON = {"date": world.timestamp()}
    author = world.user(source) if isinstance(source, int) else None
    if author is None:
        origin |= {"type": "hidden_user", "sender_user_name": str(source)}
    else:
        origin |= {"type": "user", "sender_user": author}
    return {"forward_origin": origin, "forward_date": origin["date"]}


def _caption(data: JSON) -> JSON:
    words = str(data.get("caption") or "").strip()
    if not words:
        return {}
    entities = find_entities(words)
    return {"caption": words} | ({"caption_entities": entities} if entities else {})


async def photo(world: World, data: JSON, _: list[int]) -> JSON:
    """Send a photo, alone or as part of an album."""
    who = person(world, data)
    chat = place(world, data, who)
    kept = await keep_photo(world.files, content(data, "image"))
    said: JSON = {"photo": kept.media} | _caption(data) | _origin(world, data)
    if data.get("media_group_id"):
        said["media_group_id"] = str(data["media_group_id"])
    return speak(world, data, chat, who, said)


async def document(world: World, data: JSON, _: list[int]) -> JSON:
    """Send a file; a declared size stands for bytes that nobody needs."""
    who = person(world, data)
    chat = place(world, data, who)
    declared = data.get("declared_size")
    if declared is not None and not isinstance(declared, int):
        raise ControlError("declared_size must be a whole number")
    name = text(data, "file_name")
    sent = content(data, "file") if declared is None or data.get("file") else b""
    mime = str(data.get("mime_type") or "")
    kept = world.files.keep("document", sent, name=name, mime=mime, declared=declared)
    if kept.media is None:
        kept.media = kept.json() | {"mime_type": kept.mime, "file_name": name}
    return speak(world, data, chat, who, {"document": kept.media} | _caption(data))


async def location(world: World, data: JSON, _: list[int]) -> JSON:
    """Send where one is."""
    who = person(world, data)
    try:
        spot = {name: float(data[name]) for name in ("latitude", "longitude")}
    except (KeyError, TypeError, ValueError) as error:
        raise ControlError("latitude and longitude must be numbers") from error
    return speak(world, data, place(world, data, who), who, {"location": spot})


async def contact(world: World, data: JSON, _: list[int]) -> JSON:
    """Send one's own telephone number."""
    who = person(world, data)
    user = who.user
    names = {k: user[k] for k in ("first_name", "last_name") if k in user}
    card = {"phone_number": text(data, "phone_number"), "user_id": user["id"]} | names
    return speak(world, data, place(world, data, who), who, {"contact": card})


async def sticker(world: World, data: JSON, _: list[int]) -> JSON:
    """Send a sticker; it is known by its emoji alone."""
    who = person(world, data)
    emoji = str(data.get("emoji") or "🙂")
    kept = world.files.keep("sticker", emoji.encode(), name=f"{emoji}.webp", mime="image/webp")
    shape = kept.json() | {
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": emoji,
    }
    return speak(world, data, place(world, data, who), who, {"sticker": shape})


ROUTES = {
    ("POST", "voice"): voice,
    ("POST", "photo"): photo,
    ("POST", "document"): document,
    ("POST", "location"): location,
    ("POST", "contact"): contact,
    ("POST", "sticker"): sticker,
}
