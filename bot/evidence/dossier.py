"""Prints dossiers: facts in, PDF bytes out; the same facts give the same bytes anywhere."""

import io
import json
from datetime import datetime
from typing import Final

import segno
import typst

from bot.evidence.facts import Facts
from bot.evidence.glyphs import all_showable, covered, font_folder
from bot.evidence.words import TEMPLATES

STANDARD: Final = "a-2b"


class Press:
    """A Typst compiler that is kept warm between dossiers; one thread at a time."""

    def __init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[font_folder()],
        )
        self._compiler = typst.Compiler(
            TEMPLATES / "dossier.typ", root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True
        )
        self._font = covered()

    def dossier(self, facts: Facts, now: datetime) -> bytes:
        """Print one dossier (PDF/A-2b)."""
        shown = all_showable(facts, self._font)
        shown["ledger"]["digest"] = facts["ledger"]["digest"]
        pdf = self._compiler.compile(
            sys_inputs={
                "data": json.dumps(shown, ensure_ascii=False, sort_keys=True),
                "qr": qr_svg(facts["ledger"]["digest"]),
            },
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=int(now.timestamp()),
            pdf_tags=False,
        )
        if not isinstance(pdf, bytes):
            raise TypeError("a dossier is one file")
        return pdf


def qr_svg(text: str) -> str:
    """Draw a QR code that survives a crease and a stamp."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()
