"""What people really did: the script's own account, to be compared with what the bot kept."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.rehearsal.school import Lesson

GRACE = 10  # minutes; as it is by default
Fact = tuple[object, ...]


@dataclass
class Asked:
    """A question, and what became of it."""

    number: str
    at: str
    how: str
    answered: str = ""  # by voice, told in person, or not yet
    answered_at: str = ""
    clear: bool | None = None

    def fact(self) -> Fact:
        """Write it the way facts do."""
        return (self.number, self.at, self.how, self.answered, self.answered_at, self.clear)


@dataclass
class Agreed:
    """A consent."""

    number: str
    state: str
    at: str
    witness: str = ""

    def fact(self) -> Fact:
        """Write it the way facts do."""
        return (self.number, self.state, self.at, self.witness)


@dataclass
class Truth:
    """Everything that was done, person by person."""

    marks: list[Fact] = field(default_factory=list)
    answers: list[Fact] = field(default_factory=list)
    lessons: dict[tuple[str, str], str] = field(default_factory=dict)  # finished when
    reviews: list[Fact] = field(default_factory=list)  # number, good, by whom, when
    questions: list[Asked] = field(default_factory=list)
    consents: dict[str, Agreed] = field(default_factory=dict)
    phones: set[Fact] = field(default_factory=set)  # number, user, reachable
    readers: dict[str, str] = field(default_factory=dict)  # what was chosen, by number
    linked_at: dict[str, datetime] = field(default_factory=dict)
    lost_at: dict[str, datetime] = field(default_factory=dict)
    came: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # by meeting
    left: dict[tuple[str, str], str] = field(default_factory=dict)
    tries: dict[tuple[str, str, int], int] = field(default_factory=lambda: defaultdict(int))

    def arrive(
        self,
        number: str,
        meeting: Lesson,
        at: datetime,
        how: str,
        *,
        key: str = "self",
        helper: str | None = None,
    ) -> None:
        """Note that somebody said "I am here"."""
        minutes = max(0, int((at - meeting.starts) / timedelta(minutes=1)))
        late = minutes if minutes > GRACE else 0
        status = "late" if late else "present"
        sure = "helper" if helper else "self"
        by = helper or number
        self.marks.append(
            (number, meeting.name, "in", key, status, how, sure, late, 0, by, stamp(at))
        )
        self.came[meeting.name].add(number)

    def withdraw(self, number: str, meeting: Lesson, at: datetime, how: str, key: str) -> None:
        """Note that somebody took it back."""
        self.marks.append(
            (number, meeting.name, "in", f"withdrawn:{key}", "withdrawn", how, "self", 0, 0,
             number, stamp(at))
        )  # fmt: skip
        self.came[meeting.name].discard(number)

    def call(self, number: str, meeting: Lesson, at: datetime, status: str, teacher: str) -> None:
        """Note what the teacher called."""
        self.marks.append(
            (number, meeting.name, "in", "roll:1", status, "roll", "teacher", 0, 0, teacher,
             stamp(at))
        )  # fmt: skip
        if status == "present":
            self.came[meeting.name].add(number)

    def leave(self, number: str, meeting: Lesson, at: datetime, feeling: int) -> None:
        """Note how class was for somebody; the first word counts."""
        self.marks.append(
            (number, meeting.name, "out", "self", "present", "tap", "self", 0, feeling, number,
             stamp(at))
        )  # fmt: skip

    def answer(
        self,
        number: str,
        lesson: str,
        step: int,
        kind: str,
        at: datetime,
        *,
        choice: int | None = None,
        right: bool | None = None,
        shown: bool = False,
    ) -> None:
        """Note an answer in a lesson; `shown` is one that was spoken or photographed."""
        self.tries[number, lesson, step] += 1
        tries = self.tries[number, lesson, step]
        self.answers.append((number, lesson, step, kind, tries, choice, right, shown, stamp(at)))

    def ask(self, number: str, at: datetime, how: str) -> None:
        """Note a question, or what came unasked and reaches the teacher as one."""
        self.questions.append(Asked(number, stamp(at), how))


def stamp(at: datetime) -> str:
    """Write a moment the same everywhere."""
    return f"{at.timestamp():.3f}"
