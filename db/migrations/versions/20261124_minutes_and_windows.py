"""Minutes of marks, windows of meetings, early leaves, and why a contest was decided.

Revision ID: 60b05d5ab15e
Revises: 8c08636d8d4d
Create Date: 2026-11-24 01:03:11.658898
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "60b05d5ab15e"
down_revision: str | Sequence[str] | None = "8c08636d8d4d"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table and columns."""
    op.create_table(
        "early_leave",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum("ill", "away", "farm", "other", name="reason", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("asked_at", db.types.UTCDateTime(), nullable=False),
        sa.Column("mark_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stayed_at", db.types.UTCDateTime(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", db.types.UTCDateTime(), nullable=True),
        sa.Column("word_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["mark_id"],
            ["mark.id"],
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["voice_id"],
            ["media.id"],
        ),
        sa.ForeignKeyConstraint(
            ["word_id"],
            ["media.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id", "person_id", "number"),
    )
    with op.batch_alter_table("early_leave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_early_leave_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("reason", sa.String(length=400), server_default="", nullable=False)
        )

    with op.batch_alter_table("makeup", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "evidence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "sheet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )

    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=True))

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("windows", sa.JSON(), nullable=True))

    with op.batch_alter_table("study_class", schema=None) as batch_op:
        batch_op.add_column(sa.Column("leave_grace", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("study_class", schema=None) as batch_op:
        batch_op.drop_column("leave_grace")

    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("windows")

    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_column("minutes")

    with op.batch_alter_table("makeup", schema=None) as batch_op:
        batch_op.drop_column("sheet_id")
        batch_op.drop_column("evidence_id")

    with op.batch_alter_table("contest", schema=None) as batch_op:
        batch_op.drop_column("reason")

    with op.batch_alter_table("early_leave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_early_leave_person_id"))

    op.drop_table("early_leave")
