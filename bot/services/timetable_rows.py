"""What is read of a timetable: its meetings, and each cell that is wrong and why."""

from dataclasses import dataclass, field

from bot.services.refusing import Refusal
from bot.services.roster_people import CellError
from bot.services.timetabling import PlannedMeeting

MOST_MEETINGS = 2_000
ERRORS = {
    "missing": ("没有填{head}，请补上", "{head} is missing; fill it in"),
    "text": ("是公式、错误值或太长，请直接填写", "it is a formula, an error or too long; type it"),
    "day": ("日期看不懂，请写成 2026-11-23 的样子", "the day is unclear; write it like 2026-11-23"),
    "no_day": ("没有这一天，请核对日期", "there is no such day; check the date"),
    "backwards": (
        "结束的日期早于开始的日期，请改正",
        "the last day is before the first; correct it",
    ),
    "many_days": (
        "从 {first} 到 {last} 超过 {most} 天，请核对，或者分几行写",
        "{first} to {last} is more than {most} days; check it, or write it in several rows",
    ),
    "far": ("日期离今天超过一年，请核对年份", "the day is over a year away; check the year"),
    "weekday": ("{day} 是{right}，请核对", "{day} is a {right_en}; check it"),
    "never": ("这段时间里没有这一天，请核对", "there is no such day in these weeks; check it"),
    "time": ("时间看不懂，请写成 08:30 的样子", "the time is unclear; write it like 08:30"),
    "period": (
        "看不懂是哪一节，请写成“第1节 08:30-09:10”的样子",
        "the period is unclear; write it like 第1节 08:30-09:10",
    ),
    "no_time": (
        "没有这一节的时间，请写成“第1节 08:30-09:10”，或者加一张“节次、时间”的作息表",
        "the period has no time; write 第1节 08:30-09:10, or add a table of 节次 and 时间",
    ),
    "ends_early": ("结束不晚于开始，请改正", "it ends before it begins; correct it"),
    "lesson": ("没有这一课，请写 {known}", "there is no such lesson; write {known}"),
    "no_lesson": ("没有写上什么课，请补上", "it does not say what is taught; write it"),
    "lessons_out": (
        "“{course}”的课不够排到这一次，请写明是哪一课",
        "there are not enough lessons of {course} for this meeting; name the lesson",
    ),
    "parts": (
        "一格里最多写课、教师、地点和方式，请把多的删去",
        "a cell holds lesson, teacher, place and mode at most; remove the rest",
    ),
    "mode": ("方式请写线下、线上或实训", "the mode is 线下, 线上 or 实训"),
    "merged": ("是合并单元格，请取消合并，每行分别填写", "the cells are merged; unmerge them"),
    "merged_days": (
        "合并了几天的单元格，请取消合并，每天分别填写",
        "it is merged over several days; unmerge it and fill in each day",
    ),
    "teacher": (
        "“{name}”不是这个班的教师，请先用 invite --role teacher 请这位教师",
        "“{name}” is no teacher of this class; invite them first with invite --role teacher",
    ),
    "two_teachers": (
        "这个班有几位教师可以叫“{name}”，请写全名",
        "several teachers of this class may be meant by “{name}”; write the full name",
    ),
    "no_teacher": (
        "没有写教师，请在这一格或标题里写“教师：姓名”",
        "no teacher is named; write 教师：NAME in the cell or in the title",
    ),
    "no_place": (
        "没有写地点，请在这一格或标题里写“地点：……”",
        "no place is named; write 地点：PLACE in the cell or in the title",
    ),
    "clash_class": (
        "和 {other}（{when}）时间重叠，是同一个班，请改正",
        "it overlaps with {other} ({when}), of the same class; correct one of them",
    ),
    "clash_teacher": (
        "和 {other}（{when}）时间重叠，教师都是{name}，请改正",
        "it overlaps with {other} ({when}), and {name} teaches both; correct one of them",
    ),
    "taken_class": (
        "这个班 {when} 已排了“{title}”，时间重叠，请改时间",
        "this class already has “{title}” {when}; choose another time",
    ),
    "taken_teacher": (
        "{name} {when} 已在{other}上“{title}”，时间重叠，请改时间",
        "{name} already teaches “{title}” in {other} {when}; choose another time",
    ),
    "class": ("没有“{name}”这个班，请核对", "there is no class “{name}”; check it"),
}  # fmt: skip


@dataclass(frozen=True)
class TimetableRow:
    """One meeting, its class and its teacher by name, and where each cell stands."""

    sheet: str
    row: int
    columns: dict[str, str]
    class_name: str
    teacher: str
    entry: PlannedMeeting
    extras: tuple[str, ...] = ()  # parts of a cell that name a teacher or a place
    in_order: str = ""  # the course whose next lesson it is, where no lesson is named
    usual_teacher: str = ""  # who and where by the title, where the cell does not say it
    usual_place: str = ""
    line: str = ""  # what is taught, where it is neither a lesson nor a course by itself

    @property
    def cell(self) -> str:
        """Name the cell that says what is taught."""
        return f"{self.sheet}!{self.columns.get('lesson', self.columns['day'])}{self.row}"


@dataclass(frozen=True)
class Assumed:
    """Something that a file leaves open and the reading has filled in; said once, as a caution."""

    kind: str
    cell: str
    text: str
    values: dict[str, str | int]


@dataclass
class TimetableReading:
    """All that was read of a timetable."""

    rows: list[TimetableRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    assumed: dict[tuple[str, str], Assumed] = field(default_factory=dict)

    def assume(self, kind: str, cell: str, text: str, **values: str | int) -> None:
        """Note what was filled in, each thing once, with the first cell that needed it."""
        key = kind, repr(sorted(values.items()))
        self.assumed.setdefault(key, Assumed(kind, cell, text, values))

    def check_length(self) -> None:
        """Refuse a file that never ends."""
        if len(self.rows) + len(self.errors) > MOST_MEETINGS:
            raise too_long()


def too_long() -> Refusal:
    """Say that a file holds too much."""
    return Refusal(
        f"课程表太长，一个文件最多 {MOST_MEETINGS} 次课，请分开。",
        f"The timetable is too long: at most {MOST_MEETINGS} meetings a file.",
        "too_many_rows",
    )


def wrong(code: str, sheet: str, row: int, column: str, **values: str) -> CellError:
    """Describe one wrong cell."""
    chinese, english = (text.format(**values) for text in ERRORS[code])
    return CellError(
        sheet,
        row,
        column,
        code,
        f"工作表“{sheet}”{column}{row}：{chinese}。",
        f"Sheet “{sheet}”, cell {column}{row}: {english}.",
    )
