"""Rules of reminding as data: those of the program, a class's own, and the bounds of both."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from bot.services.refusing import Refusal
from db.models import ReminderKind, StudyClass

RULES = Path(__file__).with_name("reminder_rules.yaml")
DAY = 24 * 60  # minutes
OWN = ("rules", "quiet")  # what a class may decide for itself


def minute_of(value: object) -> object:
    """Read a time of day, such as 19:30, as minutes; YAML itself may have read it so."""
    if not isinstance(value, str):
        return value
    hours, colon, minutes = value.partition(":")
    if not (colon and hours.isdecimal() and len(minutes) == 2 and minutes.isdecimal()):  # noqa: PLR2004
        raise ValueError(f"{value} is no time of day; write it like 19:30")
    if int(minutes) >= 60:  # noqa: PLR2004
        raise ValueError(f"{value} is no time of day; write it like 19:30")
    return int(hours) * 60 + int(minutes)


def time_of(minute: int) -> str:
    """Write minutes of the day as 19:30."""
    return f"{minute // 60:02}:{minute % 60:02}"


Minute = Annotated[int, BeforeValidator(minute_of), Field(strict=True, ge=0, lt=DAY)]
Span = Annotated[int, Field(strict=True, gt=0, le=DAY)]


class Strict(BaseModel):
    """What is read from a file is checked whole and never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Strict):
    """One rule: so many days before at a time of day, or so many minutes before the start."""

    name: str = Field(pattern=r"^[a-z]{1,12}$")
    kind: ReminderKind
    days: int = Field(default=0, strict=True, ge=0, le=7)
    at: Minute | None = None
    minutes: int | None = Field(default=None, strict=True, ge=0, le=DAY)
    every: Span | None = None  # said again after so many minutes, until the start
    own_hour: bool = False
    group: bool = False
    patience: Span

    @model_validator(mode="after")
    def _fits(self) -> Self:
        match self.kind:
            case ReminderKind.DAY_BEFORE:
                fits = self.at is not None and self.minutes is None and not self.every
            case ReminderKind.HOUR_BEFORE:
                fits = bool(self.minutes) and self.at is None and not self.days
            case ReminderKind.START:
                fits = self.minutes == 0 and self.at is None and not (self.days or self.group)
            case ReminderKind.ABSENT:
                fits = self.at is not None and self.minutes is None and not self.days
        if not fits or (self.every and self.kind is not ReminderKind.HOUR_BEFORE):
            raise ValueError(f"{self.kind} has a time that does not go with it")
        if self.own_hour and self.kind is not ReminderKind.DAY_BEFORE:
            raise ValueError(f"{self.kind} has no hour to choose")
        if self.group and self.kind is ReminderKind.ABSENT:
            raise ValueError("nobody's absence is told to a group")
        return self

    @property
    def times(self) -> int:
        """How often one person is reminded by this rule of one meeting."""
        return -(-(self.minutes or 0) // self.every) if self.every else 1


@dataclass(frozen=True)
class Occasion:
    """One time at which a rule reminds; its name is that of the rule, numbered from the second."""

    name: str
    rule: Rule
    minutes: int = 0  # before the start


class Hours(Strict):
    """What morning, noon and evening are."""

    morning: Minute
    noon: Minute
    evening: Minute


class Quiet(Strict):
    """When nothing is begun; the same minute twice means never."""

    from_: Minute = Field(alias="from")
    until: Minute


class Bounds(Strict):
    """What no rule may pass."""

    most: int = Field(gt=0)
    nearest: Span
    lead: Span
    edge: Span
    after: Span


class RuleSet(Strict):
    """Everything that is read from the file."""

    rules: tuple[Rule, ...] = Field(max_length=12)
    hours: Hours
    quiet: Quiet
    bounds: Bounds
    status: str
    source: str

    @property
    def occasions(self) -> tuple[Occasion, ...]:
        """Every time at which somebody is reminded of one meeting."""
        return tuple(occasion for rule in self.rules for occasion in _occasions(rule))


def _occasions(rule: Rule) -> Iterator[Occasion]:
    for number in range(rule.times):
        name = f"{rule.name}_{number + 1}" if number else rule.name
        yield Occasion(name, rule, (rule.minutes or 0) - number * (rule.every or 0))


@cache
def shipped_rules() -> RuleSet:
    """Read the rules that come with the program."""
    return RuleSet.model_validate(yaml.safe_load(RULES.read_text(encoding="utf-8")))


def checked(own: object) -> RuleSet:
    """Return the rules that hold with a class's own among them; Refusal where they are wrong."""
    usual = shipped_rules()
    if not isinstance(own, dict) or not own or own.keys() - set(OWN):
        raise Refusal(
            "提醒规则里只能有 rules（规则）和 quiet（不打扰时间）两项。",
            "A class has only rules and quiet of its own.",
            "keys",
        )
    try:
        rules = TypeAdapter(tuple[Rule, ...]).validate_python(own.get("rules", usual.rules))
        quiet = Quiet.model_validate(own.get("quiet", usual.quiet))
    except ValidationError as error:
        where = told(error)
        raise Refusal(
            f"提醒规则有错，没有改动：{where}。", f"A rule is wrong: {where}.", "rule"
        ) from None
    names = [rule.name for rule in rules]
    if len(set(names)) < len(names):
        raise Refusal("两条规则同名，请改名。", "Two rules have the same name.", "name")
    _within(rules, usual.bounds)
    return usual.model_copy(update={"rules": rules, "quiet": quiet})


def _within(rules: tuple[Rule, ...], bounds: Bounds) -> None:
    """Refuse rules that say too much, with the count that they would make."""
    count = sum(rule.times for rule in rules)
    for rule in rules:
        if rule.every and rule.every < bounds.nearest:
            raise Refusal(
                f"规则 {rule.name} 每{rule.every}分钟提醒一次，一次课每人{rule.times}次；"
                f"两次至少隔{bounds.nearest}分钟。",
                f"{rule.name} would remind every {rule.every} minutes, {rule.times} times a "
                f"person and meeting; at least {bounds.nearest} minutes lie between two.",
                "too_often",
            )
        if rule.kind is ReminderKind.HOUR_BEFORE and (rule.minutes or 0) <= bounds.lead:
            raise Refusal(
                f"规则 {rule.name} 离上课太近，至少提前{bounds.lead + 1}分钟。",
                f"{rule.name} is too near to the start; at least {bounds.lead + 1} minutes.",
                "too_near",
            )
    if count > bounds.most:
        raise Refusal(
            f"这样一次课每人会收到{count}次提醒，最多{bounds.most}次。",
            f"This makes {count} reminders a person and meeting; at most {bounds.most}.",
            "too_many",
        )


def told(error: ValidationError) -> str:
    """Say where and what is wrong, without the values."""
    return "; ".join(
        f"{'.'.join(str(part) for part in one['loc']) or 'rules'}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False)[:3]
    )


def own_of(study_class: StudyClass) -> dict[str, Any] | None:
    """Return what a class decided of reminders; None where it goes by the program's rules."""
    return _own(study_class.reminder_rules)


def _own(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    return {key: value for key, value in (kept or {}).items() if key in OWN} or None


def rules_of(study_class: StudyClass) -> tuple[RuleSet, str]:
    """Return the rules that hold for a class, and what is wrong with its own.

    Of what is kept wrongly only the wrong rule is left out; the others go on reminding.
    """
    return rules_in(study_class.reminder_rules)


def rules_in(kept: dict[str, Any] | None) -> tuple[RuleSet, str]:
    """Return the rules that hold where this is kept of a class, and what is wrong with it."""
    own = _own(kept)
    if own is None:
        return shipped_rules(), ""
    try:
        return checked(own), ""
    except Refusal as refusal:
        return _sound(own), refusal.english


def _sound(own: dict[str, Any]) -> RuleSet:
    """Keep of a class's own rules those that can stand together; without any, the program's."""
    found = shipped_rules()
    if "quiet" in own:
        with suppress(Refusal):  # then the program's own quiet hours hold
            found = checked({"quiet": own["quiet"]})
    if not isinstance(own.get("rules"), list):
        return found
    kept: list[Any] = []
    for rule in own["rules"]:
        try:
            found = checked({"quiet": found.quiet, "rules": [*kept, rule]})
        except Refusal:
            continue
        kept.append(rule)
    return found
