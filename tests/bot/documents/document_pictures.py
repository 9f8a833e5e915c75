"""Pictures of papers of people who do not exist, made with Pillow, as a phone would take them."""

import io
import random
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, TiffImagePlugin

PHONE = (1280, 960)
NUMBER = "999999196003071237"
FONT = ImageFont.load_default(44)
SMALL = ImageFont.load_default(30)
GPS, CAMERA = 0x8825, 0x0110


def face(side=600, wall=(228, 232, 236), scale=1.0):
    """Draw a person against a wall, as the detector expects light and shadow in a face."""
    wide, high = side, round(side * 1.25)
    image = Image.new("RGB", (wide, high), wall)
    _person(ImageDraw.Draw(image), wide / 2, high * 0.45, wide * 0.2 * scale)
    return grainy(image.filter(ImageFilter.GaussianBlur(side / 500)))


def two_faces():
    image = Image.new("RGB", (1200, 900), (228, 232, 236))
    draw = ImageDraw.Draw(image)
    for middle in (330, 860):
        _person(draw, middle, 400, 130)
    return grainy(image.filter(ImageFilter.GaussianBlur(1.5)))


def _person(draw, x, y, fw):
    fh = fw * 1.31
    hair, skin, shade = (32, 26, 24), (222, 178, 146), (196, 150, 120)

    def oval(left, top, right, bottom, fill):
        draw.ellipse((x + fw * left, y + fh * top, x + fw * right, y + fh * bottom), fill=fill)

    box = (x - fw * 1.8, y + fh * 1.35, x + fw * 1.8, y + fh * 4)
    draw.rounded_rectangle(box, radius=fw, fill=(52, 66, 110))
    draw.rectangle((x - fw * 0.42, y + fh * 0.6, x + fw * 0.42, y + fh * 1.5), fill=shade)
    oval(-1.16, -1.25, 1.16, 0.7, hair)
    oval(-1, -1, 1, 1, skin)
    head = (x - fw * 1.05, y - fh * 1.15, x + fw * 1.05, y + fh * 0.3)
    draw.pieslice(head, 180, 360, fill=hair)
    oval(-0.92, -0.62, 0.92, 0.9, skin)
    for side in (-1, 1):
        middle = side * 0.42
        oval(middle - 0.3, -0.27, middle + 0.3, 0.03, (188, 140, 112))
        oval(middle - 0.22, -0.205, middle + 0.22, -0.035, (240, 236, 232))
        oval(middle - 0.11, -0.21, middle + 0.11, -0.03, (30, 20, 16))
        brow = x + fw * (middle - 0.28), y - fh * 0.42, x + fw * (middle + 0.28), y - fh * 0.33
        draw.rounded_rectangle(brow, radius=fw * 0.05, fill=(44, 34, 30))
    ridge = [(-0.06, -0.1), (0.06, -0.1), (0.18, 0.27), (-0.18, 0.27)]
    draw.polygon([(x + fw * a, y + fh * b) for a, b in ridge], fill=(230, 190, 160))
    oval(-0.2, 0.2, 0.2, 0.32, shade)
    oval(-0.36, 0.46, 0.36, 0.62, (158, 84, 80))


def card(*, back=False):
    """Draw one side of a card, 15 pixels a millimetre."""
    image = Image.new("RGB", (1284, 810), (222, 232, 236))
    draw = ImageDraw.Draw(image)
    for line in range(-800, 1300, 26):
        draw.line((line, 0, line + 500, 810), fill=(204, 220, 226), width=3)
    if back:
        draw.ellipse((90, 80, 320, 310), fill=(190, 40, 40))
        draw.rectangle((420, 120, 1180, 190), fill=(40, 40, 46))
        draw.rectangle((420, 230, 1100, 300), fill=(40, 40, 46))
        words = "SAMPLE COUNTY", "2016.03.07 - 2036.03.07"
        for place, text in enumerate(words):
            draw.text((300, 600 + place * 80), text, (30, 30, 36), FONT)
    else:
        for row, text in enumerate(("SAMPLE YANG", "F   MIAO", "1960  3  7", "SAMPLE VILLAGE 1")):
            draw.text((90, 90 + row * 110), text, (30, 30, 36), FONT)
        draw.text((90, 690), NUMBER, (20, 20, 26), FONT)
        image.paste(face(330), (880, 110))
    return image


def page(words="HOUSEHOLD BOOK"):
    """Draw a page of a household book, 143 × 105 mm."""
    image = Image.new("RGB", (1430, 1050), (240, 236, 222))
    draw = ImageDraw.Draw(image)
    draw.text((480, 40), words, (40, 40, 46), FONT)
    for row in range(9):
        y = 130 + row * 95
        draw.line((60, y, 1370, y), fill=(60, 70, 60), width=3)
        for column in range(4):
            text = f"{words[: 4 + row % 5]} {row}{column}"
            draw.text((80 + column * 330, y + 28), text, (36, 36, 40), SMALL)
    for column in range(5):
        x = 60 + column * 327
        draw.line((x, 130, x, 890), fill=(60, 70, 60), width=3)
    return image


def taken(paper, lean=0.06, turn=4, size=PHONE, share=0.7, seed=1):
    """Take a photo of a paper on a table: a little slanted and turned, with a phone's noise."""
    dice = random.Random(seed)
    wide, high = size
    table = np.full((high, wide, 3), (118, 84, 56), np.float32)
    grain = np.random.default_rng(seed).normal(0, 9, (high, 1, 1)).astype(np.float32)
    photo = Image.fromarray(np.clip(table + grain, 0, 255).astype(np.uint8))
    scale = min(wide * share / paper.width, high * share / paper.height)
    w, h = paper.width * scale, paper.height * scale
    left, top = (wide - w) / 2, (high - h) / 2
    corners = [(left, top), (left + w, top), (left + w, top + h), (left, top + h)]
    reach = lean * min(w, h)
    corners = [
        (x + dice.uniform(-reach, reach), y + dice.uniform(-reach, reach)) for x, y in corners
    ]
    photo.paste(*_laid(paper, corners, size))
    photo = photo.rotate(turn, Image.Resampling.BICUBIC, fillcolor=(118, 84, 56))
    return grainy(photo, seed)


def grainy(photo, seed=1):
    """Add a phone's noise."""
    noise = np.random.default_rng(seed).normal(0, 3, (photo.height, photo.width, 3))
    return Image.fromarray(np.clip(np.asarray(photo, np.float32) + noise, 0, 255).astype(np.uint8))


def _laid(paper, corners, size):
    """Return a paper as it lies in a photo, and where it does."""
    rows = []
    flat = [(0, 0), (paper.width, 0), paper.size, (0, paper.height)]
    for (x, y), (u, v) in zip(corners, flat, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    way = np.linalg.solve(np.array(rows), np.array([one for point in flat for one in point]))
    shape = Image.Transform.PERSPECTIVE
    there = paper.transform(size, shape, tuple(way), Image.Resampling.BICUBIC)
    cover = Image.new("L", paper.size, 255).transform(size, shape, tuple(way))
    return there, (0, 0), cover


def lamp(photo, at=(0.5, 0.45), reach=0.14):
    """Let a lamp shine back from a photo."""
    wide, high = photo.size
    y, x = np.mgrid[0:high, 0:wide]
    far = np.hypot(x / wide - at[0], (y / high - at[1]) * high / wide)
    light = np.clip(1.6 - far / reach, 0, 1)[..., None] * 255
    lit = np.clip(np.asarray(photo, np.float32) + light, 0, 255)
    return Image.fromarray(lit.astype(np.uint8))


def dark(photo, share=0.16):
    return photo.point(lambda grey: round(grey * share))


def blurred(photo, by=11):
    return photo.filter(ImageFilter.GaussianBlur(by))


def cat():
    """Draw a cat on a meadow."""
    image = Image.new("RGB", PHONE, (96, 148, 74))
    draw = ImageDraw.Draw(image)
    dice = random.Random(3)
    for _ in range(3000):
        x, y = dice.uniform(0, 1600), dice.uniform(0, 1200)
        draw.line((x, y, x + dice.uniform(-9, 9), y - 30), fill=(70, dice.randint(110, 190), 50))
    fur = (150, 104, 60)
    draw.ellipse((480, 520, 1150, 1120), fill=fur)
    draw.ellipse((560, 200, 1020, 640), fill=fur)
    for ear in ([(580, 330), (570, 110), (740, 230)], [(1000, 330), (1010, 110), (840, 230)]):
        draw.polygon(ear, fill=fur)
    for eye in (690, 890):
        draw.ellipse((eye - 55, 340, eye + 55, 450), fill=(190, 210, 70))
        draw.ellipse((eye - 14, 340, eye + 14, 450), fill=(10, 10, 10))
    draw.polygon([(760, 490), (820, 490), (790, 530)], fill=(210, 120, 120))
    return grainy(image.filter(ImageFilter.GaussianBlur(1)))


def jpeg(image, quality=88, **more):
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality, **more)
    return content.getvalue()


def located(image):
    """Write a photo as a phone does that tells where it was."""
    exif = Image.Exif()
    exif[CAMERA] = "A phone that tells"
    exif[GPS] = {1: "N", 2: (TiffImagePlugin.IFDRational(26), 38, 1), 3: "E", 4: (108, 9, 1)}
    return jpeg(image, exif=exif)


def bomb(side=30_000):
    """Write a picture of few bytes and very many pixels."""
    row = zlib.compress(bytes((side // 8 + 1) * 64), 9)

    def chunk(name, body):
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", row), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
