"""What is rehearsed, and where its traces go."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from bot.language import SHANGHAI

MARK = "rehearsal.txt"


class UnusableFolderError(Exception):
    """The data folder holds something that is not a rehearsal's to remove."""


@dataclass(frozen=True)
class Plan:
    """A rehearsal: so many learners a class, classes and days, from a day on."""

    learners: int = 50
    classes: int = 1
    days: int = 1
    date: date = field(default_factory=lambda: datetime.now(UTC).astimezone(SHANGHAI).date())
    out: Path = Path("out")
    seed: int = 1
    json: bool = False

    @property
    def data(self) -> Path:
        """Name the rehearsal's own data folder."""
        return self.out / "data"


def prepare_folder(plan: Plan) -> None:
    """Clear away the traces of an earlier rehearsal; anybody else's folder is left alone."""
    mark = plan.data / MARK
    if plan.data.exists():
        if not mark.is_file():
            raise UnusableFolderError(plan.data)
        for name in mark.read_text("utf-8").splitlines():
            written = (plan.out / name).resolve()
            if written.is_relative_to(plan.out.resolve()):
                written.unlink(missing_ok=True)
        shutil.rmtree(plan.data)
    plan.data.mkdir(parents=True)
    mark.touch()


def note_written(plan: Plan, files: list[Path]) -> None:
    """Remember which files are ours, so that the next rehearsal may remove them."""
    names = [path.resolve().relative_to(plan.out.resolve()).as_posix() for path in files]
    (plan.data / MARK).write_text("".join(f"{name}\n" for name in names), "utf-8")
