"""What learners can read, and how that shows in what they do on a phone."""

import enum


class Reader(enum.Enum):
    """How much somebody reads; nobody is asked for more than they can."""

    NOTHING = "reads nothing"  # listens, and presses the 🔊 often
    NUMBERS = "reads numbers"  # listens too, and may write the number of a choice
    SOME = "reads some"  # wants it written as well
    WELL = "reads well"  # writes what others would say

    @property
    def listens(self) -> bool:
        """Whether the voice comes first."""
        return self in {Reader.NOTHING, Reader.NUMBERS}

    @property
    def stored(self) -> str:
        """Name it as the school keeps it."""
        return "nothing" if self.listens else "some"


# Of ten learners of such a class; which one is which is settled by the place in it.
MIXED = (
    Reader.NOTHING,
    Reader.NUMBERS,
    Reader.NOTHING,
    Reader.NOTHING,
    Reader.SOME,
    Reader.NOTHING,
    Reader.NUMBERS,
    Reader.NOTHING,
    Reader.NUMBERS,
    Reader.WELL,
)


def reader(index: int) -> Reader:
    """Say how much the learner at a place of a class reads."""
    return MIXED[index % len(MIXED)]
