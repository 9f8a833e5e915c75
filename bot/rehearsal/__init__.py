"""Whole teaching days on simulated phones, in compressed time: what a school does, tried out."""

from bot.rehearsal.performing import rehearse
from bot.rehearsal.plan import Plan

__all__ = ["Plan", "rehearse"]
