"""Looks at one photo of a document: what of it is kept, or why it is not fit to be."""

from dataclasses import dataclass

from PIL import Image

from bot.documents import portraits, straightening
from bot.documents.judging import fault_of
from bot.documents.kinds import Kind, rules
from bot.documents.opening import Fault, UnfitError, opened, written


@dataclass(frozen=True)
class Fit:
    """A picture that is kept: JPEG bytes with nothing but pixels in them."""

    content: bytes
    width: int
    height: int
    straight: bool = True  # laid straight, or cut to size


def check(content: bytes, kind: Kind, *, lenient: bool = False) -> Fit:
    """Check a photo and return what is kept of it; raises `UnfitError` where it is not fit.

    `lenient` keeps the whole photo where no card or page is found in it: a person looks next.
    """
    photo = opened(content)
    checks = rules().checks
    if min(photo.size) < checks.smallest:
        raise UnfitError(Fault.TOO_SMALL)
    if kind.shape == "portrait":
        return _portrait(photo)
    card = kind.shape == "card"
    corners = straightening.find(photo, checks.part, card=card)
    if corners is None and not lenient:
        raise UnfitError(_why_none(photo))
    picture = photo
    if corners:
        picture = straightening.lay(photo, corners, checks.long_side, card=card)
    else:
        picture.thumbnail((checks.long_side, checks.long_side), Image.Resampling.LANCZOS)
    glare = checks.glare_card if card else checks.glare_page
    if fault := fault_of(picture, checks, sharp=checks.sharp, glare=glare):
        raise UnfitError(fault)
    if kind.face and corners:
        picture = _upright(picture, lenient=lenient)
    kept = written(picture, checks.quality)
    return Fit(kept, *picture.size, straight=corners is not None)


def _upright(picture: Image.Image, *, lenient: bool) -> Image.Image:
    """Turn a card whose face stands on its head; what shows no face is no such card."""
    turned = picture.transpose(Image.Transpose.ROTATE_180)
    if portraits.faces(picture):
        return picture
    if portraits.faces(turned):
        return turned
    if lenient:
        return picture
    raise UnfitError(Fault.NO_PAPER)


def _why_none(photo: Image.Image) -> Fault:
    """Say why no card or page is seen: in the dark or a blur nobody would see one."""
    checks = rules().checks
    return fault_of(photo, checks, sharp=checks.blind, glare=1) or Fault.NO_PAPER


def _portrait(photo: Image.Image) -> Fit:
    """Cut a portrait to size, if it shows one face, sharp and well lit."""
    checks, rule = rules().checks, rules().portrait
    try:
        portrait = portraits.cut(photo, checks, rule)
    except UnfitError as error:
        blind = fault_of(photo, checks, sharp=checks.blind, glare=1)
        if error.fault is Fault.NO_FACE and blind:
            raise UnfitError(blind) from None
        raise
    # A bright wall is no glare: only a face that a lamp has burnt out.
    middle = portrait.crop((90, 90, rule.width - 90, rule.height - 90))
    if fault := fault_of(portrait, checks, sharp=checks.sharp_portrait, glare=1):
        raise UnfitError(fault)
    if fault_of(middle, checks, sharp=0, glare=checks.glare_page) is Fault.GLARE:
        raise UnfitError(Fault.GLARE)
    return Fit(portraits.small_enough(portrait, rule), *portrait.size)
