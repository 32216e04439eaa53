"""Figures by what they were counted over, with the limits that chance gives around the value of all together."""

from __future__ import annotations

import functools
import json
import textwrap
from collections.abc import Iterator, Sequence

import altair as alt
import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.charts.placing import round_ends
from analytics.everywhere import Everywhere
from analytics.funnel import ALARM, WARNING, Funnel
from analytics.sets import ComparatorSet
from analytics.trends import short_text
from analytics.wording import number_text, unit_heading, value_text

HEIGHT = 470  # pixels, key and axis included
NAMED = 6  # outliers that are named
WIDE, HIGH = 640, 300  # pixels of a plot in which names are placed; on one narrower than LEAST only the chosen is named
LEAST = 480
LETTER, LINE = 7.5, 17  # pixels of a letter and a line of a name
MIDDLE, ALARM_LINE, WARNING_LINE, WIDER_LINE = (
    "Everybody together",
    "99.8% limits of chance",
    "95% limits of chance",
    "99.8%, allowing for scatter",
)
LINES = {  # colour, dash, width
    ALARM_LINE: (theme.INK, (1, 0), 2),
    WARNING_LINE: (theme.MUTED, (7, 4), 1.5),
    WIDER_LINE: (theme.INK, (2, 4), 2.5),
    MIDDLE: (theme.LABEL["england"], (1, 0), 1.5),
}
TITLE_CHARACTERS = 40  # of a line of the title across, which must fit a phone
SIZE = "what was counted over"  # stands for the title of the axis across
DATA = alt.NamedData("d")
WORDS, NUMBERS = ("part", "kind", "text", "side", "told"), ("x", "y")
Row = dict[str, object]


@functools.lru_cache(maxsize=64)
def funnel_spec(*, size: str, illustrative: bool) -> dict:
    """Specification of the funnel.

    Parameters
    ----------
    size : title of the axis of what was counted over
    """
    titled = json.dumps(_built(illustrative)).replace(
        json.dumps(SIZE), json.dumps(textwrap.wrap(size, TITLE_CHARACTERS))
    )
    return json.loads(titled) | {"height": HEIGHT}


@functools.cache
def _built(illustrative: bool) -> dict:
    x = (
        alt.X("x:Q")
        .title(SIZE)
        .scale(type="sqrt", zero=False, nice=False, padding=14)
        .axis(format=",.0f", tickCount=6, grid=False, labelOverlap="greedy", labelSeparation=10)
    )
    y = alt.Y("y:Q").title(None).scale(zero=False, nice=False).axis(tickCount=6, domain=False, ticks=False)
    names = list(LINES)

    def looks(place: int) -> alt.Scale:
        return alt.Scale(domain=names, range=[list(v[place]) if place == 1 else v[place] for v in LINES.values()])

    key = alt.Legend(
        title=None,
        orient="top",
        columns=1,
        symbolType="stroke",
        symbolSize=900,
        rowPadding=-8,
        labelFontSize=14,
        labelLimit=0,
    )
    ends = _part("scale").mark_point(opacity=0, aria=False).encode(x=x, y=y)
    lines = (
        _part("line")
        .mark_line(aria=False)
        .encode(
            x=x,
            y=y,
            detail="side:N",
            color=alt.Color("kind:N").scale(looks(0)).legend(key),
            strokeDash=alt.StrokeDash("kind:N").scale(looks(1)).legend(key),
            strokeWidth=alt.StrokeWidth("kind:N").scale(looks(2)).legend(key),
        )
    )
    layers = [
        *([theme.illustrative_mark(DATA)] if illustrative else []),
        ends,
        lines,
        *(_dots(name, x, y, **look) for name, look in theme.DOTS.items()),
        *_names("outlier", x, y, theme.INK, opacity={"expr": f"width < {LEAST} ? 0 : 1"}),
        *_names("name", x, y, theme.DARK_BLUE, fontWeight="bold"),
    ]
    return theme.finished(alt.layer(*layers))


def _part(name: str) -> alt.Chart:
    return alt.Chart(DATA).transform_filter(f"datum.part == '{name}'")


def _dots(name: str, x: alt.X, y: alt.Y, **look: object) -> alt.Chart:
    told = alt.Tooltip("told:N", title=" ")
    return _part(name).mark_point(opacity=1, **look).encode(x=x, y=y, tooltip=told, description="told:N")


def _names(name: str, x: alt.X, y: alt.Y, color: str, **look: object) -> list[alt.Chart]:
    halo = {"color": theme.PAPER, "stroke": theme.PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    layers = []
    for side, align, dx in (("right", "left", 9), ("left", "right", -9)):
        part = _part(name).transform_filter(f"datum.side == '{side}'").encode(x=x, y=y, text="text:N")
        given = {"align": align, "dx": dx, "fontSize": theme.LABEL_SIZE, "aria": False} | look
        layers += [part.mark_text(**halo, **given), part.mark_text(color=color, **given)]
    return layers


def funnel_frame(found: Everywhere, chosen: str, near: Sequence[str]) -> pd.DataFrame:
    """Every mark of the chart."""
    funnel, known = found.funnel, ~np.isnan(found.funnel.z)
    sizes, values = funnel.size[known], funnel.value[known]
    ends = round_ends([*values.tolist(), funnel.middle], from_zero=False)
    span = float(sizes.min()), float(sizes.max())
    rows: list[Row] = [{"part": "scale", "x": span[0], "y": ends[0]}, {"part": "scale", "x": span[1], "y": ends[1]}]
    rows += [*_lines(funnel, span, ends), *_marks(found, known, chosen, frozenset(near))]
    rows += _named(found, known, chosen, span, ends)
    words = {c: pd.array([row.get(c) for row in rows], dtype="str") for c in WORDS}
    return pd.DataFrame(words | {c: np.array([row.get(c) for row in rows], dtype=float) for c in NUMBERS})


def _lines(funnel: Funnel, span: tuple[float, float], ends: tuple[float, float]) -> Iterator[Row]:
    """Limits across all sizes, left out beyond the figures so that they do not stretch the plot."""
    chosen = [(ALARM_LINE, ALARM, False), (WARNING_LINE, WARNING, False)]
    chosen += [(WIDER_LINE, ALARM, True)] if funnel.wider > 1 else []
    for kind, level, widened in chosen:
        at, *limits = funnel.curve(level, widened=widened)
        for side, limit in zip(("low", "high"), limits, strict=True):
            held = np.where((limit < ends[0]) | (limit > ends[1]), np.nan, limit)
            yield from (
                {"part": "line", "kind": kind, "side": f"{kind} {side}", "x": x, "y": y}
                for x, y in zip(at.tolist(), held.tolist(), strict=True)
            )
    yield from ({"part": "line", "kind": MIDDLE, "side": MIDDLE, "x": x, "y": funnel.middle} for x in span)


def _marks(found: Everywhere, known: np.ndarray, chosen: str, near: frozenset[str]) -> Iterator[Row]:
    measure, figures = found.measure, found.authorities
    for n in np.flatnonzero(known):
        code = figures.code[n]
        value, size = float(found.funnel.value[n]), float(found.funnel.size[n])
        told = f"{figures.name[n]}: {value_text(value, measure.unit, measure.decimals)}, counted over {size:,.0f}"
        part = "chosen" if code == chosen else "near" if code in near else "dot"
        yield {"part": part, "x": size, "y": value, "told": told}


def _named(
    found: Everywhere, known: np.ndarray, chosen: str, span: tuple[float, float], ends: tuple[float, float]
) -> Iterator[Row]:
    """The chosen authority, and those outside the widest limits that are furthest out, where names do not overlap."""
    funnel, figures = found.funnel, found.authorities
    outside = np.flatnonzero(known & (funnel.side(ALARM, widened=True) != 0))
    furthest = outside[np.argsort(-np.abs(funnel.z[outside]), kind="stable")]
    own = [n for n in np.flatnonzero(known) if figures.code[n] == chosen]
    taken: list[tuple[float, float, float, float]] = []
    named = 0
    for n in [*own, *(n for n in furthest if n not in own)]:
        part = "name" if n in own else "outlier"
        text = figures.name[n]
        share = (np.sqrt(funnel.size[n]) - np.sqrt(span[0])) / max(np.sqrt(span[1]) - np.sqrt(span[0]), 1e-9)
        side = "right" if share < 0.6 else "left"
        x, y = share * WIDE, (funnel.value[n] - ends[0]) / (ends[1] - ends[0]) * HIGH
        left = x + 9 if side == "right" else x - 9 - LETTER * len(text)
        box = (left, y - LINE / 2, left + LETTER * len(text), y + LINE / 2)
        if part == "outlier" and (named == NAMED or any(_overlap(box, other) for other in taken)):
            continue
        taken.append(box)
        named += part == "outlier"
        yield {"part": part, "x": float(funnel.size[n]), "y": float(funnel.value[n]), "text": text, "side": side}


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def funnel_picture(
    found: Everywhere,
    *,
    chosen: str,
    name: str,
    near: ComparatorSet,
    size: str,
    sentence: str,
    source: str,
    illustrative: bool,
) -> Picture:
    """The funnel with everything that goes with it; `found` has one.

    Parameters
    ----------
    size : what figures are counted over
    sentence : what it shows
    """
    measure, funnel = found.measure, found.funnel
    ringed = f" Ringed: {near.name}." if near.codes else ""
    known = int((~np.isnan(funnel.z)).sum())
    usual = int(np.nanargmin(np.abs(funnel.size - np.nanmedian(funnel.size))))
    low, high = (short_text(float(end[usual]), measure) for end in funnel.own_limits(ALARM))
    return Picture(
        title=f"{measure.label}: who lies further out than chance gives, {found.year}?",
        subtitle=f"{unit_heading(measure.unit)}, by size. {found.period}. Each dot is one authority; the diamond is "
        f"{name}.{ringed}",
        source=source,
        alt=f"Funnel of {known} authorities: figures up, size across. For one of middling size the 99.8% limits of "
        f"chance are {low} and {high}. {sentence}",
        spec=funnel_spec(size=size, illustrative=illustrative),
        frame=funnel_frame(found, chosen, near.codes),
        table=_table(found, size),
        figures=_figures(found, near),
        stem=f"funnel {measure.indicator} {found.year}",
        illustrative=illustrative,
    )


SIDES = {1: "above", -1: "below", 0: "inside"}


def _figures(found: Everywhere, near: ComparatorSet) -> pd.DataFrame:
    """What is drawn as held, for a download."""
    funnel, figures = found.funnel, found.authorities
    known = np.flatnonzero(~np.isnan(funnel.z))
    columns = {
        "indicator": found.measure.indicator,
        "year": found.year,
        "area_code": [figures.code[n] for n in known],
        "name": [figures.name[n] for n in known],
        "counted_over": funnel.size[known],
        "value": funnel.value[known],
        "everybody_together": funnel.middle,
        "z": funnel.z[known],
        "factor": funnel.factor,
        "in_the_set": [figures.code[n] in near.codes for n in known],
    }
    for word, level, widened in (("95", WARNING, False), ("998", ALARM, False), ("998_widened", ALARM, True)):
        low, high = funnel.own_limits(level, widened=widened)
        columns |= {f"low_{word}": low[known], f"high_{word}": high[known]}
    return pd.DataFrame(columns)


def _table(found: Everywhere, size: str) -> pd.DataFrame:
    """What is drawn as text, the furthest from the middle first."""
    funnel, figures, decimals = found.funnel, found.authorities, found.measure.decimals
    known = np.flatnonzero(~np.isnan(funnel.z))
    order = known[np.argsort(-np.abs(funnel.z[known]), kind="stable")]
    spans = (zip(*(end[order] for end in funnel.own_limits(ALARM, widened=w)), strict=True) for w in (False, True))
    chance, scatter = ([f"{number_text(a, decimals)} to {number_text(b, decimals)}" for a, b in span] for span in spans)
    plain, wide = funnel.side(ALARM), funnel.side(ALARM, widened=True)
    table = {
        "Authority": [figures.name[n] for n in order],
        size: [f"{funnel.size[n]:,.0f}" for n in order],
        unit_heading(found.measure.unit): [number_text(funnel.value[n], decimals) for n in order],
        "99.8% limits of chance": chance,
        "Outside them": [SIDES[plain[n]] for n in order],
    }
    if funnel.wider > 1:
        table |= {"Allowing for scatter": scatter, "Outside those": [SIDES[wide[n]] for n in order]}
    return pd.DataFrame(table)
