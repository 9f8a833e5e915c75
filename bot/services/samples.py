"""A sample roster of plainly fictional learners, in the shape that offices send."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from random import Random

import xlsxwriter
from stdnum.cn import ric

# No county has this prefix and none can get it, so a sample number is never a real person's.
NOWHERE = "999999"
# A run of numbers with zeros for a subscriber: fictional, and never called by anything here.
FIRST_PHONE = 19900000001
TOWNSHIPS = {"示例乡": ("云上村", "稻花村", "枫香村"), "示例镇": ("银铃村", "芦笙村", "水车村")}
SURNAMES = "杨吴龙石李王张潘"
WOMEN = (
    "阿妹",
    "阿朵",
    "阿雅",
    "阿秀",
    "阿银",
    "阿花",
    "阿幼",
    "阿桃",
    "阿榜",
    "阿月",
    "云妹",
    "秋妹",
    "冬妹",
    "银妹",
    "水妹",
    "金花",
    "桂花",
    "菊花",
    "春桃",
    "秋月",
)
MEN = (
    "阿山",
    "阿石",
    "阿水",
    "阿旺",
    "阿勇",
    "阿林",
    "阿岩",
    "阿木",
    "阿龙",
    "阿贵",
    "老山",
    "老石",
    "大水",
    "大旺",
    "大勇",
    "大林",
    "小岩",
    "小木",
    "小龙",
    "小贵",
)
TRADES = ("中餐烹饪", "物流服务与管理", "电子电器应用与维修", "计算机应用与维修")
DISABILITIES = ("听力", "肢体", "视力", "言语")
ONE_IN = {"disability": 12, "mandarin": 6}
YOUNGEST, OLDEST = 15, 59
DAYS_A_YEAR = 365
MOST_LEARNERS = 20_000
NOTE = "虚构人员，仅供演示"
HEADS = (
    ("序号", 6),
    ("姓名", 10),
    ("性别", 6),
    ("民族", 8),
    ("身份证号", 22),
    ("出生日期", 12),
    ("联系电话", 14),
    ("户籍所在乡镇", 12),
    ("户籍所在村", 12),
    ("组", 6),
    ("现家庭详细地址", 28),
    ("教学点", 14),
    ("班级", 20),
    ("修读专业", 18),
    ("残疾类别", 10),
    ("使用语言", 10),
    ("备注", 22),
)


def sample_roster(
    path: Path,
    *,
    learners: int = 50,
    seed: int = 1,
    on: date,
    class_name: str = "2026级中餐烹饪1班",
    classes: int = 1,
) -> None:
    """Write a roster of so many learners a class, the same for the same seed."""
    if learners < 1 or not 0 < learners * classes <= MOST_LEARNERS:
        message = f"A sample holds 1 to {MOST_LEARNERS} learners."
        raise ValueError(message)
    random = Random(seed)  # noqa: S311 - a sample, no secret
    count = learners * classes
    names = class_names(class_name, classes)
    with xlsxwriter.Workbook(path) as book:
        # Else the file's own date would differ from run to run.
        book.set_properties(
            {"created": datetime.combine(on, time(12)), "title": "示例花名册（虚构）"}
        )
        sheet = book.add_worksheet("花名册")
        title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
        head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
        text = book.add_format({"num_format": "@", "border": 1})
        sheet.merge_range(
            0, 0, 0, len(HEADS) - 1, "XX县职业技能学历双提升工程学员花名册（示例·虚构）", title
        )
        sheet.write_string(
            1, 0, f"填报单位：XX县中等职业学校（示例）    填报日期：{on:%Y年%m月%d日}"
        )
        for column, (name, width) in enumerate(HEADS):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, name, head)
        for at, person in enumerate(_people(random, count, on)):
            sheet.write_number(3 + at, 0, at + 1, text)
            for column, value in enumerate(_cells(random, at, names[at // learners], person), 1):
                sheet.write_string(3 + at, column, value, text)
        sheet.write_string(3 + count, 0, f"合计：{count} 人", head)
        sheet.freeze_panes(3, 2)


def class_names(first: str, classes: int) -> list[str]:
    """Name so many classes after the first, counting its number up."""
    stem, number = (first[:-2], int(first[-2])) if _ends_in_number(first) else (first, 1)
    if classes == 1:
        return [first]
    return [f"{stem}{number + at}班" for at in range(classes)]


def _ends_in_number(name: str) -> bool:
    return name.endswith("班") and name[-2:-1].isdecimal() and not name[-3:-2].isdecimal()


def sample_id_number(birth: date, order: int) -> str:
    """Make a valid ID number that is nobody's; an odd order is a man's."""
    number = f"{NOWHERE}{birth:%Y%m%d}{order:03d}"
    return number + str(ric.calc_check_digit(f"{number}0"))


def _people(random: Random, count: int, on: date) -> Iterator[tuple[str, str, date, str]]:
    """Make up so many people: name, sex, birthday, ID number; no two alike."""
    names = {sex: _names(random, given) for sex, given in (("男", MEN), ("女", WOMEN))}
    taken: set[str] = set()
    ages = [YOUNGEST + at * (OLDEST - YOUNGEST + 1) // count for at in range(count)]
    random.shuffle(ages)
    for age in ages:
        sex = "男" if random.random() < 0.4 else "女"  # noqa: PLR2004 - more women stayed at home
        number = ""
        while not number or number in taken:
            birth = _birthday(random, age, on)
            number = sample_id_number(birth, random.randrange(500) * 2 + (sex == "男"))
        taken.add(number)
        yield next(names[sex]), sex, birth, number


def _names(random: Random, given: tuple[str, ...]) -> Iterator[str]:
    names = [surname + name for surname in SURNAMES for name in given]
    random.shuffle(names)
    return cycle(names)


def _birthday(random: Random, age: int, on: date) -> date:
    latest = date(on.year - age, on.month, min(on.day, 28))
    return latest - timedelta(days=random.randrange(DAYS_A_YEAR - 5))


def _cells(
    random: Random, at: int, class_name: str, person: tuple[str, str, date, str]
) -> tuple[str, ...]:
    """Fill a learner's line, all but its number."""
    name, sex, birth, number = person
    nation = random.choice(("侗族", "汉族", "布依族"))
    township = random.choice(tuple(TOWNSHIPS))
    village = random.choice(TOWNSHIPS[township])
    group = f"{random.randint(1, 6)}组"
    disabled = at % ONE_IN["disability"] == ONE_IN["disability"] - 1
    mandarin = at % ONE_IN["mandarin"] == ONE_IN["mandarin"] - 1
    return (
        name,
        sex,
        nation if mandarin else "苗族",
        number,
        birth.isoformat(),
        str(FIRST_PHONE + at),
        township,
        village,
        group,
        f"XX县{township}{village}{group}",
        f"{village}教学点",
        class_name,
        next((trade for trade in TRADES if trade in class_name), TRADES[0]),
        random.choice(DISABILITIES) if disabled else "",
        "汉语" if mandarin else "苗语",
        NOTE,
    )
