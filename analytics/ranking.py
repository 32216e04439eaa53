"""Where authorities stand beside one another: rank, order, quartile band, and how firm that is.

Ranks, ties and bands follow the Local Authority Interactive Tool, so that a reader finds the number known from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analytics.intervals import countable, per_of

DRAWS, SEED = 1000, 1
LEVEL = 0.95
SHIFT = 0.5  # Jeffreys' prior: a count of 0 is not taken for certainty
BANDS = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Places:
    """Places that figures hold among those that have one, 1 the first.

    Attributes
    ----------
    place : whole numbers, not a number where there is no figure; ties share the smaller
    low, high : plausible range of each place, not a number where counts are not known
    ranked : how many have a figure
    withheld : how many have a figure that is not printed; `high` allows for all of them being ahead
    """

    place: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ranked: int
    withheld: int


def order_of(values: np.ndarray, *, highest_first: bool = True) -> np.ndarray:
    """Place of each figure in order, 1 the first; ties share the smaller, not a number where there is no figure.

    >>> order_of(np.array([3.0, np.nan, 5.0, 3.0])).tolist()
    [2.0, nan, 1.0, 2.0]
    """
    signed = -values if highest_first else values
    return stats.rankdata(signed, method="min", nan_policy="omit")


def rank_of(values: np.ndarray, polarity: str) -> np.ndarray:
    """Rank by the Interactive Tool's rule: 1 is the best, and nobody has one where an indicator has no 'better'."""
    if polarity == "none":
        return np.full(values.shape, np.nan)
    return order_of(values, highest_first=polarity == "higher")


def band_of(values: np.ndarray, polarity: str) -> list[str]:
    """Quartile band A (best) to D by the Interactive Tool's rule, '' without a figure or where nothing is better.

    Quartiles are of type 7; a figure on a quartile belongs to the lower quarter of figures.

    >>> band_of(np.array([1.0, 2.0, 3.0, 4.0, np.nan]), "lower"), band_of(np.array([1.0, 2.0, 3.0, 4.0]), "higher")
    (['A', 'B', 'C', 'D', ''], ['D', 'C', 'B', 'A'])
    """
    held = ~np.isnan(values)
    if polarity == "none" or not held.any():
        return [""] * len(values)
    quarter = np.searchsorted(np.quantile(values[held], (0.25, 0.5, 0.75)), values, side="left")
    bands = BANDS if polarity == "lower" else BANDS[::-1]
    return [bands[q] if h else "" for q, h in zip(quarter, held, strict=True)]


def places_of(
    values: np.ndarray,
    numerator: np.ndarray,
    denominator: np.ndarray,
    *,
    unit: str,
    highest_first: bool,
    withheld: int = 0,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Places:
    """Order of figures with the range that chance leaves plausible (Goldstein and Spiegelhalter 1996).

    Each authority's figure is drawn again and again from what its counts say of it, and the middle 95% of its places
    is the range. Without the counts of an authority its figure stays where it is in every draw, and it has no range.

    Parameters
    ----------
    values, numerator, denominator : one an authority, not a number where missing
    withheld : authorities with a figure that is not printed: each may be ahead or behind
    """
    place = order_of(values, highest_first=highest_first)
    held = ~np.isnan(values)
    drawn, known = _redrawn(values, numerator, denominator, unit, draws, seed)
    low = high = np.full(values.shape, np.nan)
    if held.any() and known.any():
        signed = -drawn[:, held] if highest_first else drawn[:, held]
        places = np.full((draws, len(values)), np.nan)
        places[:, held] = signed.argsort(axis=1).argsort(axis=1) + 1  # rankdata's ties would only cost time here
        ends = (1 - LEVEL) / 2, (1 + LEVEL) / 2
        low, high = (np.full(values.shape, np.nan) for _ in ends)
        low[known], high[known] = np.quantile(places[:, known], ends, axis=0, method="nearest")
        # A tie shares the smaller place, and draws of continuous figures never tie: the place printed is always in.
        low, high = np.fmin(low, place + 0 * low), np.fmax(high, place + 0 * high) + withheld
    return Places(place, low, high, int(held.sum()), withheld)


def _redrawn(
    values: np.ndarray, numerator: np.ndarray, denominator: np.ndarray, unit: str, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Figures drawn again, draws by authorities, and for whom counts allow it."""
    rng, per = np.random.default_rng(seed), per_of(unit)
    out_of = np.where(denominator > 0, denominator, np.nan)
    known = countable(values, numerator, denominator, unit)
    drawn = np.tile(values, (draws, 1))
    count, whole, size = numerator[known], out_of[known], (draws, int(known.sum()))
    if unit == "%":
        drawn[:, known] = rng.beta(count + SHIFT, whole - count + SHIFT, size) * per
    else:
        drawn[:, known] = rng.gamma(count + SHIFT, 1.0, size) * per / whole
    return drawn, known
