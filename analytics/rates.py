"""Rates and shares from counts: one place for how a figure is worked out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

YEARS_BEFORE = 1  # rates of the year ending 31 March 2025 use the mid-year estimate of 2024, as the publisher's do


def rate_per_10k(children: ArrayLike, population: ArrayLike) -> np.ndarray:
    """Rate per 10,000 children; no number where the population is 0 or either figure is missing.

    Parameters
    ----------
    children : whole children or episodes, one an authority and year
    population : children aged 0 to 17 of the same authorities, mid-year estimate of the year before

    Examples
    --------
    >>> rate_per_10k([50], [10_000]).tolist()
    [50.0]
    """
    return share_of(children, population, per=10_000)


def percent(part: ArrayLike, whole: ArrayLike) -> np.ndarray:
    """Percentage 0 to 100; no number where the whole is 0 or either figure is missing."""
    return share_of(part, whole, per=100)


def share_of(part: ArrayLike, whole: ArrayLike, *, per: float) -> np.ndarray:
    """`part` for every `per` of `whole`, full precision; no number where the whole is 0 or either figure is missing."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    whole = np.where(whole == 0, np.nan, whole)
    return part * per / whole


def population_year(year: int) -> int:
    """The calendar year whose mid-year estimate serves a rate of the year that ends in `year`."""
    return year - YEARS_BEFORE
