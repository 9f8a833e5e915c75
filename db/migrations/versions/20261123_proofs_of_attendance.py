"""Photos, logs, sheets, imports, makeups, contests and flags; windows and tracks of classes.

Revision ID: 8c08636d8d4d
Revises: d4bfd1ac6eeb
Create Date: 2026-11-23 21:36:05.640070
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "8c08636d8d4d"
down_revision: str | Sequence[str] | None = "d4bfd1ac6eeb"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "alias",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("at", db.types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "name"),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_person_id"), ["person_id"], unique=False)

    op.create_table(
        "class_photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", db.types.UTCDateTime(), nullable=False),
        sa.Column("likeness", sa.String(length=16), nullable=False),
        sa.Column("same_as", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["same_as"], ["class_photo.id"]),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("media_id"),
    )
    with op.batch_alter_table("class_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_class_photo_likeness"), ["likeness"], unique=False)
        batch_op.create_index(batch_op.f("ix_class_photo_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "contest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", db.types.UTCDateTime(), nullable=False),
        sa.Column("raised_at", db.types.UTCDateTime(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "present",
                "late",
                "left_early",
                "leave",
                "absent",
                "excused",
                "withdrawn",
                name="status",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("word_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", db.types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["voice_id"], ["media.id"]),
        sa.ForeignKeyConstraint(["word_id"], ["media.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contest_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contest_person_id"), ["person_id"], unique=False)

    op.create_table(
        "flag",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "two_places",
                "day_cap",
                "outside",
                "batch",
                "age",
                "photo",
                "no_work",
                "makeup",
                "shared_phone",
                name="flagkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "study_class_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("soft", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("found_at", db.types.UTCDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "true",
                "false",
                "supplemented",
                name="flagstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "settled_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("settled_at", db.types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["study_class_id"], ["study_class.id"]),
        sa.ForeignKeyConstraint(["voice_id"], ["media.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("flag_open", ["state", "study_class_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_flag_person_id"), ["person_id"], unique=False)

    op.create_table(
        "online_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", db.types.UTCDateTime(), nullable=False),
        sa.Column("applied_at", db.types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id", "sha256"),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column(
            "printed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("printed_at", db.types.UTCDateTime(), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("straight", sa.String(length=255), nullable=False),
        sa.Column("keyed", sa.JSON(), nullable=True),
        sa.Column("filed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("filed_at", db.types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["printed_by"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "teaching_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("text", sa.String(length=4096), nullable=False),
        sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", db.types.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["voice_id"], ["media.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("teaching_log", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_teaching_log_meeting_id"), ["meeting_id"], unique=False
        )

    op.create_table(
        "makeup",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "status",
            sa.Enum(
                "present",
                "late",
                "left_early",
                "leave",
                "absent",
                "excused",
                "withdrawn",
                name="status",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", db.types.UTCDateTime(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", db.types.UTCDateTime(), nullable=True),
        sa.Column("mark_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["mark_id"], ["mark.id"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["voice_id"], ["media.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("makeup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_makeup_person_id"), ["person_id"], unique=False)
        batch_op.create_index("makeup_waiting", ["decided_at", "meeting_id"], unique=False)

    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "leave",
                sa.Enum("personal", "sick", name="leavekind", native_enum=False, length=20),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("metres", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("accuracy", sa.Integer(), nullable=True))

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mid_at", db.types.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("mid_number", sa.Integer(), nullable=True))

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "track",
                sa.Enum("certificate", "register", name="track", native_enum=False, length=20),
                server_default="certificate",
                nullable=False,
            )
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("temporary", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "merged_into", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )

    with op.batch_alter_table("study_class", schema=None) as batch_op:
        batch_op.add_column(sa.Column("late_until", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("asks_code", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("asks_midway", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("location", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("ended_at", db.types.UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("study_class", schema=None) as batch_op:
        batch_op.drop_column("ended_at")
        batch_op.drop_column("location")
        batch_op.drop_column("asks_midway")
        batch_op.drop_column("asks_code")
        batch_op.drop_column("late_until")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("merged_into")
        batch_op.drop_column("temporary")

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("track")

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("mid_number")
        batch_op.drop_column("mid_at")

    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_column("accuracy")
        batch_op.drop_column("metres")
        batch_op.drop_column("leave")

    with op.batch_alter_table("makeup", schema=None) as batch_op:
        batch_op.drop_index("makeup_waiting")
        batch_op.drop_index(batch_op.f("ix_makeup_person_id"))

    op.drop_table("makeup")
    with op.batch_alter_table("teaching_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_teaching_log_meeting_id"))

    op.drop_table("teaching_log")
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sheet_meeting_id"))

    op.drop_table("sheet")
    op.drop_table("online_import")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_flag_person_id"))
        batch_op.drop_index("flag_open")

    op.drop_table("flag")
    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contest_person_id"))
        batch_op.drop_index(batch_op.f("ix_contest_meeting_id"))

    op.drop_table("contest")
    with op.batch_alter_table("class_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_class_photo_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_class_photo_likeness"))

    op.drop_table("class_photo")
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alias_person_id"))
        batch_op.drop_index(batch_op.f("ix_alias_name"))

    op.drop_table("alias")
