"""What a handler is given."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from telegram.ext import CallbackContext, ExtBot

from bot.services import permitting
from bot.voice.listening import Listener, listener
from db.models import Account, Membership, Person, Role
from db.queries import people
from db.sealing import Key


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context, plus the open transaction, who speaks, as what, and the moment."""

    session: AsyncSession
    account: Account
    persons: Sequence[Person]
    memberships: Sequence[Membership]
    now: datetime
    key: Key
    username: str
    data: Path
    who: Person | None
    query_id: str = ""  # the tap that waits for an answer
    # The answer over the button, given at once after the commit: text, alert, link.
    toast: str = ""
    alert: bool = False
    url: str = ""
    handled: bool = False  # some handler took the update
    blank: bool = False  # the raw update must not be kept

    @property
    def person(self) -> Person:
        """The person whose turn this is; only handlers behind a role may ask."""
        if self.who is None:
            raise LookupError("nobody is known at this account")
        return self.who

    @property
    def here(self) -> Listener:
        """Where and how the person is answered: always in private."""
        return listener(self.account, self.who)

    @property
    def roles(self) -> frozenset[Role]:
        """Every role that the person holds now."""
        return permitting.roles(self.memberships)

    def number(self, name: str) -> int:
        """Return the number that the handler's pattern captured under `name`."""
        if self.match is None:
            raise LookupError(f"no pattern captured {name!r}")
        return int(self.match[name])

    def word(self, name: str) -> str:
        """Return the text that the handler's pattern captured under `name`."""
        if self.match is None:
            raise LookupError(f"no pattern captured {name!r}")
        return self.match[name]

    async def meet(self, person_id: int | None) -> None:
        """Go on as one of the persons of this account, with what they may do."""
        self.persons = await people.persons_at(self.session, self.account.id)
        self.who = next((one for one in self.persons if one.id == person_id), None)
        self.memberships = ()
        if self.who:
            self.account.person_id, self.account.person_at = self.who.id, self.now
            self.memberships = await people.memberships(self.session, self.who.id, self.now)
