"""The Merkle root of a row of leaves, as RFC 6962 makes it; it holds one hash a level."""

import hashlib

LEAF, NODE = b"\x00", b"\x01"


class Tree:
    """Takes leaves one by one and gives their root; the leaves are not kept."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []  # of whole subtrees: height and hash, left first

    def add(self, leaf: str) -> None:
        """Take the next leaf."""
        self.size += 1
        height, digest = 0, hashlib.sha256(LEAF + leaf.encode()).digest()
        while self._peaks and self._peaks[-1][0] == height:
            _height, left = self._peaks.pop()
            height, digest = height + 1, _node(left, digest)
        self._peaks.append((height, digest))

    def root(self) -> str:
        """Return the root of the leaves so far; of none it is the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256().hexdigest()
        digest = self._peaks[-1][1]
        for _height, left in reversed(self._peaks[:-1]):
            digest = _node(left, digest)
        return digest.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def leaf(person_id: int, seq: int, line_hash: str) -> str:
    """Write the end of one person's chain as a leaf."""
    return f"{person_id}\n{seq}\n{line_hash}"
