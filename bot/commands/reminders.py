"""`timetable rules`: who of a class is reminded when, and which days its calendar warns of."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from bot import almanac
from bot.commands.common import AsJson, complain, moment, opened, print_json, print_table, today
from bot.services.class_calendar import KINDS, Held, calendar_rules
from bot.services.inviting import class_called
from bot.services.refusing import Refusal
from bot.services.reminder_rules import Rule, RuleSet, rules_of, time_of
from bot.services.reminder_setting import set_rules
from bot.services.special_days import use_almanac
from bot.settings import Settings

LARGEST = 64 * 1024  # bytes of a file of rules


def rules_command(
    named: Annotated[str, typer.Argument(metavar="[CLASS]", help="班级")] = "",
    *,
    class_: Annotated[str, typer.Option("--class", metavar="CLASS", help="班级")] = "",
    file: Annotated[
        Path | None, typer.Option("--set", metavar="FILE.yaml", help="rules of its own 班级的规则")
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="go by the program's rules 恢复默认规则")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """See the calendar and the reminders of a class, or give it rules. 日历和提醒规则."""
    if file and reset:
        raise Refusal(
            "--set 和 --reset 只能用一个。", "Give either --set or --reset, not both.", "options"
        )
    own = read_rules(file) if file else None
    changed = file is not None or reset
    settings = Settings()
    use_almanac(settings.data)
    name, township, rules, wrong = asyncio.run(
        _rules(settings, class_ or named, own, changed=changed)
    )
    days = calendar_rules(township, today(settings))
    if as_json:
        shown = rules.model_dump(mode="json", by_alias=True, exclude_none=True)
        calendar = {
            "township": township,
            "calendar": [one.as_json() for one in days],
            "market_days_missing": almanac.gaps(township) if township else [],
            "holidays_known_until": almanac.holidays_known_until(),
        }
        about = {"class": name, "reminders": len(rules.occasions), "wrong": wrong}
        print_json(shown | about | calendar)
        return
    _print_calendar(name, township, days)
    if wrong:
        complain(f"有规则写错，没有采用：{wrong}。", "Wrong rules are left out.")
    print_table(
        ("规则 rule", "什么时候 when", "群 group", "过时不发（分钟）patience"),
        [
            (rule.name, when(rule), "群 group" if rule.group else "", str(rule.patience))
            for rule in rules.rules
        ],
    )
    quiet = f"{time_of(rules.quiet.from_)}–{time_of(rules.quiet.until)}"
    count = len(rules.occasions)
    typer.echo(f"不打扰 quiet: {quiet}")
    typer.echo(f"一次课每人最多{count}次提醒。 At most {count} reminders a person and meeting.")


def _print_calendar(name: str, township: str, days: list[Held]) -> None:
    """Show which days are special for a class, where each rule comes from, what is unchecked."""
    place = township or "（没有填乡镇 no township）"
    typer.echo(f"{name}，{place}")
    print_table(
        (
            "日历 calendar",
            "名称 name",
            "什么时候 when",
            "下几次 next",
            "出处 source",
            "核实 checked",
        ),
        [
            (
                KINDS[one.kind],
                one.name,
                f"{one.when} ({one.when_en})",
                "、".join(f"{day:%m-%d}" for day in one.next_days),
                one.source,
                "待核 unchecked" if one.verify else "已核 checked",
            )
            for one in days
        ],
    )
    if township and almanac.gaps(township):
        complain(
            f"{township}的赶场日还没有填。", f"The market days of {township} are not filled in."
        )


def when(rule: Rule) -> str:
    """Say in both languages when a rule reminds."""
    at = time_of(rule.at) if rule.at is not None else ""
    match rule.kind.value:
        case "day_before":
            own = "，或学员自选 or the learner's own hour" if rule.own_hour else ""
            return f"课前{rule.days}天 {at} ({rule.days} days before){own}"
        case "hour_before":
            again = f"，每{rule.every}分钟 every {rule.every}" if rule.every else ""
            return f"课前{rule.minutes}分钟 ({rule.minutes} minutes before){again}"
        case "start":
            return "签到开始时 (when check-in is open)"
    return f"缺课当天 {at} (absent, the same day)"


def read_rules(file: Path) -> dict[str, Any]:
    """Read a file of rules; Refusal where it is none."""
    try:
        if file.stat().st_size > LARGEST:
            raise Refusal(f"{file} 太大了。", f"{file} is too large.", "size")
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise Refusal(f"打不开 {file}。", f"{file} cannot be read.", "file") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第{mark.line + 1}行" if mark else ""
        raise Refusal(
            f"{file} {line}不是正确的 YAML。", f"{file} is no valid YAML.", "yaml"
        ) from None
    if not isinstance(found, dict):
        raise Refusal(f"{file} 里没有规则；要有 rules: 一项。", f"{file} has no rules.", "rules")
    return found


async def _rules(
    settings: Settings, name: str, own: dict[str, Any] | None, *, changed: bool
) -> tuple[str, str, RuleSet, str]:
    """Read a class's name, township and rules; write nothing unless rules are given."""
    async with opened(settings) as database, AsyncExitStack() as stack:
        turn = database.begin() if changed else database.read()
        session = await stack.enter_async_context(turn)
        study_class = await class_called(session, name)
        if changed:
            await set_rules(session, study_class, own, moment(settings))
        return study_class.name, study_class.township, *rules_of(study_class)
