"""What is wrong with an archive, and where."""

from dataclasses import dataclass

from bot.language import ENGLISH, translate


@dataclass(frozen=True)
class Problem:
    """A place (a file, or a ledger's line as `ledger/P1.jsonl:3`) and what is wrong there."""

    where: str
    what: str

    def say(self, language: str) -> str:
        """Say it in a language."""
        return f"{self.where}: {translate(language, self.what)}"

    def __str__(self) -> str:
        """Say it in English."""
        return self.say(ENGLISH)
