"""How far chance alone may have moved a published figure: intervals for rates, percentages and a funnel's limits.

Everything here treats what was counted as one draw of what could have been counted: a rate's count as Poisson, a
percentage's as binomial. Children come in families and plans are opened by people, so real figures scatter more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

LEVEL = 0.95
SOURCES_ROUND_TO = 0.51  # percentages and rates of the Interactive Tool are often whole numbers
EXACT_BELOW = 10  # Byar's approximation is used from here on; below, exact limits (Breslow and Day 1987, p. 69)

Interval = tuple[np.ndarray, np.ndarray]


def byar(count: ArrayLike, level: float = LEVEL) -> Interval:
    """Low and high end for a Poisson count, in the count's shape; not a number where the count is missing.

    Byar's approximation from ten counted, exact limits below.

    Examples
    --------
    >>> [round(float(end), 2) for end in byar(100)]
    [81.36, 121.63]
    """
    count = np.asarray(count, dtype=float)
    low_tail, high_tail = (1 - level) / 2, (1 + level) / 2
    z = stats.norm.ppf(high_tail)
    with np.errstate(invalid="ignore", divide="ignore"):
        more = count + 1
        low = count * (1 - 1 / (9 * count) - z / (3 * np.sqrt(count))) ** 3
        high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
        few = count < EXACT_BELOW
        low = np.where(few, stats.chi2.ppf(low_tail, 2 * count) / 2, low)
        high = np.where(few, stats.chi2.ppf(high_tail, 2 * more) / 2, high)
    return np.where(count == 0, 0.0, low), high


def wilson(part: ArrayLike, whole: ArrayLike, level: float = LEVEL) -> Interval:
    """Low and high end for a share (0 to 1) of a whole that was counted (Wilson 1927); not a number where the whole is 0.

    Examples
    --------
    >>> [round(float(end), 4) for end in wilson(54, 433)]
    [0.0969, 0.1592]
    """
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    z = stats.norm.ppf((1 + level) / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = part / whole
        middle = part + z * z / 2
        half = z * np.sqrt(whole * share * (1 - share) + z * z / 4)
        low, high = (middle - half) / (whole + z * z), (middle + half) / (whole + z * z)
        known = (whole > 0) & (part >= 0) & (part <= whole)
    # Rounding must not put an end beyond what a share can be.
    return np.where(known, np.clip(low, 0, 1), np.nan), np.where(known, np.clip(high, 0, 1), np.nan)


def per_of(unit: str) -> float:
    """What a figure is counted out of: 10,000 for 'per 10,000 children', 100 for '%', not a number for any other unit.

    >>> per_of("per 10,000 children"), per_of("%"), per_of("cases per worker")
    (10000.0, 100.0, nan)
    """
    return {"per 10,000 children": 10_000.0, "%": 100.0}.get(unit, np.nan)


def countable(values: np.ndarray, numerator: np.ndarray, denominator: np.ndarray, unit: str) -> np.ndarray:
    """For which figures there are counts that give the figure itself, to the half point that sources round to."""
    out_of = np.where(denominator > 0, denominator, np.nan)
    with np.errstate(invalid="ignore"):
        found = numerator * per_of(unit) / out_of
        known = (numerator >= 0) & (np.abs(found - values) <= SOURCES_ROUND_TO)
        return known & (numerator <= denominator) if unit == "%" else known


def interval_of(unit: str, numerator: ArrayLike, denominator: ArrayLike, level: float = LEVEL) -> Interval:
    """Low and high end of figures in their own unit, from what was counted and out of what.

    Parameters
    ----------
    unit : of an indicator; rates per 10,000 children by Byar, percentages by Wilson, none for any other
    numerator, denominator : counts of one shape, not a number where the source prints none
    """
    numerator, denominator = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    per = per_of(unit)
    if unit == "%":
        low, high = wilson(numerator, denominator, level)
        return low * per, high * per
    low, high = byar(numerator, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        out_of = np.where(denominator > 0, denominator, np.nan)
        return low * per / out_of, high * per / out_of
