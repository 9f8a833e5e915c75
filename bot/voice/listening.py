"""Who is spoken to, where, and how."""

from dataclasses import dataclass

from bot.language import MANDARIN
from bot.voice.choosing_clips import SPOKEN
from db.models import Account, Person, Reads


@dataclass(frozen=True)
class Listener:
    """A person at an account; `person` is None where nobody is known yet."""

    chat_id: int
    account: Account
    person: Person | None = None

    @property
    def language(self) -> str:
        """The language of the written words."""
        return self.person.language if self.person else MANDARIN

    @property
    def speaks(self) -> str:
        """The language that is heard, Mandarin where nobody has said otherwise."""
        speaks = self.person.speaks if self.person else SPOKEN
        return SPOKEN if speaks == MANDARIN else speaks

    @property
    def reads_nothing(self) -> bool:
        """Whether the voice must come first."""
        return self.person is None or self.person.reads is Reads.NOTHING


def listener(account: Account, person: Person | None = None) -> Listener:
    """Return the listener in an account's private chat."""
    return Listener(account.user_id, account, person)
