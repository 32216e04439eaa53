"""When an authority is exposed to a practice model: from register dates to years."""

from __future__ import annotations

import dataclasses
import datetime
import re
from dataclasses import dataclass

import pandas as pd

from analytics.errors import BadSpecification
from analytics.spec import Treatment


@dataclass(frozen=True)
class Exposure:
    """One authority's exposure: `start_year` s holds the earliest possible day, `first_exposed_year` g by the rule."""

    area_code: str
    start_year: int
    first_exposed_year: int
    start_low: datetime.date
    start_high: datetime.date
    precision: str
    role: str = "primary"
    programme: str = ""
    confidence: str = ""
    note: str = ""
    source: str = ""


def financial_year(day: datetime.date) -> int:
    """Year in which the financial year holding that day ends.

    >>> financial_year(datetime.date(2014, 10, 1)), financial_year(datetime.date(2015, 3, 31))
    (2015, 2015)
    """
    return day.year + (day.month >= 4)


def date_words(day: datetime.date, precision: str) -> str:
    """A date of the register as exactly as it is known.

    >>> date_words(datetime.date(2017, 9, 1), "month"), date_words(datetime.date(2017, 1, 1), "year")
    ('September 2017', '2017')
    """
    return {"day": f"{day.day} {day:%B %Y}", "month": f"{day:%B %Y}"}.get(precision, f"{day.year}")


def first_exposed_year(day: datetime.date, rule: str) -> int:
    """First exposed year (ending 31 March) of a start no later than `day` (docs/methods.md, Adopters).

    >>> first_exposed_year(datetime.date(2017, 9, 29), "first_full_year")
    2019
    >>> first_exposed_year(datetime.date(2017, 9, 29), "majority")
    2018
    """
    year = financial_year(day)
    if rule == "year_of_start":
        return year
    if rule == "first_full_year":
        return year if (day.month, day.day) == (4, 1) else year + 1
    return year if day < datetime.date(year - 1, 10, 1) else year + 1


def date_range(text: str) -> tuple[datetime.date, datetime.date, str]:
    """Earliest and latest day, and precision, of '2017', '2017-09' or '2017-09-29'; a month counts from its first day."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text.strip())
    try:
        year, month, number = found.groups()
        if month is None:
            return datetime.date(int(year), 1, 1), datetime.date(int(year), 12, 31), "year"
        day = datetime.date(int(year), int(month), int(number or 1))
    except (AttributeError, ValueError) as error:
        raise BadSpecification(f"The start '{text}' is not a date. Write 2017, 2017-09 or 2017-09-29.") from error
    return day, day, "month" if number is None else "day"


def _exposure(code: str, low: datetime.date, high: datetime.date, treatment: Treatment, **facts: str) -> Exposure:
    exposed = first_exposed_year(high, treatment.exposure)
    touched = financial_year(low) if treatment.transition == "drop" else exposed
    return Exposure(code, touched, exposed, low, high, **facts)


def dated(exposure: Exposure, day: datetime.date, treatment: Treatment) -> Exposure:
    """The same exposure as if it had begun on that very day."""
    exposed = first_exposed_year(day, treatment.exposure)
    touched = financial_year(day) if treatment.transition == "drop" else exposed
    return dataclasses.replace(exposure, start_year=touched, first_exposed_year=exposed, start_low=day, start_high=day)


def listed_exposures(treatment: Treatment) -> list[Exposure]:
    """Exposures of a named list with its own starts."""
    found = []
    for code, text in zip(treatment.authorities, treatment.starts, strict=True):
        low, high, precision = date_range(text)
        found.append(_exposure(code, low, high, treatment, precision=precision, source="named in the specification"))
    return found


def register_exposures(treatment: Treatment, adoptions: pd.DataFrame) -> list[Exposure]:
    """One exposure per adopter: its earliest dated row of the roles that can treat.

    Parameters
    ----------
    adoptions : the register rows of the model or programme, as `ask("adoptions")` gives them
    """
    usable = adoptions[adoptions.can_treat & adoptions.start_low.notna() & adoptions.role.isin(treatment.roles)]
    earliest = usable.sort_values(["start_low", "start_high"], kind="stable").drop_duplicates("area_code")
    return [
        _exposure(
            row.area_code,
            pd.Timestamp(row.start_low).date(),
            pd.Timestamp(row.start_high).date(),
            treatment,
            precision=row.precision,
            role=row.role,
            programme=row.programme,
            confidence=row.confidence,
            note=row.note,
            source=row.source,
        )
        for row in earliest.sort_values("area_code").itertuples()
    ]
