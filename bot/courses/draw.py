"""Draw the cards of course packs, or the screens: `python -m bot.courses.draw` (for authors).

Needs resvg-py (extra "authors") and Noto Sans CJK SC; what is committed is PNG only.
"""

import argparse
import sys
from pathlib import Path

from bot.courses import WENHUA, load
from bot.courses.cards import step_cards
from bot.courses.svg import card, write_png
from bot.screens.scenes import SCENES

SCREENS = Path(__file__).parent.parent / "screens"


def main() -> None:
    """Draw all cards of the packs, of one lesson, or all screens."""
    parser = argparse.ArgumentParser(prog="python -m bot.courses.draw", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[WENHUA])
    parser.add_argument("--only", metavar="ID", default="", help="cards that begin so, as wh01.")
    parser.add_argument("--screens", action="store_true", help="the screens, no cards")
    options = parser.parse_args()
    sizes = []
    if options.screens:
        sizes = [write_png(SCREENS / f"{name}.png", card(draw())) for name, draw in SCENES.items()]
    for folder in () if options.screens else options.folders:
        course = load(folder, media=False)
        for step in (step for lesson in course.lessons for step in lesson.steps):
            if step.id.startswith(options.only):
                drawn = step_cards(step).items()
                sizes += [write_png(course.path(path), svg) for path, svg in drawn]
    largest = max(sizes, default=0)
    sys.stdout.write(f"{len(sizes)} pictures, {sum(sizes)} bytes, largest {largest}\n")


if __name__ == "__main__":
    main()
