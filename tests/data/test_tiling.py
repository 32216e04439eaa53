"""How the hexagons are laid out: that the committed layout is what is made, what it keeps, and each step by itself."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from analytics.areas import Register, read_register
from analytics.errors import BadFacts
from data.__main__ import main
from data.settling import APART, SPLIT, Arrangement, flat, settled
from data.tiles import TILES, read_tiles
from data.tiling import EMPTY, ISLANDS, Places, assigned, centre_of, evened, places_of, read_centroids
from tests.data.hexagons import around, pieces, steps_between

LAND_BORDERS_KEPT = 0.685  # share of pairs that border over land and are next to one another; 246 of 359


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register()


@pytest.fixture(scope="module")
def at() -> dict[str, tuple[int, int]]:
    """Column and row by code, as committed."""
    return {row["area_code"]: (row["col"], row["row"]) for row in read_tiles()}


@pytest.fixture(scope="module")
def places(register) -> Places:
    return places_of(register, read_centroids())


def three(borders=((0, 1, 1.0), (1, 2, 1.0)), regions=("R", "R", "R")) -> Places:
    """Three in a row from west to east."""
    return Places(("A", "B", "C"), regions, np.array([[0.0, 0.0], [26.0, 0.0], [52.0, 0.0]]), borders, np.ones(3))


# --- the committed layout --------------------------------------------------------------------------------------------


def test_the_committed_layout_is_what_is_made(tmp_path, capsys) -> None:
    made = tmp_path / "tiles.csv"
    assert main(["tiles", "--to", str(made)]) == 0
    assert made.read_bytes() == TILES.read_bytes()
    assert "is written" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_said_in_a_sentence(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("data.tiling.tiles", lambda *_: [])
    assert main(["tiles", "--to", str(tmp_path / "gone" / "tiles.csv")]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_it_keeps_as_many_land_borders_as_it_did(register, at) -> None:
    land = [b for b in register.borders if b.kind == "land" and b.area_code in at and b.other_code in at]
    steps = np.array([steps_between(at[b.area_code], at[b.other_code]) for b in land])
    assert len(land) == 359
    assert np.mean(steps == 1) >= LAND_BORDERS_KEPT
    assert np.mean(steps <= 2) >= 0.91


def test_every_region_and_the_mainland_are_in_one_piece(register, at) -> None:
    for region in {register.by_code[code].region for code in at}:
        own = [at[code] for code in at if register.by_code[code].region == region and code not in ISLANDS]
        assert pieces(own) == 1, region
    assert pieces([place for code, place in at.items() if code not in ISLANDS]) == 1


def test_london_is_a_block(register, at) -> None:
    london = {at[code] for code in at if register.by_code[code].region == "London"}
    touching = sum(near in london for place in london for near in around(place)) / 2
    assert len(london) == 33
    assert touching >= 70, "33 in a line would touch 32 times, as round as can be 81 times"


def test_islands_have_sea_around_them(at) -> None:
    for island in ISLANDS:
        assert not set(around(at[island])) & set(at.values())


def test_there_is_no_lake(at) -> None:
    """Every free cell that touches land can be left for the open sea."""
    taken = set(at.values())
    shore = {near for place in taken for near in around(place)} - taken
    sheet = {(c, r) for c in range(-2, 30) for r in range(-2, 30)} - taken
    assert shore <= sheet and pieces(sheet) == 1


def test_the_corners_of_england_are_where_one_looks_for_them(register, at) -> None:
    mainland = {code: place for code, place in at.items() if code not in ISLANDS}

    def of(name: str) -> tuple[int, int]:
        return at[next(a.area_code for a in register.areas if a.name == name and not a.to_year)]

    rows = [row for _, row in mainland.values()]
    assert of("Northumberland")[1] == min(rows)
    assert of("Cornwall")[0] == min(c for c, r in mainland.values() if r > np.median(rows)), "the west of the south"
    assert of("Isles of Scilly")[0] < of("Cornwall")[0]
    assert of("Isle of Wight")[1] > of("Hampshire")[1]
    assert of("Kent")[1] >= max(rows) - 1 and of("Kent")[0] >= np.quantile([c for c, _ in mainland.values()], 0.9)
    assert of("Norfolk")[1] < of("Suffolk")[1] <= of("Essex")[1] < of("Kent")[1]
    assert of("Cumberland")[1] < of("Lancashire")[1] < of("Liverpool")[1] < of("Shropshire")[1]


def test_places_lie_much_as_they_do(places, at) -> None:
    seen = np.array([(at[code][0] + at[code][1] % 2 / 2, -at[code][1] * math.sqrt(3) / 2) for code in places.codes])
    for axis in (0, 1):
        assert np.corrcoef(seen[:, axis], places.centres[:, axis])[0, 1] > 0.93


# --- centres ---------------------------------------------------------------------------------------------------------


def test_centres_say_where_they_are_from_and_lie_in_england(register) -> None:
    rows = read_centroids()
    assert all("Open Government Licence" in row["source"] for row in rows.values())
    assert all(register.by_code[code].name == row["name"] for code, row in rows.items())
    assert all(80 < float(r["easting_km"]) < 660 and 10 < float(r["northing_km"]) < 660 for r in rows.values())


def test_those_who_border_have_centres_near_one_another(register, places) -> None:
    apart = [math.dist(places.centres[i], places.centres[j]) for i, j, _ in places.borders]
    assert max(apart) < 110, "km: North Yorkshire and Cumbria's halves are the widest"


def test_a_centre_too_few_or_too_many_is_refused(register) -> None:
    rows = read_centroids()
    brent = rows.pop("E09000005")
    with pytest.raises(BadFacts, match=r"each once\. Mend: E09000005"):
        places_of(register, rows)
    with pytest.raises(BadFacts, match="Mend: E99000001"):
        places_of(register, rows | {"E09000005": brent, "E99000001": brent})


# --- each step -------------------------------------------------------------------------------------------------------


def test_spread_centres_have_room_and_keep_their_directions(places) -> None:
    targets = evened(places)
    assert targets.shape == (len(places.codes) + len(EMPTY), 2)
    boroughs = [i for i, region in enumerate(places.regions) if region == "London"]
    near = [min(math.dist(targets[i], targets[j]) for j in range(len(targets)) if j != i) for i in boroughs]
    assert min(near) > 0.4, "widths; ten boroughs would fit into one hexagon of the size of a county"
    land = [(i, j) for i, j, weight in places.borders if weight == 1]
    before = np.array([places.centres[j] - places.centres[i] for i, j in land])
    after = np.array([targets[j] - targets[i] for i, j in land])
    along = (before * after).sum(axis=1) / np.linalg.norm(before, axis=1) / np.linalg.norm(after, axis=1)
    assert np.mean(along > math.cos(math.pi / 3)) > 0.9, "turned by less than a side of a hexagon"


def test_everyone_gets_the_nearest_hexagon_where_that_is_free() -> None:
    targets = np.array([centre_of((3, 4)), centre_of((4, 4)), centre_of((3, 5))]) + 0.1
    found, cells = assigned(targets)
    assert found == [(3, 4), (4, 4), (3, 5)]
    assert len(set(cells)) == len(cells)


def test_two_who_want_one_hexagon_share_the_way() -> None:
    found, _ = assigned(np.array([(5.0, 0.0), (5.0, 0.0)]))
    assert len(set(found)) == 2 and math.dist(centre_of(found[0]), centre_of(found[1])) == pytest.approx(1)


def test_a_row_in_the_wrong_order_is_put_right() -> None:
    cells = [(q, r) for r in range(5) for q in range(6)]
    targets = np.array([centre_of((q, 2)) for q in (1, 2, 3)])
    found = settled(three(), targets, [(3, 2), (1, 2), (2, 2)], cells, moves=2000)
    west_to_east = [centre_of(cell)[0] for cell in found]
    assert west_to_east == sorted(west_to_east)
    assert Arrangement(three(), targets, found, cells).cost(1) < 1


def test_one_who_borders_nobody_is_left_near_its_place() -> None:
    cells = [(q, r) for r in range(5) for q in range(6)]
    targets = np.array([centre_of((q, 2)) for q in (1, 2, 3)])
    found = settled(three(borders=()), targets, [(1, 2), (2, 2), (3, 2)], cells, moves=2000)
    assert len(set(found)) == 3


def test_a_border_costs_nothing_side_by_side_in_the_right_direction() -> None:
    cells = [(q, r) for r in range(3) for q in range(9)]
    line = np.array([centre_of((q, 1)) for q in (1, 2, 3)])

    def cost(*columns: int) -> float:
        return Arrangement(three(), line, [(q, 1) for q in columns], cells).cost(1)

    assert cost(1, 2, 3) == pytest.approx(0)
    assert cost(1, 2, 5) >= APART, "two cells between"
    assert cost(3, 2, 1) > 2 * 2.8, "both borders the wrong way round"


def test_a_region_in_parts_costs_and_growing_together_gains() -> None:
    cells = [(q, r) for r in range(3) for q in range(9)]
    line = np.array([centre_of((q, 1)) for q in (1, 2, 3)])
    made = Arrangement(three(regions=("R", "R", "S")), line, [(1, 1), (3, 1), (2, 1)], cells)
    assert made.pieces == {"R": 2, "S": 1} and made.surplus == 1
    assert made.moves(1, flat((2, 1)), most=-SPLIT), "trading places with the one of the other region"
    assert made.surplus == 0 and made.at == [flat((1, 1)), flat((2, 1)), flat((3, 1))]


def test_a_move_that_costs_too_much_leaves_everything_as_it_was() -> None:
    cells = [(q, r) for r in range(3) for q in range(9)]
    line = np.array([centre_of((q, 1)) for q in (1, 2, 3)])
    made = Arrangement(three(), line, [(1, 1), (2, 1), (3, 1)], cells)
    at, who = list(made.at), dict(made.who)
    assert not made.moves(0, flat((3, 1)), most=0.1) and not made.moves(1, flat((7, 2)), most=0.1)
    assert (made.at, made.who, made.surplus) == (at, who, 0)


def test_the_same_seed_gives_the_same_layout_whatever_was_drawn_before() -> None:
    import random

    cells = [(q, r) for r in range(5) for q in range(6)]
    targets = np.array([centre_of((q, 2)) for q in (1, 2, 3)])
    one = settled(three(), targets, [(4, 4), (1, 0), (2, 2)], cells, moves=2000)
    random.seed(99)
    again = settled(dataclasses.replace(three()), targets, [(4, 4), (1, 0), (2, 2)], cells, moves=2000)
    assert one == again
