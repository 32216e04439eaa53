"""The interval that belongs to a test by studentised draws: every effect that the test would not reject.

With y = (x - b) / s, b the estimate and s its error, the real statistic at effect x is |y|; a draw's is |m0 + m1 y| over
the root of e0 + e1 y + e2 y^2. A draw is as far as the real one where the quartic (m0 + m1 y)^2 - y^2 (e0 + e1 y + e2 y^2) is
not negative: on at most three stretches, whose ends are its real roots.
"""

from __future__ import annotations

import numpy as np

REAL = 1e-6  # imaginary part, against the root's size, below which a root is real
POLISH = 2  # Newton steps that take the eigenvalue method's roots to full accuracy


def _values(quartics: np.ndarray, y: np.ndarray) -> np.ndarray:
    """D x R values of D quartics (D x 5, lowest power first) at D x R points, divided by 1 + y^4 lest they overflow."""
    inner = np.abs(y) <= 1
    z = np.where(inner, y, 1 / np.where(inner, 1.0, y))
    low, high = np.zeros_like(z), np.zeros_like(z)
    for power in range(5):
        low = low * z + quartics[:, [4 - power]]
        high = high * z + quartics[:, [power]]
    return np.where(inner, low, high) / (1 + z**4)


def _real_roots(quartics: np.ndarray) -> np.ndarray:
    """D x 4 real roots in order, infinity in the place of one that is not real or not there."""
    lead = quartics[:, 4]
    tiny = 1e-14 * np.abs(quartics).max(1)
    lead = np.where(np.abs(lead) > tiny, lead, np.where(lead < 0, -1.0, 1.0) * np.maximum(tiny, 1e-300))
    companion = np.zeros((len(quartics), 4, 4))
    companion[:, 1:, :-1] = np.eye(3)
    companion[:, :, 3] = -quartics[:, :4] / lead[:, None]
    found = np.linalg.eigvals(companion)
    real = np.abs(found.imag) <= REAL * (1 + np.abs(found.real))
    roots = found.real
    for _ in range(POLISH):
        value, slope = np.zeros_like(roots), np.zeros_like(roots)
        for power in range(4, -1, -1):
            slope = slope * roots + value
            value = value * roots + quartics[:, [power]]
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(np.abs(value) < np.abs(slope) * (1 + np.abs(roots)) * REAL, value / slope, 0.0)
        roots = roots - step
    return np.sort(np.where(real, roots, np.inf), axis=1)


def _stretches(quartics: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where stretches on which a quartic is not negative begin, and where they end, all draws together."""
    roots = _real_roots(quartics)
    edges = np.concatenate([np.full((len(roots), 1), -np.inf), roots, np.full((len(roots), 1), np.inf)], 1)
    left, right = edges[:, :-1], edges[:, 1:]
    far = 1 + 2 * np.abs(np.where(np.isfinite(edges), edges, 0.0)).max(1, keepdims=True)
    probe = (np.clip(left, -far, far) + np.clip(right, -far, far)) / 2
    held = (_values(quartics, probe) >= 0) & (left < right)
    # An empty stretch (a root that is missing or double) is as its neighbour, so that it makes no end of its own.
    for place in range(1, 5):
        empty = left[:, place] >= right[:, place]
        held[empty, place] = held[empty, place - 1]
    none = np.zeros((len(held), 1), bool)
    begins = held & ~np.concatenate([none, held[:, :-1]], 1)
    ends = held & ~np.concatenate([held[:, 1:], none], 1)
    return np.sort(left[begins]), np.sort(right[ends])


def studentised_interval(
    estimate: float, error: float, top: np.ndarray, below: np.ndarray, *, itself: int, level: float
) -> tuple[float, float] | None:
    """Smallest interval holding every effect x with p(x) > 1 - level; None where it has no end.

    Parameters
    ----------
    estimate : b; error : s, above nought
    top : D x 2, m0 and m1; below : D x 3, e0, e1 and e2 (module docstring)
    itself : 1 where the real assignment is counted beside the draws, 0 where it is one of them
    """
    quartics = np.zeros((len(top), 5))
    quartics[:, 0], quartics[:, 1], quartics[:, 2] = top[:, 0] ** 2, 2 * top[:, 0] * top[:, 1], top[:, 1] ** 2
    quartics[:, 2:] -= below
    begins, ends = _stretches(quartics)
    more_than = (1 - level) * (len(top) + itself) * (1 + 1e-12)

    def count(y: np.ndarray) -> np.ndarray:
        return itself + np.searchsorted(begins, y, side="right") - np.searchsorted(ends, y, side="left")

    if (count(np.array([-np.inf, np.inf])) > more_than).any():
        return None
    places = np.unique(np.concatenate([begins, ends, [0.0]]))
    accepted = places[np.isfinite(places) & (count(places) > more_than)]
    if not len(accepted):
        return estimate, estimate
    return estimate + error * float(accepted[0]), estimate + error * float(accepted[-1])
