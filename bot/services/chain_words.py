"""The words with which people say in a list (接龙) how somebody stands, and what they mean."""

import re

from db.types import LeaveKind, Status

LATEST = 300  # minutes; more is a slip of the thumb
GAP = re.compile(r"[\s·•・.。,，、:：;；\-—–_~～()（）【】\[\]「」“”\"'‘’!！|/\\]*")
SIGNS = "✓✔√☑✅👍🙋✋🙌👌"
LATE = ("迟到", "晚到", "要迟", "会晚", "晚来", "迟", "晚")
LEAVE = {
    "请病假": LeaveKind.SICK,
    "请事假": LeaveKind.PERSONAL,
    "请假": None,
    "事假": LeaveKind.PERSONAL,
    "病假": LeaveKind.SICK,
    "生病": LeaveKind.SICK,
    "病了": LeaveKind.SICK,
    "来不了": None,
    "到不了": None,
    "去不了": None,
    "不能来": None,
    "不能到": None,
    "有事": LeaveKind.PERSONAL,
    "假": None,
}
EXCUSED = ("公差", "公假", "出公差")
ABSENT = ("没来", "没到", "未到", "未来", "缺勤", "缺席", "缺课", "旷课", "不来", "不到", "缺")
PRESENT = (
    "已经到了",
    "已经到",
    "已签到",
    "签到",
    "报到",
    "打卡",
    "到了",
    "已到",
    "来了",
    "已来",
    "到",
    "来",
    "在的",
    "在",
    "+1",
    "ok",
    *SIGNS,
)
ALL = tuple(sorted((*EXCUSED, *ABSENT, *LEAVE, *LATE, *PRESENT), key=len, reverse=True))
SHORT = frozenset({"在", "到", "来"})
NOT_HERE = (*LEAVE, *LATE, *EXCUSED)
MINUTES = re.compile(r"(?:大概|大约|约|到|了)*\s*(?P<minutes>\d{1,3})\s*(?:分钟|分|min|mins)")
HALF_HOUR = re.compile(r"(?:大概|大约|约|到|了)*\s*半\s*个?\s*(?:小时|钟头)")
DOUBT = re.compile(r"[?？吗么呢没未不]|路上|马上|快到")
OTHERS = re.compile(r"[的替帮代谁]")  # 请假的是小吴, 请假的同学: of whom it is said is not clear
ILL = re.compile(r"病|感冒|发烧|发热|不舒服|住院|医院|[头胃牙腰]痛|[头胃牙腰]疼|头晕|肚子")
FAMILY = re.compile(r"孩|娃|崽|老人|家人|老公|老婆|爱人|妈|爸|婆|爷|奶|父|母|儿|女|孙")
TRADITIONAL = str.maketrans(
    "請遲來還沒會馬燒發體場點舉鐘曠簽報課頭學兒孫爺媽後過輸醫險",
    "请迟来还没会马烧发体场点举钟旷签报课头学儿孙爷妈后过输医险",
)
HAN = re.compile(r"[㐀-鿿]")
Stands = tuple[Status | None, int, LeaveKind | None]  # how, how many minutes late, what leave


def simplified(text: str) -> str:
    """Write the traditional characters of these words as the simplified ones."""
    return text.translate(TRADITIONAL).casefold()


def read_status(rest: str) -> Stands | None:
    """Read what follows a name; None where it is not understood."""
    rest = simplified(rest)
    gap = GAP.match(rest)
    text = rest[gap.end() :] if gap else rest
    if not text:
        doubtful = bool(DOUBT.search(rest))
        return None if doubtful else (Status.PRESENT, 0, None)
    for word in ALL:
        if text.startswith(word):
            after = text[len(word) :]
            if rest.startswith(word) and len(word) == 1 and _twice(after):
                return None
            return _judged(word, after)
    return None


def _twice(after: str) -> bool:
    """Say whether a state follows what then is the end of a longer name: 杨来 到."""
    gap = GAP.match(after)
    return bool(gap and gap[0]) and after[len(gap[0] if gap else "") :].startswith(PRESENT)


def _judged(word: str, after: str) -> Stands | None:
    """Say what a word of state means with what follows it; None where the two do not agree."""
    if word in LATE:
        return _late(word, after)
    here = _says_here(after)
    found: Stands | None = None
    if DOUBT.search(ILL.sub("", after)):
        return None
    if word in LEAVE:
        unclear = here or OTHERS.search(after)
        found = None if unclear else (Status.LEAVE, 0, LEAVE[word] or _why(after))
    elif word in ABSENT:
        found = None if here else (None, 0, None)
    elif word in EXCUSED:
        found = (Status.EXCUSED, 0, None)
    elif not _elsewhere(word, after) and not any(one in after for one in NOT_HERE):
        found = (Status.PRESENT, 0, None)
    return found


def _why(after: str) -> LeaveKind | None:
    """Say what leave it is by the reason that is given: illness, unless it is the family's."""
    return LeaveKind.SICK if ILL.search(after) and not FAMILY.search(after) else None


def _elsewhere(word: str, after: str) -> bool:
    """Say whether a word goes on as something else: 在家, 到镇上, 来信 do not mean "here"."""
    return word in SHORT and bool(HAN.match(after)) and not after.startswith("了")


def _late(word: str, after: str) -> Stands | None:
    """Say how late somebody is; a bare 晚 or 迟 needs its minutes."""
    found = MINUTES.match(after)
    minutes = int(found["minutes"]) if found else 30 if HALF_HOUR.match(after) else 0
    rest = after[found.end() :] if found else after
    if DOUBT.search(rest) or minutes > LATEST or any(one in rest for one in LEAVE):
        return None
    if len(word) == 1 and not minutes and rest.strip():
        return None  # 晚上来
    return Status.LATE, minutes, None


def _says_here(after: str) -> bool:
    return any(one in after for one in ("到了", "来了", "已到"))


def without_state(name: str) -> str:
    """Return a name without the word of state that is written right behind it."""
    for word in ALL:
        if name.endswith(word) and len(name) > len(word):
            return name[: -len(word)]
    return name
