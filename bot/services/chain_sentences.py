"""Whole sentences behind a name in a list (接龙): 今天赶场，请假; 身体不舒服，来不了; 马上到.

Every word must be known, or stand apart from what decides: of what is only guessed no mark is made.
"""

import re
from collections.abc import Sequence

from bot.services.chain_words import GAP, Stands, read_status, simplified
from db.types import LeaveKind, Status

LEAVE = (
    "请病假 请事假 请假 请个假 请一天假 请半天假 告假 病假 事假 来不了 到不了 去不了 来不成 去不成 "
    "不能来 不能到 不来了 不去了 参加不了 不能参加 有事"
)
ILL = (
    "不舒服 不大舒服 感冒 发烧 发热 高烧 生病 病了 住院 看病 头痛 头疼 头晕 肚子痛 肚子疼 拉肚子 "
    "胃痛 牙痛 牙疼 腰痛 腰疼 咳嗽 打针 输液 打点滴 扭伤 崴脚 摔伤 病"
)
FAMILY = (
    "孩子 小孩 小娃 娃娃 娃 崽 老人 家人 老公 老婆 爱人 妈妈 爸爸 婆婆 公公 爷爷 奶奶 父亲 母亲 "
    "儿子 女儿 孙子 孙女 家属"
)
HERE = "已经到了 已经到 已签到 签到 报到 打卡 到了 已到 来了 已来 到 来 在的 ok +1"
OTHERS = "迟到 晚到 晚来 迟 晚 公差 公假 没来 没到 未到 缺勤 旷课"
WHO_COMES = "我也 我已经 我已 我刚刚 我刚 我们 我 本人 人 已经 已 也 都 刚刚 刚 现在 准时 按时"
THERE = "教室里 教室 了 啦 哦 呀 喽 老师"
FILL = (
    "今天 今日 这次 这节课 这堂课 我 我们 本人 老师 因为 因 由于 需要 需 要 得 想 跟 向 您 有点 "
    "有些 一点 突然 太 很 家里面 家里 家中 家 在家 在 身体 人 赶场 赶集 走亲戚 吃酒 干活 农活 打工 "
    "加班 上班 外出 出门 办事 开会 带 照顾 送 去 一次 一天 一下 半天 一节课 谢谢 抱歉 对不起 "
    "不好意思 麻烦 临时 了 啊 哦 呀 啦 哈"
)
REFUSED = re.compile(
    r"[?？吗么呢没未别替帮代给谁昨明是的假如或若可能]|后天|上次|下次|上周|下周|周[一二三四五六日]|星期"
    r"|下午|晚上|中午|要是|好了|好多|好转|好些|取消|不用|不请|迟|晚"
)
COMING = re.compile(
    r"(?:正?在|还在)?(?:来的)?路上|马上就?[到来]?|快到|就[到来]|正?在赶来?|赶过来|过来|"
    r"(?:等一?[下会]儿?|一会儿?|稍后)就?[到来]"
)
ON_THE_WAY = re.compile(r"[我们了啦哦呀在还的,，。.!！~\s]|正在|老师|已经|出门|出发")
REPLY = ("收到", "好的", "知道", "明白", "嗯", "好", "1", "参加", "路上", "马上", "快到", "正在")
Piece = tuple[str, str]  # of what kind, and the word


def _vocabulary() -> dict[str, str]:
    kinds: dict[str, str] = {}
    for kind, words in (
        ("fill", FILL),
        ("there", THERE),
        ("who", WHO_COMES),
        ("others", OTHERS),
        ("here", HERE),
        ("family", FAMILY),
        ("ill", ILL),
        ("leave", LEAVE),
    ):
        kinds |= dict.fromkeys(words.split(), kind)
    return kinds


VOCABULARY = _vocabulary()
LONGEST = max(map(len, VOCABULARY))
FILLERS = frozenset(FILL.split())
MINUTES = re.compile(r"\d{1,3}\s*(?:分钟|分|min)|半个?小时|半个?钟头")


def read_state(rest: str) -> Stands | None:
    """Read what follows a name, led by a word of state or as a sentence; None where not clear."""
    return read_status(rest) or _read_sentence(simplified(rest))


def on_the_way(rest: str) -> bool:
    """Say whether all that follows a name is that this one is still coming: no mark of it yet."""
    text = simplified(rest)
    left, count = COMING.subn("", text)
    return bool(count) and not ON_THE_WAY.sub("", left)


def stands_apart(rest: str) -> bool:
    """Say whether what follows a name cannot be the rest of a longer name: 杨一 收到, 杨一收到."""
    gap = GAP.match(rest)
    if not rest or (gap and gap[0]):
        return True
    pieces = _pieces(simplified(rest))
    told = simplified(rest).startswith(REPLY[:4]) or on_the_way(rest)
    return told or (pieces[0][0] != "unknown" and len(pieces[0][1]) > 1)


def is_plain(rest: str) -> bool:
    """Say whether every word that follows a name is known, and there is one."""
    pieces = _pieces(simplified(rest))
    return any(kind != "break" for kind, _word in pieces) and all(
        kind != "unknown" for kind, _word in pieces
    )


def _pieces(text: str) -> list[Piece]:
    """Cut words into known ones, the longest first, gaps, and what is not known."""
    found: list[Piece] = []
    at = 0
    while at < len(text):
        gap = GAP.match(text, at)
        minutes = MINUTES.match(text, at)
        if minutes:
            kind, word = "minutes", minutes[0]
        elif gap and gap[0]:
            kind, word = "break", gap[0]
        else:
            word = next(
                (
                    text[at : at + size]
                    for size in range(LONGEST, 0, -1)
                    if text[at : at + size] in VOCABULARY
                ),
                text[at],
            )
            kind = VOCABULARY.get(word, "unknown")
        at += len(word)
        if found and kind == found[-1][0] == "unknown":
            word = found.pop()[1] + word
        found.append((kind, word))
    return found


def _read_sentence(rest: str) -> Stands | None:
    gap = GAP.match(rest)
    apart = bool(gap and gap[0])
    pieces = _pieces(rest[gap.end() :] if gap else rest)
    kinds = {kind for kind, _word in pieces}
    if not pieces or "others" in kinds:
        return None
    if "here" in kinds:
        return (Status.PRESENT, 0, None) if _says_here(pieces) else None
    return _leave(pieces, apart=apart)


def _says_here(pieces: Sequence[Piece]) -> bool:
    """Say whether a sentence says no more than "I am here": 我到了, 已到教室."""
    words = [piece for piece in pieces if piece[0] != "break"]
    here = [word for kind, word in words if kind == "here"]
    fitting = all(
        kind in ("who", "here", "there") or word in ("今天", "老师") for kind, word in words
    )
    return words[0][0] == "who" and fitting and len(here) == 1


def _leave(pieces: Sequence[Piece], *, apart: bool) -> Stands | None:
    """Read why somebody is not there; of illness in the family it is a leave for that affair."""
    unclear = "".join(word for kind, word in pieces if kind not in ("leave", "ill", "break"))
    if REFUSED.search(unclear) or "不" in unclear:
        return None
    kinds = {kind for kind, _word in pieces}
    ill = "ill" in kinds and "family" not in kinds
    if "leave" not in kinds and (not ill or "unknown" in kinds):
        return None
    first, word = pieces[0]
    if not apart and (first in ("unknown", "who", "there") or "unknown" in kinds):
        return None
    if not apart and len(word) == 1:
        return None
    if not _stand_alone(pieces):
        return None
    sick = ill or any(word in ("病假", "请病假") for _kind, word in pieces)
    return Status.LEAVE, 0, LeaveKind.SICK if sick else LeaveKind.PERSONAL


def _stand_alone(pieces: Sequence[Piece]) -> bool:
    """Say whether no unknown word stands in one clause with a leave: it may be another's name."""
    clause: set[str] = set()
    for kind, word in (*pieces, ("break", "。")):
        if kind == "break" and word.strip():
            if {"unknown", "leave"} <= clause or {"unknown", "ill"} <= clause:
                return False
            clause = set()
        clause.add(kind)
    return True
