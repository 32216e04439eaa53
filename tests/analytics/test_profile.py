"""A profile: every part of a row by hand or by a slow twin, and what happens where little or nothing is held."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.board import Board, board_of
from analytics.profile import Profile, profile_of, raw_profile, raw_series
from analytics.profile_row import Row
from analytics.sets import ComparatorSet
from analytics.unaccompanied import RATE, SHARE, WITHOUT, with_rate_without
from analytics.warehouse import Warehouse
from tests.analytics.small_warehouse import SmallWarehouse

NEAR = ComparatorSet("near2025", "neighbours", ("B", "C", "D"))


def put_area(made: SmallWarehouse, code: str, kind: str, **more: object) -> None:
    made.put("area", area_code=code, old_code=code, name=f"Name {code}", kind=kind, **more)


@pytest.fixture
def small(tmp_path: Path) -> Warehouse:
    """Six authorities of region R: A is looked at; B, C and D are its neighbours; OLD ended in 2016, NEW began in 2018."""
    made = SmallWarehouse(tmp_path / "small.duckdb")
    made.indicator("cla_rate")
    made.indicator("cpp_repeat_pct", unit="%", polarity="lower")
    made.indicator("placement_stable_pct", unit="%", polarity="higher")
    made.indicator("sw_caseload", unit="cases per worker", polarity="lower")
    made.indicator("cla_uasc_pct", unit="%")
    for code in "ABCDE":
        put_area(made, code, "authority", region_code="R", region="Name R", type="county")
    put_area(made, "OLD", "authority", region_code="R", region="Name R", type="county", to_year=2016)
    put_area(made, "NEW", "authority", region_code="R", region="Name R", type="county", from_year=2018)
    put_area(made, "R", "region")
    put_area(made, "ENG", "england")
    put_area(made, "EMPTY", "england")  # of another country there is no figure
    rates = {"A": 80, "B": 40, "C": 44, "D": 42, "E": 90, "R": 55, "ENG": 60}
    for code, level in rates.items():
        made.figures(code, {year: level + year - 2015 for year in range(2015, 2021)}, indicator="cla_rate")
    made.figures("OLD", {2015: 50, 2016: 51, 2017: 99}, indicator="cla_rate")
    made.figures("NEW", {2018: 70, 2019: 72, 2020: "suppressed"}, indicator="cla_rate")
    for code, share in {"A": 10, "B": 50, "C": 25, "ENG": 20}.items():
        made.figures(code, {2020: share}, indicator="cla_uasc_pct", base=100)
    made.figures("D", {2020: "suppressed"}, indicator="cla_uasc_pct")
    percent(made, "cpp_repeat_pct", {"A": 30, "B": 10, "C": 11, "D": 12, "E": 8})
    percent(made, "placement_stable_pct", {"A": 90, "B": 50, "C": 52, "D": 54, "E": 51})
    for code, cases in {"A": 15, "B": 16, "C": 12, "D": 14, "E": 20}.items():
        put_bare(made, code, cases)
    return made.ready()


def percent(made: SmallWarehouse, indicator: str, shares: dict[str, float]) -> None:
    """Percentages of 200, the same in 2019 and 2020."""
    for code, share in shares.items():
        for year in (2019, 2020):
            put_observation(made, code, year, indicator, share, share * 2, 200)


def put_bare(made: SmallWarehouse, code: str, value: float) -> None:
    """A figure without counts, in 2020 alone."""
    put_observation(made, code, 2020, "sw_caseload", value, None, None)


def put_observation(
    made: SmallWarehouse, code: str, year: int, indicator: str, value: float, part: float | None, whole: float | None
) -> None:
    made.put(
        "observation",
        area_code=code,
        year=year,
        indicator=indicator,
        value=value,
        status="ok",
        numerator=part,
        denominator=whole,
        period_label=str(year),
        period_end=f"{year}-03-31",
        source="test",
        extract="test",
    )


def boards(warehouse: Warehouse) -> tuple[Board, Board]:
    indicators, areas = warehouse.ask("indicators"), warehouse.ask("all_areas")
    share = indicators.indicator == SHARE
    board, more = board_of(warehouse, indicators[~share], areas), board_of(warehouse, indicators[share], areas)
    return with_rate_without(board, more), more


def profile(warehouse: Warehouse, code: str = "A", beside: ComparatorSet = NEAR) -> Profile:
    areas = warehouse.ask("all_areas")
    return profile_of(*boards(warehouse), areas[areas.area_code == code].iloc[0], beside)


def row(found: Profile, indicator: str) -> Row:
    return next(each for each in found.rows if each.measure.indicator == indicator)


# --- one row, by hand ------------------------------------------------------------------------------------------------


def test_a_row_holds_what_can_be_worked_out_by_hand(small: Warehouse) -> None:
    rate = row(profile(small), RATE)
    assert (rate.year, rate.figure.value, rate.as_at) == (2020, 85, "31 March 2020")
    assert (rate.beside.mean, rate.beside.median, rate.beside.held, rate.beside.named) == (47, 47, 3, 3)
    assert rate.change == 1 and rate.before.year == 2019
    assert (rate.region.value, rate.country.value) == (60, 65)
    assert (profile(small).region, profile(small).country) == ("Name R", "Name ENG")
    # A 85, B 45, C 49, D 47, E 95: second highest of five; NEW's figure is withheld and may lie ahead of it.
    assert (rate.place.place, rate.place.ranked, rate.place.withheld, rate.place.first) == (2, 5, 1, "highest")
    assert rate.place.low <= 2 and 3 <= rate.place.high <= 6
    assert rate.place.band == ""
    assert (rate.spread.lowest, rate.spread.median, rate.spread.highest) == (45, 49, 95)
    assert [f.year for f in rate.series] == list(range(2015, 2021))


def test_the_interval_decides_on_which_side_of_the_mean_a_figure_lies(small: Warehouse) -> None:
    found = profile(small)
    # 85 of 10,000: Byar 67.9 to 105.1 leaves 47 out. 60 of 200: Wilson 24.1 to 36.7 leaves 11 out; 180 of 200, too.
    assert [row(found, name).side for name in (RATE, "cpp_repeat_pct", "placement_stable_pct")] == ["higher"] * 3
    assert row(found, RATE).interval == pytest.approx((67.9, 105.1), abs=0.05)
    assert row(found, "cpp_repeat_pct").interval == pytest.approx((24.1, 36.7), abs=0.05)
    assert row(found, "sw_caseload").side == "not_judged"
    assert row(found, "sw_caseload").interval is None


def test_better_and_worse_only_where_a_way_is_better_and_the_interval_supports_it(small: Warehouse) -> None:
    found = profile(small)
    judged = {name: row(found, name).judged for name in (RATE, "cpp_repeat_pct", "placement_stable_pct", "sw_caseload")}
    assert judged == {RATE: "", "cpp_repeat_pct": "worse", "placement_stable_pct": "better", "sw_caseload": ""}
    like_its_set = row(profile(small, "B", ComparatorSet("x", "x", ("C", "D"))), "cpp_repeat_pct")
    assert (like_its_set.side, like_its_set.judged) == ("similar", "")


def test_rank_and_band_follow_the_interactive_tool(small: Warehouse) -> None:
    found = profile(small)
    # Lower is better: 8 10 11 12 30, so A is last of five and in the worst quarter; higher is better: A is first.
    assert (row(found, "cpp_repeat_pct").place.place, row(found, "cpp_repeat_pct").place.band) == (5, "D")
    assert (row(found, "placement_stable_pct").place.place, row(found, "placement_stable_pct").place.band) == (1, "A")
    assert row(found, "sw_caseload").place.low is None


def test_mean_and_median_on_different_sides_are_noticed(small: Warehouse) -> None:
    # Cases of B, C, D: 16, 12, 14: mean and median 14. Of B, C, E: mean 16, median 16. Of C, D, E: mean 15.3, median 14.
    assert not row(profile(small), "sw_caseload").sides_differ
    assert row(profile(small, beside=ComparatorSet("x", "x", ("C", "D", "E"))), "sw_caseload").sides_differ


def test_no_change_is_given_over_a_year_that_is_missing(small: Warehouse) -> None:
    found = row(profile(small), "sw_caseload")
    assert found.before is None and found.change is None


def test_a_recent_trend_names_its_two_ends(tmp_path: Path) -> None:
    made = SmallWarehouse(tmp_path / "trend.duckdb")
    made.indicator("cla_rate")
    for code in "ABCD":
        made.area(code)
        made.figures(code, {2015 + n: 40 * (1 + n) for n in range(5)}, indicator="cla_rate")
    warehouse = made.ready()
    areas, indicators = warehouse.ask("all_areas"), warehouse.ask("indicators")
    board = board_of(warehouse, indicators, areas)
    found = profile_of(board, board_of(warehouse, indicators.head(0), areas), areas.iloc[0], NEAR)
    (rising,) = found.trends
    assert rising.trend.direction == "rising"
    assert [(f.year, f.value) for f in rising.trend_ends] == [(2015, 40), (2019, 200)]
    assert rising.relative_change == pytest.approx(4.0)


# --- the rate without unaccompanied children -------------------------------------------------------------------------


def test_the_rate_without_unaccompanied_children_is_worked_out_where_both_are_held(small: Warehouse) -> None:
    found = row(profile(small), WITHOUT)
    assert found.figure.value == pytest.approx(85 * 0.9)
    # B 45 x 0.5 and C 49 x 0.75; D's share is suppressed.
    assert found.beside.mean == pytest.approx((22.5 + 36.75) / 2)
    assert (found.beside.held, found.beside.named) == (2, 3)
    assert found.interval is None and found.side == "not_judged"
    assert found.country.value == pytest.approx(65 * 0.8)


def test_without_one_of_the_two_the_reason_is_the_missing_ones(small: Warehouse) -> None:
    assert row(profile(small, "D"), WITHOUT).figure.status == "suppressed"
    assert row(profile(small, "E"), WITHOUT).figure.status == "no_row"
    assert row(profile(small, "NEW"), WITHOUT).figure.status != "ok"


def test_a_board_without_the_share_is_left_as_it_is(small: Warehouse) -> None:
    areas, indicators = small.ask("all_areas"), small.ask("indicators")
    board = board_of(small, indicators[indicators.indicator == RATE], areas)
    assert with_rate_without(board, board) is board


# --- authorities that end, begin, or have nothing --------------------------------------------------------------------


def test_an_authority_that_ended_is_shown_as_of_its_last_year_among_those_of_that_year(small: Warehouse) -> None:
    found = row(profile(small, "OLD"), RATE)
    assert (found.year, found.figure.value, found.change) == (2016, 51, 1)  # the 99 of 2017 is not its own
    assert found.beside.mean == pytest.approx((41 + 45 + 43) / 3)
    assert found.place.ranked == 6
    assert profile(small, "OLD").to_year == 2016


def test_an_authority_that_began_says_so_and_a_suppressed_figure_gives_way_to_none(small: Warehouse) -> None:
    whole = profile(small, "NEW")
    found = row(whole, RATE)
    assert (found.year, found.figure.value, found.figure.status) == (2020, None, "suppressed")
    assert (found.newest.year, found.newest.value) == (2019, 72)
    assert (found.change, found.interval, found.place, found.side) == (None, None, None, "unknown")
    reasons = {each.reason: each.years for each in whole.absences if each.measure.indicator == RATE}
    assert reasons == {
        "before the authority existed": (2015, 2016, 2017),
        "suppressed to protect children's identity": (2020,),
    }


def test_a_set_of_nobody_leaves_every_row_without_a_mean(small: Warehouse) -> None:
    found = profile(small, beside=ComparatorSet("own:x", "x", ()))
    assert {each.side for each in found.rows} == {"unknown"}
    assert all(each.beside.mean is None and not each.sides_differ for each in found.rows)
    assert found.expected_by_chance == 0


def test_a_set_with_one_figure_is_its_mean_and_codes_that_are_not_held_count_as_named(small: Warehouse) -> None:
    beside = row(profile(small, beside=ComparatorSet("x", "x", ("B", "GONE"))), RATE).beside
    assert (beside.mean, beside.median, beside.held, beside.named) == (45, 45, 1, 2)


def test_of_an_authority_that_no_source_lists_every_row_says_so(tmp_path: Path) -> None:
    made = SmallWarehouse(tmp_path / "empty.duckdb")
    made.indicator("cla_rate")
    for code in "ABCDE":
        made.area(code)
    for code in "ABCD":
        made.figures(code, {2019: 40, 2020: "suppressed"}, indicator="cla_rate")
    warehouse = made.ready()
    areas, indicators = warehouse.ask("all_areas"), warehouse.ask("indicators")
    board = board_of(warehouse, indicators, areas)
    nobody = board_of(warehouse, indicators.head(0), areas)
    found = profile_of(board, nobody, areas[areas.area_code == "E"].iloc[0], NEAR)
    assert [(r.figure.value, r.figure.status, r.place) for r in found.rows] == [(None, "no_row", None)]
    assert found.rows[0].year == 2019  # nobody has a figure in 2020
    assert "children_0_17" in found.not_held


# --- against a slow twin ---------------------------------------------------------------------------------------------


def test_means_changes_and_neighbours_equal_a_plain_reading_of_the_table(small: Warehouse) -> None:
    cells = small.ask("board_cells", indicators=[RATE, "cpp_repeat_pct", "placement_stable_pct", "sw_caseload"])
    for code in "ABCDE":
        others = [c for c in "ABCDE" if c != code]
        found = profile(small, code, ComparatorSet("others", "others", tuple(others)))
        for each in found.headline:
            mine = cells[(cells.indicator == each.measure.indicator) & (cells.year == each.year)].set_index("area_code")
            held = [mine.value[c] for c in others if c in mine.index]
            assert each.beside.mean == pytest.approx(sum(held) / len(held))
            assert each.beside.median == pytest.approx(float(pd.Series(held).median()))
            assert each.place.ranked == int(
                mine.value[[c for c in mine.index if len(c) == 1 and c != "R"]].notna().sum()
            )
            low, high = min(*held, mine.value[code]), max(*held, mine.value[code])
            assert (each.spread.lowest, each.spread.highest) == (low, high)


# --- downloads -------------------------------------------------------------------------------------------------------


def test_the_download_has_a_row_an_indicator_with_raw_precision(small: Warehouse) -> None:
    found = profile(small)
    raw = raw_profile(found).set_index("indicator")
    assert list(raw.index) == [r.measure.indicator for r in found.rows]
    assert raw.value[WITHOUT] == 85 * (1 - 10 / 100)
    assert raw.beside_set_mean["sw_caseload"] == "not_judged"
    assert raw.set_with_figure[WITHOUT] == 2


def test_the_second_download_has_every_year_and_its_status(small: Warehouse) -> None:
    rows = raw_series(profile(small, "NEW"))
    rates = rows[rows.indicator == RATE].set_index("year")
    assert rates.status[2020] == "suppressed" and pd.isna(rates.value[2020])
    assert rates.value[2019] == 72
