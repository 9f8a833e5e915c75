"""Own drawings that are composed of pictograms and plain shapes."""

from bot.courses.boards import form, pack, paper
from bot.courses.money import notes
from bot.courses.pictures import picture
from bot.courses.svg import BLUE, INK, box, fitted

Piece = tuple[str, float, float, float]  # what, left, top, size
GREEN, RED, GREY = "#1b8a3a", "#d32f2f", "#9aa5ae"
ARROW = (
    '<path d="M14 64 h88 m-34 -34 l34 34 l-34 34" fill="none" stroke="{}" stroke-width="16" '
    'stroke-linecap="round" stroke-linejoin="round"/>'
)


def arrow(colour: str, degrees: int = 0) -> str:
    """Draw an arrow to the right, turned clockwise."""
    return f'<g transform="rotate({degrees} 64 64)">{ARROW.format(colour)}</g>'


def body(x: float = 0, y: float = 0) -> str:
    """Draw the plain outline of a body, with a spot at one place if there is one."""
    outline = (
        f'<g fill="#f3d9bd" stroke="{INK}" stroke-width="3"><circle cx="64" cy="20" r="16"/>'
        '<path d="M46 40 h36 q10 0 12 12 l6 34 l-10 3 l-9 -30 v26 l4 40 h-16 l-5 -36 l-5 36 '
        'h-16 l4 -40 v-26 l-9 30 l-10 -3 l6 -34 q2 -12 12 -12 z"/></g>'
    )
    spot = f'<circle cx="{x}" cy="{y}" r="13" fill="{RED}" opacity="0.8"/>' if x else ""
    return outline + spot


def sun_at(x: float, *, rising: bool) -> str:
    """Draw the sun at the horizon, with the arrow of its way."""
    hills = '<path d="M0 92 q32 -34 64 -8 q32 -30 64 4 v40 h-128 z" fill="#5f9e5a"/>'
    way = "M{0} 40 v-28 m-12 12 l12 -12 l12 12" if rising else "M{0} 12 v28 m-12 -12 l12 12 l12 -12"
    return (
        f'<rect width="128" height="128" fill="{"#ffe9bd" if rising else "#f7c3a0"}"/>'
        f'<circle cx="{x}" cy="76" r="28" fill="{"#ffb300" if rising else "#e65100"}"/>{hills}'
        f'<path d="{way.format(x)}" stroke="{INK}" stroke-width="6" fill="none" '
        'stroke-linecap="round"/>'
    )


def directions(marked: str = "") -> str:
    """Draw a person from behind who faces the sunrise, and the way to one side or all four."""
    ways = {"东": (64, 20), "西": (64, 110), "北": (18, 66), "南": (110, 66)}
    shown = "".join(
        fitted(name, x - 16, y - 16, 32, 32, BLUE, 26)
        for name, (x, y) in ways.items()
        if not marked
    )
    turn = {"南": 0, "北": 180}.get(marked)
    way = (
        "" if turn is None else f'<svg x="{80 if turn == 0 else 0}" y="44" width="48" height="48" '
    )
    if turn is not None:
        way += f'viewBox="0 0 128 128">{arrow(RED, turn)}</svg>'
    return (
        '<path d="M22 40 q42 -44 84 0 z" fill="#ffb300"/>'
        f'<path d="M8 40 h112" stroke="#5f9e5a" stroke-width="6"/>{shown}'
        f'<circle cx="64" cy="60" r="12" fill="{INK}"/>'
        f'<path d="M44 100 q0 -28 20 -28 q20 0 20 28 z" fill="#1565c0"/>{way}'
    )


def exit_sign() -> str:
    """Draw the green sign of the way out."""
    return (
        f'<rect x="2" y="26" width="124" height="76" rx="6" fill="{GREEN}"/>'
        + fitted("安全出口", 8, 34, 112, 36, "#ffffff", 34)
        + '<path d="M34 84 h52 m-14 -11 l14 11 l-14 11" stroke="#ffffff" stroke-width="7" '
        'fill="none" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def door_way(colour: str, *, inward: bool) -> str:
    """Draw an arrow that goes into a door, or comes out of it."""
    x = 84 if inward else 4
    return (
        f'<rect x="{x}" y="12" width="40" height="112" fill="#7a4a1e"/>'
        f'<rect x="{x + 6}" y="18" width="28" height="106" fill="#ffe9bd"/>'
        f'<svg x="{20 if inward else 34}" y="30" width="80" height="80" viewBox="0 0 128 128">'
        f"{arrow(colour)}</svg>"
    )


def handling(*, up: bool) -> str:
    """Draw a carton with the two arrows of “this way up”."""
    turn = "" if up else ' transform="rotate(180 64 72)"'
    arrows = "".join(f"M{x} 104 v-46 m-15 16 l15 -18 l15 18 " for x in (42, 86))
    return (
        '<rect x="4" y="16" width="120" height="108" rx="4" fill="#c99a63" stroke="#7a5a30" '
        f'stroke-width="3"/><g{turn}><path d="{arrows}" stroke="{INK}" stroke-width="9" '
        f'fill="none" stroke-linecap="round"/><path d="M24 112 h80" stroke="{INK}" '
        'stroke-width="7"/></g>'
    )


def lying() -> str:
    """Draw somebody who lies on the ground."""
    return (
        '<rect x="0" y="104" width="128" height="10" fill="#b7a27a"/>'
        '<circle cx="24" cy="88" r="15" fill="#f0c9a0"/><path d="M10 82 q14 -18 28 0 z" '
        'fill="#c9ccd0"/><path d="M40 78 h42 q8 0 40 14 v12 h-84 z" fill="#4b6b8f"/>'
        + fitted("?", 50, 10, 40, 50, RED, 50)
    )


def forced_door() -> str:
    """Draw somebody who forces a door at night."""
    return (
        '<rect width="128" height="128" fill="#1d2c4a"/>'
        + picture_at("🌙", 4, 2, 34)
        + '<rect x="72" y="14" width="50" height="114" fill="#7a4a1e"/><rect x="78" y="20" '
        'width="38" height="108" fill="#c98b4b"/><circle cx="84" cy="76" r="4" fill="#ffe082"/>'
        '<g fill="#0a0f1a" stroke="#8fa3c8" stroke-width="2"><circle cx="34" cy="54" r="14"/>'
        '<path d="M14 128 q-2 -56 20 -58 q14 2 18 20 l20 -8 l3 9 l-28 14 q4 10 4 23 z"/></g>'
        '<path d="M58 96 L86 66" stroke="#c3ccd4" stroke-width="5" stroke-linecap="round"/>'
    )


def power_line() -> str:
    """Draw a line that fell to the ground, and somebody who keeps away."""
    return (
        '<path d="M18 124 V8 M4 22 h28" stroke="#7a4a1e" stroke-width="7"/>'
        f'<path d="M30 22 q4 70 40 96" fill="none" stroke="{INK}" stroke-width="4"/>'
        + picture_at("⚡", 52, 76, 46)
        + picture_at("🚶", 84, 20, 44)
        + f'<path d="M66 46 h20 m-8 -7 l9 7 l-9 7" stroke="{RED}" stroke-width="5" fill="none"/>'
    )


def picture_at(name: str, x: float, y: float, size: float) -> str:
    """Draw pictograms at a place."""
    return box(picture(name), x, y, size)


def composed(*pieces: Piece) -> str:
    """Put pictograms together."""
    return "".join(picture_at(*piece) for piece in pieces)


def thumbed_paper() -> str:
    """Draw a paper that waits for a red thumb."""
    lines = "".join(
        f'<path d="M14 {y} h70" stroke="{GREY}" stroke-width="5"/>' for y in (24, 42, 60)
    )
    return (
        f'<rect x="4" y="4" width="92" height="120" fill="#ffffff" stroke="{INK}" '
        f'stroke-width="3"/>{lines}<circle cx="74" cy="100" r="12" fill="{RED}"/>'
        + picture_at("👇", 60, 26, 66)
    )


def two_doors() -> str:
    """Draw a door that is pushed and a door that is pulled."""
    return "".join(
        f'<rect x="{x}" y="4" width="54" height="120" fill="#c98b4b" stroke="#7a4a1e" '
        f'stroke-width="3"/><rect x="{x + 9}" y="14" width="36" height="36" fill="#ffffff"/>'
        + fitted(word, x + 9, 14, 36, 36, largest=30)
        + f'<svg x="{x + 5}" y="64" width="44" height="44" viewBox="0 0 128 128">'
        f"{arrow(INK, turn)}</svg>"
        for x, word, turn in ((4, "推", -90), (70, "拉", 90))
    )


def big_and_small_dates() -> str:
    """Draw a calendar leaf with a large solar and a small lunar day."""
    return (
        f'<rect x="10" y="10" width="108" height="112" rx="8" fill="#ffffff" stroke="{INK}" '
        f'stroke-width="4"/><rect x="10" y="10" width="108" height="22" fill="{RED}"/>'
        + fitted("12", 20, 34, 88, 60, largest=66)
        + fitted("十月廿四", 30, 96, 68, 22, GREY, 18)
    )


def readable_signs() -> str:
    """Draw signs that can be read after the course."""
    places = ((0, 4, "厕所"), (66, 4, "医院"), (0, 48, "出口"), (66, 48, "车站"), (0, 92, "银行"))
    return "".join(
        f'<rect x="{x}" y="{y}" width="60" height="34" rx="4" fill="{BLUE}"/>'
        + fitted(word, x + 4, y + 2, 52, 30, "#ffffff", 26)
        for x, y, word in (*places, (66, 92, "学校"))
    )


def name_box() -> str:
    """Draw a form whose name box glows."""
    return form("*姓名 电话 日期")


def weights() -> str:
    """Draw ten small weights that make one jin."""
    small = "".join(
        f'<rect x="{4 + (i % 5) * 24.5}" y="{8 + i // 5 * 30}" width="21" height="24" rx="4" '
        f'fill="#78848e"/>'
        + fitted("1两", 4 + (i % 5) * 24.5, 10 + i // 5 * 30, 21, 20, "#ffffff", 14)
        for i in range(10)
    )
    return small + fitted("=", 48, 66, 32, 18, largest=24) + box(pack("1斤"), 42, 82, 46)


def handed(first: str, then: str, thing: str) -> str:
    """Draw one person who gives another a thing."""
    return (
        picture_at(first, 0, 0, 58)
        + picture_at(then, 70, 0, 58)
        + (box(notes(thing), 36, 64, 56) if thing[0].isdigit() else picture_at(thing, 40, 66, 48))
        + f'<path d="M22 118 h84 m-16 -11 l16 11 l-16 11" transform="translate(0 -4)" fill="none" '
        f'stroke="{BLUE}" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def change_back() -> str:
    """Draw ten that go over and two that come back."""
    return (
        box(notes("10"), 2, 4, 62)
        + box(arrow(BLUE), 70, 8, 50)
        + box(arrow(GREEN, 180), 8, 70, 50)
        + box(notes("1 1"), 64, 64, 62)
    )


def spread(papers: tuple[str, ...]) -> str:
    """Draw papers side by side."""
    size = 124 / len(papers)
    return "".join(
        box(paper(text), 2 + i * size, 64 - size / 2, size - 3) for i, text in enumerate(papers)
    )
