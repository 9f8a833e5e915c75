"""Money as plain coloured slips with their numeral: never a copy of a note."""

from decimal import Decimal

from bot.courses.svg import words

COLOURS = {
    "100": "#c9434a",
    "50": "#3b8a58",
    "20": "#96683d",
    "10": "#3f73b5",
    "5": "#85589f",
    "1": "#7f8c3c",
}
COINS = {"0.5": ("5角", "#d9b24a"), "0.1": ("1角", "#b9c0c6")}
ALL = (*COLOURS, *COINS)
RATIO = 0.56


def slip(amount: str, x: float, y: float, width: float) -> str:
    """Draw a note, or a coin, as wide as a note would be."""
    height = width * RATIO
    if amount in COINS:
        text, colour = COINS[amount]
        middle, centre, radius = x + width / 2, y + height / 2, height / 2
        return (
            f'<circle cx="{middle}" cy="{centre}" r="{radius - 2}" fill="{colour}" '
            f'stroke="#7b6a35" stroke-width="{radius / 12}"/>'
            + words(text, middle, centre, radius * 0.78)
        )
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{width * 0.05}" '
        f'fill="{COLOURS[amount]}"/><rect x="{x + width * 0.04}" y="{y + width * 0.04}" '
        f'width="{width * 0.92}" height="{height - width * 0.08}" rx="{width * 0.03}" fill="none" '
        f'stroke="#ffffff" stroke-width="{width * 0.018}"/>'
        + words(f"{amount}元", x + width / 2, y + height / 2, width * 0.27, "#ffffff")
    )


def slips(
    amounts: list[str], x: float, y: float, width: float, height: float, largest: float = 230
) -> str:
    """Lay notes and coins out in rows, as large as a rectangle allows."""
    count = len(amounts)

    def size_in(columns: int) -> float:
        return min(width / columns, height / -(-count // columns) / (RATIO + 0.06), largest)

    columns = max(range(1, count + 1), key=lambda n: (size_in(n), n))
    size = size_in(columns)
    rows = -(-count // columns)
    columns = -(-count // rows)
    step = size * (RATIO + 0.06)
    top = y + (height - rows * step) / 2
    parts = []
    for index, amount in enumerate(amounts):
        row, column = divmod(index, columns)
        here = min(columns, count - row * columns)
        left = x + (width - here * size) / 2 + column * size
        parts.append(slip(amount, left + size * 0.03, top + row * step, size * 0.94))
    return "".join(parts)


def broken(amount: str) -> list[str]:
    """Make a sum of few notes and coins."""
    rest, found = Decimal(amount), []
    for note in ALL:
        while rest >= Decimal(note):
            rest -= Decimal(note)
            found.append(note)
    return found


def note(amount: str) -> str:
    """Draw one note or coin in a square."""
    return slip(amount, 0, 64 - 64 * RATIO, 128)


def notes(amounts: str) -> str:
    """Draw several notes and coins in a square."""
    return slips(amounts.split(), 0, 0, 128, 128, 128)
