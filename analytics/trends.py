"""How one indicator has changed in one authority beside others: the lines, the breaks, the sentence, the table."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.warehouse import Warehouse

NO_ROW = "no_row"  # the source lists no such authority and year
# Status, its letter on a chart, and the reason in words. Letters are the publisher's own (methods.md, peers.md).
STATUS_WORDS = {
    "ok": ("", ""),
    "low_reliability": ("u", "low reliability, figure shown"),
    "suppressed": ("c", "suppressed to protect children's identity"),
    "not_available": ("x", "not available"),
    "not_applicable": ("z", "not applicable"),
    "rounds_to_zero": ("k", "rounds to zero"),
    "reason_not_given": ("-", "no figure, and the source gives no reason"),
    NO_ROW: ("-", "not listed by the source for this year"),
}
PRECISION = ("day", "month", "year", "unknown")  # finest first
MOST_NAMED = 6  # authorities named one by one in a sentence before "and others"


@dataclass(frozen=True)
class Trend:
    """One indicator in one authority, beside those it was asked to be compared with.

    Attributes
    ----------
    indicator : row of the warehouse's indicator table
    lines : part (authority, region, england), name, year, value, status; every year from the first to the last
    spread : year, low, high, authorities: middle half of all authorities, quartiles of type 7
    breaks : at (between two years), label, sentence
    adoptions : model, when, role, programme, note, source, precision; at, low, high as years (31 March of a year =
        that year), empty where no date is known
    sentence : the answer
    period : what a year stands for: 'Year ending 31 March'
    as_at : the newest day that the figures reach, '' where there are none
    """

    indicator: pd.Series
    name: str
    years: tuple[int, int]
    lines: pd.DataFrame
    spread: pd.DataFrame
    breaks: pd.DataFrame
    adoptions: pd.DataFrame
    sentence: str
    period: str
    as_at: str


def number_text(value: float | None, decimals: int) -> str:
    """A figure with thousands separated and a true minus sign; 'no figure' where there is none.

    >>> number_text(1234.56, 1), number_text(-2.0, 1), number_text(None, 1)
    ('1,234.6', '−2.0', 'no figure')
    """
    if value is None or not np.isfinite(value):
        return "no figure"
    text = f"{value:,.{decimals}f}"
    return f"\N{MINUS SIGN}{text[1:]}" if text.startswith("-") and float(text.replace(",", "")) else text.lstrip("-")


def value_text(value: float | None, unit: str, decimals: int) -> str:
    """A figure with its unit: '43.9 per 10,000 children', '12.4%', '£1,012 a week'.

    >>> value_text(43.94, "per 10,000 children", 1), value_text(12.4, "%", 1), value_text(1012, "£ a week", 0)
    ('43.9 per 10,000 children', '12.4%', '£1,012 a week')
    """
    text = number_text(value, decimals)
    if text == "no figure":
        return text
    if unit.startswith("£"):
        return f"£{text}{unit[1:]}"
    return f"{text}%" if unit == "%" else f"{text} {unit}".rstrip()


def unit_heading(unit: str) -> str:
    """A unit to stand at the head of figures: 'Per 10,000 children', '%'."""
    return unit[:1].upper() + unit[1:]


def difference_unit(unit: str) -> str:
    """Unit of a difference between two figures: percentage points for percentages."""
    return "percentage points" if unit == "%" else unit


def way(now: float, before: float, decimals: int) -> str:
    """'up from 40.2', 'down from 48.5' or 'the same as', at the decimals shown: higher or lower, never better or worse."""
    shown_now, shown_before = round(now, decimals), round(before, decimals)
    if shown_now == shown_before:
        return "the same as"
    return f"{'up' if shown_now > shown_before else 'down'} from {number_text(before, decimals)} in"


def year_of(day: datetime.date) -> float:
    """A day on the axis of years, where 31 March of a year is that year.

    >>> year_of(datetime.date(2015, 3, 31)), round(year_of(datetime.date(2014, 9, 30)), 2)
    (2015.0, 2014.5)
    """
    year = day.year + (day > datetime.date(day.year, 3, 31))
    end, start = datetime.date(year, 3, 31), datetime.date(year - 1, 3, 31)
    return year - (end - day).days / (end - start).days


def period_words(ends: pd.Series) -> str:
    """What a year stands for, by the day on which its periods end: 'Year ending 31 March'."""
    days = pd.to_datetime(ends.dropna())
    if days.empty:
        return "Year"
    day = days.dt.strftime("%-d %B").mode().iloc[0]
    return "At 30 September" if day == "30 September" else f"Year ending {day}"


def day_words(day: object) -> str:
    """A day in words: '31 March 2025'; '' for none."""
    return "" if pd.isna(day) else pd.Timestamp(day).strftime("%-d %B %Y")


def _every_year(series: pd.DataFrame, part: str, name: str, years: tuple[int, int]) -> pd.DataFrame:
    """One row a year for one area; a year inside its own span that the source does not list says so."""
    own = series[["year", "value", "status"]].set_index("year")
    if own.empty:
        return pd.DataFrame(columns=["part", "name", "year", "value", "status"])
    first, last = max(years[0], int(own.index.min())), min(years[1], int(own.index.max()))
    full = own.reindex(pd.RangeIndex(first, last + 1, name="year")).reset_index()
    full["status"] = full.status.fillna(NO_ROW)
    return full.assign(part=part, name=name)[["part", "name", "year", "value", "status"]]


def _spread(warehouse: Warehouse, indicator: str, years: tuple[int, int]) -> pd.DataFrame:
    cells = warehouse.ask("authority_series", indicator=indicator)
    cells = cells[cells.value.notna() & cells.year.between(*years)]
    held = cells.groupby("year").value
    found = pd.DataFrame({"low": held.quantile(0.25), "high": held.quantile(0.75), "authorities": held.size()})
    return found.reset_index()


def _breaks(warehouse: Warehouse, area_code: str, years: tuple[int, int], names: dict[str, str]) -> pd.DataFrame:
    """Splits and mergers of the authority inside the years; a new code for the same boundaries is no break."""
    changes = warehouse.ask("boundary_changes")
    touching = (changes.old_code == area_code) | (changes.new_code == area_code)
    inside = changes[
        touching & (changes.kind != "recode") & (changes.year >= years[0]) & (changes.year <= years[1] + 1)
    ]
    rows = []
    for year, group in inside.groupby("year"):
        others = sorted({names.get(c, c) for c in [*group.old_code, *group.new_code] if c != area_code})
        rows.append(
            {
                "at": year - 0.5,
                "label": "Boundaries changed",
                "sentence": f"Boundaries changed: figures for {year} and later are for other areas than those before "
                f"({', '.join(others[:MOST_NAMED])}). They are not joined.",
            }
        )
    return pd.DataFrame(rows, columns=["at", "label", "sentence"])


def _when(row) -> str:
    if pd.isna(row.start_low):
        return "date not known"
    form = {"day": "%-d %B %Y", "month": "%B %Y"}.get(row.precision, "%Y")
    return pd.Timestamp(row.start_low).strftime(form)


def _adoptions(warehouse: Warehouse, area_code: str) -> pd.DataFrame:
    """Every row that the register has of the authority, in order of date; undated rows last."""
    register = warehouse.ask("adoptions")
    own = register[register.area_code == area_code].sort_values(
        ["start_low", "model"], na_position="last", kind="stable"
    )
    rows = []
    for row in own.itertuples():
        dated = pd.notna(row.start_low)
        low, high = (year_of(pd.Timestamp(d).date()) if dated else None for d in (row.start_low, row.start_high))
        rows.append(
            {
                "model": row.model_name,
                "when": _when(row),
                "role": row.role,
                "programme": row.programme or "",
                "note": row.note or "",
                "source": row.source or "",
                "at": (low + high) / 2 if dated else None,
                "low": low,
                "high": high,
                "precision": row.precision,
            }
        )
    columns = ["model", "when", "role", "programme", "note", "source", "at", "low", "high", "precision"]
    return pd.DataFrame(rows, columns=columns)


def marks_of(adoptions: pd.DataFrame) -> pd.DataFrame:
    """One mark for the dated rows of a model that are less than a year apart, at the most precise of their dates.

    Returns
    -------
    columns at, low, high (years), label
    """
    marks = []
    for model, rows in adoptions.dropna(subset="at").groupby("model", sort=False):
        for row in rows.sort_values("at", kind="stable").itertuples():
            if marks and marks[-1]["model"] == model and row.at - marks[-1]["first"] < 1:
                marks[-1]["rows"].append(row)
            else:
                marks.append({"model": model, "first": row.at, "rows": [row]})
    chosen = [min(mark["rows"], key=lambda r: PRECISION.index(r.precision)) for mark in marks]
    programmes = [next((r.programme for r in mark["rows"] if r.programme not in ("", "local")), "") for mark in marks]
    return pd.DataFrame(
        {
            "at": [r.at for r in chosen],
            "low": [r.low for r in chosen],
            "high": [r.high for r in chosen],
            "label": [
                f"{r.model}, {r.when}" + (f" ({p})" if p else "") for r, p in zip(chosen, programmes, strict=True)
            ],
        },
        columns=["at", "low", "high", "label"],
    ).sort_values("at", kind="stable", ignore_index=True)


def shown_adoptions(trend: Trend) -> pd.DataFrame:
    """What the register says of the authority, as a table to read."""
    words = {
        "model": "Practice model",
        "when": "When",
        "role": "Role",
        "programme": "Programme",
        "note": "Note",
        "source": "Source",
    }
    return trend.adoptions[list(words)].rename(columns=words)


def _answer(lines: pd.DataFrame, indicator: pd.Series, name: str, last_asked: int) -> str:
    """'Brent: 43.9 per 10,000 children in 2025, down from 48.5 in 2024. London 41.2, England 40.6.'"""
    unit, decimals = indicator.unit, int(indicator.decimals)
    own = lines[lines.part == "authority"].set_index("year")
    held = own[own.value.notna()]
    if held.empty:
        return f"{name}: no figure in these years."
    newest = int(held.index.max())
    opening, newest_asked = f"{name}: ", int(own.index.max())
    if newest < newest_asked:
        reason = STATUS_WORDS[own.status[newest_asked]][1]
        opening += f"no figure for {newest_asked} ({reason}). The newest is "
    elif newest < last_asked:
        opening += "the newest figure is "
    sentence = opening + f"{value_text(held.value[newest], unit, decimals)} in {newest}"
    if newest - 1 in held.index:
        sentence += f", {way(held.value[newest], held.value[newest - 1], decimals)} {newest - 1}."
    else:
        sentence += f"; {newest - 1} has no figure, so no change is given."
    beside = lines[(lines.part != "authority") & (lines.year == newest) & lines.value.notna()]
    others = [
        f"{r.name} {number_text(r.value, decimals)}{'%' if unit == '%' else ''}"
        for r in beside[["name", "value"]].itertuples(index=False)
    ]
    return sentence + (f" {', '.join(others)}." if others else "")


def trend_of(
    warehouse: Warehouse, *, indicator: pd.Series, area: pd.Series, beside: tuple[str, ...], years: tuple[int, int]
) -> Trend:
    """An indicator's course in one authority, beside its region, England and the middle half of authorities as asked.

    Parameters
    ----------
    indicator : row of `ask("indicators")`
    area : row of `ask("areas")`
    beside : any of 'region', 'england', 'spread'
    years : first and last
    """
    areas = warehouse.ask("all_areas")
    names = dict(zip(areas.area_code, areas.name, strict=True))
    england = areas.area_code[areas.kind == "england"].tolist()
    wanted = {area.area_code: "authority"}
    if "region" in beside and isinstance(area.region_code, str):
        wanted[area.region_code] = "region"
    if "england" in beside:
        wanted |= dict.fromkeys(england, "england")
    cells = warehouse.ask("area_series", indicator=indicator.indicator, areas=list(wanted))
    cells = cells[cells.year.between(*years)]
    lines = pd.concat(
        [_every_year(cells[cells.area_code == code], part, names[code], years) for code, part in wanted.items()],
        ignore_index=True,
    ).astype({"year": int, "value": float})
    nothing = pd.DataFrame(columns=["year", "low", "high", "authorities"])
    return Trend(
        indicator=indicator,
        name=area["name"],
        years=years,
        lines=lines,
        spread=_spread(warehouse, indicator.indicator, years) if "spread" in beside else nothing,
        breaks=_breaks(warehouse, area.area_code, years, names),
        adoptions=_adoptions(warehouse, area.area_code),
        sentence=_answer(lines, indicator, area["name"], years[1]),
        period=period_words(cells.period_end),
        as_at=day_words(cells.period_end.max()),
    )


def shown_figures(trend: Trend) -> pd.DataFrame:
    """The chart's figures as text, newest year first: a column a line, the reason in words where there is none."""
    decimals = int(trend.indicator.decimals)
    columns = {}
    for name, line in trend.lines.groupby("name", sort=False):
        shown = [_cell_text(v, s, decimals) for v, s in zip(line.value, line.status, strict=True)]
        columns[name] = pd.Series(shown, index=line.year)
    if len(trend.spread):
        middle = trend.spread.set_index("year")
        columns["Middle half of authorities"] = pd.Series(
            [
                f"{number_text(low, decimals)} to {number_text(high, decimals)}"
                for low, high in zip(middle.low, middle.high, strict=True)
            ],
            index=middle.index,
        )
        columns["Authorities with a figure"] = middle.authorities.map(lambda n: f"{n:,.0f}")
    table = pd.DataFrame(columns).fillna("not listed").sort_index(ascending=False)
    return table.rename_axis("Year").reset_index()


def _cell_text(value: float, status: str, decimals: int) -> str:
    letter, reason = STATUS_WORDS[status]
    if np.isfinite(value):
        return f"{number_text(value, decimals)} {letter} ({reason})" if letter else number_text(value, decimals)
    return f"{letter} ({reason})"


def raw_figures(trend: Trend) -> pd.DataFrame:
    """The chart's figures as held, one row an area and year: for a download."""
    lines = trend.lines.assign(indicator=trend.indicator.indicator, unit=trend.indicator.unit, low=np.nan, high=np.nan)
    spread = trend.spread.assign(
        part="spread",
        name="Middle half of authorities",
        value=np.nan,
        status="ok",
        indicator=trend.indicator.indicator,
        unit=trend.indicator.unit,
    )
    columns = ["indicator", "unit", "part", "name", "year", "value", "status", "low", "high"]
    return pd.concat([lines[columns], spread[columns]], ignore_index=True) if len(spread) else lines[columns]
