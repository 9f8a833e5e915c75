"""What a check found: enough to flag it once and to show its evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from db.models import FlagKind


@dataclass(frozen=True)
class Finding:
    """Something that an auditor would ask about; in its detail are numbers, never names."""

    kind: FlagKind
    key: str  # what makes it one and the same
    detail: dict[str, Any]
    person_id: int | None = None
    study_class_id: int | None = None
    meeting_id: int | None = None
    soft: bool = False


def stamps(moments: Iterable[datetime]) -> list[str]:
    """Write moments into a detail, in order."""
    return [moment.astimezone(UTC).isoformat() for moment in sorted(moments)]


def numbers(found: Iterable[int | None]) -> list[int]:
    """Write numbers into a detail, each once, in order."""
    return sorted({number for number in found if number is not None})
