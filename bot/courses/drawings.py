"""Own drawings for what no pictogram shows, each 128 by 128."""

from collections.abc import Callable

from bot.courses import boards, measures, money
from bot.courses.pictures import is_there, picture, split
from bot.courses.scenery import SCENERY
from bot.courses.svg import BLUE, INK, box, fitted, is_emoji, pictogram, words

SKIN, EDGE, WOOD, DARK_WOOD = "#ffca28", "#8a5a00", "#c98b4b", "#7a4a1e"
FINGERS = ((27, 31), (45, 18), (63, 14), (81, 22))
SHOWN = {1: (3,), 2: (2, 3), 3: (1, 2, 3), 4: (0, 1, 2, 3), 5: (0, 1, 2, 3)}
MICROPHONE_BLUE = "#2a8be0"


def fingers(number: int) -> str:
    """Draw a hand that shows one to five fingers, the index finger beside the thumb."""
    look = f'fill="{SKIN}" stroke="{EDGE}" stroke-width="2.5"'
    up = [(x, top, 92 - top) for place, (x, top) in enumerate(FINGERS) if place in SHOWN[number]]
    down = [(x, 56, 30) for place, (x, _) in enumerate(FINGERS) if place not in SHOWN[number]]
    bar = '<rect x="{}" y="{}" width="17" height="{}" rx="8.5" ' + look + "/>"
    raised = "".join(bar.format(*one) for one in up)
    folded = "".join(bar.format(*one) for one in down)
    palm = (
        f'<rect x="27" y="66" width="71" height="56" rx="20" {look}/>'
        f'<path d="M28.25 64 h68.5 v34 h-68.5 z" fill="{SKIN}"/>'
    )
    if number > len(FINGERS):
        thumb = f'<rect x="80" y="52" width="18" height="62" rx="9" {look} {_turned(42, 89, 112)}/>'
        hand = f'<path d="M60 84 h37 v10 l-12 18 h-25 z" fill="{SKIN}"/>'
        return f'<g transform="translate(-12 2)">{raised}{thumb}{palm}{hand}</g>'
    thumb = f'<rect x="78" y="68" width="18" height="44" rx="9" {look} {_turned(-72, 86, 94)}/>'
    return raised + palm + folded + thumb


def _turned(degrees: int, x: int, y: int) -> str:
    """Turn a shape about a point."""
    return f'transform="rotate({degrees} {x} {y})"'


def teacher_in_phone() -> str:
    """Draw a teacher who greets out of a phone."""
    return (
        f'<rect x="30" y="2" width="68" height="124" rx="10" fill="{INK}"/>'
        '<rect x="35" y="12" width="58" height="102" rx="3" fill="#d9ecff"/>'
        + pictogram("🧑\u200d🏫", 33, 44, 62)
        + pictogram("👋", 64, 22, 26)
    )


def three_at_table() -> str:
    """Draw three people who sit at a table."""
    people = "".join(
        f'<rect x="{x}" y="62" width="38" height="30" rx="13" fill="{shirt}"/>'
        + pictogram("🧑", x - 2, 24, 42)
        for x, shirt in ((2, "#2e7d32"), (45, "#1565c0"), (88, "#ad1457"))
    )
    return (
        people + f'<rect x="1" y="84" width="126" height="13" rx="4" fill="{WOOD}" '
        f'stroke="{DARK_WOOD}" stroke-width="2"/>'
        f'<path d="M10 97 v26 M118 97 v26" stroke="{DARK_WOOD}" stroke-width="8" '
        'stroke-linecap="round"/>'
    )


def family() -> str:
    """Draw a mother, a father and their half-grown child."""
    return pictogram("👩", -4, 6, 74) + pictogram("👨", 58, 6, 74) + pictogram("👦", 36, 66, 56)


def station() -> str:
    """Draw a bus station with the sign of its toilets."""
    return (
        '<rect x="0" y="6" width="128" height="8" fill="#6b7a88"/>'
        '<path d="M34 14 v12 M94 14 v12" stroke="#6b7a88" stroke-width="4"/>'
        f'<rect x="14" y="26" width="100" height="42" rx="5" fill="{BLUE}"/>'
        + pictogram("🚻", 18, 29, 36)
        + words("厕所", 84, 47, 25, "#ffffff")
        + '<rect x="0" y="116" width="128" height="5" fill="#9aa5ae"/>'
        + pictogram("🚌", 4, 76, 46)
        + pictogram("🧑", 88, 80, 38)
    )


def door(content: str) -> str:
    """Draw a door with a pictogram, a word or both on it."""
    emoji = "".join(letter for letter in content if is_emoji(letter))
    text = content.removeprefix(emoji)
    frame = (
        f'<rect x="22" y="2" width="84" height="124" fill="{DARK_WOOD}"/>'
        f'<rect x="28" y="8" width="72" height="118" fill="{WOOD}"/>'
        '<circle cx="91" cy="74" r="4.5" fill="#ffe082"/>'
    )
    sign = '<rect x="36" y="16" width="56" height="{}" rx="4" fill="#ffffff"/>'
    if emoji:
        both = (
            sign.format(94)
            + pictogram(emoji, 42, 18, 44)
            + fitted(text, 40, 64, 48, 44, largest=42)
        )
        return frame.replace('cy="74"', 'cy="118"') + both
    return frame + sign.format(52) + fitted(text, 39, 18, 50, 48, largest=46)


def sign(text: str) -> str:
    """Draw a signboard on a post, with words only."""
    return (
        '<rect x="58" y="90" width="12" height="36" fill="#78848e"/>'
        f'<rect x="1" y="14" width="126" height="80" rx="7" fill="{BLUE}"/>'
        '<rect x="6" y="19" width="116" height="70" rx="4" fill="none" stroke="#ffffff" '
        'stroke-width="2.5"/>' + fitted(text, 9, 22, 110, 64, "#ffffff", 54)
    )


def press_microphone() -> str:
    """Draw a thumb that holds the microphone button of the chat."""
    return (
        f'<circle cx="64" cy="46" r="44" fill="{MICROPHONE_BLUE}"/>'
        '<rect x="54" y="18" width="20" height="36" rx="10" fill="#ffffff"/>'
        '<path d="M45 42 v4 a19 19 0 0 0 38 0 v-4 M64 66 v10" fill="none" stroke="#ffffff" '
        'stroke-width="6" stroke-linecap="round"/>' + pictogram("👆", 46, 68, 60)
    )


def press_play() -> str:
    """Draw a thumb on the triangle of a voice bubble."""
    heights = (10, 18, 26, 14, 30, 20, 12, 24, 16)
    waves = "".join(
        f'<rect x="{58 + 7 * i}" y="{42 - h / 2}" width="4" height="{h}" rx="2" fill="#5b8fc7"/>'
        for i, h in enumerate(heights)
    )
    return (
        '<rect x="2" y="14" width="124" height="56" rx="18" fill="#e3f0ff" stroke="#5b8fc7" '
        f'stroke-width="2.5"/><circle cx="30" cy="42" r="20" fill="{MICROPHONE_BLUE}"/>'
        '<path d="M24 31 L42 42 L24 53 Z" fill="#ffffff"/>' + waves + pictogram("👆", 4, 54, 64)
    )


SINGLE: dict[str, Callable[[], str]] = {
    "teacher-in-phone": teacher_in_phone,
    "three-at-table": three_at_table,
    "family": family,
    "📅": measures.calendar,
    "📆": measures.calendar,
    "toilet-sign-in-station": station,
    "press-microphone": press_microphone,
    "press-play": press_play,
}


BOARDS: dict[str, Callable[[str], str]] = {
    "door": door,
    "sign": sign,
    "button": boards.button,
    "key": boards.key,
    "label": boards.framed,
    "form": boards.form,
    "paper": boards.paper,
    "list": boards.paper,
    "phone": boards.phone,
    "bottle": boards.bottle,
    "pack": boards.pack,
    "box": boards.carton,
    "table": boards.table,
    "price": boards.price,
    "qr": boards.qr,
    "rows": boards.rows,
    "heap": boards.heap,
    "compare": boards.compare,
    "note": money.note,
    "notes": money.notes,
    "scale": measures.scale,
    "clock": measures.clock,
    "digital": measures.digital,
    "calendar": measures.calendar_day,
    "week": measures.week,
    "line": measures.line,
}
FINGERS_OF_A_HAND = 5


def hands(number: int) -> str:
    """Draw as many fingers as are meant, on one hand or two."""
    if number <= FINGERS_OF_A_HAND:
        return fingers(number)
    both = (fingers(FINGERS_OF_A_HAND), fingers(number - FINGERS_OF_A_HAND))
    return "".join(box(one, 66 * place, 28, 66) for place, one in enumerate(both))


def drawing(name: str) -> str:
    """Find a drawing by its name in a lesson: pictograms, a board, a scene, else the words."""
    found = _found(name)
    return boards.framed(name) if found is None else found


def is_drawn(name: str) -> bool:
    """Tell whether a drawing is more than its words in a frame."""
    emoji, _ = split(name)
    return all(is_there(one) for one in emoji) and _found(name) is not None


def _found(name: str) -> str | None:
    """Draw what there is a drawing of."""
    if name in SINGLE:
        return SINGLE[name]()
    kind, _, rest = name.partition(" ")
    if kind in SCENERY:
        return boards.labelled(SCENERY[kind](), rest) if rest else SCENERY[kind]()
    if rest and kind in BOARDS:
        return BOARDS[kind](rest)
    if name.startswith("fingers-"):
        return hands(int(name.removeprefix("fingers-")))
    emoji, _ = split(name)
    return picture(name) if emoji and all(is_there(one) for one in emoji) else None
