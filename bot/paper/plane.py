"""A flat page seen from anywhere: the mapping between its millimetres and a photo's pixels."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = Sequence[tuple[float, float]]
Plane = NDArray[np.float64]  # 3 x 3

NEEDED: Final = 4  # points


def fit(here: Points, there: Points) -> Plane:
    """Return the mapping that takes points here to points there, as nearly as can be."""
    if len(here) < NEEDED:
        raise ValueError("a plane takes four points")
    to_here, to_there = _even(here), _even(there)
    rows = []
    for (x, y), (u, v) in zip(move(to_here, here), move(to_there, there), strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, -u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, -v])
    found = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    mapping: Plane = np.linalg.inv(to_there) @ found @ to_here
    return scaled(mapping)


def scaled(plane: Plane) -> Plane:
    """Return the same mapping with a last number of 1, as most write it."""
    one: Plane = plane / plane[2, 2]
    return one


def move(plane: Plane, points: Points) -> list[tuple[float, float]]:
    """Return where a mapping takes points."""
    given = np.array([(x, y, 1.0) for x, y in points])
    moved = given @ plane.T
    return [(float(x / w), float(y / w)) for x, y, w in moved]


def _even(points: Points) -> Plane:
    """Return a mapping of points to about 1 around 0: numbers alike in size keep their digits."""
    given = np.array(points, dtype=float)
    middle = given.mean(axis=0)
    spread = float(np.abs(given - middle).mean()) or 1.0
    return np.array(
        [[1 / spread, 0, -middle[0] / spread], [0, 1 / spread, -middle[1] / spread], [0, 0, 1]]
    )
