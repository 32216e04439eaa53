"""One axis of time: a ladder of Ofsted's judgements, a lane for visits, a lane for each practice model."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import altair as alt
import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.history import GRADES, PRECISION_WORDS, History, Judgement, Lane, Visit, decimal_year, raw_history
from analytics.trends import day_words
from analytics.wording import counted, listed

STEP, TOP, LANE, AXIS = 38, 28, 48, 40  # pixels: between grades, above the first, a lane, below the last
NO_DATE = "date not known"
COLUMNS = ("part", "kind", "x", "x2", "y", "text")
NUMBERS = ("x", "x2", "y")

Row = dict[str, object]


def _ladder(history: History, last: float) -> Iterator[Row]:
    """Judgements as steps: each holds from the day it was published until the next."""
    at = {grade: TOP + STEP * place for place, grade in enumerate(GRADES)}
    judged = [j for j in history.judgements if j.overall in at]
    for grade, y in at.items():
        yield {"part": "rung", "x": history.first, "x2": last, "y": y}
        yield {"part": "name", "x": history.first, "y": y, "text": grade}
    for j in judged:
        x, y = decimal_year(j.published), at[j.overall]
        words = f"{j.overall}: {j.framework}, began {day_words(j.start)}, published {day_words(j.published)}"
        yield {"part": "step", "x": x, "y": y}
        yield {"part": "dot", "kind": "judgement", "x": x, "y": y, "text": words}
    if judged:
        yield {"part": "step", "x": last, "y": at[judged[-1].overall]}


def _visits(history: History, y: float, last: float) -> Iterator[Row]:
    if not history.visits:
        return
    yield {"part": "rung", "x": history.first, "x2": last, "y": y}
    yield {"part": "name", "x": history.first, "y": y, "text": "Visits without an overall judgement"}
    for v in history.visits:
        theme_ = f", {v.theme}" if v.theme else ""
        words = f"{v.framework}{theme_}, began {day_words(v.start)}"
        yield {"part": "dot", "kind": "visit", "x": decimal_year(v.start), "y": y, "text": words}


def _practice(lane: Lane, first: int, last: float, y: float) -> Iterator[Row]:
    """A lane: a square at each start, a thick bar to an end that is recorded, a dashed line on where none is."""
    yield {"part": "rung", "x": first, "x2": last, "y": y}
    if not lane.starts:
        yield {"part": "name", "x": first, "y": y, "text": f"{lane.model}, {NO_DATE}"}
        yield {"part": "dot", "kind": "undated", "x": first, "y": y, "text": f"{lane.model}: {NO_DATE}"}
        return
    yield {"part": "name", "x": first, "y": y, "text": _lane_words(lane)}
    if lane.open:
        yield {"part": "open", "x": decimal_year(lane.starts[0].entry.low), "x2": last, "y": y}
    for start in lane.starts:
        e = start.entry
        middle = (decimal_year(e.low) + decimal_year(e.high)) / 2
        if start.end:
            yield {"part": "span", "x": middle, "x2": decimal_year(start.end), "y": y}
        yield {"part": "unsure", "x": decimal_year(e.low), "x2": decimal_year(e.high), "y": y}
        programme = f", {e.programme}" if e.programme not in ("", "local") else ""
        ended = f", to {day_words(start.end)}" if start.end else ""
        words = f"{e.model}, {e.role}{programme}: from {e.when}{ended}"
        yield {"part": "dot", "kind": "start", "x": middle, "y": y, "text": words}


def _lane_words(lane: Lane) -> str:
    role = lane.starts[0].entry.role
    told = f" ({role})" if role not in ("", "primary") else ""
    return f"{lane.model}{told}, {listed([start.entry.when for start in lane.starts])}"


def _lanes(history: History) -> int:
    """Lanes below the ladder: one for visits where there are any, one a practice model."""
    return len(history.lanes) + bool(history.visits)


def history_frame(history: History) -> pd.DataFrame:
    """What `history_spec` draws: one row a mark, heights in pixels from the top."""
    last, below = history.last + 0.15, TOP + STEP * len(GRADES) + 14
    rows = [*_ladder(history, last), *_visits(history, below, last)]
    for place, lane in enumerate(history.lanes, start=bool(history.visits)):
        rows += _practice(lane, history.first, last, below + LANE * place)
    return pd.DataFrame(
        {
            c: np.array([row.get(c, math.nan) for row in rows]) if c in NUMBERS else [row.get(c) for row in rows]
            for c in COLUMNS
        }
    )


@functools.lru_cache(maxsize=32)
def history_spec(*, lanes: int, illustrative: bool) -> dict:
    """Specification of the chart for a number of lanes below the ladder."""
    data = alt.NamedData("d")
    height = TOP + STEP * len(GRADES) + LANE * lanes - 10
    years = (
        alt.X("x:Q")
        .scale(zero=False, nice=False)
        .axis(format="d", tickMinStep=1, grid=False, domain=True, ticks=True, tickCount={"expr": "width / 70"})
        .title(None)
    )
    high = alt.Y("y:Q").scale(domain=[height, 0], nice=False).axis(None)

    def part(name: str) -> alt.Chart:
        return alt.Chart(data).transform_filter(f"datum.part == '{name}'")

    def bar(name: str, **look: object) -> alt.Chart:
        return part(name).mark_rule(**look).encode(x=years, x2="x2:Q", y=high)

    name = [
        part("name")
        .mark_text(align="left", baseline="bottom", dy=-9, fontSize=theme.LABEL_SIZE, limit={"expr": "width"}, **look)
        .encode(x=years, y=high, text="text:N")
        for look in (
            {"color": theme.PAPER, "stroke": theme.PAPER, "strokeWidth": 4, "aria": False},
            {"color": theme.INK},
        )
    ]
    step = (
        part("step")
        .mark_line(interpolate="step-after", strokeWidth=3.5, color=theme.DARK_BLUE, strokeJoin="miter")
        .encode(x=years, y=high)
    )
    kinds = ["judgement", "visit", "start", "undated"]
    fills = [theme.DARK_BLUE, theme.DARK_PINK, "#17685F", theme.PAPER]
    dot = (
        part("dot")
        .mark_point(opacity=1, strokeWidth=2)
        .encode(
            x=years,
            y=high,
            size=alt.value(150),
            shape=alt.Shape("kind:N").scale(domain=kinds, range=["circle", "diamond", "square", "square"]).legend(None),
            fill=alt.Fill("kind:N").scale(domain=kinds, range=fills).legend(None),
            stroke=alt.Stroke("kind:N")
            .scale(domain=kinds, range=[theme.PAPER, theme.PAPER, theme.PAPER, "#17685F"])
            .legend(None),
            tooltip=alt.Tooltip("text:N", title=" "),
        )
    )
    layers = [
        bar("rung", color=theme.RULE, strokeWidth=1, aria=False),
        bar("open", color="#17685F", strokeWidth=2, strokeDash=[5, 4], aria=False),
        bar("span", color=theme.TURQUOISE, strokeWidth=9, aria=False),
        bar("unsure", color=theme.BAND, strokeWidth=13, aria=False),
        step,
        *name,
        dot,
    ]
    if illustrative:
        layers.insert(0, theme.illustrative_mark(data))
    return theme.finished(alt.layer(*layers).properties(height=height + AXIS))


def history_sentence(history: History) -> str:
    """What is held of the authority, in words."""
    told = []
    if history.judgements:
        newest, *_ = before = history.judgements[::-1]
        told.append(f"Ofsted judged {history.name} “{newest.overall}”, published {day_words(newest.published)}.")
        if before[1:]:
            told.append(f"Before: {listed([f'“{j.overall}” ({j.published.year})' for j in before[1:]])}.")
    else:
        told.append(f"No judgement of {history.name} by Ofsted is held.")
    if history.visits:
        told.append(f"{counted(len(history.visits), 'visit')} without an overall judgement.")
    models = [_lane_words(lane) if lane.starts else f"{lane.model}, {NO_DATE}" for lane in history.lanes]
    told.append(f"Practice models recorded: {'; '.join(models)}." if models else "No practice model is recorded.")
    return " ".join(told)


def history_table(history: History) -> pd.DataFrame:
    """Every event of the chart as text: inspections and visits, newest first, then the register's rows."""
    inspected = sorted((*history.judgements, *history.visits), key=lambda each: each.start, reverse=True)
    events = [(day_words(each.start), each.framework, *_outcome(each)) for each in inspected]
    for e in history.entries:
        ended = f" Ended {day_words(e.end)}." if e.end else ""
        told = f"{PRECISION_WORDS[e.precision].capitalize()}.{ended} {e.programme} {e.note}".strip()
        events.append((e.when, e.model, e.role, f"{told} Source: {e.source}"))
    return pd.DataFrame(events, columns=["When", "What", "Judgement or role", "More"])


def _outcome(each: Judgement | Visit) -> tuple[str, str]:
    if isinstance(each, Visit):
        return "no overall judgement", f"Published {day_words(each.published)}. {each.theme}".strip()
    parts = "; ".join(f"{what}: {how}" for what, how in each.parts)
    return each.overall, f"Published {day_words(each.published)}. {parts}".strip()


def history_picture(history: History, *, source: str, illustrative: bool) -> Picture:
    """The chart with everything that goes with it."""
    return Picture(
        title=f"Ofsted’s judgements and practice models in {history.name}",
        subtitle="A judgement is drawn from the day it was published until the next. Square: start of a practice model; thick "
        "bar: to an end that is recorded; dashed: no end recorded; grey: the time in which the start lies.",
        source=source,
        alt=f"Timeline, {history.first} to {int(history.last)}. {history_sentence(history)}",
        spec=history_spec(lanes=_lanes(history), illustrative=illustrative),
        frame=history_frame(history),
        table=history_table(history),
        figures=raw_history(history),
        stem=f"{history.name}-history",
        illustrative=illustrative,
    )
