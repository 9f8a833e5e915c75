"""Screens: the fixed pictures of the conversations, drawn once, without words."""

from pathlib import Path

FOLDER = Path(__file__).parent


def screen(name: str) -> Path:
    """Find a screen's picture by its name."""
    path = FOLDER / f"{name}.png"
    if not path.is_file():
        raise FileNotFoundError(path)
    return path
