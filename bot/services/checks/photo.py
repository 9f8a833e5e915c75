"""One photo that stands for two meetings.

Whether a photo is a copy was decided when it was filed, by laying it over those before it; that
is a flag. One that merely comes near is worth a look: rooms and people return from class to class.
"""

from collections.abc import Iterator

from bot.services.checks.finding import Finding, numbers, stamps
from bot.services.checks.world import World
from bot.services.flag_rules import Rules
from db.models import ClassPhoto, FlagKind

Seen = tuple[int, int, int]  # bits of the picture, photo, meeting


def find(world: World, rules: Rules) -> Iterator[Finding]:
    """Flag each photo that was sent before for another meeting; two of one meeting are welcome."""
    earlier: list[Seen] = []
    by_id = {photo.id: photo for photo in world.photos}
    for photo in sorted(world.photos, key=lambda one: (one.at, one.id)):
        bits = int(photo.likeness, 16) if photo.likeness else None
        meeting = world.meetings.get(photo.meeting_id)
        if meeting is not None and world.looks(meeting):
            found = _same(photo, bits, by_id, earlier, rules.photo.distance)
        else:
            found = None
        if bits is not None:
            earlier.append((bits, photo.id, photo.meeting_id))
        if found is None or meeting is None:
            continue
        other, distance = found
        copy = other.id == photo.same_as
        yield Finding(
            FlagKind.PHOTO,
            f"photo:{photo.id}" if copy else f"photo:alike:{photo.id}",
            {
                "why": "photo" if copy else "alike",
                "photos": numbers((photo.id, other.id)),
                "media": numbers((photo.media_id, other.media_id)),
                "meetings": numbers((photo.meeting_id, other.meeting_id)),
                "distance": distance,
                "by": numbers((photo.sent_by, other.sent_by)),
                "moments": stamps((photo.at, other.at)),
            },
            study_class_id=meeting.study_class_id,
            meeting_id=meeting.id,
            soft=not copy,
        )


def _same(
    photo: ClassPhoto,
    bits: int | None,
    by_id: dict[int, ClassPhoto],
    earlier: list[Seen],
    most: int,
) -> tuple[ClassPhoto, int] | None:
    """Find a photo of another meeting that this one is, or is like, and how many bits differ."""
    named = by_id.get(photo.same_as or 0)
    if named is not None and named.meeting_id != photo.meeting_id:
        there = int(named.likeness, 16) if named.likeness else bits
        return named, 0 if bits is None or there is None else (bits ^ there).bit_count()
    if bits is None:
        return None
    near = [
        ((bits ^ there).bit_count(), number)
        for there, number, meeting_id in earlier
        if meeting_id != photo.meeting_id
    ]
    distance, number = min(near, default=(most + 1, 0))
    return (by_id[number], distance) if distance <= most else None
