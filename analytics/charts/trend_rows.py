"""What the line chart of a trend draws: one row a mark, `part` saying which layer it belongs to."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.charts.placing import round_ends, spaced
from analytics.marks import PANDEMIC_WORDS
from analytics.trend_answer import interval_words
from analytics.trends import MIDDLE_HALF, STATUS_WORDS, Line, Trend, number_words
from analytics.wording import number_text, value_text

LABEL_WIDTH = 13  # characters of a line's label before it wraps: a phone leaves some 100 pixels
LINE_HEIGHT = 17  # pixels between the lines of labels
MOST_ROWS = 4  # of marks labelled above the plot
WORDS, NUMBERS = ("part", "kind", "text", "side"), ("x", "x2", "y", "y2", "row")

Row = dict[str, object]


def trend_frame(trend: Trend, *, from_zero: bool = True, height: int = theme.HEIGHT) -> pd.DataFrame:
    """Every mark of the chart, those on the left first.

    Parameters
    ----------
    height : pixels of the plot, for labels that must not overlap
    """
    ends = _ends(trend, from_zero=from_zero)
    rows: list[Row] = [{"part": "scale", "x": trend.years[1], "y": end} for end in ends]
    rows += [{"part": "spread", "x": m.year, "y": m.low, "y2": m.high} for m in trend.spread]
    rows += [*_above(trend), *_lines(trend), *_median(trend), *_labels(trend, ends, height)]
    rows.sort(key=lambda row: row["x"])
    words = {c: pd.array([row.get(c) for row in rows], dtype="str") for c in WORDS}
    return pd.DataFrame(words | {c: np.array([row.get(c) for row in rows], dtype=float) for c in NUMBERS})


def rows_above(frame: pd.DataFrame) -> int:
    """Rows of labels that a frame needs above its plot."""
    return sum(part in ("rule", "pandemic") for part in frame.part.tolist())


def _ends(trend: Trend, *, from_zero: bool) -> tuple[float, float]:
    values = [end for line in trend.drawn for f in line.held for end in (f.value, f.low, f.high) if end is not None]
    return round_ends([*values, *(m.low for m in trend.spread), *(m.high for m in trend.spread)], from_zero=from_zero)


def _span(trend: Trend) -> tuple[int, int]:
    years = [f.year for line in trend.lines for f in line.figures] or trend.years
    return min(years), max(years)


def _lines(trend: Trend) -> Iterator[Row]:
    """Figures, and an empty row where a line must break; hollow where the publisher warns, on the axis where none is."""
    measure = trend.measure
    for place, line in enumerate(trend.lines):
        for f in line.figures:
            letter, reason = STATUS_WORDS[f.status]
            if f.value is None:
                yield {"part": "missing", "kind": line.part, "x": f.year, "row": place, "text": letter}
                yield {"part": "line", "kind": line.part, "x": f.year}
                continue
            value = value_text(f.value, measure.unit, measure.decimals)
            words = f"{line.name}, {f.year}: {value}{interval_words(f, measure)}{number_words(f)}"
            told = f"{words} ({reason})" if reason else words
            yield {"part": "line", "kind": line.part, "x": f.year, "y": f.value, "text": told}
            if f.low is not None and f.high is not None:
                yield {"part": "interval", "kind": line.part, "x": f.year, "y": f.low, "y2": f.high}
            if letter:
                yield {"part": "doubtful", "kind": line.part, "x": f.year, "y": f.value, "text": letter}
    own = [f.year for line in trend.lines[:1] for f in line.figures]
    for gap in trend.breaks:
        if own and own[0] < gap.at < own[-1]:
            yield {"part": "line", "kind": "authority", "x": gap.at}


def _median(trend: Trend) -> Iterator[Row]:
    """The set's median, a tick a year beside the line of its mean."""
    measure = trend.measure
    for f in trend.median.held if trend.median else ():
        value = value_text(f.value, measure.unit, measure.decimals)
        words = f"{trend.median.name}, {f.year}: {value}{number_words(f)}"
        yield {"part": "median", "kind": "median", "x": f.year, "y": f.value, "text": words}


def _labels(trend: Trend, ends: tuple[float, float], height: int) -> Iterator[Row]:
    """Names at the ends of lines, with the newest figure, moved apart where they would overlap."""
    named = [(line.part, line.held[-1].value, _label(trend, line)) for line in trend.drawn if line.held]
    texts = ["\n".join(textwrap.wrap(text, LABEL_WIDTH, break_long_words=False)) for *_, text in named]
    if trend.spread:
        named.append(("spread", (trend.spread[-1].low + trend.spread[-1].high) / 2, MIDDLE_HALF))
        texts.append("Middle half\nof authorities")
    one = LINE_HEIGHT * (ends[1] - ends[0]) / height
    tall = [(text.count("\n") + 1.3) * one for text in texts]
    top = ends[1] if trend.pandemic or trend.marks or trend.breaks else ends[1] + one  # words above need their row
    places = spaced([value for _, value, _ in named], tall, ends[0], top)
    for (part, *_), text, place, size in zip(named, texts, places, tall, strict=True):
        # Text hangs from the middle of its first line.
        yield {"part": "label", "kind": part, "x": _span(trend)[1], "y": place + size / 2 - 0.65 * one, "text": text}


def _label(trend: Trend, line: Line) -> str:
    end = line.held[-1]
    when = "" if end.year == _span(trend)[1] else f" ({end.year})"
    name = "Median" if line.part == "median" else line.name
    return f"{name} {number_text(end.value, trend.measure.decimals)}{when}"


def _above(trend: Trend) -> Iterator[Row]:
    """Adoptions, breaks and the pandemic inside the years: each labelled above the plot on a row of its own."""
    first, last = _span(trend)
    dated = [("adoption", m.at, m.low, m.high, m.label) for m in trend.marks if first - 1 <= m.at <= last]
    broken = [("break", b.at, b.at, b.at, b.label) for b in trend.breaks if first - 1 < b.at < last + 1]
    marks = sorted([*dated, *broken], key=lambda m: m[1])[:MOST_ROWS]
    lowest = 0
    if trend.pandemic:
        low, high = trend.pandemic
        side = _side(low, first, last, room=0.75)
        x, x2 = (high, low) if side == "left" else (low, high)
        yield {"part": "pandemic", "x": x, "x2": x2, "text": PANDEMIC_WORDS, "side": side, "row": 0}
        lowest = 1
    for place, (kind, at, low, high, label) in enumerate(marks):
        x = max(at, first)
        row = lowest + len(marks) - 1 - place
        yield {"part": "rule", "kind": kind, "x": x, "text": label, "side": _side(x, first, last), "row": row}
        if high > low:
            yield {"part": "when", "kind": kind, "x": max(low, first), "x2": max(high, first)}


def _side(x: float, first: int, last: int, room: float = 0.55) -> str:
    """On which side of a mark its label has room: on the right up to a share of the width."""
    return "left" if x > first + room * (last - first) else "right"
