"""What the corner codes of a sheet say: `M-<sheet>-<page>-<corner>-<signature>`.

Capitals and digits only, so that a QR code writes two of them in eleven bits and its modules
stay large enough for the photo that a chat has made small.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from typing import Final

from db.sealing import Key

PATTERN: Final = re.compile(
    r"M-(?P<sheet>[0-9]{1,13})-(?P<page>[0-9]{1,2})-(?P<corner>[0-3])-(?P<signature>[A-Z2-7]{16})"
)
SIGNED_BYTES: Final = 10


@dataclass(frozen=True)
class Printed:
    """A page of paper, as its codes name it."""

    sheet: int
    page: int


class ForgedError(Exception):
    """A code of the right form that this school did not sign."""


def payload(key: Key, printed: Printed, corner: int) -> str:
    """Return what one corner of a page says."""
    return f"M-{printed.sheet}-{printed.page}-{corner}-{_signature(key, printed)}"


def opened(key: Key, text: str) -> tuple[Printed, int] | None:
    """Return the page and the corner that a code names; None where it is no code of a sheet."""
    found = PATTERN.fullmatch(text)
    if found is None:
        return None
    printed = Printed(int(found["sheet"]), int(found["page"]))
    if not hmac.compare_digest(_signature(key, printed), found["signature"]):
        raise ForgedError
    return printed, int(found["corner"])


def _signature(key: Key, printed: Printed) -> str:
    said = f"m-{printed.sheet}-{printed.page}".encode()
    signed = hmac.digest(key.part("sheet"), said, "sha256")[:SIGNED_BYTES]
    return base64.b32encode(signed).decode()
