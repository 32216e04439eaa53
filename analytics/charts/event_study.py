"""Gap between adopters and comparators by years since adoption: an estimate and its band each, a line at no gap."""

from __future__ import annotations

import functools

import altair as alt
import pandas as pd

from analytics.analysis import Result
from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.wording import difference_unit, listed, number_text, unit_heading

AXIS = 52  # pixels below the plot for the axis and its title
SINCE = "Years since the first exposed year"
ABOVE = 22  # pixels above it for the two words


def event_frame(result: Result) -> pd.DataFrame:
    """What `event_spec` draws: one row an event time."""
    d = result.indicator.decimals
    words = [
        f"{when_words(int(r.event_time))}: {number_text(r.estimate, d)} "
        f"({number_text(r.band_low, d)} to {number_text(r.band_high, d)}), {r.n_treated} adopters"
        for r in result.event_study.itertuples()
    ]
    return result.event_study.assign(words=words, exposed=result.event_study.event_time >= 0)


def when_words(event_time: int) -> str:
    """An event time in words: '2 years before it', it being the first exposed year."""
    if event_time == 0:
        return "First exposed year"
    years = "year" if abs(event_time) == 1 else "years"
    return f"{abs(event_time)} {years} {'after' if event_time > 0 else 'before'} it"


def time_axis() -> alt.X:
    """Years since first exposed, across."""
    return (
        alt.X("event_time:Q")
        .title(SINCE)
        .scale(nice=False, padding=16)
        .axis(format="d", tickMinStep=1, grid=False, labelOverlap="greedy", labelSeparation=8)
    )


def guides(base: alt.Chart) -> list[alt.Chart]:
    """The line at no gap, and the start with a word on either side, above a plot of gaps by years since first exposed."""
    zero = (
        base.transform_aggregate(n="count()")
        .mark_rule(color=theme.INK, strokeWidth=1.5, aria=False)
        .encode(y=alt.datum(0))
    )
    start = (
        base.transform_aggregate(n="count()")
        .mark_rule(color=theme.INK, strokeDash=[3, 3], aria=False)
        .encode(x=alt.datum(-0.5), y=alt.value(-ABOVE + 4), y2=alt.value({"expr": "height"}))
    )
    words = [
        base.transform_aggregate(n="count()")
        .mark_text(
            text=word,
            align=align,
            dx=shift,
            fontSize=theme.AXIS_SIZE,
            color=theme.INK,
            aria=False,
            baseline="top",
            clip=False,
        )
        .encode(x=alt.datum(-0.5), y=alt.value(-ABOVE))
        for word, align, shift in (("before", "right", -6), ("exposed", "left", 6))
    ]
    return [zero, start, *words]


@functools.lru_cache(maxsize=4)
def event_spec(*, illustrative: bool) -> dict:
    """Specification of the chart: event time across, gap up."""
    data = alt.NamedData("d")
    base = alt.Chart(data)
    time = time_axis()
    gap = alt.Y("estimate:Q").title(None).scale(zero=True, nice=True).axis(tickCount=6, domain=False, ticks=False)
    band = base.mark_rule(strokeWidth=6, opacity=0.35, color=theme.DARK_BLUE, aria=False).encode(
        x=time, y="band_low:Q", y2="band_high:Q"
    )
    point = base.mark_point(filled=True, size=80, opacity=1, strokeWidth=2, stroke=theme.DARK_BLUE).encode(
        x=time,
        y=gap,
        fill=alt.condition("datum.exposed", alt.value(theme.DARK_BLUE), alt.value(theme.PAPER)),
        tooltip=alt.Tooltip("words:N", title=" "),
    )
    layers = [band, *guides(base), point]
    if illustrative:
        layers.insert(0, theme.illustrative_mark(data))
    return theme.finished(alt.layer(*layers).properties(height=theme.HEIGHT + AXIS + ABOVE))


def _what_is_missing(frame: pd.DataFrame) -> str:
    """Said where years between the first and the last have no gap; '' where each has one."""
    held = {int(t) for t in frame.event_time}
    missing = [t for t in range(min(held), max(held)) if t not in held]
    if not missing:
        return ""
    when = listed([number_text(t, 0) for t in missing])
    if max(missing) < 0:
        return f" None at {when}: years of transition, between the start and the first exposed year, are left out."
    return f" None at {when}: too few figures."


def event_picture(result: Result, *, level: float, source: str, stem: str, illustrative: bool) -> Picture:
    """The chart with everything that goes with it."""
    d, unit = result.indicator.decimals, difference_unit(result.indicator.unit)
    frame = event_frame(result)
    table = pd.DataFrame(
        {
            SINCE: [number_text(t, 0) for t in frame.event_time],
            "Gap": [number_text(v, d) for v in frame.estimate],
            f"{level:.0%} band": [
                f"{number_text(lo, d)} to {number_text(hi, d)}"
                for lo, hi in zip(frame.band_low, frame.band_high, strict=True)
            ],
            "Adopters": [f"{n}" for n in frame.n_treated],
        }
    )
    return Picture(
        title="How large was the gap?",
        subtitle=f"{result.indicator.label}: adopters less where comparators’ path would put them. {unit_heading(unit)}. "
        f"Bars: {level:.0%}, all years at once.{_what_is_missing(frame)}",
        source=source,
        alt="Dot chart of the gap by year. " + ". ".join(frame.words) + ".",
        spec=event_spec(illustrative=illustrative),
        frame=frame[["event_time", "estimate", "band_low", "band_high", "exposed", "words"]],
        table=table,
        figures=result.event_study.assign(outcome=result.indicator.indicator, unit=unit),
        stem=f"{stem}-gap",
        illustrative=illustrative,
    )
