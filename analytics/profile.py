"""One authority, every headline indicator, beside a set of others: what a profile says of each, and what it cannot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.board import NOT_LISTED, Board, Standing
from analytics.intervals import LEVEL
from analytics.recent_trend import RecentTrend
from analytics.sets import ComparatorSet
from analytics.trends import STATUS_WORDS, Figure, Measure, day_words

RATE, SHARE = "cla_rate", "cla_uasc_pct"
WITHOUT = "cla_rate_without_unaccompanied"
WITHOUT_LABEL = "Looked after, without unaccompanied asylum-seeking children"
WITHOUT_DEFINITION = (
    "Worked out here: the rate of children looked after, less the share of them who are unaccompanied asylum-seeking "
    "children, where both are printed for the same year. The share is printed in whole per cent, so this is to the "
    "nearest whole child in 10,000 at best, and has no interval."
)
# Figures that describe a place rather than its services, where they are held.
CONTEXT = ("children_0_17", "low_income_pct", "lait:PriFSM", "lait:SecFSM", "lait:16-17 NEET")
APART = ("Inspection", "Context")  # themes that a profile shows in parts of their own
THEMES = (
    "Referrals",
    "Children in need",
    "Child protection",
    "Children looked after",
    "Care leavers",
    "Workforce",
)
FEWEST_RANKED = 4  # quarters of fewer say nothing
NO_COUNTS = "the source prints no counts for it"
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
class Absence:
    """Years of an indicator without a figure, or with one the publisher warns of, for one reason."""

    measure: Measure
    years: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class Profile:
    """All that a profile says of one authority beside a set.

    Attributes
    ----------
    rows : headline indicators, theme by theme
    context : what describes the place
    not_held : ids of `CONTEXT` for which nobody here has a figure
    region, country : names, the region '' where there is none
    """

    area_code: str
    name: str
    region: str
    country: str
    type: str
    from_year: int | None
    to_year: int | None
    beside: ComparatorSet
    rows: tuple[Row, ...]
    context: tuple[Row, ...]
    not_held: tuple[str, ...]
    authorities: int

    @property
    def themes(self) -> tuple[str, ...]:
        """Themes of the rows, in their order."""
        return tuple(dict.fromkeys(row.theme for row in self.rows))

    def of(self, theme: str) -> tuple[Row, ...]:
        """Rows of one theme."""
        return tuple(row for row in self.rows if row.theme == theme)

    def on_side(self, side: str) -> tuple[Row, ...]:
        """Rows on one side of the set's mean."""
        return tuple(row for row in self.headline if row.side == side)

    @property
    def headline(self) -> tuple[Row, ...]:
        """Rows that are printed by a source: all but those worked out here."""
        return tuple(row for row in self.rows if row.measure.indicator != WITHOUT)

    @property
    def trends(self) -> tuple[Row, ...]:
        """Rows with a recent trend, the largest relative change first."""
        return tuple(sorted((r for r in self.rows if r.trend_ends), key=lambda r: -r.relative_change))

    @property
    def missing(self) -> tuple[Row, ...]:
        """Rows without a figure in their year."""
        return tuple(row for row in self.headline if row.figure.value is None)

    @property
    def absences(self) -> tuple[Absence, ...]:
        """Every year of every indicator without a figure, or with a doubtful one, by reason."""
        return tuple(each for row in (*self.rows, *self.context) for each in _absences(row, self.from_year))

    @property
    def expected_by_chance(self) -> float:
        """How many of the judged rows would look clearly apart by chance alone, were every one of them like the mean."""
        return (1 - LEVEL) * sum(len(self.on_side(side)) for side in (HIGHER, LOWER, SIMILAR))


def _absences(row: Row, from_year: int | None) -> Iterator[Absence]:
    by_reason: dict[str, list[int]] = {}
    for figure in row.series:
        reason = STATUS_WORDS[figure.status][1]
        if figure.status == NOT_LISTED and from_year is not None and figure.year < from_year:
            reason = "before the authority existed"
        if reason:
            by_reason.setdefault(reason, []).append(figure.year)
    for reason, years in by_reason.items():
        yield Absence(row.measure, tuple(years), reason)


# --- boards ----------------------------------------------------------------------------------------------------------


def context_rows(indicators: pd.DataFrame) -> pd.DataFrame:
    """Rows of `ask("indicators")` that describe a place, and the share that `with_rate_without` needs."""
    return indicators[indicators.indicator.isin([*CONTEXT, SHARE])]


def with_rate_without(board: Board, more: Board) -> Board:
    """The board with the rate of children looked after less unaccompanied ones, where both are held of the same year.

    Parameters
    ----------
    board : headline indicators
    more : a board over the same areas that may hold the share of unaccompanied children, in per cent
    """
    if RATE not in board.indicator_at or SHARE not in more.indicator_at:
        return board
    j = board.indicator_at[RATE]
    share, told = _over_years(more, more.indicator_at[SHARE], board.years)
    value = board.value[j] * (1 - share / 100)
    unlisted = np.isnan(share) & (told == NOT_LISTED)
    status = np.where(np.isnan(board.value[j]) & ~unlisted, board.status[j], told)
    row = board.indicators.iloc[[j]].assign(
        indicator=WITHOUT, label=WITHOUT_LABEL, decimals=0, definition=WITHOUT_DEFINITION, caveat="", headline=False
    )
    blank = np.full((1, *value.shape), np.nan)
    ends = {(WITHOUT, year): day for (name, year), day in board.period_ends.items() if name == RATE}
    return replace(
        board,
        indicators=pd.concat([board.indicators, row], ignore_index=True),
        value=np.concatenate([board.value, value[None]]),
        status=np.concatenate([board.status, status[None]]),
        numerator=np.concatenate([board.numerator, blank]),
        denominator=np.concatenate([board.denominator, blank]),
        implied=np.concatenate([board.implied, np.zeros(blank.shape, dtype=bool)]),
        period_ends={**board.period_ends, **ends},
    )


def _over_years(board: Board, j: int, years: Iterable[int]) -> tuple[np.ndarray, np.ndarray]:
    """Values and statuses of one indicator, areas x years, over years that may not be the board's own."""
    at = {year: y for y, year in enumerate(board.years)}
    nothing = np.full(len(board.areas), np.nan), np.full(len(board.areas), NOT_LISTED, dtype=object)
    columns = [(board.value[j, :, at[y]], board.status[j, :, at[y]]) if y in at else nothing for y in years]
    return tuple(np.stack(each, axis=1) for each in zip(*columns, strict=True))


# --- one authority ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Subject:
    """Of whom a profile is: codes of the authority, its region and its set; its last year where it has ended."""

    area_code: str
    region_code: str
    to_year: int | None
    set_codes: tuple[str, ...]


def profile_of(board: Board, context: Board, area: pd.Series, beside: ComparatorSet) -> Profile:
    """What two boards say of one authority beside a set of others.

    Parameters
    ----------
    board : headline indicators
    context : figures that describe a place, over the same areas
    area : row of `ask("all_areas")`
    """
    whose = _Subject(area.area_code, area.region_code, _whole(area.to_year), beside.codes)
    rows = [_row(board, name, whose) for name in board.indicator_at]
    told = [_row(context, name, whose) for name in CONTEXT if name in context.indicator_at]
    names = board.areas.name
    return Profile(
        area.area_code,
        area["name"],
        area.region or "",
        "" if board.country_at is None else names.iloc[board.country_at],
        area.type if isinstance(area.type, str) else "",
        _whole(area.from_year),
        whose.to_year,
        beside,
        tuple(sorted((r for r in rows if r.theme not in APART), key=_by_theme)),
        tuple(told),
        tuple(name for name in CONTEXT if name not in context.indicator_at),
        int(board.authorities.sum()),
    )


def _by_theme(row: Row) -> tuple[int, str]:
    return (THEMES.index(row.theme), "") if row.theme in THEMES else (len(THEMES), row.theme)


def _whole(year: object) -> int | None:
    return None if pd.isna(year) else int(year)


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


def _row(board: Board, indicator: str, whose: _Subject) -> Row:
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


def _trend(board: Board, indicator: str, whose: _Subject) -> RecentTrend:
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


# --- for a download --------------------------------------------------------------------------------------------------


def raw_profile(profile: Profile, rows: Iterable[Row] | None = None) -> pd.DataFrame:
    """Everything that a profile says, as held: one row an indicator."""
    return pd.DataFrame([_raw(profile, row) for row in (rows or (*profile.rows, *profile.context))])


def _raw(profile: Profile, row: Row) -> dict[str, object]:
    low, high = row.interval or (None, None)
    first, last = row.trend.years or (None, None)
    place, spread = row.place, row.spread
    return {
        "area_code": profile.area_code,
        "authority": profile.name,
        "theme": row.theme,
        "indicator": row.measure.indicator,
        "label": row.measure.label,
        "unit": row.measure.unit,
        "polarity": row.polarity,
        "year": row.year,
        "as_at": row.as_at,
        "value": row.figure.value,
        "status": row.figure.status,
        "interval_low": low,
        "interval_high": high,
        "change_on_year_before": row.change,
        "trend": row.trend.direction,
        "trend_p": row.trend.p,
        "trend_first_year": first,
        "trend_last_year": last,
        "set": profile.beside.name,
        "set_mean": row.beside.mean,
        "set_median": row.beside.median,
        "set_with_figure": row.beside.held,
        "set_authorities": row.beside.named,
        "beside_set_mean": row.side,
        "better_or_worse": row.judged,
        "place": place.place if place else None,
        "place_from": place.first if place else None,
        "place_low": place.low if place else None,
        "place_high": place.high if place else None,
        "ranked": place.ranked if place else None,
        "withheld": place.withheld if place else None,
        "quartile_band": place.band if place else "",
        "region": profile.region,
        "region_value": row.region.value,
        "country": profile.country,
        "country_value": row.country.value,
        "lowest": spread.lowest if spread else None,
        "lower_quartile": spread.quarter if spread else None,
        "median": spread.median if spread else None,
        "upper_quartile": spread.three_quarters if spread else None,
        "highest": spread.highest if spread else None,
    }


def raw_series(profile: Profile) -> pd.DataFrame:
    """Every year of every indicator of the authority, as held: one row an indicator and year."""
    return pd.DataFrame(
        [
            {
                "area_code": profile.area_code,
                "authority": profile.name,
                "indicator": row.measure.indicator,
                "label": row.measure.label,
                "unit": row.measure.unit,
                "year": figure.year,
                "value": figure.value,
                "status": figure.status,
            }
            for row in (*profile.rows, *profile.context)
            for figure in row.series
        ]
    )
