"""What the strips draw: one row a mark, `part` saying which layer it belongs to; heights are pixels from the top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from analytics.strips import Strip
from analytics.trends import Measure, short_text
from analytics.wording import number_text, value_text

LINE = 20  # pixels of a line of labels
GAP = 12  # below each strip
TALL, LOW = 120, 54  # most pixels of a strip that stands alone, and of one among several
STEP = 8  # pixels between dots above one another
PLACES = 70  # across the chart, in which dots are stacked: a place is 5 pixels wide on a phone, a dot 7
WORDS, NUMBERS = ("part", "kind", "text", "side", "told"), ("x", "y", "y2")

Row = dict[str, object]


def strip_frame(
    strips: Sequence[Strip], measure: Measure, *, chosen: str, near: Sequence[str]
) -> tuple[pd.DataFrame, int]:
    """Every mark, and how many pixels they take from top to bottom.

    Parameters
    ----------
    chosen : code of the authority that is named
    near : codes of those that are ringed
    """
    ends = _ends(strips)
    rows: list[Row] = [{"part": "scale", "x": end, "y": 0.0} for end in ends]
    top, ringed = 0.0, frozenset(near)
    for number, strip in enumerate(strips):
        if strip.heading:
            top += LINE
            rows.append({"part": "heading", "x": ends[0], "y": top - 5, "text": _heading(strip, measure, chosen)})
        labels = strip.ticks if number == 0 else ()
        offsets, tall = _stacked(strip.values, ends, TALL if len(strips) == 1 else LOW)
        swarm = top + LINE * len(labels) + 4
        rows += _ticks(strip, measure, ends, top, swarm + tall, labelled=bool(labels))
        rows += _dots(strip, measure, swarm + tall / 2 + offsets, chosen, ringed)
        top = swarm + tall
        if len(strips) == 1 and chosen in strip.codes:
            top += LINE
            rows.append(_named(strip, measure, ends, chosen, top - 5))
        top += GAP
    words = {c: pd.array([row.get(c) for row in rows], dtype="str") for c in WORDS}
    return pd.DataFrame(words | {c: np.array([row.get(c) for row in rows], dtype=float) for c in NUMBERS}), round(top)


def _ends(strips: Sequence[Strip]) -> tuple[float, float]:
    """Lowest and highest of all figures, apart even where there are none or all are the same."""
    values = [v for strip in strips for v in (*strip.values.tolist(), *(tick.value for tick in strip.ticks))] or [0.0]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1, high + 1)


def _heading(strip: Strip, measure: Measure, chosen: str) -> str:
    """What the strip is, the chosen authority's figure where it is on it, and how many it holds."""
    number = len(strip.codes) + strip.missing
    value = strip.value_of(chosen)
    own = [] if value is None else [f"{strip.names[strip.codes.index(chosen)]} {short_text(value, measure)}"]
    several = "1 authority" if number == 1 else f"{number} authorities"
    told = "; ".join([*own, several + (f", {strip.missing} without a figure" if strip.missing else "")])
    return f"{strip.heading}: {told}"


def _stacked(values: np.ndarray, ends: tuple[float, float], most: int) -> tuple[np.ndarray, float]:
    """How far each dot of rising values stands above or below the middle, and the height that all take.

    Dots in one place across stand above one another, from the middle outwards, closer where they would not fit.
    """
    place = np.floor((values - ends[0]) / (ends[1] - ends[0]) * PLACES).astype(int)
    starts = np.r_[True, place[1:] != place[:-1]] if len(place) else np.array([], dtype=bool)
    turn = np.arange(len(place)) - np.maximum.accumulate(np.where(starts, np.arange(len(place)), 0))
    away = (turn + 1) // 2 * np.where(turn % 2, -1, 1)
    stack = int(turn.max(initial=0)) + 1
    step = min(STEP, most / stack)
    return away * step, max(stack * step, 2 * STEP)


def _dots(strip: Strip, measure: Measure, heights: np.ndarray, chosen: str, ringed: frozenset[str]) -> Iterator[Row]:
    marks = zip(strip.codes, strip.names, strip.values.tolist(), heights.tolist(), strict=True)
    for code, name, value, y in marks:
        part = "chosen" if code == chosen else "near" if code in ringed else "dot"
        told = f"{name}: {value_text(value, measure.unit, measure.decimals)}"
        yield {"part": part, "x": value, "y": y, "told": told}


def _ticks(
    strip: Strip, measure: Measure, ends: tuple[float, float], top: float, bottom: float, *, labelled: bool
) -> Iterator[Row]:
    """A rule for each tick down to the strip's lower end, each label on a line of its own so that none overlap.

    Labels to the left of their rule come first, from the right, so that no rule that starts higher runs through one.
    """
    left = [tick for tick in strip.ticks if _side(tick.value, ends) == "left"]
    right = [tick for tick in strip.ticks if tick not in left]
    ordered = sorted(left, key=lambda tick: -tick.value) + sorted(right, key=lambda tick: tick.value)
    for n, tick in enumerate(ordered):
        start = top + LINE * n + 4 if labelled else top + 2
        yield {"part": "tick", "kind": tick.kind, "x": tick.value, "y": start, "y2": bottom}
        if labelled:
            text = f"{tick.label} {number_text(tick.value, measure.decimals)}"
            side = _side(tick.value, ends)
            yield {"part": "label", "kind": tick.kind, "x": tick.value, "y": start + 8, "text": text, "side": side}


def _named(strip: Strip, measure: Measure, ends: tuple[float, float], chosen: str, y: float) -> Row:
    at = strip.codes.index(chosen)
    value = float(strip.values[at])
    text = f"{strip.names[at]} {short_text(value, measure)}"
    return {"part": "name", "x": value, "y": y, "text": text, "side": _side(value, ends)}


def _side(value: float, ends: tuple[float, float]) -> str:
    """On which side of a mark its label has more room."""
    return "right" if value - ends[0] < ends[1] - value else "left"
