"""Statistical neighbours: who is near whom by which model, and how close."""

from __future__ import annotations

CLOSENESS = ("not close", "somewhat close", "close", "very close", "extremely close")  # the furthest first
MODELS = ("2021", "2025")
LEAST_CLOSE = "somewhat close"


def close_enough(closeness: str, least_close: str) -> bool:
    """Whether a word of closeness is at least the one asked for."""
    return CLOSENESS.index(closeness) >= CLOSENESS.index(least_close)
