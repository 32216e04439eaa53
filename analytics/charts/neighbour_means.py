"""Means of an authority's neighbours by two or three models, a row an indicator, measured from the authority's own figure."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.neighbour_shift import Shift
from analytics.wording import number_text, unit_heading, value_text

ROW = 44  # pixels: its words, then its dots
WORDS_AT, DOTS_AT = 0.27, 0.68  # of a row
AXIS = 96  # pixels below and above the rows: the axis and its title, the legend
SHAPES, SIZES = ("circle", "square", "diamond"), (260, 120, 60)  # where two lie on one another, both are seen
COLOURS = (theme.ORANGE, theme.DARK_PINK, theme.DARK_BLUE)
NAME_FITS = {"expr": "width < 480 ? datum.model : datum.words"}  # on a phone the marks stand in the table alone
UNIT = "Standard deviations of authorities"


@functools.lru_cache(maxsize=32)
def means_spec(rows: int, models: tuple[str, ...], *, illustrative: bool) -> dict:
    """Specification of the chart: distance from the authority's own figure across, a row an indicator down."""
    data = alt.NamedData("d")
    base = alt.Chart(data)

    def part(name: str) -> alt.Chart:
        return base.transform_filter(f"datum.part == '{name}'")

    across = (
        alt.X("x:Q")
        .title("Standard deviations from its own figure (0)")
        .scale(nice=True, zero=True, padding=12)
        .axis(tickCount=5, gridColor=theme.RULE, labelExpr="datum.value > 0 ? '+' + datum.label : datum.label")
    )
    down = alt.Y("down:Q").title(None).axis(None).scale(domain=[0, rows], reverse=True, nice=False)
    look = {"scale": alt.Scale(domain=list(models), range=list(COLOURS[: len(models)]))}
    shape = alt.Scale(domain=list(models), range=list(SHAPES[: len(models)]))
    size = alt.Scale(domain=list(models), range=list(SIZES[: len(models)]))
    legend = alt.Legend(
        title=None, orient="top", direction="horizontal", labelFontSize=theme.LABEL_SIZE, symbolSize=120
    )
    own = part("interval").mark_bar(height=12, color=theme.BAND, aria=False).encode(x=across, x2="x2:Q", y=down)
    zero = base.transform_aggregate(n="count()").mark_rule(color=theme.DARK_BLUE, strokeWidth=2, aria=False)
    zero = zero.encode(x=alt.X(datum=0).scale(nice=True, zero=True, padding=12))
    link = part("link").mark_rule(color=theme.MUTED, strokeWidth=2, aria=False).encode(x=across, x2="x2:Q", y=down)
    dot = (
        part("mean")
        .mark_point(filled=True, opacity=1, stroke=theme.PAPER, strokeWidth=1)
        .encode(
            x=across,
            y=down,
            color=alt.Color("model:N", **look).legend(legend),
            shape=alt.Shape("model:N", scale=shape).legend(legend),
            size=alt.Size("model:N", scale=size, legend=None),
            tooltip=alt.Tooltip("words:N", title=" "),
        )
    )
    name = [
        part("name")
        .mark_text(align="left", baseline="middle", fontSize=theme.LABEL_SIZE, limit={"expr": "width"}, **look_)
        .encode(x=alt.value(2), y=down, text=alt.value(NAME_FITS))
        for look_ in (
            {"color": theme.PAPER, "stroke": theme.PAPER, "strokeWidth": 5, "aria": False},
            {"color": theme.INK},
        )
    ]
    layers = [own, zero, link, *name, dot]
    if illustrative:
        layers.insert(0, theme.illustrative_mark(data))
    return theme.finished(alt.layer(*layers).properties(height=ROW * rows + AXIS))


def means_frame(shifts: Sequence[Shift], models: Mapping[str, str]) -> pd.DataFrame:
    """What is drawn: part (name, interval, link, mean), down (in rows), x, x2, model (of a name: it without marks), words."""
    rows = []
    for place, shift in enumerate(shifts):
        at = {model: shift.from_authority(shift.mean(model)) for model in models}
        down = place + DOTS_AT
        rows.append(("name", place + WORDS_AT, None, None, shift.measure.label, _name(shift)))
        if shift.low is not None:
            rows.append(("interval", down, *(shift.from_authority(end) for end in (shift.low, shift.high)), None, None))
        ends = at.get(shift.older), at.get(shift.newer)
        if None not in ends:
            rows.append(("link", down, *ends, None, None))
        for model, words in models.items():
            if at[model] is not None:
                rows.append(("mean", down, at[model], None, words, f"{words}: {_mean_words(shift, model)}"))
    return pd.DataFrame(rows, columns=["part", "down", "x", "x2", "model", "words"])


def _name(shift: Shift) -> str:
    return f"{shift.measure.label}{f' ({marks})' if (marks := mark_words(shift)) else ''}"


def mark_words(shift: Shift) -> str:
    """What is marked: 'changes side', 'beyond its interval', both, or ''."""
    beyond = "beyond its interval" if shift.low is not None else "beyond rounding"
    return ", ".join(["changes side"] * shift.flips + [beyond] * shift.exceeds)


def _mean_words(shift: Shift, model: str) -> str:
    measure, found = shift.measure, shift.means[model]
    return f"{value_text(found.value, measure.unit, measure.decimals)} (mean of {found.of})"


def shown_shifts(shifts: Sequence[Shift], name: str, models: Mapping[str, str]) -> pd.DataFrame:
    """The same as a table to read."""
    columns: dict[str, list[str]] = {"Indicator": [], "Unit": [], "Year": [], name: []}
    columns |= {f"Mean, {words}": [] for words in models.values()} | {"Between the means": [], "Marked": []}
    for shift in shifts:
        d = shift.measure.decimals
        own = number_text(shift.value, d) if shift.value is not None else f"no figure ({shift.reason})"
        if shift.low is not None:
            own += f" ({number_text(shift.low, d)} to {number_text(shift.high, d)})"
        means = [_of_words(shift, model) for model in models]
        between = "" if shift.difference is None else number_text(shift.difference, d)
        row = [shift.measure.label, unit_heading(shift.measure.unit), f"{shift.year}", own, *means]
        for column, cell in zip(columns, [*row, between, mark_words(shift)], strict=True):
            columns[column].append(cell)
    return pd.DataFrame(columns)


def _of_words(shift: Shift, model: str) -> str:
    found = shift.means.get(model)
    if found is None or found.value is None:
        return "no figure"
    return f"{number_text(found.value, shift.measure.decimals)} ({found.of} of {found.named})"


def raw_shifts(shifts: Sequence[Shift], models: Mapping[str, str]) -> pd.DataFrame:
    """The same as held, one row an indicator: for a download."""
    rows = []
    for shift in shifts:
        row = {
            "indicator": shift.measure.indicator,
            "label": shift.measure.label,
            "unit": shift.measure.unit,
            "year": shift.year,
            "value": shift.value,
            "reason": shift.reason,
            "low": shift.low,
            "high": shift.high,
        }
        for model in models:
            found = shift.means.get(model)
            row |= {f"mean_{model}": found.value if found else None, f"with_figure_{model}": found.of if found else 0}
        between = {"difference": shift.difference, "standard_deviations": shift.size, "sd_of_authorities": shift.spread}
        rows.append(row | between | {"changes_side": shift.flips, "exceeds": shift.exceeds})
    return pd.DataFrame(rows)


def neighbour_means_picture(
    shifts: Sequence[Shift],
    name: str,
    models: Mapping[str, str],
    *,
    source: str,
    sentence: str,
    stem: str,
    illustrative: bool,
) -> Picture:
    """The chart with everything that goes with it.

    Parameters
    ----------
    shifts : in the order to be drawn; those without a figure of the authority are in the table alone
    models : words by model, at most three
    sentence : the answer, as the page shows it
    """
    drawn = [shift for shift in shifts if shift.value is not None and shift.spread > 0]
    years = sorted({shift.year for shift in drawn})
    span = f"{years[0]} to {years[-1]}" if len(years) > 1 else "".join(map(str, years))
    most = "; ".join(
        f"{s.measure.label}: {', '.join(f'{words} {_mean_words(s, m)}' for m, words in models.items() if s.mean(m) is not None)}"
        f", {name} {value_text(s.value, s.measure.unit, s.measure.decimals)}"
        for s in drawn[:3]
    )
    return Picture(
        title=f"For which indicators does it matter whom {name} is set beside?",
        subtitle=f"{UNIT}: how far the mean of its neighbours lies from {name}’s own figure, by whose list they are. Newest "
        f"year of each indicator ({span}). Grey: the 95% interval of {name}’s own figure.",
        source=source,
        alt=f"Dot chart with a row for each of {len(drawn)} indicators. {sentence} Those that move most: {most}.",
        spec=means_spec(max(len(drawn), 1), tuple(models.values()), illustrative=illustrative),
        frame=means_frame(drawn, models),
        table=shown_shifts(shifts, name, models),
        figures=raw_shifts(shifts, models),
        stem=stem,
        illustrative=illustrative,
    )
