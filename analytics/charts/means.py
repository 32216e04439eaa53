"""Adopters and comparators: raw means over years, before anything is estimated."""

from __future__ import annotations

import dataclasses

import pandas as pd

from analytics.analysis import Analysis, Result
from analytics.charts.picture import Picture
from analytics.charts.trend import rows_above, trend_frame, trend_spec
from analytics.trends import Trend, number_text, raw_figures, unit_heading

PARTS = {"Adopters": "authority", "Comparators": "comparator"}


def _as_trend(result: Result, analysis: Analysis) -> Trend:
    """The two means as lines, with one mark over the years in which adopters start."""
    means, treated = result.means, analysis.study.treated
    lines = pd.DataFrame(
        {
            "part": means.group.map(PARTS),
            "name": means.group,
            "year": means.year.astype(int),
            "value": means["mean"],
            "status": ["ok" if pd.notna(v) else "no_row" for v in means["mean"]],
        }
    )
    first, last = int(treated.s.min()), int(treated.s.max())
    years = f"{first}" if first == last else f"{first} to {last}"
    start = pd.DataFrame(
        {
            "model": ["Adoption begins"],
            "when": [years],
            "programme": [""],
            "precision": ["year"],
            "at": [first - 0.5],
            "low": [first - 0.5],
            "high": [last + 0.5 if last > first else first - 0.5],
        }
    )
    indicator = pd.Series(dataclasses.asdict(result.indicator))
    nothing = pd.DataFrame(columns=["year", "low", "high", "authorities"])
    return Trend(
        indicator=indicator,
        name="Adopters",
        years=(int(means.year.min()), int(means.year.max())),
        lines=lines,
        spread=nothing,
        breaks=pd.DataFrame(columns=["at", "label", "sentence"]),
        adoptions=start,
        sentence="",
        period="Year",
        as_at="",
    )


def means_picture(result: Result, analysis: Analysis, *, source: str, stem: str, illustrative: bool) -> Picture:
    """The chart with everything that goes with it."""
    trend = _as_trend(result, analysis)
    frame = trend_frame(trend, from_zero=True)
    wide = result.means.pivot(index="year", columns="group", values=["mean", "authorities"]).sort_index(ascending=False)
    d = result.indicator.decimals
    table = pd.DataFrame({"Year": wide.index.astype(int)})
    for group in PARTS:
        table[group] = [number_text(v, d) for v in wide["mean"][group]]
    for group in PARTS:
        table[f"{group} with a figure"] = [f"{n:.0f}" for n in wide["authorities"][group]]
    ends = result.means.dropna(subset="mean").groupby("group")["mean"].agg(["first", "last"])
    words = [f"{g} from {number_text(r['first'], d)} to {number_text(r['last'], d)}" for g, r in ends.iterrows()]
    return Picture(
        title="How did the two groups move?",
        subtitle=f"{result.indicator.label}. {unit_heading(result.indicator.unit)}. Plain means of authorities, nothing estimated.",
        source=source,
        alt="Line chart of means by year. " + "; ".join(words) + ".",
        spec=trend_spec(period="Year", above=rows_above(frame), illustrative=illustrative),
        frame=frame,
        table=table,
        figures=raw_figures(trend),
        stem=f"{stem}-means",
        illustrative=illustrative,
    )
