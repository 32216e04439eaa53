"""One authority on one axis of time: Ofsted's judgements and visits, and the practice models recorded in it."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

GRADES = ("Outstanding", "Good", "Requires improvement to be good", "Inadequate")  # the best first
PARTS = {
    "leadership": "Leadership",
    "help_and_protection": "Help and protection",
    "children_in_care": "Children in care",
    "care_leavers": "Care leavers",
}
PRECISION_WORDS = {"day": "to the day", "month": "to the month", "year": "to the year", "unknown": "date not known"}
FORMS = {"day": "%-d %B %Y", "month": "%B %Y", "year": "%Y"}
SAME_START = 1.0  # years: rows of one model that begin nearer than this tell of one start, from several sources


@dataclass(frozen=True)
class Judgement:
    """One inspection with an overall judgement."""

    start: date
    published: date
    framework: str
    overall: str
    parts: tuple[tuple[str, str], ...]  # what was judged, and how


@dataclass(frozen=True)
class Visit:
    """A visit that gives no overall judgement."""

    start: date
    published: date
    framework: str
    theme: str


@dataclass(frozen=True)
class Entry:
    """One row of the register: low and high are the ends of the time in which the start lies, None where not known."""

    model: str
    role: str
    programme: str
    when: str
    precision: str
    low: date | None
    high: date | None
    end: date | None
    note: str
    source: str


@dataclass(frozen=True)
class Start:
    """A start as the most precise of its rows has it, and the end that any of them gives."""

    entry: Entry
    end: date | None


@dataclass(frozen=True)
class Lane:
    """One model: its dated starts, and whether a row of it names no end."""

    model: str
    starts: tuple[Start, ...]
    open: bool


@dataclass(frozen=True)
class History:
    """An authority's history; judgements, visits and dated entries oldest first, entries without a date last."""

    name: str
    judgements: tuple[Judgement, ...]
    visits: tuple[Visit, ...]
    entries: tuple[Entry, ...]
    first: int
    last: float

    @property
    def empty(self) -> bool:
        """Whether nothing at all is held."""
        return not (self.judgements or self.visits or self.entries)

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """One a model, in order of their first start; models without a date last."""
        models = dict.fromkeys(entry.model for entry in self.entries)
        return tuple(_lane(model, [e for e in self.entries if e.model == model]) for model in models)


def decimal_year(day: date) -> float:
    """A day as a year and its part gone by.

    >>> decimal_year(date(2020, 1, 1)), round(decimal_year(date(2021, 7, 2)), 2)
    (2020.0, 2021.5)
    """
    length = 366 if calendar.isleap(day.year) else 365
    return day.year + (day.timetuple().tm_yday - 1) / length


def history_of(
    inspections: pd.DataFrame, adoptions: pd.DataFrame, name: str, *, since: date | None, as_at: date | None
) -> History:
    """What is held of one authority.

    Parameters
    ----------
    inspections : the authority's rows of `ask("inspections")`
    adoptions : the authority's rows of `ask("adoptions")`
    since : day of the first inspection held of anybody: the axis begins no later
    as_at : day to which figures are held: the axis reaches it, and further where there are later events
    """
    rows = sorted(inspections.itertuples(), key=lambda row: row.start)
    judgements = tuple(_judgement(row) for row in rows if isinstance(row.overall, str))
    visits = tuple(
        Visit(_day(row.start), _day(row.published), row.framework, _text(row.theme))
        for row in rows
        if not isinstance(row.overall, str)
    )
    found = [_entry(row) for row in adoptions.itertuples()]
    entries = tuple(sorted(found, key=lambda e: (e.low is None, e.low or date.min, e.model)))
    days = [day for e in entries for day in (e.low, e.high, e.end) if day] + [j.start for j in (*judgements, *visits)]
    days += [as_at] if as_at else []
    first = math.floor(min(map(decimal_year, [*days, *([since] if since else [])]), default=2018))
    last = max(map(decimal_year, days), default=first + 1.0)
    return History(name, judgements, visits, entries, first, max(last, first + 1.0))


def _judgement(row) -> Judgement:
    parts = tuple((words, getattr(row, key)) for key, words in PARTS.items() if isinstance(getattr(row, key), str))
    return Judgement(_day(row.start), _day(row.published), row.framework, row.overall, parts)


def _entry(row) -> Entry:
    dated = pd.notna(row.start_low)
    when = pd.Timestamp(row.start_low).strftime(FORMS.get(row.precision, "%Y")) if dated else "date not known"
    low, high = (_day(day) if dated else None for day in (row.start_low, row.start_high))
    if dated and row.precision == "month":
        high = _month_end(low)
    words = (_text(value) for value in (row.role, row.programme))
    return Entry(
        row.model_name, *words, when, row.precision, low, high, end_of(row.end), _text(row.note), _text(row.source)
    )


def end_of(text: str) -> date | None:
    """Last day of an end as the register writes it: '2019', '2019-09' or '2019-09-30'; None where it names none.

    >>> end_of("2019-02"), end_of("2019"), end_of("")
    (datetime.date(2019, 2, 28), datetime.date(2019, 12, 31), None)
    """
    parts = text.split("-")
    if not all(part.isdecimal() for part in parts):
        return None
    year, month, day = (*map(int, parts), *(12, 31)[len(parts) - 1 :])[:3]
    return _month_end(date(year, month, 1)) if len(parts) < 3 else date(year, month, day)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _day(value: object) -> date | None:
    return pd.Timestamp(value).date() if pd.notna(value) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _lane(model: str, entries: list[Entry]) -> Lane:
    groups: list[list[Entry]] = []
    for entry in (e for e in entries if e.low):
        near = groups and decimal_year(entry.low) - decimal_year(groups[-1][0].low) < SAME_START
        groups[-1].append(entry) if near else groups.append([entry])
    starts = []
    for group in groups:
        finest = min(group, key=lambda e: tuple(PRECISION_WORDS).index(e.precision))
        starts.append(Start(finest, max((e.end for e in group if e.end), default=None)))
    return Lane(model, tuple(starts), any(e.end is None for e in entries))


# --- for a download -------------------------------------------------------------------------------------------------------


def raw_history(history: History) -> pd.DataFrame:
    """Everything on the axis, one row an event: for a download."""
    events = [
        (
            "judgement",
            j.start,
            j.published,
            None,
            j.framework,
            j.overall,
            "; ".join(f"{w}: {h}" for w, h in j.parts),
            "Ofsted",
        )
        for j in history.judgements
    ]
    events += [("visit", v.start, v.published, None, v.framework, "", v.theme, "Ofsted") for v in history.visits]
    events += [
        ("practice model", e.low, None, e.end, e.model, e.role, f"{e.programme} {e.note}".strip(), e.source)
        for e in history.entries
    ]
    columns = ["event", "start", "published", "end", "kind", "judgement_or_role", "detail", "source"]
    return pd.DataFrame(events, columns=columns).assign(authority=history.name)
