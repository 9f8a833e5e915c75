"""Numbers, times, days, money and weights as the parts that say them in Mandarin.

A reading is a row of part keys (bot/clips/zh/parts.yaml) with stops between. What cannot be said
raises ValueError. The rules are those of `grammar/zh.yaml` and of the tests' table of cases.
"""

from datetime import date, datetime
from decimal import Decimal

from bot.clips.parts import keys, spoken
from bot.language import SHANGHAI
from bot.voice.sentences import STOPS, rules

Reading = tuple[str, ...]

MOBILE = 11
HALF_HOUR, HOUR, HOUR_AND_HALF = 30, 60, 90
TEN, TWENTY, HUNDRED, THOUSAND = 10, 20, 100, 1000


def words(reading: Reading) -> str:
    """Write out what a reading says."""
    return "".join(key if key in STOPS else spoken()[key] for key in reading)


def number(value: int) -> Reading:
    """Say a whole number from 0 to 9999."""
    if not 0 <= value <= rules("zh")["greatest"]:
        raise ValueError(f"{value} is not said")
    if value < HUNDRED:
        return (f"number.{value}",)
    unit, kind = (THOUSAND, "thousand") if value >= THOUSAND else (HUNDRED, "hundred")
    head, rest = divmod(value, unit)
    said: Reading = (f"{kind}.{head}",)
    if kind == "hundred" and head == 2:  # noqa: PLR2004
        said = (keys()[f"{rules('zh')['two_hundred']}百"],)
    if rest == 0:
        return said
    if rest < unit // TEN:
        said += ("number.0",)
    if TEN <= rest < TWENTY:
        return (*said, f"after.{rest}")
    return said + number(rest)


def decimal(value: Decimal) -> Reading:
    """Say a number with what stands behind its point."""
    whole, _point, rest = format(value.normalize(), "f").partition(".")
    said = number(int(whole))
    return (*said, "point", *(f"number.{digit}" for digit in rest)) if rest else said


def counted(value: int, unit: str) -> Reading:
    """Say how many of something: 一 and 两 stand whole with what they count."""
    if value in (1, 2) and f"{unit}.{value}" in spoken():
        return (f"{unit}.{value}",)
    return (*number(value), f"{unit}.unit")


def ordinal(value: int) -> Reading:
    """Say a place in a row."""
    return ("ordinal", *number(value))


def digits(text: str, *, year: bool = False) -> Reading:
    """Say digits one by one: 一 is 幺 except in years; mobile numbers go 3, 4, 4."""
    if len(text) == MOBILE and text.startswith("1") and text.isdigit():
        text = f"{text[:3]}-{text[3:7]}-{text[7:]}"
    said: list[str] = []
    for sign in text:
        if sign == "-":
            said.append("，")
        elif sign in "0123456789":
            own = {} if year else rules("zh")["digits"]
            said.append(own.get(sign, f"number.{sign}"))
        else:
            raise ValueError(f"{sign!r} is no digit")
    return tuple(said)


def clock(hour: int, minute: int) -> Reading:
    """Say a time of day."""
    if not (0 <= hour < 24 and 0 <= minute < 60):  # noqa: PLR2004
        raise ValueError(f"{hour}:{minute} is no time")
    parts: dict[int, str] = rules("zh")["dayparts"]
    part = parts[max(start for start in parts if start <= hour)]
    said: Reading = (part, f"hour.{hour if hour <= 12 else hour - 12}")  # noqa: PLR2004
    if minute == 0:
        return said
    if minute == HALF_HOUR:
        return (*said, "minute.half")
    if minute < TEN:
        return (*said, f"minute.{minute}")
    return (*said, *number(minute), "minute.unit")


def span(minutes: int) -> Reading:
    """Say how long something takes."""
    if minutes == HALF_HOUR:
        return ("span.hours.half",)
    if minutes == HOUR_AND_HALF:
        return ("span.hours.1half",)
    if minutes and minutes % HOUR == 0:
        return counted(minutes // HOUR, "span.hours")
    return counted(minutes, "span.minutes")


def day(of: date) -> Reading:
    """Say a date with its weekday, without the year."""
    return (f"month.{of.month}", f"date.{of.day}", "，", f"weekday.{of.isoweekday()}")


def day_from(moment: datetime, now: datetime) -> Reading:
    """Say a day as seen from now: today, tomorrow, a weekday within the week, else a date."""
    there, here = moment.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    ahead = (there - here).days
    named: dict[int, str] = rules("zh")["days"]
    if ahead in named:
        return (named[ahead],)
    if 0 < ahead < 7:  # noqa: PLR2004
        return (f"weekday.{there.isoweekday()}",)
    if there.year != here.year:
        return (*digits(str(there.year), year=True), "year", *day(there))
    return day(there)


def money_written(yuan: Decimal) -> Reading:
    """Say an amount as a receipt has it: 元, 角 and 分."""
    whole, jiao, fen = _purse(yuan)
    said: Reading = counted(whole, "money.yuan") if whole else ()
    if jiao:
        said += _after(jiao, "money.jiao", said)
    if fen:
        said += ("number.0",) if whole and not jiao else ()
        said += _after(fen, "money.fen", said)
    return said or ("money.yuan.0",)


def money(yuan: Decimal) -> Reading:
    """Say a price as people say it: 块 and 毛, the last unit dropped after the next larger one."""
    whole, jiao, fen = _purse(yuan)
    said: Reading = counted(whole, "money.kuai") if whole else ()
    if jiao and whole and not fen:
        return (*said, f"number.{jiao}")
    if jiao:
        said += (f"number.{jiao}", "money.mao.unit") if whole else counted(jiao, "money.mao")
    if fen and jiao:
        return (*said, f"number.{fen}")
    if fen:
        said += ("number.0",) if whole else ()
        said += _after(fen, "money.fen", said)
    return said or ("money.yuan.0",)


def _after(count: int, unit: str, before: Reading) -> Reading:
    """Say a small unit: two of it are 两 alone, 二 after a larger one."""
    if count == 2 and before:  # noqa: PLR2004
        return (f"{unit}.after2",)
    return counted(count, unit)


def _purse(yuan: Decimal) -> tuple[int, int, int]:
    """Split an amount into 元, 角 and 分."""
    cents = yuan * 100
    if cents != cents.to_integral_value() or cents < 0:
        raise ValueError(f"{yuan} is no amount")
    whole, rest = divmod(int(cents), 100)
    return whole, *divmod(rest, 10)


def weight(jin: Decimal) -> Reading:
    """Say a weight in 斤 and 两, halves as 半."""
    whole, rest = divmod(jin * 10, 10)
    if rest != rest.to_integral_value() or jin <= 0:
        raise ValueError(f"{jin} is no weight")
    count, liang = int(whole), int(rest)
    if liang == 5:  # noqa: PLR2004
        if count == 0:
            return ("weight.jin.half",)
        if count == 1:
            return ("weight.jin.1half",)
        if count == 2:  # noqa: PLR2004
            return ("weight.jin.2", "minute.half")
        return (*number(count), "weight.jin.andhalf")
    said: Reading = counted(count, "weight.jin") if count else ()
    return said + (counted(liang, "weight.liang") if liang else ())


def kilos(count: int) -> Reading:
    """Say whole kilograms as a scale shows them."""
    return counted(count, "weight.kilo")
