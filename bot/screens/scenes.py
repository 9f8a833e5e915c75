"""What each screen shows: one picture, or up to four numbered ones, never words."""

from collections.abc import Callable
from functools import partial

from bot.courses.drawings import drawing, press_microphone
from bot.courses.svg import BLUE, HEIGHT, SOFT, WIDTH, badge, box, choices, pictogram, plate
from bot.screens import papers

MIDDLE = WIDTH / 2
GREEN, RED = "#1b8a3a", "#c62828"
EDGE = 24


def alone(name: str, size: float = 500) -> str:
    """Draw one thing."""
    return box(drawing(name), MIDDLE - size / 2, (HEIGHT - size) / 2, size)


def numbered(*names: str) -> str:
    """Draw two to four choices with their numbers."""
    return choices([(drawing(name), False) for name in names])


def asked(name: str, yes: str = "✅", no: str = "❌") -> str:
    """Draw a thing, and below it yes and no as on the buttons."""
    half = (WIDTH - 3 * EDGE) / 2
    return (
        box(drawing(name), MIDDLE - 170, 12, 340)
        + plate(EDGE, 372, half, 204, "#e9f6ec", GREEN)
        + plate(2 * EDGE + half, 372, half, 204, "#fdecec", RED)
        + pictogram(yes, EDGE + half / 2 - 80, 394, 160)
        + pictogram(no, 2 * EDGE + half * 1.5 - 80, 394, 160)
    )


def beside(*names: str, size: float = 330) -> str:
    """Draw two or three things in a row."""
    step = (WIDTH - 2 * EDGE) / len(names)
    wide = min(size, step - 16)
    return "".join(
        box(drawing(name), EDGE + step * (i + 0.5) - wide / 2, (HEIGHT - wide) / 2, wide)
        for i, name in enumerate(names)
    )


def leading(first: str, then: str) -> str:
    """Draw one thing that goes to another."""
    arrow = (
        f'<path d="M350 300 h76 m-32 -36 l38 36 l-38 36" fill="none" stroke="{BLUE}" '
        'stroke-width="20" stroke-linecap="round" stroke-linejoin="round"/>'
    )
    return box(drawing(first), 24, 150, 300) + arrow + box(drawing(then), 476, 150, 300)


def part(number: int, content: str) -> str:
    """Draw one of the three parts of the notice: dots tell which."""
    dots = "".join(
        f'<circle cx="{MIDDLE + (i - 1) * 60}" cy="560" r="17" '
        f'fill="{BLUE if i < number else SOFT}" stroke="{BLUE}" stroke-width="5"/>'
        for i in range(3)
    )
    return content + dots


def kept_by_school() -> str:
    """Draw the school that keeps papers, lessons and the certificate."""
    row = "".join(
        pictogram(e, 40 + i * 190, 330, 150) for i, e in enumerate(("🪪", "📖", "✋", "🎓"))
    )
    return pictogram("🏫", MIDDLE - 150, 10, 300) + row


def shut_away() -> str:
    """Draw that it is locked, not sold, not shown to the group."""
    crossed = "".join(
        pictogram(e, x, 320, 180) + pictogram("🚫", x - 10, 310, 200)
        for e, x in (("💰", 170), ("👥", 450))
    )
    return pictogram("🔒", MIDDLE - 140, 12, 280) + crossed


def free_to_stop() -> str:
    """Draw that one may say no, and where: the person, then 4."""
    return (
        pictogram("👍", 70, 30, 220)
        + pictogram("❌", 510, 30, 220)
        + plate(120, 310, 220, 200, SOFT, BLUE)
        + pictogram("👤", 155, 335, 150)
        + f'<path d="M366 410 h60 m-26 -28 l30 28 l-30 28" fill="none" stroke="{BLUE}" '
        'stroke-width="16" stroke-linecap="round" stroke-linejoin="round"/>'
        + plate(460, 310, 220, 200, SOFT, BLUE)
        + badge(4, 570, 410, 74)
    )


def agree() -> str:
    """Draw a thumb on the microphone, and the red cross for no."""
    return (
        box(press_microphone(), 40, 60, 470)
        + plate(560, 190, 210, 220, "#fdecec", RED)
        + pictogram("❌", 590, 225, 150)
    )


SCENES: dict[str, Callable[[], str]] = {
    "press-play": partial(alone, "press-play"),
    "join": partial(asked, "🪪"),
    "card-back": partial(leading, "🪪", "🧑\u200d🏫"),
    "language": partial(beside, "👂", "🗣"),
    "reads": partial(numbered, "👂", "👀"),
    "notice-1": lambda: part(1, kept_by_school()),
    "notice-2": lambda: part(2, shut_away()),
    "notice-3": lambda: part(3, free_to_stop()),
    "notice-minor": partial(alone, "family"),
    "agree": agree,
    "thumb": partial(asked, "🎤", "👍"),
    "witness": partial(beside, "🧑\u200d🤝\u200d🧑", "press-microphone"),
    "welcome": partial(beside, "🏫", "👏"),
    "declined": partial(leading, "❌", "🏫"),
    "home": partial(numbered, "📖", "✋", "📅", "❓"),
    "set": partial(numbered, "🗣", "👂", "⏰"),
    "me": partial(numbered, "⏳", "📷", "🗣", "🔒"),
    "microphone": partial(alone, "press-microphone"),
    "here": partial(leading, "🏫", "✋"),
    "code": partial(leading, "🧑\u200d🏫", "📱"),
    "place": partial(alone, "📍"),
    "noted": partial(leading, "✋", "✅"),
    "when": partial(numbered, "🌅", "☀", "🌙"),
    "come": partial(asked, "📅", "👍"),
    "why": partial(numbered, "🤒", "🚌", "🌾", "🎤"),
    "next": partial(leading, "📅", "🏫"),
    "no-class": partial(alone, "📅"),
    "lesson": partial(alone, "📖"),
    "resume": partial(numbered, "▶️", "🔁"),
    "resume-or-other": partial(numbered, "▶️", "🔁", "📖📒"),
    "courses-cooking": partial(numbered, "🍳", "📖"),
    "courses-logistics": partial(numbered, "📦", "📖"),
    "courses-electrical": partial(numbered, "🔌", "📖"),
    "courses-computing": partial(numbered, "🖥️", "📖"),
    "lesson-or-try": partial(numbered, "📖", "▶️▶️"),
    "skip": partial(numbered, "▶️▶️", "📖"),
    "done": partial(leading, "📖", "✅"),
    "kept": partial(leading, "🎤", "🧑\u200d🏫"),
    "answer": partial(beside, "🧑\u200d🏫", "💬"),
    "clear": partial(beside, "👍", "🎤"),
    "out": partial(beside, "😀", "😐", "🙁"),
    "again": partial(alone, "🔊"),
    "photo": partial(numbered, "🪪", "📖", "🧑\u200d🏫"),
    "papers": papers.all_four,
    "papers-locked": papers.locked,
    "paper-id_front-1": partial(papers.wanted, "id_front"),
    "paper-id_back-1": partial(papers.wanted, "id_back"),
    "paper-household-1": partial(papers.wanted, "household"),
    "paper-household-2": partial(papers.wanted, "household-2"),
    "paper-portrait-1": partial(papers.wanted, "portrait"),
    "not-kept": partial(alone, "🗑"),
    "stranger": partial(beside, "🏠", "🏫"),
}
