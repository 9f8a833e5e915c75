"""Find the header of a roster and say which column holds what."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from openpyxl.utils import get_column_letter

from bot.services.roster_cells import Row

HEADER_WITHIN = 20  # rows that may stand above the people
LIKELY = 3  # known heads that make a row a header even when a needed one is missing

# Field by field, the heads that offices write, the preferred one first.
HEADS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "学员姓名", "学生姓名", "人员姓名", "本人姓名", "名字"),
    "id_number": (
        "身份证号", "身份证号码", "公民身份号码", "公民身份证号", "公民身份证号码",
        "居民身份证号", "居民身份证号码", "身份证件号", "身份证件号码", "学员身份证号",
        "身份证", "身份号码", "证件号", "证件号码",
    ),
    "sex": ("性别",),
    "ethnicity": ("民族", "民族成份", "民族成分"),
    "birth_date": ("出生日期", "出生年月日", "出生年月", "生日"),
    "phone": (
        "联系电话", "本人联系电话", "学员联系电话", "手机号码", "手机号", "手机", "联系手机",
        "电话号码", "电话", "本人电话", "联系方式", "联系号码",
    ),
    "township": (
        "现家庭所在乡镇", "现住乡镇", "乡镇", "所在乡镇", "乡镇街道", "乡镇名称", "乡镇街道办",
        "户籍所在乡镇", "户籍乡镇",
    ),
    "village": (
        "现家庭所在村", "现住村", "村", "行政村", "所在村", "村社区", "村居", "村名", "村委会",
        "村名称", "户籍所在村", "户籍村",
    ),
    "group": ("组", "村民组", "村民小组", "小组", "组别", "所在组", "自然寨"),
    "address": (
        "现家庭详细地址", "现家庭所在详细地址", "现家庭住址", "现家庭地址", "家庭住址",
        "家庭地址", "现住址", "现居住地", "详细地址", "住址", "地址", "户籍详细地址",
        "户籍所在详细地址", "户籍所在地详细地址", "户籍所在地", "户籍地址",
    ),
    "class_name": ("班级", "班级名称", "所在班级", "教学班", "教学班级"),
    "trade": ("修读专业", "专业", "专业名称", "培训专业", "所学专业", "就读专业"),
    "disability": ("残疾类别", "残疾类型", "残疾种类", "残疾情况", "是否残疾", "残疾"),
    "speaks": ("使用语言", "常用语言", "日常语言", "交流语言", "会说语言", "语言", "母语"),
    "note": ("备注", "备注说明"),
}  # fmt: skip
# Kept under one name among the other columns.
OTHERS = {"教学点名称": "教学点", "所在教学点": "教学点", "班主任姓名": "班主任"}
NUMBERING = {"序号", "编号", "序", "号", "no", "no."}
NEEDED = {"name": "姓名", "id_number": "身份证号"}
# Where two heads mean nearly the same, the preferred one counts and the other is kept.
FORGIVING = {"phone", "township", "village", "group", "address", "class_name", "trade", "note"}
OTHER_PEOPLE = re.compile("家长|监护|户主|班主任|联系人|教师|老师|配偶|父|母|村干|亲属|帮扶")
FIELD_OF = {head: field for field, heads in HEADS.items() for head in heads}
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
NOISE = re.compile(r"[\s*:、,/·.()\[\]【】_\-]+")
TITLE_LENGTH = 40


@dataclass(frozen=True)
class Columns:
    """Where a sheet's header ends and what each column under it holds."""

    last_row: int
    fields: dict[str, int]
    others: dict[int, str]
    heads: dict[int, str]


@dataclass(frozen=True)
class Doubled:
    """One head over two columns."""

    row: int
    head: str
    first: str
    second: str


@dataclass(frozen=True)
class Missing:
    """A header that lacks heads we need; not sure where it may be no roster at all."""

    heads: tuple[str, ...]
    sure: bool


def find_columns(rows: list[Row]) -> Columns | Doubled | Missing | None:
    """Find the header among a sheet's first rows; None where there is no roster."""
    rows = [row for row in rows if row.number <= HEADER_WITHIN]
    lines = [(row, _texts(row)) for row in rows]
    for (upper, above), (lower, below) in pairwise([(Row(0, {}), {}), *lines]):
        if lower.number != upper.number + 1:
            above = {}  # noqa: PLW2901 - a row apart is no upper line
        both = _joined(above, below)
        if _complete(below) and not (_has_heads(above) and _is_upper(above, below)):
            under = next((texts for row, texts in lines if row.number == lower.number + 1), {})
            if _is_lower(below, under):
                return _settled(lower.number + 1, _joined(below, under))
            return _settled(lower.number, {column: (head, head) for column, head in below.items()})
        if _complete({column: head for column, (head, _) in both.items()}) and not _complete(above):
            return _settled(lower.number, both)
    return _nearly(lines)


def field_of(head: str) -> str | None:
    """Say which field a head names, whatever the office put around it."""
    plain = NOISE.sub("", head)
    return FIELD_OF.get(plain) or FIELD_OF.get(NOISE.sub("", BRACKETS.sub("", head)))


def _texts(row: Row) -> dict[int, str]:
    return {
        column: unicodedata.normalize("NFKC", cell.text).strip()[:TITLE_LENGTH]
        for column, cell in row.cells.items()
    }


def _known(heads: dict[int, str]) -> set[str]:
    return {found for head in heads.values() if (found := field_of(head))}


def _has_heads(heads: dict[int, str]) -> bool:
    return bool(_known(heads))


def _complete(heads: dict[int, str]) -> bool:
    return set(NEEDED) <= _known(heads)


def _is_upper(above: dict[int, str], below: dict[int, str]) -> bool:
    """Say whether a line fills columns that the line under it leaves open."""
    return any(field_of(head) and column not in below for column, head in above.items())


def _is_lower(above: dict[int, str], below: dict[int, str]) -> bool:
    """Say whether a line under the header divides its heads further."""
    needed = {column for column, head in above.items() if field_of(head) in NEEDED}
    return _has_heads(below) and not needed & set(below)


def _joined(above: dict[int, str], below: dict[int, str]) -> dict[int, tuple[str, str]]:
    """Join two lines: a column's own head, and the head with what stands over it."""
    joined: dict[int, tuple[str, str]] = {}
    over = ""
    for column in sorted({*above, *below}):
        over = above.get(column, over)
        own = below.get(column)
        if own is None:
            joined[column] = (over, over)
        elif OTHER_PEOPLE.search(over) or field_of(over + own):
            joined[column] = (over + own, over + own)
        else:
            joined[column] = (own, over + own)
    return joined


def _settled(last_row: int, heads: dict[int, tuple[str, str]]) -> Columns | Doubled:
    fields: dict[str, int] = {}
    for column, (head, whole) in sorted(heads.items()):
        field = field_of(head)
        if field is None:
            continue
        first = fields.get(field)
        if first is None:
            fields[field] = column
        elif field not in FORGIVING or heads[first][1] == whole:
            letters = get_column_letter(first), get_column_letter(column)
            return Doubled(last_row, head, *letters)
        elif _rank(field, head) < _rank(field, heads[first][0]):
            fields[field] = column
    others = {
        column: OTHERS.get(NOISE.sub("", whole), whole)
        for column, (_, whole) in heads.items()
        if column not in fields.values() and whole.lower() not in NUMBERING
    }
    return Columns(
        last_row, fields, others, {column: whole for column, (_, whole) in heads.items()}
    )


def _rank(field: str, head: str) -> int:
    heads = HEADS[field]
    plain = NOISE.sub("", head)
    return heads.index(plain) if plain in heads else len(heads)


def _nearly(lines: list[tuple[Row, dict[int, str]]]) -> Missing | None:
    best: set[str] = max((_known(texts) for _, texts in lines), key=len, default=set())
    if not best:
        return None
    missing = tuple(head for field, head in NEEDED.items() if field not in best)
    sure = len(best) >= LIKELY and len(missing) < len(NEEDED)
    return Missing(missing or tuple(NEEDED.values()), sure)
