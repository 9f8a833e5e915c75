"""How a class checks in: its windows, code, middle check and place; each change is in the ledger.

What was judged before stays as it was: meetings that have begun keep the windows that they had.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import windows
from bot.services.reaching import class_heads
from bot.services.refusing import Refusal
from db import ledger
from db.models import Person, StudyClass
from db.queries import meetings

MINUTES = {
    "opens_before": (0, 240),
    "grace": (0, 60),
    "late_until": (1, 480),
    "leave_grace": (0, 120),
}
OPTIONAL = frozenset({"late_until", "leave_grace"})  # None has a meaning of its own
SWITCHES = frozenset({"asks_code", "asks_midway"})
PLACE = "place"
NAMES = (*MINUTES, *sorted(SWITCHES), PLACE)
METRES = (20, 5000)
USUAL_METRES = 300
NORTH, EAST = 90, 180  # degrees


@dataclass(frozen=True)
class Changer:
    """Who changes a setting: a class head in the chat, or nobody in particular by command."""

    person: Person | None = None


def value_of(study_class: StudyClass, name: str) -> Any:  # noqa: ANN401 - of several kinds
    """Return how a setting of a class is."""
    return getattr(study_class, "location" if name == PLACE else name)


def checked(study_class: StudyClass, name: str, value: object) -> object:
    """Return a value that a setting may have; Refusal where it may not."""
    if name in SWITCHES and isinstance(value, bool):
        return value
    if name == PLACE and (value is None or isinstance(value, dict)):
        return _place(value)
    if name not in MINUTES or isinstance(value, bool):
        raise _wrong(name, value)
    if value is None and name in OPTIONAL:
        return None
    least, most = MINUTES[name]
    if not isinstance(value, int) or not least <= value <= most:
        raise Refusal(
            f"{name} 要在 {least} 到 {most} 分钟之间。",
            f"{name} is between {least} and {most} minutes.",
            name,
        )
    late = value if name == "late_until" else study_class.late_until
    grace = value if name == "grace" else study_class.grace
    if name in ("grace", "late_until") and late is not None and late <= grace:
        raise Refusal(
            f"停止签到（{late} 分钟）要晚于算迟到的时间（{grace} 分钟）。",
            f"Check-in ends ({late} min) after people begin to be late ({grace} min).",
            name,
        )
    return value


def _place(value: dict[str, Any] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    told = (value.get("latitude"), value.get("longitude"), value.get("metres", USUAL_METRES))
    numbers = [one for one in told if isinstance(one, int | float)]
    if len(numbers) < len(told) or not (
        -NORTH <= numbers[0] <= NORTH
        and -EAST <= numbers[1] <= EAST
        and METRES[0] <= numbers[2] <= METRES[1]
    ):
        raise Refusal(
            f"地点要写成 纬度,经度,米数，米数在 {METRES[0]} 到 {METRES[1]} 之间。",
            f"A place is latitude,longitude,metres with {METRES[0]} to {METRES[1]} metres.",
            PLACE,
        )
    return {"latitude": numbers[0], "longitude": numbers[1], "metres": round(numbers[2])}


def _wrong(name: str, value: object) -> Refusal:
    known = "、".join(NAMES)
    if name not in NAMES:
        return Refusal(
            f"没有“{name}”这项设置；有：{known}。",
            f"No setting “{name}”; there are: {known}.",
            name,
        )
    return Refusal(f"{name} 不能是“{value}”。", f"{name} cannot be “{value}”.", name)


async def set_value(
    session: AsyncSession,
    study_class: StudyClass,
    name: str,
    value: object,
    by: Changer,
    now: datetime,
) -> bool:
    """Change a setting and write it down; False where it is so already, Refusal where it is wrong.

    A change by command is written down in the chains of those who lead the class.
    """
    # Two who change it at once are told apart by the lock.
    await session.refresh(study_class, with_for_update=True)
    new = checked(study_class, name, value)
    old = value_of(study_class, name)
    if new == old:
        return False
    told = [by.person] if by.person else list(await class_heads(session, study_class.id, now))
    if not told:
        raise Refusal(
            "这个班还没有班主任，请先安排班主任再改设置。",
            "This class has no class head yet; settings are changed once there is one.",
            "class_head",
        )
    if name in MINUTES:
        windows.keep(await meetings.begun(session, study_class.id, now))
    setattr(study_class, "location" if name == PLACE else name, new)
    await session.flush()
    for person in told:
        await ledger.record(
            session,
            person.id,
            "class.set",
            now,
            **{"study_class": study_class.id, "setting": name, "was": old, "is": new},
            by=by.person.id if by.person else None,
            way="chat" if by.person else "command",
        )
    return True


def read(name: str, words: str) -> object:
    """Read a value as it is written after `name=` on the command line."""
    plain = words.strip().lower()
    if plain in ("none", "off", "no", "关", "无", "否"):
        return False if name in SWITCHES else None
    if name in SWITCHES and plain in ("on", "yes", "开", "是"):
        return True
    try:
        if name == PLACE:
            parts = [float(one) for one in plain.replace("，", ",").split(",")]
            return dict(zip(("latitude", "longitude", "metres"), parts, strict=False))
        return int(plain)
    except ValueError:
        raise _wrong(name, words) from None
