"""Pictures of the papers that a learner is asked for: both sides of a card, a book, a portrait."""

from bot.courses.svg import BLUE, LINE, badge, pictogram, plate

RED, PALE, SKIN, HAIR, WALL = "#b3261e", "#dceaf1", "#dfb18f", "#241c19", "#cfe3f2"


def _person(x: float, y: float, wide: float) -> str:
    """Draw head and shoulders in a frame 0.82 as wide as it is high."""
    high = wide / 0.82
    face = wide * 0.23
    return (
        f'<svg x="{x}" y="{y}" width="{wide}" height="{high}">'
        f'<rect width="{wide}" height="{high}" fill="{WALL}"/>'
        f'<ellipse cx="{wide / 2}" cy="{high * 1.06}" rx="{wide * 0.42}" ry="{high * 0.34}" '
        f'fill="#34426e"/>'
        f'<rect x="{wide / 2 - face * 0.4}" y="{high * 0.5}" width="{face * 0.8}" '
        f'height="{high * 0.26}" fill="{SKIN}"/>'
        f'<circle cx="{wide / 2}" cy="{high * 0.36}" r="{face * 1.16}" fill="{HAIR}"/>'
        f'<ellipse cx="{wide / 2}" cy="{high * 0.43}" rx="{face * 0.92}" ry="{face * 1.16}" '
        f'fill="{SKIN}"/></svg>'
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" fill="none" stroke="{LINE}" '
        'stroke-width="4"/>'
    )


def _lines(x: float, y: float, wide: float, count: int, step: float) -> str:
    """Draw writing that nobody needs to read."""
    return "".join(
        f'<rect x="{x}" y="{y + row * step}" width="{wide * (1 - 0.17 * (row % 3))}" '
        f'height="{step * 0.34}" rx="4" fill="#5d6b75"/>'
        for row in range(count)
    )


def id_front(x: float, y: float, wide: float) -> str:
    """Draw the side of an ID card with the picture."""
    high = wide * 54 / 85.6
    return (
        plate(x, y, wide, high, PALE, BLUE)
        + _lines(x + wide * 0.08, y + high * 0.16, wide * 0.42, 4, high * 0.14)
        + _lines(x + wide * 0.08, y + high * 0.82, wide * 0.7, 1, high * 0.14)
        + _person(x + wide * 0.64, y + high * 0.16, wide * 0.27)
    )


def id_back(x: float, y: float, wide: float) -> str:
    """Draw the side of an ID card with the emblem."""
    high = wide * 54 / 85.6
    middle = x + wide * 0.2, y + high * 0.32
    return (
        plate(x, y, wide, high, PALE, BLUE)
        + f'<circle cx="{middle[0]}" cy="{middle[1]}" r="{high * 0.2}" fill="{RED}"/>'
        + pictogram("⭐", middle[0] - high * 0.12, middle[1] - high * 0.13, high * 0.24)
        + _lines(x + wide * 0.4, y + high * 0.22, wide * 0.5, 2, high * 0.2)
        + _lines(x + wide * 0.3, y + high * 0.72, wide * 0.58, 1, high * 0.14)
    )


def household(x: float, y: float, wide: float, *, own: bool = False) -> str:
    """Draw a household book: its cover, or open at one's own page."""
    high = wide * 0.72
    if not own:
        return (
            plate(x, y, wide, high, RED, "#7d1813")
            + pictogram("🏠", x + wide * 0.34, y + high * 0.12, wide * 0.32)
            + f'<rect x="{x + wide * 0.22}" y="{y + high * 0.72}" width="{wide * 0.56}" '
            f'height="{high * 0.09}" rx="5" fill="#f2d58a"/>'
        )
    rows = "".join(
        f'<rect x="{x + wide * 0.08}" y="{y + high * (0.36 + 0.14 * row)}" '
        f'width="{wide * 0.84}" height="{high * 0.11}" fill="none" stroke="{LINE}" '
        'stroke-width="3"/>'
        for row in range(4)
    )
    return (
        plate(x, y, wide, high, "#fff8e2", "#7d1813")
        + pictogram("👤", x + wide * 0.38, y + high * 0.03, wide * 0.22)
        + rows
    )


def portrait(x: float, y: float, high: float) -> str:
    """Draw a portrait of the right size."""
    return _person(x, y, high * 0.82)


def all_four() -> str:
    """Draw the four papers with their numbers."""
    return (
        id_front(60, 60, 310)
        + id_back(450, 60, 310)
        + household(70, 345, 290)
        + portrait(515, 318, 250)
        + badge(1, 52, 56)
        + badge(2, 442, 56)
        + badge(3, 62, 344)
        + badge(4, 505, 332)
    )


def locked() -> str:
    """Draw a paper that is locked away, and yes and no as on the buttons."""
    return (
        id_front(70, 60, 330)
        + pictogram("🔒", 470, 40, 260)
        + plate(60, 372, 330, 204, "#e9f6ec", "#1b8a3a")
        + plate(410, 372, 330, 204, "#fdecec", "#c62828")
        + pictogram("✅", 145, 394, 160)
        + pictogram("❌", 495, 394, 160)
    )


def wanted(key: str) -> str:
    """Draw one paper large, with the phone that takes it."""
    drawn = {
        "id_front": id_front(60, 130, 480),
        "id_back": id_back(60, 130, 480),
        "household": household(60, 120, 470),
        "household-2": household(60, 120, 470, own=True),
        "portrait": portrait(120, 60, 480),
    }[key]
    return drawn + pictogram("📷", 575, 210, 190)
