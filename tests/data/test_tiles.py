"""The layout of the map as it is committed, invented blocks, and how both go into a warehouse."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from analytics.areas import Area, Register, read_register
from analytics.errors import BadFacts
from analytics.warehouse import Warehouse
from data.build import build
from data.invented.places import invented_places
from data.tiles import block_tiles, read_tiles, short_names, tile_rows
from tests.data.hexagons import steps_between

WRITTEN = "area_code,name,short,column,row\n"


def invented_areas(regions: dict[str, int]) -> list[Area]:
    """So many authorities in each region."""
    return [
        Area(f"X{region}{n:02d}", "", f"{region} {'abcdefghijklmnopqrstuvwxyz'[n]}", "authority", region=region)
        for region, count in regions.items()
        for n in range(count)
    ]


def test_every_authority_of_today_has_one_hexagon_and_a_name_of_its_own() -> None:
    today = {a.area_code for a in read_register().areas if a.kind == "authority" and not a.to_year}
    rows = read_tiles()
    assert [row["area_code"] for row in rows] == sorted(today)
    assert len({(row["col"], row["row"]) for row in rows}) == len(rows) == len({row["short"] for row in rows})
    assert all(re.fullmatch("[A-Z]{3,4}", row["short"]) for row in rows)
    assert min(row["col"] for row in rows) == 0 and min(row["row"] for row in rows) in (0, 1)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        pytest.param("E1,A,AAA,0,0\nE2,B,BBB,0,0\n", "line 3: (0, 0) is there twice", id="two on one hexagon"),
        pytest.param("E1,A,AAA,0,0\nE1,A,BBB,1,0\n", "line 3: E1 is there twice", id="one on two hexagons"),
        pytest.param("E1,A,AAA,0,0\nE2,B,AAA,1,0\n", "line 3: short AAA is there twice", id="one name for two"),
        pytest.param("E1,A,AAA,0,\n", "line 2: column and row must be whole numbers", id="a row left empty"),
        pytest.param("E1,A,AAA,0.5,1\n", "line 2: column and row must be whole numbers", id="half a column"),
        pytest.param("E1,A\n", "line 2: column and row must be whole numbers", id="a line cut off"),
    ],
)
def test_a_layout_that_cannot_be_used_is_refused(tmp_path, rows: str, says: str) -> None:
    file = tmp_path / "tiles.csv"
    file.write_text(WRITTEN + rows, encoding="utf-8")
    with pytest.raises(BadFacts, match=re.escape(says)):
        read_tiles(file)


def test_invented_regions_are_blocks_three_across_that_do_not_touch() -> None:
    areas = invented_areas({"A": 4, "B": 5, "C": 1, "D": 2})
    at = {row["area_code"]: (row["col"], row["row"]) for row in block_tiles(areas)}
    assert [at[f"XA0{n}"] for n in range(4)] == [(0, 0), (1, 0), (0, 1), (1, 1)], "four in a square of two"
    assert [at[f"XB0{n}"] for n in range(5)] == [(3, 0), (4, 0), (5, 0), (3, 1), (4, 1)], "after a column left free"
    assert at["XC00"] == (7, 0)
    assert [at[f"XD0{n}"] for n in range(2)] == [(0, 3), (1, 3)], "after a row left free"
    region = {area.area_code: area.region for area in areas}
    apart = [steps_between(at[a], at[b]) for a in at for b in at if region[a] != region[b]]
    assert min(apart) == 2


def test_the_teaching_set_fits_without_two_on_a_hexagon() -> None:
    import numpy as np

    places = invented_places(np.random.default_rng(1))
    areas = [
        Area(code, "", name, "authority", region=places.region_names[region])
        for code, name, region in zip(places.codes, places.names, places.region, strict=True)
    ]
    rows = list(block_tiles(areas))
    assert len({(row["col"], row["row"]) for row in rows}) == 150 == len({row["short"] for row in rows})
    assert tile_rows(Register(tuple(areas))) == rows, "no real authority among them"
    assert max(row["col"] for row in rows) <= 20 and max(row["row"] for row in rows) <= 20


def test_short_names_are_the_first_letters_that_are_free() -> None:
    names = ["Ashmere", "Ashford", "As", "A", "É-é é é"]
    areas = [Area(f"X{n}", "", name, "authority") for n, name in enumerate(names)]
    assert list(short_names(areas).values()) == ["ASH", "ASF", "A01", "A02", "ÉÉÉ"]


def test_no_authority_no_block() -> None:
    assert list(block_tiles([])) == []


def test_the_layout_is_in_a_published_warehouse(small, tmp_path) -> None:
    warehouse = Warehouse(build([small], tmp_path / "out").file)
    asked = warehouse.ask("tiles")
    warehouse.close()
    assert Counter(asked.region)["London"] == 33 and len(asked) == 153
    brent = asked.set_index("area_code").loc["E09000005"]
    (written,) = [row for row in read_tiles() if row["area_code"] == "E09000005"]
    assert brent.to_dict() == {"short": "BRE", "name": "Brent", "region": "London"} | {
        "col": written["col"],
        "row": written["row"],
    }
