"""Figures in few classes, for a map: about as many authorities in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.wording import number_text

MOST = 5


@dataclass(frozen=True)
class Shades:
    """Classes of figures, the lowest first.

    Attributes
    ----------
    place : class of each figure, 0 the lowest, -1 where there is no figure
    labels : lowest and highest figure in each class, as they read on screen
    """

    place: np.ndarray
    labels: tuple[str, ...]


def shades_of(values: np.ndarray, decimals: int, *, most: int = MOST) -> Shades:
    """At most so many classes of about equal numbers; figures that read alike are always in one class.

    Limits are quantiles of type 7 of the figures as they read; a figure on a limit belongs to the lower class.

    >>> shades_of(np.array([1.0, 2.0, np.nan, 3.0, 4.0]), 0, most=2).labels
    ('1 to 2', '3 to 4')
    """
    read = np.round(values, decimals)
    held = np.isfinite(read)
    place = np.full(values.shape, -1)
    if not held.any():
        return Shades(place, ())
    limits = np.quantile(read[held], np.arange(1, most) / most)
    _, place[held] = np.unique(np.searchsorted(limits, read[held], side="left"), return_inverse=True)
    ends = [(read[place == k].min(), read[place == k].max()) for k in range(place.max() + 1)]
    return Shades(place, tuple(_span(low, high, decimals) for low, high in ends))


def _span(low: float, high: float, decimals: int) -> str:
    first, last = number_text(low, decimals), number_text(high, decimals)
    return first if first == last else f"{first} to {last}"
