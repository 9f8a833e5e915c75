from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from db.models import Base
from db.upgrade import upgrade


async def test_models_and_migrations_agree(database):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_upgrading_what_is_up_to_date_changes_nothing(database):
    await upgrade(database)
    async with database.engine.connect() as connection:
        heads = await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_heads()
        )
    assert len(heads) == 1
