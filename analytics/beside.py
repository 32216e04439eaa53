"""The course of one indicator in one authority, beside a comparator set, its region and the whole country."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.board import Board
from analytics.intervals import Interval
from analytics.marks import FINANCIAL_YEAR_ENDS, marks_of, pandemic_span
from analytics.periods import PANDEMIC
from analytics.recent_trend import RecentTrend, recent_trend
from analytics.series import Series, series_of
from analytics.sets import ComparatorSet, set_label
from analytics.trend_answer import Basis, sentence_of, side_warning, told_of
from analytics.trends import (
    NO_ROW,
    NOBODY,
    Figure,
    Line,
    Measure,
    Middle,
    Surroundings,
    Trend,
    adoptions_of,
    breaks_of,
    day_words,
    period_words,
)

BESIDE = ("set", "region", "england", "spread")


@dataclass(frozen=True)
class Asked:
    """What a reader asked to see.

    Attributes
    ----------
    years : first and last
    beside : any of 'set', 'region', 'england', 'spread' (the middle half of authorities)
    averages : averages of three years instead of single years
    intervals : the interval of each of the authority's figures
    """

    years: tuple[int, int]
    beside: tuple[str, ...] = BESIDE
    averages: bool = False
    intervals: bool = True


def trend_of(
    board: Board, around: Surroundings, *, indicator: pd.Series, area: pd.Series, near: ComparatorSet, asked: Asked
) -> Trend:
    """An indicator's course in one authority, beside what was asked for.

    Parameters
    ----------
    board : holds the indicator
    indicator : row of `ask("indicators")`
    area : row of `ask("areas")`
    """
    measure = Measure(indicator.indicator, indicator.label, indicator.unit, int(indicator.decimals), indicator.polarity)
    series = series_of(board, measure.indicator, averages=asked.averages)
    seen = _Seen(board, series, _inside(board.years, asked.years))
    lines = [seen.line("authority", area.area_code, area["name"], interval=asked.intervals)]
    mean, median = seen.set_lines(near) if "set" in asked.beside else (None, None)
    lines += [line for line in (mean, *_wider(seen, around, area, asked.beside)) if line and line.figures]
    ends = _ends(board, measure.indicator, lines)
    last_day = (ends[-1].month, ends[-1].day) if ends else FINANCIAL_YEAR_ENDS
    adoptions = adoptions_of(around, area.area_code, last_day)
    trend = Trend(
        measure,
        area["name"],
        asked.years,
        tuple(lines),
        seen.spread() if "spread" in asked.beside else (),
        breaks_of(around, area.area_code, asked.years),
        adoptions,
        marks_of(adoptions),
        period=period_words(ends),
        as_at=day_words(max(ends, default=None)),
        near=near if "set" in asked.beside else None,
        median=median if median and median.figures else None,
        pandemic=_pandemic(lines, last_day),
        recent=_recent(board, measure, area.area_code, seen.window),
        averages=asked.averages,
    )
    return dataclasses.replace(
        trend,
        sentence=sentence_of(trend),
        warning=side_warning(trend),
        notes=told_of(trend, seen.basis(area.area_code), seen.without(near, lines[0]), intervals=asked.intervals),
    )


def _inside(held: Sequence[int], asked: tuple[int, int]) -> slice:
    """Where the years asked for stand among those held."""
    first = held[0] if held else 0
    return slice(max(asked[0] - first, 0), max(asked[1] - first + 1, 0))


def _wider(seen: _Seen, around: Surroundings, area: pd.Series, beside: Sequence[str]) -> list[Line]:
    """The authority's region and the whole country, as they are published."""
    found = []
    if "region" in beside and isinstance(area.region_code, str):
        found.append(seen.line("region", area.region_code, area.region))
    if "england" in beside:
        found += [seen.line("england", code, name) for code, name in around.country]
    return found


def _ends(board: Board, indicator: str, lines: Sequence[Line]) -> list:
    """Days on which the periods of the years drawn end."""
    years = sorted({f.year for line in lines for f in line.figures})
    return [board.period_ends[indicator, year] for year in years if (indicator, year) in board.period_ends]


def _pandemic(lines: Sequence[Line], last_day: tuple[int, int]) -> tuple[float, float] | None:
    """The pandemic's span, where the lines reach both of its ends."""
    years = {f.year for line in lines for f in line.figures}
    inside = years and min(years) <= PANDEMIC[0] and max(years) >= PANDEMIC[1]
    return pandemic_span(last_day) if inside else None


def _recent(board: Board, measure: Measure, area_code: str, window: slice) -> RecentTrend:
    """The test over the five newest of the years asked for, always of single years."""
    if area_code not in board.area_at:
        return RecentTrend("cannot_tell", reason="no figure is held")
    j, a = board.indicator_at[measure.indicator], board.area_at[area_code]
    held = np.flatnonzero(~np.isnan(board.value[j, a, window]))
    span = slice(held[0], held[-1] + 1) if len(held) else slice(0)
    numerator, denominator = (counts[a, window][span] for counts in board.counts(measure.indicator))
    return recent_trend(np.array(board.years[window][span]), numerator, denominator, measure.unit)


@dataclass(frozen=True)
class _Seen:
    """The part of a board that is looked at: one indicator, some years."""

    board: Board
    series: Series
    window: slice

    @property
    def years(self) -> tuple[int, ...]:
        return self.board.years[self.window]

    def line(self, part: str, code: str, name: str, *, interval: bool = False) -> Line:
        """Every year of an area's own span; one inside it that the source does not list says so."""
        a = self.board.area_at.get(code)
        if a is None:
            return Line(part, name, ())
        status = self.series.status[a, self.window]
        listed = np.flatnonzero(status != NO_ROW)
        if not len(listed):
            return Line(part, name, ())
        span = slice(listed[0], listed[-1] + 1)
        values = _plain(self.series.value[a, self.window][span])
        ends: Interval = self.series.interval(a) if interval else (np.full(len(self.board.years), np.nan),) * 2
        low, high = (_plain(end[self.window][span]) for end in ends)
        return Line(
            part,
            name,
            tuple(
                Figure(year, value, state, None, one, other)
                for year, value, state, one, other in zip(
                    self.years[span], values, status[span], low, high, strict=True
                )
            ),
        )

    def set_lines(self, near: ComparatorSet) -> tuple[Line, Line]:
        """Mean and median of a set, each figure with the number that contribute."""
        areas = [self.board.area_at[code] for code in near.codes if code in self.board.area_at]
        if not areas:
            return Line("comparator", "", ()), Line("median", "", ())
        *both, number = (found[self.window] for found in self.series.mean_and_median(areas))
        held = np.flatnonzero(number)
        span = slice(held[0], held[-1] + 1) if len(held) else slice(0)
        mean, median = (
            tuple(
                Figure(year, value, "ok" if n else NOBODY, n)
                for year, value, n in zip(self.years[span], _plain(found[span]), number[span].tolist(), strict=True)
            )
            for found in both
        )
        label = set_label(near)
        return Line("comparator", f"{label} mean", mean), Line("median", f"{label} median", median)

    def spread(self) -> tuple[Middle, ...]:
        """The middle half of all authorities, for the years in which any has a figure."""
        low, high, number = (found[self.window].tolist() for found in self.series.middle_half(self.board.authorities))
        return tuple(Middle(*one) for one in zip(self.years, low, high, number, strict=True) if one[-1])

    def basis(self, code: str) -> Basis:
        """What an authority's figures rest on."""
        a = self.board.area_at.get(code)
        if a is None:
            return Basis((), (), (), ())
        held = ~np.isnan(self.series.value[a, self.window])
        counted = self.series.denominator[a, self.window] > 0
        implied, pooled = (found[a, self.window] for found in (self.series.implied, self.series.pooled))
        chosen = (held & ~counted, held & implied & counted, held & pooled, held & ~pooled)
        return Basis(*(tuple(np.array(self.years)[which].tolist()) for which in chosen))

    def without(self, near: ComparatorSet, own: Line) -> tuple[tuple[str, str], ...]:
        """Those of a set without a figure in the authority's newest year: name and status."""
        if not own.held:
            return ()
        y = self.board.years.index(own.held[-1].year)
        areas = [self.board.area_at[code] for code in near.codes if code in self.board.area_at]
        missing = [a for a in areas if np.isnan(self.series.value[a, y]) and self.series.status[a, y] != NO_ROW]
        return tuple((self.board.areas.name.iloc[a], self.series.status[a, y]) for a in missing)


def _plain(values: np.ndarray) -> list[float | None]:
    """Numbers as they are, None where there is none."""
    return [None if value != value else value for value in values.tolist()]
