"""Own drawings of what is taken in hand: plugs, cords, modules, routers, lighters."""

from bot.courses.svg import BLUE, INK, box, fitted, pictogram
from bot.courses.workshop import battery, memory, multimeter, pliers, tower

SKIN, EDGE, COPPER, STEEL, GREY = "#ffca28", "#8a5a00", "#c8742c", "#c3ccd4", "#78848e"
PINS = (
    '<rect x="88" y="38" width="26" height="8" fill="#9aa5ae"/><rect x="88" y="60" width="32" '
    'height="8" fill="#9aa5ae"/><rect x="88" y="82" width="26" height="8" fill="#9aa5ae"/>'
)


def plug(*, bare: bool = False) -> str:
    """Draw a plug with its cord; bare copper shows where the cord goes in, or does not."""
    cord = f'<path d="M0 64 h{26 if bare else 40}" stroke="#39424a" stroke-width="20"/>'
    copper = "".join(
        f'<path d="M24 {y} h22" stroke="{COPPER}" stroke-width="5"/>' for y in (56, 64, 72) if bare
    )
    return (
        f'{PINS}{cord}{copper}<path d="M42 46 l16 -16 h32 v68 h-32 l-16 -16 z" fill="#f7f8f9" '
        f'stroke="{GREY}" stroke-width="4"/>'
    )


def cord() -> str:
    """Draw a power cord with its plug."""
    return (
        '<path d="M10 108 q60 24 60 -20 q0 -44 -48 -30 q-30 14 4 34 q40 16 60 -46" fill="none" '
        'stroke="#39424a" stroke-width="9" stroke-linecap="round"/>' + box(plug(), 66, 2, 62)
    )


def stripped(*, twisted: bool = False) -> str:
    """Draw a wire without its skin at the end, its copper loose or twisted."""
    loose = "".join(
        f'<path d="M72 64 q24 {4 * turn} 48 {8 * turn}" fill="none" stroke="{COPPER}" '
        'stroke-width="4"/>'
        for turn in (-3, -1.5, 0, 1.5, 3)
    )
    rope = f'<path d="M72 64 h48" stroke="{COPPER}" stroke-width="13" stroke-linecap="round"/>'
    turns = "".join(
        f'<path d="M{x} 70 l7 -12" stroke="#7d430f" stroke-width="3"/>' for x in range(76, 116, 9)
    )
    skin = f'<rect x="4" y="52" width="70" height="24" rx="6" fill="{BLUE}"/>'
    return (rope + turns if twisted else loose) + skin


def tape_and_stripper() -> str:
    """Draw wire strippers and insulating tape."""
    ring = (
        '<circle cx="94" cy="88" r="24" fill="none" stroke="#1a1a1a" stroke-width="17"/>'
        '<circle cx="94" cy="88" r="32" fill="none" stroke="#5b6670" stroke-width="2"/>'
    )
    return box(pliers(stripper=True), 0, 2, 92) + ring


def shed() -> str:
    """Draw a shed outside, under which scooters are charged."""
    return (
        '<path d="M2 34 L64 6 L126 34 z" fill="#8aa4b8" stroke="#5b6670" stroke-width="3"/>'
        '<path d="M12 34 v88 M116 34 v88" stroke="#5b6670" stroke-width="7"/>'
        + pictogram("🛵", 26, 54, 68)
        + pictogram("🔌", 82, 40, 30)
        + pictogram("🌳", 0, 84, 38)
    )


def stairwell() -> str:
    """Draw a scooter in a stairwell."""
    steps = "M60 122 h0 v-22 h18 v-22 h18 v-22 h18 v-22 h14 v88 z"
    return (
        '<rect width="128" height="128" fill="#e7e2d8"/>'
        f'<path d="{steps}" fill="#a59c8c" stroke="#6f6759" stroke-width="3"/>'
        + pictogram("🛵", 2, 62, 62)
        + pictogram("🔌", 6, 30, 30)
    )


def measured_cell() -> str:
    """Draw a small cell and the leads of a multimeter on its poles."""
    return (
        box(multimeter("?"), 20, 0, 88)
        + box(battery(), 28, 66, 72)
        + f'<path d="M34 84 q-20 20 -2 24" fill="none" stroke="{INK}" stroke-width="5"/>'
        '<path d="M94 84 q22 20 4 24" fill="none" stroke="#d32f2f" stroke-width="5"/>'
    )


def rice_stuck() -> str:
    """Draw grains of rice that stick under the inner pot."""
    grains = "".join(
        f'<ellipse cx="{x}" cy="106" rx="8" ry="4" fill="#ffffff" stroke="#9c8452" '
        'stroke-width="2"/>'
        for x in (40, 62, 86)
    )
    return (
        '<path d="M10 22 h108 v8 h-8 l-10 66 h-72 l-10 -66 h-8 z" fill="#c3ccd4" '
        f'stroke="#78848e" stroke-width="4"/>{grains}'
        '<rect x="20" y="112" width="88" height="10" rx="5" fill="#5b6670"/>'
    )


def held_module(*, edges: bool) -> str:
    """Draw fingers that hold a memory module at its edges, or at its golden pins."""
    look = f'fill="{SKIN}" stroke="{EDGE}" stroke-width="2.5"'
    module = f'<g transform="translate(0 24)">{memory(slot=False)}</g>'
    if edges:
        fingers = (
            f'<rect x="-10" y="48" width="24" height="36" rx="11" {look}/>'
            f'<rect x="114" y="48" width="24" height="36" rx="11" {look}/>'
        )
    else:
        fingers = "".join(
            f'<rect x="{x}" y="72" width="17" height="50" rx="8.5" {look}/>' for x in (36, 56, 76)
        )
    return module + fingers


def network_cable() -> str:
    """Draw a network cable and its plug."""
    wires = "".join(
        f'<rect x="{58 + i * 7}" y="22" width="4" height="16" fill="#f2c232"/>' for i in range(6)
    )
    return (
        '<path d="M76 92 q0 34 -40 28 q-40 -8 -26 -50" fill="none" stroke="#2a6fc9" '
        'stroke-width="12"/><rect x="50" y="18" width="54" height="60" rx="5" fill="#dfeaf2" '
        f'stroke="{GREY}" stroke-width="3"/>{wires}<rect x="64" y="76" width="24" height="20" '
        'fill="#b9c7d2"/>'
    )


def power_button(*, held: bool = False) -> str:
    """Draw the power button of a computer."""
    sign = (
        f'<circle cx="64" cy="64" r="54" fill="#39424a" stroke="{INK}" stroke-width="4"/>'
        '<path d="M46 46 a26 26 0 1 0 36 0 M64 34 v28" fill="none" stroke="#8df58d" '
        'stroke-width="9" stroke-linecap="round"/>'
    )
    return sign + (pictogram("👆", 62, 66, 60) if held else "")


def light_off() -> str:
    """Draw a computer whose light is out."""
    return tower().replace("#8df58d", "#1a1a1a")


def side_cover() -> str:
    """Draw the side of a case that comes off."""
    return box(tower(open_=True), 24, 2, 122) + (
        '<rect x="0" y="22" width="52" height="96" rx="3" fill="#5b6670" stroke="#1a1a1a" '
        'stroke-width="3"/><path d="M58 70 h-30 m12 -10 l-12 10 l12 10" fill="none" '
        'stroke="#ffffff" stroke-width="6"/>'
    )


def power_supply() -> str:
    """Draw the closed box of a computer's power supply."""
    return (
        '<rect x="8" y="24" width="112" height="84" rx="5" fill="#9aa5ae" stroke="#39424a" '
        'stroke-width="4"/><circle cx="48" cy="66" r="30" fill="#5b6670"/><path d="M48 36 v60 '
        'M18 66 h60 M27 45 l42 42 M69 45 l-42 42" stroke="#c3ccd4" stroke-width="3"/>'
        '<rect x="88" y="40" width="22" height="18" fill="#1a1a1a"/>' + pictogram("⚡", 84, 66, 32)
    )


def router(*, restarted: bool = False) -> str:
    """Draw a router and its lights, or its restart."""
    lights = "".join(
        f'<circle cx="{28 + i * 18}" cy="92" r="5.5" fill="{colour}"/>'
        for i, colour in enumerate(("#2ecc40", "#2ecc40", "#ff4136", "#ffb300"))
    )
    body = (
        '<path d="M22 74 V14 M106 74 V14" stroke="#39424a" stroke-width="8" '
        'stroke-linecap="round"/><rect x="6" y="72" width="116" height="40" rx="9" '
        f'fill="#f7f8f9" stroke="{GREY}" stroke-width="4"/>{lights}'
    )
    return body + (pictogram("🔄", 40, 10, 50) if restarted else pictogram("📶", 42, 14, 44))


def lighter() -> str:
    """Draw a cigarette lighter."""
    return (
        '<rect x="40" y="50" width="48" height="74" rx="8" fill="#1e88e5" stroke="#0d47a1" '
        'stroke-width="3"/><rect x="44" y="36" width="40" height="16" fill="#b9c0c6"/>'
        '<circle cx="76" cy="36" r="8" fill="#78848e"/>' + pictogram("🔥", 40, 0, 40)
    )


def torn_carton() -> str:
    """Draw a carton that is torn open at a corner."""
    return (
        '<rect x="6" y="24" width="116" height="94" rx="3" fill="#c99a63" stroke="#7a5a30" '
        'stroke-width="3"/><rect x="54" y="24" width="20" height="26" fill="#e8d3a8"/>'
        '<path d="M122 62 l-16 8 l6 10 l-22 2 l8 14 l-18 4 l12 18 h30 z" fill="#3a2a14"/>'
        '<path d="M106 70 l-10 -12 M90 82 l-16 -6 M80 100 l-16 4" stroke="#7a5a30" '
        'stroke-width="4"/>'
    )


def test_button() -> str:
    """Draw a finger on the test button of a leakage breaker."""
    return (
        f'<rect x="14" y="4" width="84" height="120" rx="8" fill="#eef1f4" stroke="{GREY}" '
        'stroke-width="4"/><rect x="38" y="18" width="36" height="50" fill="#39424a"/><rect '
        f'x="34" y="20" width="44" height="24" rx="4" fill="{BLUE}"/><circle cx="56" cy="92" '
        'r="18" fill="#f2b21c" stroke="#8f6a0c" stroke-width="4"/>'
        + fitted("T", 44, 80, 24, 24, largest=24)
        + pictogram("👆", 62, 76, 56)
    )
