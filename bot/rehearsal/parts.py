"""Who plays what: as people are, most come, some are late, some share a phone, some are away."""

import enum
from collections.abc import Sequence
from random import Random


class Part(enum.StrEnum):
    """How a learner behaves."""

    ON_TIME = "on time"
    LATE = "late"
    EARLY = "early"
    DOUBLE = "taps twice"
    PRIVATE = "taps in private"
    VOICE = "speaks where a tap was asked"
    UNDO = "takes a tap back"
    TWO_PHONES = "has two phones"
    FAMILY = "shares a phone"
    TOO_EARLY = "taps an hour too early"
    AFTER_ROLL = "comes after the roll call"
    AFTER_CLOSE = "comes after the end"
    ODD = "sends what nobody asked for"
    FORGER = "forges taps"
    REFUSER = "does not agree"
    BLOCKER = "blocks the bot"
    ABSENT = "is absent"
    UNLINKED_HERE = "has no phone and comes"
    UNLINKED_AWAY = "has no phone and is absent"
    UNLINKED_LEAVE = "has no phone and is on leave"


UNLINKED = frozenset({Part.UNLINKED_HERE, Part.UNLINKED_AWAY, Part.UNLINKED_LEAVE})
AWAY = frozenset({Part.ABSENT, Part.BLOCKER, Part.AFTER_CLOSE, Part.UNLINKED_AWAY})
FAMILY_SIZE = 3

# A small class gets the first of these; from the end on, most are on time.
FIRST = (
    Part.ON_TIME,
    Part.LATE,
    Part.UNLINKED_HERE,
    Part.FAMILY,
    Part.FAMILY,
    Part.ABSENT,
    Part.VOICE,
    Part.PRIVATE,
    Part.BLOCKER,
    Part.TWO_PHONES,
    Part.DOUBLE,
    Part.UNLINKED_LEAVE,
    Part.UNDO,
    Part.EARLY,
    Part.ODD,
    Part.FORGER,
    Part.AFTER_ROLL,
    Part.AFTER_CLOSE,
    Part.TOO_EARLY,
    Part.FAMILY,
    Part.REFUSER,
    Part.UNLINKED_AWAY,
    Part.UNLINKED_HERE,
    Part.UNLINKED_HERE,
    Part.UNLINKED_HERE,
)
MANY = (Part.ON_TIME, Part.ON_TIME, Part.LATE, Part.PRIVATE, Part.ON_TIME, Part.DOUBLE, Part.EARLY)


def cast(count: int, random: Random) -> Sequence[Part]:
    """Give so many learners their parts, in an order of chance."""
    more = max(0, count - len(FIRST))
    parts = [*FIRST[:count], *(MANY[at % len(MANY)] for at in range(more))]
    random.shuffle(parts)
    return parts
