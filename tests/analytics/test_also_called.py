"""What an authority may be called, and who is found by it."""

from __future__ import annotations

import collections

import pandas as pd
import pytest

from analytics.also_called import ABBREVIATION, KINDS, Called, called, letters_within, other_names
from analytics.areas import read_changes, read_register
from analytics.finding import folded

REGISTER = read_register()


@pytest.fixture(scope="module")
def everyone() -> Called:
    """As of a warehouse in which every authority of the register has a figure."""
    areas = pd.DataFrame(
        [
            (a.area_code, a.old_code, a.name, a.kind, " ".join(a.former_codes), a.to_year)
            for a in REGISTER.areas
            if not a.invented
        ],
        columns=["area_code", "old_code", "name", "kind", "former_codes", "to_year"],
    ).astype({"to_year": "float"})
    changes = pd.DataFrame(
        [(c.old_code, c.new_code, c.kind) for c in read_changes()], columns=["old_code", "new_code", "kind"]
    )
    return called(areas, changes)


def test_every_row_is_of_an_authority_of_the_register_under_its_newest_code() -> None:
    for row in other_names():
        assert REGISTER.by_code[row.area_code].kind == "authority", row
        assert REGISTER.newest_code(row.area_code) == row.area_code, row
        assert row.kind in KINDS


def test_nobody_shares_what_they_are_called() -> None:
    names = collections.Counter(folded(row.also_called) for row in other_names())
    assert [name for name, times in names.items() if times > 1] == []
    for row in other_names():
        own = REGISTER.by_code[row.area_code]
        others = {folded(a.name) for a in REGISTER.areas if a.kind == "authority" and a.name != own.name}
        assert folded(row.also_called) not in others, row


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("BCP", "E06000058", id="initials"),
        pytest.param("Herts", "E10000015", id="abbreviation"),
        pytest.param("Lbhf", "E09000013", id="in any case"),
        pytest.param("Hammersmith & Fulham", "E09000013", id="ampersand"),
        pytest.param("St Helens", "E08000013", id="without the full stop"),
        pytest.param("Saint Helens", "E08000013", id="saint written out"),
        pytest.param("City of Bristol", "E06000023", id="turned round"),
        pytest.param("Leeds City Council", "E08000035", id="words that every council has"),
        pytest.param("London Borough of Camden", "E09000007", id="and before the name"),
        pytest.param("Royal Borough of Kensington and Chelsea", "E09000020", id="royal"),
        pytest.param("City of London", "E09000001", id="whose name has them"),
        pytest.param("Salop", "E06000051", id="former name"),
        pytest.param("850", "E10000014", id="three-digit code"),
        pytest.param("e10000014", "E10000014", id="code"),
        pytest.param("E10000002", "E06000060", id="former code"),
        pytest.param("Dorset", "E06000059", id="of two of one name the one that goes on"),
        pytest.param("Dorset (to 2019)", "E10000009", id="the other by its label"),
        pytest.param("Côrnwall", "E06000052", id="accents"),
        pytest.param("County Durham", "E06000047", id="county in the name"),
        pytest.param("Nowhere", None, id="nobody"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_link_may_name_an_authority(everyone: Called, typed: str, code: str | None) -> None:
    assert everyone.code(typed) == code


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        pytest.param("Birmigham", ["Birmingham"], id="a slip"),
        pytest.param(
            "poole", ["Poole (to 2019)", "Bournemouth, Christchurch and Poole (BCP)"], id="and who has its places"
        ),
        pytest.param(
            "Cumbria", ["Cumbria (to 2023)", "Cumberland", "Westmorland and Furness (W&F)"], id="split in two"
        ),
        pytest.param("york", ["York", "East Riding of Yorkshire (ERYC)", "North Yorkshire"], id="itself first"),
        pytest.param("zzzz", [], id="nobody"),
        pytest.param("  ", [], id="nothing"),
    ],
)
def test_what_is_typed_finds(everyone: Called, typed: str, names: list[str]) -> None:
    assert sorted(everyone.labels[code] for code in everyone.find(typed)) == sorted(names)
    if names:
        assert everyone.labels[everyone.find(typed)[0]] == names[0]


def test_a_list_filtered_by_typing_finds_every_abbreviation(everyone: Called) -> None:
    # Streamlit keeps the labels that have the letters typed, in their order.
    for row in other_names():
        if row.kind == ABBREVIATION and "&" not in row.also_called:
            label = everyone.labels[row.area_code].lower()
            assert letters_within(row.also_called.lower().replace(" ", ""), label), row


def test_labels_stay_short_and_differ(everyone: Called) -> None:
    assert len(set(everyone.labels.values())) == len(everyone.labels)
    assert max(map(len, everyone.labels.values())) <= 44


def test_invented_authorities_have_no_other_names() -> None:
    areas = pd.DataFrame(
        {
            "area_code": ["X1"],
            "old_code": [""],
            "name": ["=1+1"],
            "kind": "authority",
            "former_codes": "",
            "to_year": [None],
        }
    )
    found = called(areas, pd.DataFrame(columns=["old_code", "new_code", "kind"]))
    assert dict(found.labels) == {"X1": "=1+1"}
    assert found.code("=1+1") == "X1"
