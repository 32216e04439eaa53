"""For which indicators it matters which list of neighbours an authority is set beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.board import Board
from analytics.intervals import interval_of
from analytics.trends import STATUS_WORDS, Measure


@dataclass(frozen=True)
class GroupMean:
    """Plain mean of a list of authorities; `of` them have a figure, `named` are on the list."""

    value: float | None
    of: int
    named: int


@dataclass(frozen=True)
class Shift:
    """One indicator in one year: the authority, and the mean of its neighbours by each model.

    Attributes
    ----------
    value, reason : the authority's figure, or why there is none
    low, high : its 95% interval, None where counts are not known
    means : by model
    spread : standard deviation over all authorities with a figure
    older, newer : the two models whose means are compared
    """

    measure: Measure
    year: int
    value: float | None
    reason: str
    low: float | None
    high: float | None
    means: Mapping[str, GroupMean]
    spread: float
    older: str
    newer: str

    @property
    def difference(self) -> float | None:
        """The newer model's mean less the older's; None where one of them has none."""
        then, now = (self.mean(model) for model in (self.older, self.newer))
        return None if then is None or now is None else now - then

    @property
    def size(self) -> float:
        """The difference in standard deviations of authorities, without its sign; 0 where there is none."""
        return abs(self.difference) / self.spread if self.difference is not None and self.spread > 0 else 0.0

    @property
    def flips(self) -> bool:
        """Whether the authority is above one mean and below the other, at the decimals shown."""
        sides = [self.side(model) for model in (self.older, self.newer)]
        return None not in sides and sides[0] * sides[1] < 0

    @property
    def exceeds(self) -> bool:
        """Whether the means lie further apart than the authority's own figure is uncertain, or than rounding without counts."""
        if self.difference is None or self.value is None:
            return False
        within = 10.0**-self.measure.decimals if self.low is None else (self.high - self.low) / 2
        return abs(self.difference) > within

    def mean(self, model: str) -> float | None:
        """Mean of one model's neighbours."""
        found = self.means.get(model)
        return found.value if found else None

    def side(self, model: str) -> int | None:
        """1 where the authority is above the mean, -1 below, 0 level at the decimals shown; None without a figure."""
        mean = self.mean(model)
        if mean is None or self.value is None:
            return None
        decimals = self.measure.decimals
        return int(np.sign(round(self.value, decimals) - round(mean, decimals)))

    def from_authority(self, figure: float | None) -> float | None:
        """A figure less the authority's, in standard deviations of authorities."""
        if figure is None or self.value is None or not self.spread > 0:
            return None
        return (figure - self.value) / self.spread


def shifts_of(
    board: Board, area: pd.Series, groups: Mapping[str, Sequence[str]], *, older: str, newer: str
) -> tuple[Shift, ...]:
    """Every indicator's newest year, the one that moves most between the two models first.

    Parameters
    ----------
    area : row of `ask("areas")`; of one that has ended, its own newest years are taken
    groups : codes by model
    """
    found = (_shift(board, name, area, groups, older, newer) for name in board.indicators.indicator)
    return tuple(sorted((each for each in found if each), key=lambda each: -each.size))


def _shift(
    board: Board, name: str, area: pd.Series, groups: Mapping[str, Sequence[str]], older: str, newer: str
) -> Shift | None:
    year = board.newest_year(name)
    if year is None:
        return None
    j, a = board.indicator_at[name], board.area_at[area.area_code]
    if pd.notna(area.to_year):
        held = np.flatnonzero(~np.isnan(board.value[j, a]))
        year = board.years[held[-1]] if len(held) else year
    y = board.years.index(year)
    row, of_year = board.indicators.iloc[j], board.value[j, :, y]
    value = of_year[a]
    counts = [each[a, y] for each in board.counts(name)]
    low, high = (float(end) for end in interval_of(row.unit, *counts))
    known = not np.isnan(value + low + high)
    everyone = of_year[board.authorities]
    return Shift(
        Measure(name, row.label, row.unit, int(row.decimals)),
        year,
        None if np.isnan(value) else float(value),
        STATUS_WORDS[board.status[j, a, y]][1] if np.isnan(value) else "",
        low if known else None,
        high if known else None,
        {model: _mean(of_year, [board.area_at[c] for c in codes]) for model, codes in groups.items()},
        float(np.nanstd(everyone)) if (~np.isnan(everyone)).any() else 0.0,
        older,
        newer,
    )


def _mean(of_year: np.ndarray, places: Sequence[int]) -> GroupMean:
    values = of_year[list(places)]
    held = values[~np.isnan(values)]
    return GroupMean(float(held.mean()) if len(held) else None, len(held), len(places))
