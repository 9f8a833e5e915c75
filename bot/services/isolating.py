"""Keeps what goes wrong with one class apart: the others go on, and the error is logged."""

import logging
from collections.abc import Awaitable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.faults import named, trail

logger = logging.getLogger(__name__)

Done = TypeVar("Done")


async def apart(session: AsyncSession, act: Awaitable[Done], what: str) -> Done | None:
    """Do something in a savepoint; what goes wrong undoes this alone, and None is returned.

    Names of people stay out of the log: of the error only its kind and its place are told.
    """
    try:
        async with session.begin_nested():
            return await act
    except (OperationalError, InterfaceError):
        raise  # the database itself: the next tick tries again
    except Exception as error:  # noqa: BLE001 - one class must not stop the others
        logger.error("%s was left out: %s\n%s", what, named(error), trail(error))  # noqa: TRY400
        return None
