"""The grid as a curve: every specification's estimate in order of size, and under it which choices made it."""

from __future__ import annotations

import functools

import altair as alt
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.effect import Indicator
from analytics.grid import Dimension
from analytics.wording import difference_unit, number_text, p_text, unit_heading

CURVE = 240  # pixels of the upper part
BETWEEN = 26
ROW = 34  # pixels of a choice: its words, then its ticks under them


def curve_frame(
    grid: pd.DataFrame, chosen: tuple[Dimension, ...], indicator: Indicator, *, alpha: float
) -> pd.DataFrame:
    """What `curve_spec` draws, by `kind`: 'estimate' (one a specification), 'choice' (one a tick), 'head' and 'row' (words)."""
    done = grid[grid.reason == ""].sort_values("estimate", ignore_index=True)
    done["rank"] = range(1, len(done) + 1)
    d = indicator.decimals
    done["words"] = [_words(row, chosen, d) for row in done.to_dict("records")]
    estimates = done.assign(kind="estimate", evident=done.p_value <= alpha)
    # A head a dimension, then a row an option: an option's words alone fit the width of a phone.
    labels = [(dimension, label) for dimension in chosen for label in ("", *dimension.options)]
    ticks, rows = [], []
    for place, (dimension, label) in enumerate(labels):
        said = {"kind": "row", "label": label} if label else {"kind": "head", "label": dimension.name}
        rows.append(said | {"row": place + 0.5})
        made = done[done[dimension.key] == label]
        ticks.append(pd.DataFrame({"kind": "choice", "row": place + 0.5, "rank": made["rank"], "main": made.main}))
    columns = ["kind", "rank", "estimate", "low", "high", "evident", "main", "words"]
    parts = [estimates[columns], *ticks, pd.DataFrame(rows)]
    return pd.concat([p for p in parts if len(p)], ignore_index=True)


def _words(row: dict, chosen: tuple[Dimension, ...], decimals: int) -> str:
    made = ", ".join(str(row[d.key]) for d in chosen)
    asked = " The one asked for." if row["main"] else ""
    return f"{number_text(row['estimate'], decimals)} (p {p_text(row['p_value'])}): {made}.{asked}"


@functools.lru_cache(maxsize=8)
def curve_spec(rows: int, *, illustrative: bool) -> dict:
    """Specification of the chart for a number of rows of words."""
    data = alt.NamedData("d")
    base = alt.Chart(data)
    across = alt.X("rank:Q").title(None).axis(None).scale(nice=False, zero=False, padding=8)
    up = (
        alt.Y("estimate:Q")
        .title(None)
        .scale(range=[CURVE, 0], zero=True, nice=True)
        .axis(tickCount=6, domain=False, ticks=False)
    )
    below = (
        alt.Y("row:Q")
        .axis(None)
        .scale(range=[CURVE + BETWEEN, CURVE + BETWEEN + rows * ROW], domain=[0, rows], nice=False)
    )
    estimates = base.transform_filter("datum.kind == 'estimate'")
    zero = base.transform_aggregate(n="count()").mark_rule(color=theme.INK, strokeWidth=1.5, aria=False)
    zero = zero.encode(y=alt.Y(datum=0).scale(range=[CURVE, 0], zero=True, nice=True))
    # On a phone marks of their usual size would run into one another.
    thin, small = ({"expr": f"clamp(width / {a}, {b}, {c})"} for a, b, c in ((250, 1, 3), (15, 16, 46)))
    reach = estimates.mark_rule(strokeWidth=thin, opacity=0.25, color=theme.DARK_BLUE, aria=False).encode(
        x=across, y=alt.Y("low:Q").scale(range=[CURVE, 0], zero=True, nice=True), y2="high:Q"
    )
    point = estimates.mark_point(filled=True, size=small, opacity=1, strokeWidth=1, stroke=theme.DARK_BLUE).encode(
        x=across,
        y=up,
        fill=alt.condition("datum.evident", alt.value(theme.DARK_BLUE), alt.value(theme.PAPER)),
        tooltip=alt.Tooltip("words:N", title=" "),
    )
    asked = (
        estimates.transform_filter("datum.main")
        .mark_point(filled=False, size=260, strokeWidth=3, stroke=theme.ORANGE, aria=False)
        .encode(x=across, y=up)
    )
    words = [
        base.transform_filter(f"datum.kind == '{kind}'")
        .mark_text(
            align="left",
            baseline="bottom",
            fontSize=theme.AXIS_SIZE,
            color=theme.INK,
            limit={"expr": "width"},
            aria=False,
            **look,
        )
        .encode(x=alt.value(0), y=below, text="label:N")
        for kind, look in (("head", {"fontWeight": "bold", "dy": 10}), ("row", {"dy": -1}))
    ]
    ticks = (
        base.transform_filter("datum.kind == 'choice'")
        .mark_tick(
            orient="vertical",
            thickness=1.5,
            bandSize=13,
            yOffset=9,
            aria=False,
            tooltip=None,
        )
        .encode(
            x=across, y=below, color=alt.condition("datum.main", alt.value(theme.ORANGE), alt.value(theme.DARK_BLUE))
        )
    )
    upper = alt.layer(reach, zero, point, asked)
    lower = alt.layer(*words, ticks)
    layers = [upper, lower]
    if illustrative:
        layers.insert(0, theme.illustrative_mark(data))
    chart = alt.layer(*layers).resolve_scale(y="independent", color="independent")
    return theme.finished(chart.properties(height=CURVE + BETWEEN + rows * ROW + 8))


def curve_picture(
    grid: pd.DataFrame,
    chosen: tuple[Dimension, ...],
    indicator: Indicator,
    *,
    level: float,
    source: str,
    stem: str,
    illustrative: bool,
) -> Picture:
    """The chart with everything that goes with it."""
    d, unit = indicator.decimals, difference_unit(indicator.unit)
    done = grid[grid.reason == ""]
    rows = sum(1 + len(dimension.options) for dimension in chosen)
    shown = done.sort_values("estimate")
    table = pd.DataFrame(
        {dimension.name: shown[dimension.key] for dimension in chosen}
        | {
            "Change": [number_text(v, d) for v in shown.estimate],
            f"{level:.0%} interval": [
                "none" if pd.isna(lo) else f"{number_text(lo, d)} to {number_text(hi, d)}"
                for lo, hi in zip(shown.low, shown.high, strict=True)
            ],
            "p": [p_text(v) for v in shown.p_value],
            "Asked": ["yes" if m else "" for m in shown.main],
        }
    )
    return Picture(
        title="Does the answer depend on how the question is asked?",
        subtitle=f"{indicator.label}: change in each of {len(done)} specifications. {unit_heading(unit)}. "
        f"Filled: p {1 - level:.2f} or below. Ringed: the one asked for.",
        source=source,
        alt=grid_sentence(grid, indicator, level=level),
        spec=curve_spec(rows, illustrative=illustrative),
        frame=curve_frame(grid, chosen, indicator, alpha=1 - level),
        table=table,
        figures=grid.assign(outcome=indicator.indicator, unit=unit),
        stem=f"{stem}-grid",
        illustrative=illustrative,
    )


def grid_sentence(grid: pd.DataFrame, indicator: Indicator, *, level: float) -> str:
    """How the estimates lie, and how many would count as evidence."""
    done, d = grid[grid.reason == ""], indicator.decimals
    if done.empty:
        return "None of these specifications could be estimated."
    evident = done[done.p_value <= 1 - level]
    fell, rose = (evident.estimate < 0).sum(), (evident.estimate > 0).sum()
    unit = difference_unit(indicator.unit)
    gone = len(grid) - len(done)
    return (
        f"{len(done)} specifications give changes between {number_text(done.estimate.min(), d)} and "
        f"{number_text(done.estimate.max(), d)} {unit}, half of them below {number_text(done.estimate.median(), d)}. "
        f"Taken one by one, {fell} would count as a fall and {rose} as a rise (p {1 - level:.2f} or below); chance alone "
        f"gives about {len(done) * (1 - level):.0f} on average, but these are near copies that go together: often none, at times "
        "very many." + (f" {gone} could not be estimated." if gone else "")
    )
