"""Rows of prepared statements as objects of the session, as it would have loaded them itself."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from db.prepared import DRIVER, Prepared, Values, fetch
from db.types import Base


class Objects:
    """A statement that selects models, each row a tuple of their objects or None.

    On SQLite the rows come straight from the driver; loading three objects then takes a third of
    the time.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        models = [entity["type"] for entity in statement.column_descriptions]
        columns = [column for model in models for column in model.__table__.c]
        self._statement = statement
        self._rows = Prepared(statement.with_only_columns(*columns, maintain_column_froms=True))
        self._makers = []
        start = 0
        for model in models:
            maker = Maker(model, start)
            self._makers.append(maker)
            start = maker.stop

    async def rows(self, session: AsyncSession, values: Values) -> Sequence[Any]:
        """Return every row."""
        sync = session.sync_session
        if DRIVER not in sync.info:
            return await fetch(session, self._statement, values)
        found = await self._rows.rows(session, values)
        return [tuple([maker.make(sync, row) for maker in self._makers]) for row in found]


class Maker:
    """Makes one model's object of its part of a row."""

    def __init__(self, model: type[Base], start: int) -> None:
        self._mapper = inspect(model)
        self._names = [self._mapper.get_property_by_column(one).key for one in model.__table__.c]
        key: Any = self._mapper.primary_key[0]
        self._key = start + list(model.__table__.c).index(key)
        self._start = start
        self.stop = start + len(self._names)

    def make(self, session: Session, row: Sequence[Any]) -> object | None:
        """Return the object, the same one for the same row; None where an outer join is empty."""
        number = row[self._key]
        if number is None:
            return None
        key = self._mapper.identity_key_from_primary_key((number,))
        known = session.identity_map.get(key)
        if known is not None:
            return known
        made: object = self._mapper.class_manager.new_instance()
        # What `make_transient_to_detached` does, for an object of which every column is there.
        state = instance_state(made)
        state.key = key
        state.dict.update(zip(self._names, row[self._start : self.stop], strict=True))
        session.add(made)
        return made
