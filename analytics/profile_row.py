"""One indicator of one authority beside a set of others: figure, interval, change, trend, place, and who it stands beside."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.board import NOT_LISTED, Board, Standing
from analytics.recent_trend import RecentTrend
from analytics.trends import Figure, Measure, day_words

FEWEST_RANKED = 4  # quarters of fewer say nothing
HIGHER, LOWER, SIMILAR, UNJUDGED, UNKNOWN = "higher", "lower", "similar", "not_judged", "unknown"


@dataclass(frozen=True)
class Beside:
    """A comparator set in one year: mean and median of the `held` authorities of `named` that have a figure."""

    mean: float | None
    median: float | None
    held: int
    named: int


@dataclass(frozen=True)
class Place:
    """A place among those with a figure; `first` says what the first place is: best, or highest where nothing is better.

    Attributes
    ----------
    low, high : the range that chance leaves plausible, None where counts are not known
    withheld : authorities whose figure is not printed; `high` allows for all of them
    band : quartile band A (best) to D, '' where nothing is better
    """

    place: int
    low: int | None
    high: int | None
    ranked: int
    withheld: int
    band: str
    first: str


@dataclass(frozen=True)
class Spread:
    """Every authority's figures in one year: lowest, quartiles (type 7), highest."""

    lowest: float
    quarter: float
    median: float
    three_quarters: float
    highest: float


@dataclass(frozen=True)
class Row:
    """One indicator of one authority.

    Attributes
    ----------
    as_at : the day that year's figures reach, in words; '' where not known
    year : the newest for which any authority has a figure; of an authority that has ended, its own newest
    figure : the authority's in that year, or the status that says why there is none
    newest : its newest figure, where there is none in that year
    interval : low and high end, None where counts are not known
    before : the year before, where it has a figure
    side : of the set's mean on which the figure lies: higher or lower where the interval leaves the mean out, similar
        where it does not, not_judged without an interval, unknown without a figure or a mean
    series : every year from the first that is listed to `year`
    """

    measure: Measure
    theme: str
    polarity: str
    source: str
    definition: str
    caveat: str
    year: int
    as_at: str
    figure: Figure
    newest: Figure | None
    interval: tuple[float, float] | None
    before: Figure | None
    trend: RecentTrend
    place: Place | None
    beside: Beside
    region: Figure
    country: Figure
    spread: Spread | None
    side: str
    series: tuple[Figure, ...]

    @property
    def change(self) -> float | None:
        """Change on the year before, in the indicator's unit; None where the two years are not both held."""
        return None if self.before is None else self.figure.value - self.before.value

    @property
    def judged(self) -> str:
        """'better' or 'worse' than the set's mean, '' where nothing is better or the figure is not clearly apart."""
        if self.polarity == "none" or self.side not in (HIGHER, LOWER):
            return ""
        return "better" if self.side == self.polarity else "worse"

    @property
    def sides_differ(self) -> bool:
        """Whether the set's mean and median lie on different sides of the figure."""
        value, beside = self.figure.value, self.beside
        return None not in (value, beside.mean) and (value - beside.mean) * (value - beside.median) < 0

    @property
    def trend_ends(self) -> tuple[Figure, Figure] | None:
        """First and last figure of a recent trend that was found, None where none was."""
        if self.trend.direction not in ("rising", "falling"):
            return None
        by_year = {figure.year: figure for figure in self.series}
        first, last = (by_year.get(year) for year in self.trend.years)
        return (first, last) if first and last else None

    @property
    def relative_change(self) -> float:
        """Size of a recent trend as a share of where it began; 0 without one."""
        ends = self.trend_ends
        return abs(ends[1].value / ends[0].value - 1) if ends and ends[0].value else 0.0


@dataclass(frozen=True)
class Subject:
    """Of whom a profile is: codes of the authority, its region and its set; its last year where it has ended."""

    area_code: str
    region_code: str
    to_year: int | None
    set_codes: tuple[str, ...]


def _figure(board: Board, j: int, a: int | None, y: int) -> Figure:
    if a is None:
        return Figure(board.years[y], None, NOT_LISTED)
    value = board.value[j, a, y]
    return Figure(board.years[y], None if np.isnan(value) else float(value), board.status[j, a, y])


def _year_at(board: Board, j: int, a: int, to_year: int | None) -> int:
    """Where on the axis of years the year shown lies."""
    held, last = np.flatnonzero(board.held[j]), len(board.years) - 1
    if to_year is not None:
        # A source may go on printing figures under the code of an authority that has ended.
        last = min(to_year, board.years[-1]) - board.years[0]
        own = np.flatnonzero(~np.isnan(board.value[j, a]))
        held, own = held[held <= last], own[own <= last]
        held = own if len(own) else held
    return int(held[-1]) if len(held) else last


def row_of(board: Board, indicator: str, whose: Subject) -> Row:
    """One indicator of one authority; every part of it is of one year."""
    j, a = board.indicator_at[indicator], board.area_at[whose.area_code]
    facts, y = board.facts[j], _year_at(board, j, a, whose.to_year)
    first = min(int(np.argmax(board.listed[j])), y)
    series = tuple(_figure(board, j, a, k) for k in range(first, y + 1))
    figure, held = series[-1], [f for f in series if f.value is not None]
    before = series[-2] if len(series) > 1 else None
    standing = board.standing(indicator, board.years[y])
    ends = tuple(float(end[a, y]) for end in board.interval(indicator))
    interval = None if math.isnan(ends[0]) or figure.value is None else ends
    beside = _beside(board, board.value[j, :, y], whose.set_codes)
    return Row(
        Measure(indicator, facts.label, facts.unit, int(facts.decimals)),
        facts.theme,
        facts.polarity,
        facts.source,
        facts.definition,
        facts.caveat if isinstance(facts.caveat, str) else "",
        board.years[y],
        day_words(board.period_ends.get((indicator, board.years[y]))),
        figure,
        held[-1] if held and figure.value is None else None,
        interval,
        before if before and None not in (before.value, figure.value) else None,
        _trend(board, indicator, whose),
        _place(standing, whose.area_code, facts.polarity),
        beside,
        _figure(board, j, board.area_at.get(whose.region_code), y),
        _figure(board, j, board.country_at, y),
        _spread(standing),
        side_of(figure.value, interval, beside.mean),
        series,
    )


def side_of(value: float | None, interval: tuple[float, float] | None, mean: float | None) -> str:
    """On which side of a mean a figure lies, as far as its interval lets anyone say.

    >>> side_of(9.0, (7.0, 11.0), 6.0), side_of(9.0, (7.0, 11.0), 8.0), side_of(9.0, None, 8.0), side_of(None, None, 8.0)
    ('higher', 'similar', 'not_judged', 'unknown')
    """
    if value is None or mean is None:
        return UNKNOWN
    if interval is None:
        return UNJUDGED
    return HIGHER if interval[0] > mean else LOWER if interval[1] < mean else SIMILAR


def _beside(board: Board, values: np.ndarray, codes: tuple[str, ...]) -> Beside:
    members = values[[board.area_at[code] for code in codes if code in board.area_at]]
    held = members[~np.isnan(members)]
    if not len(held):
        return Beside(None, None, 0, len(codes))
    return Beside(float(held.mean()), float(np.median(held)), len(held), len(codes))


def _trend(board: Board, indicator: str, whose: Subject) -> RecentTrend:
    found = board.trend(indicator, whose.area_code)
    if whose.to_year is not None and found.years and found.years[1] > whose.to_year:
        return RecentTrend("cannot_tell", reason="the authority has ended")
    return found


def _place(standing: Standing, area_code: str, polarity: str) -> Place | None:
    at, places = standing.codes.index(area_code), standing.places
    if np.isnan(places.place[at]):
        return None
    low, high = places.low[at], places.high[at]
    known = not np.isnan(low)
    return Place(
        int(places.place[at]),
        int(low) if known else None,
        min(int(high), places.ranked + places.withheld) if known else None,
        places.ranked,
        places.withheld,
        standing.band[at],
        "highest" if polarity == "none" else "best",
    )


def _spread(standing: Standing) -> Spread | None:
    if standing.places.ranked < FEWEST_RANKED:
        return None
    return Spread(*(float(quartile) for quartile in standing.quartiles))
