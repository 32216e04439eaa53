"""Indicators found by what a reader types."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.catalogue import read_catalogue
from analytics.finding import Index, folded, index_of, short_forms, stem

ROWS = [
    # indicator, label, theme, definition, headline
    ("cla", "Children looked after at 31 March", "Children looked after", "Children in the care of the council.", True),
    ("lac_abs", "Absence from school - LAC (%)", "Children looked after", "Sessions missed.", False),
    ("cin", "Children in need at 31 March", "Children in need", "Children with an open episode of need.", True),
    ("cpp_2y", "Plans open for two years or more", "Child protection", "Share of all child protection plans.", True),
    ("s47", "Section 47 enquiries", "Child protection", "Enquiries started in the year.", True),
    ("reref", "Re-referrals within 12 months", "Referrals", "Of all referrals in the year.", True),
    ("ref", "Referrals", "Referrals", "Requests for services.", True),
    ("eet", "Care leavers in education, employment or training", "Care leavers", "Aged 19 to 21.", True),
    ("neet", "16-17 year olds not in education, employment or training", "Further education", "Known to be.", False),
    ("agency", "Agency social workers", "Workforce", "Full-time equivalents.", True),
    ("fte", "Social workers in post", "Workforce", "Agency workers are left out.", False),
    ("plans_ehc", "Pupils with an EHC plan (%)", "Children with SEN", "January census.", False),
]


@pytest.fixture(scope="module")
def index() -> Index:
    columns = ["indicator", "label", "theme", "definition", "headline"]
    return index_of(pd.DataFrame(ROWS, columns=columns).assign(unit="%"))


@pytest.mark.parametrize(
    ("typed", "first", "others"),
    [
        pytest.param("re-referal", "reref", set(), id="a letter left out"),
        pytest.param("rereferrals", "reref", set(), id="without its hyphen"),
        pytest.param("Re‐referrals", "reref", set(), id="with another hyphen"),
        pytest.param("referral", "ref", {"reref"}, id="one word of a title before its theme or definition"),
        pytest.param("enquirys", "s47", set(), id="a wrong plural"),
        pytest.param("LAC", "cla", {"lac_abs"}, id="a short form and what it stands for; headline first"),
        pytest.param("looked after", "cla", {"lac_abs"}, id="and the other way round"),
        pytest.param("in care", "cla", {"lac_abs"}, id="a short form of two words"),
        pytest.param("CIN", "cin", set(), id="'in need' is a phrase, not two words"),
        pytest.param("S47", "s47", set(), id="section 47"),
        pytest.param("CPP", "cpp_2y", set(), id="found in a definition"),
        pytest.param("plans two years", "cpp_2y", set(), id="words in any order"),
        pytest.param("EET", "eet", {"neet"}, id="a phrase without its commas"),
        pytest.param("NEET", "neet", set(), id="not the same as EET"),
        pytest.param("agency", "agency", {"fte"}, id="title before definition"),
        pytest.param("soc work", "agency", {"fte"}, id="beginnings of words"),
        pytest.param("EHCP", "plans_ehc", set(), id="one short form for another"),
        pytest.param("lookd aftr", "cla", {"lac_abs"}, id="two slips"),
    ],
)
def test_what_is_typed_is_found(index: Index, typed: str, first: str, others: set[str]) -> None:
    found = index.find(typed)
    assert found.indicators[0] == first
    assert set(found.indicators[1:]) == others
    assert found.every_word


def test_a_slip_is_said(index: Index) -> None:
    assert dict(index.find("re-referal").mended) == {"rereferal": "rereferral"}
    assert index.find("agency").mended == {}


def test_a_word_that_nothing_has_leaves_those_with_the_others(index: Index) -> None:
    found = index.find("agency zzzzzz")
    assert not found.every_word
    assert found.indicators[0] == "agency"


@pytest.mark.parametrize("typed", ["zzzzzz", "=zzz()", "<script>", "x" * 5_000])
def test_nothing_is_found_for_what_nothing_has(index: Index, typed: str) -> None:
    found = index.find(typed)
    assert found.indicators == ()
    assert not found.every_word


@pytest.mark.parametrize("typed", ["", "   ", "&", "of the", "💡"])
def test_nothing_typed_finds_all_headline_ones_first(index: Index, typed: str) -> None:
    found = index.find(typed)
    assert len(found.indicators) == len(ROWS)
    headline = {row[0] for row in ROWS if row[-1]}
    assert set(found.indicators[: len(headline)]) == headline


def test_a_theme_keeps_only_its_own(index: Index) -> None:
    assert set(index.find("", theme="Referrals").indicators) == {"ref", "reref"}
    assert index.find("agency", theme="Referrals").indicators == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Hammersmith & Fulham", "hammersmith and fulham", id="ampersand"),
        pytest.param("St. Helens", "st helens", id="full stop"),
        pytest.param("SAINT HELEN’S", "st helens", id="saint, apostrophe"),
        pytest.param("Bristol, City of", "bristol city of", id="comma"),
        pytest.param("  Côte   d'Ör ", "cote d or", id="accents, spaces"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_text_is_folded(text: str, expected: str) -> None:
    assert folded(text) == expected


def test_a_stem_of_a_stem_is_itself() -> None:
    words = {word for indicator in read_catalogue().indicators.values() for word in folded(indicator.label).split()}
    assert {stem(stem(word)) for word in words} == {stem(word) for word in words}


def test_short_forms_are_of_use() -> None:
    assert short_forms()["lac"] == ("looked after",)
    assert all(long != short for short, longs in short_forms().items() for long in longs)


def test_each_indicator_of_the_catalogue_is_found_first_by_its_own_title() -> None:
    known = pd.DataFrame(
        [
            (i.indicator, i.label, i.theme, i.definition, i.unit, i.headline)
            for i in read_catalogue().indicators.values()
            if i.headline
        ],
        columns=["indicator", "label", "theme", "definition", "unit", "headline"],
    )
    index = index_of(known)
    for row in known.itertuples():
        assert index.find(row.label).indicators[0] == row.indicator, row.label
