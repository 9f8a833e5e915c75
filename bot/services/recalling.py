"""What a learner's own record says for the gaps of a lesson: their name, their place, their day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.language import SHANGHAI, clock, day_word
from bot.services import encouraging
from db.models import County, Person, Role
from db.queries import meetings, people

GAP = re.compile(r"\{(\w+)\}")
GROUP = re.compile(r"([一二三四五六七八九十]{1,3}|[0-9]{1,2})组")
PHONE = re.compile(r"[0-9]{3,11}")
# Family names of two characters that people here may have; every other one has one character.
TWO = (
    "欧阳 司马 上官 诸葛 皇甫 尉迟 公孙 慕容 令狐 司徒 东方 夏侯 端木 独孤 南宫 轩辕 宇文 "
    "长孙 申屠 呼延 百里 东郭 澹台 公冶 宗政 濮阳 淳于 单于 太叔 仲孙 钟离 闻人 赫连"
)


@dataclass
class Recalled:
    """What fills the gaps: as it is spoken, and as it is written."""

    values: dict[str, object] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def know(self, gap: str, value: object, shown: str) -> None:
        """Fill a gap, unless there is nothing to fill it with."""
        if value:
            self.values[gap], self.shown[gap] = value, shown


def split_name(name: str) -> tuple[str, str]:
    """Split a Chinese name into family name and given name."""
    length = 2 if name[:2] in TWO and len(name) > len("欧阳") else 1
    return name[:length], name[length:]


def own_phone(person: Person) -> str:
    """Return a person's phone number where it can be dialled; nothing where it is not known."""
    return person.phone if PHONE.fullmatch(person.phone) else ""


async def recall(
    session: AsyncSession, person: Person, gaps: Sequence[str], now: datetime
) -> Recalled:
    """Look up what these gaps ask of a person's own record."""
    known = Recalled()
    surname, given = split_name(person.name)
    group = GROUP.search(person.address)
    plain = {
        "姓名": person.name,
        "姓": surname,
        "名": given,
        "乡镇": person.township,
        "村": person.village,
        "组": group[0] if group else "",
        "电话": own_phone(person),
    }
    for gap in gaps:
        match gap:
            case "县":
                county = await session.get(County, person.county_id)
                known.know(gap, county and county.name, county.name if county else "")
            case "今天":
                today = now.astimezone(SHANGHAI).date()
                known.know(gap, today, f"{today.month}月{today.day}日")
            case "下次课":
                await _next_class(session, person, known, now)
            case "n":
                count = len(await encouraging.characters_known(session, person.id))
                known.know(gap, count, str(count))
            case _:
                known.know(gap, plain.get(gap), plain.get(gap, ""))
    return known


async def _next_class(
    session: AsyncSession, person: Person, known: Recalled, now: datetime
) -> None:
    classes = await people.class_ids_of(session, person.id, Role.LEARNER, now)
    found = [await meetings.following(session, class_id, now) for class_id in classes]
    ahead = [meeting for meeting in found if meeting and meeting.starts_at > now]
    meeting = min(ahead, key=lambda one: one.starts_at, default=None)
    if meeting:
        day = day_word(meeting.starts_at, now, person.language)
        known.know("下次课", meeting.starts_at, f"{day} {clock(meeting.starts_at)}")
