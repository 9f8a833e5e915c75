"""Pictures of classes, made with Pillow, and a teacher who sends them."""

import asyncio
import base64
import io
import random

from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import select

from bot.services.photos import look_due
from bot.services.sheeting import read_due
from db.models import ClassPhoto, Media, MediaState
from tests.handlers.room import TEACHER

SIZE = (1280, 960)


def colour(dice, low=0, high=255):
    return tuple(dice.randint(low, high) for _ in range(3))


def classroom(seed, wall=None):
    """Draw a class: a wall, a board, people; with `wall`, in the same room as others."""
    dice, (width, height) = random.Random(seed if wall is None else wall), SIZE
    image = Image.new("RGB", SIZE, colour(dice, 150, 235))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * dice.uniform(0.5, 0.7), width, height), colour(dice, 60, 160))
    left = dice.uniform(0.1, 0.45) * width
    right = left + width * dice.uniform(0.25, 0.5)
    draw.rectangle((left, height * 0.1, right, height * 0.4), colour(dice, 10, 90))
    dice = random.Random(seed)
    for _ in range(dice.randint(10, 28)):
        x, y = dice.uniform(0, width), dice.uniform(0.35, 0.95) * height
        wide = dice.uniform(0.03, 0.09) * width
        draw.ellipse((x - wide / 2, y - wide * 1.2, x + wide / 2, y), colour(dice, 90, 210))
        draw.rectangle((x - wide, y, x + wide, y + wide * 2.2), colour(dice))
    return image.filter(ImageFilter.GaussianBlur(2))


def trimmed(image, share, *sides):
    """Cut a share of the picture away at some of its sides."""
    width, height = image.size
    left, top, right, bottom = (share if one in sides else 0 for one in "ltrb")
    return image.crop(
        (
            int(width * left),
            int(height * top),
            int(width * (1 - right)),
            int(height * (1 - bottom)),
        )
    )


def jpeg(image, quality=85, **more):
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality, **more)
    return content.getvalue()


def coded(content):
    return base64.b64encode(content).decode()


async def sends(room, image, user=TEACHER, **more):
    """Send a photo, and let it be fetched and looked at."""
    await room.do("photo", user=user, image=coded(jpeg(image)), **more)
    await looks(room)


async def sends_file(room, content, mime="image/jpeg", name="IMG_1.jpg", user=TEACHER):
    await room.do("document", user=user, file=coded(content), mime_type=mime, file_name=name)
    await looks(room)


async def looks(room):
    """Let what was sent be fetched, read and looked at."""
    await room.settle()
    house, data = room.house, room.house.app.bot_data["data"]
    async with asyncio.timeout(100):
        while await waiting(room):
            await house.heartbeat.fetch(room.now)
            await read_due(house.database, data, room.key, room.now)
            await look_due(house.database, data, room.now)
            house.sender.wake()
            await room.settle()
    await room.settle()


async def waiting(room):
    kinds = Media.kind.startswith("sheet:") | Media.kind.startswith("class:")
    return await room.rows(select(Media.id).where((Media.state == MediaState.WAITING) | kinds))


async def photos(room):
    return await room.rows(select(ClassPhoto).order_by(ClassPhoto.id))
