"""Many people marked through one account: second by second, or more than any family is."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from bot.services.checks.finding import Finding, numbers, stamps
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from db.models import FlagKind, How, Mark, Meeting, Sure

# Ways in which each one is meant to mark themselves. A roll call, a sheet, a file and a list are
# written by one person for all, and say so.
OWN = frozenset({How.GROUP, How.TAP, How.VOICE, How.CODE, How.QR})


def find(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag an account through which too many came to one meeting, too fast or at all."""
    rule = rules.batch
    for meeting in world.own:
        own: dict[int, list[Mark]] = defaultdict(list)
        vouched: dict[int, list[Mark]] = defaultdict(list)
        for mark in world.came_to(meeting):
            if mark.account_id is not None and mark.how in OWN:
                own[mark.account_id].append(mark)
            elif mark.account_id is not None and mark.how is How.WITNESS:
                vouched[mark.account_id].append(mark)
        for account_id, marks in own.items():
            if fast := together(world, marks, rule.persons, timedelta(seconds=rule.seconds)):
                yield _flag(world, meeting, account_id, "account", fast)
            elif many := _of_many(world, marks, rule.persons_at_any_speed):
                yield _flag(world, meeting, account_id, "many", many)
        span = timedelta(seconds=rule.witness_seconds)
        for account_id, marks in vouched.items():
            if fast := together(world, marks, rule.witness_persons, span):
                yield _flag(world, meeting, account_id, "witness", fast)


def together(world: World, marks: list[Mark], persons: int, span: timedelta) -> list[Mark]:
    """Return the marks that stand in a span of time with those of so many different people."""
    if len(marks) < persons:
        return []
    marks = sorted(marks, key=lambda mark: (mark.at, mark.id))
    found: dict[int, Mark] = {}
    first = 0
    for last, mark in enumerate(marks):
        while mark.at - marks[first].at > span:
            first += 1
        near = marks[first : last + 1]
        if len({world.who(one.person_id) for one in near}) >= persons:
            found |= {one.id: one for one in near}
    return list(found.values())


def _of_many(world: World, marks: list[Mark], persons: int) -> list[Mark]:
    """Return the marks of more people than share a phone; what staff marked for others is known."""
    own = [one for one in marks if one.sure is Sure.SELF or one.made_by not in world.staff]
    return own if len({world.who(one.person_id) for one in own}) >= persons else []


def _flag(world: World, meeting: Meeting, account_id: int, why: str, marks: list[Mark]) -> Finding:
    persons = numbers(world.who(mark.person_id) for mark in marks)
    moments = stamps(mark.at for mark in marks)
    seconds = (max(mark.at for mark in marks) - min(mark.at for mark in marks)).total_seconds()
    return Finding(
        FlagKind.BATCH,
        f"batch:{why}:{meeting.id}:{account_id}",
        {
            "why": why,
            "persons": persons,
            "count": len(persons),
            "seconds": int(seconds),
            "meetings": [meeting.id],
            "marks": numbers(mark.id for mark in marks),
            "accounts": [account_id],
            "by": numbers(mark.made_by for mark in marks),
            "moments": moments,
        },
        study_class_id=meeting.study_class_id,
        meeting_id=meeting.id,
    )
