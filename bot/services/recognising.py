"""Recognises a photo that was used before, also where much of it was cut away.

What is alike at a glance, or shares points, is laid over the photo, and what both show decides.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from bot.services import keypoints, likeness
from bot.services.keypoints import Points
from bot.services.likeness import Known, Limits, NoPhotoError, TooLargeError
from bot.services.overlaying import Fit, align, compare, votes
from bot.services.proof_rules import Rules

FOLDER: Final = "points"  # under the data folder; what is lost is found again from the photos


@dataclass(frozen=True)
class Seen:
    """A photo as it is compared: its points, and those that it has in a mirror."""

    image: Image.Image
    points: Points
    mirrored: Points


@dataclass(frozen=True)
class Like:
    """A photo that shares points with this one, or with what it is in a mirror."""

    known: Known
    points: Points
    votes: int


@dataclass(frozen=True)
class Answer:
    """Of which photo one is a copy, or with which a person should compare it."""

    same: Known | None = None
    alike: Known | None = None
    fit: float = 0.0


def see(path: Path) -> Seen:
    """Look at a photo and find its points."""
    image = keypoints.grey(path)
    return Seen(image, keypoints.points(image), keypoints.points(keypoints.turned(image)))


def recognise(
    data: Path,
    path: Path,
    sha256: str,
    meeting_id: int,
    known: Sequence[Known],
    rule: Rules,
) -> Answer:
    """Find the photo of which this one is a copy, or one that is worth a look."""
    limits = Limits(rule.near, rule.alone, rule.copy_, rule.copy_in_meeting, rule.most)
    glance = likeness.find(data, likeness.load(path), sha256, meeting_id, known, limits)
    if glance and (glance.sha256 == sha256 or glance.meeting_id == meeting_id):
        return Answer(glance)
    seen = see(path)
    keep(data, sha256, seen.points)
    best = Answer()
    others = [one for one in known if one.meeting_id != meeting_id and one.remembered]
    for one, fit in laid_over(data, seen, likest(data, seen, others, glance, rule), rule):
        if not fit.shared:  # too plain to be judged but at a glance
            if one is glance:
                return Answer(one)
        elif fit.shared >= rule.shared and fit.same >= rule.same:
            return Answer(one, fit=fit.same)
        elif fit.shared >= rule.shared and fit.same >= max(rule.alike, best.fit):
            best = Answer(alike=one, fit=fit.same)
    return best


def likest(
    data: Path, seen: Seen, known: Sequence[Known], glance: Known | None, rule: Rules
) -> list[Like]:
    """Choose the photos that share the clearest points with this one, as it is or in a mirror."""
    near = sorted(known, key=lambda one: (one is glance, one.kin, one.id), reverse=True)
    near = near[: rule.known_most]
    kept = [(one, points) for one in near if (points := points_of(data, one)) is not None]
    others = [points for _one, points in kept]
    ways = (votes(own, others, rule.points_quick) for own in (seen.points, seen.mirrored))
    found = [
        Like(one, points, max(counted)) for (one, points), *counted in zip(kept, *ways, strict=True)
    ]
    found = [like for like in found if like.votes >= rule.points_agree or like.known is glance]
    found.sort(key=lambda like: (like.known is not glance, -like.votes))
    return found[: rule.points_compared]


def laid_over(
    data: Path, seen: Seen, likes: Iterable[Like], rule: Rules
) -> Iterator[tuple[Known, Fit]]:
    """Lay photos over this one, first those of which most points lie as they do here."""
    ways = ((seen.image, seen.points), (keypoints.turned(seen.image), seen.mirrored))
    laid = []
    for like in likes:
        aligned = [(align(own, like.points), image) for image, own in ways]
        laid.append((like.known, *max(aligned, key=lambda one: one[0][0] if one[0] else 0)))
    laid.sort(key=lambda one: -(one[1][0] if one[1] else 0))
    for known, found, image in laid[: rule.laid_over]:
        fit = Fit()
        if found:
            with suppress(OSError, NoPhotoError, TooLargeError):  # it is gone
                fit = compare(image, keypoints.grey(data / known.path), found[1])
        yield known, fit


def points_of(data: Path, one: Known) -> Points | None:
    """Return the points of a photo: as they were kept, else from its file."""
    kept = _place(data, one.sha256)
    try:
        if (found := keypoints.unpacked(kept.read_bytes())) is not None:
            return found
    except OSError:
        pass  # not kept yet
    try:
        image = keypoints.grey(data / one.path)
    except (OSError, NoPhotoError, TooLargeError):
        return None
    found = keypoints.points(image)
    keep(data, one.sha256, found)
    return found


def keep(data: Path, sha256: str, points: Points) -> None:
    """Keep the points of a photo."""
    place = _place(data, sha256)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".coming-")
    with os.fdopen(handle, "wb") as file:
        file.write(keypoints.packed(points))
    Path(name).replace(place)


def _place(data: Path, sha256: str) -> Path:
    return data / FOLDER / sha256[:2] / f"{sha256}.points"
