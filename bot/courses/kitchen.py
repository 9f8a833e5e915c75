"""Own drawings of the kitchen: what is cut, how it is held, what is on the fire."""

from bot.courses.svg import INK, box, pictogram

STEEL, WOOD, DARK, POTATO, SKIN, EDGE = (
    "#c3ccd4",
    "#d9a866",
    "#8a5a2b",
    "#f2d675",
    "#ffca28",
    "#8a5a00",
)
CUTS = {
    "slices": [
        f'<ellipse cx="{x}" cy="{y}" rx="22" ry="16" fill="{POTATO}" stroke="#a58a2e" '
        'stroke-width="3"/>'
        for x, y in ((34, 52), (62, 62), (92, 54), (48, 84), (80, 88))
    ],
    "shreds": [
        f'<rect x="{x}" y="{y}" width="50" height="6" rx="3" fill="{POTATO}" stroke="#a58a2e" '
        f'stroke-width="1.5" transform="rotate({turn} {x + 25} {y})"/>'
        for x, y, turn in (
            (20, 50, 12),
            (52, 44, -14),
            (30, 62, -6),
            (60, 62, 20),
            (24, 76, 8),
            (56, 80, -10),
            (40, 90, 4),
            (64, 94, 14),
        )
    ],
    "dice": [
        f'<rect x="{x}" y="{y}" width="15" height="15" rx="2" fill="{POTATO}" stroke="#a58a2e" '
        'stroke-width="2.5"/>'
        for x, y in (
            (24, 48),
            (46, 44),
            (70, 48),
            (92, 44),
            (32, 68),
            (56, 66),
            (80, 70),
            (44, 88),
            (68, 90),
        )
    ],
    "chunks": [
        f'<path d="M{x} {y} l22 -8 l14 14 l-8 20 l-24 2 z" fill="{POTATO}" stroke="#a58a2e" '
        'stroke-width="3"/>'
        for x, y in ((22, 56), (66, 50), (30, 90), (74, 84))
    ],
}


def board(content: str = "") -> str:
    """Draw a cutting board with something on it."""
    return (
        f'<rect x="2" y="26" width="124" height="88" rx="10" fill="{WOOD}" stroke="{DARK}" '
        f'stroke-width="3"/><circle cx="114" cy="38" r="5" fill="#ffffff"/>{content}'
    )


def cut(kind: str) -> str:
    """Draw what is cut: slices, shreds, dice or chunks."""
    return board("".join(CUTS[kind]))


def holding(*, curled: bool) -> str:
    """Draw, from the side, the hand beside a knife: fingers curled back, or flat below it."""
    look = f'fill="{SKIN}" stroke="{EDGE}" stroke-width="3" stroke-linejoin="round"'
    knife = (
        f'<rect x="{78 if curled else 74}" y="26" width="7" height="70" fill="{STEEL}" '
        f'stroke="{INK}" stroke-width="2"/><rect x="{74 if curled else 70}" y="2" width="15" '
        f'height="26" rx="5" fill="{DARK}"/>'
    )
    food = f'<ellipse cx="84" cy="96" rx="38" ry="14" fill="{POTATO}" stroke="#a58a2e"/>'
    plank = f'<rect x="2" y="104" width="124" height="16" rx="5" fill="{WOOD}"/>'
    if curled:
        hand = f'<path d="M0 36 h38 q34 2 36 26 l-4 28 q-7 9 -14 0 l-1 -18 q-20 8 -55 6 z" {look}/>'
        return f"{plank}{food}{hand}{knife}"
    hand = f'<path d="M0 56 h42 l62 18 q10 8 -2 13 h-42 q-30 2 -60 -2 z" {look}/>'
    return f"{plank}{food}{hand}{knife}"


def wok(content: str = "", *, lid: bool = False, flame: bool = True) -> str:
    """Draw a wok on the fire, with its lid or something in it."""
    cover = (
        f'<path d="M18 58 q46 -46 92 0 z" fill="{STEEL}" stroke="{INK}" stroke-width="3"/>'
        f'<circle cx="64" cy="32" r="6" fill="{DARK}"/>'
        if lid
        else ""
    )
    fire = pictogram("🔥", 48, 94, 34) if flame else ""
    return (
        f'{fire}{content}<path d="M14 58 h100 q-8 40 -50 40 q-42 0 -50 -40 z" fill="#39424a"/>'
        f'<path d="M2 58 h124" stroke="{INK}" stroke-width="6" stroke-linecap="round"/>{cover}'
    )


def pot_lid() -> str:
    """Draw a lid."""
    return (
        f'<path d="M8 92 q56 -78 112 0 z" fill="{STEEL}" stroke="{INK}" stroke-width="4"/>'
        f'<rect x="2" y="90" width="124" height="10" rx="5" fill="#8d99a5"/>'
        f'<circle cx="64" cy="44" r="10" fill="{DARK}"/>'
    )


def basin() -> str:
    """Draw a basin of water."""
    return (
        '<path d="M6 50 h116 l-18 62 h-80 z" fill="#e57373" stroke="#8e3b3b" stroke-width="3"/>'
        '<ellipse cx="64" cy="50" rx="58" ry="14" fill="#7cc4f2" stroke="#8e3b3b" '
        'stroke-width="3"/>'
    )


def valve(*, closed: bool) -> str:
    """Draw the valve of a gas pipe: across the pipe it is closed."""
    turn = 90 if closed else 0
    return (
        '<rect x="0" y="70" width="128" height="24" fill="#d9b24a" stroke="#7b6a35" '
        'stroke-width="3"/><circle cx="64" cy="82" r="20" fill="#9aa5ae" stroke="#5b6670" '
        f'stroke-width="3"/><g transform="rotate({turn} 64 82)"><rect x="56" y="75" width="66" '
        'height="14" rx="7" fill="#d32f2f"/></g>'
    )


def stove(*, off: bool) -> str:
    """Draw a cooker and its knob."""
    turn, fire = (0, "") if off else (60, pictogram("🔥", 40, 8, 48))
    return (
        f'{fire}<rect x="6" y="54" width="116" height="66" rx="8" fill="#5b6670"/>'
        '<rect x="28" y="46" width="72" height="10" rx="5" fill="#39424a"/>'
        f'<circle cx="64" cy="90" r="20" fill="#eef1f4" stroke="{INK}" stroke-width="3"/>'
        f'<g transform="rotate({turn} 64 90)"><path d="M64 92 v-18" stroke="#d32f2f" '
        'stroke-width="7" stroke-linecap="round"/></g>'
    )


def gas_bottle() -> str:
    """Draw a bottle of gas with its valve."""
    return (
        '<rect x="32" y="38" width="64" height="84" rx="22" fill="#90a4ae" stroke="#455a64" '
        'stroke-width="3"/><rect x="54" y="18" width="20" height="22" fill="#78848e"/>'
        '<rect x="44" y="8" width="40" height="12" rx="6" fill="#d32f2f"/>'
    )


def bean_curd() -> str:
    """Draw blocks of bean curd on a board."""
    blocks = "".join(
        f'<path d="M{x} {y} l14 -12 h38 v28 l-14 12 h-38 z" fill="#fdf6df" stroke="#b8a878" '
        f'stroke-width="2.5"/><path d="M{x} {y} h38 l14 -12 m-14 12 v28" fill="none" '
        'stroke="#b8a878" stroke-width="2.5"/>'
        for x, y in ((12, 54), (66, 54), (40, 30))
    )
    plank = f'<rect x="2" y="84" width="124" height="14" rx="5" fill="{WOOD}"/>'
    return f"{plank}{blocks}"


def oil_bottle() -> str:
    """Draw a bottle of cooking oil."""
    return (
        '<path d="M50 8 h28 v20 q22 10 22 34 v52 q0 10 -10 10 h-52 q-10 0 -10 -10 v-52 '
        'q0 -24 22 -34 z" fill="#f2c232" stroke="#9a7a10" stroke-width="3"/>'
        '<rect x="46" y="2" width="36" height="14" rx="4" fill="#d32f2f"/>'
        '<rect x="34" y="66" width="60" height="38" rx="4" fill="#ffffff"/>'
        '<path d="M64 70 q-14 18 0 28 q14 -10 0 -28 z" fill="#f2c232"/>'
    )


def beans(*, soft: bool) -> str:
    """Draw green beans on a plate: cooked soft and dull, or still bright."""
    colour, bend = ("#7f8a45", 18) if soft else ("#3fae3f", 2)
    pods = "".join(
        f'<path d="M{24 + i * 4} {54 + i * 10} q36 {bend} 72 {-4 + i}" stroke="{colour}" '
        'stroke-width="8" fill="none" stroke-linecap="round"/>'
        for i in range(4)
    )
    steam = pictogram("♨️", 46, 0, 38) if soft else ""
    plate = '<ellipse cx="64" cy="76" rx="62" ry="38" fill="#ffffff" stroke="#9aa5ae"/>'
    return f"{plate}{pods}{steam}"


def two_boards() -> str:
    """Draw one board for raw and one for cooked."""
    return box(board(pictogram("🥩", 34, 36, 62)), 0, 0, 66) + box(
        board(pictogram("🥬", 34, 36, 62)), 62, 60, 66
    )


def trays() -> str:
    """Draw three trays of ten eggs, and four eggs beside them."""
    full = "".join(
        f'<rect x="2" y="{2 + i * 32}" width="124" height="29" rx="5" fill="#d9c7a4" '
        'stroke="#9c8452" stroke-width="1.5"/>'
        + "".join(
            pictogram("🥚", 6 + k % 5 * 23.5, 3 + i * 32 + k // 5 * 13.5, 13.5) for k in range(10)
        )
        for i in range(3)
    )
    return full + "".join(pictogram("🥚", 14 + i * 26, 101, 24) for i in range(4))


def groceries() -> str:
    """Draw rice, oil and salt."""
    rice, salt = pictogram("🍚", 0, 10, 62), pictogram("🧂", 36, 66, 60)
    return rice + salt + box(oil_bottle(), 68, 2, 60)
