"""Too young or too old for the programme on the day of enrolment."""

from collections.abc import Iterator
from datetime import date

from bot.services.checks.finding import Finding
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from bot.services.hours_rules import local_day
from db.models import FlagKind


def age_on(born: date, day: date) -> int:
    """Count the years of somebody on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def find(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag learners whose age at enrolment is outside the bounds; who has no birthday is not."""
    for one in world.memberships:
        learner = world.learners.get(one.person_id)
        if learner is None or learner.birth_date is None or one.study_class_id is None:
            continue
        day = local_day(one.starts_at)
        age = age_on(learner.birth_date, day)
        if rules.age.youngest <= age <= rules.age.oldest:
            continue
        yield Finding(
            FlagKind.AGE,
            f"age:{one.study_class_id}:{one.person_id}",
            {
                "why": "age",
                "persons": [one.person_id],
                "age": age,
                "day": day.isoformat(),
                "youngest": rules.age.youngest,
                "oldest": rules.age.oldest,
            },
            one.person_id,
            one.study_class_id,
        )
