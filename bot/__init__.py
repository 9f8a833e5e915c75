"""Miaoke: a classroom in a chat."""

import os

# python-telegram-bot gives durations as timedelta from now on; this chooses it early.
os.environ.setdefault("PTB_TIMEDELTA", "1")
