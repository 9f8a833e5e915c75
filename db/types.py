"""Column types and the words that several tables share."""

import enum
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import JSON, TypeDecorator

BigId = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows only in INTEGER keys


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC in any database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive moment; store the rest as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment its zone back."""
        return value and value.replace(tzinfo=UTC)


class Role(enum.StrEnum):
    """What a person is here for."""

    LEARNER = "learner"
    TEACHER = "teacher"
    CLASS_HEAD = "class_head"
    VILLAGE_HELPER = "village_helper"
    TOWNSHIP = "township"
    SCHOOL = "school"
    COUNTY = "county"
    ADMINISTRATOR = "administrator"


class Phase(enum.StrEnum):
    """The part of a meeting that a mark speaks of."""

    IN = "in"
    MID = "mid"
    OUT = "out"


class Status(enum.StrEnum):
    """How a mark counts."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    LEAVE = "leave"
    ABSENT = "absent"
    EXCUSED = "excused"
    WITHDRAWN = "withdrawn"


class How(enum.StrEnum):
    """The way a mark was made."""

    GROUP = "group"
    TAP = "tap"
    VOICE = "voice"
    CODE = "code"
    QR = "qr"
    LIST = "list"
    ROLL = "roll"
    WITNESS = "witness"
    PAPER = "paper"
    IMPORT = "import"
    MAKEUP = "makeup"


class Sure(enum.StrEnum):
    """Whose word a mark rests on."""

    SELF = "self"
    HELPER = "helper"
    WITNESS = "witness"
    TEACHER = "teacher"
    PAPER = "paper"
    IMPORT = "import"
    MAKEUP = "makeup"


class MeetingState(enum.StrEnum):
    """Where a meeting stands."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Mode(enum.StrEnum):
    """How a meeting is held."""

    OFFLINE = "offline"
    ONLINE = "online"
    PRACTICE = "practice"


class Reads(enum.StrEnum):
    """What a person can read."""

    NOTHING = "nothing"
    SOME = "some"


class ConsentState(enum.StrEnum):
    """Where a consent stands."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class InboxState(enum.StrEnum):
    """What became of an update."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class OutboxState(enum.StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"


class Priority(enum.IntEnum):
    """Who goes first; lower leaves earlier."""

    REPLY = 0
    CHECKIN = 1
    REMINDER = 2
    BROADCAST = 3


class ReminderState(enum.StrEnum):
    """What became of a reminder."""

    PLANNED = "planned"
    QUEUED = "queued"
    SKIPPED = "skipped"


class ReminderKind(enum.StrEnum):
    """What a reminder says."""

    DAY_BEFORE = "day_before"
    HOUR_BEFORE = "hour_before"
    START = "start"
    ABSENT = "absent"


class Reason(enum.StrEnum):
    """Why somebody cannot come."""

    ILL = "ill"
    AWAY = "away"
    FARM = "farm"
    OTHER = "other"


class TaskKind(enum.StrEnum):
    """What a task is about."""

    SILENT = "silent"  # no sign of life over several meetings
    BLOCKED = "blocked"  # the account can no longer be reached
    UNLINKED = "unlinked"  # no account is linked, so that nothing can be said
    HELP = "help"  # asked for a person


class LeaveKind(enum.StrEnum):
    """What a leave is for."""

    PERSONAL = "personal"  # 事假
    SICK = "sick"  # 病假


class Track(enum.StrEnum):
    """Which register a learner's hours go to; the two run apart."""

    CERTIFICATE = "certificate"  # 非学历
    REGISTER = "register"  # 学籍


class FlagKind(enum.StrEnum):
    """What a self-check found (auditors' flags)."""

    TWO_PLACES = "two_places"
    DAY_CAP = "day_cap"
    OUTSIDE = "outside"  # a mark before the class existed, or after it ended
    BATCH = "batch"  # second by second from one account
    AGE = "age"
    PHOTO = "photo"
    NO_WORK = "no_work"
    MAKEUP = "makeup"
    SHARED_PHONE = "shared_phone"


class FlagState(enum.StrEnum):
    """How a flag was settled."""

    OPEN = "open"
    TRUE = "true"
    FALSE = "false"
    SUPPLEMENTED = "supplemented"


class AnnouncementState(enum.StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    PLANNED = "planned"
    SENT = "sent"
    RECALLED = "recalled"


class MediaState(enum.StrEnum):
    """Whether the bytes of a file are in our keeping."""

    WAITING = "waiting"
    STORED = "stored"
    FAILED = "failed"


class ClipState(enum.StrEnum):
    """Where a recorded clip stands."""

    RECORDED = "recorded"
    APPROVED = "approved"
    RETURNED = "returned"


class ReviewState(enum.StrEnum):
    """What a reader of Miao said of a written string."""

    APPROVED = "approved"
    CORRECTED = "corrected"
    REFUSED = "refused"


class Base(DeclarativeBase):
    """Parent of every table."""

    type_annotation_map = {  # noqa: RUF012
        datetime: UTCDateTime,
        dict[str, Any]: JSON,
        enum.StrEnum: Enum(
            enum.StrEnum,
            values_callable=lambda kinds: [kind.value for kind in kinds],
            native_enum=False,
            length=20,
        ),
    }
