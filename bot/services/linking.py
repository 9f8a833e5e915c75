"""Deep links: `<kind>-<id>-<signature>`, at most 48 characters (storyboard 1.5).

Kinds: e enrolment card, s staff invitation, c come in from the class group, g bind a group,
w who is here for a meeting; q the code of the moment, `q-<meeting>-<window>-<signature>`.
"""

import hmac
import re

from db.sealing import Key

PATTERN = re.compile(r"^(?P<kind>[escgw])-(?P<id>[0-9]{1,13})-(?P<signature>[A-Za-z0-9_-]{22})$")

MOMENT = re.compile(r"^q-(?P<meeting>[0-9]{1,13})-(?P<window>[0-9]{1,10})-(?P<signature>.{22})$")


def payload(key: Key, kind: str, number: int) -> str:
    """Return the signed payload of a link."""
    return f"{kind}-{number}-{key.sign(f'{kind}-{number}')}"


def opened(key: Key, text: str) -> tuple[str, int] | None:
    """Return the kind and id of a payload that this school signed; None for any other."""
    found = PATTERN.match(text)
    if found is None:
        return None
    expected = key.sign(f"{found['kind']}-{found['id']}")
    if not hmac.compare_digest(expected, found["signature"]):
        return None
    return found["kind"], int(found["id"])


def moment_payload(key: Key, meeting_id: int, window: int) -> str:
    """Return the signed payload of the code of the moment."""
    words = f"q-{meeting_id}-{window}"
    return f"{words}-{key.sign(words)}"


def moment(key: Key, text: str) -> tuple[int, int] | None:
    """Return the meeting and the window of a moment's link; None for any other."""
    found = MOMENT.match(text)
    if found is None:
        return None
    expected = key.sign(f"q-{found['meeting']}-{found['window']}")
    if not hmac.compare_digest(expected, found["signature"]):
        return None
    return int(found["meeting"]), int(found["window"])


def start_url(username: str, text: str) -> str:
    """Return the link that opens the private chat with a payload."""
    return f"https://t.me/{username}?start={text}"


def group_url(username: str, text: str) -> str:
    """Return the link that adds the bot to a group, with the two rights that it needs."""
    return f"https://t.me/{username}?startgroup={text}&admin=pin_messages+delete_messages"
