"""Where the hexagons of a map and its key stand; lengths are in widths of a hexagon, from the left and the top."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.charts import theme

ROW = math.sqrt(3) / 2  # height of a row
SIDE = 1 / math.sqrt(3)  # of a hexagon
EDGE = 0.1  # left free around the map
KEY_ACROSS, KEY_ROW, KEY_CHARACTERS = 5.6, 0.6, 22
NO_FILL = "transparent"
WIDER = 2.5  # that a map may become to have its key beside it
NO_FIGURE, NO_GROUP = "No figure: the letter says why", "None recorded"
WORDS, LENGTHS, CHOICES = ("part", "code", "text", "fill", "ring", "note", "told"), ("x", "y", "x2", "y2"), ("light",)
Mark = dict[str, object]


@dataclass(frozen=True)
class Marked:
    """Whose hexagons are outlined: one authority thickly, those it is set beside thinly, and what all are called."""

    selected: str = ""
    selected_name: str = ""
    compared: tuple[str, ...] = ()
    compared_name: str = ""


@dataclass(frozen=True)
class Look:
    """One hexagon: its colour ('' none), whether letters on it are light, a letter under its name, and its tooltip."""

    fill: str
    light: bool = False
    note: str = ""
    told: str = ""


@dataclass(frozen=True)
class Key:
    """One line of the key: words, and the hexagon that they explain."""

    text: str
    fill: str = theme.PAPER
    ring: str = ""


def places_of(tiles: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Middle of each authority's hexagon by code; every second row is half a hexagon further right."""
    return {
        t.area_code: (t.col + 0.5 * (t.row % 2) + 0.5 + EDGE, t.row * ROW + SIDE + EDGE)
        for t in tiles.itertuples(index=False)
    }


def sides_between_regions(tiles: pd.DataFrame) -> Iterator[tuple[float, float, float, float]]:
    """Both ends of each side that hexagons of two regions share."""
    region = dict(zip(tiles.area_code, tiles.region, strict=True))
    places = places_of(tiles)
    at = {(round(2 * x), round(y / ROW)): code for code, (x, y) in places.items()}
    for (across, down), code in at.items():
        for step in ((2, 0), (1, 1), (-1, 1)):
            other = at.get((across + step[0], down + step[1]))
            if other is not None and region[other] != region[code]:
                (x, y), (u, v) = places[code], places[other]
                middle, turn = ((x + u) / 2, (y + v) / 2), ((y - v) * SIDE / 2, (u - x) * SIDE / 2)
                yield middle[0] + turn[0], middle[1] + turn[1], middle[0] - turn[0], middle[1] - turn[1]


def map_frame(
    tiles: pd.DataFrame, looks: Mapping[str, Look], keys: Sequence[Key], heading: str, marked: Marked
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """What `map_spec` draws, one row a mark, and how far it reaches to the right and down.

    The key stands in the upper right corner where the map leaves room, else above the map.

    Parameters
    ----------
    tiles : rows of `ask("tiles")`
    looks : by code, one for each of them
    heading : stands above the key
    """
    keys = [*keys, *_keys_of(marked)]
    lines = [*_lines(heading, None), *(line for key in keys for line in _lines(key.text, key))]
    places, key_down = places_of(tiles), len(lines) * KEY_ROW + EDGE
    across = max(x for x, _ in places.values()) + 0.5 + EDGE
    beside = max((x for x, y in places.values() if y < key_down + SIDE), default=0.0) + 0.8
    free = beside + KEY_ACROSS <= across + WIDER
    left, down = (max(beside, across - KEY_ACROSS), 0.0) if free else (EDGE, key_down + 0.3)
    across = max(across, left + KEY_ACROSS)
    rows = [
        *_tiles(tiles, places, looks, marked),
        *({"part": "side", "x": x, "y": y, "x2": u, "y2": v} for x, y, u, v in sides_between_regions(tiles)),
    ]
    for row in rows:
        row |= {name: row[name] + down for name in ("y", "y2") if name in row}
    rows += _key(lines, left)
    bottom = max(y for _, y in places.values()) + down + SIDE + EDGE
    return _as_frame(rows), (round(across, 3), round(bottom, 3))


def _tiles(
    tiles: pd.DataFrame, places: dict[str, tuple[float, float]], looks: Mapping[str, Look], marked: Marked
) -> Iterator[Mark]:
    compared = set(marked.compared)
    for t in tiles.itertuples(index=False):
        (x, y), its = places[t.area_code], looks[t.area_code]
        ring = "selected" if t.area_code == marked.selected else "compared" if t.area_code in compared else ""
        yield {"part": "tile", "code": t.area_code, "x": x, "y": y, "text": t.short, "ring": ring} | vars(its)


def _keys_of(marked: Marked) -> Iterator[Key]:
    if marked.selected_name:
        yield Key(marked.selected_name, NO_FILL, "selected")
    if marked.compared:
        yield Key(marked.compared_name, NO_FILL, "compared")


def _lines(text: str, key: Key | None) -> Iterator[tuple[str, Key | None, bool]]:
    """Lines that a text takes: words, the key that they belong to, and whether its hexagon stands beside them."""
    for number, line in enumerate(textwrap.wrap(text, KEY_CHARACTERS)):
        yield line, key, key is not None and number == 0


def _key(lines: Sequence[tuple[str, Key | None, bool]], left: float) -> Iterator[Mark]:
    for number, (text, key, first) in enumerate(lines):
        y = KEY_ROW * (number + 0.5) + EDGE
        yield {"part": "key" if key else "heading", "x": left + (0.9 if key else 0), "y": y, "text": text}
        if first:
            yield {"part": "sample", "x": left + 0.4, "y": y, "fill": key.fill, "ring": key.ring}


def _as_frame(rows: Sequence[Mark]) -> pd.DataFrame:
    columns = {c: [row.get(c, "") for row in rows] for c in WORDS}
    columns |= {c: [row.get(c, math.nan) for row in rows] for c in LENGTHS}
    return pd.DataFrame(columns | {c: [bool(row.get(c)) for row in rows] for c in CHOICES})
