"""Read and check what stands in the cells of one person, one rule a function."""

import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from bot.services.roster_cells import NUMBER_DIGITS, Cell, Kind
from bot.services.roster_messages import masked

ID_LENGTH = 18
OLD_ID_LENGTH = 15
SEX_DIGIT = 16
TEMPORARY = "999"
FIRST_YEAR = 1900
LONGEST = {"name": 50, "note": 1000}
LONGEST_OTHER = 200
LONGEST_EXTRA = 1000

# Letters, digits and the space; full-width punctuation is how Chinese is written.
FULL_WIDTH = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()},
    0x3000: 0x20,
}
INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
UNTIDY = re.compile(f"[\\s０-９Ａ-Ｚａ-ｚ]|{INVISIBLE.pattern}")
DOTS = str.maketrans("•．・‧∙", "·····")
SEXES = {"男": "男", "女": "女", "男性": "男", "女性": "女", "1": "男", "2": "女"}
NOTHING = {"", "无", "没有", "-", "--", "—", "/", "无电话", "暂无"}
PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")
PHONE_NOISE = re.compile(r"[\s()]|(?<=\d)-(?=\d)|^(\+?86|0086)(?=1\d{10}$)")
PHONE_BETWEEN = re.compile(r"[/、,;;\n]+")
SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
ID_SHAPE = re.compile(r"\d{17}[\dX]")
DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})[日号]?( 0?0:00(:00)?)?")
SERIAL = re.compile(r"\d{5}(\.0+)?")  # a day as the office programs count it
DAYS, OLD_DAYS = date(1899, 12, 30), date(1904, 1, 1)
DATE_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"\d{4}\D?(0?[1-9]|1[0-2])月?")


class Fault(NamedTuple):
    """What is wrong with a cell: a code and what its sentence needs."""

    code: str
    values: dict[str, object]


def fault(code: str, **values: object) -> Fault:
    """Name what is wrong."""
    return Fault(code, values)


def tidy(text: str) -> str:
    """Forgive full-width letters, invisible marks and stray spaces."""
    if not UNTIDY.search(text):
        return text
    return " ".join(INVISIBLE.sub("", text.translate(FULL_WIDTH)).split())


def narrow(text: str) -> str:
    """Forgive every full-width sign too, where only digits and signs are meant."""
    return tidy(unicodedata.normalize("NFKC", text))


def text_fault(cell: Cell, longest: int) -> Fault | None:
    """Say why a cell cannot be taken as text."""
    if cell.kind is Kind.FORMULA or cell.text.lstrip().startswith(("=", "＝")):
        return fault("formula")
    if cell.kind is Kind.ERROR:
        return fault("cell_error")
    if CONTROL.search(cell.text):
        return fault("control")
    if len(cell.text.strip()) > longest:
        return fault("too_long", limit=longest)
    return None


def read_name(cell: Cell) -> tuple[str, Fault | None]:
    """Read a name: letters of any script, with dots and single spaces between."""
    name = tidy(cell.text).translate(DOTS)
    if not all(part.isalpha() for part in re.split("[ ·]", name)) or cell.kind is Kind.NUMBER:
        return "", fault("name")
    # 张 三 is 张三; a name in Latin letters keeps its spaces.
    return name if name.isascii() else name.replace(" ", ""), None


def read_id(cell: Cell, on: date) -> tuple[str, Fault | None]:
    """Read an ID number; the region is not judged, for abolished prefixes are valid."""
    number = re.sub(r"[\s'`‘’\-]", "", narrow(cell.text)).upper()
    if SCIENTIFIC.fullmatch(number) or (
        cell.kind is Kind.NUMBER and len(number.partition(".")[0]) > NUMBER_DIGITS
    ):
        return "", fault("excel_number")
    if len(number) == OLD_ID_LENGTH and number.isdecimal():
        return "", fault("old_id", id=masked(number))
    if len(number) != ID_LENGTH:
        return "", fault("id_length", count=len(number))
    if not (number.isascii() and ID_SHAPE.fullmatch(number)):
        return "", fault("id_shape")
    code = _id_fault(number, on)
    if code is None:
        return number, None
    # A school's code stands there in the birthday's place.
    if number.startswith(TEMPORARY) and birth_of(number) is None:
        code = "temporary_id"
    return "", fault(code, id=masked(number))


def _id_fault(number: str, on: date) -> str | None:
    birth = birth_of(number)
    if birth is None or birth.year < FIRST_YEAR or birth > on:
        return "id_date"
    return None if ric.calc_check_digit(number) == number[-1] else "id_check"


def birth_of(number: str) -> date | None:
    """Read the birth date in an ID number."""
    try:
        birth: date = ric.get_birth_date(number)
    except ValidationError:
        return None
    return birth


def sex_of(number: str) -> str:
    """Read the sex in an ID number."""
    return "男" if int(number[SEX_DIGIT]) % 2 else "女"


def age_at(birth: date, on: date) -> int:
    """Count the full years of age at a date."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def read_sex(cell: Cell) -> tuple[str, Fault | None]:
    """Read a sex, written out or by its code."""
    sex = SEXES.get(narrow(cell.text))
    return (sex, None) if sex else ("", fault("sex"))


def read_birth_date(
    cell: Cell, on: date | None = None, *, old_days: bool = False
) -> tuple[date | None, Fault | None]:
    """Read a birth date in the styles that offices use; a month alone says too little."""
    text = narrow(cell.text)
    found = DATE.fullmatch(text) or DATE_DIGITS.fullmatch(text)
    try:
        if found:
            born = date(int(found[1]), int(found[2]), int(found[3]))
        elif SERIAL.fullmatch(text):
            born = (OLD_DAYS if old_days else DAYS) + timedelta(days=int(text.partition(".")[0]))
        else:
            return None, None if MONTH.fullmatch(text) else fault("birth_date")
    except ValueError:
        return None, fault("birth_date")
    if born.year < FIRST_YEAR or (on and born > on):
        return None, fault("birth_date")
    return born, None


def read_phones(cell: Cell) -> tuple[list[str], Fault | None]:
    """Read one phone number or several."""
    text = narrow(cell.text.replace("\n", "/"))
    if text in NOTHING:
        return [], None
    phones = [PHONE_NOISE.sub("", part) for part in PHONE_BETWEEN.split(text) if part.strip()]
    phones = [PHONE_NOISE.sub("", phone) for phone in phones]
    if not phones or not all(PHONE.fullmatch(phone) and phone.isascii() for phone in phones):
        return [], fault("phone")
    return phones, None
