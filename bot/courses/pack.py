"""Load a course pack, or say everything that is wrong with it."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.courses.media import animation_problem, clip_problem, picture_problem
from bot.courses.models import KINDS, Course, Lesson
from bot.courses.naming import fill, media_of
from bot.courses.rules import faults
from bot.courses.yamlfile import Place, YamlError, read

Model = TypeVar("Model", bound=BaseModel)
SENTENCES = {
    "missing": "this field is missing",
    "extra_forbidden": "this field is not known",
    "union_tag_invalid": "the kind “{tag}” is not known; known are " + ", ".join(KINDS),
    "union_tag_not_found": "the kind of the step is missing",
    "string_type": "this must be text; put numbers in quotes",
    "string_pattern_mismatch": "“{found}” is not in the form that is wanted here",
    "too_short": "at least {min_length} are needed, there are {actual_length}",
    "too_long": "at most {max_length} are allowed, there are {actual_length}",
}
QUESTIONS = ("tap_picture", "tap_number", "count")
LOOKS = {"picture": picture_problem, "clip": clip_problem, "animation": animation_problem}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, and in one sentence what."""

    file: str
    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        """Write it as one line."""
        where = f"{self.file}, line {self.line}"
        return f"{where}{', ' + self.field if self.field else ''}: {self.sentence}."


class PackError(Exception):
    """A course pack that cannot be used, with all its problems."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems; each is a line of the message."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass
class Reader:
    """What is known of a pack while it is read."""

    folder: Path
    media: bool
    problems: list[Problem] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One YAML file: its name, its values and their lines."""

    name: str
    values: dict[str, Any]
    lines: dict[Place, int]

    def problem(self, place: Place, sentence: str) -> Problem:
        """Say what is wrong at a place; the nearest written field gives the line."""
        written = place
        while written not in self.lines:
            written = written[:-1]
        return Problem(self.name, self.lines[written], _dotted(place), sentence)


def load(folder: Path, *, media: bool = True) -> Course:
    """Read a pack from its folder; every problem found comes in one PackError.

    Without media the pictures and clips are not looked at: they may still have to be made.
    """
    reader = Reader(folder, media)
    source = _open(reader, "course.yaml")
    lessons: list[Lesson] = []
    course = None
    if source is not None:
        lessons = _lessons(reader, source)
        values = {
            **source.values,
            "lessons": lessons,
            "folder": folder,
            "version": _digest(repr(sorted(source.values.items())), *reader.digests),
        }
        course = _validated(reader, source, Course, values)
    if reader.problems or course is None:
        raise PackError(tuple(reader.problems))
    return course


def _lessons(reader: Reader, course: Source) -> list[Lesson]:
    """Read the lessons that a course names, in their order."""
    keys = course.values.get("lessons")
    if not isinstance(keys, list) or not keys:
        reader.problems.append(course.problem(("lessons",), "it names no lessons"))
        return []
    lessons = []
    seen: set[str] = set()
    for index, key in enumerate(keys):
        place = ("lessons", index)
        if not isinstance(key, str) or not key.isalnum():
            reader.problems.append(course.problem(place, "this is not the key of a lesson"))
        elif key in seen:
            reader.problems.append(course.problem(place, f"the lesson “{key}” is named twice"))
        else:
            seen.add(key)
            lesson = _lesson(reader, key)
            if lesson is not None:
                lessons.append(lesson)
    return lessons


def _lesson(reader: Reader, key: str) -> Lesson | None:
    """Read one lesson and look at its pictures and clips."""
    source = _open(reader, f"{key}.yaml")
    if source is None:
        return None
    before = len(reader.problems)
    if source.values.get("key", key) != key:
        reader.problems.append(source.problem(("key",), f"the key must be “{key}”, as the file"))
    steps = source.values.get("steps")
    media: list[Path] = []
    if isinstance(steps, list):
        for index, step in enumerate(steps):
            if isinstance(step, dict):
                step.setdefault("number", index + 1)
                media += _look(reader, source, ("steps", index), step)
    version = _digest(repr(source.values), *(_file_digest(path) for path in media))
    lesson = _validated(reader, source, Lesson, {**source.values, "version": version})
    reader.digests.append(version)
    if lesson is not None:
        reader.problems += [source.problem(place, said) for place, said in faults(lesson)]
    return lesson if len(reader.problems) == before else None


def _look(reader: Reader, source: Source, place: Place, step: dict[str, Any]) -> list[Path]:
    """Check what a model cannot see of one step; give the files it uses."""
    name = step.get("id")
    if isinstance(name, str):
        if name in reader.ids:
            sentence = f"the id “{name}” is used twice, first in {reader.ids[name]}"
            reader.problems.append(source.problem((*place, "id"), sentence))
        elif not name.startswith(f"{source.name.removesuffix('.yaml')}."):
            sentence = "the id must begin with the key of its lesson"
            reader.problems.append(source.problem((*place, "id"), sentence))
        reader.ids.setdefault(name, source.name)
    written = step.get("options")
    options = written if isinstance(written, list) else []
    choices = [option for option in options if isinstance(option, dict)]
    asks = step.get("kind") in QUESTIONS or step.get("mode") == "change"
    right = sum(option.get("right") is True for option in choices)
    if asks and choices and right != 1:
        sentence = "no option is right" if right == 0 else "more than one option is right"
        reader.problems.append(source.problem((*place, "options"), sentence))
    fill(step, reader.folder, media=reader.media)
    named = [(kind, (*place, *at), name) for kind, at, name in media_of(step)]
    found = [_medium(reader, source, *one) for one in named]
    return [path for path in found if path is not None]


def _medium(reader: Reader, source: Source, kind: str, place: Place, name: object) -> Path | None:
    """Check one picture or clip; give its file if it is sound."""
    if not isinstance(name, str) or not reader.media:
        return None
    path = reader.folder / name
    if not path.resolve().is_relative_to(reader.folder.resolve()):
        sentence: str | None = f"“{name}” lies outside the pack"
    else:
        sentence = LOOKS[kind](path)
    if sentence is None:
        return path
    reader.problems.append(source.problem(place, sentence))
    return None


def _open(reader: Reader, name: str) -> Source | None:
    """Read one YAML file of the pack."""
    try:
        values, lines = read(reader.folder / name)
    except YamlError as error:
        reader.problems.append(Problem(name, error.line, "", str(error)))
        return None
    return Source(name, values, lines)


def _validated(
    reader: Reader, source: Source, model: type[Model], values: dict[str, Any]
) -> Model | None:
    """Make the model, or note what the values lack."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False)
        places = [tuple(part for part in detail["loc"] if part not in KINDS) for detail in details]
        for place, detail in zip(places, details, strict=True):
            below = any(other[: len(place)] == place and other != place for other in places)
            lessons_told = place == ("lessons",) and bool(reader.problems)
            if detail["type"] != "too_short" or not (below or lessons_told):
                reader.problems.append(source.problem(place, _sentence(detail)))
        return None


def _sentence(detail: ErrorDetails) -> str:
    """Say in plain words what pydantic found."""
    sentence = SENTENCES.get(detail["type"])
    if sentence is None:
        return detail["msg"][:1].lower() + detail["msg"][1:]
    return sentence.format(found=detail["input"], **detail.get("ctx", {}))


def _dotted(place: Place) -> str:
    """Write a place as steps.3.kind, counting from 1 as people do."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _digest(*parts: str) -> str:
    """Digest texts in their order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _file_digest(path: Path) -> str:
    """Digest a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
