"""Which authorities meet: the list of data/reference, and how it goes into a warehouse."""

from __future__ import annotations

import csv

import pytest

from analytics.areas import REFERENCE, read_borders, read_register
from analytics.errors import BadFacts
from analytics.warehouse import Warehouse
from data.build import build

ISLANDS = {"Isle of Wight", "Isles of Scilly"}
TOUCHING = {  # pairs of regions with a common boundary, by land or across an estuary
    frozenset(pair.split(" | "))
    for pair in (
        "North East | North West", "North East | Yorkshire and The Humber", "North West | Yorkshire and The Humber",
        "North West | East Midlands", "North West | West Midlands", "Yorkshire and The Humber | East Midlands",
        "East Midlands | West Midlands", "East Midlands | East of England", "East Midlands | South East",
        "West Midlands | South West", "West Midlands | South East", "East of England | South East",
        "East of England | London", "London | South East", "South East | South West",
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def register():
    return read_register()


@pytest.fixture(scope="module")
def kinds(register):
    """Kind of border by the names of the two; former authorities that share a name with their successor are left out."""
    gone = {area.area_code for area in register.areas if area.to_year}
    return {
        frozenset(register.by_code[code].name for code in (each.area_code, each.other_code)): each.kind
        for each in register.borders
        if not {each.area_code, each.other_code} & gone
    }


def authorities_of(register, year):
    """Real authorities with figures for their boundaries in a year, by code."""
    return {a.area_code: a for a in register.areas if a.kind == "authority" and a.existed(year) and not a.invented}


def borders_of(register, year, *kinds):
    there = authorities_of(register, year)
    return [b for b in register.borders if b.kind in kinds and {b.area_code, b.other_code} <= set(there)]


def reached(start, borders):
    """Codes that can be reached from one by crossing borders."""
    steps = [step for b in borders for step in ((b.area_code, b.other_code), (b.other_code, b.area_code))]
    found, edge = {start}, {start}
    while edge:
        edge = {there for here, there in steps if here in edge} - found
        found |= edge
    return found


def test_each_pair_is_there_once_under_newest_codes_the_lower_first(register):
    pairs = [(each.area_code, each.other_code) for each in register.borders]
    assert len(pairs) == len(set(pairs)) == 407
    assert all(low < high for low, high in pairs)
    assert {code for pair in pairs for code in pair} <= {a.area_code for a in register.areas if a.kind == "authority"}


def test_every_row_says_where_it_is_from():
    with (REFERENCE / "borders.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["confidence"] for row in rows} <= {"published", "recalled"}
    assert all(row["source"] for row in rows)


@pytest.mark.parametrize("year", [2019, 2021, 2022, 2023, 2025])
def test_the_mainland_hangs_together_by_land_and_the_islands_stand_apart(register, year):
    there = authorities_of(register, year)
    mainland = {code for code, area in there.items() if area.name not in ISLANDS}
    assert len(there) - len(mainland) == 2
    assert reached("E09000005", borders_of(register, year, "land")) == mainland
    touched = {code for b in register.borders for code in (b.area_code, b.other_code)}
    assert not {register.by_name[name.lower()].area_code for name in ISLANDS} & touched


@pytest.mark.parametrize("year", [2019, 2021, 2022, 2023, 2025])
def test_no_more_borders_than_a_map_can_have(register, year):
    borders, n = borders_of(register, year, "land", "water"), len(authorities_of(register, year)) - len(ISLANDS)
    assert n - 1 <= len(borders) <= 3 * n - 6, "a connected graph drawn without crossings (Euler)"


def test_the_two_of_a_pair_existed_in_one_year(register):
    years = range(2010, 2031)
    alone = [
        each
        for each in register.borders
        if not any(
            register.by_code[each.area_code].existed(y) and register.by_code[each.other_code].existed(y) for y in years
        )
    ]
    assert alone == []


def test_pairs_stay_in_one_region_or_two_that_touch(register):
    region = {code: area.region for code, area in register.by_code.items()}
    across = {frozenset((region[b.area_code], region[b.other_code])) for b in register.borders}
    assert {pair for pair in across if len(pair) == 2} == TOUCHING


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rutland", "Lincolnshire"), ("Rutland", "North Northamptonshire"), ("Peterborough", "North Northamptonshire"),
        ("City of London", "Westminster"), ("City of London", "Hackney"), ("Brent", "Kensington and Chelsea"),
        ("Leeds", "North Yorkshire"), ("Sheffield", "Derbyshire"), ("Barnsley", "Derbyshire"), ("Cornwall", "Devon"),
        ("Kingston upon Hull, City of", "East Riding of Yorkshire"), ("Hertfordshire", "Enfield"),
        ("Westmorland and Furness", "North Yorkshire"), ("Cumberland", "Northumberland"), ("Slough", "Surrey"),
        ("Bournemouth, Christchurch and Poole", "Hampshire"), ("Lincolnshire", "North Northamptonshire"),
        ("East Riding of Yorkshire", "North Lincolnshire"), ("Richmond upon Thames", "Hounslow"),
        ("Wokingham", "Oxfordshire"), ("Solihull", "Worcestershire"), ("Halton", "Liverpool"),
    ],
)  # fmt: skip
def test_pairs_that_meet_by_land(kinds, one, other):
    assert kinds.get(frozenset((one, other))) == "land"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("City of London", "Southwark"), ("City of London", "Lambeth"), ("Westminster", "Lambeth"),
        ("Greenwich", "Tower Hamlets"), ("Hammersmith and Fulham", "Wandsworth"), ("Newham", "Greenwich"),
        ("Liverpool", "Wirral"), ("North Tyneside", "South Tyneside"), ("Newcastle upon Tyne", "Gateshead"),
        ("Cornwall", "Plymouth"), ("Kent", "Thurrock"), ("Bexley", "Havering"),
    ],
)  # fmt: skip
def test_pairs_that_meet_only_in_a_tidal_river_or_an_estuary(kinds, one, other):
    assert kinds.get(frozenset((one, other))) == "water"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rutland", "Peterborough"), ("Leicester", "Rutland"), ("Swindon", "West Berkshire"), ("Camden", "Hackney"),
        ("Islington", "Tower Hamlets"), ("Surrey", "Buckinghamshire"), ("Cheshire East", "Stoke-on-Trent"),
        ("Leeds", "York"), ("Liverpool", "Lancashire"), ("Brighton and Hove", "Kent"), ("Kent", "Essex"),
        ("Calderdale", "North Yorkshire"), ("Cumberland", "Lancashire"), ("Isle of Wight", "Hampshire"),
        ("Kingston upon Hull, City of", "North Lincolnshire"), ("Southampton", "Portsmouth"), ("Devon", "Hampshire"),
    ],
)  # fmt: skip
def test_pairs_that_do_not_meet(kinds, one, other):
    assert frozenset((one, other)) not in kinds


@pytest.mark.parametrize(
    ("code", "neighbours"),
    [
        pytest.param("E06000017", "Leicestershire; Lincolnshire; North Northamptonshire; Northamptonshire", id="Rutland"),
        pytest.param("E06000028", "Dorset; Poole", id="Bournemouth until 2019"),
        pytest.param(
            "E10000009", "Bournemouth; Devon; Hampshire; Poole; Somerset; Wiltshire", id="Dorset until 2019"
        ),
        pytest.param("E10000006", "County Durham; Lancashire; North Yorkshire; Northumberland", id="Cumbria until 2023"),
        pytest.param(
            "E10000021",
            "Bedford; Buckinghamshire; Cambridgeshire; Leicestershire; Lincolnshire; Milton Keynes; Oxfordshire; "
            "Peterborough; Rutland; Warwickshire",
            id="Northamptonshire until 2021",
        ),
    ],
)  # fmt: skip
def test_all_neighbours_of_one(register, code, neighbours):
    pairs = [{each.area_code, each.other_code} for each in register.borders]
    (names,) = [sorted(register.by_code[o].name for pair in pairs if code in pair for o in pair - {code})]
    assert "; ".join(names) == neighbours


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param("E10000002,Buckinghamshire,E10000003,Cambridgeshire,land", "Buckinghamshire is E06000060", id="former"),
        pytest.param("E06000017,Rutland,E99999999,Nowhere,land", "'E99999999' is no authority's newest code", id="unknown"),
        pytest.param("E06000017,Rutland,E10000018,Lancashire,land", "is Leicestershire, not Lancashire", id="name"),
        pytest.param("E10000018,Leicestershire,E06000017,Rutland,land", "the lower code comes first", id="order"),
        pytest.param("E06000017,Rutland,E06000017,Rutland,land", "the lower code comes first", id="itself"),
        pytest.param("E06000017,Rutland,E10000018,Leicestershire,sea", "kind 'sea' is none of land, water", id="kind"),
        pytest.param("E06000016,Leicester,E10000018,Leicestershire,land", "are listed twice", id="twice"),
        pytest.param("E06000017,Rutland,E10000018", "another number of fields", id="fields"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named(register, tmp_path, row, says):
    file = tmp_path / "borders.csv"
    head = "area_code,name,other_code,other_name,kind\nE06000016,Leicester,E10000018,Leicestershire,land\n"
    file.write_text(head + row + "\n", encoding="utf-8")
    names = {area.area_code: area.name for area in register.areas if area.kind == "authority"}
    with pytest.raises(BadFacts, match=r"borders\.csv, line 3: ") as error:
        read_borders(names, file)
    assert says in str(error.value)


def test_borders_are_in_a_published_warehouse(small, tmp_path, register):
    warehouse = Warehouse(build([small], tmp_path / "out").file)
    asked = warehouse.ask("borders")
    warehouse.close()
    held = [(each.area_code, each.other_code, each.kind) for each in register.borders]
    assert list(asked.itertuples(index=False, name=None)) == sorted(held)
    assert (len(held), sum(kind == "land" for *_, kind in held)) == (407, 380)
