"""Copy the pictograms that lessons name out of an unpacked `@iconify-json/noto` (for authors)."""

import argparse
import json
import sys
from pathlib import Path

from bot.courses import TRADES, WENHUA, load
from bot.courses.listing import drawings_of
from bot.courses.pictures import CLUSTER, code, is_there
from bot.courses.svg import PICTOGRAMS

FRAME = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128">{}</svg>\n'
OURS = Path(__file__).parent


def wanted(folders: list[Path]) -> set[str]:
    """Give every pictogram that the packs and our own drawings name and that is not there."""
    texts = [path.read_text(encoding="utf-8") for path in OURS.glob("*.py")]
    for folder in folders:
        course = load(folder, media=False)
        texts += [name for lesson in course.lessons for name in drawings_of(lesson)]
    return {emoji for text in texts for emoji in CLUSTER.findall(text) if not is_there(emoji)}


def copy(emoji: str, package: Path) -> bool:
    """Write one pictogram as a file of its own; False where the package has none."""
    icons = json.loads((package / "icons.json").read_text(encoding="utf-8"))
    names = json.loads((package / "chars.json").read_text(encoding="utf-8"))
    name = names.get(code(emoji)) or names.get(code(emoji).replace("-200d", ""))
    while name is not None and name not in icons["icons"]:
        name = icons.get("aliases", {}).get(name, {}).get("parent")
    if name is None:
        return False
    body = icons["icons"][name]["body"]
    (PICTOGRAMS / f"{code(emoji)}.svg").write_text(FRAME.format(body), encoding="utf-8")
    return True


def main() -> None:
    """Copy what is wanted; print what the package lacks."""
    parser = argparse.ArgumentParser(prog="python -m bot.courses.gather", description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    folders = options.folders or [WENHUA, *TRADES]
    for emoji in sorted(wanted(folders)):
        there = copy(emoji, options.package)
        sys.stdout.write(f"{emoji} {code(emoji)}{'' if there else ' is not there'}\n")


if __name__ == "__main__":
    main()
