"""What may be said of an error: where it was, never its words, which may name people."""

import traceback
from pathlib import Path


def named(error: BaseException) -> str:
    """Return the kind of an error and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where


def trail(error: BaseException) -> str:
    """Return the lines that led to an error."""
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()
