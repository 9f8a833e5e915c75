"""Pictures of one room on many days: its walls are full of things, the people are others."""

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1280, 960


def shade(dice, low, high):
    return tuple(int(value) for value in dice.integers(low, high, 3))


def met(seed, room):
    """Draw a class in a room, always from the same seat, with a camera's noise."""
    walls, people = np.random.default_rng(room), np.random.default_rng(seed)
    image = Image.fromarray(rough(walls)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _poster in range(12):
        x, y = walls.uniform(0, WIDTH), walls.uniform(0, HEIGHT / 2)
        draw.rectangle(
            (x, y, x + walls.uniform(30, 160), y + walls.uniform(30, 120)), shade(walls, 0, 255)
        )
    for _person in range(int(people.integers(8, 14))):
        x, y = people.uniform(0, WIDTH), people.uniform(0.35, 0.95) * HEIGHT
        wide = people.uniform(30, 60)
        draw.ellipse((x - wide, y - 1.3 * wide, x + wide, y + 1.3 * wide), shade(people, 80, 210))
        draw.rectangle(
            (x - 1.4 * wide, y + wide, x + 1.4 * wide, y + 4 * wide), shade(people, 0, 255)
        )
    noise = people.normal(0, 4, (HEIGHT, WIDTH, 1)).astype(np.float32)
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))


def rough(dice):
    """Return a wall with light, stains and grain."""
    wall = np.full((HEIGHT, WIDTH), 130, dtype=np.float32)
    for grain, depth in ((8, 50), (24, 30), (96, 18), (320, 10)):
        coarse = dice.uniform(-depth, depth, (grain * 3 // 4, grain)).astype(np.float32)
        wall += np.asarray(
            Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        )
    return wall.clip(0, 255).astype(np.uint8)
