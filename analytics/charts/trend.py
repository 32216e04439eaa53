"""Lines over years, labelled at their ends; intervals, missing figures, breaks, adoptions and the pandemic drawn."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field

import altair as alt
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.charts.trend_rows import LINE_HEIGHT, rows_above, trend_frame
from analytics.marks import PANDEMIC_WORDS
from analytics.sets import set_words
from analytics.trend_answer import interval_words
from analytics.trend_tables import raw_figures, shown_figures
from analytics.trends import STATUS_WORDS, Line, Trend
from analytics.wording import listed, unit_heading, value_text

ROW = 20  # pixels between rows of labels above the plot
AXIS = 52  # pixels below the plot for years and their title
PERIOD = "period"  # stands for the title of the axis of years
DATA = alt.NamedData("d")
FIGURES = alt.Y("y:Q").title(None).scale(zero=False, nice=False).axis(tickCount=6, domain=False, ticks=False)
HALO = {"color": theme.PAPER, "stroke": theme.PAPER, "strokeWidth": 5, "aria": False}
MOST_OF_WIDTH = {"expr": "width * 0.92"}


@functools.lru_cache(maxsize=128)
def trend_spec(*, period: str, above: int, illustrative: bool, height: int = theme.HEIGHT) -> dict:
    """Specification of the chart: years across, figures up, one line an area.

    Parameters
    ----------
    period : title of the axis of years
    above : rows of labels above the plot
    height : pixels of the plot
    """
    titled = json.loads(json.dumps(_built(illustrative)).replace(json.dumps(PERIOD), json.dumps(period)))
    return titled | {"height": height + AXIS + ROW * above}


@functools.cache
def _built(illustrative: bool) -> dict:
    """The specification before its axis is titled and its height is known: costly, and the same for every chart."""
    years = (
        alt.X("x:Q")
        .title(PERIOD)
        .scale(zero=False, nice=False, padding=10)
        .axis(format="d", tickMinStep=1, grid=False, labelOverlap="greedy", labelSeparation=8)
    )
    ends = _part("scale").mark_point(opacity=0, aria=False).encode(y=FIGURES)
    layers = [ends, *_behind(years), *_rules(years), *_lines(years), *_missing(years), *_labels(years)]
    if illustrative:
        layers.insert(0, theme.illustrative_mark(DATA))
    chart = alt.layer(*layers).resolve_scale(color="independent", stroke="independent", strokeDash="independent")
    return theme.finished(chart)


def _part(*names: str) -> alt.Chart:
    either = " || ".join(f"datum.part == '{name}'" for name in names)
    return alt.Chart(DATA).transform_filter(either)


def _behind(years: alt.X) -> list[alt.Chart]:
    """The middle half of authorities, the pandemic, and the spans within which an adoption lies."""
    shades = [
        _part(name).mark_rect(color=theme.INK, opacity=opacity, aria=False).encode(x=years, x2="x2:Q")
        for name, opacity in (("pandemic", 0.06), ("when", 0.08))
    ]
    spread = _part("spread").mark_area(color=theme.BAND, opacity=0.7, aria=False)
    return [spread.encode(x=years, y=FIGURES, y2="y2:Q"), *shades]


def _rules(years: alt.X) -> list[alt.Chart]:
    """A rule for each adoption and break; the words of each, and of the pandemic, on a row of their own above the plot."""
    rule = (
        _part("rule")
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
    return [
        rule,
        *(_rule_text(years, side, look) for look in (HALO, {"color": theme.INK}) for side in ("right", "left")),
    ]


def _rule_text(years: alt.X, side: str, look: dict) -> alt.Chart:
    return (
        _part("rule", "pandemic")
        .transform_filter(f"datum.side == '{side}'")
        .mark_text(
            align="left" if side == "right" else "right",
            dx=5 if side == "right" else -5,
            baseline="top",
            fontSize=theme.AXIS_SIZE,
            limit=MOST_OF_WIDTH,
            clip=False,
            **look,
        )
        .encode(x=years, y=alt.value({"expr": f"-16 - {ROW} * datum.row"}), text="text:N")
    )


def _lines(years: alt.X) -> list[alt.Chart]:
    """Lines with a dot a year, the authority's intervals, and the ticks of the median."""
    colour = alt.Color("kind:N", scale=theme.line_scale("color"), legend=None)
    told = alt.Tooltip("text:N", title=" ")
    interval = (
        _part("interval")
        .mark_rule(strokeWidth=1.5, opacity=0.75, aria=False, color=theme.DARK_BLUE)
        .encode(x=years, y=FIGURES, y2="y2:Q")
    )
    median = (
        _part("median")
        .mark_point(shape="stroke", size=180, strokeWidth=2.5, opacity=1, color=theme.LABEL["median"], aria=False)
        .encode(x=years, y=FIGURES, tooltip=told)
    )
    line = (
        _part("line")
        .mark_line(strokeJoin="round", invalid="break-paths-filter-domains")
        .encode(
            x=years,
            y=FIGURES,
            color=colour,
            detail="kind:N",
            strokeDash=alt.StrokeDash("kind:N", scale=theme.line_scale("strokeDash"), legend=None),
            strokeWidth=alt.StrokeWidth("kind:N", scale=theme.line_scale("strokeWidth"), legend=None),
        )
    )
    dot = (
        _part("line")
        .transform_filter("isValid(datum.y)")
        .mark_point(filled=True, opacity=1, aria=False)
        .encode(
            x=years,
            y=FIGURES,
            color=colour,
            size=alt.condition("datum.kind == 'authority'", alt.value(55), alt.value(24)),
            tooltip=told,
        )
    )
    return [median, interval, line, dot]


def _missing(years: alt.X) -> list[alt.Chart]:
    """Figures that the publisher warns of, hollow; on the axis, the letter of each that is not there."""
    outline = alt.Stroke("kind:N", scale=theme.line_scale("color"), legend=None)
    on_axis = alt.value({"expr": "height - 18 * datum.row"})
    hollow = {"aria": False, "fill": theme.PAPER, "opacity": 1, "strokeWidth": 2}
    words = {"aria": False, "color": theme.INK}
    return [
        _part("doubtful").mark_point(size=80, **hollow).encode(x=years, y=FIGURES, stroke=outline),
        _part("doubtful")
        .mark_text(dy=-14, fontSize=theme.AXIS_SIZE, **words)
        .encode(x=years, y=FIGURES, text="text:N"),
        _part("missing").mark_point(size=230, clip=False, **hollow).encode(x=years, y=on_axis, stroke=outline),
        _part("missing")
        .mark_text(fontSize=12, baseline="middle", fontWeight="bold", **words)
        .encode(x=years, y=on_axis, text="text:N"),
    ]


def _labels(years: alt.X) -> list[alt.Chart]:
    """Names at the ends of lines, the authority's bold."""
    look = {
        "align": "left",
        "dx": 10,
        "lineBreak": "\n",
        "lineHeight": LINE_HEIGHT,
        "baseline": "middle",
        "fontSize": theme.LABEL_SIZE,
        "clip": False,
    }
    colour = alt.Color("kind:N", scale=theme.label_scale(), legend=None)
    return [
        _part("label")
        .transform_filter(f"datum.kind {same} 'authority'")
        .mark_text(**look, **weight)
        .encode(x=years, y=FIGURES, text="text:N", color=colour)
        for same, weight in (("!=", {}), ("==", {"fontWeight": "bold"}))
    ]


@dataclass(frozen=True)
class TrendPicture(Picture):
    """A trend's picture, its tables made when they are first wanted: a page may draw nine and open none."""

    table: pd.DataFrame = field(init=False, repr=False, compare=False)
    figures: pd.DataFrame = field(init=False, repr=False, compare=False)
    trend: Trend = field(kw_only=True)

    def __getattr__(self, name: str) -> pd.DataFrame:
        made = {"table": shown_figures, "figures": raw_figures}.get(name)
        if made is None:
            raise AttributeError(name)
        frame = made(self.trend)
        object.__setattr__(self, name, frame)
        return frame


def trend_picture(
    trend: Trend, *, source: str, sentence: str, from_zero: bool, illustrative: bool, small: bool = False
) -> Picture:
    """The chart with everything that goes with it.

    Parameters
    ----------
    source : where the figures come from, one line
    sentence : the answer, as the page shows it
    small : one among many
    """
    measure, height = trend.measure, theme.SMALL_HEIGHT if small else theme.HEIGHT
    frame = trend_frame(trend, from_zero=from_zero, height=height)
    others = [_called(trend, line) for line in trend.lines[1:]]
    beside = f" Beside {listed(others)}." if others else ""
    period = _three_years(trend.period) if trend.averages else trend.period
    return TrendPicture(
        title=f"{measure.label}: how has this changed in {trend.name}?",
        subtitle=f"{unit_heading(measure.unit)}.{beside} {period}.",
        source=source,
        alt=_in_words(trend, sentence),
        spec=trend_spec(period=period, above=rows_above(frame), illustrative=illustrative, height=height),
        frame=frame,
        stem=f"{trend.name}-{measure.indicator}-{trend.years[0]}-{trend.years[1]}"
        + ("-three-years" if trend.averages else ""),
        illustrative=illustrative,
        trend=trend,
    )


def _three_years(period: str) -> str:
    """'Three years ending 31 March', 'Three years, each at 30 September'."""
    if period.startswith("Year"):
        return f"Three years{period.removeprefix('Year')}"
    return f"Three years, each {period[:1].lower()}{period[1:]}"


def _called(trend: Trend, line: Line) -> str:
    """What the subtitle calls a line beside the authority's."""
    if line.part != "comparator" or trend.near is None:
        return line.name
    return f"the mean (dashed) and median (ticks) of {set_words(trend.near)}"


def _in_words(trend: Trend, sentence: str) -> str:
    """What the chart says, for those who cannot see it; the table below has every figure."""
    unit, decimals, own = trend.measure.unit, trend.measure.decimals, trend.lines[0]
    kind = "averages of three years" if trend.averages else "single years"
    words = [f"Line chart of {trend.measure.label}, {trend.years[0]} to {trend.years[1]}, {kind}.", sentence]
    if trend.warning:
        words.append(trend.warning)
    if len(own.held) > 1:
        least, most = min(own.held, key=lambda f: f.value), max(own.held, key=lambda f: f.value)
        words.append(
            f"{own.name} lowest {value_text(least.value, unit, decimals)} in {least.year}, "
            f"highest {value_text(most.value, unit, decimals)} in {most.year}."
        )
    if any(interval_words(f, trend.measure) for f in own.held):
        words.append("A bar at each figure shows its 95% interval.")
    words += [f"No figure in {f.year}: {STATUS_WORDS[f.status][1]}." for f in own.figures if f.value is None]
    marked = [*(m.label for m in trend.marks), *(b.label for b in trend.breaks)]
    words += [f"Marked: {label}." for label in [*marked, *([PANDEMIC_WORDS] if trend.pandemic else [])]]
    return " ".join(words)
