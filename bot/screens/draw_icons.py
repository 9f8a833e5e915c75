"""Draws small pictograms of later pictures: `python -m bot.screens.draw_icons` (for authors)."""

import importlib
import io
from typing import Any

from PIL import Image

from bot.courses.svg import pictogram
from bot.screens import FOLDER

SIDE, COLOURS = 112, 48
ICONS = {
    "morning": "🌅",
    "day": "☀",
    "evening": "🌙",
    "room": "🏫",
    "online": "📱",
    "practice": "👷",
    "book": "📖",
}


def main() -> None:
    """Draw every icon, clear where nothing is."""
    resvg: Any = importlib.import_module("resvg_py")
    frame = f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}">'
    (FOLDER / "icons").mkdir(exist_ok=True)
    for name, emoji in ICONS.items():
        svg = f"{frame}{pictogram(emoji, 0, 0, SIDE)}</svg>"
        drawn = Image.open(io.BytesIO(bytes(resvg.svg_to_bytes(svg_string=svg))))
        small = drawn.convert("RGBA").quantize(COLOURS, Image.Quantize.FASTOCTREE)
        small.save(FOLDER / "icons" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
