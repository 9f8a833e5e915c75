"""HTML as Telegram reads it: tags become entities, anything else is refused."""

import re
from dataclasses import dataclass, field
from typing import Any

from bot.localchat.refusals import Refusal, bad

Entity = dict[str, Any]

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
}
# The attributes that count, and what their value must begin with.
_ATTRIBUTES = {
    ("a", "href"): "",
    ("tg-emoji", "emoji-id"): "",
    ("code", "class"): "language-",
    ("span", "class"): "tg-",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?")
_SPACES = " \t\r\n"


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    tag: str
    argument: str
    offset: int


@dataclass(slots=True)
class _Scan:
    """How far a text has been read."""

    source: str
    position: int = 0
    offset: int = 0
    plain: list[str] = field(default_factory=list)
    opened: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def peek(self, ahead: int = 0) -> str:
        """Return the next character, empty at the end."""
        return self.source[self.position + ahead : self.position + ahead + 1]

    def until(self, stops: str) -> str:
        """Read up to a stop character and return what was read."""
        start = self.position
        while self.position < len(self.source) and self.source[self.position] not in stops:
            self.position += 1
        return self.source[start : self.position]

    def skip(self) -> None:
        """Read over white space."""
        while self.position < len(self.source) and self.source[self.position] in _SPACES:
            self.position += 1


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Return the plain text and its entities, or refuse what Telegram refuses."""
    scan = _Scan(source)
    while scan.position < len(source):
        if scan.peek() != "<":
            _character(scan)
        elif scan.peek(1) == "/":
            _end_tag(scan)
        else:
            _start_tag(scan)
    if scan.opened:
        tag = scan.opened[-1].tag
        raise _broken(f'Can\'t find end tag corresponding to start tag "{tag}"')
    scan.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(scan.plain), scan.entities


def _broken(words: str) -> Refusal:
    return bad(f"can't parse entities: {words}")


def _character(scan: _Scan) -> None:
    found = _ENTITY.match(scan.source, scan.position) if scan.peek() == "&" else None
    decoded = _decode(found) if found is not None else ""
    piece = decoded or scan.peek()
    scan.position = found.end() if found is not None and decoded else scan.position + 1
    scan.plain.append(piece)
    scan.offset += 1 + (piece > "\uffff")


def _decode(found: re.Match[str]) -> str:
    """Return the character meant, empty when there is none such."""
    if found[3]:
        return _NAMED[found[3]]
    code = int(found[1], 16) if found[1] else int(found[2])
    try:
        character = chr(code)
        character.encode()
    except (ValueError, UnicodeEncodeError):
        return ""
    return character if code else ""


def _byte(scan: _Scan, position: int) -> int:
    return len(scan.source[:position].encode("utf-8", "surrogatepass"))


def _start_tag(scan: _Scan) -> None:
    at = _byte(scan, scan.position)
    scan.position += 1
    tag = scan.until(_SPACES + ">").lower()
    if not scan.peek():
        raise _broken(f"Unclosed start tag at byte offset {at}")
    if tag not in _TAGS:
        raise _broken(f'Unsupported start tag "{tag}" at byte offset {at}')
    argument = ""
    while True:
        scan.skip()
        if not scan.peek():
            raise _broken(f'Unclosed start tag "{tag}" at byte offset {at}')
        if scan.peek() == ">":
            break
        argument = _read_argument(scan, tag, at) or argument
    if tag == "span" and argument != "spoiler":
        raise _broken(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    scan.position += 1
    scan.opened.append(_Open(tag, argument, scan.offset))


def _read_argument(scan: _Scan, tag: str, at: int) -> str:
    """Read one attribute; return its value if it is the one that counts."""
    name = scan.until(_SPACES + "=>").lower()
    if not name:
        raise _broken(f'Empty attribute name in the tag "{tag}" at byte offset {at}')
    scan.skip()
    if scan.peek() != "=":
        return "expandable" if (tag, name) == ("blockquote", "expandable") else ""
    scan.position += 1
    scan.skip()
    if not scan.peek():
        raise _broken(f'Unclosed start tag "{tag}" at byte offset {at}')
    value = _quoted(scan, at) if scan.peek() in "\"'" else _token(scan)
    if (tag, name) == ("blockquote", "expandable"):
        return name
    prefix = _ATTRIBUTES.get((tag, name))
    return value.removeprefix(prefix) if prefix is not None and value.startswith(prefix) else ""


def _quoted(scan: _Scan, at: int) -> str:
    quote = scan.peek()
    scan.position += 1
    value = scan.until(quote)
    if not scan.peek():
        raise _broken(f"Unclosed start tag at byte offset {at}")
    scan.position += 1
    return _ENTITY.sub(lambda found: _decode(found) or found[0], value)


def _token(scan: _Scan) -> str:
    start = scan.position
    while scan.peek().isalnum() or scan.peek() in {".", "-"}:
        scan.position += 1
    if scan.peek() not in {*_SPACES, ">"}:
        raise _broken(f"Unexpected end of name token at byte offset {_byte(scan, start)}")
    return scan.source[start : scan.position].lower()


def _end_tag(scan: _Scan) -> None:
    at = _byte(scan, scan.position)
    if not scan.opened:
        raise _broken(f"Unexpected end tag at byte offset {at}")
    scan.position += 2
    name = scan.until(_SPACES + ">").lower()
    scan.skip()
    if scan.peek() != ">":
        raise _broken(f"Unclosed end tag at byte offset {at}")
    scan.position += 1
    last = scan.opened.pop()
    if name and name != last.tag:
        raise _broken(
            f'Unmatched end tag at byte offset {at}, expected "</{last.tag}>", found "</{name}>"'
        )
    if scan.offset > last.offset:
        entity = {"type": _TAGS[last.tag], "offset": last.offset}
        entity["length"] = scan.offset - last.offset
        _add(scan, entity, last)


def _add(scan: _Scan, entity: Entity, last: _Open) -> None:
    """Add an entity with what its tag said besides."""
    if last.tag == "a":
        link = _link(scan, last)
        if not link:
            return
        entity |= link
    elif last.tag == "tg-emoji":
        entity["custom_emoji_id"] = last.argument
    elif last.tag == "blockquote" and last.argument:
        entity["type"] = "expandable_blockquote"
    elif last.tag == "code" and last.argument and any(o.tag == "pre" for o in scan.opened):
        entity["language"] = last.argument
    elif last.tag == "pre" and scan.entities:
        # <pre><code class="language-…"> is one entity with a language.
        inner = scan.entities[-1]
        if inner["type"] == "code" and inner["length"] == entity["length"]:
            entity |= {k: v for k, v in inner.items() if k == "language"}
            scan.entities.pop()
    scan.entities.append(entity)


def _link(scan: _Scan, last: _Open) -> Entity:
    """Return where a link leads; empty when it leads nowhere."""
    units = "".join(scan.plain).encode("utf-16-le", "surrogatepass")
    url = last.argument or units[last.offset * 2 :].decode("utf-16-le", "surrogatepass")
    if url.startswith("tg://user?id="):
        person = {"id": int(url.removeprefix("tg://user?id=") or 0)}
        return {"type": "text_mention", "user": person | {"is_bot": False, "first_name": ""}}
    if "://" in url:
        return {"url": url}
    return {"url": f"http://{url}"} if "." in url else {}
