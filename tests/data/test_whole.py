"""All real extracts together: every cell of the Interactive Tool, neighbours in both forms, inspections, both sources."""

from __future__ import annotations

import csv

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.background import backgrounds
from analytics.catalogue import read_catalogue
from analytics.neighbour_lists import shared_on_average
from analytics.own_model import own_model
from analytics.own_neighbours import background_board, own_neighbours
from analytics.warehouse import SETTINGS, Warehouse
from data.build import build

MEASURES, CELLS = 434, 641_070


@pytest.fixture(scope="module")
def report(extracts, tmp_path_factory):
    """The build of everything."""
    return build([extracts], tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def whole(report):
    """The warehouse of everything, read only."""
    with duckdb.connect(str(report.file), read_only=True, config=SETTINGS) as connection:
        yield connection


@pytest.fixture(scope="module")
def tool(report):
    """What became of the file of the Interactive Tool."""
    return next(each for each in report.extracts if each.extract.startswith("lait/measures"))


def test_every_cell_is_accounted_for(tool, report):
    assert tool.found.cells_read == CELLS == tool.tally.kept + tool.tally.out_of_scope + tool.tally.rejected
    assert tool.tally.rejected == 170  # one measure's stray year, of every area
    assert {each.reason for each in tool.rejections} == {"'0' is no year: a stray label of the published file"}
    for each in report.extracts:
        assert each.found.cells_read == each.tally.kept + each.tally.out_of_scope + each.tally.rejected
        assert sum(rejection.cells for rejection in each.rejections) == each.tally.rejected


def test_no_file_is_left_unread(report):
    assert [each.found.name for each in report.extracts if each.found.problem] == []
    assert len(report.extracts) == 16


def test_every_measure_is_there_under_its_own_name(whole):
    sql = "select count(*), count(first_year) from indicator where starts_with(indicator, 'lait:')"
    assert whole.execute(sql).fetchall() == [(MEASURES, MEASURES)]


def test_every_indicator_has_figures(whole):
    assert whole.execute("select indicator from indicator where first_year is null").fetchall() == []


def test_a_second_reader_of_the_tool_agrees_on_every_cell(whole, tool, extracts):
    theirs = pd.read_parquet(tool.found.file)
    theirs["value"] = pd.to_numeric(theirs["Values"], errors="coerce")
    theirs["old_code"] = theirs["LA Number"].astype(int).astype(str)
    sql = """select substr(o.indicator, 6) as "Short Desc", o.period_label as "Years", a.old_code, o.value as ours, o.status
             from observation o join area a using (area_code) where starts_with(o.indicator, 'lait:')"""
    both = theirs.merge(
        whole.execute(sql).df(), how="left", on=["Short Desc", "Years", "old_code"], validate="one_to_one"
    )
    assert len(both) == CELLS
    kept = both["status"].notna()
    np.testing.assert_array_equal(both["ours"][kept], both["value"][kept])
    assert both["value"][~kept].isna().all()  # only a dash is left out: of a stray year, or where nobody could have one
    assert ((both["status"] == "reason_not_given") == (both["Values"] == "-"))[kept].all()
    assert (~kept).sum() == tool.tally.out_of_scope + tool.tally.rejected


def test_labels_polarity_and_decimals_are_the_dictionarys(whole, report):
    file = next(each.found.file for each in report.extracts if each.extract.startswith("lait/dictionary"))
    theirs = pd.read_csv(file, dtype=str, keep_default_na=False).drop_duplicates("Measure_short")
    ours = whole.execute(
        "select substr(indicator, 6) as m, * from indicator where starts_with(indicator, 'lait:')"
    ).df()
    both = theirs.merge(ours, left_on="Measure_short", right_on="m", validate="one_to_one")
    assert len(both) == MEASURES
    assert (both["Chart_title"].str.strip() == both["label"]).all()
    assert (both["Topic"] == both["theme"]).all()
    assert (both["Polarity"].map({"High": "higher", "Low": "lower"}).fillna("none") == both["polarity"]).all()
    assert (both["dps"].replace("NA", "1").astype(int) == both["decimals"]).all()


def test_no_year_label_of_the_tool_is_unread(whole, tool):
    read = {label for (label,) in whole.execute("select distinct period_label from observation").fetchall()}
    theirs = set(pd.read_parquet(tool.found.file, columns=["Years"])["Years"])
    assert theirs - read == {"0"}


def test_brents_looked_after_children_come_from_both_sources(whole):
    sql = """select year, round(value), source from observation
             where indicator = 'cla_rate' and area_code = 'E09000005' order by year"""
    tool, tidy = "lait", "children_looked_after"
    assert whole.execute(sql).fetchall() == [
        (2016, 45, tool), (2017, 42, tool), (2018, 41, tool), (2019, 39, tool), (2020, 39, tool),
        (2021, 38, tidy), (2022, 47, tidy), (2023, 43, tidy), (2024, 41, tidy), (2025, 39, tidy),
    ]  # fmt: skip


def test_two_sources_agree_but_for_a_handful_of_regions(whole, tool):
    assert tool.tally.outranked > 25_000
    sql = "select count(*), count(*) filter (kind = 'authority') from disagreement join area using (area_code)"
    assert whole.execute(sql).fetchall() == [(4, 0)]


def test_figures_of_the_tool_lie_where_the_calibration_has_them(whole, extracts):
    served = {each.indicator for each in read_catalogue().indicators.values() if each.source == "lait"}
    with (extracts.parent / "facts" / "calibration.csv").open(encoding="utf-8", newline="") as handle:
        expected = {row["indicator"]: row for row in csv.DictReader(handle) if row["indicator"] in served}
    assert len(expected) >= 9
    for indicator, row in expected.items():
        sql = """with complete as (
                     select area_code from observation join area using (area_code)
                     where indicator = $indicator and kind = 'authority' group by all having count(*) = count(value))
                 select avg(value) from observation semi join complete using (area_code)
                 where indicator = $indicator and year = $year"""
        for year, mean in zip(range(2025, 2015, -1), reversed(row["mean_by_year"].split()), strict=False):
            ((found,),) = whole.execute(sql, {"indicator": indicator, "year": year}).fetchall()
            assert found == pytest.approx(float(mean), rel=0.05), (indicator, year)


def test_the_joint_return_of_two_authorities_is_given_to_neither(whole):
    sql = """select count(*), count(*) filter (starts_with(indicator, 'lait:')) from observation join area using (area_code)
             where name in ('Kingston upon Thames', 'Richmond upon Thames') and year >= 2017
               and indicator in ('sw_turnover_pct', 'lait:Work_Force_TO_Rate')"""
    assert whole.execute(sql).fetchall() == [(18, 18)]


def test_workforce_is_dated_30_september(whole):
    sql = "select distinct month(period_end), day(period_end) from observation where indicator like 'sw_%'"
    assert whole.execute(sql).fetchall() == [(9, 30)]


# Lists


@pytest.mark.parametrize(
    ("model", "pairs", "authorities"),
    [pytest.param("2021", 1550, 156, id="April 2021"), pytest.param("2025", 1578, 158, id="May 2025")],
)
def test_both_forms_of_a_neighbour_list_agree(whole, report, model, pairs, authorities):
    sql = "select count(*), count(distinct area_code) from neighbour where model = ?"
    assert whole.execute(sql, [model]).fetchall() == [(pairs, authorities)]
    lists = [each for each in report.extracts if each.found.layout == "neighbours"]
    assert len(lists) == 4
    reasons = " ".join(rejection.reason for each in lists for rejection in each.rejections)
    assert "must agree" not in reasons


def test_closeness_is_one_of_five_words(whole):
    sql = "select distinct closeness from neighbour order by 1"
    words = [word for (word,) in whole.execute(sql).fetchall()]
    assert words == ["close", "extremely close", "not close", "somewhat close", "very close"]


def test_brents_neighbours(whole):
    sql = """select n.model, count(*) filter (closeness = 'not close'), arg_min(a.name, rank)
             from neighbour n join area a on a.area_code = n.neighbour_code
             where n.area_code = 'E09000005' group by 1 order by 1"""
    assert whole.execute(sql).fetchall() == [("2021", 7, "Ealing"), ("2025", 0, "Ealing")]


def test_only_abolished_neighbours_are_rejected(whole):
    sql = "select distinct value from rejected where starts_with(extract, 'neighbours/') and cells > 0 order by 1"
    assert [value for (value,) in whole.execute(sql).fetchall()] == ["835", "836", "909"]


def test_inspections_are_held_since_2018(whole):
    sql = "select min(year(start)), count(*), count(overall), count(distinct area_code) from inspection"
    assert whole.execute(sql).fetchall() == [(2018, 331, 271, 156)]


def test_the_share_judged_good_is_of_the_authorities_with_a_judgement(whole):
    sql = """select year, numerator, denominator from observation
             where indicator = 'ofsted_good_pct' and area_code = 'E92000001' order by year"""
    shares = {year: (good, judged) for year, good, judged in whole.execute(sql).fetchall()}
    assert list(shares) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert (shares[2020], shares[2025]) == ((50, 96), (100, 153))


def test_the_judgements_in_force_repeat_the_history(report):
    (ofsted,) = [each for each in report.extracts if each.found.layout == "ofsted"]
    assert (ofsted.found.cells_read, ofsted.tally.kept, ofsted.tally.rejected) == (536, 331, 0)


def test_neighbours_by_the_usual_own_weights_agree_with_the_official_list_as_far_as_the_readme_says(report):
    warehouse = Warehouse(report.file)
    found = own_neighbours(own_model(backgrounds().usual), background_board(warehouse))
    shared, authorities = shared_on_average(found.lists, warehouse.ask("neighbours", model="2025"))
    assert (found.model.year, authorities) == (2025, 152)
    assert shared == pytest.approx(4.16, abs=0.005)
    words = found.lists.closeness.value_counts(normalize=True)
    assert words["very close"] == pytest.approx(0.61, abs=0.02) and words["not close"] < 0.03
    assert "Isles of Scilly" in set(found.not_placed.name)
