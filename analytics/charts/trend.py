"""Lines over years, labelled at their ends; missing figures, breaks and adoptions drawn."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Iterator

import altair as alt
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.charts.placing import round_ends, spaced
from analytics.trends import (
    MIDDLE_HALF,
    NEIGHBOUR_MODEL,
    STATUS_WORDS,
    Line,
    Trend,
    mean_words,
    raw_figures,
    shown_figures,
)
from analytics.wording import number_text, unit_heading, value_text

LABEL_WIDTH = 13  # characters of a line's label before it wraps: a phone leaves some 100 pixels
LINE_HEIGHT = 17  # pixels between the lines of labels
ROW = 20  # pixels between rows of labels above the plot
AXIS = 52  # pixels below the plot for years and their title
MOST_ROWS = 4  # of marks labelled above the plot
COLUMNS = ("part", "kind", "x", "x2", "y", "y2", "text", "side", "row")

Row = dict[str, object]


def _ends(trend: Trend, *, from_zero: bool) -> tuple[float, float]:
    values = [f.value for line in trend.lines for f in line.held]
    return round_ends([*values, *(m.low for m in trend.spread), *(m.high for m in trend.spread)], from_zero=from_zero)


def _span(trend: Trend) -> tuple[int, int]:
    years = [f.year for line in trend.lines for f in line.figures] or trend.years
    return min(years), max(years)


def _lines(trend: Trend) -> Iterator[Row]:
    """Figures, and an empty row where a line must break; hollow where the publisher warns, on the axis where none is."""
    unit, decimals = trend.measure.unit, trend.measure.decimals
    for place, line in enumerate(trend.lines):
        for f in line.figures:
            letter, reason = STATUS_WORDS[f.status]
            if f.value is None:
                yield {"part": "missing", "kind": line.part, "x": f.year, "row": place, "text": letter}
                yield {"part": "line", "kind": line.part, "x": f.year}
                continue
            words = f"{line.name}, {f.year}: {value_text(f.value, unit, decimals)}{mean_words(f)}"
            told = f"{words} ({reason})" if reason else words
            yield {"part": "line", "kind": line.part, "x": f.year, "y": f.value, "text": told}
            if letter:
                yield {"part": "doubtful", "kind": line.part, "x": f.year, "y": f.value, "text": letter}
    own = [f.year for line in trend.lines[:1] for f in line.figures]
    for gap in trend.breaks:
        if own and own[0] < gap.at < own[-1]:
            yield {"part": "line", "kind": "authority", "x": gap.at}


def _labels(trend: Trend, ends: tuple[float, float]) -> Iterator[Row]:
    """Names at the ends of lines, with the newest figure, moved apart where they would overlap."""
    last, decimals = _span(trend)[1], trend.measure.decimals
    named = []
    for line in trend.lines:
        if line.held:
            end = line.held[-1]
            when = "" if end.year == last else f" ({end.year})"
            count = mean_words(end).replace("mean of ", "mean\u00a0of\u00a0")  # stays on one line
            named.append((line.part, end.value, f"{line.name} {number_text(end.value, decimals)}{count}{when}"))
    texts = ["\n".join(textwrap.wrap(text, LABEL_WIDTH, break_long_words=False)) for *_, text in named]
    if trend.spread:
        named.append(("spread", (trend.spread[-1].low + trend.spread[-1].high) / 2, MIDDLE_HALF))
        texts.append("Middle half\nof authorities")
    one = LINE_HEIGHT * (ends[1] - ends[0]) / theme.HEIGHT
    tall = [(text.count("\n") + 1.3) * one for text in texts]
    places = spaced([value for _, value, _ in named], tall, ends[0], ends[1] + one)
    for (part, *_), text, place, height in zip(named, texts, places, tall, strict=True):
        # Text hangs from the middle of its first line.
        yield {"part": "label", "kind": part, "x": last, "y": place + height / 2 - 0.65 * one, "text": text}


def _rules(trend: Trend) -> Iterator[Row]:
    """Adoptions and breaks inside the years: a rule each, its label above the plot on a row of its own."""
    first, last = _span(trend)
    dated = [("adoption", m.at, m.low, m.high, m.label) for m in trend.marks if first - 1 <= m.at <= last]
    broken = [("break", b.at, b.at, b.at, b.label) for b in trend.breaks if first - 1 < b.at < last + 1]
    marks = sorted([*dated, *broken], key=lambda m: m[1])[:MOST_ROWS]
    for place, (kind, at, low, high, label) in enumerate(marks):
        x = max(at, first)
        side = "left" if x > first + 0.55 * (last - first) else "right"
        yield {"part": "rule", "kind": kind, "x": x, "text": label, "side": side, "row": len(marks) - 1 - place}
        if high > low:
            yield {"part": "when", "kind": kind, "x": max(low, first), "x2": max(high, first)}


def trend_frame(trend: Trend, *, from_zero: bool = True) -> pd.DataFrame:
    """What `trend_spec` draws: one row a mark, `part` saying which layer it belongs to."""
    ends = _ends(trend, from_zero=from_zero)
    rows: list[Row] = [{"part": "scale", "x": trend.years[1], "y": end} for end in ends]
    rows += [{"part": "spread", "x": m.year, "y": m.low, "y2": m.high} for m in trend.spread]
    rows += [*_rules(trend), *_lines(trend), *_labels(trend, ends)]
    rows.sort(key=lambda row: row["x"])
    numbers = ("x", "x2", "y", "y2", "row")
    return pd.DataFrame(
        {c: pd.array([row.get(c) for row in rows], dtype="Float64" if c in numbers else "str") for c in COLUMNS}
    ).astype(dict.fromkeys(numbers, float))


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
        .resolve_scale(color="independent", stroke="independent", strokeDash="independent")
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
    measure, frame = trend.measure, trend_frame(trend, from_zero=from_zero)
    others = [_called(line) for line in trend.lines[1:]]
    beside = f" Beside {' and '.join(filter(None, (', '.join(others[:-1]), *others[-1:])))}." if others else ""
    return Picture(
        title=f"{measure.label}: how has this changed in {trend.name}?",
        subtitle=f"{unit_heading(measure.unit)}.{beside} {trend.period}.",
        source=source,
        alt=_in_words(trend, sentence),
        spec=trend_spec(period=trend.period, above=rows_above(frame), illustrative=illustrative),
        frame=frame,
        table=shown_figures(trend),
        figures=raw_figures(trend),
        stem=f"{trend.name}-{measure.indicator}-{trend.years[0]}-{trend.years[1]}",
        illustrative=illustrative,
    )


def _called(line: Line) -> str:
    """What the subtitle calls a line beside the authority's."""
    return f"its statistical neighbours ({NEIGHBOUR_MODEL} model)" if line.part == "comparator" else line.name


def _in_words(trend: Trend, sentence: str) -> str:
    """What the chart says, for those who cannot see it; the table below has every figure."""
    unit, decimals, own = trend.measure.unit, trend.measure.decimals, trend.lines[0]
    words = [f"Line chart of {trend.measure.label}, {trend.years[0]} to {trend.years[1]}.", sentence]
    if len(own.held) > 1:
        least, most = min(own.held, key=lambda f: f.value), max(own.held, key=lambda f: f.value)
        words.append(
            f"{own.name} lowest {value_text(least.value, unit, decimals)} in {least.year}, "
            f"highest {value_text(most.value, unit, decimals)} in {most.year}."
        )
    words += [f"No figure in {f.year}: {STATUS_WORDS[f.status][1]}." for f in own.figures if f.value is None]
    words += [f"Marked: {label}." for label in [*(m.label for m in trend.marks), *(b.label for b in trend.breaks)]]
    return " ".join(words)
