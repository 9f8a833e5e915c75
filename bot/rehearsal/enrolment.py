"""How a learner comes in: card, name, reading, notice, voice, thumb."""

from bot.rehearsal.parts import Part
from bot.rehearsal.phones import Phone
from bot.rehearsal.scene import Pupil, Scene, payload_of, press
from bot.rehearsal.truth import Agreed, stamp

PARTS = 3  # of the notice
WAITS = (10, 20)
SECOND_CARD = 1


async def enrol(scene: Scene, pupil: Pupil) -> None:
    """Come in with one's card, and agree."""
    phone = pupil.own
    await scan(scene, pupil, phone, scene.cards.get(pupil.number, pupil.who.cards[0]))
    await listen(scene, pupil, phone)
    await decide(scene, pupil, phone)
    if pupil.second:
        await scene.stage.pause(60)
        await scan(scene, pupil, pupil.second, pupil.who.cards[SECOND_CARD])
        await scene.stage.pause(10)


async def scan(scene: Scene, pupil: Pupil, phone: Phone, card: str) -> None:
    """Scan a card, say yes to the name, and how one wants to be spoken to."""
    await phone.start(payload_of(card))
    await wait(scene, pupil)
    await phone.read()
    if pupil.random.random() < 0.1:  # noqa: PLR2004 - some press the wrong one first
        await phone.tap(r"join:\d+:0")
        await wait(scene, pupil)
        await phone.start(payload_of(card))
        await wait(scene, pupil)
        await phone.read()
    if pupil.random.random() < 0.2 and phone.find(r"hear:\w+"):  # noqa: PLR2004
        await phone.tap(r"hear:\w+")
        await wait(scene, pupil)
    await phone.tap(r"join:\d+:1", times=2 if pupil.part is Part.DOUBLE else 1)
    scene.truth.phones.add((pupil.number, phone.user, True))
    scene.truth.linked_at.setdefault(pupil.number, scene.now)
    await wait(scene, pupil)
    await phone.read()
    act = "reads:0" if pupil.reader.listens else "reads:1"
    await press(pupil, phone, act)
    scene.truth.readers[pupil.number] = pupil.reader.stored
    await wait(scene, pupil)


async def listen(scene: Scene, pupil: Pupil, phone: Phone) -> None:
    """Hear the notice, part by part."""
    parts = PARTS + pupil.who.minor
    for part in range(2, parts + 2):
        await phone.read()
        await phone.tap(rf"notice:\d+:{part}")
        await wait(scene, pupil)


async def decide(scene: Scene, pupil: Pupil, phone: Phone) -> None:
    """Say "I agree" and press the thumb; or press the cross."""
    await phone.read()
    if pupil.part is Part.REFUSER:
        await phone.tap(r"agree:\d+:0")
        scene.truth.consents[pupil.number] = Agreed(pupil.number, "refused", stamp(scene.now))
        await wait(scene, pupil)
        return
    if pupil.part is Part.ODD:
        await phone.sticker()
        await wait(scene, pupil)
    await phone.voice(pupil.index)
    await wait(scene, pupil)
    await phone.read()
    await phone.tap(r"agree:\d+:1")
    scene.truth.consents[pupil.number] = Agreed(pupil.number, "given", stamp(scene.now))
    await wait(scene, pupil)


async def wait(scene: Scene, pupil: Pupil) -> None:
    """Take one's time, as people do."""
    await scene.stage.pause(pupil.random.choice(WAITS))
