"""Own drawings of the electric bench and of the computer."""

from bot.courses.svg import BLUE, INK, box, pictogram, words

STEEL, GREY, RED = "#c3ccd4", "#78848e", "#d32f2f"


def socket() -> str:
    """Draw a socket with three holes, seen from the front."""
    return (
        f'<rect x="6" y="6" width="116" height="116" rx="14" fill="#f7f8f9" stroke="{GREY}" '
        f'stroke-width="4"/><g fill="{INK}"><rect x="58" y="24" width="12" height="28"/>'
        '<rect x="26" y="74" width="12" height="30" transform="rotate(30 32 89)"/>'
        '<rect x="90" y="74" width="12" height="30" transform="rotate(-30 96 89)"/></g>'
    )


def hole(place: str) -> str:
    """Draw the socket with one hole marked."""
    x, y = {"top": (64, 38), "left": (32, 89), "right": (96, 89)}[place]
    mark = f'<circle cx="{x}" cy="{y}" r="25" fill="none" stroke="{RED}" stroke-width="7"/>'
    return socket() + mark


def wire(*colours: str) -> str:
    """Draw a wire in its colours, with bare copper at its end."""
    stripe = (
        f'<path d="M4 74 q34 -40 84 -14" fill="none" stroke="{colours[1]}" stroke-width="9"/>'
        if len(colours) > 1
        else ""
    )
    return (
        f'<path d="M4 74 q34 -40 84 -14" fill="none" stroke="{colours[0]}" stroke-width="24"/>'
        f"{copper_end()}{stripe}"
    )


def copper_end() -> str:
    """Draw the copper at the end of a wire."""
    return '<path d="M88 60 l34 20" stroke="#c8742c" stroke-width="11" stroke-linecap="round"/>'


def tester() -> str:
    """Draw a voltage tester pen."""
    return (
        '<g transform="rotate(-40 64 64)"><rect x="30" y="52" width="66" height="24" rx="8" '
        'fill="#f0a030" stroke="#8f5a0c" stroke-width="3"/><rect x="52" y="58" width="24" '
        f'height="12" fill="#ff6b5b"/><rect x="-6" y="60" width="38" height="8" fill="{GREY}"/>'
        f'<rect x="96" y="56" width="22" height="16" rx="4" fill="{STEEL}" stroke="{GREY}"/></g>'
    )


def pliers(*, stripper: bool = False) -> str:
    """Draw pointed pliers, or those that strip wires."""
    notch = f'<circle cx="64" cy="40" r="6" fill="{RED}"/>' if stripper else ""
    jaws = "M50 60 L58 6 L64 44 L70 6 L78 60 z" if not stripper else "M46 60 L50 14 h28 L82 60 z"
    return (
        f'<path d="{jaws}" fill="{STEEL}" stroke="{INK}" stroke-width="3"/>'
        '<path d="M56 64 q-30 20 -24 58 M72 64 q30 20 24 58" fill="none" stroke="#c62828" '
        f'stroke-width="14" stroke-linecap="round"/><circle cx="64" cy="60" r="13" fill="{GREY}" '
        f'stroke="{INK}" stroke-width="3"/>{notch}'
    )


def multimeter(shown: str = "0.00") -> str:
    """Draw a multimeter and its two leads."""
    return (
        '<rect x="26" y="4" width="76" height="112" rx="10" fill="#f2b21c" stroke="#8f6a0c" '
        'stroke-width="3"/><rect x="36" y="14" width="56" height="28" fill="#cfe3cf" '
        f'stroke="{INK}" stroke-width="2"/>'
        + words(shown, 64, 28, 20)
        + f'<circle cx="64" cy="68" r="20" fill="#39424a"/><path d="M64 68 v-17" stroke="#ffffff" '
        f'stroke-width="5"/><path d="M48 104 q-34 8 -44 22" fill="none" stroke="{INK}" '
        f'stroke-width="5"/><path d="M80 104 q34 8 44 22" fill="none" stroke="{RED}" '
        'stroke-width="5"/>'
    )


def breaker(*, on: bool = True) -> str:
    """Draw a main switch: up it is on, down it is off."""
    y = 34 if on else 66
    return (
        f'<rect x="22" y="4" width="84" height="120" rx="8" fill="#eef1f4" stroke="{GREY}" '
        f'stroke-width="4"/><rect x="46" y="30" width="36" height="66" fill="#39424a"/><rect '
        f'x="42" y="{y}" width="44" height="28" rx="4" fill="{BLUE}"/>'
        f'<circle cx="64" cy="112" r="6" fill="{"#2e7d32" if on else RED}"/>'
    )


def fuse(*, copper: bool = False) -> str:
    """Draw a fuse, or a piece of copper wire in its place."""
    middle = (
        '<path d="M30 64 q18 -20 34 0 t34 0" fill="none" stroke="#c8742c" stroke-width="9"/>'
        if copper
        else '<rect x="28" y="50" width="72" height="28" fill="#e6f3f8" stroke="#78848e" '
        'stroke-width="3"/><path d="M30 64 h68" stroke="#78848e" stroke-width="3"/>'
    )
    ends = "" if copper else '<rect x="8" y="46" width="24" height="36" rx="4" fill="#b9c0c6"/>'
    other = "" if copper else '<rect x="96" y="46" width="24" height="36" rx="4" fill="#b9c0c6"/>'
    return f"{middle}{ends}{other}"


def rice_cooker() -> str:
    """Draw a rice cooker."""
    return (
        '<path d="M16 52 h96 v50 q0 20 -20 20 h-56 q-20 0 -20 -20 z" fill="#f7f8f9" '
        'stroke="#78848e" stroke-width="4"/><path d="M14 52 q6 -36 50 -36 q44 0 50 36 z" '
        'fill="#d7dee4" stroke="#78848e" stroke-width="4"/><rect x="54" y="6" width="20" '
        'height="12" rx="5" fill="#39424a"/><rect x="44" y="74" width="40" height="34" rx="6" '
        'fill="#39424a"/><circle cx="64" cy="84" r="5" fill="#ff6b5b"/><rect x="54" y="94" '
        'width="20" height="8" rx="3" fill="#c3ccd4"/>'
    )


def inner_pot() -> str:
    """Draw the inner pot of a rice cooker, seen from below."""
    return (
        '<circle cx="64" cy="64" r="58" fill="#c3ccd4" stroke="#78848e" stroke-width="4"/>'
        '<circle cx="64" cy="64" r="38" fill="#d7dee4" stroke="#9aa5ae" stroke-width="3"/>'
        + "".join(
            f'<ellipse cx="{x}" cy="{y}" rx="6" ry="3.5" fill="#ffffff" stroke="#9c8452"/>'
            for x, y in ((50, 52), (76, 60), (60, 80))
        )
    )


def battery(*, bulging: bool = False) -> str:
    """Draw a cell with its poles, or a flat battery that bulges."""
    if bulging:
        return (
            '<path d="M24 40 q40 -34 80 0 v50 q-40 34 -80 0 z" fill="#5b6670" stroke="#1a1a1a" '
            'stroke-width="4"/>' + pictogram("⚠️", 42, 42, 44)
        )
    return (
        '<rect x="8" y="42" width="104" height="44" rx="6" fill="#2e7d32"/><rect x="76" y="42" '
        'width="36" height="44" rx="6" fill="#c8742c"/><rect x="112" y="54" width="10" '
        'height="20" rx="3" fill="#9aa5ae"/>'
        + words("+", 96, 62, 36, "#ffffff")
        + words("−", 26, 62, 36, "#ffffff")
    )


def tower(*, open_: bool = False) -> str:
    """Draw the case of a computer, shut or with its side open."""
    inside = (
        '<rect x="40" y="14" width="62" height="100" fill="#2e5e3a"/><rect x="48" y="22" '
        'width="24" height="24" fill="#c3ccd4"/><path d="M84 20 v52 M92 20 v52" stroke="#f2b21c" '
        'stroke-width="4"/><rect x="46" y="88" width="50" height="20" fill="#78848e"/>'
        if open_
        else '<rect x="42" y="18" width="44" height="8" fill="#78848e"/><rect x="42" y="32" '
        'width="44" height="8" fill="#78848e"/><circle cx="64" cy="66" r="9" fill="#8df58d"/>'
    )
    return (
        '<rect x="30" y="4" width="78" height="120" rx="5" fill="#39424a" stroke="#1a1a1a" '
        f'stroke-width="3"/>{inside}'
    )


def memory(*, turned: bool = False, fits: bool = True, slot: bool = True) -> str:
    """Draw a memory module above its slot: the notch meets the key, or it does not."""
    notch = 50 if fits and not turned else 74
    module = (
        f'<path d="M6 20 h116 v44 h-{116 - notch} v-10 h-8 v10 h-{notch - 8} z" fill="#2e7d32" '
        f'stroke="#14401a" stroke-width="2.5"/>'
        + "".join(
            f'<rect x="{14 + i * 26}" y="27" width="19" height="16" fill="#1a1a1a"/>'
            for i in range(4)
        )
        + "".join(
            f'<rect x="{8 + i * 6}" y="54" width="4" height="9" fill="#f2c232"/>'
            for i in range(19)
            if not notch - 8 < 8 + i * 6 < notch + 8
        )
    )
    if not slot:
        return module
    return module + (
        '<rect x="2" y="88" width="124" height="26" rx="3" fill="#5b6670"/><rect x="8" y="92" '
        'width="112" height="10" fill="#1a1a1a"/><rect x="46" y="86" width="8" height="16" '
        'fill="#f2c232"/>'
    )


def screw() -> str:
    """Draw a screw from above."""
    return (
        '<circle cx="64" cy="64" r="54" fill="#c3ccd4" stroke="#78848e" stroke-width="6"/>'
        '<path d="M64 30 v68 M30 64 h68" stroke="#39424a" stroke-width="13"/>'
    )


def screws(count: int) -> str:
    """Draw so many screws in two rows."""
    columns = -(-count // 2)
    size = 124 / max(columns, 2)
    return "".join(
        box(screw(), 2 + i % columns * size, 64 - size + i // columns * size, size * 0.9)
        for i in range(count)
    )


def power_strip() -> str:
    """Draw a power strip with its switch."""
    holes = "".join(
        f'<rect x="{x}" y="56" width="5" height="14" fill="{INK}"/><rect x="{x + 12}" y="56" '
        f'width="5" height="14" fill="{INK}"/>'
        for x in (40, 68, 96)
    )
    return (
        f'<rect x="4" y="44" width="120" height="38" rx="9" fill="#f7f8f9" stroke="{GREY}" '
        f'stroke-width="4"/><rect x="12" y="53" width="18" height="20" rx="3" fill="{RED}"/>{holes}'
    )
