"""The figures of a trend as tables: to read, to download, and what the register says of the authority."""

from __future__ import annotations

import pandas as pd

from analytics.trends import MIDDLE_HALF, Trend, status_text
from analytics.wording import number_text

INTERVAL = "95% interval"
PRECISIONS = {"day": "to the day", "month": "to the month", "year": "to the year", "unknown": "not known"}


def shown_figures(trend: Trend) -> pd.DataFrame:
    """The chart's figures as text, newest year first: a column a line, the reason in words where there is none."""
    decimals = trend.measure.decimals
    # A region may bear the name of an authority: its part then tells them apart.
    columns: dict[str, dict[int, str]] = {}
    for line in trend.drawn:
        name = f"{line.name} ({line.part})" if line.name in columns else line.name
        columns[name] = {f.year: status_text(f, decimals) for f in line.figures}
        if line.part == "authority" and any(f.low is not None for f in line.figures):
            columns[INTERVAL] = {
                f.year: f"{number_text(f.low, decimals)} to {number_text(f.high, decimals)}"
                if f.low is not None
                else "none"
                for f in line.figures
            }
        if line.part == "median":
            columns["In the set with a figure"] = {f.year: f"{f.mean_of or 0}" for f in line.figures}
    if trend.spread:
        columns[MIDDLE_HALF] = {
            m.year: f"{number_text(m.low, decimals)} to {number_text(m.high, decimals)}" for m in trend.spread
        }
        columns["Authorities with a figure"] = {m.year: f"{m.authorities:,}" for m in trend.spread}
    years = sorted({year for column in columns.values() for year in column}, reverse=True)
    head = "Three years to" if trend.averages else "Year"
    return pd.DataFrame(
        {head: [str(y) for y in years]}
        | {name: [column.get(y, "not listed") for y in years] for name, column in columns.items()}
    )


def raw_figures(trend: Trend) -> pd.DataFrame:
    """The chart's figures as held, one row an area and year: for a download."""
    measure = (trend.measure.indicator, trend.measure.label, trend.measure.unit)
    over = 3 if trend.averages else 1
    rows = [
        (*measure, line.part, line.name, f.year, over, f.value, f.status, f.low, f.high, f.mean_of)
        for line in trend.drawn
        for f in line.figures
    ]
    rows += [
        (*measure, "spread", MIDDLE_HALF, m.year, over, None, "ok", m.low, m.high, m.authorities) for m in trend.spread
    ]
    columns = [
        "indicator",
        "label",
        "unit",
        "part",
        "name",
        "year",
        "years_averaged",
        "value",
        "status",
        "low",
        "high",
        "authorities",
    ]
    return pd.DataFrame(rows, columns=columns).astype({"authorities": "Int64"})


def shown_adoptions(trend: Trend) -> pd.DataFrame:
    """What the register says of the authority, as a table to read."""
    return pd.DataFrame(
        [(a.model, a.when, PRECISIONS[a.precision], a.role, a.programme, a.note, a.source) for a in trend.adoptions],
        columns=["Practice model", "When", "Date known", "Role", "Programme", "Note", "Source"],
    )
