"""One hexagon an authority: the layout of data/reference/tiles.csv, and blocks for authorities that were invented."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from analytics.areas import REFERENCE, Area, Register
from analytics.errors import BadFacts

TILES = REFERENCE / "tiles.csv"
COLUMNS = ("area_code", "name", "short", "column", "row")
BLOCKS_ACROSS = 3  # of invented regions; they have no geography

Row = dict[str, object]


def tile_rows(register: Register, file: Path = TILES) -> list[Row]:
    """Rows of the table `tile`: one per authority of today that the register knows, invented ones in blocks."""
    invented = [area for area in register.areas if area.invented and area.kind == "authority" and not area.to_year]
    return [row for row in read_tiles(file) if row["area_code"] in register.by_code] + list(block_tiles(invented))


def read_tiles(file: Path = TILES) -> list[Row]:
    """Rows of a layout in the columns of tiles.csv.

    Raises
    ------
    BadFacts : a row that cannot be used, or a hexagon, code or short name given twice, with file and line
    """
    found: list[Row] = []
    seen: set[object] = set()
    with file.open(encoding="utf-8", newline="") as handle:
        for line, row in enumerate(csv.DictReader(handle), start=2):
            try:
                place = (int(row["column"]), int(row["row"]))
            except (KeyError, TypeError, ValueError) as error:
                raise BadFacts(f"{file}, line {line}: column and row must be whole numbers. Mend the line.") from error
            keys = {place, row["area_code"], f"short {row['short']}"}
            if twice := keys & seen:
                raise BadFacts(f"{file}, line {line}: {twice.pop()} is there twice. Run: python -m data tiles")
            seen |= keys
            found.append({"area_code": row["area_code"], "short": row["short"], "col": place[0], "row": place[1]})
    return found


def block_tiles(areas: Iterable[Area]) -> Iterator[Row]:
    """A hexagon for each invented authority: a block a region, three blocks across, by region and name.

    >>> places = [Area(f"X{i}", "", f"Mere{i}", "authority", region="East") for i in range(3)]
    >>> [(row["col"], row["row"]) for row in block_tiles(places)]
    [(0, 0), (1, 0), (0, 1)]
    """
    in_order = sorted(areas, key=lambda area: (area.region_code, area.region, area.name, area.area_code))
    blocks = [list(group) for _, group in itertools.groupby(in_order, key=lambda area: area.region)]
    shorts = short_names(in_order)
    sides = [math.ceil(math.sqrt(len(block))) for block in blocks]
    widths = [max(sides[i::BLOCKS_ACROSS], default=0) for i in range(BLOCKS_ACROSS)]
    top = 0
    for first in range(0, len(blocks), BLOCKS_ACROSS):
        across = range(first, min(first + BLOCKS_ACROSS, len(blocks)))
        for number in across:
            left = sum(widths[: number - first]) + (number - first)
            for place, area in enumerate(blocks[number]):
                row, column = divmod(place, sides[number])
                at = {"col": left + column, "row": top + row}
                yield {"area_code": area.area_code, "short": shorts[area.area_code]} | at
        top += max(math.ceil(len(blocks[number]) / sides[number]) for number in across) + 1


def short_names(areas: Iterable[Area]) -> dict[str, str]:
    """Three capital letters of each name by code, no two alike: the first that are free, in the order of the name."""
    found: dict[str, str] = {}
    for area in areas:
        letters = [letter for letter in area.name.upper() if letter.isalpha()]
        tried = ("".join((letters[0], *two)) for two in itertools.combinations(letters[1:], 2))
        numbered = (f"{letters[0]}{number:02d}" for number in itertools.count(1))
        found[area.area_code] = next(t for t in itertools.chain(tried, numbered) if t not in found.values())
    return found
