"""Who may do what: a role counts only within its own class."""

from collections.abc import Sequence

from db.models import Meeting, Membership, Role

STAFF = frozenset(Role) - {Role.LEARNER}


def roles(memberships: Sequence[Membership]) -> frozenset[Role]:
    """Return every role that somebody holds."""
    return frozenset(membership.role for membership in memberships)


def holds(memberships: Sequence[Membership], role: Role, study_class_id: int | None) -> bool:
    """Say whether somebody holds a role in this very class."""
    return any(
        membership.role is role and membership.study_class_id == study_class_id
        for membership in memberships
    )


def may_teach(memberships: Sequence[Membership], person_id: int, meeting: Meeting) -> bool:
    """Say whether somebody may run this meeting: its teacher, or a class head of its class."""
    return (
        person_id == meeting.teacher_id
        or holds(memberships, Role.TEACHER, meeting.study_class_id)
        or holds(memberships, Role.CLASS_HEAD, meeting.study_class_id)
    )
