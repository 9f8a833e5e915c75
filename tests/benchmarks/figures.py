"""From measured runs to the figures and the table."""

from statistics import median

from rich.table import Table

from tests.benchmarks.phones import Run

Runs = dict[tuple[str, int], list[Run]]  # by bot and taps in flight, a run a round
TITLES = {
    "turn": "our durable turn",
    "turn_voice": "… and spoken to",
    "aiogram_echo": "aiogram echo",
    "ptb_echo": "bare PTB echo",
}
OURS = "turn"


def figures(runs: Runs) -> dict[str, float]:
    """Return every figure under one key: medians over the rounds."""
    found: dict[str, float] = {}
    for (name, at_once), stretch in runs.items():
        found[f"{name}_rate_{at_once}"] = round(median(run.rate for run in stretch), 1)
        for key, part in (("p50", 0.5), ("p99", 0.99)):
            wait = median(run.quantile(part) for run in stretch)
            found[f"{name}_{key}_ms_{at_once}"] = round(wait, 3)
    for name in ("aiogram_echo", "ptb_echo"):
        found[f"turn_vs_{name}"] = ratio(runs, name, 16)
        found[f"turn_vs_{name}_1"] = ratio(runs, name, 1)
    return found


def ratio(runs: Runs, name: str, at_once: int) -> float:
    """Return how many of our turns pass in the time of one of theirs: round by round, as the
    machine was then, and the median of that.
    """
    pairs = zip(runs[OURS, at_once], runs[name, at_once], strict=True)
    return round(median(ours.rate / theirs.rate for ours, theirs in pairs), 3)


def table(found: dict[str, float]) -> Table:
    """Return the figures as people read them."""
    shown = Table(title="Taps answered: a second, and how long each waited (ms)")
    shown.add_column("in flight")
    for at_once in (16, 1):
        for head in (f"{at_once}: /s", "p50", "p99"):
            shown.add_column(head, justify="right")
    shown.add_column("ours is", justify="right")
    for name, title in TITLES.items():
        cells = [
            cell(found.get(f"{name}_{key}_{at_once}"), form)
            for at_once in (16, 1)
            for key, form in (("rate", ",.0f"), ("p50_ms", ".1f"), ("p99_ms", ".1f"))
        ]
        shown.add_row(title, *cells, cell(found.get(f"turn_vs_{name}"), ".2f", " ×"))
    return shown


def cell(figure: float | None, form: str, unit: str = "") -> str:
    """Write a figure; a blank where there is none."""
    return "" if figure is None else f"{figure:{form}}{unit}"
