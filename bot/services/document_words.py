"""What is said of documents: how to take each, why a photo will not do, why it is sent back."""

from collections.abc import Mapping
from typing import Final

from bot.documents.kinds import Kind
from bot.documents.opening import Fault
from bot.language import N_ as _

LAY_FLAT = _("Lay it flat in good light and take all of it.")
ONE_FACE = _("I need one face, no hat, a plain wall behind.")
UNCLEAR = _("I cannot see it well. Turn it to the light and take it again.")
CUT = _("I do not see all of it. Put it on a dark table and take all four corners.")

HOW: Final[Mapping[tuple[str, int], str]] = {
    ("id_front", 1): _(
        "The ID card, the side with your picture. Lay it flat in good light and take all of it."
    ),
    ("id_back", 1): _(
        "The ID card, the side with the emblem. Lay it flat in good light and take all of it."
    ),
    ("household", 1): _(
        "The household book, the first page. Lay it flat in good light and take all of it."
    ),
    ("household", 2): _(
        "The household book, the page with your name. Lay it flat in good light and take all of it."
    ),
    ("portrait", 1): ONE_FACE,
}

FAULTS: Final[Mapping[Fault, str]] = {
    Fault.TOO_BIG: _("This file is too big for me. Please send a smaller one."),
    Fault.NO_PHOTO: _("This is no photo. Please take a photo and send it here."),
    Fault.LOST: _("The photo did not arrive. Please send it again."),
    Fault.TOO_SMALL: _("It is too small in the picture. Go closer and take it again."),
    Fault.UNCLEAR: UNCLEAR,
    Fault.GLARE: _("A light shines on it. Turn it a little and take it again."),
    Fault.NO_PAPER: CUT,
    Fault.NO_FACE: ONE_FACE,
    Fault.FACES: _("I see more than one face. Only one person, please. Take it again."),
}

# Why a document is sent back, by the number on its button.
REASONS: Final[Mapping[int, tuple[str, str]]] = {
    1: (_("Not clear"), UNCLEAR),
    2: (_("Not all of it"), CUT),
    3: (_("Another paper"), _("This is not the paper that is needed. Take the right one.")),
    4: (_("Out of date"), _("This paper is out of date. Get a new one first, then take it.")),
}


def how(kind: Kind, page: int) -> str:
    """Say how a photo of it is taken."""
    return HOW.get((kind.key, page), LAY_FLAT)


def picture_name(kind: Kind, page: int) -> str:
    """Return the name of the screen that shows it; those of staff have none."""
    return f"paper-{kind.key}-{page}" if kind.number else ""
