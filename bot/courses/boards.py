"""Things with words on them: signs, forms, papers, packets, screens."""

from collections.abc import Callable

from bot.courses.measures import line
from bot.courses.pictures import picture, split
from bot.courses.svg import BLUE, INK, LINE, SOFT, box, fitted, pictogram, span

PAPER_WHITE, CARTON = "#ffffff", "#c99a63"
SIDE = 128.0


def framed(text: str) -> str:
    """Draw words in a plain frame."""
    return (
        f'<rect x="2" y="22" width="124" height="84" rx="10" fill="{SOFT}" stroke="{LINE}" '
        'stroke-width="2.5"/>' + fitted(text, 8, 26, 112, 76, largest=60)
    )


def labelled(drawing: str, text: str) -> str:
    """Draw a scene with words below it."""
    return box(drawing, 20, 0, 88) + fitted(text, 0, 90, 128, 38, largest=34)


def button(text: str) -> str:
    """Draw a switch or a button with a word."""
    return (
        f'<rect x="6" y="14" width="116" height="100" rx="22" fill="{LINE}"/>'
        f'<rect x="6" y="8" width="116" height="98" rx="22" fill="{PAPER_WHITE}" stroke="{INK}" '
        'stroke-width="3"/>' + fitted(text, 16, 16, 96, 82, largest=72)
    )


def key(text: str) -> str:
    """Draw a key of a keyboard."""
    return (
        '<rect x="2" y="26" width="124" height="84" rx="12" fill="#9aa5ae"/>'
        '<rect x="8" y="24" width="112" height="72" rx="9" fill="#f4f6f8" stroke="#78848e" '
        'stroke-width="2"/>' + fitted(text, 14, 28, 100, 62, largest=52)
    )


def form(text: str, width: float = SIDE) -> str:
    """Draw a form with its boxes; the one with a star before its name glows."""
    names = text.split()
    height = 112 / len(names)
    inside, first = width - 20, (width - 20) * 0.48
    sheet = (
        f'<rect x="4" y="2" width="{width - 8}" height="124" rx="4" fill="{PAPER_WHITE}" '
        f'stroke="{LINE}" stroke-width="2.5"/>'
    )
    parts = [sheet]
    for index, name in enumerate(names):
        glows = name.startswith("*")
        y = 8 + index * height
        parts.append(
            f'<rect x="10" y="{y}" width="{inside}" height="{height - 4}" stroke="{INK}" '
            f'fill="{"#ffe680" if glows else "none"}" stroke-width="{3 if glows else 1.5}"/>'
            f'<path d="M{10 + first} {y} v{height - 4}" stroke="{INK}" stroke-width="1.5"/>'
            + fitted(name.lstrip("*"), 12, y + 1, first - 4, height - 6, largest=24)
        )
    return "".join(parts)


def paper(text: str, width: float = SIDE) -> str:
    """Draw a sheet with its lines."""
    lines = [one.strip() for one in text.split("|")]
    tall = len(lines) > 1
    top, height = (2, 124) if tall else (26, 76)
    left, inside = 12.0, width - 24
    needs = [max(1.0, span(one) * 14 / inside) for one in lines]
    parts, y = [], top + 5.0
    for one, need in zip(lines, needs, strict=True):
        share = (height - 10) * need / sum(needs)
        parts.append(fitted(one, left, y, inside, share - 3, largest=30 if tall else 44))
        y += share
    return (
        f'<rect x="5" y="{top}" width="{width - 10}" height="{height}" rx="3" '
        f'fill="{PAPER_WHITE}" stroke="{LINE}" stroke-width="2.5"/>{"".join(parts)}'
    )


def tall_paper(text: str) -> str:
    """Draw a sheet as narrow as a door."""
    return f'<g transform="translate(22 0)">{paper(text, 84)}</g>'


def phone(text: str) -> str:
    """Draw a phone with a message on it."""
    return (
        f'<rect x="16" y="1" width="96" height="126" rx="12" fill="{INK}"/>'
        '<rect x="21" y="12" width="86" height="102" rx="4" fill="#d9ecff"/>'
        f'<rect x="25" y="22" width="78" height="74" rx="9" fill="{PAPER_WHITE}"/>'
        '<path d="M34 94 l-4 14 l18 -14 z" fill="#ffffff"/>'
        + fitted(text, 29, 25, 70, 68, largest=26)
    )


def bottle(text: str) -> str:
    """Draw a bottle with a date on its label."""
    return (
        '<path d="M52 4 h24 v22 q18 8 18 26 v66 q0 8 -8 8 h-44 q-8 0 -8 -8 v-66 q0 -18 18 -26 z" '
        'fill="#cfe6d4" stroke="#4f7a5b" stroke-width="3"/>'
        '<rect x="50" y="1" width="28" height="11" rx="3" fill="#4f7a5b"/>'
        f'<rect x="16" y="56" width="96" height="44" rx="3" fill="{PAPER_WHITE}" stroke="{LINE}" '
        'stroke-width="2"/>' + fitted(text, 19, 58, 90, 40, largest=24)
    )


def pack(text: str) -> str:
    """Draw a sack or bag with words."""
    return (
        '<path d="M24 8 q40 10 80 0 l-6 14 q16 50 14 100 q-48 8 -96 0 q-2 -50 14 -100 z" '
        'fill="#efe3c8" stroke="#9c8452" stroke-width="3"/>'
        '<path d="M30 22 q34 8 68 0" fill="none" stroke="#9c8452" stroke-width="3"/>'
        + fitted(text, 24, 34, 80, 82, largest=40)
    )


def carton(text: str) -> str:
    """Draw a box with a label."""
    return (
        f'<rect x="4" y="18" width="120" height="104" rx="4" fill="{CARTON}" stroke="#7a5a30" '
        'stroke-width="3"/><rect x="54" y="18" width="20" height="24" fill="#e8d3a8"/>'
        f'<rect x="12" y="46" width="104" height="66" rx="3" fill="{PAPER_WHITE}"/>'
        + fitted(text, 16, 48, 96, 62, largest=36)
    )


def table(text: str, width: float = SIDE) -> str:
    """Draw a table: rows by a bar, cells by a space."""
    rows = [row.split() for row in text.split("|")]
    height = min(124 / len(rows), 42)
    top = 64 - height * len(rows) / 2
    parts = []
    for index, row in enumerate(rows):
        weights = [max(span(o[i]) for o in rows if i < len(o)) + 1 for i in range(len(row))]
        left = 0.0
        for cell, weight in zip(row, weights, strict=True):
            wide = width * weight / sum(weights)
            y = top + index * height
            parts.append(
                f'<rect x="{left}" y="{y}" width="{wide}" height="{height}" stroke="{INK}" '
                f'fill="{PAPER_WHITE}" stroke-width="1.5"/>'
                + fitted(cell, left + 2, y + 2, wide - 4, height - 4, largest=26)
            )
            left += wide
    return "".join(parts)


def price(text: str) -> str:
    """Draw a thing with the board of its price."""
    emoji, words_on = split(text)
    if not emoji:
        return framed(text)
    return (
        box(picture("".join(emoji)), 24, 0, 76)
        + f'<rect x="4" y="78" width="120" height="46" rx="6" fill="{BLUE}"/>'
        + fitted(words_on, 10, 81, 108, 40, PAPER_WHITE, 36)
    )


QR = (
    "1110110111",
    "1010001101",
    "1110110111",
    "0001011000",
    "1011100110",
    "0110010011",
    "0001101010",
    "1110110101",
    "1010011011",
    "1110100110",
)


def qr(text: str) -> str:
    """Draw a square like a QR code that leads nowhere, with words below."""
    dots = "".join(
        f'<rect x="{24 + 8 * x}" y="{4 + 8 * y}" width="8.2" height="8.2" fill="{INK}"/>'
        for y, line in enumerate(QR)
        for x, dot in enumerate(line)
        if dot == "1"
    )
    back = f'<rect x="18" y="0" width="92" height="90" fill="{PAPER_WHITE}"/>'
    return back + dots + fitted(text, 4, 92, 120, 34, largest=32)


def rows(text: str) -> str:
    """Draw rows of a thing: pictogram, rows, things in a row."""
    emoji, numbers = split(text)
    down, across = (int(part) for part in numbers.split())
    size = 128 / max(down, across)
    left, top = 64 - size * across / 2, 64 - size * down / 2
    return "".join(
        pictogram(emoji[0], left + column * size, top + row * size, size * 0.94)
        for row in range(down)
        for column in range(across)
    )


def heap(text: str) -> str:
    """Draw a heap of a thing: pictogram and how many."""
    emoji, number = split(text)
    left = int(number)
    width = 1
    while width * (width + 1) / 2 < left:
        width += 1
    size = min(128 / width, 46)
    parts = []
    for row in range(width, 0, -1):
        here = min(row, left)
        left -= here
        start = 64 - here * size / 2
        y = 124 - (width - row + 1) * size * 0.86
        parts += [pictogram(emoji[0], start + i * size, y, size) for i in range(here)]
    return "".join(parts)


def compare(text: str) -> str:
    """Draw a bag that weighs as much as the others."""
    first, *others = text.split()
    small = min(124 / len(others), 58)
    top = 64 - small * len(others) / 2
    bags = "".join(box(pack(one), 74, top + i * small, small) for i, one in enumerate(others))
    return box(pack(first), -4, 34, 62) + fitted("=", 55, 52, 18, 26, largest=30) + bags


WIDE: dict[str, Callable[[str, float], str]] = {
    "form": form,
    "paper": paper,
    "table": table,
    "line": line,
}
