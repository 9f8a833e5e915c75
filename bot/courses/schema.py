"""The JSON Schema of the YAML files of a course pack."""

import json
from pathlib import Path
from typing import Any

from bot.courses.models import Course, Lesson

FILE = Path(__file__).parent / "schema.json"
REFERENCE = "#/$defs/{model}"
Schema = dict[str, Any]


def schema() -> Schema:
    """Describe course.yaml and the file of a lesson; what the loader adds is not written."""
    lesson = Lesson.model_json_schema(ref_template=REFERENCE)
    course = Course.model_json_schema(ref_template=REFERENCE)
    definitions: Schema = lesson.pop("$defs")
    for model in definitions.values():
        _leave_out(model, optional=("number", "picture"))
    _leave_out(lesson, without=("version",))
    course.pop("$defs")
    _leave_out(course, without=("version", "folder"))
    course["properties"]["lessons"] |= {"items": {"type": "string", "pattern": "^[a-z0-9]+$"}}
    definitions |= {"Lesson": lesson, "Course": course}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Miaoke course pack: course.yaml or the file of a lesson",
        "anyOf": [{"$ref": "#/$defs/Course"}, {"$ref": "#/$defs/Lesson"}],
        "$defs": dict(sorted(definitions.items())),
    }


def written() -> str:
    """Give the schema as the text of its file."""
    return f"{json.dumps(schema(), ensure_ascii=False, indent=1)}\n"


def _leave_out(
    model: Schema, *, without: tuple[str, ...] = (), optional: tuple[str, ...] = ()
) -> None:
    """Take fields out of a model, or let them be left out."""
    for name in without:
        model["properties"].pop(name)
    if "required" in model:
        wanted = [name for name in model["required"] if name not in {*without, *optional}]
        model["required"] = wanted


def main() -> None:
    """Write the file anew: `python -m bot.courses.schema` (for authors)."""
    FILE.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main()
