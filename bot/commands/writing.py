"""Where a command may write."""

from pathlib import Path

from bot.services.refusing import Refusal


def vacant(file: Path, *, force: bool) -> None:
    """Refuse to write over a file, unless that is wanted."""
    if file.exists() and not force:
        raise Refusal(
            f"{file} 已经有了，没有覆盖；要覆盖请加 --force。",
            f"{file} is there already; add --force to write over it.",
            "exists",
        )
    file.parent.mkdir(parents=True, exist_ok=True)
