"""Own drawings of the store: boxes, marks, lifting, lanes, shelves."""

from bot.courses.svg import BLUE, INK, box, pictogram, words

CARTON, CARTON_EDGE = "#c99a63", "#7a5a30"
GREY, SKIN = "#78848e", "#f3d9bd"


def carton(x: float, y: float, size: float) -> str:
    """Draw a box."""
    return (
        f'<rect x="{x}" y="{y}" width="{size}" height="{size * 0.8}" fill="{CARTON}" '
        f'stroke="{CARTON_EDGE}" stroke-width="3"/><rect x="{x + size * 0.4}" y="{y}" '
        f'width="{size * 0.2}" height="{size * 0.24}" fill="#e8d3a8"/>'
    )


def sun_over_box() -> str:
    """Draw the mark “keep away from the sun”."""
    return pictogram("☀️", 34, 0, 60) + carton(26, 62, 76)


def lifting(*, straight: bool) -> str:
    """Draw somebody who lifts a box: squatting with a straight back, or bent."""
    limb = f'fill="none" stroke="{INK}" stroke-width="11" stroke-linecap="round" '
    limb += 'stroke-linejoin="round"'
    if straight:
        body = f'<path d="M44 40 l-6 40" {limb}/><path d="M38 80 l28 4 l-12 34 h14" {limb}/>'
        arms = f'<path d="M43 46 l20 26 l14 4" {limb} opacity="0.75"/>'
        head = f'<circle cx="48" cy="20" r="14" fill="{SKIN}" stroke="{INK}" stroke-width="3"/>'
        return f"{body}{head}{carton(70, 64, 50)}{arms}"
    body = f'<path d="M30 62 q20 -34 48 -20" {limb}/><path d="M30 62 l4 28 v28 h12" {limb}/>'
    arms = f'<path d="M74 44 l4 34" {limb} opacity="0.75"/>'
    head = f'<circle cx="94" cy="48" r="14" fill="{SKIN}" stroke="{INK}" stroke-width="3"/>'
    return f"{body}{head}{carton(62, 80, 50)}{arms}{pictogram('💥', 2, 26, 34)}"


def forklift() -> str:
    """Draw a forklift."""
    return (
        '<rect x="14" y="58" width="56" height="42" rx="6" fill="#f2b21c" stroke="#8f6a0c" '
        'stroke-width="3"/><path d="M22 58 v-34 h38 l8 34" fill="none" stroke="#39424a" '
        'stroke-width="6"/><circle cx="30" cy="104" r="14" fill="#39424a"/><circle cx="66" '
        f'cy="104" r="12" fill="#39424a"/><path d="M80 12 v98 h42" fill="none" stroke="{GREY}" '
        f'stroke-width="7"/>{carton(86, 66, 38)}'
    )


def trolley() -> str:
    """Draw a hand truck with a box."""
    return (
        f'<path d="M16 8 h16 l26 92 h56" fill="none" stroke="{BLUE}" stroke-width="8" '
        f'stroke-linecap="round"/><circle cx="56" cy="110" r="14" fill="#39424a"/>'
        f"{carton(56, 38, 62)}"
    )


def lanes(*, walking: bool) -> str:
    """Draw the lane for walking or the one for forklifts."""
    colour = "#2e7d32" if walking else "#f2b21c"
    inside = pictogram("🚶", 34, 30, 64) if walking else box(forklift(), 28, 28, 72)
    return (
        f'<rect x="4" y="4" width="120" height="120" fill="#dfe4e8"/><path d="M14 4 v120 M114 4 '
        f'v120" stroke="{colour}" stroke-width="10" stroke-dasharray="26 8"/>{inside}'
    )


def stack_mark(layers: str = "3") -> str:
    """Draw the mark that limits how many are stacked."""
    return (
        f'<rect x="4" y="4" width="120" height="120" fill="#ffffff" stroke="{INK}" '
        f'stroke-width="5"/><path d="M28 112 h72" stroke="{INK}" stroke-width="6"/>'
        f'<rect x="40" y="82" width="48" height="28" fill="none" stroke="{INK}" stroke-width="5"/>'
        f'<rect x="40" y="14" width="48" height="28" fill="none" stroke="{INK}" stroke-width="5" '
        f'stroke-dasharray="7 5"/>' + words(layers, 64, 62, 34)
    )


def shelf(*, top: bool) -> str:
    """Draw shelves with a heavy box on the upper or the lower board."""
    y = 14 if top else 72
    return (
        '<path d="M8 6 v118 M120 6 v118 M8 62 h112 M8 118 h112 M8 8 h112" stroke="#5b6670" '
        f'stroke-width="6"/>{carton(34, y, 56)}' + words("重", 62, y + 28, 26)
    )
