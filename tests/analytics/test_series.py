"""Averages of three years, sets' means and medians and the middle half, each worked out again in another way."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.board import board_of
from analytics.series import series_of
from analytics.trends import NO_ROW, SHORT
from tests.analytics.small_warehouse import SmallWarehouse

CODES, YEARS = tuple("ABCDEFGH"), range(2012, 2021)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Eight authorities whose percentages are suppressed, unlisted or without counts here and there."""
    rng = np.random.default_rng(7)
    small = SmallWarehouse(tmp_path_factory.mktemp("series") / "w.duckdb")
    small.indicator("repeat_pct", unit="%", polarity="lower")
    for code in CODES:
        small.area(code)
        for year in YEARS:
            chance, whole = rng.random(), int(rng.integers(20, 400))
            part = int(rng.integers(0, whole + 1))
            if chance < 0.1:
                continue
            printed, counted = chance > 0.2, chance > 0.4
            small.put(
                "observation", area_code=code, year=year, indicator="repeat_pct",
                value=100 * part / whole if printed else None, status="ok" if printed else "suppressed",
                numerator=part if printed and counted else None, denominator=whole if counted else None,
                period_label=str(year), period_end=f"{year}-03-31", source="test", extract="test",
            )  # fmt: skip
    return small.ready()


@pytest.fixture(scope="module")
def board(warehouse):
    return board_of(warehouse, warehouse.ask("indicators"), warehouse.ask("all_areas"))


def test_each_average_is_counts_over_counts_or_the_plain_mean_of_three(warehouse, board):
    cells = warehouse.ask("board_cells", indicators=["repeat_pct"]).set_index(["area_code", "year"])
    series = series_of(board, "repeat_pct", averages=True)
    kinds = set()
    for code in CODES:
        for y, year in enumerate(board.years):
            three = [cells.loc[(code, t)] for t in range(year - 2, year + 1) if (code, t) in cells.index]
            values = [row.value for row in three]
            found = series.value[board.area_at[code], y]
            if len(three) < 3 or np.isnan(values).any():
                assert np.isnan(found), (code, year)
                continue
            pooled = not np.isnan([row.numerator for row in three]).any()
            wanted = (
                100 * sum(row.numerator for row in three) / sum(row.denominator for row in three)
                if pooled
                else sum(values) / 3
            )
            assert found == pytest.approx(wanted, abs=1e-12)
            assert series.pooled[board.area_at[code], y] == pooled
            kinds.add(pooled)
    assert kinds == {True, False}, "else this would prove less than it says"


def test_an_average_says_what_it_lacks_from_the_first_year_that_could_have_three(board):
    single, series = series_of(board, "repeat_pct"), series_of(board, "repeat_pct", averages=True)
    for a in range(len(CODES)):
        listed = [y for y in range(len(board.years)) if single.status[a, y] != NO_ROW]
        for y in range(len(board.years)):
            status = series.status[a, y]
            if not np.isnan(series.value[a, y]):
                assert status == "ok"
            else:
                assert status == (SHORT if y in listed and y - 2 >= listed[0] else NO_ROW)


@pytest.mark.parametrize("codes", ["ABC", "H", "ABCDEFGH"])
def test_mean_median_and_number_are_those_that_the_warehouse_gives(warehouse, board, codes):
    wanted = warehouse.ask(
        "set_figures", indicator="repeat_pct", areas=list(codes), first=min(YEARS), last=max(YEARS)
    ).set_index("year")
    mean, median, number = series_of(board, "repeat_pct").mean_and_median([board.area_at[c] for c in codes])
    for y, year in enumerate(board.years):
        n = int(wanted.authorities.get(year, 0))
        assert number[y] == n
        if n:
            assert (mean[y], median[y]) == pytest.approx((wanted["mean"][year], wanted["median"][year]), abs=1e-12)
        else:
            assert np.isnan([mean[y], median[y]]).all()


def test_the_middle_half_is_of_type_seven(board):
    series = series_of(board, "repeat_pct")
    low, high, number = series.middle_half(board.authorities)
    values = series.value[board.authorities]
    assert number.tolist() == [int(n) for n in (~np.isnan(values)).sum(axis=0)]
    np.testing.assert_allclose([low, high], np.nanquantile(values, (0.25, 0.75), axis=0), atol=1e-12)


def test_nobody_has_neither_mean_nor_median(board):
    mean, median, number = series_of(board, "repeat_pct").mean_and_median([])
    assert np.isnan([mean, median]).all() and not number.any()


@pytest.mark.parametrize("years", [1, 2])
def test_fewer_than_three_years_have_no_average(tmp_path, years):
    small = SmallWarehouse(tmp_path / "w.duckdb")
    small.indicator()
    small.area("A")
    small.figures("A", dict.fromkeys(range(2020, 2020 + years), 5.0))
    warehouse = small.ready()
    board = board_of(warehouse, warehouse.ask("indicators"), warehouse.ask("all_areas"))
    series = series_of(board, "cpp_rate", averages=True)
    assert np.isnan(series.value).all()
    assert set(series.status[0]) == {NO_ROW}
