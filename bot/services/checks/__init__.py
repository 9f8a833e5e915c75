"""What an auditor would ask about: one file a kind, each a pure function over what was read."""

from collections.abc import Iterator

from bot.services.checks import (
    age,
    batch,
    day_cap,
    makeup,
    no_work,
    outside,
    photo,
    shared_phone,
    two_places,
)
from bot.services.checks.finding import Finding
from bot.services.checks.world import World
from bot.services.flag_rules import Rules

CHECKS = (
    two_places.find,
    day_cap.find,
    outside.find,
    batch.find,
    age.find,
    photo.find,
    no_work.find,
    makeup.find,
    shared_phone.find,
)


def findings(world: World, rules: Rules) -> Iterator[Finding]:
    """Find everything that there is to ask about."""
    for find in CHECKS:
        yield from find(world, rules)


__all__ = ["CHECKS", "Finding", "World", "findings"]
