"""One authority, every headline indicator, beside a set of others: what a profile says of each, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from analytics.board import NOT_LISTED, Board
from analytics.intervals import LEVEL
from analytics.profile_row import HIGHER, LOWER, SIMILAR, Row, Subject, row_of
from analytics.sets import ComparatorSet
from analytics.trends import STATUS_WORDS, Measure
from analytics.unaccompanied import SHARE, WITHOUT

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


def context_rows(indicators: pd.DataFrame) -> pd.DataFrame:
    """Rows of `ask("indicators")` that describe a place, and the share that `with_rate_without` needs."""
    return indicators[indicators.indicator.isin([*CONTEXT, SHARE])]


def profile_of(board: Board, context: Board, area: pd.Series, beside: ComparatorSet) -> Profile:
    """What two boards say of one authority beside a set of others.

    Parameters
    ----------
    board : headline indicators
    context : figures that describe a place, over the same areas
    area : row of `ask("all_areas")`
    """
    whose = Subject(area.area_code, area.region_code, _whole(area.to_year), beside.codes)
    rows = [row_of(board, name, whose) for name in board.indicator_at]
    told = [row_of(context, name, whose) for name in CONTEXT if name in context.indicator_at]
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
