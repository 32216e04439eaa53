"""Where things go on a chart: the ends of a scale, and labels that must not overlap."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

STEPS = (1, 2, 5, 10)  # of a scale, times a power of ten


def round_ends(values: Sequence[float], *, from_zero: bool) -> tuple[float, float]:
    """Round figures just below the lowest and just above the highest.

    >>> round_ends([24.0, 51.2], from_zero=True), round_ends([24.0, 51.2], from_zero=False), round_ends([], from_zero=True)
    ((0.0, 60.0), (20.0, 60.0), (0.0, 1.0))
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low, high = (min(low, 0.0), max(high, 0.0)) if from_zero else (low, high)
    rough = (high - low) / 5 or 0.2
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * m for m in STEPS if size * m >= rough)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return (low, high) if high > low else (low, low + step)


def spaced(heights: Sequence[float], tall: Sequence[float], low: float, high: float) -> list[float]:
    """Heights moved as little as needed to leave each label's own height, inside low to high, their order kept.

    >>> spaced([10.0, 10.5], [2.0, 2.0], 0, 20)
    [9.25, 11.25]
    >>> spaced([1.0, 19.9], [4.0, 4.0], 0, 20)
    [2.0, 18.0]
    """
    order = sorted(range(len(heights)), key=heights.__getitem__)
    at, size = [float(heights[i]) for i in order], [tall[i] for i in order]
    need = [(a + b) / 2 for a, b in pairwise(size)]
    for _ in range(60):
        over = [n - (b - a) for a, b, n in zip(at, at[1:], need, strict=False)]
        if all(o <= 1e-9 for o in over):
            break
        for i, o in enumerate(over):
            if o > 0:
                at[i] -= o / 2
                at[i + 1] += o / 2
    for i in range(len(at)):
        at[i] = max(at[i], low + size[i] / 2, at[i - 1] + need[i - 1] if i else -math.inf)
    for i in reversed(range(len(at))):
        at[i] = min(at[i], high - size[i] / 2, at[i + 1] - need[i] if i + 1 < len(at) else math.inf)
    back = [0.0] * len(at)
    for place, i in enumerate(order):
        back[i] = at[place]
    return back
