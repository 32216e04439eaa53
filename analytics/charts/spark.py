"""Lines small enough for a cell of a table: a gap by year since adoption, a figure over the years."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from itertools import groupby

import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.trends import Figure
from analytics.wording import number_text

WIDTH, HEIGHT, EDGE = 120, 34, 3  # pixels


def gap_spark(event_study: pd.DataFrame, *, decimals: int) -> str:
    """An HTML picture of the estimates with their band, a line at no gap and one at the first exposed year.

    Parameters
    ----------
    event_study : event_time, estimate, band_low, band_high
    """
    rows = event_study[np.isfinite(event_study.estimate)]
    if rows.empty:
        return ""
    low = np.nanmin([rows.estimate.min(), rows.band_low.min(), 0.0])
    high = np.nanmax([rows.estimate.max(), rows.band_high.max(), 0.0])
    first, last = rows.event_time.min(), rows.event_time.max()

    def x(time: float) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * (time - first) / max(last - first, 1)

    def y(value: float) -> float:
        return EDGE + (HEIGHT - 2 * EDGE) * (high - value) / max(high - low, 1e-12)

    banded = rows[np.isfinite(rows.band_low)]
    upper = [f"{x(r.event_time):.1f},{y(r.band_high):.1f}" for r in banded.itertuples()]
    lower = [f"{x(r.event_time):.1f},{y(r.band_low):.1f}" for r in banded[::-1].itertuples()]
    line = " ".join(f"{x(r.event_time):.1f},{y(r.estimate):.1f}" for r in rows.itertuples())
    before, after = (rows[side].estimate.mean() for side in (rows.event_time < 0, rows.event_time >= 0))
    said = f"Mean gap before {number_text(before, decimals)}, after {number_text(after, decimals)}"
    start = x(-0.5) if first < 0 <= last else None
    drawn = (
        f'<polygon points="{" ".join(upper + lower)}" fill="{theme.BAND}"/>'
        f'<line x1="0" x2="{WIDTH}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="{theme.INK}" stroke-width="1"/>'
        + (
            f'<line x1="{start:.1f}" x2="{start:.1f}" y1="0" y2="{HEIGHT}" stroke="{theme.INK}" stroke-dasharray="2 2"/>'
            if start is not None
            else ""
        )
        + f'<polyline points="{line}" fill="none" stroke="{theme.DARK_BLUE}" stroke-width="2"/>'
    )
    return as_image(drawn, said, WIDTH, HEIGHT)


def as_image(drawn: str, said: str, width: int, height: int) -> str:
    """A drawing as an HTML picture with words for those who cannot see it.

    Parameters
    ----------
    drawn : SVG without its outermost element
    """
    # A page may strip drawings that stand in its HTML, but not a picture.
    whole = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{drawn}</svg>'
    data = base64.b64encode(whole.encode()).decode()
    return f'<img alt="{escape(said, quote=True)}" width="{width}" height="{height}" src="data:image/svg+xml;base64,{data}">'


def series_spark(series: Sequence[Figure], *, decimals: int) -> str:
    """An HTML picture of a figure over the years: a line that breaks where one is missing, a dot on the newest.

    Parameters
    ----------
    series : every year in order
    """
    held = [f for f in series if f.value is not None]
    if not held:
        return ""
    first, last = series[0].year, series[-1].year
    low, high = min(f.value for f in held), max(f.value for f in held)

    def point(figure: Figure) -> str:
        x = 2 * EDGE + (WIDTH - 4 * EDGE) * (figure.year - first) / max(last - first, 1)
        y = 2 * EDGE + (HEIGHT - 4 * EDGE) * ((high - figure.value) / (high - low) if high > low else 0.5)
        return f"{x:.1f},{y:.1f}"

    drawn = []
    for known, run in groupby(series, key=lambda f: f.value is not None):
        points = [point(f) for f in run] if known else []
        if len(points) > 1:
            drawn.append(
                f'<polyline points="{" ".join(points)}" fill="none" stroke="{theme.DARK_BLUE}" stroke-width="2"/>'
            )
        elif points:
            drawn.append(_spot(points[0], 2))
    drawn.append(_spot(point(held[-1]), 4))
    least, most = min(held, key=lambda f: f.value), max(held, key=lambda f: f.value)
    said = ", ".join(
        f"{word} {number_text(f.value, decimals)} in {f.year}"
        for word, f in (("first", held[0]), ("lowest", least), ("highest", most), ("newest", held[-1]))
    )
    return as_image("".join(drawn), said[:1].upper() + said[1:], WIDTH, HEIGHT)


def _spot(point: str, radius: float) -> str:
    x, y = point.split(",")
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{theme.DARK_BLUE}"/>'
