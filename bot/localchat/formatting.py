"""Texts as Telegram reads them: entities found, lengths in UTF-16 units."""

import re

from bot.localchat.arguments import Args
from bot.localchat.html import Entity, parse_html
from bot.localchat.refusals import bad

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,!?;:)\]])"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})(?!\w)"
    r"|(?<!\w)(?P<hashtag>\#\w+)"
)


def length(text: str) -> int:
    """Return the length in UTF-16 units, as Telegram counts."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def find_entities(text: str) -> list[Entity]:
    """Return the commands, links, names and hashtags that Telegram finds by itself."""
    if not any(mark in text for mark in "/@#"):
        return []
    return [
        {
            "type": found.lastgroup,
            "offset": length(text[: found.start()]),
            "length": length(found[0]),
        }
        for found in _FOUND.finditer(text)
    ]


def read_text(args: Args, name: str, limit: int) -> tuple[str, list[Entity]]:
    """Return a text and its entities as they will stand in the message."""
    text = args.text(name)
    mode = args.text("parse_mode").lower()
    entities: list[Entity] = []
    if mode == "html":
        text, entities = parse_html(text)
    elif mode and mode != "none":
        raise bad("unsupported parse_mode")
    else:
        field = "entities" if name == "text" else f"{name}_entities"
        entities = [_whole(entity) for entity in args.records(field, "message entities")]
    text, entities = _trim(text, entities)
    if length(text) > limit:
        raise bad("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities]
    for entity in find_entities(text):
        if not any(start <= entity["offset"] < end for start, end in taken):
            entities.append(entity)
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return text, entities


def _whole(entity: Entity) -> Entity:
    places = entity.get("offset"), entity.get("length")
    if not all(isinstance(place, int) for place in places) or not entity.get("type"):
        raise bad("can't parse message entities JSON object")
    return entity


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    shorter = text.rstrip()
    text = shorter.lstrip()
    if not entities:
        return text, entities
    cut, end = length(shorter) - length(text), length(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] - cut + entity["length"], end)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return text, kept
