"""Comparator sets: who is in them, and what an address may say of them."""

from __future__ import annotations

import pytest

from analytics.sets import (
    MOST_OWN,
    BadSet,
    ComparatorSet,
    OwnSet,
    known_sets,
    own_sets_read,
    own_sets_text,
    set_label,
    set_name,
    set_of,
    set_words,
)
from tests.analytics.small_warehouse import SmallWarehouse


@pytest.fixture
def warehouse(tmp_path):
    small = SmallWarehouse(tmp_path / "small.duckdb")
    for code, region in (("A", "North"), ("B", "North"), ("C", "South"), ("D", "South")):
        small.area(code, region=region, old=f"30{code}")
    small.put("area", area_code="North", name="North", kind="region")
    small.put("area", area_code="South", name="South", kind="region")
    for rank, other in enumerate("BCD", start=1):
        small.neighbour("A", other, rank)
    return small.ready()


@pytest.fixture
def areas(warehouse):
    return warehouse.ask("all_areas")


def area_of(areas, code):
    return areas[areas.area_code == code].iloc[0]


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("region", ("B",)),
        ("region:South", ("C", "D")),
        ("region:North", ("B",)),
        ("type:unitary authority", ("B", "C", "D")),
        ("others", ("B", "C", "D")),
        ("own:Coast", ("D",)),
    ],
)
def test_the_authority_itself_is_in_none(key, codes, areas, warehouse):
    own = (OwnSet("Coast", ("A", "D")),)
    found = set_of(key, area_of(areas, "A"), areas, warehouse, own)
    assert found.codes == codes
    assert ("left out" in found.note) == (key == "own:Coast")


def test_a_set_of_nobody_or_of_few_says_so(areas, warehouse):
    found = set_of("own:Alone", area_of(areas, "A"), areas, warehouse, (OwnSet("Alone", ("A",)),))
    assert found.codes == ()
    assert "nothing can be set beside Name A" in found.note
    one = set_of("own:One", area_of(areas, "A"), areas, warehouse, (OwnSet("One", ("B",)),))
    assert "one authority" in one.note


def test_a_set_of_everybody_is_a_set(areas, warehouse):
    own = (OwnSet("All", tuple("ABCD")),)
    assert set_of("own:All", area_of(areas, "C"), areas, warehouse, own).codes == ("A", "B", "D")


def test_an_unknown_set_is_refused_by_name(areas, warehouse):
    with pytest.raises(BadSet, match="type:planet"):
        set_of("type:planet", area_of(areas, "A"), areas, warehouse)


def test_every_set_offered_can_be_had(areas, warehouse):
    own = (OwnSet("Coast", ("B",)),)
    offered = known_sets(areas, ["2021", "2025"], own)
    assert next(iter(offered)) == "own:Coast"
    for key in offered:
        assert set_of(key, area_of(areas, "A"), areas, warehouse, own).key == key


def test_an_address_gives_back_the_sets_it_was_given():
    own = (OwnSet("Coast & castles, St Helens", ("E1", "E2")), OwnSet("Café", ("E3",)))
    text = own_sets_text(own, {"E1": "301", "E2": "302"})
    assert text == "Coast & castles, St Helens.301.302~Café.E3"
    assert own_sets_read(text, {"301": "E1", "302": "E2", "e3": "E3"}) == (own, ())


@pytest.mark.parametrize(
    ("text", "left", "said"),
    [
        pytest.param("Coast.301.999", ("Coast",), "999 is no authority", id="unknown code"),
        pytest.param("Coast.301.1.2.3.4.5.6.7", ("Coast",), "1, 2, 3, 4, 5 and 2 more are no", id="many unknown"),
        pytest.param("Coast.999", (), "names no authority", id="nobody known"),
        pytest.param("Coast", (), "names no authority", id="nobody at all"),
        pytest.param(".301", (), "needs a name", id="no name"),
        pytest.param("Coast.301~coast.302", ("Coast",), "already a set", id="one name twice"),
        pytest.param(f"{'x' * 41}.301", (), "longer than 40", id="long name"),
        pytest.param("~~~", (), "", id="nothing but signs"),
    ],
)
def test_what_an_address_gets_wrong_is_said(text, left, said):
    found, trouble = own_sets_read(text, {"301": "E1", "302": "E2"})
    assert tuple(each.name for each in found) == left
    assert said in " ".join(trouble)


def test_an_authority_named_twice_counts_once():
    found, _ = own_sets_read("Coast.301.301.E1", {"301": "E1", "e1": "E1"})
    assert found[0].codes == ("E1",)


@pytest.mark.parametrize("name", ["", "   ", "a.b", "a~b", "x" * 41])
def test_a_name_that_an_address_cannot_hold_is_refused(name):
    with pytest.raises(BadSet):
        set_name(name)


def test_a_name_is_tidied():
    assert set_name("  Coast \n  towns ") == "Coast towns"


def test_more_own_sets_than_can_be_kept_are_named():
    found, trouble = own_sets_read("~".join(f"Set {n}.301" for n in range(MOST_OWN + 2)), {"301": "E1"})
    assert len(found) == MOST_OWN
    assert trouble == tuple(f"At most {MOST_OWN} own sets can be kept; “Set {n}” is left out." for n in (6, 7))


@pytest.mark.parametrize(
    ("key", "name", "words", "label"),
    [
        ("near2025", "statistical neighbours (2025)", "its statistical neighbours (2025)", "Neighbours’"),
        ("nearown", "neighbours (own model)", "its neighbours (own model)", "Neighbours’"),
        ("region", "others in North", "the others in North", "Others in North:"),
        ("region:South", "South", "the authorities in South", "South:"),
        ("type:county", "Counties", "the counties", "Counties:"),
        ("others", "All other authorities", "the other authorities", "All other authorities:"),
        ("own:Coast", "Coast", "the set “Coast”", "Coast:"),
    ],
)
def test_a_set_is_named_in_a_sentence_and_on_a_chart(key, name, words, label):
    near = ComparatorSet(key, name, ("B",))
    assert (set_words(near), set_label(near)) == (words, label)


def test_neighbours_by_the_readers_own_model_are_a_set(areas, warehouse):
    lists = warehouse.ask("neighbours", model="2021").assign(neighbour_code=["D", "C", "B"])
    found = set_of("nearown", area_of(areas, "A"), areas, warehouse, own_lists=lists)
    assert (found.name, found.codes) == ("neighbours (own model)", ("D", "C", "B"))
    assert "names no other authority" in set_of("nearown", area_of(areas, "B"), areas, warehouse, own_lists=lists).note
    assert list(known_sets(areas, ["2021", "own", "2025"]))[:3] == ["near2025", "near2021", "nearown"]


def test_without_an_own_model_there_is_no_such_set(areas, warehouse):
    with pytest.raises(BadSet, match="no comparator set “nearown”"):
        set_of("nearown", area_of(areas, "A"), areas, warehouse)
