"""Looks at photos of a class: whether each is one, is new, and hides nothing."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageOps, ImageStat

from bot.faults import named, trail
from bot.language import N_ as _
from bot.services import likeness, recognising
from bot.services.likeness import Known, NoPhotoError, TooLargeError
from bot.services.proof_rules import Rules, rules
from db.models import ClassPhoto, Media, MediaState

logger = logging.getLogger(__name__)

FETCHER_TOO_BIG = "file is too big"  # what the fetcher writes
BIG = _("This file is too big for me. Please send a smaller one.")
LOST = _("The picture did not arrive. Please send it again.")
NO_PICTURE = _("I cannot open this picture. Please send it as a photo.")
TOO_LARGE = _("This picture is too large for me. Please send it as a photo.")
SMALL = _("This picture is too small. Please take a photo of the class.")
PLAIN = _("I can see nothing in this picture. Please take a new one, in the light.")
QUALITY = 92
HIDDEN = ("exif", "xmp", "photoshop", "comment", "XML:com.adobe.xmp")


@dataclass(frozen=True)
class Looked:
    """What was seen of one photo."""

    photo_id: int
    media_id: int
    fault: str = ""
    likeness: str = ""
    same_as: int | None = None
    alike: int | None = None  # a photo that a person should compare it with
    fit: float = 0.0  # how much of the two is the same
    # Where a file without hidden data takes its place: that file, and the digest it came with.
    path: str = ""
    sha256: str = ""
    size: int = 0
    came_as: str = ""


def look(
    data: Path,
    photos: Sequence[tuple[ClassPhoto, Media]],
    before: Sequence[tuple[ClassPhoto, Media]],
    kin: Collection[int] = (),
) -> list[Looked]:
    """Look at photos of one meeting, each beside those before it; kin are meetings close to it."""
    rule = rules()
    since = max(photo.at for photo, _media in photos) - timedelta(days=rule.known_days)
    known = [
        Known(
            photo.id,
            photo.meeting_id,
            int(photo.likeness, 16),
            media.sha256,
            media.path,
            photo.same_as,
            photo.meeting_id in kin,
            photo.at >= since,
        )
        for photo, media in before
    ]
    looked = []
    for photo, media in photos:
        seen = _look(data, photo, media, known, rule)
        looked.append(seen)
        if seen.likeness:
            known.append(
                Known(
                    photo.id,
                    photo.meeting_id,
                    int(seen.likeness, 16),
                    seen.sha256 or media.sha256,
                    seen.path or media.path,
                    seen.same_as,
                )
            )
    return looked


def _look(
    data: Path, photo: ClassPhoto, media: Media, known: Sequence[Known], rule: Rules
) -> Looked:
    """Look at one photo."""
    try:
        return _seen(data, photo, media, known, rule)
    except TooLargeError:
        fault = TOO_LARGE
    except NoPhotoError:
        fault = NO_PICTURE
    except FileNotFoundError:
        fault = LOST
    except Exception as error:  # noqa: BLE001 - what no photo should do must not keep the next one from being seen
        told = media.id, named(error), trail(error)
        logger.error("photo %d could not be looked at: %s\n%s", *told)  # noqa: TRY400
        fault = NO_PICTURE
    return Looked(photo.id, media.id, fault)


def _seen(
    data: Path, photo: ClassPhoto, media: Media, known: Sequence[Known], rule: Rules
) -> Looked:
    """Say what a photo is like, of which it is a copy, and what it hides."""
    if media.state is not MediaState.STORED:
        fault = BIG if media.error == FETCHER_TOO_BIG else LOST
        return Looked(photo.id, media.id, fault)
    path = data / media.path
    thumb = likeness.load(path)
    if fault := _too_little(path, thumb, rule):
        return Looked(photo.id, media.id, fault)
    # A copy that came with hidden data has the digest of what took its place.
    clean = _cleaned(data, path)
    sha256 = clean[1] if clean else media.sha256
    known_as = recognising.recognise(data, path, sha256, photo.meeting_id, known, rule)
    same = known_as.same
    looked = Looked(
        photo.id,
        media.id,
        likeness=likeness.written(likeness.likeness(thumb)),
        same_as=(same.same_as or same.id) if same else None,
        alike=known_as.alike.id if known_as.alike else None,
        fit=known_as.fit,
    )
    if clean is None:
        return looked
    place, digest, size = clean
    return replace(looked, path=place, sha256=digest, size=size, came_as=media.sha256)


def _too_little(path: Path, thumb: Image.Image, rule: Rules) -> str:
    """Say what is wrong with a picture in which nobody can see a class."""
    with Image.open(path) as image:
        if min(image.size) < rule.smallest:
            return SMALL
    return PLAIN if ImageStat.Stat(thumb).stddev[0] < rule.detail else ""


def _cleaned(data: Path, path: Path) -> tuple[str, str, int] | None:
    """Write a photo anew without where and with what it was taken; None where it hides nothing."""
    with likeness.opened(path, "RGB") as image:
        if not (image.getexif() or any(name in image.info for name in HIDDEN)):
            return None
        plain = ImageOps.exif_transpose(image).convert("RGB")
    folder = data / "media"
    handle, name = tempfile.mkstemp(dir=folder, prefix=".coming-")
    coming = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _bare(plain).save(file, "JPEG", quality=QUALITY)
            file.flush()
            os.fsync(file.fileno())
        content = coming.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        place = Path("media", sha256[:2], f"{sha256}.jpg")
        (data / place).parent.mkdir(exist_ok=True)
        coming.replace(data / place)
    finally:
        coming.unlink(missing_ok=True)
    return place.as_posix(), sha256, len(content)


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels alone."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    return bare
