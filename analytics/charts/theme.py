"""Colour, font and number format of every chart, and how a built chart becomes a specification."""

from __future__ import annotations

import functools

import altair as alt

# Analysis Function palette for accessible charts (analysisfunction.civilservice.gov.uk, categorical data).
DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D"
PAPER, INK, BLACK, MUTED, RULE = "#FFFFFF", "#0B0C0C", "#000000", "#505A5F", "#DEE0E2"  # GOV.UK Design System
BAND = "#CBD5DF"
DOT = "#7A858C"  # one of many authorities, 3 to 1 on white
COVERAGE = ("#EEF3F8", "#12436D")  # light to dark: no figure to every figure
DARK_FROM = 0.68  # share from which white text on COVERAGE reads better than black

SHADES = (
    "#E6EFF7",
    "#B3CFE8",
    "#75ABDC",
    "#2073BC",
    "#12436D",
)  # of a map, low to high; hue and lightness of the palette
GROUPS = (DARK_BLUE, ORANGE, TURQUOISE, DARK_PINK, "#A285D1", DARK_GREY)  # of a map; each hexagon has its letter too

# What each part of a comparison looks like: line colour, dash, width. Colour never carries the meaning alone.
LINE = {
    "authority": (DARK_BLUE, (1, 0), 3.5),
    "comparator": (ORANGE, (8, 5), 2.5),
    "region": (TURQUOISE, (12, 4, 3, 4), 2.5),
    "england": (DARK_PINK, (3, 3), 2.5),
}
# Text in a lighter line's hue is darkened until it reads: 4.5 to 1 on white (tests/analytics/charts/test_theme.py).
LABEL = {
    "authority": DARK_BLUE,
    "comparator": "#A83F08",
    "median": "#A83F08",
    "region": "#17685F",
    "england": DARK_PINK,
    "spread": MUTED,
}

# One authority among many, on a strip or a funnel: any, one that is compared, the one chosen. Shape and ring tell them apart.
DOTS = {
    "dot": {"shape": "circle", "size": 46, "fill": DOT, "stroke": PAPER, "strokeWidth": 0.75},
    "near": {"shape": "circle", "size": 80, "fill": ORANGE, "stroke": INK, "strokeWidth": 2},
    "chosen": {"shape": "diamond", "size": 230, "fill": DARK_BLUE, "stroke": PAPER, "strokeWidth": 1.5},
}

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
AXIS_SIZE, LABEL_SIZE, TITLE_SIZE = 14, 14, 18  # pixels
HEIGHT, SMALL_HEIGHT = 300, 230  # pixels of the plot itself, and of one among many
MARK_WORD = "Illustrative"

CONFIG = {
    "background": PAPER,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": AXIS_SIZE,
        "titleFontSize": AXIS_SIZE,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": RULE,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "labelPadding": 6,
        "titlePadding": 10,
        "labelAngle": 0,
    },
    "text": {"fontSize": LABEL_SIZE, "font": FONT},
    "title": {
        "fontSize": TITLE_SIZE,
        "subtitleFontSize": AXIS_SIZE,
        "anchor": "start",
        "color": INK,
        "subtitleColor": MUTED,
        "offset": 16,
        "subtitlePadding": 6,
        "frame": "bounds",
    },
}


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@functools.lru_cache(maxsize=64)
def takes_light_letters(ground: str) -> bool:
    """Whether white text on a colour reads better than black."""
    return contrast(ground, PAPER) > contrast(ground, BLACK)


def shades(count: int) -> tuple[str, ...]:
    """That many shades from low to high, as far apart as the palette has them.

    >>> len(shades(3)), shades(5) == SHADES
    (3, True)
    """
    last = len(SHADES) - 1
    return tuple(SHADES[round(last * place / (count - 1)) if count > 1 else last // 2] for place in range(count))


def axis_format(decimals: int) -> str:
    """Number format (d3) of figures with that many decimals: thousands separated."""
    return f",.{decimals}f"


def line_scale(channel: str) -> alt.Scale:
    """Scale of 'color', 'strokeDash' or 'strokeWidth' by the part a line plays."""
    place = ("color", "strokeDash", "strokeWidth").index(channel)
    values = [list(v[place]) if isinstance(v[place], tuple) else v[place] for v in LINE.values()]
    return alt.Scale(domain=list(LINE), range=values)


def label_scale() -> alt.Scale:
    """Scale of text colour by the part a line plays."""
    return alt.Scale(domain=list(LABEL), range=list(LABEL.values()))


def illustrative_mark(data: alt.NamedData) -> alt.Chart:
    """The word across the middle of a plot of invented figures, under everything else."""
    return (
        alt.Chart(data)
        .transform_aggregate(rows="count()")
        .mark_text(
            text=MARK_WORD,
            fontSize={"expr": "min(56, width / 7)"},
            color=MUTED,
            opacity=0.14,
            fontWeight="bold",
            aria=False,
            tooltip=None,
        )
        .encode(x=alt.value({"expr": "width / 2"}), y=alt.value({"expr": "height / 2"}))
    )


def finished(chart: alt.LayerChart | alt.Chart) -> dict:
    """Specification of a built chart, in our look, for `st.vega_lite_chart(frame, spec)`; its data is left to the caller."""
    spec = chart.to_dict(validate=False)
    for key in ("data", "datasets", "$schema"):
        spec.pop(key, None)
    return spec | {
        "config": CONFIG,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 4, "top": 8, "right": 8, "bottom": 4},
    }
