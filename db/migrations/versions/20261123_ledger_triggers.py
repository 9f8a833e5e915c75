"""The ledger refuses changes.

Revision ID: 3f0d5f2c9a11
Revises: 24bf5c36f33a
Create Date: 2026-11-23 18:10:00
"""

from collections.abc import Sequence

from alembic import op

revision: str = "3f0d5f2c9a11"
down_revision: str | Sequence[str] | None = "24bf5c36f33a"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("ledger_entry", "mark")
REPLACED = {
    "ledger_entry": "person_id = NEW.person_id AND seq = NEW.seq",
    "mark": "id = NEW.id",
}


def upgrade() -> None:
    """Refuse updates and deletes of what is append-only."""
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        # REPLACE deletes without asking the triggers above.
        for table, same in REPLACED.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        op.execute(
            "CREATE TRIGGER mark_once BEFORE INSERT ON mark WHEN EXISTS (SELECT 1 FROM mark "
            "WHERE meeting_id = NEW.meeting_id AND person_id = NEW.person_id "
            "AND phase = NEW.phase AND key = NEW.key) BEGIN SELECT RAISE(IGNORE); END"
        )
        return
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )


def downgrade() -> None:
    """Let go of the guards."""
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for act in ("update", "delete", "replace"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
        op.execute("DROP TRIGGER mark_once")
        return
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP FUNCTION append_only()")
