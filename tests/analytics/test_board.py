"""Every figure at once, beside the rows it was made from."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from analytics.board import board_of
from tests.analytics.small_warehouse import SmallWarehouse


@pytest.fixture
def warehouse(tmp_path):
    small = SmallWarehouse(tmp_path / "small.duckdb")
    for name, unit, polarity in (("cpp_rate", "per 10,000 children", "none"), ("repeat_pct", "%", "lower")):
        small.indicator(name, unit=unit, polarity=polarity)
    for code in "ABCD":
        small.area(code)
    small.figures("A", {2018: 40.0, 2019: 44.0, 2020: 48.0})
    small.figures("B", {2018: 30.0, 2020: 36.0})
    small.figures("C", {2020: "suppressed"})
    small.figures("D", {2019: 20.0})
    return small.ready()


@pytest.fixture
def board(warehouse):
    return board_of(warehouse, warehouse.ask("indicators"), warehouse.ask("all_areas"))


def test_each_figure_is_where_its_row_says(board):
    at = board.area_at
    assert board.years == (2018, 2019, 2020)
    j = board.indicator_at["cpp_rate"]
    assert board.value[j, at["A"]].tolist() == [40, 44, 48]
    assert np.isnan(board.value[j, at["B"], 1])
    assert board.status[j, at["B"], 1] == "no_row"
    assert board.status[j, at["C"], 2] == "suppressed"
    assert board.newest_year("cpp_rate") == 2020
    assert board.period_ends["cpp_rate", 2020] == date(2020, 3, 31)


def test_a_change_is_only_on_the_year_just_before(board):
    at = board.area_at
    change = board.change("cpp_rate", 2020)
    assert change[at["A"]] == 4
    assert np.isnan(change[[at["B"], at["C"], at["D"]]]).all()
    assert np.isnan(board.change("cpp_rate", 2018)).all()


def test_standing_counts_who_is_withheld(board):
    standing = board.standing("cpp_rate", 2020)
    assert (standing.places.ranked, standing.places.withheld) == (2, 1)
    assert np.isnan(standing.rank).all()  # no 'better'
    assert standing.places.place[standing.codes.index("A")] == 1  # the highest


def test_an_indicator_without_figures_stands_nowhere(board):
    assert board.newest_year("repeat_pct") is None


def test_a_trend_needs_five_years(board):
    assert board.trend("cpp_rate", "A").direction == "cannot_tell"


def test_a_rate_printed_without_its_count_is_counted_over_the_children_of_the_year_before(tmp_path):
    small = SmallWarehouse(tmp_path / "implied.duckdb")
    small.indicator("s47_rate")
    small.indicator("children_0_17", unit="children")
    small.area("A")
    small.put(
        "observation", area_code="A", year=2020, indicator="s47_rate", value=184.8, status="ok", period_label="2020",
        period_end="2020-03-31", source="test", extract="test",
    )  # fmt: skip
    for year, children in ((2019, 10_000), (2020, 99_999)):
        small.put(
            "observation", area_code="A", year=year, indicator="children_0_17", value=children, status="ok",
            period_label=str(year), period_end=f"{year}-06-30", source="test", extract="test",
        )  # fmt: skip
    warehouse = small.ready()
    rows = warehouse.ask("indicators")
    board = board_of(warehouse, rows[rows.indicator == "s47_rate"], warehouse.ask("all_areas"))
    assert (board.numerator[0, 0, 0], board.denominator[0, 0, 0], board.implied[0, 0, 0]) == (185, 10_000, True)
    low, high = board.interval("s47_rate")
    assert low[0, 0] < 184.8 < high[0, 0]
