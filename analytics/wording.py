"""Figures in words: the same decimals, signs and units wherever a number is read out."""

from __future__ import annotations

import math
from collections.abc import Sequence


def number_text(value: float | None, decimals: int) -> str:
    """A figure with thousands separated and a true minus sign; 'no figure' where there is none.

    >>> number_text(1234.56, 1), number_text(-2.0, 1), number_text(-0.01, 1), number_text(None, 1)
    ('1,234.6', '−2.0', '0.0', 'no figure')
    """
    if value is None or not math.isfinite(value):
        return "no figure"
    size = f"{abs(value):,.{decimals}f}"
    return f"\N{MINUS SIGN}{size}" if value < 0 and size.strip("0.,") else size


def counted(number: int, what: str) -> str:
    """So many of a thing.

    >>> counted(1, "adopter"), counted(1200, "figure")
    ('1 adopter', '1,200 figures')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them; apart by semicolons where one holds a comma.

    >>> listed(["Ashmere"]), listed(["Ashmere", "Bexcombe", "Corley"]), listed(["Ashmere, City of", "Bexcombe"])
    ('Ashmere', 'Ashmere, Bexcombe and Corley', 'Ashmere, City of; and Bexcombe')
    """
    if len(names) < 2:
        return "".join(names)
    comma = any("," in name for name in names)
    apart = "; " if comma else ", "
    return f"{apart.join(names[:-1])}{';' if comma else ''} and {names[-1]}"


def span_text(years: Sequence[int]) -> str:
    """The first and last of some years in order.

    >>> span_text([2013]), span_text([2013, 2014, 2016]), span_text([])
    ('2013', '2013 to 2016', 'no year')
    """
    if not len(years):
        return "no year"
    return f"{years[0]}" if years[0] == years[-1] else f"{years[0]} to {years[-1]}"


def years_text(years: Sequence[int]) -> str:
    """Years as a sentence lists them, those that follow one another as a run.

    >>> years_text([2013, 2014, 2015, 2018]), years_text([2020, 2021])
    ('2013 to 2015, 2018', '2020, 2021')
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        runs[-1].append(year) if runs and year == runs[-1][-1] + 1 else runs.append([year])
    told = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(told)


def progress_text(what: str, share: float, total: int, seconds: float) -> str:
    """How many of how many are done, and about how long the rest will take.

    >>> progress_text("Asking", 0.25, 8, 5.0), progress_text("Asking", 1.0, 8, 20.0)
    ('Asking: 2 of 8, about 15 seconds left', 'Asking: 8 of 8')
    """
    said = f"{what}: {share * total:.0f} of {total:,}"
    left = seconds * (1 - share) / share if share > 0 else 0.0
    return f"{said}, about {counted(round(left), 'second')} left" if left >= 1 else said


def ordinal(number: int) -> str:
    """A place in order.

    >>> ordinal(1), ordinal(12), ordinal(23), ordinal(112)
    ('1st', '12th', '23rd', '112th')
    """
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def value_text(value: float | None, unit: str, decimals: int) -> str:
    """A figure with its unit.

    >>> value_text(43.94, "per 10,000 children", 1), value_text(12.4, "%", 1), value_text(1012, "£ a week", 0)
    ('43.9 per 10,000 children', '12.4%', '£1,012 a week')
    >>> value_text(2.0, "grade", 1)
    'grade 2.0'
    """
    text = number_text(value, decimals)
    if text == "no figure":
        return text
    if unit.startswith("£"):
        return f"£{text}{unit[1:]}"
    if unit == "grade":
        return f"grade {text}"
    return f"{text}%" if unit == "%" else f"{text} {unit}".rstrip()


def unit_heading(unit: str) -> str:
    """A unit to stand at the head of figures: 'Per 10,000 children', '%'."""
    return unit[:1].upper() + unit[1:]


def difference_unit(unit: str) -> str:
    """Unit of a difference between two figures: percentage points for percentages, grades for a grade."""
    return {"%": "percentage points", "grade": "grades"}.get(unit, unit)


def p_text(p: float) -> str:
    """A p value to read: two figures, never 0.

    >>> p_text(0.0002), p_text(0.0312), p_text(0.426)
    ('below 0.001', '0.031', '0.43')
    """
    return "below 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
