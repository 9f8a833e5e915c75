import hashlib

import pytest

from db.merkle import Tree, leaf


def whole(leaves):
    """Return the root as RFC 6962 defines it, from all leaves at once."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0].encode()).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + whole(leaves[:half]) + whole(leaves[half:])).digest()


@pytest.mark.parametrize("count", [*range(18), 255, 256, 257])
def test_the_root_that_is_made_leaf_by_leaf_is_that_of_all_at_once(count):
    leaves = [leaf(number, number % 7 + 1, f"{number:064x}") for number in range(count)]
    tree = Tree()
    for one in leaves:
        tree.add(one)
    assert (tree.root(), tree.size) == (whole(leaves).hex(), count)


def test_an_exchange_of_two_leaves_gives_another_root():
    there, back = Tree(), Tree()
    for one in ("a", "b", "c"):
        there.add(one)
    for one in ("b", "a", "c"):
        back.add(one)
    assert there.root() != back.root()
