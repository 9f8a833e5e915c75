"""A camera over a table: a printed page becomes the photo that a teacher would send of it."""

import io
import math
from dataclasses import dataclass

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

from bot.paper import layout
from bot.paper.plane import fit

INK = ((20, 30, 120), (25, 25, 25))
DPI = 220


@dataclass(frozen=True)
class Shot:
    """How a photo is taken."""

    name: str
    size: tuple[int, int] = (960, 1280)  # what a chat makes of a photo
    fill: float = 0.9  # of the picture, by the page
    turn: float = 0.0  # degrees
    slant: float = 0.0  # how much nearer one side is
    bend: float = 0.0  # millimetres by which the paper does not lie flat
    blur: float = 0.0
    shaken: int = 0  # pixels
    noise: float = 0.0
    light: float = 0.0  # how much darker the far corner is
    shadow: float = 0.0
    dim: float = 1.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    quality: int = 85
    covered: tuple[int, ...] = ()  # corners under a thumb
    crease: bool = False


def rendered(pdf, page=0, dpi=DPI):
    """Render a page of a PDF as the printer would put it on paper."""
    return pypdfium2.PdfDocument(pdf)[page].render(scale=dpi / 72).to_pil().convert("RGB")


def signed(page, rows, chance):
    """Sign some rows of a page with a scrawl, others with a thumb."""
    pen, scale = ImageDraw.Draw(page), page.width / layout.PAGE[0]
    for place in rows:
        _left, top, _right, bottom = (side * scale for side in layout.row_box(place))
        middle = (top + bottom) / 2
        if place % 3:
            start = layout.COLUMNS[3] * scale + 12
            spots = [
                (start + step * scale * 2, middle + chance.uniform(-3.5, 3.5) * scale)
                for step in range(14)
            ]
            pen.line(spots, INK[place % 2], width=round(0.5 * scale), joint="curve")
        else:
            x = (layout.COLUMNS[4] + layout.COLUMNS[5]) / 2 * scale
            pen.ellipse(
                (x - 6 * scale, middle - 4 * scale, x + 6 * scale, middle + 4 * scale),
                outline=(190, 40, 40),
                width=round(1.2 * scale),
            )
    return page


def photographed(page, shot, seed):
    """Take a photo; return its bytes."""
    chance = np.random.default_rng(seed)
    page = _bent(page, shot.bend)
    if shot.crease:
        ImageDraw.Draw(page).line((0, page.height * 0.52, page.width, page.height * 0.5), 170, 3)
    _cover(page, shot.covered)
    page = page.filter(ImageFilter.GaussianBlur(0.7))  # ink on paper
    photo = _laid(page, shot, chance)
    if shot.blur:
        photo = photo.filter(ImageFilter.GaussianBlur(shot.blur))
    pixels = np.asarray(photo, dtype=float)
    if shot.shaken:
        pixels = sum(np.roll(pixels, step, axis=1) for step in range(shot.shaken)) / shot.shaken
    pixels = pixels * _lit(shot)[..., None] * np.array(shot.cast) * shot.dim
    pixels = pixels + chance.normal(0, shot.noise, pixels.shape)
    taken = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(
        taken, "JPEG", quality=shot.quality
    )
    return taken.getvalue()


def _cover(page, corners):
    """Lay a thumb on some corners."""
    scale = page.width / layout.PAGE[0]
    for corner in corners:
        x, y = (side * scale for side in layout.CORNERS[corner])
        ImageDraw.Draw(page).ellipse(
            (x - 60, y + 40, x + 15 * scale, y + 30 * scale), fill=(205, 150, 120)
        )


def _bent(page, millimetres):
    """Let the paper rise in the middle: its lines curve."""
    if not millimetres:
        return page.copy()
    pixels, most = np.asarray(page), millimetres * page.width / layout.PAGE[0]
    columns = np.arange(page.width)
    shift = (most * np.sin(math.pi * columns / page.width)).round().astype(int)
    rows = np.clip(np.arange(page.height)[:, None] + shift[None, :], 0, page.height - 1)
    return Image.fromarray(pixels[rows, columns[None, :]])


def _laid(page, shot, chance):
    """Lay the page on a table, seen at a slant."""
    width, height = shot.size
    scale = min(width / page.width, height / page.height) * shot.fill
    half = np.array([page.width, page.height]) * scale / 2
    angle = math.radians(shot.turn)
    turned = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ turned.T
    if shot.turn:  # as much of it as fits
        corners *= min(width / np.ptp(corners[:, 0]), height / np.ptp(corners[:, 1])) * shot.fill
    corners *= 1 - shot.slant * chance.uniform(0.3, 1, (4, 1)) * np.array([[1], [0.5], [0], [0.4]])
    spots = [(x + width / 2, y + height / 2) for x, y in corners]
    there = [(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)]
    way = tuple(fit(spots, there).flat[:8])
    laid = page.transform(shot.size, Image.Transform.PERSPECTIVE, way, Image.Resampling.BICUBIC)
    mask = Image.new("L", page.size, 255).transform(
        shot.size, Image.Transform.PERSPECTIVE, way, Image.Resampling.BICUBIC
    )
    table = _table(shot.size, chance)
    table.paste(laid, (0, 0), mask)
    return table


def _table(size, chance):
    """A wooden table."""
    width, height = size
    grain = np.cumsum(chance.normal(0, 3, (1, width)), axis=1) % 40
    wood = np.array([120, 85, 55])[None, None, :] + np.repeat(grain, height, axis=0)[..., None]
    return Image.fromarray(np.clip(wood, 0, 255).astype(np.uint8))


def _lit(shot):
    """Light that falls from one side, and a hand's shadow."""
    width, height = shot.size
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    lit = 1 - shot.light * (x + y) / 2
    if shot.shadow:
        lit *= 1 - shot.shadow / (1 + np.exp(-(x * 1.2 + y * 0.4 - 0.8) * 60))
    return lit
