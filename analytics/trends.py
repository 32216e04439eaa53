"""How one indicator has changed in one authority beside others: the lines, the breaks, the sentence, the table.

Plain records rather than frames: a trend is some fifty figures, and a page makes one on every rerun.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.warehouse import Warehouse
from analytics.wording import number_text, value_text

NO_ROW = "no_row"  # the source lists no such authority and year
NOBODY = "nobody"  # none of a group has a figure
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
    NOBODY: ("-", "no neighbour has a figure"),
}
PRECISION = ("day", "month", "year", "unknown")  # finest first
MOST_NAMED = 6  # authorities named one by one in a sentence
NEIGHBOURS, NEIGHBOUR_MODEL = "Neighbours", "2025"  # how their mean is named, and who names them
MIDDLE_HALF = "Middle half of authorities"


@dataclass(frozen=True)
class Figure:
    """One year of a line: a value, or the status that says why there is none; of a mean, how many it is of."""

    year: int
    value: float | None
    status: str = "ok"
    mean_of: int | None = None


@dataclass(frozen=True)
class Line:
    """One area or group over the years; `part` is authority, comparator, region or england."""

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


@dataclass(frozen=True)
class Measure:
    """What is measured: id, words, unit, decimals shown."""

    indicator: str
    label: str
    unit: str
    decimals: int


@dataclass(frozen=True)
class Surroundings:
    """Tables of the warehouse that every trend needs: `all_areas`, `boundary_changes` and `adoptions`, asked once."""

    areas: pd.DataFrame
    changes: pd.DataFrame
    adoptions: pd.DataFrame


@dataclass(frozen=True)
class Trend:
    """One indicator in one authority, beside those it was asked to be compared with.

    Attributes
    ----------
    lines : the authority's first; every year from the first to the last that its source lists
    sentence : the answer
    period : what a year stands for: 'Year ending 31 March'
    as_at : the newest day that the figures reach, '' where there are none
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


# --- words -----------------------------------------------------------------------------------------------------------


def short_text(value: float, measure: Measure) -> str:
    """A figure beside another that names the unit: '48.5', '12.4%'."""
    return number_text(value, measure.decimals) + ("%" if measure.unit == "%" else "")


def change_words(now: float, before: Figure, measure: Measure) -> str:
    """'down from 48.5 in 2024', at the decimals shown: up or down, never better or worse.

    >>> plans = Measure("cpp_rate", "Plans", "per 10,000 children", 1)
    >>> change_words(43.9, Figure(2024, 48.5), plans), change_words(43.91, Figure(2024, 43.89), plans)
    ('down from 48.5 in 2024', 'the same as in 2024')
    """
    shown_now, shown_before = round(now, measure.decimals), round(before.value, measure.decimals)
    if shown_now == shown_before:
        return f"the same as in {before.year}"
    return f"{'up' if shown_now > shown_before else 'down'} from {short_text(before.value, measure)} in {before.year}"


def day_words(day: object) -> str:
    """A day in words: '31 March 2025'; '' for none."""
    return "" if day is None or pd.isna(day) else pd.Timestamp(day).strftime("%-d %B %Y")


def year_of(day: datetime.date) -> float:
    """A day on the axis of years, where 31 March of a year is that year.

    >>> year_of(datetime.date(2015, 3, 31)), round(year_of(datetime.date(2014, 9, 30)), 2)
    (2015.0, 2014.5)
    """
    year = day.year + (day > datetime.date(day.year, 3, 31))
    end, start = datetime.date(year, 3, 31), datetime.date(year - 1, 3, 31)
    return year - (end - day).days / (end - start).days


def period_words(ends: Iterable[datetime.date]) -> str:
    """What a year stands for, by the day on which most of its periods end: 'Year ending 31 March'."""
    days = Counter(f"{end:%-d %B}" for end in ends)
    if not days:
        return "Year"
    day = days.most_common(1)[0][0]
    # The workforce census is a count on a day; its year is the calendar year it falls in (design.md, period_end).
    return "At 30 September" if day == "30 September" else f"Year ending {day}"


def mean_words(figure: Figure) -> str:
    """' (mean of 10)' for a mean, '' for a figure of one area."""
    return "" if figure.mean_of is None else f" (mean of {figure.mean_of})"


def status_text(figure: Figure, decimals: int) -> str:
    """A figure as a table shows it: the number, or the publisher's letter and the reason in words."""
    letter, reason = STATUS_WORDS[figure.status]
    if figure.value is None:
        return f"{letter} ({reason})"
    return number_text(figure.value, decimals) + (f" {letter} ({reason})" if letter else "")


# --- parts of a trend ------------------------------------------------------------------------------------------------


def _line(part: str, name: str, rows: dict[int, tuple[float | None, str]], years: tuple[int, int]) -> Line:
    """Every year of an area's own span; one inside it that the source does not list says so."""
    if not rows:
        return Line(part, name, ())
    span = range(max(years[0], min(rows)), min(years[1], max(rows)) + 1)
    return Line(part, name, tuple(Figure(year, *rows.get(year, (None, NO_ROW))) for year in span))


def _breaks(around: Surroundings, area_code: str, years: tuple[int, int]) -> tuple[Break, ...]:
    """Splits and mergers of the authority inside the years; a new code for the same boundaries is no break."""
    changes = around.changes
    touching = (changes.old_code == area_code) | (changes.new_code == area_code)
    inside = changes[touching & (changes.kind != "recode") & changes.year.between(years[0], years[1] + 1)]
    names = dict(zip(around.areas.area_code, around.areas.name, strict=True)) if len(inside) else {}
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


def _adoption(row) -> Adoption:
    dated = pd.notna(row.start_low)
    low, high = (year_of(pd.Timestamp(day).date()) if dated else None for day in (row.start_low, row.start_high))
    form = {"day": "%-d %B %Y", "month": "%B %Y"}.get(row.precision, "%Y")
    when = pd.Timestamp(row.start_low).strftime(form) if dated else "date not known"
    text = (value if isinstance(value, str) else "" for value in (row.role, row.programme, row.note, row.source))
    return Adoption(row.model_name, when, *text, row.precision, (low + high) / 2 if dated else None, low, high)


def adoptions_of(around: Surroundings, area_code: str) -> tuple[Adoption, ...]:
    """Every row that the register has of the authority, in order of date; undated rows last."""
    register = around.adoptions
    found = [_adoption(row) for row in register[register.area_code == area_code].itertuples()]
    return tuple(sorted(found, key=lambda a: (a.at is None, a.at or 0.0, a.model)))


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
        label = f"{chosen.model}, {chosen.when}" + (f" ({programme})" if programme else "")
        marks.append(Mark(chosen.at, chosen.low, chosen.high, label))
    return tuple(sorted(marks, key=lambda m: m.at))


def _answer(lines: Sequence[Line], measure: Measure, name: str, last_asked: int) -> str:
    """'Brent: 43.9 per 10,000 children in 2025, down from 48.5 in 2024. London 37.2, England 40.6.'"""
    own = lines[0]
    if not own.held:
        return f"{name}: no figure in these years."
    newest, ends, decimals = own.held[-1], own.figures[-1], measure.decimals
    sentence = f"{name}: "
    if newest is not ends:
        sentence += f"no figure for {ends.year} ({STATUS_WORDS[ends.status][1]}). The newest is "
    elif newest.year < last_asked:
        sentence += "the newest figure is "
    sentence += f"{value_text(newest.value, measure.unit, decimals)} in {newest.year}"
    before = next((f for f in own.held if f.year == newest.year - 1), None)
    if before is not None:
        sentence += f", {change_words(newest.value, before, measure)}."
    else:
        sentence += f"; {newest.year - 1} has no figure, so no change is given."
    beside = [
        f"{line.name} {short_text(figure.value, measure)}{mean_words(figure)}"
        for line in lines[1:]
        for figure in line.held
        if figure.year == newest.year
    ]
    return sentence + (f" {', '.join(beside)}." if beside else "")


def _neighbours(warehouse: Warehouse, measure: Measure, area_code: str, years: tuple[int, int]) -> tuple[Line, str]:
    """Mean of an authority's statistical neighbours over the years, and a sentence where nobody is named or has a figure."""
    found = warehouse.ask(
        "neighbour_means",
        model=NEIGHBOUR_MODEL,
        area=area_code,
        indicator=measure.indicator,
        first=years[0],
        last=years[1],
    )
    means = {
        int(year): Figure(int(year), float(mean), mean_of=int(n))
        for year, mean, n in zip(found.year, found["mean"], found.authorities, strict=True)
    }
    if not means:
        return Line("comparator", NEIGHBOURS, ()), (
            f" No statistical neighbour ({NEIGHBOUR_MODEL} model) has a figure in these years, or none is named."
        )
    span = range(min(means), max(means) + 1)
    return Line("comparator", NEIGHBOURS, tuple(means.get(y, Figure(y, None, NOBODY)) for y in span)), ""


def trend_of(
    warehouse: Warehouse,
    around: Surroundings,
    *,
    indicator: pd.Series,
    area: pd.Series,
    beside: tuple[str, ...],
    years: tuple[int, int],
) -> Trend:
    """An indicator's course in one authority, beside neighbours, region, England and the middle half as asked.

    Parameters
    ----------
    indicator : row of `ask("indicators")`
    area : row of `ask("areas")`
    beside : any of 'neighbours', 'region', 'england', 'spread'
    years : first and last
    """
    measure = Measure(indicator.indicator, indicator.label, indicator.unit, int(indicator.decimals))
    wanted = {area.area_code: ("authority", area["name"])}
    if "region" in beside and isinstance(area.region_code, str):
        wanted[area.region_code] = ("region", area.region)
    if "england" in beside:
        country = around.areas[around.areas.kind == "england"]
        wanted |= {code: ("england", name) for code, name in zip(country.area_code, country.name, strict=True)}
    cells = warehouse.ask("area_series", indicator=measure.indicator, areas=list(wanted))
    rows: dict[str, dict[int, tuple[float | None, str]]] = {code: {} for code in wanted}
    ends = []
    for code, year, value, status, end in zip(
        cells.area_code, cells.year, cells.value, cells.status, cells.period_end, strict=True
    ):
        if years[0] <= year <= years[1]:
            rows[code][int(year)] = (None if pd.isna(value) else float(value), status)
            ends.append(end)
    every = (_line(part, name, rows[code], years) for code, (part, name) in wanted.items())
    lines, unknown = [line for line in every if line.part == "authority" or line.figures], ""
    if "neighbours" in beside:
        mean, unknown = _neighbours(warehouse, measure, area.area_code, years)
        lines[1:1] = [mean] if mean.figures else []
    spread = ()
    if "spread" in beside:
        found = warehouse.ask("middle_half", indicator=measure.indicator, first=years[0], last=years[1])
        spread = tuple(Middle(int(y), lo, hi, int(n)) for y, lo, hi, n in found.itertuples(index=False, name=None))
    adoptions = adoptions_of(around, area.area_code)
    return Trend(
        measure,
        area["name"],
        years,
        tuple(lines),
        spread,
        _breaks(around, area.area_code, years),
        adoptions,
        marks_of(adoptions),
        _answer(lines, measure, area["name"], years[1]) + unknown,
        period_words(ends),
        day_words(max(ends, default=None)),
    )


# --- the same figures as tables --------------------------------------------------------------------------------------


def shown_figures(trend: Trend) -> pd.DataFrame:
    """The chart's figures as text, newest year first: a column a line, the reason in words where there is none."""
    decimals = trend.measure.decimals
    # A region may bear the name of an authority: its part then tells them apart.
    columns: dict[str, dict[int, str]] = {}
    for line in trend.lines:
        name = f"{line.name} ({line.part})" if line.name in columns else line.name
        columns[name] = {f.year: status_text(f, decimals) for f in line.figures}
        if line.part == "comparator":
            columns[f"{line.name} with a figure"] = {f.year: f"{f.mean_of or 0}" for f in line.figures}
    if trend.spread:
        columns[MIDDLE_HALF] = {
            m.year: f"{number_text(m.low, decimals)} to {number_text(m.high, decimals)}" for m in trend.spread
        }
        columns["Authorities with a figure"] = {m.year: f"{m.authorities:,}" for m in trend.spread}
    years = sorted({year for column in columns.values() for year in column}, reverse=True)
    return pd.DataFrame(
        {"Year": [str(y) for y in years]}
        | {name: [column.get(y, "not listed") for y in years] for name, column in columns.items()}
    )


def raw_figures(trend: Trend) -> pd.DataFrame:
    """The chart's figures as held, one row an area and year: for a download."""
    measure = (trend.measure.indicator, trend.measure.label, trend.measure.unit)
    rows = [
        (*measure, line.part, line.name, f.year, f.value, f.status, None, None, f.mean_of)
        for line in trend.lines
        for f in line.figures
    ]
    rows += [(*measure, "spread", MIDDLE_HALF, m.year, None, "ok", m.low, m.high, m.authorities) for m in trend.spread]
    columns = ["indicator", "label", "unit", "part", "name", "year", "value", "status", "low", "high", "authorities"]
    return pd.DataFrame(rows, columns=columns).astype({"authorities": "Int64"})


def shown_adoptions(trend: Trend) -> pd.DataFrame:
    """What the register says of the authority, as a table to read."""
    return pd.DataFrame(
        [(a.model, a.when, a.role, a.programme, a.note, a.source) for a in trend.adoptions],
        columns=["Practice model", "When", "Role", "Programme", "Note", "Source"],
    )
