"""Lines over years, labelled at their ends; missing figures, breaks and adoptions drawn."""

from __future__ import annotations

import functools
import textwrap

import altair as alt
import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.trends import (
    STATUS_WORDS,
    Trend,
    marks_of,
    number_text,
    raw_figures,
    shown_figures,
    unit_heading,
    value_text,
)

LABEL_WIDTH = 13  # characters of a line's label before it wraps: a phone leaves some 100 pixels
LINE_HEIGHT = 17  # pixels between the lines of labels
ROW = 20  # pixels between rows of labels above the plot
AXIS = 52  # pixels below the plot for years and their title
MOST_ROWS = 4  # of marks labelled above the plot
COLUMNS = ["part", "kind", "x", "x2", "y", "y2", "text", "side", "row"]


def _points(trend: Trend) -> pd.DataFrame:
    """Figures, and empty rows where a line must break; hollow where the publisher warns."""
    unit, decimals = trend.indicator.unit, int(trend.indicator.decimals)
    lines = trend.lines
    text = [
        f"{name}, {year}: {value_text(value, unit, decimals)}"
        + (f" ({STATUS_WORDS[status][1]})" if status == "low_reliability" else "")
        for name, year, value, status in lines[["name", "year", "value", "status"]].itertuples(index=False)
    ]
    figures = pd.DataFrame(
        {"part": "line", "kind": lines.part, "x": lines.year.astype(float), "y": lines.value, "text": text}
    )
    gaps = pd.DataFrame({"part": "line", "kind": "authority", "x": trend.breaks["at"].astype(float), "y": np.nan})
    doubtful = figures[(lines.status == "low_reliability").to_numpy()].assign(part="doubtful", text="u")
    return pd.concat([figures, gaps, doubtful], ignore_index=True).sort_values("x", kind="stable")


def _missing(trend: Trend) -> pd.DataFrame:
    """A hollow mark on the axis, with the publisher's letter, for each figure that is not there."""
    lines = trend.lines[trend.lines.value.isna()]
    place = {part: i for i, part in enumerate(trend.lines.part.unique())}
    return pd.DataFrame(
        {
            "part": "missing",
            "kind": lines.part,
            "x": lines.year.astype(float),
            "row": lines.part.map(place),
            "text": lines.status.map(lambda s: STATUS_WORDS[s][0]),
        }
    )


def _scale_ends(trend: Trend, *, from_zero: bool) -> tuple[float, float]:
    """Round figures just below the lowest and just above the highest."""
    held = pd.concat([trend.lines.value, trend.spread.low.astype(float), trend.spread.high.astype(float)]).dropna()
    low, high = (float(held.min()), float(held.max())) if len(held) else (0.0, 1.0)
    low = min(low, 0.0) if from_zero else low
    rough = (high - low) / 5 or 0.2
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(size * m for m in (1, 2, 5, 10) if size * m >= rough)
    low, high = np.floor(low / step) * step, np.ceil(high / step) * step
    return (low, high) if high > low else (low, low + step)


def _spaced(heights: np.ndarray, gap: np.ndarray, low: float, high: float) -> np.ndarray:
    """Heights moved as little as needed to leave `gap` for each, inside low to high, their order kept.

    >>> _spaced(np.array([10.0, 10.5]), np.array([2.0, 2.0]), 0, 20).tolist()
    [9.25, 11.25]
    """
    order = np.argsort(heights, kind="stable")
    placed = heights[order].astype(float).copy()
    need = (gap[order][1:] + gap[order][:-1]) / 2
    for _ in range(60):
        over = need - np.diff(placed)
        if (over <= 1e-9).all():
            break
        push = np.clip(over, 0, None) / 2
        placed[:-1] -= push
        placed[1:] += push
    floor, ceiling = low + gap[order] / 2, high - gap[order] / 2
    for i in range(len(placed)):
        placed[i] = max(placed[i], floor[i], placed[i - 1] + need[i - 1] if i else -np.inf)
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], ceiling[i], placed[i + 1] - need[i] if i + 1 < len(placed) else np.inf)
    back = np.empty_like(placed)
    back[order] = placed
    return back


def _labels(trend: Trend, *, from_zero: bool) -> pd.DataFrame:
    """Names at the ends of lines, with the newest figure, moved apart where they would overlap."""
    decimals = int(trend.indicator.decimals)
    rows = []
    for part, line in trend.lines[trend.lines.value.notna()].groupby("part", sort=False):
        end = line.loc[line.year.idxmax()]
        rows.append((part, end["name"], float(end.value), f"{end['name']} {number_text(end.value, decimals)}"))
    if len(trend.spread):
        end = trend.spread.loc[trend.spread.year.idxmax()]
        rows.append(("spread", "", (end.low + end.high) / 2, "Middle half\nof authorities"))
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    wrapped = [r[3] if "\n" in r[3] else "\n".join(textwrap.wrap(r[3], LABEL_WIDTH)) for r in rows]
    low, high = _scale_ends(trend, from_zero=from_zero)
    per_line = LINE_HEIGHT * (high - low) / theme.HEIGHT
    tall = np.array([(w.count("\n") + 1.3) * per_line for w in wrapped])
    middle = _spaced(np.array([r[2] for r in rows]), tall, low, high + per_line)
    # Text hangs from its first line, so the first line goes half the label's height, less half a line, above the middle.
    return pd.DataFrame(
        {
            "part": "label",
            "kind": [r[0] for r in rows],
            "x": float(trend.lines.year.max()),
            "y": middle + tall / 2 - 0.65 * per_line,
            "text": wrapped,
        }
    )


def _marks(trend: Trend) -> pd.DataFrame:
    """Adoptions and breaks inside the years: a rule each, its label above the plot on a row of its own where needed."""
    if trend.lines.empty:
        return pd.DataFrame(columns=COLUMNS)
    first, last = float(trend.lines.year.min()), float(trend.lines.year.max())
    dated = marks_of(trend.adoptions)
    dated = dated[(dated["at"] >= first - 1) & (dated["at"] <= last)]
    breaks = trend.breaks[(trend.breaks["at"] > first - 1) & (trend.breaks["at"] < last + 1)]
    marks = (
        pd.concat(
            [
                pd.DataFrame(
                    {
                        "kind": "adoption",
                        "x": dated["at"].clip(lower=first),
                        "text": dated.label,
                        "low": dated.low.clip(lower=first),
                        "high": dated.high.clip(lower=first),
                    }
                ),
                pd.DataFrame({"kind": "break", "x": breaks["at"], "text": breaks.label}),
            ],
            ignore_index=True,
        )
        .sort_values("x", kind="stable")
        .head(MOST_ROWS)
    )
    marks["side"] = np.where(marks.x.astype(float) > first + 0.55 * (last - first), "left", "right")
    marks["row"] = np.arange(len(marks))[::-1]
    rules = marks.assign(part="rule")[["part", "kind", "x", "text", "side", "row"]]
    wide = marks[(marks.kind == "adoption") & (marks.high > marks.low)]
    spans = pd.DataFrame({"part": "when", "kind": "adoption", "x": wide.low, "x2": wide.high})
    return pd.concat([rules, spans], ignore_index=True)


def trend_frame(trend: Trend, *, from_zero: bool = True) -> pd.DataFrame:
    """What `trend_spec` draws: one row a mark, `part` saying which layer it belongs to."""
    spread = pd.DataFrame(
        {
            "part": "spread",
            "x": trend.spread.year.astype(float),
            "y": trend.spread.low.astype(float),
            "y2": trend.spread.high.astype(float),
        }
    )
    ends = pd.DataFrame({"part": "scale", "x": float(trend.years[1]), "y": _scale_ends(trend, from_zero=from_zero)})
    parts = [ends, spread, _marks(trend), _points(trend), _missing(trend), _labels(trend, from_zero=from_zero)]
    frame = pd.concat([p for p in parts if len(p)], ignore_index=True)
    return frame.reindex(columns=COLUMNS).astype({"x": float, "x2": float, "y": float, "y2": float, "row": float})


def rows_above(frame: pd.DataFrame) -> int:
    """Rows of labels that a frame needs above its plot."""
    return int((frame.part == "rule").sum())


@functools.lru_cache(maxsize=64)
def trend_spec(*, period: str, above: int, illustrative: bool) -> dict:
    """Specification of the chart: years across, figures up, one line an area.

    Parameters
    ----------
    period : title of the axis of years
    above : rows of labels above the plot
    """
    data = alt.NamedData("d")
    base = alt.Chart(data)
    years = (
        alt.X("x:Q")
        .title(period)
        .scale(zero=False, nice=False, padding=10)
        .axis(format="d", tickMinStep=1, grid=False, labelOverlap="greedy", labelSeparation=8)
    )
    figures = alt.Y("y:Q").title(None).scale(zero=False, nice=False).axis(tickCount=6, domain=False, ticks=False)

    def part(name: str) -> alt.Chart:
        return base.transform_filter(f"datum.part == '{name}'")

    colour = alt.Color("kind:N", scale=theme.line_scale("color"), legend=None)
    ends = part("scale").mark_point(opacity=0, aria=False).encode(y=figures)
    spread = part("spread").mark_area(color=theme.BAND, opacity=0.7, aria=False).encode(x=years, y=figures, y2="y2:Q")
    when = part("when").mark_rect(color=theme.INK, opacity=0.08, aria=False).encode(x=years, x2="x2:Q")
    rule = (
        part("rule")
        .mark_rule(color=theme.INK, strokeWidth=1.5, aria=False)
        .encode(
            x=years,
            y=alt.value({"expr": f"-2 - {ROW} * datum.row"}),
            y2=alt.value({"expr": "height"}),
            strokeDash=alt.StrokeDash(
                "kind:N", scale=alt.Scale(domain=["adoption", "break"], range=[[1, 0], [3, 3]]), legend=None
            ),
        )
    )
    rule_text = [
        part("rule")
        .transform_filter(f"datum.side == '{side}'")
        .mark_text(
            align="left" if side == "right" else "right",
            dx=5 if side == "right" else -5,
            baseline="top",
            fontSize=theme.AXIS_SIZE,
            limit={"expr": "width * 0.92"},
            clip=False,
            **look,
        )
        .encode(x=years, y=alt.value({"expr": f"-16 - {ROW} * datum.row"}), text="text:N")
        for look in (
            {"color": theme.PAPER, "stroke": theme.PAPER, "strokeWidth": 5, "aria": False},
            {"color": theme.INK},
        )
        for side in ("right", "left")
    ]
    line = (
        part("line")
        .mark_line(strokeJoin="round", invalid="break-paths-filter-domains")
        .encode(
            x=years,
            y=figures,
            color=colour,
            detail="kind:N",
            strokeDash=alt.StrokeDash("kind:N", scale=theme.line_scale("strokeDash"), legend=None),
            strokeWidth=alt.StrokeWidth("kind:N", scale=theme.line_scale("strokeWidth"), legend=None),
        )
    )
    dot = (
        part("line")
        .transform_filter("isValid(datum.y)")
        .mark_point(filled=True, opacity=1)
        .encode(
            x=years,
            y=figures,
            color=colour,
            size=alt.condition("datum.kind == 'authority'", alt.value(55), alt.value(24)),
            tooltip=alt.Tooltip("text:N", title=" "),
        )
    )
    doubtful = (
        part("doubtful")
        .mark_point(size=80, aria=False, fill=theme.PAPER, opacity=1, strokeWidth=2)
        .encode(x=years, y=figures, stroke=alt.Stroke("kind:N", scale=theme.line_scale("color"), legend=None))
    )
    doubtful_text = (
        part("doubtful")
        .mark_text(dy=-14, aria=False, fontSize=theme.AXIS_SIZE, color=theme.INK)
        .encode(x=years, y=figures, text="text:N")
    )
    on_axis = alt.value({"expr": "height - 18 * datum.row"})
    missing = (
        part("missing")
        .mark_point(size=230, aria=False, fill=theme.PAPER, opacity=1, strokeWidth=2, clip=False)
        .encode(x=years, y=on_axis, stroke=alt.Stroke("kind:N", scale=theme.line_scale("color"), legend=None))
    )
    letter = (
        part("missing")
        .mark_text(fontSize=12, aria=False, color=theme.INK, baseline="middle", fontWeight="bold")
        .encode(x=years, y=on_axis, text="text:N")
    )
    label = (
        part("label")
        .mark_text(
            align="left",
            dx=10,
            lineBreak="\n",
            lineHeight=LINE_HEIGHT,
            baseline="middle",
            fontSize=theme.LABEL_SIZE,
            clip=False,
        )
        .encode(
            x=years,
            y=figures,
            text="text:N",
            color=alt.Color("kind:N", scale=theme.label_scale(), legend=None),
        )
    )
    bold = label.transform_filter("datum.kind == 'authority'").mark_text(
        align="left",
        dx=10,
        lineBreak="\n",
        lineHeight=LINE_HEIGHT,
        baseline="middle",
        fontSize=theme.LABEL_SIZE,
        clip=False,
        fontWeight="bold",
    )
    plain = label.transform_filter("datum.kind != 'authority'")
    layers = [ends, spread, when, rule, *rule_text, line, dot, doubtful, doubtful_text, missing, letter, plain, bold]
    if illustrative:
        layers.insert(0, theme.illustrative_mark(data))
    chart = (
        alt.layer(*layers)
        .resolve_scale(color="independent", stroke="independent")
        .properties(height=theme.HEIGHT + AXIS + ROW * above)
    )
    return theme.finished(chart)


def trend_picture(trend: Trend, *, source: str, sentence: str, from_zero: bool, illustrative: bool) -> Picture:
    """The chart with everything that goes with it.

    Parameters
    ----------
    source : where the figures come from, one line
    sentence : the answer, as the page shows it
    """
    indicator, frame = trend.indicator, trend_frame(trend, from_zero=from_zero)
    others = [name for name in trend.lines["name"].unique() if name != trend.name]
    beside = f" Beside {' and '.join(others)}." if others else ""
    return Picture(
        title=f"{indicator.label}: how has this changed in {trend.name}?",
        subtitle=f"{unit_heading(indicator.unit)}.{beside} {trend.period}.",
        source=source,
        alt=_in_words(trend, sentence),
        spec=trend_spec(period=trend.period, above=rows_above(frame), illustrative=illustrative),
        frame=frame,
        table=shown_figures(trend),
        figures=raw_figures(trend),
        stem=f"{trend.name}-{indicator.indicator}-{trend.years[0]}-{trend.years[1]}",
        illustrative=illustrative,
    )


def _in_words(trend: Trend, sentence: str) -> str:
    """What the chart says, for those who cannot see it; the table below has every figure."""
    unit, decimals = trend.indicator.unit, int(trend.indicator.decimals)
    own = trend.lines[(trend.lines.part == "authority") & trend.lines.value.notna()]
    words = [f"Line chart of {trend.indicator.label}, {trend.years[0]} to {trend.years[1]}.", sentence]
    if len(own) > 1:
        least, most = own.loc[own.value.idxmin()], own.loc[own.value.idxmax()]
        words.append(
            f"{trend.name} lowest {value_text(least.value, unit, decimals)} in {least.year}, "
            f"highest {value_text(most.value, unit, decimals)} in {most.year}."
        )
    gone = trend.lines[(trend.lines.part == "authority") & trend.lines.value.isna()]
    words += [f"No figure in {r.year}: {STATUS_WORDS[r.status][1]}." for r in gone.itertuples()]
    words += [f"Marked: {label}." for label in [*marks_of(trend.adoptions).label, *trend.breaks.label]]
    return " ".join(words)
