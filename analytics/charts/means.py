"""Adopters and comparators: raw means over years, before anything is estimated."""

from __future__ import annotations

import pandas as pd

from analytics.analysis import Result
from analytics.charts.picture import Picture
from analytics.charts.trend import trend_spec
from analytics.charts.trend_rows import rows_above, trend_frame
from analytics.trends import Figure, Line, Mark, Measure, Trend
from analytics.wording import listed, number_text, span_text, unit_heading

FEWEST_SHARE = {"Adopters": 1.0, "Comparators": 0.9}  # of a group's most authorities; a mean of fewer is drawn hollow
PARTS = {"Adopters": "authority", "Comparators": "comparator"}


def _as_trend(result: Result) -> Trend:
    """The two means as lines, with one mark over the years in which the adopters of this outcome start."""
    means, starts = _with_figures(result.means), result.cells.s.dropna()
    first, last = int(starts.min()), int(starts.max())
    lines = tuple(Line(part, group, _figures(means[means.group == group])) for group, part in PARTS.items())
    years = f"{first}" if first == last else f"{first} to {last}"
    # A start in the year ending 31 March 2015 lies between the marks of 2014 and 2015.
    begins = Mark(first - 0.5, first - 0.5, last + 0.5 if last > first else first - 0.5, f"Adopted {years}")
    i = result.indicator
    return Trend(
        Measure(i.indicator, i.label, i.unit, int(i.decimals)),
        "Adopters",
        (int(means.year.min()), int(means.year.max())),
        lines,
        marks=(begins,),
    )


def _with_figures(means: pd.DataFrame) -> pd.DataFrame:
    """The means without the years at either end in which nobody has a figure."""
    held = means.year[means["mean"].notna()]
    return means[means.year.between(held.min(), held.max())]


def _figures(means: pd.DataFrame) -> tuple[Figure, ...]:
    """One group's means; where clearly fewer than its most have a figure, of how many each is."""
    most = int(means.authorities.max())
    rows = zip(means.year, means["mean"], means.authorities, means.group, strict=True)
    return tuple(
        Figure(int(year), None, "no_row")
        if pd.isna(mean)
        else Figure(int(year), float(mean), mean_of=int(count) if count < FEWEST_SHARE[group] * most else None)
        for year, mean, count, group in rows
    )


def _hollow(trend: Trend) -> pd.DataFrame:
    """Rows of the chart that mark the means of fewer."""
    fewer = [(line.part, f.year, f.value) for line in trend.lines for f in line.held if f.mean_of is not None]
    rows = [{"part": "doubtful", "kind": part, "x": year, "y": value, "text": ""} for part, year, value in fewer]
    return pd.DataFrame(rows, columns=["part", "kind", "x", "y", "text"])


def _fewer_words(result: Result, trend: Trend) -> str:
    """Which points are hollow, and years without any figure; '' where there are none."""
    said = []
    for line in trend.lines:
        fewer = [f for f in line.held if f.mean_of is not None]
        most = result.means.authorities[result.means.group == line.name].max()
        if fewer:
            least, when = min(f.mean_of for f in fewer), span_text([f.year for f in fewer])
            few = f"{least}" if least == max(f.mean_of for f in fewer) else f"{least} or more"
            said.append(f"{line.name}, of {most}: {few} {'in' if len(fewer) == 1 else 'in years from'} {when}")
    words = f" Hollow points are means of fewer. {'; '.join(said)}." if said else ""
    empty = sorted({f.year for line in trend.lines for f in line.figures if f.value is None})
    return words + (f" A ring with a dash: no figure, {listed([str(y) for y in empty])}." if empty else "")


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


def means_picture(result: Result, *, source: str, stem: str, illustrative: bool) -> Picture:
    """The chart with everything that goes with it."""
    trend = _as_trend(result)
    drawn, measure = trend_frame(trend), trend.measure
    frame = pd.concat([drawn, _hollow(trend)], ignore_index=True)
    words = [
        f"{line.name} from {number_text(line.held[0].value, measure.decimals)} in {line.held[0].year} to "
        f"{number_text(line.held[-1].value, measure.decimals)} in {line.held[-1].year}"
        for line in trend.lines
        if line.held
    ]
    return Picture(
        title="How did the two groups move?",
        subtitle=f"{measure.label}. {unit_heading(measure.unit)}. Plain means of authorities, nothing estimated."
        f"{_fewer_words(result, trend)}",
        source=source,
        alt="Line chart of means by year. " + "; ".join([*words, trend.marks[0].label]) + ".",
        spec=trend_spec(period="Year", above=rows_above(frame), illustrative=illustrative),
        frame=frame,
        table=_table(result, trend),
        figures=result.means.assign(outcome=measure.indicator, unit=measure.unit),
        stem=f"{stem}-means",
        illustrative=illustrative,
    )
