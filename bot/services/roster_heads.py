"""What offices write over the columns of a roster, field by field."""

import re
from collections.abc import Callable

Naming = Callable[[str], str | None]

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
    "group": ("组", "村民组", "村民小组", "小组", "组别", "所在组", "自然寨", "村民组名称", "寨"),
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
    "schooling": (
        "文化程度", "学历", "受教育程度", "最高学历", "原有学历", "文化水平", "学历层次",
        "文化程度学历",
    ),
    "politics": ("政治面貌", "政治身份"),
    "household": ("户籍性质", "户口性质", "户口类别", "户籍类型", "户口类型", "户籍类别"),
    "whereabouts": (
        "去向", "人员去向", "现去向", "目前去向", "去向情况", "摸排去向", "摸排结果", "摸排情况",
        "现状", "人员现状", "目前状况", "核查情况",
    ),
    "in_census": ("七普在册", "是否七普在册", "七普", "是否七普", "七普数据", "是否在七普名单"),
    "registered": (
        "学籍号", "学籍", "学籍注册", "是否注册学籍", "学籍状态", "注册学籍", "注册状态",
        "是否注册", "学籍注册情况",
    ),
}  # fmt: skip
# Kept under one name among the other columns.
OTHERS = {"教学点名称": "教学点", "所在教学点": "教学点", "班主任姓名": "班主任"}
NUMBERING = {"序号", "编号", "序", "号", "no"}
NEEDED = {"name": "姓名", "id_number": "身份证号"}
# Where two heads mean nearly the same, the preferred one counts and the other is kept.
FORGIVING = {
    "phone", "township", "village", "group", "address", "class_name", "trade", "note",
    "schooling", "politics", "household", "whereabouts", "in_census", "registered",
    "disability", "speaks",
}  # fmt: skip
OTHER_PEOPLE = re.compile("家长|监护|户主|班主任|联系人|教师|老师|配偶|父|母|村干|亲属|帮扶")
FIELD_OF = {head: field for field, heads in HEADS.items() for head in heads}
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
NOISE = re.compile(r"[\s*:、,/·.()\[\]【】_\-]+")
# What a field is called where it is shown for confirmation.
TITLES = {field: heads[0] for field, heads in HEADS.items()} | {
    "township": "乡镇",
    "village": "村",
    "address": "住址",
    "trade": "专业",
    "schooling": "学历",
    "speaks": "使用语言",
}


def field_of(head: str) -> str | None:
    """Say which field a head names, whatever the office put around it."""
    return FIELD_OF.get(plain(head)) or FIELD_OF.get(NOISE.sub("", BRACKETS.sub("", head)))


def plain(head: str) -> str:
    """Write a head without its spaces and signs, as it is looked up and remembered."""
    return NOISE.sub("", head)
