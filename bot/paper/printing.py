"""Prints sign-in sheets (签到表): facts in, PDF bytes out; the same facts give the same bytes."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import segno
import typst

from bot.evidence.glyphs import all_showable, covered, font_folder
from bot.paper import layout
from bot.paper.codes import Printed, payload
from db.sealing import Key

FOLDER: Final = Path(__file__).parent
HEADS: Final = ("序号", "姓名", "编号", "签字", "按手印", "备注")
PROMISE: Final = "本人到场后自己签字，不会写字的按手印，不得代签。请假、迟到写在备注栏。"
COUNTS: Final = "　　　".join(
    f"{word}＿＿＿人" for word in ("应到", "实到", "迟到", "请假", "缺席")
)
SIGNING: Final = ("授课教师（签字）：", "班主任（签字）：")


@dataclass(frozen=True)
class Line:
    """One row of the list; an empty one is left for who is on no list yet."""

    number: str
    name: str = ""
    register: str = ""


@dataclass(frozen=True)
class Page:
    """A page of paper with its rows."""

    printed: Printed
    pages: int
    rows: Sequence[Line]


@dataclass(frozen=True)
class Facts:
    """What stands on every page of a sheet."""

    title: str
    under: str
    fields: Sequence[tuple[str, str]]  # label, words


def print_sheet(facts: Facts, pages: Sequence[Page], key: Key, now: datetime) -> bytes:
    """Print the pages of one meeting as a PDF."""
    shown = all_showable(_data(facts, pages), covered())
    for page, drawn in zip(pages, shown["pages"], strict=True):
        drawn["codes"] = [
            _code(payload(key, page.printed, corner)) for corner in range(len(layout.CORNERS))
        ]
    pdf = typst.compile(
        FOLDER / "sheet.typ",
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(shown, ensure_ascii=False, sort_keys=True)},
        format="pdf",
        timestamp=int(now.timestamp()),
        pdf_tags=False,
    )
    if not isinstance(pdf, bytes):
        raise TypeError("a sheet is one file")
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """Read the font once."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()]
    )


def _data(facts: Facts, pages: Sequence[Page]) -> dict[str, Any]:
    return {
        "title": facts.title,
        "under": facts.under,
        "fields": [list(pair) for pair in facts.fields],
        "heads": list(HEADS),
        "promise": PROMISE,
        "counts": COUNTS,
        "signing": list(SIGNING),
        "layout": {
            "rows": layout.ROWS,
            "top": layout.TOP,
            "row": layout.ROW,
            "head": layout.HEAD,
            "code": layout.CODE,
            "columns": list(layout.COLUMNS),
            "corners": [list(spot) for spot in layout.CORNERS],
        },
        "pages": [
            {
                "page": page.printed.page,
                "pages": page.pages,
                "number": str(page.printed.sheet),
                "rows": [asdict(row) for row in page.rows],
            }
            for page in pages
        ],
    }


def _code(text: str) -> str:
    """Draw a corner code; the paper around it is its quiet zone."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False, version=2).save(
        drawn, kind="svg", border=0, xmldecl=False
    )
    return drawn.getvalue().decode()
