"""Look a course pack over: what is wrong, what there is, what is still to be made."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.courses.drawings import is_drawn
from bot.courses.listing import cards_of, clips_of, drawings_of
from bot.courses.models import Course, Lesson, Step
from bot.courses.pack import PackError, Problem, load

LARGEST_CARD = 100_000
LONGEST_SENTENCE = 40


@dataclass
class Report:
    """What a look at a pack found."""

    problems: list[Problem] = field(default_factory=list)
    course: Course | None = None
    lessons: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    words: int = 0
    clips: int = 0
    clips_missing: list[str] = field(default_factory=list)
    cards: int = 0
    cards_missing: list[str] = field(default_factory=list)
    animations: int = 0
    to_be_drawn: dict[str, list[str]] = field(default_factory=dict)
    to_verify: list[str] = field(default_factory=list)
    long: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Tell whether the pack can be used."""
        return not self.problems

    def as_json(self) -> dict[str, object]:
        """Give the report as plain values."""
        return {
            "sound": self.sound,
            "lessons": self.lessons,
            "steps": dict(self.steps),
            "characters": self.characters,
            "words": self.words,
            "clips": {"present": self.clips, "missing": self.clips_missing},
            "cards": {"present": self.cards, "missing": self.cards_missing},
            "animations": self.animations,
            "to_be_drawn": self.to_be_drawn,
            "to_verify": self.to_verify,
            "long_sentences": self.long,
            "problems": [vars(problem) for problem in self.problems],
        }


def check(folder: Path) -> Report:
    """Look over a pack; what can be counted is counted even where media are missing."""
    report = Report()
    try:
        load(folder)
    except PackError as error:
        report.problems += error.problems
    try:
        report.course = load(folder, media=False)
    except PackError:
        return report
    for lesson in report.course.lessons:
        _count(report, report.course, lesson)
    taught = {one.character for lesson in report.course.lessons for one in lesson.characters}
    report.characters = len(taught)
    report.lessons = len(report.course.lessons)
    return report


def _count(report: Report, course: Course, lesson: Lesson) -> None:
    """Count what one lesson has and lacks."""
    report.words += len(lesson.words)
    report.to_verify += [lesson.key] if lesson.verify else []
    for name in drawings_of(lesson):
        if not is_drawn(name):
            where = report.to_be_drawn.setdefault(name, [])
            where += [lesson.key] if lesson.key not in where else []
    for step in lesson.steps:
        report.steps[step.kind] += 1
        report.to_verify += [step.id] if step.verify else []
        report.long += [step.id] if len(step.say) > LONGEST_SENTENCE else []
        _files(report, course, lesson, step)


def _files(report: Report, course: Course, lesson: Lesson, step: Step) -> None:
    """Count the cards, clips and animations of a step."""
    for card in cards_of(step):
        _card(report, course, lesson, card)
    for clip in clips_of(step):
        if course.path(clip).is_file():
            report.clips += 1
        else:
            report.clips_missing.append(clip.as_posix())
    if step.animation is not None and course.path(step.animation).is_file():
        report.animations += 1


def _card(report: Report, course: Course, lesson: Lesson, card: Path) -> None:
    """Count a card, and say if it is too heavy for a weak network."""
    path = course.path(card)
    if not path.is_file():
        report.cards_missing.append(card.as_posix())
        return
    report.cards += 1
    if path.stat().st_size > LARGEST_CARD:
        sentence = f"the card “{path.name}” is larger than {LARGEST_CARD // 1000} kB"
        report.problems.append(Problem(f"{lesson.key}.yaml", 1, "", sentence))
