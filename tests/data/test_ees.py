"""The layout as text columns, before any SQL."""

from __future__ import annotations

import pyarrow as pa
import pytest

from analytics.catalogue import read_catalogue
from data.layouts.ees import as_arrow, filter_key, former_values, regions_named, wanted_key
from data.layouts.recognise import recognised
from data.layouts.sheet import read_sheet
from data.layouts.text import PublishedText
from tests.data.small_extracts import b1, line, text


@pytest.fixture(scope="module")
def catalogue():
    return read_catalogue()


@pytest.fixture
def arrow(catalogue):
    """The Arrow table of a hand-written file."""

    def read(content, former=None):
        sheet = read_sheet(PublishedText("f.csv", content), lambda headings: "time_period" in headings)
        table = recognised("f.csv", sheet.headings, catalogue.files)
        return as_arrow(sheet, table, former or former_values(catalogue, table.layout))

    return read


def test_figures_are_text_under_their_own_names(arrow):
    table = arrow(text("b1", b1(2017, "Brent", " c ")))
    assert table["Anypoint_child"].to_pylist() == [" c "]
    assert all(
        kind == pa.string()
        for name, kind in zip(table.column_names, table.schema.types, strict=True)
        if name != "_line"
    )


def test_place_and_time_stand_under_fixed_names(arrow):
    (row,) = (
        arrow(text("b1", b1(2017, "Brent", 1))).select(["_line", "_level", "_code", "_old_code", "_label"]).to_pylist()
    )
    assert row == {"_line": 2, "_level": "Local authority", "_code": "E09000005", "_old_code": "304", "_label": "2017"}


def test_rows_and_indicators_name_a_choice_of_filters_alike(arrow, catalogue):
    moves = catalogue.indicators["placement_moves_pct"]
    row = line("stability", 2025, "Brent", "CLA on 31 March", "With 3 or more placements during the year", 26, 8)
    assert arrow(text("stability", row))["_filters"].to_pylist() == [wanted_key(moves.where)]


def test_blanks_and_case_of_a_filter_do_not_matter(arrow):
    tidy = arrow(text("b1", b1(2017, "Brent", 1)))["_filters"]
    assert arrow(text("b1", b1(2017, "Brent", 1).replace("Children in Need", " CHILDREN in need ")))["_filters"] == tidy


def test_a_value_by_its_former_name_counts_as_the_newest(arrow):
    former = {"category": {"children in need of help": "children in need"}}
    row = b1(2017, "Brent", 1).replace("Children in Need", "Children in need of help")
    assert arrow(text("b1", row), former)["_filters"].to_pylist() == [filter_key([("category", "Children in Need")])]


def test_regions_that_a_file_names(arrow):
    assert regions_named(arrow(text("b1", b1(2017, "London", 1), b1(2017, "Brent", 1)))) == {
        ("E92000001", "England", "england"),
        ("E12000007", "London", "region"),
        ("E13000002", "Outer London", "region"),
    }


def test_a_file_of_which_no_row_fits_its_heading(arrow):
    assert arrow(text("b1", "2017,Brent")).num_rows == 0
