"""Every authority a dot on a line, one of them named, those it is set beside ringed; one line or several."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.charts.strip_rows import strip_frame
from analytics.sets import ComparatorSet
from analytics.strips import COUNTRY, MEAN, MEDIAN, ROW_MEDIAN, Strip
from analytics.trends import Measure, short_text
from analytics.wording import counted, number_text, unit_heading

AXIS = 40  # pixels for the scale
DATA = alt.NamedData("d")
TICKS = {  # colour and dash by kind: each has its label too
    MEAN: (theme.LABEL["comparator"], (8, 4)),
    MEDIAN: (theme.LABEL["comparator"], (2, 3)),
    COUNTRY: (theme.LABEL["england"], (1, 0)),
    ROW_MEDIAN: (theme.INK, (2, 3)),
}


@functools.lru_cache(maxsize=64)
def strip_spec(*, tall: int, several: bool, illustrative: bool) -> dict:
    """Specification of the strips.

    Parameters
    ----------
    tall : pixels that they take
    several : whether the scale stands above them, to be near the first of many
    """
    return _built(several, illustrative) | {"height": tall + AXIS}


@functools.cache
def _built(several: bool, illustrative: bool) -> dict:
    x = (
        alt.X("x:Q")
        .title(None)
        .scale(zero=False, nice=False, padding=10)
        .axis(
            orient="top" if several else "bottom", tickCount=6, domain=False, labelOverlap="greedy", labelSeparation=8
        )
    )
    y = alt.Y("y:Q").scale(None).axis(None)
    chart = alt.layer(
        *([theme.illustrative_mark(DATA)] if illustrative else []),
        _part("scale").mark_point(opacity=0, aria=False).encode(x=x, y=y),
        _rules(x, y),
        *(_dots(name, x, y, **look) for name, look in theme.DOTS.items()),
        *_labels("label", x, y, alt.Color("kind:N").scale(_scale(0)).legend(None), weight="normal"),
        *_labels("name", x, y, alt.value(theme.DARK_BLUE), weight="bold"),
        _part("heading")
        .mark_text(align="left", baseline="bottom", fontSize=theme.LABEL_SIZE, color=theme.INK, limit={"expr": "width"})
        .encode(x=alt.value(0), y=y, text="text:N"),
    )
    return theme.finished(chart.resolve_scale(color="independent"))


def _part(name: str) -> alt.Chart:
    return alt.Chart(DATA).transform_filter(f"datum.part == '{name}'")


def _scale(place: int) -> alt.Scale:
    values = [look[place] for look in TICKS.values()]
    return alt.Scale(domain=list(TICKS), range=[list(v) if isinstance(v, tuple) else v for v in values])


def _rules(x: alt.X, y: alt.Y) -> alt.Chart:
    return (
        _part("tick")
        .mark_rule(strokeWidth=2.5, aria=False)
        .encode(
            x=x,
            y=y,
            y2="y2:Q",
            color=alt.Color("kind:N").scale(_scale(0)).legend(None),
            strokeDash=alt.StrokeDash("kind:N").scale(_scale(1)).legend(None),
        )
    )


def _dots(name: str, x: alt.X, y: alt.Y, **look: object) -> alt.Chart:
    told = alt.Tooltip("told:N", title=" ")
    return _part(name).mark_point(opacity=1, **look).encode(x=x, y=y, tooltip=told, description="told:N")


def _labels(name: str, x: alt.X, y: alt.Y, color: object, *, weight: str) -> list[alt.Chart]:
    """Text on the side of its mark that has more room."""
    halo = {"stroke": theme.PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    layers = []
    for side, align, dx in (("right", "left", 7), ("left", "right", -7)):
        part = _part(name).transform_filter(f"datum.side == '{side}'")
        look = {"align": align, "dx": dx, "fontSize": theme.LABEL_SIZE, "fontWeight": weight, "aria": False}
        layers += [
            part.mark_text(color=theme.PAPER, **halo, **look).encode(x=x, y=y, text="text:N"),
            part.mark_text(**look).encode(x=x, y=y, text="text:N", color=color),
        ]
    return layers


def strip_picture(
    strips: Sequence[Strip],
    measure: Measure,
    *,
    chosen: str,
    name: str,
    near: ComparatorSet,
    title: str,
    period: str,
    source: str,
    note: str,
    stem: str,
    illustrative: bool,
) -> Picture:
    """The strips with everything that goes with them.

    Parameters
    ----------
    chosen, name : code and name of the authority that is named
    near : whose dots are ringed
    period : what a year stands for
    note : who has no figure
    """
    frame, tall = strip_frame(strips, measure, chosen=chosen, near=near.codes)
    ringed = f" Ringed: {near.name}." if near.codes else ""
    unit = unit_heading(measure.unit)
    return Picture(
        title=title,
        subtitle=f"{unit}. {period}. Each dot is one authority; the diamond is {name}.{ringed} {note}".strip(),
        source=source,
        alt=f"Dots on {counted(len(strips), 'line')}, {measure.unit}. "
        + " ".join(_words(s, measure, chosen) for s in strips),
        spec=strip_spec(tall=tall, several=len(strips) > 1, illustrative=illustrative),
        frame=frame,
        table=_table(strips, measure, frozenset(near.codes)),
        figures=_figures(strips, measure, frozenset(near.codes)),
        stem=stem,
        illustrative=illustrative,
    )


def _words(strip: Strip, measure: Measure, chosen: str) -> str:
    """What one strip shows."""
    start = f"{strip.heading}: " if strip.heading else ""
    if not strip.codes:
        return f"{start}nobody has a figure."
    low, middle, high = (number_text(v, measure.decimals) for v in np.quantile(strip.values, (0, 0.5, 1)))
    told = [
        f"{start}{counted(len(strip.codes), 'dot')}, lowest {low} ({strip.names[0]}), median {middle}, "
        f"highest {high} ({strip.names[-1]})"
    ]
    own = strip.value_of(chosen)
    told += [f"{strip.names[strip.codes.index(chosen)]} {short_text(own, measure)}"] if own is not None else []
    told += [f"{tick.label} {short_text(tick.value, measure)}" for tick in strip.ticks]
    return "; ".join(told) + "."


def _figures(strips: Sequence[Strip], measure: Measure, near: frozenset[str]) -> pd.DataFrame:
    """The dots as held, for a download."""
    rows = [
        (measure.indicator, measure.unit, strip.heading, strip.year, code, name, value, code in near)
        for strip in strips
        for code, name, value in zip(strip.codes, strip.names, strip.values.tolist(), strict=True)
    ]
    return pd.DataFrame(rows, columns=["indicator", "unit", "line", "year", "area_code", "name", "value", "in_the_set"])


def _table(strips: Sequence[Strip], measure: Measure, near: frozenset[str]) -> pd.DataFrame:
    """The dots as text: by name, a column a year; of lines that are no years, line by line."""
    rows = _figures(strips, measure, near)
    shown = rows.assign(text=[number_text(v, measure.decimals) for v in rows.value])
    if shown.year.nunique() > 1:
        wide = shown.pivot(index=["name", "area_code"], columns="year", values="text").fillna("no figure")
        wide = wide[wide.columns[::-1]].reset_index().drop(columns="area_code")
        return wide.rename(columns=lambda c: "Authority" if c == "name" else str(c)).rename_axis(columns=None)
    table = pd.DataFrame(
        {
            "Authority": shown.name,
            unit_heading(measure.unit): shown.text,
            "In the set": ["yes" if code in near else "" for code in shown.area_code],
        }
    )
    return table.assign(Line=shown.line.to_numpy()) if len(strips) > 1 else table
