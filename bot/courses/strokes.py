"""Animate how characters are written, from an unpacked `hanzi-writer-data` (for authors).

`python -m bot.courses.strokes PACKAGE [PACK…]` writes one GIF for each step that traces.
"""

import argparse
import importlib
import io
import json
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image

from bot.courses import TRADES, WENHUA, Trace, load

BOX = 1024
LARGE, SMALL = 360, 240
GUIDE, WAITING, WRITTEN, MOVING = "#e3c9b4", "#d9dde1", "#1a1a1a", "#c62828"
STEP = 110  # units of the stroke's length in one frame
BRUSH = 150
PAUSE, FRAME, HOLD = 350, 70, 2200  # milliseconds
COLOURS = 16
Strokes = dict[str, Any]


def character(data: Strokes, done: int, part: float, mark: str) -> str:
    """Draw a character of which some strokes are written and the next one in part."""
    shapes = []
    for index, shape in enumerate(data["strokes"]):
        colour = WRITTEN if index < done else WAITING
        shapes.append(f'<path d="{shape}" fill="{colour}"/>')
    if part and done < len(data["strokes"]):
        shapes.append(
            f'<clipPath id="{mark}"><path d="{data["strokes"][done]}"/></clipPath>'
            f'<polyline points="{_way(data["medians"][done], part)}" clip-path="url(#{mark})" '
            f'fill="none" stroke="{MOVING}" stroke-width="{BRUSH}" stroke-linecap="round" '
            'stroke-linejoin="round"/>'
        )
    guides = f'<path d="M512 0 V1024 M0 512 H1024" stroke="{GUIDE}" stroke-width="6" fill="none"/>'
    frame = f'<rect width="1024" height="1024" fill="#ffffff" stroke="{GUIDE}" stroke-width="20"/>'
    turned = f'<g transform="translate(0 900) scale(1 -1)">{"".join(shapes)}</g>'
    return frame + guides + turned


def length(median: list[list[float]]) -> float:
    """Give the length of a stroke."""
    return sum(math.dist(a, b) for a, b in pairwise(median))


def _way(median: list[list[float]], part: float) -> str:
    """Give the first part of the way of a stroke."""
    left = length(median) * part
    points = [median[0]]
    for before, after in pairwise(median):
        piece = math.dist(before, after)
        if piece >= left:
            share = left / piece if piece else 0.0
            points.append([b + (a - b) * share for b, a in zip(before, after, strict=True)])
            break
        points.append(after)
        left -= piece
    return " ".join(f"{x:.0f},{y:.0f}" for x, y in points)


def moments(characters: list[Strokes]) -> Iterator[tuple[list[tuple[int, float]], int]]:
    """Give each frame: how far every character is, and how long it stays."""
    states = [(0, 0.0)] * len(characters)
    yield list(states), PAUSE
    for place, data in enumerate(characters):
        for stroke, median in enumerate(data["medians"]):
            count = max(2, round(length(median) / STEP))
            for frame in range(1, count + 1):
                states[place] = (stroke, frame / count)
                yield list(states), FRAME if frame < count else FRAME * 2
            states[place] = (stroke + 1, 0.0)
        yield list(states), PAUSE
    yield list(states), HOLD


def animate(characters: list[Strokes]) -> bytes:
    """Render the strokes of some characters, one after another, in one row."""
    resvg: Any = importlib.import_module("resvg_py")
    side = LARGE if len(characters) == 1 else SMALL
    frames, times = [], []
    for states, milliseconds in moments(characters):
        cells = "".join(
            f'<svg x="{place * side}" width="{side}" height="{side}" viewBox="0 0 {BOX} {BOX}">'
            f"{character(data, *states[place], f'c{place}')}</svg>"
            for place, data in enumerate(characters)
        )
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{side * len(characters)}" '
            f'height="{side}">{cells}</svg>'
        )
        png = bytes(resvg.svg_to_bytes(svg_string=svg))
        frames.append(Image.open(io.BytesIO(png)).convert("RGB"))
        times.append(milliseconds)
    palette = frames[len(frames) // 2].quantize(COLOURS, dither=Image.Dither.NONE)
    small = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in frames]
    made = io.BytesIO()
    small[0].save(
        made, "GIF", save_all=True, append_images=small[1:], duration=times, loop=0, optimize=True
    )
    return made.getvalue()


def main() -> None:
    """Animate every step that traces."""
    parser = argparse.ArgumentParser(prog="python -m bot.courses.strokes", description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    folders = options.folders or [WENHUA, *TRADES]
    for folder in folders:
        course = load(folder, media=False)
        for step in (step for lesson in course.lessons for step in lesson.steps):
            if isinstance(step, Trace) and step.animation is not None:
                data = [
                    json.loads((options.package / f"{one}.json").read_text(encoding="utf-8"))
                    for one in step.characters
                ]
                path = course.path(step.animation)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(animate(data))
                sys.stdout.write(f"{path.name} {path.stat().st_size} {''.join(step.characters)}\n")


if __name__ == "__main__":
    main()
