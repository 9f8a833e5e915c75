"""Everything that the checks look at, read once and put in order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.services.standing import CAME, Standing, standing, valid
from db.models import (
    ClassPhoto,
    Makeup,
    Mark,
    Meeting,
    MeetingState,
    Membership,
    Phase,
    StudyClass,
)
from db.queries.checks import Learner


@dataclass(frozen=True)
class World:
    """Classes that are looked at, and what of others bears on them."""

    meetings: Mapping[int, Meeting]
    marks: Sequence[Mark] = ()
    memberships: Sequence[Membership] = ()
    learners: Mapping[int, Learner] = field(default_factory=dict)
    photos: Sequence[ClassPhoto] = ()
    makeups: Sequence[Makeup] = ()
    worked: frozenset[int] = frozenset()  # who did any work at all
    phones: frozenset[int] = frozenset()  # who uses an account
    staff: frozenset[int] = frozenset()  # who teaches, leads a class, or helps at one
    merged: Mapping[int, int] = field(default_factory=dict)  # walk-ins: who it was
    looked: frozenset[int] | None = None  # the classes that are read whole; None: all

    def who(self, person_id: int) -> int:
        """Name a person; a walk-in who was found out is that person."""
        return self.merged.get(person_id, person_id)

    def looks(self, meeting: Meeting) -> bool:
        """Say whether everything about the class of this meeting is here."""
        return self.looked is None or meeting.study_class_id in self.looked

    @cached_property
    def own(self) -> list[Meeting]:
        """The meetings of the classes that are looked at."""
        return [meeting for meeting in self.meetings.values() if self.looks(meeting)]

    @cached_property
    def classes(self) -> dict[int, StudyClass]:
        """The classes that are looked at and have met."""
        return {meeting.study_class_id: meeting.study_class for meeting in self.own}

    @cached_property
    def valid(self) -> list[Mark]:
        """Every mark that was not taken back."""
        return valid(self.marks)

    @cached_property
    def came(self) -> dict[int, list[Mark]]:
        """The valid marks that say that somebody came, by meeting."""
        found: dict[int, list[Mark]] = defaultdict(list)
        for mark in self.valid:
            if mark.phase is Phase.IN and mark.status in CAME and self.counts(mark.meeting_id):
                found[mark.meeting_id].append(mark)
        return found

    def counts(self, meeting_id: int) -> bool:
        """Say whether a meeting is here and was not cancelled."""
        meeting = self.meetings.get(meeting_id)
        return meeting is not None and meeting.state is not MeetingState.CANCELLED

    def came_to(self, meeting: Meeting) -> list[Mark]:
        """Return the valid marks that say that somebody came to this meeting."""
        return self.came.get(meeting.id, [])

    @cached_property
    def attended(self) -> dict[int, dict[int, list[Mark]]]:
        """The same by person, then by meeting."""
        found: dict[int, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
        for meeting_id, marks in self.came.items():
            for mark in marks:
                found[self.who(mark.person_id)][meeting_id].append(mark)
        return found

    @cached_property
    def _by_both(self) -> dict[tuple[int, int], list[Mark]]:
        found: dict[tuple[int, int], list[Mark]] = defaultdict(list)
        for mark in self.marks:
            found[self.who(mark.person_id), mark.meeting_id].append(mark)
        return found

    def standing(self, person_id: int, meeting: Meeting) -> Standing:
        """Say how a person stands in a meeting."""
        return standing(self._by_both.get((person_id, meeting.id), ()), meeting)

    def members(self, study_class_id: int) -> Iterable[Membership]:
        """Return who learns or learnt in a class."""
        return self._members.get(study_class_id, ())

    @cached_property
    def _members(self) -> dict[int, list[Membership]]:
        found: dict[int, list[Membership]] = defaultdict(list)
        for one in self.memberships:
            if one.study_class_id is not None:
                found[one.study_class_id].append(one)
        return found
