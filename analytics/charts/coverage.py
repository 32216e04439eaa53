"""Indicator by year: the share of authorities that hold a figure, a strip a row with its name above it."""

from __future__ import annotations

import functools

import altair as alt
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture

ROW = 40  # pixels a strip with its name
STRIP = 17
FULL = 0.995  # from here a strip prints no percentage


def coverage_frame(coverage: pd.DataFrame) -> pd.DataFrame:
    """What `coverage_spec` draws, from `ask("coverage")`: rows in its order, the percentage where it is not all."""
    order = {indicator: i for i, indicator in enumerate(coverage.indicator.unique())}
    first = coverage.year == coverage.groupby("indicator").year.transform("min")
    return pd.DataFrame(
        {
            "year": coverage.year,
            "row": coverage.indicator.map(order),
            "share": coverage.share,
            "name": coverage.label.where(first),
            "dark": coverage.share > theme.DARK_FROM,
            "percent": [f"{s * 100:.0f}" if s < FULL else "" for s in coverage.share],
            "words": [f"{r.label}, {r.year}: {r.with_figure} of {r.listed} authorities" for r in coverage.itertuples()],
        }
    )


@functools.lru_cache(maxsize=16)
def coverage_spec(*, rows: int, illustrative: bool) -> dict:
    """Specification of the map for a number of indicators."""
    data = alt.NamedData("d")
    base = alt.Chart(data)
    years = (
        alt.X("year:O")
        .title(None)
        .axis(orient="top", ticks=False, domain=False, labelOverlap="greedy", labelSeparation=8)
    )
    top = alt.value({"expr": f"datum.row * {ROW} + {ROW - STRIP - 3}"})
    strip = base.mark_rect(stroke=theme.PAPER, strokeWidth=1).encode(
        x=years,
        y=top,
        y2=alt.value({"expr": f"datum.row * {ROW} + {ROW - 3}"}),
        color=alt.Color("share:Q").scale(domain=[0, 1], range=list(theme.COVERAGE)).legend(None),
        tooltip=alt.Tooltip("words:N", title=" "),
    )
    percent = base.mark_text(fontSize=12, baseline="middle", aria=False).encode(
        x=years,
        y=alt.value({"expr": f"datum.row * {ROW} + {ROW - 3 - STRIP / 2}"}),
        text="percent:N",
        color=alt.condition("datum.dark", alt.value(theme.PAPER), alt.value(theme.BLACK)),
    )
    name = (
        base.transform_filter("isValid(datum.name)")
        .mark_text(align="left", baseline="bottom", fontSize=theme.LABEL_SIZE, color=theme.INK, limit={"expr": "width"})
        .encode(x=alt.value(0), y=alt.value({"expr": f"datum.row * {ROW} + {ROW - STRIP - 5}"}), text="name:N")
    )
    layers = [strip, percent, name]
    if illustrative:
        layers.append(theme.illustrative_mark(data))
    return theme.finished(alt.layer(*layers).properties(height=rows * ROW + 30))


def coverage_table(coverage: pd.DataFrame) -> pd.DataFrame:
    """The map's figures as text: a row an indicator, a column a year."""
    text = coverage.assign(text=[f"{s * 100:.0f}%" for s in coverage.share])
    wide = text.pivot(index="label", columns="year", values="text").reindex(coverage.label.unique())
    return wide.fillna("none").rename_axis("Indicator").reset_index()


def coverage_picture(coverage: pd.DataFrame, *, source: str, illustrative: bool) -> Picture:
    """The coverage map with everything that goes with it."""
    frame = coverage_frame(coverage)
    worst = coverage.loc[coverage.share.idxmin()]
    return Picture(
        title="For which indicators and years do authorities hold a figure?",
        subtitle="Share of authorities listed for the year that hold a figure, %. Dark: all of them. Blank: not published.",
        source=source,
        alt=f"Map of {coverage.indicator.nunique()} indicators by year, {coverage.year.min()} to {coverage.year.max()}. "
        f"Lowest: {worst.label}, {worst.year}, {worst.with_figure} of {worst.listed} authorities.",
        spec=coverage_spec(rows=coverage.indicator.nunique(), illustrative=illustrative),
        frame=frame,
        table=coverage_table(coverage),
        figures=coverage,
        stem="coverage",
        illustrative=illustrative,
    )
