"""How Mandarin is said aloud: pinyin put right word by word, with the tones as spoken.

The machine's own dictionary reads single characters, so it misses neutral tones, readings that
hang on the word (数东西, 上得怎么样) and the tone changes of 一, 不 and third tones.
"""

import re
from itertools import pairwise

WORDS = {
    "名字": "ming2 zi5",
    "地方": "di4 fang5",
    "起来": "qi3 lai5",
    "上得": "shang4 de5",
    "下来": "xia4 lai5",
    "下面": "xia4 mian5",
    "东西": "dong1 xi5",
    "你的": "ni3 de5",
    "关系": "guan1 xi5",
    "认得": "ren4 de5",
    "记得": "ji4 de5",
    "听得懂": "ting1 de5 dong3",
    "后面": "hou4 mian5",
    "告诉": "gao4 su5",
    "喇叭": "la3 ba5",
    "回来": "hui2 lai5",
    "图上": "tu2 shang5",
    "外面": "wai4 mian5",
    "多少": "duo1 shao5",
    "太长了": "tai4 chang2 le5",
    "家里": "jia1 li5",
    "找不到": "zhao3 bu5 dao4",
    "改过来": "gai3 guo4 lai5",
    "数东西": "shu3 dong1 xi5",
    "早上": "zao3 shang5",
    "时候": "shi2 hou5",
    "晚上": "wan3 shang5",
    "来不了": "lai2 bu5 liao3",
    "村里": "cun1 li5",
    "消息": "xiao1 xi5",
    "清楚": "qing1 chu5",
    "照片": "zhao4 pian4",
    "牌子": "pai2 zi5",
    "班上": "ban1 shang5",
    "用不上": "yong4 bu5 shang4",
    "看不清": "kan4 bu5 qing1",
    "看看": "kan4 kan5",
    "看门牌": "kan4 men2 pai2",
    "纸上": "zhi3 shang5",
    "群里": "qun2 li5",
    "聊天里": "liao2 tian1 li5",
    "街上": "jie1 shang5",
    "说说": "shuo1 shuo5",
    "谢谢": "xie4 xie5",
    "还没": "hai2 mei2",
    "这里": "zhe4 li5",
    "里面": "li3 mian5",
    "手机上": "shou3 ji1 shang5",
    "报上去": "bao4 shang5 qu5",
    "锁上": "suo3 shang5",
    "门上": "men2 shang5",
    "院子里": "yuan4 zi5 li5",
    "上面": "shang4 mian5",
    "两只": "liang3 zhi1",
    "前面": "qian2 mian5",
    "那里": "na4 li5",
    "从一数到": "cong2 yi1 shu3 dao4",
    "数到": "shu3 dao4",
    "数一数": "shu3 yi5 shu3",
    "数一下": "shu3 yi2 xia4",
    "出声数": "chu1 sheng1 shu3",
    "数钱": "shu3 qian2",
    "钱数对": "qian2 shu3 dui4",
    "会数": "hui4 shu3",
    "一要念": "yi1 yao4 nian4",
    "拍得": "pai1 de5",
    "伤得": "shang1 de5",
    "病得": "bing4 de5",
    "看得": "kan4 de5",
    "叫不醒": "jiao4 bu5 xing3",
    "喘不上": "chuan3 bu5 shang4",
    "上不了网": "shang4 bu5 liao3 wang3",
    "爬上去": "pa2 shang5 qu5",
    "衣服": "yi1 fu5",
    "豆腐": "dou4 fu5",
    "师傅": "shi1 fu5",
    "认识": "ren4 shi5",
    "蘑菇": "mo2 gu5",
    "爸爸": "ba4 ba5",
    "妈妈": "ma1 ma5",
    "娃娃": "wa2 wa5",
    "星星": "xing1 xing5",
    "太阳": "tai4 yang5",
    "月亮": "yue4 liang5",
    "儿子的子": "er2 zi5 de5 zi3",
    "人家": "ren2 jia5",
    "教他": "jiao1 ta1",
    "教完": "jiao1 wan2",
    "长针": "chang2 zhen1",
    "落下": "luo4 xia4",
    "当糖": "dang4 tang2",
    "还完": "huan2 wan2",
    "念假": "nian4 jia4",
    "天假": "tian1 jia4",
    "切": "qie1",
    "擦干": "ca1 gan1",
    "干木棍": "gan1 mu4 gun4",
    "挑开": "tiao3 kai1",
    "哪一行": "na3 yi4 hang2",
    "外划": "wai4 hua2",
    "剥电线": "bao1 dian4 xian4",
    "它量": "ta1 liang2",
    "量一节": "liang2 yi4 jie2",
    "让它转": "rang4 ta1 zhuan4",
    "都会": "dou1 hui4",
    "中了": "zhong4 le5",
    "再数": "zai4 shu3",
    "盛出来": "cheng2 chu1 lai5",
    "扎个洞": "zha1 ge5 dong4",
    "一点五": "yi1 dian3 wu3",
}
LONGEST = max(map(len, WORDS))
SPELLED = re.compile(r"(.)\{([a-zv]+[1-5])\}")
PHRASES = re.compile(r"[^，。！？、；：…“”\s]+[，。！？、；：…“”\s]*")
ORDINALS = ("第", "十", "期")
CODES = {"五五", "五九", "九五", "九九"}
COUNTERS = "一二三四五六七八九十两几这那哪每换多有半"
HOLDERS = "子表秤票单灶身头路地盘板幕器壳信律话嘴屋墙道库箱脑槽池座夹"  # before a light 上 or 里


def phrases(text: str) -> list[tuple[str, str]]:
    """Split a sentence into what is said in one breath and the stop that follows it."""
    parts = []
    for match in PHRASES.finditer(text):
        words = match[0].rstrip("，。！？、；：…“”\n ")
        stop = match[0][len(words) :]
        parts.append((words, stop[:1]))
    return parts


def plain(text: str) -> str:
    """Leave out the readings written into a text, as in 长{chang2}."""
    return SPELLED.sub(r"\1", text)


def spelled(text: str) -> dict[int, str]:
    """Give the readings written into a text by the place of their character."""
    places = {}
    removed = 0
    for match in SPELLED.finditer(text):
        places[match.start() - removed] = match[2]
        removed += len(match[2]) + 2
    return places


def put_right(text: str, pinyin: list[str]) -> list[str]:
    """Turn a dictionary's pinyin of one phrase into what a speaker says."""
    words = plain(text)
    said = list(pinyin)
    fixed: set[int] = set()
    at = 0
    while at < len(words):
        longest = min(LONGEST, len(words) - at)
        length = next((n for n in range(longest, 0, -1) if words[at : at + n] in WORDS), 0)
        if length:
            said[at : at + length] = WORDS[words[at : at + length]].split()
            fixed.update(i for i in range(at, at + length) if words[i] in "一不")
        at += length or 1
    for place, reading in spelled(text).items():
        said[place] = reading
        fixed.add(place)
    for place in range(len(words)):
        if place not in fixed and words[place] in "一不":
            said[place] = _changed(words, said, place)
        elif words[place] == "个" and place and words[place - 1] in COUNTERS:
            said[place] = "ge5"
        elif words[place] in "上里" and place and words[place - 1] in HOLDERS:
            said[place] = f"{said[place][:-1]}5"
    return _third_tones(words, said)


def _changed(words: str, said: list[str], place: int) -> str:
    """Give 一 and 不 the tone that their neighbours ask for."""
    letter, sound = words[place], {"一": "yi", "不": "bu"}[words[place]]
    before, after = words[:place][-1:], words[place + 1 : place + 2]
    if not after or (letter == "一" and before in ORDINALS):
        return f"{sound}{'1' if letter == '一' else '4'}"
    if before == after and words[max(0, place - 2) : place - 1] != "一":
        return f"{sound}5"
    falling = said[place + 1].endswith("4") or after == "个"
    return f"{sound}{'2' if falling else '4'}"


def _third_tones(words: str, said: list[str]) -> list[str]:
    """Raise each third tone that stands before another one; the digits of a code keep theirs."""
    raised = [
        f"{one[:-1]}2" if one[-1] == two[-1] == "3" and pair not in CODES else one
        for (one, two), pair in zip(pairwise(said), map("".join, pairwise(words)), strict=True)
    ]
    return [*raised, *said[-1:]]
