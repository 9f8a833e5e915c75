"""A learner who is to choose a voice by ear: what was recorded, what stands on the phone."""

from sqlalchemy import select

from bot.services.choosing_voice import SAYS
from db.models import Clip, Person
from tests.handlers.room import YANG, acts
from tests.handlers.spoken_room import record

WHICH = "哪个声音你最听得懂？按它下面的按钮。"
PRESS = "最听得懂我说话，就按这里。"
NOT_YET = "这里的苗语还没录好，我先讲普通话。"
READING = "我只说给你听，还是也写字？"
DONE = "好了，以后就这样。"
DONE_KEY = "Done. From now on like this."
CHANGE = "1 换声音　2 听还是看　3 什么时候提醒"
HOME = "1 读书　2 我来了　3 下次课　4 问老师"
KEPT = "存好了，会转给老师。"
MANDARIN = "bot:clips/zh/005.ogg"


async def yang(room):
    return (await room.rows(select(Person).where(Person.id == 3)))[0]


async def joins(room):
    """Let Yang scan the card and press the green tick."""
    await room.person(YANG, "示例杨一")
    await room.starts(YANG, await room.card(await yang(room)))
    await room.taps(YANG, "join:")


async def agrees(room):
    for _part in range(3):
        await room.taps(YANG, "notice:")
    await room.speaks(YANG)
    await room.taps(YANG, "agree:")


async def offered(room, user=YANG):
    """Return the acts that stand below the voices, in their order."""
    return [act for one in await room.messages(user) for act in acts(one) if act[:5] == "lang:"]


async def both_recorded(room):
    """Let Miao be recorded as well as Mandarin, and Yang have just come in."""
    path = await record(room, SAYS)
    await record(room, DONE_KEY)
    room.own = f"data:clips/{path.name}"
    room.clip = (await room.rows(select(Clip.id).where(Clip.key == SAYS)))[0]
    await joins(room)
    return room
