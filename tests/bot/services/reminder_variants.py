"""Rules that a class may have, as the program reads them and as we understand them ourselves."""

from typing import NamedTuple


class Spec(NamedTuple):
    """One reminder of a rule, in minutes and days, as the school would explain it."""

    name: str
    kind: str
    days: int = 0
    at: int | None = None
    before: int | None = None
    until: int = 10  # minutes before the start after which it makes no sense
    group: bool = False
    own: bool = False


EVENING = Spec("evening", "day_before", days=1, at=19 * 60 + 30, group=True, own=True)
HOUR = Spec("hour", "hour_before", before=60, group=True)
BEGIN = Spec("start", "start", before=0)
MISSED = Spec("missed", "absent", at=19 * 60 + 45)
SPECS = (
    (EVENING, HOUR, BEGIN, MISSED),
    (
        Spec("early", "day_before", at=6 * 60),
        Spec("soon", "hour_before", before=90, until=60, group=True),
        Spec("soon_2", "hour_before", before=60, until=30, group=True),
        Spec("soon_3", "hour_before", before=30, until=10, group=True),
    ),
    (EVENING, HOUR, BEGIN, MISSED),
    (
        Spec("night", "day_before", days=2, at=22 * 60, group=True, own=True),
        BEGIN,
        MISSED._replace(at=21 * 60 + 15),
    ),
)
VARIANTS = (
    None,
    {
        "rules": [
            {"name": "early", "kind": "day_before", "at": "06:00", "patience": 60},
            {
                "name": "soon",
                "kind": "hour_before",
                "minutes": 90,
                "every": 30,
                "group": True,
                "patience": 20,
            },
        ]
    },
    {"quiet": {"from": "19:00", "until": "09:00"}},
    {
        "rules": [
            {
                "name": "night",
                "kind": "day_before",
                "days": 2,
                "at": "22:00",
                "own_hour": True,
                "group": True,
                "patience": 30,
            },
            {"name": "start", "kind": "start", "minutes": 0, "patience": 20},
            {"name": "missed", "kind": "absent", "at": "21:15", "patience": 600},
        ]
    },
)
USUAL = (21 * 60 + 30, 7 * 60 + 30)
QUIET_OF_CLASS = (USUAL, USUAL, (19 * 60, 9 * 60), USUAL)
# Learners' own: as usual, never, from noon, from dusk, nearly always.
QUIETS = (USUAL, (0, 0), (12 * 60, 7 * 60 + 30), (18 * 60, 9 * 60), (60, 23 * 60))
