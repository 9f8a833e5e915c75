"""What of a roster's row is kept, and whether it fits."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import String

from bot.services.refusing import Refusal
from bot.services.roster_people import RosterRow
from db.models import Base, Person, StudyClass

MOST_IN_CLASS = 50
MIAO, MANDARIN = "hea", "zh"
# What the reports call the fields whose length a table limits.
LIMITED = {
    "name": "姓名",
    "ethnicity": "民族",
    "phone": "联系电话",
    "township": "乡镇",
    "village": "村",
    "address": "地址",
    "disability": "残疾类别",
    "note": "备注",
}
LIMITED_OF_CLASS = {"name": "班级", "trade": "专业", "teaching_point": "教学点"}


def check_fit(rows: Sequence[RosterRow]) -> None:
    """Refuse people whom the base could not hold: too long a text, too full a class."""
    for row in rows:
        _check_lengths(Person, LIMITED, particulars(row), row)
        _check_lengths(StudyClass, LIMITED_OF_CLASS, class_particulars(row), row)
    for name, count in Counter(row.class_name for row in rows if row.class_name).items():
        check_room(name, count)


def _check_lengths(
    table: type[Base], limited: dict[str, str], values: dict[str, Any], row: RosterRow
) -> None:
    for field, head in limited.items():
        kind = table.__table__.c[field].type
        longest = kind.length if isinstance(kind, String) else None
        if longest and len(values[field]) > longest:
            raise Refusal(
                f"工作表“{row.sheet}”第 {row.row} 行的“{head}”太长，最多 {longest} 个字，请缩短。",
                f"Sheet “{row.sheet}”, row {row.row}: “{head}” is longer than {longest}; shorten.",
                "too_long",
            )


def check_room(name: str, count: int) -> None:
    """Refuse a class with more learners than one may have."""
    if count > MOST_IN_CLASS:
        raise Refusal(
            f"“{name}”会有 {count} 名学员，一个班最多 {MOST_IN_CLASS} 人；请分班后再导入。",
            f"“{name}” would hold {count} learners, a class has at most {MOST_IN_CLASS}; split it.",
            "class_full",
        )


def particulars(row: RosterRow) -> dict[str, Any]:
    """Return what a row says of the person, by the names of our fields."""
    within = f"{row.township}{row.village}{row.group}" if row.group else ""
    return {
        "name": row.name,
        "sex": row.sex,
        "ethnicity": row.ethnicity,
        "birth_date": row.birth_date,
        "phone": row.phone,
        "township": row.township,
        "village": row.village,
        "address": row.address or within,
        "disability": row.disability,
        "note": row.note,
    }


def class_particulars(row: RosterRow) -> dict[str, str]:
    """Return what a row says of the class."""
    return {
        "name": row.class_name,
        "trade": row.trade,
        "teaching_point": row.extra.get("教学点", ""),
        "township": row.township,
    }


def language(row: RosterRow) -> str:
    """Return what a person is spoken to in."""
    return MIAO if "苗" in row.speaks else MANDARIN
