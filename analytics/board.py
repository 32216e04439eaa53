"""Every figure of some indicators at once: indicators x areas x years, for pages that set one authority beside all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from analytics.intervals import Interval, countable, interval_of, per_of
from analytics.ranking import Places, band_of, places_of, rank_of
from analytics.rates import population_year
from analytics.recent_trend import RecentTrend, recent_trend
from analytics.warehouse import Warehouse

POPULATION = "children_0_17"
NOT_LISTED = "no_row"  # the source lists no such area and year
WITHHELD = ("suppressed", "rounds_to_zero")  # there is a figure, and it is not printed


@dataclass(frozen=True)
class Board:
    """Figures of some indicators for every area and year.

    Attributes
    ----------
    indicators : rows of `ask("indicators")`, one an indicator, in the order of the first axis
    areas : rows of `ask("all_areas")` in the order of the second axis
    years : whole numbers, every one between the first and the last held
    value : indicators x areas x years, not a number where there is no figure
    status : same shape; the publisher's status, 'no_row' where the source does not list the area and year
    numerator, denominator : same shape, not a number where unknown
    implied : same shape, whether the two were worked out from a printed rate and the mid-year population
    period_ends : newest day that a year's figures reach, by indicator and year
    """

    indicators: pd.DataFrame
    areas: pd.DataFrame
    years: tuple[int, ...]
    value: np.ndarray
    status: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    implied: np.ndarray
    period_ends: Mapping[tuple[str, int], date] = field(default_factory=dict, compare=False, repr=False)
    _standings: dict = field(default_factory=dict, init=False, compare=False, repr=False)
    _intervals: dict = field(default_factory=dict, init=False, compare=False, repr=False)
    _counts: dict = field(default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def indicator_at(self) -> dict[str, int]:
        """Place on the first axis by indicator."""
        return {name: j for j, name in enumerate(self.indicators.indicator)}

    @cached_property
    def area_at(self) -> dict[str, int]:
        """Place on the second axis by code."""
        return {code: a for a, code in enumerate(self.areas.area_code)}

    @cached_property
    def authorities(self) -> np.ndarray:
        """Which areas are authorities."""
        return (self.areas.kind == "authority").to_numpy()

    @cached_property
    def country_at(self) -> int | None:
        """Place on the second axis of the area that all authorities make up; None where it has no figure.

        An illustrative warehouse knows England beside the invented country, and has no figure of it.
        """
        whole = np.flatnonzero(self.areas.kind == "england")
        return next((int(a) for a in whole if not np.isnan(self.value[:, a]).all()), None)

    @cached_property
    def facts(self) -> tuple:
        """What is known of each indicator, a record each: quicker to read one by one than the frame."""
        return tuple(self.indicators.itertuples(index=False))

    @cached_property
    def held(self) -> np.ndarray:
        """Whether any authority has a figure, indicators x years."""
        return ~np.isnan(self.value[:, self.authorities]).all(axis=1)

    @cached_property
    def listed(self) -> np.ndarray:
        """Whether the source lists anybody, with or without a figure, indicators x years."""
        return (self.status != NOT_LISTED).any(axis=1)

    def newest_year(self, indicator: str) -> int | None:
        """The newest year for which any authority has a figure; None where nobody has one."""
        held = np.flatnonzero(self.held[self.indicator_at[indicator]])
        return self.years[int(held[-1])] if len(held) else None

    def counts(self, indicator: str) -> tuple[np.ndarray, np.ndarray]:
        """Numerator and denominator, areas x years, not a number where they do not give the figure printed.

        Worked out once, as are intervals and standings: never to be written to.
        """
        if indicator not in self._counts:
            j = self.indicator_at[indicator]
            known = countable(self.value[j], self.numerator[j], self.denominator[j], self.facts[j].unit)
            self._counts[indicator] = tuple(np.where(known, n[j], np.nan) for n in (self.numerator, self.denominator))
        return self._counts[indicator]

    def interval(self, indicator: str) -> Interval:
        """Low and high end for every area and year, areas x years."""
        if indicator not in self._intervals:
            unit = self.facts[self.indicator_at[indicator]].unit
            self._intervals[indicator] = interval_of(unit, *self.counts(indicator))
        return self._intervals[indicator]

    def change(self, indicator: str, year: int) -> np.ndarray:
        """Change of every area on the year just before; not a number where either year has no figure."""
        j, y = self.indicator_at[indicator], self.years.index(year)
        return self.value[j, :, y] - self.value[j, :, y - 1] if y else np.full(len(self.areas), np.nan)

    def trend(self, indicator: str, area_code: str, until: int | None = None) -> RecentTrend:
        """Whether an area's figure has risen or fallen over the five newest years held, if none between is missing.

        Parameters
        ----------
        until : newest year to look at; all of them without it
        """
        j, a = self.indicator_at[indicator], self.area_at[area_code]
        seen = slice(None if until is None else self.years.index(until) + 1)
        held = np.flatnonzero(~np.isnan(self.value[j, a, seen]))
        span = slice(held[0], held[-1] + 1) if len(held) else slice(0)
        years = np.array(self.years)[span]
        numerator, denominator = self.counts(indicator)
        return recent_trend(years, numerator[a, span], denominator[a, span], self.facts[j].unit)

    def standing(self, indicator: str, year: int) -> Standing:
        """Where every authority stands in one year; worked out once."""
        if (indicator, year) not in self._standings:
            self._standings[indicator, year] = self._standing(indicator, year)
        return self._standings[indicator, year]

    def _standing(self, indicator: str, year: int) -> Standing:
        j, y, who = self.indicator_at[indicator], self.years.index(year), self.authorities
        row = self.facts[j]
        value, numerator, denominator = (a[j, who, y] for a in (self.value, self.numerator, self.denominator))
        withheld = int(np.isin(self.status[j, who, y], WITHHELD).sum())
        places = places_of(
            value,
            numerator,
            denominator,
            unit=row.unit,
            highest_first=row.polarity != "lower",
            withheld=withheld,
        )
        codes = tuple(self.areas.area_code[who])
        quartiles = np.nanquantile(value, (0, 0.25, 0.5, 0.75, 1)) if places.ranked else np.full(5, np.nan)
        return Standing(
            indicator,
            year,
            codes,
            value,
            rank_of(value, row.polarity),
            tuple(band_of(value, row.polarity)),
            places,
            quartiles,
        )


@dataclass(frozen=True)
class Standing:
    """Where every authority stands in one year of one indicator.

    Attributes
    ----------
    codes : authorities, in the order of everything else
    rank : by the Interactive Tool's rule (1 the best), not a number without a figure or a 'better'
    band : quartile band A to D, '' without
    places : order with its plausible range: the best first, or the highest first where nothing is better
    quartiles : lowest, the three quartiles (type 7), highest
    """

    indicator: str
    year: int
    codes: tuple[str, ...]
    value: np.ndarray
    rank: np.ndarray
    band: tuple[str, ...]
    places: Places
    quartiles: np.ndarray


def board_of(warehouse: Warehouse, indicators: pd.DataFrame, areas: pd.DataFrame) -> Board:
    """The figures of some indicators for every area and year.

    Parameters
    ----------
    indicators : rows of `ask("indicators")`
    areas : `ask("all_areas")`
    """
    names = list(indicators.indicator)
    cells = warehouse.ask("board_cells", indicators=[*names, POPULATION])
    children = cells[cells.indicator == POPULATION]
    wanted = cells if POPULATION in names else cells[cells.indicator != POPULATION]
    years = tuple(range(int(wanted.year.min()), int(wanted.year.max()) + 1)) if len(wanted) else ()
    at = _places(wanted, names, areas, years)
    shape = (len(names), len(areas), len(years))
    value, numerator, denominator = (
        _laid_out(at, shape, wanted[column].to_numpy(float)) for column in ("value", "numerator", "denominator")
    )
    status = np.full(shape, NOT_LISTED, dtype=object)
    status[at] = wanted.status.to_numpy(object)
    numerator, denominator, implied = _with_implied(
        value, numerator, denominator, list(indicators.unit), _population(children, areas, years)
    )
    return Board(
        indicators.reset_index(drop=True),
        areas.reset_index(drop=True),
        years,
        value,
        status,
        numerator,
        denominator,
        implied,
        _period_ends(wanted),
    )


def _period_ends(cells: pd.DataFrame) -> dict[tuple[str, int], date]:
    """The newest day that each year of each indicator reaches."""
    newest = cells.groupby(["indicator", "year"], sort=False).period_end.max()
    return {(name, int(year)): pd.Timestamp(end).date() for (name, year), end in newest.items() if pd.notna(end)}


def _places(cells: pd.DataFrame, names: Sequence[str], areas: pd.DataFrame, years: Sequence[int]) -> tuple:
    """Where each row belongs on the three axes."""
    j = pd.Index(names).get_indexer(cells.indicator)
    a = pd.Index(areas.area_code).get_indexer(cells.area_code)
    y = cells.year.to_numpy(int) - years[0] if len(years) else np.array([], dtype=int)
    return j, a, y


def _laid_out(at: tuple, shape: tuple[int, int, int], values: np.ndarray) -> np.ndarray:
    grid = np.full(shape, np.nan)
    grid[at] = values
    return grid


def _population(children: pd.DataFrame, areas: pd.DataFrame, years: Sequence[int]) -> np.ndarray:
    """Children aged 0 to 17 that a rate of each year is counted over, areas x years."""
    grid = np.full((len(areas), len(years)), np.nan)
    a = pd.Index(areas.area_code).get_indexer(children.area_code)
    y = pd.Index([population_year(year) for year in years]).get_indexer(children.year)
    serves = (a >= 0) & (y >= 0)
    grid[a[serves], y[serves]] = children.value.to_numpy(float)[serves]
    return grid


def _with_implied(
    value: np.ndarray, numerator: np.ndarray, denominator: np.ndarray, units: list[str], children: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts where a rate is printed without them: the rate times the population of the year before, to a whole child."""
    numerator, denominator = numerator.copy(), denominator.copy()
    implied = np.zeros(value.shape, dtype=bool)
    for j, unit in enumerate(units):
        if unit != "per 10,000 children":
            continue
        blank = np.isnan(numerator[j] + denominator[j]) & ~np.isnan(value[j] + children)
        denominator[j] = np.where(blank, children, denominator[j])
        numerator[j] = np.where(blank, np.round(value[j] * children / per_of(unit)), numerator[j])
        implied[j] = blank
    return numerator, denominator, implied
