"""One indicator in every authority as tables: numbers to sort, the same as text, regions apart, and as held for a download."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from analytics.everywhere import Everywhere, Figures
from analytics.everywhere_answer import uses_words
from analytics.recent_trend import RecentTrend
from analytics.trends import STATUS_WORDS, Figure, status_text
from analytics.wording import number_text, unit_heading

ARROWS = {
    "rising": "\N{UPWARDS ARROW} rising",
    "falling": "\N{DOWNWARDS ARROW} falling",
    "no_clear_trend": "no clear trend",
    "cannot_tell": "cannot tell",
}
FROM, TO = "95% interval from", "to"
RANGE, BAND, CHANGE, TREND = "Plausible range", "Quartile band", "Change on year before", "Trend, five years"
IN_SET, MODELS, NOTE = "In the set", "Practice models", "Note"
NUMBERS = (FROM, TO, RANGE, CHANGE)


def figure_heading(found: Everywhere) -> str:
    """What heads the figures: 'Per 10,000 children, 2025'."""
    return f"{unit_heading(found.measure.unit)}, {found.year}"


def place_heading(found: Everywhere) -> str:
    """What heads the places: of how many, and which end is 1."""
    first = "best" if found.measure.polarity != "none" else "highest"
    return f"Rank of {found.places.ranked} (1 {first})"


def sortable(found: Everywhere, near: Collection[str], chosen: str) -> pd.DataFrame:
    """A row an authority, by name, the one chosen first; numbers as held, empty where there is none."""
    figures, places = found.authorities, found.places
    columns = {
        "Authority": figures.name,
        figure_heading(found): figures.value,
        FROM: figures.low,
        TO: figures.high,
        place_heading(found): places.place,
        RANGE: _ranges(found),
        BAND: found.band,
        CHANGE: figures.change,
        TREND: _trends(figures.trend),
        "Region": figures.region,
        IN_SET: ["yes" if code in set(near) else "" for code in figures.code],
        MODELS: [uses_words(found.uses.get(code, ())) for code in figures.code],
        NOTE: _notes(figures),
    }
    table = pd.DataFrame(columns)
    table = table.drop(columns=_empty(table))
    first = np.array([code != chosen for code in figures.code])
    return table.iloc[np.argsort(first, kind="stable")].reset_index(drop=True)


def _empty(table: pd.DataFrame) -> list[str]:
    """Columns that hold nothing for anybody: intervals without counts, bands where nothing is better."""
    may_go = [c for c in (FROM, TO, RANGE, BAND, NOTE) if c in table]
    return [c for c in may_go if all(each == "" or each != each for each in table[c].tolist())]


def readable(found: Everywhere, near: Collection[str], chosen: str) -> pd.DataFrame:
    """The same as text."""
    decimals = found.measure.decimals
    table = sortable(found, near, chosen)
    shown = table.assign(**{place_heading(found): [_whole(v) for v in table[place_heading(found)]]})
    for column in (figure_heading(found), FROM, TO):
        if column in shown:
            shown[column] = [_text(v, decimals) for v in table[column]]
    return shown.assign(**{CHANGE: [signed(v, decimals) for v in table[CHANGE]]})


def wider_table(found: Everywhere) -> pd.DataFrame:
    """Regions and the whole country as text: they have no rank among authorities."""
    figures, decimals = found.wider, found.measure.decimals
    values = zip(figures.value.tolist(), figures.status, strict=True)
    table = pd.DataFrame(
        {
            "Area": figures.name,
            figure_heading(found): [
                status_text(Figure(found.year, None if np.isnan(v) else v, s), decimals) for v, s in values
            ],
            FROM: [_text(v, decimals) for v in figures.low],
            TO: [_text(v, decimals) for v in figures.high],
            CHANGE: [signed(v, decimals) for v in figures.change],
            TREND: _trends(figures.trend),
        }
    )
    return table.drop(columns=_empty(table))


def raw(found: Everywhere, near: Collection[str]) -> pd.DataFrame:
    """Everything as held, one row an area, for a download."""
    figures, places = found.authorities, found.places
    own = _raw_figures(found, figures, "authority").assign(
        place=places.place,
        place_low=places.low,
        place_high=places.high,
        ranked=places.ranked,
        withheld=places.withheld,
        first_is="best" if found.measure.polarity != "none" else "highest",
        band=found.band,
        in_the_set=[code in set(near) for code in figures.code],
        practice_models=[uses_words(found.uses.get(code, ())) for code in figures.code],
    )
    return pd.concat([own, _raw_figures(found, found.wider, "region or country")], ignore_index=True)


def _raw_figures(found: Everywhere, figures: Figures, kind: str) -> pd.DataFrame:
    measure = found.measure
    return pd.DataFrame(
        {
            "indicator": measure.indicator,
            "label": measure.label,
            "unit": measure.unit,
            "year": found.year,
            "kind": kind,
            "area_code": figures.code,
            "name": figures.name,
            "region": figures.region,
            "value": figures.value,
            "status": figures.status,
            "interval_low": figures.low,
            "interval_high": figures.high,
            "change": figures.change,
            "trend": [trend.direction for trend in figures.trend],
            "trend_p": [trend.p for trend in figures.trend],
        }
    )


def signed(value: float, decimals: int) -> str:
    """A change with its sign; '' where there is none.

    >>> signed(1.25, 1), signed(-1.25, 1), signed(0.0, 1), signed(float("nan"), 1)
    ('+1.2', '−1.2', '0.0', '')
    """
    if np.isnan(value):
        return ""
    return f"{'+' if round(value, decimals) > 0 else ''}{number_text(value, decimals)}"


def _text(value: float, decimals: int) -> str:
    return "" if np.isnan(value) else number_text(value, decimals)


def _whole(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.0f}"


def _ranges(found: Everywhere) -> list[str]:
    ends = zip(found.places.low.tolist(), found.places.high.tolist(), strict=True)
    return ["" if np.isnan(low) else f"{low:.0f} to {high:.0f}" for low, high in ends]


def _trends(trends: Sequence[RecentTrend]) -> list[str]:
    return [ARROWS[trend.direction] for trend in trends]


def _notes(figures: Figures) -> list[str]:
    """The publisher's letter and reason, of figures that are missing or doubtful."""
    told = [STATUS_WORDS[status] for status in figures.status]
    return [f"{letter} ({reason})" if reason else "" for letter, reason in told]
