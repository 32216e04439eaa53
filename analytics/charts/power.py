"""What could be seen by number of adopters: a line for each number of years after, labelled at its end."""

from __future__ import annotations

import functools

import altair as alt
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.effect import Indicator
from analytics.power import Plan
from analytics.wording import difference_unit, number_text, unit_heading

AXIS = 52  # pixels below the plot for the axis and its title
LINES = (
    (theme.DARK_BLUE, (1, 0)),
    (theme.TURQUOISE, (8, 4)),
    (theme.DARK_PINK, (3, 3)),
    (theme.DARK_GREY, (12, 4, 3, 4)),
)


@functools.lru_cache(maxsize=8)
def power_spec(years_after: tuple[int, ...], *, illustrative: bool) -> dict:
    """Specification of the chart: adopters across, smallest change seen up."""
    data = alt.NamedData("d")
    names = [_years(m) for m in years_after]
    look = [LINES[i % len(LINES)] for i in range(len(names))]
    base = alt.Chart(data)
    across = (
        alt.X("adopters:Q")
        .title("Number of adopters")
        .scale(nice=False, padding=16)
        .axis(format="d", grid=False, tickMinStep=1)
    )
    up = alt.Y("detectable:Q").title(None).scale(zero=True, nice=True).axis(tickCount=6, domain=False, ticks=False)
    legend = alt.Legend(
        title=None,
        orient="top",
        labelFontSize=theme.LABEL_SIZE,
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolSize=600,
        columns=2,
    )
    line = base.mark_line(strokeWidth=2.5, aria=False).encode(
        x=across,
        y=up,
        color=alt.Color("after:N").scale(domain=names, range=[c for c, _ in look]).legend(legend),
        strokeDash=alt.StrokeDash("after:N").scale(domain=names, range=[list(d) for _, d in look]).legend(legend),
    )
    point = base.mark_point(filled=True, size=50, opacity=1).encode(
        x=across,
        y=up,
        color=alt.Color("after:N").scale(domain=names, range=[c for c, _ in look]).legend(None),
        tooltip=alt.Tooltip("words:N", title=" "),
    )
    layers = [line, point]
    if illustrative:
        layers.insert(0, theme.illustrative_mark(data))
    return theme.finished(alt.layer(*layers).properties(height=theme.HEIGHT + AXIS))


def _years(count: int) -> str:
    return f"{count} year{'' if count == 1 else 's'} after"


def power_picture(
    plan: Plan, indicator: Indicator, *, before: int, source: str, stem: str, illustrative: bool
) -> Picture:
    """The chart with everything that goes with it, for one number of years before."""
    d, unit = indicator.decimals, difference_unit(indicator.unit)
    rows = plan.table[plan.table.years_before == before]
    after = tuple(sorted(rows.years_after.unique().tolist()))
    words = [
        f"{r.adopters} adopter{'' if r.adopters == 1 else 's'}, {_years(r.years_after)}: "
        f"{number_text(r.detectable, d)} {unit} ({r.share:.0%} of the mean)"
        for r in rows.itertuples()
    ]
    frame = rows.assign(after=[_years(m) for m in rows.years_after], words=words)
    wide = rows.pivot(index="adopters", columns="years_after", values="detectable")
    table = pd.DataFrame({"Adopters": [f"{n}" for n in wide.index]}) if len(wide) else pd.DataFrame()
    for m in wide.columns:
        table[_years(m)] = [number_text(v, d) for v in wide[m]]
    return Picture(
        title="How large would a change have to be?",
        subtitle=f"{indicator.label}: smallest change seen four times in five, with {before} years before adoption. "
        f"{unit_heading(unit)}.",
        source=source,
        alt="Line chart of the smallest change seen by number of adopters. "
        + ". ".join(words[:: max(len(words) // 6, 1)])
        + ".",
        spec=power_spec(after, illustrative=illustrative),
        frame=frame[["adopters", "detectable", "after", "words"]],
        table=table,
        figures=rows.assign(outcome=indicator.indicator, unit=unit),
        stem=f"{stem}-power",
        illustrative=illustrative,
    )
