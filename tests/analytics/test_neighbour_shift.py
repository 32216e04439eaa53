"""For which indicators the choice of list matters: worked by hand on a board of five authorities."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.board import board_of
from analytics.neighbour_shift import shifts_of
from tests.analytics.small_warehouse import SmallWarehouse

LEVELS = {"A": 50.0, "B": 40.0, "C": 44.0, "D": 56.0, "E": 60.0}
GROUPS = {"2021": ("B", "C"), "2025": ("D", "E")}


@pytest.fixture
def warehouse(tmp_path):
    small = SmallWarehouse(tmp_path / "small.duckdb")
    small.indicator()
    small.indicator("repeat_pct", unit="%", polarity="lower")
    small.indicator("score", unit="grade")
    for code, level in LEVELS.items():
        small.area(code)
        small.figures(code, {2019: level + 20, 2020: level})
        small.figures(code, {2020: 12.3}, indicator="score")
    return small


def found(warehouse, code="A", groups=GROUPS, **more):
    held = warehouse.ready()
    areas = held.ask("areas")
    board = board_of(held, held.ask("indicators"), held.ask("all_areas"))
    shifts = shifts_of(board, areas[areas.area_code == code].iloc[0], groups, older="2021", newer="2025", **more)
    return {shift.measure.indicator: shift for shift in shifts}


def test_means_difference_side_and_size(warehouse):
    shift = found(warehouse)["cpp_rate"]
    assert (shift.year, shift.value, shift.mean("2021"), shift.mean("2025")) == (2020, 50.0, 42.0, 58.0)
    assert shift.difference == 16.0 and shift.flips
    spread = np.std(list(LEVELS.values()))
    assert shift.size == pytest.approx(16 / spread)
    assert shift.from_authority(42.0) == pytest.approx(-8 / spread)
    # 50 per 10,000 of 10,000 children: Byar's limits of 50 counted are 37.1 and 65.9 (half the width 14.4).
    assert (shift.low, shift.high) == pytest.approx((37.1, 65.9), abs=0.05)
    assert shift.exceeds


def test_a_difference_within_the_figures_own_interval_does_not_exceed_it(warehouse):
    shift = found(warehouse, groups={"2021": ("C",), "2025": ("D",)})["cpp_rate"]
    assert shift.difference == 12.0 and shift.flips and not shift.exceeds


def test_without_counts_rounding_is_the_measure(warehouse):
    shift = found(warehouse)["score"]
    assert shift.low is None and shift.difference == 0 and not shift.exceeds and not shift.flips and shift.size == 0
    assert shift.from_authority(12.3) is None  # everyone alike: no spread to measure by


def test_an_indicator_without_any_figure_is_left_out(warehouse):
    assert set(found(warehouse)) == {"cpp_rate", "score"}


def test_one_neighbour_left_with_a_figure_and_none(warehouse):
    warehouse.connection.execute(
        "update observation set value = null, status = 'suppressed' where area_code in ('B', 'D', 'E')"
    )
    shift = found(warehouse)["cpp_rate"]
    assert (shift.means["2021"].value, shift.means["2021"].of, shift.means["2021"].named) == (44.0, 1, 2)
    assert shift.means["2025"].value is None and shift.difference is None
    assert not shift.flips and not shift.exceeds and shift.size == 0


def test_an_authority_without_a_figure_says_why(warehouse):
    warehouse.connection.execute("update observation set value = null, status = 'suppressed' where area_code = 'A'")
    shift = found(warehouse)["cpp_rate"]
    assert shift.value is None and shift.reason == "suppressed to protect children's identity"
    assert shift.difference == 16.0 and shift.side("2021") is None and shift.from_authority(42.0) is None


def test_one_that_has_ended_is_taken_at_its_own_newest_year(warehouse):
    warehouse.connection.execute("update area set to_year = 2019 where area_code = 'A'")
    warehouse.connection.execute("delete from observation where area_code = 'A' and year = 2020")
    shift = found(warehouse)["cpp_rate"]
    assert (shift.year, shift.value, shift.mean("2021")) == (2019, 70.0, 62.0)


def test_level_at_the_decimals_shown_is_no_side(warehouse):
    warehouse.connection.execute("update observation set value = 50.04 where area_code in ('B', 'C') and year = 2020")
    shift = found(warehouse)["cpp_rate"]
    assert shift.side("2021") == 0 and not shift.flips
