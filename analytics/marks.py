"""What is marked on an axis of years: changes of boundaries, adoptions of practice models, the pandemic."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.periods import PANDEMIC

PRECISION = ("day", "month", "year", "unknown")  # finest first
FINANCIAL_YEAR_ENDS = (3, 31)
PANDEMIC_WORDS = "Pandemic year, 2020-21"


@dataclass(frozen=True)
class Break:
    """A change of boundaries, between two years."""

    at: float
    label: str
    sentence: str


@dataclass(frozen=True)
class Adoption:
    """One row of the register; at, low and high on the axis of years, None where no date is known."""

    model: str
    when: str
    role: str
    programme: str
    note: str
    source: str
    precision: str
    at: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Mark:
    """A date to be marked on a chart, and the span within which it lies."""

    at: float
    low: float
    high: float
    label: str


def year_of(day: datetime.date, ends: tuple[int, int] = FINANCIAL_YEAR_ENDS) -> float:
    """A day on the axis of years, where the last day (month, day) of a year's period is that year.

    >>> year_of(datetime.date(2015, 3, 31)), round(year_of(datetime.date(2014, 9, 30)), 2)
    (2015.0, 2014.5)
    >>> year_of(datetime.date(2014, 9, 30), (9, 30))
    2014.0
    """
    year = day.year + (day > datetime.date(day.year, *ends))
    end, start = datetime.date(year, *ends), datetime.date(year - 1, *ends)
    return year - (end - day).days / (end - start).days


def pandemic_span(ends: tuple[int, int]) -> tuple[float, float]:
    """From 31 March 2020 to 31 March 2021, on an axis whose years end on a day (month, day)."""
    low, high = (year_of(datetime.date(year, *FINANCIAL_YEAR_ENDS), ends) for year in PANDEMIC)
    return low, high


def _short(when: str) -> str:
    """A date with its month in three letters: '29 Sep 2017'."""
    return " ".join(word[:3] if word in calendar.month_name[1:] else word for word in when.split())


def marks_of(adoptions: Iterable[Adoption]) -> tuple[Mark, ...]:
    """One mark for the dated rows of a model that are less than a year apart, at the most precise of their dates."""
    groups: list[list[Adoption]] = []
    for adoption in sorted((a for a in adoptions if a.at is not None), key=lambda a: (a.model, a.at)):
        near = groups and groups[-1][0].model == adoption.model and adoption.at - groups[-1][0].at < 1
        groups[-1].append(adoption) if near else groups.append([adoption])
    marks = []
    for group in groups:
        chosen = min(group, key=lambda a: PRECISION.index(a.precision))
        programme = next((a.programme for a in group if a.programme not in ("", "local")), "")
        role = chosen.role if chosen.role != "primary" else ""
        told = ", ".join(filter(None, (programme, role)))
        label = f"{chosen.model}, {_short(chosen.when)}" + (f" ({told})" if told else "")
        marks.append(Mark(chosen.at, chosen.low, chosen.high, label))
    return tuple(sorted(marks, key=lambda m: m.at))
