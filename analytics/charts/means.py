"""Adopters and comparators: raw means over years, before anything is estimated."""

from __future__ import annotations

import pandas as pd

from analytics.analysis import Analysis, Result
from analytics.charts.picture import Picture
from analytics.charts.trend import trend_spec
from analytics.charts.trend_rows import rows_above, trend_frame
from analytics.trends import Figure, Line, Mark, Measure, Trend
from analytics.wording import number_text, unit_heading

PARTS = {"Adopters": "authority", "Comparators": "comparator"}


def _as_trend(result: Result, analysis: Analysis) -> Trend:
    """The two means as lines, with one mark over the years in which adopters start."""
    means, first, last = result.means, int(analysis.study.treated.s.min()), int(analysis.study.treated.s.max())
    lines = tuple(
        Line(
            part,
            group,
            tuple(
                Figure(int(year), None if pd.isna(mean) else float(mean), "no_row" if pd.isna(mean) else "ok")
                for year, mean in means.loc[means.group == group, ["year", "mean"]].itertuples(index=False, name=None)
            ),
        )
        for group, part in PARTS.items()
    )
    years = f"{first}" if first == last else f"{first} to {last}"
    # A start in the year ending 31 March 2015 lies between the marks of 2014 and 2015.
    begins = Mark(first - 0.5, first - 0.5, last + 0.5 if last > first else first - 0.5, f"Adoption begins, {years}")
    i = result.indicator
    return Trend(
        Measure(i.indicator, i.label, i.unit, int(i.decimals)),
        "Adopters",
        (int(means.year.min()), int(means.year.max())),
        lines,
        marks=(begins,),
    )


def _table(result: Result, trend: Trend) -> pd.DataFrame:
    counts = {(r.group, r.year): r.authorities for r in result.means.itertuples()}
    years = sorted({f.year for line in trend.lines for f in line.figures}, reverse=True)
    table: dict[str, list[str]] = {"Year": [str(y) for y in years]}
    for line in trend.lines:
        values = {f.year: f.value for f in line.figures}
        table[line.name] = [number_text(values.get(y), trend.measure.decimals) for y in years]
    for line in trend.lines:
        table[f"{line.name} with a figure"] = [f"{counts[line.name, y]:,}" for y in years]
    return pd.DataFrame(table)


def means_picture(result: Result, analysis: Analysis, *, source: str, stem: str, illustrative: bool) -> Picture:
    """The chart with everything that goes with it."""
    trend = _as_trend(result, analysis)
    frame, measure = trend_frame(trend), trend.measure
    words = [
        f"{line.name} from {number_text(line.held[0].value, measure.decimals)} in {line.held[0].year} to "
        f"{number_text(line.held[-1].value, measure.decimals)} in {line.held[-1].year}"
        for line in trend.lines
        if line.held
    ]
    return Picture(
        title="How did the two groups move?",
        subtitle=f"{measure.label}. {unit_heading(measure.unit)}. Plain means of authorities, nothing estimated.",
        source=source,
        alt="Line chart of means by year. " + "; ".join([*words, trend.marks[0].label]) + ".",
        spec=trend_spec(period="Year", above=rows_above(frame), illustrative=illustrative),
        frame=frame,
        table=_table(result, trend),
        figures=result.means.assign(outcome=measure.indicator, unit=measure.unit),
        stem=f"{stem}-means",
        illustrative=illustrative,
    )
