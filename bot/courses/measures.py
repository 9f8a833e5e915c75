"""Clocks, scales, calendars and number lines."""

import math

from bot.courses.svg import BLUE, INK, fitted, words

WEEK = "一二三四五六天"


def clock(time: str) -> str:
    """Draw the dial of a clock."""
    hour, minute = (int(part) for part in time.split(":"))
    numbers = "".join(
        words(str(i), 64 + 45 * math.sin(i * math.pi / 6), 64 - 45 * math.cos(i * math.pi / 6), 15)
        for i in range(1, 13)
    )
    return (
        f'<circle cx="64" cy="64" r="60" fill="#ffffff" stroke="{INK}" stroke-width="5"/>{numbers}'
        + _hand((hour % 12 + minute / 60) * 30, 27, 8, INK)
        + _hand(minute * 6, 40, 5, BLUE)
        + f'<circle cx="64" cy="64" r="5.5" fill="{INK}"/>'
    )


def _hand(degrees: float, length: float, width: float, colour: str) -> str:
    """Draw a hand of a clock."""
    return (
        f'<path d="M64 70 V{64 - length}" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="round" transform="rotate({degrees} 64 64)"/>'
    )


def digital(time: str) -> str:
    """Draw a phone that shows the time."""
    return (
        f'<rect x="20" y="2" width="88" height="124" rx="12" fill="{INK}"/>'
        '<rect x="26" y="14" width="76" height="98" rx="4" fill="#d9ecff"/>'
        + fitted(time, 30, 30, 68, 50, largest=40)
    )


def scale(kilograms: str) -> str:
    """Draw kitchen scales and what they show."""
    return (
        '<rect x="10" y="26" width="108" height="10" rx="5" fill="#9aa5ae"/>'
        '<rect x="58" y="36" width="12" height="14" fill="#78848e"/>'
        '<path d="M22 50 h84 l14 68 h-112 z" fill="#d7dee4" stroke="#78848e" stroke-width="3"/>'
        f'<rect x="26" y="62" width="76" height="44" rx="5" fill="{INK}"/>'
        + fitted(kilograms, 29, 64, 46, 40, "#8df58d", 38)
        + words("kg", 88, 90, 16, "#8df58d")
    )


def calendar() -> str:
    """Draw a calendar leaf with one day marked and no date that could mislead."""
    days = "".join(
        f'<circle cx="{28 + 18 * column}" cy="{60 + 18 * row}" r="5" fill="#9aa5ae"/>'
        for row in range(3)
        for column in range(5)
    )
    return (
        f'<rect x="10" y="14" width="108" height="108" rx="10" fill="#ffffff" stroke="{INK}" '
        'stroke-width="4"/><path d="M10 44 v-20 a10 10 0 0 1 10 -10 h88 a10 10 0 0 1 10 10 v20 z" '
        f'fill="#d32f2f" stroke="{INK}" stroke-width="4"/>'
        f'<path d="M38 6 v18 M90 6 v18" stroke="{INK}" stroke-width="8" stroke-linecap="round"/>'
        f'{days}<circle cx="82" cy="78" r="15" fill="{BLUE}"/>'
        '<path d="M75 78 l5 6 l10 -12" fill="none" stroke="#ffffff" stroke-width="4"/>'
    )


def calendar_day(text: str) -> str:
    """Draw a calendar leaf with a date on it."""
    return (
        f'<rect x="8" y="14" width="112" height="110" rx="10" fill="#ffffff" stroke="{INK}" '
        'stroke-width="4"/><path d="M8 42 v-18 a10 10 0 0 1 10 -10 h92 a10 10 0 0 1 10 10 v18 z" '
        f'fill="#d32f2f" stroke="{INK}" stroke-width="4"/>'
        f'<path d="M36 6 v16 M92 6 v16" stroke="{INK}" stroke-width="8" stroke-linecap="round"/>'
        + fitted(text, 14, 46, 100, 74, largest=44)
    )


def name_card() -> str:
    """Draw a card with somebody's name, the name left blank."""
    return (
        f'<rect x="4" y="24" width="120" height="84" rx="8" fill="#ffffff" stroke="{INK}" '
        f'stroke-width="4"/><rect x="4" y="24" width="120" height="18" rx="8" fill="{BLUE}"/>'
        '<circle cx="36" cy="64" r="11" fill="#9aa5ae"/><path d="M18 96 q0 -18 18 -18 q18 0 18 '
        f'18 z" fill="#9aa5ae"/><path d="M66 66 h46 M66 86 h46" stroke="{INK}" stroke-width="5"/>'
    )


def week(marked: str) -> str:
    """Draw the days of a week, some of them marked."""
    parts = []
    for index, day in enumerate(WEEK):
        row, column = divmod(index, 4)
        x, y = (0 if row == 0 else 16) + column * 32, 24 + row * 44
        is_marked = day in marked
        parts.append(
            f'<rect x="{x + 1.5}" y="{y}" width="29" height="38" rx="5" stroke="{BLUE}" '
            f'stroke-width="2" fill="{BLUE if is_marked else "#ffffff"}"/>'
            + words(day, x + 16, y + 19, 22, "#ffffff" if is_marked else INK)
        )
    return "".join(parts)


def line(stops: str, width: float = 128.0) -> str:
    """Draw a number line with jumps from stop to stop."""
    numbers = stops.split()
    edge = min(20.0, width / 6)
    step = (width - 2 * edge) / max(len(numbers) - 1, 1)
    parts = [f'<path d="M4 74 H{width - 4}" stroke="{INK}" stroke-width="4"/>']
    for index, number in enumerate(numbers):
        x = edge + index * step
        parts.append(f'<path d="M{x} 66 v16" stroke="{INK}" stroke-width="4"/>')
        room = min(step * 0.94, 2 * edge)
        parts.append(fitted(number, x - room / 2, 84, room, 34, largest=30))
        if index:
            parts.append(
                f'<path d="M{x - step} 62 q{step / 2} -48 {step - 2} -2" fill="none" '
                f'stroke="{BLUE}" stroke-width="4"/>'
                f'<path d="M{x - 10} 54 l9 7 l3 -11" fill="none" stroke="{BLUE}" stroke-width="4"/>'
            )
    return "".join(parts)
