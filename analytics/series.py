"""One indicator in every area, year by year, or as averages of three years for figures that swing with small numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.board import Board
from analytics.intervals import interval_of, per_of
from analytics.trends import NO_ROW, SHORT

OVER = 3  # years of an average
MIDDLE = (0.25, 0.75)


@dataclass(frozen=True)
class Series:
    """Figures of one indicator, areas x years in every array; areas and years are those of the board.

    Attributes
    ----------
    value : not a number where there is no figure
    status : why there is none, or how good a figure is
    numerator, denominator : what was counted, and out of what; not a number where that does not give the figure
    implied : whether the two were worked out from a printed rate and the population
    averages : whether each figure is an average of the three years that end with its own
    pooled : of averages, whether it is counts over counts; else it is the plain mean of three printed figures
    """

    unit: str
    years: tuple[int, ...]
    value: np.ndarray
    status: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    implied: np.ndarray
    averages: bool
    pooled: np.ndarray

    def interval(self, area: int) -> tuple[np.ndarray, np.ndarray]:
        """Low and high end of one area's figures, one a year."""
        return interval_of(self.unit, self.numerator[area], self.denominator[area])

    def mean_and_median(self, areas: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Plain mean and median of those of some areas that have a figure, and how many they are; one a year."""
        found = np.sort(self.value[list(areas)], axis=0)  # what is missing comes last
        number = (~np.isnan(found)).sum(axis=0)
        mean = np.nansum(found, axis=0) / np.where(number, number, np.nan)
        return mean, _quantile(found, number, 0.5), number

    def middle_half(self, areas: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Lower and upper quartile (type 7) of some areas, and how many have a figure; one a year."""
        found = np.sort(self.value[areas], axis=0)
        number = (~np.isnan(found)).sum(axis=0)
        low, high = (_quantile(found, number, share) for share in MIDDLE)
        return low, high, number


def _quantile(rising: np.ndarray, number: np.ndarray, share: float) -> np.ndarray:
    """Quantile (type 7) of each column's first `number` values; not a number where there is none."""
    if not len(rising):
        return np.full(number.shape, np.nan)
    at = share * np.maximum(number - 1, 0)
    low, column = np.floor(at).astype(int), np.arange(rising.shape[1])
    below, above = rising[low, column], rising[np.ceil(at).astype(int), column]
    return below + (at - low) * (above - below)


def series_of(board: Board, indicator: str, *, averages: bool = False) -> Series:
    """An indicator's figures for every area and year of a board."""
    j = board.indicator_at[indicator]
    unit, value, status = board.indicators.unit.iloc[j], board.value[j], board.status[j]
    numerator, denominator = board.counts(indicator)
    implied = board.implied[j] & ~np.isnan(numerator)
    if not averages:
        return Series(
            unit, board.years, value, status, numerator, denominator, implied, False, np.zeros(value.shape, dtype=bool)
        )
    total, out_of = _three_years(numerator), _three_years(denominator)
    plain = _three_years(value) / OVER
    with np.errstate(invalid="ignore", divide="ignore"):
        counted = total * per_of(unit) / np.where(out_of > 0, out_of, np.nan)
    pooled = ~np.isnan(counted) & ~np.isnan(plain)
    return Series(
        unit,
        board.years,
        np.where(pooled, counted, plain),
        _statuses(status, plain),
        np.where(pooled, total, np.nan),
        np.where(pooled, out_of, np.nan),
        pooled & (_three_years(implied.astype(float)) > 0),
        True,
        pooled,
    )


def _three_years(each: np.ndarray) -> np.ndarray:
    """Each year's sum with the two before it, not a number where one of the three is missing."""
    total = np.full(each.shape, np.nan)
    total[:, OVER - 1 :] = each[:, 2:] + each[:, 1:-1] + each[:, :-2]
    return total


def _statuses(status: np.ndarray, average: np.ndarray) -> np.ndarray:
    """Of averages: one that lacks a year says so, from the first year that could have had three."""
    listed = status != NO_ROW
    begun = np.zeros(status.shape, dtype=bool)
    begun[:, OVER - 1 :] = np.logical_or.accumulate(listed, axis=1)[:, : 1 - OVER]
    without = np.where(listed & begun, SHORT, NO_ROW).astype(object)
    doubtful = status == "low_reliability"
    doubtful[:, 1:] |= doubtful[:, :-1]
    doubtful[:, 1:] |= doubtful[:, :-1]
    return np.where(np.isnan(average), without, np.where(doubtful, "low_reliability", "ok").astype(object))
