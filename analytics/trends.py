"""How one indicator has changed in one authority beside others: its lines, what is marked beside them, and their words.

Plain records rather than frames: a trend is some fifty figures, and a page makes several on every rerun. They are made
in analytics/beside.py, said in analytics/trend_answer.py and tabled in analytics/trend_tables.py.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analytics.marks import FINANCIAL_YEAR_ENDS, Adoption, Break, Mark, year_of
from analytics.recent_trend import RecentTrend
from analytics.sets import ComparatorSet
from analytics.wording import number_text

NO_ROW = "no_row"  # the source lists no such authority and year
NOBODY = "nobody"  # none of a set has a figure
SHORT = "short"  # an average of three years lacks one of them
# Status, its letter on a chart, and the reason in words. Letters are the publisher's own (data/reference/symbols.csv).
STATUS_WORDS = {
    "ok": ("", ""),
    "low_reliability": ("u", "low reliability, figure shown"),
    "suppressed": ("c", "suppressed to protect children's identity"),
    "not_available": ("x", "not available"),
    "not_applicable": ("z", "not applicable"),
    "rounds_to_zero": ("k", "rounds to zero"),
    "reason_not_given": ("-", "no figure, and the source gives no reason"),
    NO_ROW: ("-", "not listed by the source for this year"),
    NOBODY: ("-", "nobody in the set has a figure"),
    SHORT: ("-", "one of its three years has no figure"),
}
MOST_NAMED = 6  # authorities named one by one in a sentence
MIDDLE_HALF = "Middle half of authorities"


@dataclass(frozen=True)
class Figure:
    """One year of a line: a value, or the status that says why there is none.

    Attributes
    ----------
    mean_of : how many a mean or median is of, None for a figure of one area
    low, high : ends of the 95% interval, None where what was counted is not known
    """

    year: int
    value: float | None
    status: str = "ok"
    mean_of: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Line:
    """One area or set over the years; `part` is authority, comparator (the set's mean), median, region or england."""

    part: str
    name: str
    figures: tuple[Figure, ...]

    @property
    def held(self) -> tuple[Figure, ...]:
        """The figures that have a value."""
        return tuple(f for f in self.figures if f.value is not None)


@dataclass(frozen=True)
class Middle:
    """Quartiles (type 7) of the authorities that have a figure in a year."""

    year: int
    low: float
    high: float
    authorities: int


@dataclass(frozen=True)
class Measure:
    """What is measured: id, words, unit, decimals shown, and which way is better: higher, lower or none."""

    indicator: str
    label: str
    unit: str
    decimals: int
    polarity: str = "none"


@dataclass(frozen=True)
class Surroundings:
    """Tables of the warehouse that every trend needs: `all_areas`, `boundary_changes` and `adoptions`, asked once."""

    areas: pd.DataFrame
    changes: pd.DataFrame
    adoptions: pd.DataFrame

    @cached_property
    def register(self) -> dict[str, list]:
        """Rows of the register by authority."""
        rows: dict[str, list] = {}
        for row in self.adoptions.itertuples():
            rows.setdefault(row.area_code, []).append(row)
        return rows

    @cached_property
    def country(self) -> tuple[tuple[str, str], ...]:
        """Code and name of the area that all authorities make up."""
        whole = self.areas[self.areas.kind == "england"]
        return tuple(zip(whole.area_code, whole.name, strict=True))

    @cached_property
    def redrawn(self) -> frozenset[str]:
        """Authorities that a split or a merger made, ended or left smaller; a new code alone is neither."""
        changes = self.changes[self.changes.kind != "recode"]
        return frozenset(changes.old_code) | frozenset(changes.new_code)


@dataclass(frozen=True)
class Trend:
    """One indicator in one authority, beside those it was asked to be compared with.

    Attributes
    ----------
    lines : the authority's first; every year from the first to the last that its source lists
    near : the comparator set, None where none was asked for
    median : of the set, beside the line of its mean
    sentence : the answer
    warning : where the set's mean and median disagree on which side the authority is, '' where they agree
    notes : what must be known of these figures
    period : what a year stands for: 'Year ending 31 March'
    as_at : the newest day that the figures reach, '' where there are none
    pandemic : its span on the axis of years, None where that is not shown
    recent : whether the authority's figure has risen or fallen over the five newest of the years
    averages : whether each figure is the average of three years
    """

    measure: Measure
    name: str
    years: tuple[int, int]
    lines: tuple[Line, ...]
    spread: tuple[Middle, ...] = ()
    breaks: tuple[Break, ...] = ()
    adoptions: tuple[Adoption, ...] = ()
    marks: tuple[Mark, ...] = ()
    sentence: str = ""
    period: str = "Year"
    as_at: str = ""
    near: ComparatorSet | None = None
    median: Line | None = None
    pandemic: tuple[float, float] | None = None
    recent: RecentTrend | None = None
    averages: bool = False
    warning: str = ""
    notes: tuple[str, ...] = ()

    @property
    def drawn(self) -> tuple[Line, ...]:
        """Every line, the median after the mean."""
        after = 1 + next((n for n, line in enumerate(self.lines) if line.part == "comparator"), len(self.lines))
        return (*self.lines[:after], *([self.median] if self.median else []), *self.lines[after:])


# --- words -----------------------------------------------------------------------------------------------------------


def short_text(value: float, measure: Measure) -> str:
    """A figure beside another that names the unit: '48.5', '12.4%'."""
    return number_text(value, measure.decimals) + ("%" if measure.unit == "%" else "")


def change_words(now: float, before: Figure, measure: Measure, when: str = "in") -> str:
    """'down from 48.5 in 2024', at the decimals shown: up or down, never better or worse.

    >>> plans = Measure("cpp_rate", "Plans", "per 10,000 children", 1)
    >>> change_words(43.9, Figure(2024, 48.5), plans), change_words(43.91, Figure(2024, 43.89), plans)
    ('down from 48.5 in 2024', 'the same as in 2024')
    """
    shown_now, shown_before = round(now, measure.decimals), round(before.value, measure.decimals)
    if shown_now == shown_before:
        return f"the same as {when} {before.year}"
    way = "up" if shown_now > shown_before else "down"
    return f"{way} from {short_text(before.value, measure)} {when} {before.year}"


def day_words(day: object) -> str:
    """A day in words: '31 March 2025'; '' for none."""
    return "" if day is None or pd.isna(day) else pd.Timestamp(day).strftime("%-d %B %Y")


def period_words(ends: Iterable[datetime.date]) -> str:
    """What a year stands for, by the day on which most of its periods end: 'Year ending 31 March'."""
    days = Counter(f"{end:%-d %B}" for end in ends)
    if not days:
        return "Year"
    day = days.most_common(1)[0][0]
    # The workforce census is a count on a day; its year is the calendar year it falls in (design.md, period_end).
    return "At 30 September" if day == "30 September" else f"Year ending {day}"


def number_words(figure: Figure) -> str:
    """' (10 with a figure)' for a mean or median, '' for a figure of one area."""
    return "" if figure.mean_of is None else f" ({figure.mean_of} with a figure)"


def status_text(figure: Figure, decimals: int) -> str:
    """A figure as a table shows it: the number, or the publisher's letter and the reason in words."""
    letter, reason = STATUS_WORDS[figure.status]
    if figure.value is None:
        return f"{letter} ({reason})"
    return number_text(figure.value, decimals) + (f" {letter} ({reason})" if letter else "")


# --- what is marked beside the lines -----------------------------------------------------------------------------------


def breaks_of(around: Surroundings, area_code: str, years: tuple[int, int]) -> tuple[Break, ...]:
    """Splits and mergers of the authority inside the years; a new code for the same boundaries is no break."""
    if area_code not in around.redrawn:
        return ()
    changes = around.changes
    touching = (changes.old_code == area_code) | (changes.new_code == area_code)
    inside = changes[touching & (changes.kind != "recode") & changes.year.between(years[0], years[1] + 1)]
    names = dict(zip(around.areas.area_code, around.areas.name, strict=True))
    found = []
    for year, group in inside.groupby("year"):
        others = sorted({names.get(c, c) for c in [*group.old_code, *group.new_code] if c != area_code})
        found.append(
            Break(
                year - 0.5,
                "Boundaries changed",
                f"Boundaries changed: figures for {year} and later are for other areas than those before "
                f"({', '.join(others[:MOST_NAMED])}). They are not joined.",
            )
        )
    return tuple(found)


def _adoption(row, ends: tuple[int, int]) -> Adoption:
    dated = pd.notna(row.start_low)
    low, high = (year_of(pd.Timestamp(day).date(), ends) if dated else None for day in (row.start_low, row.start_high))
    form = {"day": "%-d %B %Y", "month": "%B %Y"}.get(row.precision, "%Y")
    when = pd.Timestamp(row.start_low).strftime(form) if dated else "date not known"
    text = (value if isinstance(value, str) else "" for value in (row.role, row.programme, row.note, row.source))
    return Adoption(row.model_name, when, *text, row.precision, (low + high) / 2 if dated else None, low, high)


def adoptions_of(
    around: Surroundings, area_code: str, ends: tuple[int, int] = FINANCIAL_YEAR_ENDS
) -> tuple[Adoption, ...]:
    """Every row that the register has of the authority, in order of date; undated rows last."""
    found = [_adoption(row, ends) for row in around.register.get(area_code, ())]
    return tuple(sorted(found, key=lambda a: (a.at is None, a.at or 0.0, a.model)))
