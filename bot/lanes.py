"""Whose turn it is: strict order within a chat, chats beside each other, each its fair share."""

from collections import deque
from dataclasses import dataclass, field

from db.queries.inbox import InboxRow


@dataclass
class Lanes:
    """One lane a chat; a chat goes to the end of the queue after each of its turns.

    Only so many rows are kept whole; of the others the numbers wait, and they are read when
    their turn comes. So no flood of updates can fill the memory.
    """

    whole: int = 2000
    lanes: dict[int, deque[InboxRow | int]] = field(default_factory=dict)
    ready: deque[int] = field(default_factory=deque)  # chats that may go, in order
    size: int = 0

    def add(self, row: InboxRow) -> bool:
        """Queue a row behind the others of its chat; say whether the chat became ready by it."""
        return self.put(row.id, row.chat_id, row if self.size < self.whole else None)

    def put(self, row_id: int, chat_id: int, row: InboxRow | None = None) -> bool:
        """Queue a row, or only its number; say whether its chat became ready by it."""
        lane = self.lanes.get(chat_id)
        is_new = lane is None
        if lane is None:
            lane = self.lanes[chat_id] = deque()
            self.ready.append(chat_id)
        lane.append(row or row_id)
        self.size += 1
        return is_new

    def take(self) -> tuple[int, InboxRow | int]:
        """Return the next chat and its oldest row, which stays first until `end`."""
        chat_id = self.ready.popleft()
        return chat_id, self.lanes[chat_id][0]

    def end(self, chat_id: int) -> bool:
        """End a chat's turn; say whether it is ready for another."""
        lane = self.lanes[chat_id]
        lane.popleft()
        self.size -= 1
        if lane:
            self.ready.append(chat_id)
        else:
            del self.lanes[chat_id]
        return bool(lane)
