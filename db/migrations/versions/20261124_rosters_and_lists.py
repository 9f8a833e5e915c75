"""Lists of the county: their lines, doubts, heads that people explained, files in chats.

Revision ID: 3ea800ba2ec1
Revises: 60b05d5ab15e
Create Date: 2026-11-24 01:52:23.173694
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "3ea800ba2ec1"
down_revision: str | Sequence[str] | None = "60b05d5ab15e"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the tables and columns."""
    op.create_table(
        "roster_head",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "sender_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("head", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sender_id", "head"),
    )
    op.create_table(
        "roster_doubt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=True),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", db.types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["roster_import.id"],
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "other_id"),
    )
    with op.batch_alter_table("roster_doubt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_doubt_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_doubt_other_id"), ["other_id"], unique=False)

    op.create_table(
        "roster_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sex", sa.String(length=4), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("township", sa.String(length=60), nullable=False),
        sa.Column("village", sa.String(length=60), nullable=False),
        sa.Column("id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("schooling", sa.String(length=20), nullable=False),
        sa.Column("politics", sa.String(length=20), nullable=False),
        sa.Column("household", sa.String(length=20), nullable=False),
        sa.Column("disability", sa.String(length=40), nullable=False),
        sa.Column("whereabouts", sa.String(length=20), nullable=False),
        sa.Column("said", sa.String(length=80), nullable=False),
        sa.Column("in_census", sa.Boolean(), nullable=True),
        sa.Column("registered", sa.Boolean(), nullable=True),
        sa.Column("added", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_id"],
            ["county.id"],
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["roster_import.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_roster_entry_id_fingerprint"), ["id_fingerprint"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_roster_entry_person_id"), ["person_id"], unique=False)
        batch_op.create_index("roster_entry_by_county", ["county_id", "kind"], unique=False)
        batch_op.create_index("roster_entry_by_import", ["import_id"], unique=False)

    op.create_table(
        "roster_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", db.types.UTCDateTime(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("asked_at", db.types.UTCDateTime(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", db.types.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["roster_import.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["media_id"],
            ["media.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("media_id"),
    )
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "county_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column("kinds", sa.String(length=40), server_default="roster", nullable=False)
        )
        batch_op.add_column(sa.Column("new", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("made", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("undone_at", db.types.UTCDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("roster_import", schema=None) as batch_op:
        batch_op.drop_column("undone_by")
        batch_op.drop_column("undone_at")
        batch_op.drop_column("made")
        batch_op.drop_column("new")
        batch_op.drop_column("kinds")
        batch_op.drop_column("made_by")
        batch_op.drop_column("county_id")

    op.drop_table("roster_draft")
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.drop_index("roster_entry_by_import")
        batch_op.drop_index("roster_entry_by_county")
        batch_op.drop_index(batch_op.f("ix_roster_entry_person_id"))
        batch_op.drop_index(batch_op.f("ix_roster_entry_id_fingerprint"))

    op.drop_table("roster_entry")
    with op.batch_alter_table("roster_doubt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_doubt_other_id"))
        batch_op.drop_index(batch_op.f("ix_roster_doubt_import_id"))

    op.drop_table("roster_doubt")
    op.drop_table("roster_head")
