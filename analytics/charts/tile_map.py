"""Authorities as hexagons of one size, each roughly where it lies, shaded by a figure or coloured by a group."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from analytics.charts import theme
from analytics.charts.picture import Picture
from analytics.charts.tile_frame import NO_FIGURE, NO_GROUP, Key, Look, Marked, map_frame
from analytics.shading import Shades, shades_of
from analytics.trends import STATUS_WORDS, Measure
from analytics.wording import counted, listed, number_text, unit_heading, value_text

SELECTION = "tile"  # name of what a click chooses: its `code` is the authority's
HEXAGON = 42  # pixels across, so that three capitals of 14 pixels have room
LEAST = 28  # pixels across, with letters of 9 pixels; a narrower frame scrolls
NOBODY = Marked()
EVEN = "Each shade holds about the same number of authorities."
SHAPE = "M0,-1L.866,-.5L.866,.5L0,1L-.866,.5L-.866,-.5Z"  # a hexagon that stands on a corner, between -1 and 1
LETTERS, OTHER_LETTER = "ABCDEF", "O"  # of groups, so that colour never tells alone
NAMED = 3  # authorities at either end that the words for those who cannot see it name


@functools.lru_cache(maxsize=32)
def map_spec(*, across: float, down: float, hexagon: int, illustrative: bool) -> dict:
    """Specification of the map; nothing in it depends on the figures.

    Parameters
    ----------
    across, down : of the whole, in widths of a hexagon
    hexagon : pixels across one
    """
    data = alt.NamedData("d")
    base = alt.Chart(data)
    x = alt.X("x:Q").scale(domain=[0, across], nice=False).axis(None)
    y = alt.Y("y:Q").scale(domain=[0, down], nice=False, reverse=True).axis(None)
    letters = round(hexagon / 3)

    def part(name: str) -> alt.Chart:
        return base.transform_filter(f"datum.part == '{name}'").encode(x=x, y=y)

    def hexagons(chart: alt.Chart, share: float, **look: object) -> alt.Chart:
        """Hexagons of a share of the full width, each 4 / 3 of its width squared in Vega's measure of size."""
        return chart.mark_point(shape=SHAPE, size=4 / 3 * (share * hexagon) ** 2, opacity=1, **look)

    def filled(chart: alt.Chart, share: float, **look: object) -> alt.Chart:
        dashes = alt.condition(f"datum.fill == '{theme.PAPER}'", alt.value([3, 2]), alt.value([1, 0]))
        outline = hexagons(chart, share, stroke=theme.MUTED, strokeWidth=1, **look)
        return outline.encode(fill=alt.Fill("fill:N", scale=None), strokeDash=dashes)

    def rings(chart: alt.Chart, share: float) -> list[alt.Chart]:
        """A dark ring with a light one inside it, so that it shows on every shade."""
        layers = []
        for kind, wide in (("compared", 0.05), ("selected", 0.11)):
            inside = chart.transform_filter(f"datum.ring == '{kind}'")
            light = 0.04
            for far, ink, width in ((0.99 - 2 * wide - light, theme.PAPER, light), (0.99 - wide, theme.INK, wide)):
                look = {"stroke": ink, "strokeWidth": max(1, width * hexagon * share)}
                layers.append(hexagons(inside, share * far, aria=False, **look))
        return layers

    def letter(chart: alt.Chart, field: str, lower: float) -> alt.Chart:
        on_dark = alt.condition("datum.light", alt.value(theme.PAPER), alt.value(theme.BLACK))
        text = chart.mark_text(fontSize=letters, baseline="middle", dy=lower * letters, aria=False, cursor="pointer")
        return text.encode(text=f"{field}:N", color=on_dark, tooltip=alt.Tooltip("told:N", title=" "))

    chosen = alt.selection_point(name=SELECTION, fields=["code"], on="click", toggle=False)
    tile = filled(part("tile"), 0.97, cursor="pointer").encode(
        tooltip=alt.Tooltip("told:N", title=" "), description="told:N"
    )
    alone, noted = (part("tile").transform_filter(f"datum.note {sign} ''") for sign in ("==", "!="))
    layers = [
        *([theme.illustrative_mark(data)] if illustrative else []),
        tile.add_params(chosen),
        part("side").mark_rule(color=theme.PAPER, strokeWidth=hexagon / 10, strokeCap="round", aria=False)
        .encode(x2="x2:Q", y2="y2:Q"),
        *rings(part("tile"), 1),
        letter(alone, "text", 0.05), letter(noted, "text", -0.5), letter(noted, "note", 0.6),
        filled(part("sample"), 0.45, aria=False), *rings(part("sample"), 0.45),
        *(
            part(name).mark_text(align="left", baseline="middle", fontSize=letters, fontWeight=weight, color=theme.INK)
            .encode(text="text:N")
            for name, weight in (("heading", "bold"), ("key", "normal"))
        ),
    ]  # fmt: skip
    sized = alt.layer(*layers).properties(width=round(across * hexagon), height=round(down * hexagon))
    return theme.finished(sized) | {"autosize": {"type": "pad", "contains": "padding"}}


def _picture(
    tiles: pd.DataFrame, looks: Mapping[str, Look], keys: list[Key], heading: str, marked: Marked, hexagon: int, **rest
) -> Picture:
    frame, (across, down) = map_frame(tiles, looks, keys, heading, marked)
    spec = map_spec(across=across, down=down, hexagon=max(LEAST, hexagon), illustrative=rest["illustrative"])
    return Picture(spec=spec, frame=frame, **rest)


def tile_picture(
    tiles: pd.DataFrame,
    figures: pd.DataFrame,
    *,
    measure: Measure,
    year: int,
    source: str,
    illustrative: bool,
    marked: Marked = NOBODY,
    hexagon: int = HEXAGON,
) -> Picture:
    """A map of one indicator in one year, in five shades of about as many authorities each, with its table.

    Parameters
    ----------
    tiles : rows of `ask("tiles")`: area_code, short, name, region, col, row
    figures : area_code, value (not a number where there is none) and status, one row an authority and year
    marked : who is outlined
    hexagon : pixels across one; at least `LEAST`
    """
    held = figures.set_index("area_code").reindex(tiles.area_code)
    values, statuses = held.value.to_numpy(float), held.status.fillna("no_row")
    shades = shades_of(values, measure.decimals)
    colours = theme.shades(len(shades.labels))
    looks, shown = {}, []
    for code, name, value, status, place in zip(
        tiles.area_code, tiles.name, values, statuses, shades.place, strict=True
    ):
        letter, reason = STATUS_WORDS[status]
        words = value_text(value, measure.unit, measure.decimals) if place >= 0 else "no figure"
        told = f"{words}, {letter} ({reason})" if reason else words
        fill = colours[place] if place >= 0 else theme.PAPER
        looks[code] = Look(fill, theme.takes_light_letters(fill), letter, f"{name}: {told}")
        shown.append(told)
    keys = [Key(text, fill) for text, fill in zip(shades.labels, colours, strict=True)][::-1]
    missing = int((shades.place < 0).sum())
    return _picture(
        tiles, looks, keys + ([Key(NO_FIGURE)] if missing else []), unit_heading(measure.unit), marked, hexagon,
        title=f"{measure.label}: where are figures high and low, {year}?",
        subtitle=f"{unit_heading(measure.unit)}, {year}. {_how(illustrative)} {EVEN}",
        source=source,
        alt=f"{_opening(len(tiles), illustrative)} {_words(tiles.name.to_numpy(), values, shades, measure, year, marked)}",
        table=_table(tiles, f"{unit_heading(measure.unit)}, {year}", shown),
        figures=_figures(tiles, held, year),
        stem=f"map {measure.indicator} {year}",
        illustrative=illustrative,
    )  # fmt: skip


def group_picture(
    tiles: pd.DataFrame,
    groups: Mapping[str, str],
    *,
    title: str,
    subtitle: str,
    what: str,
    source: str,
    stem: str,
    illustrative: bool,
    marked: Marked = NOBODY,
    hexagon: int = HEXAGON,
) -> Picture:
    """A map of groups, such as the practice model in use, each with a colour and a letter; with its table.

    Parameters
    ----------
    tiles : rows of `ask("tiles")`
    groups : what an authority belongs to, by code; left out or '' is nothing recorded
    what : heads the key and the table's column: 'Practice model'
    """
    own = pd.Series([groups.get(code) or "" for code in tiles.area_code])
    sizes = own[own != ""].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    most = list(sizes.index[: len(theme.GROUPS)])
    looks, shown = {}, []
    for code, name, group in zip(tiles.area_code, tiles.name, own, strict=True):
        place = most.index(group) if group in most else -1
        fill = theme.GROUPS[place] if place >= 0 else theme.RULE if group else theme.PAPER
        letter = LETTERS[place] if place >= 0 else OTHER_LETTER if group else ""
        looks[code] = Look(fill, theme.takes_light_letters(fill), letter, f"{name}: {group or NO_GROUP.lower()}")
        shown.append(group or NO_GROUP)
    keys = [Key(f"{LETTERS[k]}: {group} ({sizes[group]})", theme.GROUPS[k]) for k, group in enumerate(most)]
    rest = int(sizes.iloc[len(most) :].sum())
    keys += [Key(f"{OTHER_LETTER}: another ({rest})", theme.RULE)] if rest else []
    nobody = int((own == "").sum())
    keys += [Key(f"{NO_GROUP} ({nobody})")] if nobody else []
    return _picture(
        tiles, looks, keys, what, marked, hexagon,
        title=title,
        subtitle=subtitle,
        source=source,
        alt=f"{_opening(len(tiles), illustrative)} {what}: {'; '.join(key.text for key in keys)} authorities.",
        table=_table(tiles, what, shown),
        figures=tiles[["area_code", "name"]].assign(group=list(own)),
        stem=stem,
        illustrative=illustrative,
    )  # fmt: skip


def _how(illustrative: bool) -> str:
    """What a hexagon is and why it is where it is."""
    where = "by invented region, in blocks" if illustrative else "roughly where it lies, all of one size"
    return f"Each hexagon is one authority, {where}."


def _opening(count: int, illustrative: bool) -> str:
    return f"Map of {count} hexagons. {_how(illustrative)}"


def _words(names: np.ndarray, values: np.ndarray, shades: Shades, measure: Measure, year: int, marked: Marked) -> str:
    """What a map of figures says, for those who cannot see it."""
    held = np.flatnonzero(shades.place >= 0)
    what = f"{measure.label}, {year}"
    if not len(held):
        return f"{what}: nobody has a figure."

    def named(which: np.ndarray) -> str:
        return listed([f"{names[i]} ({number_text(values[i], measure.decimals)})" for i in which])

    in_order = held[np.argsort(values[held], kind="stable")]
    said = [f"{what}, {measure.unit}: {counted(len(shades.labels), 'shade')}, {'; '.join(shades.labels)}."]
    if len(held) > 2 * NAMED:
        said += [f"Lowest: {named(in_order[:NAMED])}.", f"Highest: {named(in_order[: -NAMED - 1 : -1])}."]
    else:
        said.append(f"From low to high: {named(in_order)}.")
    for i in np.flatnonzero(names == marked.selected_name):
        place = shades.place[i]
        said.append(
            f"{named([i])}: shade {place + 1} of {len(shades.labels)} from the lowest."
            if place >= 0
            else f"{names[i]} has no figure."
        )
    missing = len(names) - len(held)
    return " ".join(
        [*said, f"No figure for {missing} of {len(names)}." if missing else "Every authority has a figure."]
    )


def _table(tiles: pd.DataFrame, heading: str, shown: list[str]) -> pd.DataFrame:
    """What each hexagon shows as text, by name."""
    table = pd.DataFrame({"Authority": tiles.name, heading: shown, "Region": tiles.region})
    return table.sort_values("Authority", key=lambda names: names.str.casefold(), ignore_index=True)


def _figures(tiles: pd.DataFrame, held: pd.DataFrame, year: int) -> pd.DataFrame:
    """The same as held, for a download."""
    return pd.DataFrame(
        {
            "area_code": tiles.area_code.to_numpy(),
            "name": tiles.name.to_numpy(),
            "region": tiles.region.to_numpy(),
            "year": year,
            "value": held.value.to_numpy(float),
            "status": held.status.fillna("no_row").to_numpy(),
        }
    )
