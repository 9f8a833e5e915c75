"""What is not done, and why, in one sentence for those who asked."""


class Refusal(Exception):  # noqa: N818 - an answer, not a failure
    """Something that is not done; nothing has changed."""

    def __init__(self, chinese: str, english: str, code: str = "refused") -> None:
        super().__init__(code)
        self.chinese = chinese
        self.english = english
        self.code = code

    def __str__(self) -> str:
        """Say it in both languages."""
        return f"{self.chinese} {self.english}"
