"""Ranks, quartile bands, neighbour averages and changes equal those of the Local Authority Interactive Tool's rules.

The second computation reads the tool's own file and its list of neighbours with a few lines of pandas, and shares
nothing with the program. Its rules, from the tool's published code: rank 1 is the largest where high is good and the
smallest where low is, ties share the smaller; quartiles of type 7, a figure on a quartile in the lower quarter; the
neighbours' average is the plain mean of those with a figure. The tool takes the change on the row before; here, and in
the second computation, only on the year before (peers: the tool's known fault).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.board import board_of
from analytics.warehouse import open_warehouse
from data.build import build

# Five authorities unlike each other: London, county, unitary made in 2019, city, and one with few children.
AUTHORITIES = ("Brent", "Hertfordshire", "Bournemouth, Christchurch and Poole", "Leeds", "Rutland")
MEASURES = 20


@pytest.fixture(scope="module")
def warehouse(extracts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tool")
    build([extracts / "lait"], folder)
    with_tool = open_warehouse(folder)
    yield with_tool
    with_tool.close()


@pytest.fixture(scope="module")
def tool(extracts):
    """The tool's file: measure, year, name, figure; only years in four digits, which sort and subtract as they are."""
    cells = pd.read_parquet(extracts / "lait" / "bds_long_0.parquet")
    cells = cells[cells.Years.str.fullmatch(r"20\d\d")]
    return pd.DataFrame(
        {
            "measure": cells["Short Desc"],
            "year": cells.Years.astype(int),
            "name": cells["LA and Regions"],
            "number": cells["LA Number"],
            "value": pd.to_numeric(cells.Values, errors="coerce"),
        }
    )


@pytest.fixture(scope="module")
def polarity(extracts):
    words = pd.read_csv(extracts / "lait" / "lait_data_dictionary.csv", encoding="utf-8-sig", encoding_errors="replace")
    return words.drop_duplicates("Measure_short").set_index("Measure_short").Polarity


@pytest.fixture(scope="module")
def chosen(tool, polarity, warehouse):
    """Twenty measures that have a 'better', spread over the whole list."""
    known = set(warehouse.ask("indicators").indicator)
    able = [m for m in sorted(tool.measure.unique()) if polarity.get(m) in ("High", "Low") and f"lait:{m}" in known]
    spread = np.linspace(0, len(able) - 1, MEASURES).round().astype(int)
    return [able[i] for i in spread]


@pytest.fixture(scope="module")
def board(warehouse, chosen):
    rows = warehouse.ask("indicators")
    return board_of(warehouse, rows[rows.indicator.isin([f"lait:{m}" for m in chosen])], warehouse.ask("all_areas"))


def authorities_of(tool, measure):
    """The measure's rows of authorities: numbers of regions and England begin at 970."""
    return tool[(tool.measure == measure) & (tool.number < 970)]


def test_twenty_measures_of_five_authorities(tool, chosen, board):
    assert len(set(chosen)) == MEASURES
    assert set(AUTHORITIES) <= set(board.areas.name)
    assert set(AUTHORITIES) <= set(tool.name)


def test_ranks_and_bands(tool, polarity, chosen, board):
    compared = 0
    for measure in chosen:
        rows = authorities_of(tool, measure)
        newest = rows.year[rows.value.notna()].max()
        value = rows[rows.year == newest].set_index("name").value
        high = polarity[measure] == "High"
        rank = value.rank(method="min", ascending=not high)
        quartiles = value.quantile([0.25, 0.5, 0.75]).to_numpy()
        standing = board.standing(f"lait:{measure}", int(newest))
        assert board.newest_year(f"lait:{measure}") == newest
        for name in AUTHORITIES:
            code = board.areas.area_code[(board.areas.name == name) & board.areas.to_year.isna()].iloc[0]
            at = standing.codes.index(code)
            np.testing.assert_equal(standing.rank[at], rank.get(name, np.nan), err_msg=f"{measure}, {name}")
            quarter = int((value.get(name, np.nan) > quartiles).sum())
            expected = "" if np.isnan(value.get(name, np.nan)) else ("DCBA" if high else "ABCD")[quarter]
            assert standing.band[at] == expected, (measure, name)
            compared += expected != ""
    assert compared > 80  # of a hundred: Rutland has few figures


def test_changes_on_the_year_before(tool, chosen, board):
    compared = 0
    for measure in chosen:
        rows = authorities_of(tool, measure)
        newest = int(rows.year[rows.value.notna()].max())
        wide = rows.pivot_table("value", "name", "year", dropna=False)
        change = wide[newest] - wide[newest - 1] if newest - 1 in wide else wide[newest] * np.nan
        ours = board.change(f"lait:{measure}", newest)
        for name in AUTHORITIES:
            code = board.areas.area_code[(board.areas.name == name) & board.areas.to_year.isna()].iloc[0]
            expected = change.get(name, np.nan)
            np.testing.assert_allclose(ours[board.area_at[code]], expected, atol=1e-9, err_msg=f"{measure}, {name}")
            compared += not np.isnan(expected)
    assert compared > 60


def test_neighbours_averages(tool, chosen, warehouse, board, extracts):
    listed = pd.read_csv(extracts / "neighbours" / "sn_model_2025_wide.csv").set_index("la_name")
    compared = 0
    for measure in chosen:
        rows = authorities_of(tool, measure)
        newest = int(rows.year[rows.value.notna()].max())
        value = rows[rows.year == newest].set_index("number").value
        for name in AUTHORITIES:
            near = [value.get(listed.at[name, f"SN_{n}"], np.nan) for n in range(1, 11)]
            expected = pd.Series(near, dtype=float).mean()
            code = board.areas.area_code[(board.areas.name == name) & board.areas.to_year.isna()].iloc[0]
            codes = warehouse.ask("neighbours", model="2025")
            codes = list(codes.neighbour_code[codes.area_code == code])
            found = warehouse.ask("set_figures", indicator=f"lait:{measure}", areas=codes, first=newest, last=newest)
            ours = found["mean"].iloc[0] if len(found) else np.nan
            np.testing.assert_allclose(ours, expected, rtol=1e-12, err_msg=f"{measure}, {name}")
            assert (found.authorities.iloc[0] if len(found) else 0) == sum(not np.isnan(v) for v in near)
            compared += not np.isnan(expected)
    assert compared > 80
