"""Several people at one phone: normal in a village, so softly flagged and never blocked."""

from collections import defaultdict
from collections.abc import Iterator

from bot.services.checks.batch import OWN
from bot.services.checks.finding import Finding, numbers, stamps
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from db.models import FlagKind, Mark


def find(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag each account of a class through which several came to one meeting."""
    found: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for meeting in world.own:
        by_account: dict[int, list[Mark]] = defaultdict(list)
        for mark in world.came_to(meeting):
            if mark.account_id is not None and mark.how in OWN:
                by_account[mark.account_id].append(mark)
        for account_id, marks in by_account.items():
            if len({world.who(mark.person_id) for mark in marks}) >= rules.shared_phone.persons:
                found[meeting.study_class_id, account_id] += marks
    for (number, account_id), marks in found.items():
        persons = numbers(world.who(mark.person_id) for mark in marks)
        moments = stamps(mark.at for mark in marks)
        yield Finding(
            FlagKind.SHARED_PHONE,
            f"shared_phone:{number}:{account_id}",
            {
                "why": "shared",
                "persons": persons,
                "count": len(persons),
                "meetings": numbers(mark.meeting_id for mark in marks),
                "accounts": [account_id],
                "moments": [moments[0], moments[-1]],
            },
            study_class_id=number,
            soft=True,
        )
