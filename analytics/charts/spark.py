"""A gap by year since adoption, small enough for a cell of a table."""

from __future__ import annotations

import base64

import numpy as np
import pandas as pd

from analytics.charts import theme
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
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<polygon points="{" ".join(upper + lower)}" fill="{theme.BAND}"/>'
        f'<line x1="0" x2="{WIDTH}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="{theme.INK}" stroke-width="1"/>'
        + (
            f'<line x1="{start:.1f}" x2="{start:.1f}" y1="0" y2="{HEIGHT}" stroke="{theme.INK}" stroke-dasharray="2 2"/>'
            if start is not None
            else ""
        )
        + f'<polyline points="{line}" fill="none" stroke="{theme.DARK_BLUE}" stroke-width="2"/></svg>'
    )
    # A page may strip drawings that stand in its HTML, but not a picture.
    data = base64.b64encode(drawn.encode()).decode()
    return f'<img alt="{said}" width="{WIDTH}" height="{HEIGHT}" src="data:image/svg+xml;base64,{data}">'
