"""Which figures lie further from the value of all authorities together than chance would put them: a funnel's limits.

Limits are exact, from the Poisson distribution for rates and the binomial for percentages, smoothed between whole counts
(Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202, appendix A.1). Published figures scatter more than chance
alone, so how much more is worked out too, and a second pair of limits allows for it (Spiegelhalter 2005, Quality and
Safety in Health Care 14, 347-351): each limit is as many times further from the middle as figures scatter more.
That is the multiplicative way. The additive one, in which every authority's own value is drawn from one spread, widens
limits alike at every size, which these figures do not bear out: with it, squared distances of small authorities come to
two to three times those of large ones in most indicators (published figures of 2025), with the multiplicative way to about
the same. And it is one factor, which a sentence can say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from analytics.intervals import Interval, per_of

WARNING, ALARM = 0.95, 0.998  # two and three standard deviations, as funnel plots have them
WINSORISED = 0.1  # share at either end that is brought in, so that the outliers sought do not widen the limits
POINTS = 80  # of each limit across all sizes
FEWEST = 10  # authorities: of fewer, scatter cannot be told


@dataclass(frozen=True)
class Funnel:
    """Figures, the value of all together, and how far from it chance would put each.

    Attributes
    ----------
    middle : all counts together over all they were counted over, in the figures' unit
    size : what each figure was counted over, not a number where that is not known
    factor : variance of the figures over that which chance gives ('phi'); with no more than chance it comes to about 0.7,
        as the ends are brought in
    z : each figure's distance from the middle, in standard deviations that chance gives
    """

    unit: str
    middle: float
    size: np.ndarray
    value: np.ndarray
    z: np.ndarray
    factor: float
    _own: dict = field(default_factory=dict, init=False, compare=False, repr=False)
    _curves: dict = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def wider(self) -> float:
        """How many times further out the limits are that allow for the scatter found; never less than once."""
        return float(np.sqrt(max(self.factor, 1.0)))

    def limits(self, size: np.ndarray, level: float, *, widened: bool = False) -> Interval:
        """Low and high limit at some sizes, in the figures' unit."""
        return self._scattered(_limits(self.middle, size, self.unit, level), widened=widened)

    def own_limits(self, level: float, *, widened: bool = False) -> Interval:
        """The same at each figure's own size; worked out once."""
        if level not in self._own:
            self._own[level] = _limits(self.middle, self.size, self.unit, level)
        return self._scattered(self._own[level], widened=widened)

    def curve(self, level: float, *, widened: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sizes from the smallest to the largest, evenly on a scale of square roots, with both limits; worked out once."""
        if level not in self._curves:
            at = np.linspace(np.sqrt(np.nanmin(self.size)), np.sqrt(np.nanmax(self.size)), POINTS) ** 2
            self._curves[level] = at, _limits(self.middle, at, self.unit, level)
        at, ends = self._curves[level]
        return at, *self._scattered(ends, widened=widened)

    def _scattered(self, ends: Interval, *, widened: bool) -> Interval:
        """Limits of chance, further out where scatter is allowed for, and within what a figure can be."""
        further = self.wider if widened else 1.0
        low, high = (self.middle + further * (end - self.middle) for end in ends)
        return np.maximum(low, 0.0), np.minimum(high, 100.0) if self.unit == "%" else high

    def side(self, level: float, *, widened: bool = False) -> np.ndarray:
        """-1 below the limits, 1 above, 0 between or unknown, one a figure."""
        low, high = self.own_limits(level, widened=widened)
        with np.errstate(invalid="ignore"):
            return (self.value > high).astype(int) - (self.value < low).astype(int)


def funnel_of(numerator: np.ndarray, denominator: np.ndarray, unit: str) -> Funnel | None:
    """The funnel of some authorities' counts; None where too few have them.

    Parameters
    ----------
    numerator, denominator : one an authority, not a number where they are not held
    unit : '%' or 'per 10,000 children'
    """
    per = per_of(unit)
    known = ~np.isnan(numerator + denominator) & (np.nan_to_num(denominator) > 0)
    if np.isnan(per) or known.sum() < FEWEST or not numerator[known].sum():
        return None
    size = np.where(known, denominator, np.nan)
    share = numerator[known].sum() / denominator[known].sum()
    spread = share * (1 - share) if unit == "%" else share
    if spread <= 0:
        return None
    z = (numerator / size - share) / np.sqrt(spread / size)
    return Funnel(unit, share * per, size, numerator / size * per, z, _factor(z[known]))


def _factor(z: np.ndarray) -> float:
    """Mean square of distances, those beyond the outer tenths brought in to where the tenths begin."""
    low, high = np.quantile(z, (WINSORISED, 1 - WINSORISED))
    return float((np.clip(z, low, high) ** 2).mean())


def _limits(middle: float, size: np.ndarray, unit: str, level: float) -> Interval:
    per = per_of(unit)
    size = np.asarray(size, dtype=float)
    share = middle / per
    chance = stats.binom(np.round(size), share) if unit == "%" else stats.poisson(size * share)
    return tuple(_count_at(chance, tail) * per / size for tail in ((1 - level) / 2, (1 + level) / 2))


def _count_at(chance: object, tail: float) -> np.ndarray:
    """The count below which a share of chance lies: the whole count that first passes it, less the part it passes by."""
    count = chance.ppf(tail)
    return count - (chance.cdf(count) - tail) / chance.pmf(count)
