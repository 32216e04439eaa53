"""Has a figure risen or fallen over the five newest years, beyond what chance gives?

The test and its strictness are those of Fingertips, the public health tool that most of our readers know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

POINTS = 5
LEVEL = 0.998  # stricter than the usual .95: many figures are looked at, and they scatter more than counts alone would


@dataclass(frozen=True)
class RecentTrend:
    """Direction (rising, falling, no_clear_trend, cannot_tell), p, the years tested, and why it cannot be told."""

    direction: str
    p: float | None = None
    years: tuple[int, int] | None = None
    reason: str = ""


def recent_trend(years: np.ndarray, numerator: np.ndarray, denominator: np.ndarray, unit: str) -> RecentTrend:
    """Chi-square test for a trend over the five newest of an authority's years.

    Parameters
    ----------
    years : whole numbers, rising; one a figure of the authority, and none left out between its first and last
    numerator, denominator : counts of the same length, not a number where missing
    unit : '%' is tested as a share (Cochran 1954, Armitage 1955), a rate as counts over children
    """
    if len(years) < POINTS:
        return RecentTrend("cannot_tell", reason=f"fewer than {POINTS} years are held")
    newest = slice(len(years) - POINTS, None)
    span = (int(years[newest][0]), int(years[newest][-1]))
    count, whole = (np.asarray(a, dtype=float)[newest] for a in (numerator, denominator))
    if np.isnan(count + whole).any() or (whole <= 0).any():
        return RecentTrend(
            "cannot_tell", years=span, reason="what was counted is not printed for every one of five years"
        )
    statistic, slope = _share_trend(count, whole) if unit == "%" else _rate_trend(count, whole)
    p = math.erfc(math.sqrt(statistic / 2))  # of chi-square with one degree of freedom, in a hundredth of scipy's time
    if p >= 1 - LEVEL:
        return RecentTrend("no_clear_trend", p, span)
    return RecentTrend("rising" if slope > 0 else "falling", p, span)


def _share_trend(part: np.ndarray, whole: np.ndarray) -> tuple[float, float]:
    """Statistic, and slope's sign, of Cochran and Armitage's test with the years as scores."""
    score, share = np.arange(len(part), dtype=float), part.sum() / whole.sum()
    slope = (score * (part - whole * share)).sum()
    variance = share * (1 - share) * ((whole * score**2).sum() - (whole * score).sum() ** 2 / whole.sum())
    return (slope**2 / variance if variance > 0 else 0.0), slope


def _rate_trend(count: np.ndarray, children: np.ndarray) -> tuple[float, float]:
    """Statistic, and slope's sign, of the score test for a log-linear trend in counts over children."""
    score, expected = np.arange(len(count), dtype=float), children * count.sum() / children.sum()
    slope = (score * (count - expected)).sum()
    variance = (expected * score**2).sum() - (expected * score).sum() ** 2 / expected.sum() if expected.sum() else 0.0
    return (slope**2 / variance if variance > 0 else 0.0), slope
