"""Year labels as publishers write them, read into the year in which the period ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from analytics.errors import PracticeError

FIRST_YEAR = 2000  # no table read here begins earlier: the children in need census began in 2008
PANDEMIC = (2020, 2021)  # financial years 2019-20, whose end it touched, and 2020-21
FINALITY = {"prov": 0, "provisional": 0, "": 1, "ot": 1, "rev": 2, "revised": 2, "final": 3}

_MARK = re.compile(r"^(?P<years>.*?)\s*\((?P<mark>[A-Za-z]+)\)$")
_SINGLE = re.compile(r"^\d{4}$")
_JOINED = re.compile(r"^(?P<first>\d{4})(?P<last>\d{2})$")
_SPAN = re.compile(r"^(?P<first>\d{4})[-/](?P<last>\d{2}|\d{4})$")
_SEVERAL = re.compile(r"^(?P<first>\d{4})[-/](?P<second>\d{2})-(?P<third>\d{2}|\d{4})[-/](?P<last>\d{2})$")


class UnreadablePeriod(PracticeError):
    """A year label that names no year, or one outside the years that can be."""


@dataclass(frozen=True)
class Period:
    """One published period: label, the year and the day on which it ends, how final it is (0 provisional to 3)."""

    label: str
    year: int
    end: date
    finality: int


def period(label: str, ends: str = "03-31", *, latest: int | None = None, rolling: bool = False) -> Period:
    """The period that a label names.

    Parameters
    ----------
    label : as published: 2025, 202425, 2024-25, 2024/25, 2013/14-15/16; (prov), (Rev), (Final), (OT) may follow
    ends : month and day on which the source's years end
    latest : last year believed; by default next year
    rolling : whether 2014-16 may be three calendar years, as in tables of rolling averages

    Raises
    ------
    UnreadablePeriod : with the label and what would do

    Examples
    --------
    >>> period("2013/14-15/16").end
    datetime.date(2016, 3, 31)
    """
    years, mark = _without_mark(label.strip().replace("\u2013", "-"))
    year = _last_year(years) or (_last_of_three(years) if rolling else None)
    if year is None or mark not in FINALITY:
        raise UnreadablePeriod(f"'{label}' is not a year: write 2025, 202425, 2024-25, 2024/25 or 2013/14-15/16")
    latest = latest or date.today().year + 1
    if not FIRST_YEAR <= year <= latest:
        raise UnreadablePeriod(f"'{label}' is outside {FIRST_YEAR} to {latest}")
    month, day = (int(part) for part in ends.split("-"))
    return Period(label, year, date(year, month, day), FINALITY[mark])


def financial_year(day: date) -> int:
    """The year, ending 31 March, that holds a day."""
    return day.year + int((day.month, day.day) > (3, 31))


def _without_mark(label: str) -> tuple[str, str]:
    """The years of a label, and its mark in lower case ('' where there is none)."""
    found = _MARK.match(label)
    return (found["years"], found["mark"].lower()) if found else (label, "")


def _last_year(years: str) -> int | None:
    """The last year named, or None where the parts do not follow on each other."""
    if _SINGLE.match(years):
        return int(years)
    if several := _SEVERAL.match(years):
        return _last_of_several(several)
    pair = _JOINED.match(years) or _SPAN.match(years)
    return _next_year(int(pair["first"]), pair["last"]) if pair else None


def _last_of_three(years: str) -> int | None:
    """The last of three calendar years such as 2014-16."""
    span = _SPAN.match(years)
    return int(span["first"]) + 2 if span and str(int(span["first"]) + 2).endswith(span["last"]) else None


def _next_year(first: int, last: str) -> int | None:
    """The year after `first`, if that is what `last` (two or four digits) says."""
    return first + 1 if str(first + 1).endswith(last) else None


def _last_of_several(found: re.Match[str]) -> int | None:
    """The last year of a run of years such as 2013/14-15/16."""
    first = int(found["first"])
    third = int(found["third"]) if len(found["third"]) == 4 else first - first % 100 + int(found["third"])
    in_order = _next_year(first, found["second"]) and third > first
    return _next_year(third, found["last"]) if in_order else None
