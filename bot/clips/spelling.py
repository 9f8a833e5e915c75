"""How digits and letters that stand in a lesson are spelled for the machine, by what they mean."""

import re
from decimal import Decimal

from bot.clips.parts import readings, spoken
from bot.voice.numbers import Reading, decimal, money_written, number
from bot.voice.sentences import STOPS

CODE = str.maketrans("0123456789", "零幺二三四五六七八九")
YEAR = str.maketrans("0123456789", "零一二三四五六七八九")
LETTERS = {"K": "开{kei1}", "G": "几{ji4}", "N": "恩{en1}"}
HALF = "30"
FIGURES = re.compile(
    r"(?P<year>[0-9]{4})年|(?P<month>[0-9]{1,2})月|(?P<day>[0-9]{1,2})日"
    r"|(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})|(?P<yuan>[0-9]+(\.[0-9]+)?)元"
    r"|(?P<code>[0-9]+(-[0-9]+)+|0[0-9]+|[0-9]{5,})|(?P<number>[0-9]+(\.[0-9]+)?)"
    r"|(?P<letter>[A-Z])| |（[^）]*）"  # what stands in brackets only repeats in figures
)


def spelled_out(text: str) -> str:
    """Spell what is no Chinese character: 8:30 as 八点半, 12345 as 幺二三四五."""
    return FIGURES.sub(_spelled, text)


def _spelled(found: re.Match[str]) -> str:  # noqa: PLR0911 -- one for each meaning
    """Spell one figure."""
    kind, figure = found.lastgroup, found[0]
    match kind:
        case "year":
            return f"{found['year'].translate(YEAR)}年"
        case "month":
            return f"{_number(found['month'])}月".replace("一月", "一{yi1}月")
        case "day":
            return f"{_number(found['day'])}号"
        case "minute":
            return _time(found["hour"], found["minute"])
        case "yuan":
            return _read(money_written(Decimal(found["yuan"])))
        case "code":
            return figure.replace("-", "，").translate(CODE)
        case "number":
            return _read(decimal(Decimal(figure)))
        case "letter":
            return LETTERS[figure]
        case _:
            return ""


def _time(hour: str, minute: str) -> str:
    """Spell a time of day."""
    if minute == HALF:
        return f"{_number(hour)}点半"
    return f"{_number(hour)}点" + (f"{_number(minute)}分" if int(minute) else "")


def _number(digits: str) -> str:
    """Spell a whole number."""
    return _read(number(int(digits)))


def _read(reading: Reading) -> str:
    """Write a reading with the tones that its parts ask for."""
    words = (key if key in STOPS else readings().get(key, spoken()[key]) for key in reading)
    return "".join(words)
