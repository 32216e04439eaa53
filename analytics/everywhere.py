"""One indicator in one year in every authority that there was: figures, places, change, trend, funnel, practice models."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.board import NOT_LISTED, Board
from analytics.catalogue import ROLES
from analytics.funnel import FEWEST, Funnel, funnel_of
from analytics.intervals import per_of
from analytics.ranking import Places
from analytics.recent_trend import RecentTrend
from analytics.trends import FINANCIAL_YEAR_ENDS, Measure, day_words, period_words

ROLE_ORDER = {role: n for n, role in enumerate(ROLES)}
NOT_COUNTED = (
    "There is no funnel: its limits are worked out for percentages and for rates per 10,000 children, "
    "and this is neither."
)
NO_COUNTS = (
    "There is no funnel: fewer than {fewest} authorities have counts behind their figures for {year} that are held and "
    "give the figure printed, so it cannot be said what chance alone would do."
)
NO_SPREAD = "There is no funnel for {year}: everybody was counted, or nobody was."


@dataclass(frozen=True)
class Use:
    """A practice model that the register has begun in an authority by some year, or at a date not known."""

    model: str
    name: str
    role: str
    dated: bool


@dataclass(frozen=True)
class Figures:
    """Figures of some areas in one year, one an area in every field.

    Attributes
    ----------
    low, high : ends of the 95% interval, not a number where what was counted is not known
    change : on the year just before, not a number where either has no figure
    trend : over the five newest years held, up to this one
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    region: tuple[str, ...]
    value: np.ndarray
    status: np.ndarray
    low: np.ndarray
    high: np.ndarray
    change: np.ndarray
    trend: tuple[RecentTrend, ...]

    @cached_property
    def at(self) -> dict[str, int]:
        """Where an area is in every field, by code."""
        return {code: n for n, code in enumerate(self.code)}

    @cached_property
    def held(self) -> np.ndarray:
        """Who has a figure."""
        return ~np.isnan(self.value)


@dataclass(frozen=True)
class Everywhere:
    """One indicator in one year.

    Attributes
    ----------
    authorities : by name, those that there were in the year: abolished ones in their own years only
    wider : regions by name, then the whole country
    places : order with its plausible range, one an authority: the best first, or the highest where nothing is better
    band : quartile band A to D, '' without
    quartiles : lowest, the three quartiles (type 7), highest
    funnel, no_funnel : the limits that chance gives, or a sentence that says why there are none
    uses : practice models by authority
    implied : authorities whose counts are worked out from a printed rate
    period : what the year stands for; as_at : its last day, in words
    """

    measure: Measure
    year: int
    authorities: Figures
    wider: Figures
    places: Places
    band: tuple[str, ...]
    quartiles: np.ndarray
    funnel: Funnel | None
    no_funnel: str
    uses: Mapping[str, tuple[Use, ...]]
    implied: int
    period: str
    as_at: str

    @property
    def country(self) -> str:
        """Name of the area that all authorities make up."""
        return self.wider.name[-1] if self.wider.name else "all authorities"

    @property
    def country_value(self) -> float:
        """Its figure as printed, not a number where there is none."""
        return float(self.wider.value[-1]) if len(self.wider.value) else np.nan

    def mean_and_median(self, codes: Collection[str]) -> tuple[float, float, int]:
        """Plain mean and median of those of some authorities that have a figure, and how many these are."""
        values = self.authorities.value[[self.authorities.at[c] for c in codes if c in self.authorities.at]]
        return middle_of(values)

    def recorded_with(self, model: str) -> dict[str, Use]:
        """What the register has of one model, by authority."""
        return {code: use for code, uses in self.uses.items() for use in uses if use.model == model}


def middle_of(values: np.ndarray) -> tuple[float, float, int]:
    """Plain mean and median of the figures among some values, and how many these are.

    >>> middle_of(np.array([1.0, np.nan, 2.0, 6.0]))
    (3.0, 2.0, 3)
    """
    held = values[~np.isnan(values)]
    return (float(held.mean()), float(np.median(held)), len(held)) if len(held) else (np.nan, np.nan, 0)


def everywhere(
    board: Board, indicator: pd.Series, year: int, known: Collection[str], register: Mapping[str, Sequence]
) -> Everywhere:
    """One indicator of a board in one year.

    Parameters
    ----------
    indicator : row of `ask("indicators")`
    known : codes of `ask("areas")`: beside invented figures the areas of the register have none at all
    register : rows of `ask("adoptions")` by authority
    """
    measure = Measure(indicator.indicator, indicator.label, indicator.unit, int(indicator.decimals), indicator.polarity)
    j, y = board.indicator_at[measure.indicator], board.years.index(year)
    end = board.period_ends.get((measure.indicator, year), date(year, *FINANCIAL_YEAR_ENDS))
    who = there_in(board, measure.indicator, year, known)
    standing, among = board.standing(measure.indicator, year), (np.cumsum(board.authorities) - 1)[who]
    order = standing.places
    numerator, denominator = (counts[who, y] for counts in board.counts(measure.indicator))
    funnel = funnel_of(numerator, denominator, measure.unit)
    return Everywhere(
        measure,
        year,
        _figures(board, measure.indicator, year, who),
        _figures(board, measure.indicator, year, _wider(board, known)),
        Places(order.place[among], order.low[among], order.high[among], order.ranked, order.withheld),
        tuple(standing.band[n] for n in among),
        standing.quartiles,
        funnel,
        "" if funnel else _why_no_funnel(measure, year, numerator, denominator),
        uses_by(register, pd.Timestamp(end)),
        int((board.implied[j, who, y] & ~np.isnan(numerator)).sum()),
        period_words([end]),
        day_words(end),
    )


def there_in(board: Board, indicator: str, year: int, known: Collection[str]) -> np.ndarray:
    """Places on a board's second axis of the authorities that there were in a year, by name."""
    areas = board.areas
    begun, ended = areas.from_year.fillna(year).to_numpy(int), areas.to_year.fillna(year).to_numpy(int)
    value = board.value[board.indicator_at[indicator], :, board.years.index(year)]
    there = (
        board.authorities
        & areas.area_code.isin(known).to_numpy()
        & (((begun <= year) & (year <= ended)) | ~np.isnan(value))
    )
    found = np.flatnonzero(there)
    return found[np.argsort(areas.name.str.casefold().to_numpy(str)[found], kind="stable")]


def years_listed(board: Board, indicator: str) -> tuple[int, ...]:
    """Years for which the source lists any authority, with a figure or without."""
    listed = (board.status[board.indicator_at[indicator]][board.authorities] != NOT_LISTED).any(axis=0)
    return tuple(np.array(board.years, dtype=int)[listed].tolist())


def _wider(board: Board, known: Collection[str]) -> np.ndarray:
    """Regions by name, then the whole country."""
    kinds = board.areas.kind.where(board.areas.area_code.isin(known), "")
    regions = np.flatnonzero(kinds == "region")
    return np.r_[regions[np.argsort(board.areas.name.to_numpy(str)[regions])], np.flatnonzero(kinds == "england")]


def _figures(board: Board, indicator: str, year: int, who: np.ndarray) -> Figures:
    j, y = board.indicator_at[indicator], board.years.index(year)
    low, high = (end[who, y] for end in board.interval(indicator))
    areas = board.areas.iloc[who]
    return Figures(
        tuple(areas.area_code),
        tuple(areas.name),
        tuple(areas.region),
        board.value[j, who, y],
        board.status[j, who, y],
        low,
        high,
        board.change(indicator, year)[who],
        tuple(board.trend(indicator, code, until=year) for code in areas.area_code),
    )


def _why_no_funnel(measure: Measure, year: int, numerator: np.ndarray, denominator: np.ndarray) -> str:
    if np.isnan(per_of(measure.unit)):
        return NOT_COUNTED
    enough = (~np.isnan(numerator + denominator)).sum() >= FEWEST
    return (NO_SPREAD if enough else NO_COUNTS).format(fewest=FEWEST, year=year)


def uses_by(register: Mapping[str, Sequence], day: pd.Timestamp) -> dict[str, tuple[Use, ...]]:
    """Models that each authority is recorded to have begun by a day, the earliest possible start counting; undated ones too.

    A model recorded more than once is dated if any of its rows is, and stands in the weightiest of its roles by then.

    Parameters
    ----------
    register : rows of `ask("adoptions")` by authority
    """
    return {code: uses for code, rows in register.items() if (uses := _uses(rows, day))}


def _uses(rows: Sequence, day: pd.Timestamp) -> tuple[Use, ...]:
    found: dict[str, Use] = {}
    known = [(pd.notna(row.start_low), row) for row in rows if not row.start_low > day]
    for dated, row in sorted(known, key=lambda pair: (not pair[0], ROLE_ORDER[pair[1].role])):
        found.setdefault(row.model, Use(row.model, row.model_name, row.role, dated))
    return tuple(found.values())
