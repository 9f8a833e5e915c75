"""Documents: photos of papers, sealed, with what was decided on each.

Revision ID: ec3659dbbf49
Revises: 3ea800ba2ec1
Create Date: 2026-11-24 02:01:04.236857
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import db.types

revision: str = "ec3659dbbf49"
down_revision: str | Sequence[str] | None = "3ea800ba2ec1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "coming",
                "unfit",
                "waiting",
                "approved",
                "returned",
                "replaced",
                name="documentstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "consent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("sent_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", db.types.UTCDateTime(), nullable=False),
        sa.Column("file_id", sa.String(length=255), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("retry_at", db.types.UTCDateTime(), nullable=False),
        sa.Column("lenient", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.String(length=20), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("key_mark", sa.String(length=16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("straight", sa.Boolean(), nullable=False),
        sa.Column("kept_at", db.types.UTCDateTime(), nullable=True),
        sa.Column(
            "replaced_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", db.types.UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("voice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("keyed", sa.String(length=64), nullable=False),
        sa.Column("keyed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number_fits", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["keyed_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["voice_id"], ["media.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("document_by_person", ["person_id", "kind", "page"], unique=False)
        batch_op.create_index("document_by_state", ["state"], unique=False)


def downgrade() -> None:
    """Take it away again."""
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index("document_by_state")
        batch_op.drop_index("document_by_person")

    op.drop_table("document")
