"""The real published extracts: figures that others have printed, and every cell accounted for."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from data.build import build

# Statistical neighbours named in Brent's scrutiny report of 28 March 2018
NEIGHBOURS = (
    "Ealing", "Waltham Forest", "Croydon", "Haringey", "Enfield", "Newham", "Hounslow", "Lewisham", "Greenwich",
    "Hackney",
)  # fmt: skip


@pytest.fixture(scope="module")
def value(real):
    """Asks for the figure of one area, year and indicator."""

    def ask(name, year, indicator):
        sql = "select value from observation join area using (area_code) where (name, year, indicator) = (?, ?, ?)"
        ((found,),) = real.execute(sql, [name, year, indicator]).fetchall()
        return found

    return ask


@pytest.fixture(scope="module")
def neighbours_mean(value):
    """Asks for the mean over Brent's neighbours."""
    return lambda year, indicator: sum(value(name, year, indicator) for name in NEIGHBOURS) / len(NEIGHBOURS)


@pytest.mark.parametrize(
    ("name", "year", "indicator", "printed"),
    [
        pytest.param("Brent", 2017, "cin_year_rate", "670.0", id="Brent in need, as the council printed it"),
        pytest.param("Brent", 2015, "cin_year_rate", "508.8", id="Brent in need by children (printed: 530)"),
        pytest.param("Brent", 2015, "cin_year_episodes_rate", "526.8", id="Brent in need by episodes"),
        pytest.param("Brent", 2017, "cpp_repeat_pct", "12.4", id="Brent, second plans"),
        pytest.param("England", 2017, "cpp_repeat_pct", "18.7", id="England, second plans"),
        pytest.param("London", 2017, "cpp_repeat_pct", "14.8", id="London, second plans"),
    ],
)
def test_figures_of_the_scrutiny_report(value, name, year, indicator, printed):
    assert f"{value(name, year, indicator):.1f}" == printed


def test_england_in_need_2017(value):
    assert value("England", 2017, "cin_year_rate") == pytest.approx(593.65, abs=0.005)


def test_means_over_the_neighbours(neighbours_mean):
    assert neighbours_mean(2017, "cpp_repeat_pct") == pytest.approx(14.17)
    assert f"{neighbours_mean(2017, 'cin_year_rate'):.1f}" == "659.5"


def test_authorities_listed_by_year(real):
    sql = """select year, count(*) from observation join area using (area_code)
             where kind = 'authority' and indicator = 'cin_year_rate' group by year order by year"""
    assert dict(real.execute(sql).fetchall()) == {
        **dict.fromkeys(range(2013, 2020), 152),
        **dict.fromkeys((2020, 2021), 151),
        **dict.fromkeys((2022, 2023), 152),
        **dict.fromkeys((2024, 2025), 153),
    }


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Buckinghamshire", "E06000060"),
        ("North Yorkshire", "E06000065"),
        ("Somerset", "E06000066"),
        ("Sheffield", "E08000039"),
    ],
)
def test_a_recoded_authority_is_one_series(real, name, codes):
    sql = """select any_value(area_code), min(year), max(year), count(*) from observation join area using (area_code)
             where name = ? and indicator = 'cin_year_rate'"""
    assert real.execute(sql, [name]).fetchall() == [(codes, 2013, 2025, 13)]


def test_a_recode_in_the_workforce_alone_does_not_break_its_series(real):
    sql = """select min(year), max(year), count(*) from observation join area using (area_code)
             where name = 'Barnsley' and indicator = 'sw_turnover_pct'"""
    assert real.execute(sql).fetchall() == [(2017, 2025, 9)]


def test_workforce_is_dated_30_september(real):
    sql = "select distinct month(period_end), day(period_end) from observation where source = 'workforce'"
    assert real.execute(sql).fetchall() == [(9, 30)]
    sql = "select distinct year(period_end) - year from observation where source = 'workforce'"
    assert real.execute(sql).fetchall() == [(0,)]


def test_joint_returns_go_to_neither_authority(real):
    sql = """select distinct value, reason from rejected order by value"""
    assert real.execute(sql).fetchall() == [
        (pair, "one figure for two authorities cannot be given to either")
        for pair in (
            "Kingston upon Thames / Richmond upon Thames", "North Northamptonshire / West Northamptonshire",
        )
    ]  # fmt: skip


def test_the_looked_after_file_carries_the_population_of_the_year_before(real):
    sql = """select count(*), count(*) filter (o.denominator = p.value)
             from observation o join observation p
               on (p.area_code, p.year, p.indicator) = (o.area_code, o.year - 1, 'children_0_17')
             where o.indicator = 'cla_rate' and o.denominator is not null and p.value is not null"""
    ((both, same),) = real.execute(sql).fetchall()
    assert both > 700
    assert same == both


def test_rates_agree_with_the_whole_numbers_that_the_publisher_prints(real, extracts):
    printed = pd.read_csv(extracts / "ees" / "cla_number_and_rate_per_10k_children.csv", dtype=str)
    printed = printed[printed["population_type"] == "Children looked after on 31 March each year"]
    printed = printed[printed["geographic_level"] == "Local authority"]
    rate = pd.to_numeric(printed["rate_per_10000"], errors="coerce")
    ours = real.execute(
        "select old_code, year, value from observation join area using (area_code) where indicator = 'cla_rate'"
    ).df()
    both = printed.assign(rate=rate, year=printed["time_period"].astype(int)).merge(
        ours, left_on=["old_la_code", "year"], right_on=["old_code", "year"]
    )
    both = both.dropna(subset=["rate", "value"])
    assert len(both) > 700
    assert ((both["value"] - both["rate"]).abs() <= 0.5).all()


# Nothing lost


def test_there_are_eight_extracts(published):
    assert len(published.extracts) == 8
    assert not any(each.found.problem for each in published.extracts)


@pytest.mark.parametrize("n", range(8))
def test_every_cell_is_kept_out_of_scope_or_rejected(published, n):
    each = published.extracts[n]
    with each.found.file.open(encoding="utf-8-sig", newline="") as handle:
        heading, *rows = csv.reader(handle)
    cells = len(rows) * len(each.found.table.figures)
    assert len(heading) == 10 + len(each.found.table.layout.filters) + len(each.found.table.figures)
    assert each.found.cells_read == cells
    assert cells == each.tally.kept + each.tally.out_of_scope + each.tally.rejected
    assert sum(rejection.cells for rejection in each.rejections) == each.tally.rejected


def test_out_of_scope_is_only_what_is_known_to_be(published):
    reasons = " ".join(note for each in published.extracts for note in each.tally.notes)
    assert reasons.count("Out of scope:") == 2
    for expected in (
        "2,463 in column rate_per_10000, which no indicator reads; 126 of an authority that did not exist in that year",
        "2,463 in column children_percent, in rows that no indicator reads it from; 168 of an authority",
    ):
        assert expected in reasons


def test_every_indicator_has_figures(real):
    sql = "select indicator from indicator where first_year is null and source not in ('lait', 'ofsted')"
    assert real.execute(sql).fetchall() == []


def test_a_build_of_the_same_files_gives_the_same_figures(published, extracts, tmp_path, real):
    again = build([extracts / "ees"], tmp_path)
    sql = "select * from observation except select * from other.observation"
    real.execute(f"attach '{again.file}' as other (read_only)")
    try:
        assert real.execute(sql).fetchall() == []
    finally:
        real.execute("detach other")


# A second reader, which knows nothing of the first


def second_reader(file, numerator, denominator, population, per):
    """Rate of every row of a B1-like file, by name of area and year, in a few lines of pandas."""
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    people = pd.read_csv(population, dtype=str, keep_default_na=False)
    keys = ["geographic_level", "region_code", "old_la_code"]
    people = people.assign(time_period=(people["time_period"].astype(int) + 1).astype(str))
    both = table.merge(people[[*keys, "time_period", "population_estimate"]], on=[*keys, "time_period"], how="left")
    return both.assign(
        numerator=pd.to_numeric(both[numerator], errors="coerce"),
        value=pd.to_numeric(both[numerator], errors="coerce") * per / pd.to_numeric(both[denominator], errors="coerce"),
    )


@pytest.mark.parametrize(
    ("column", "indicator"),
    [
        ("Anypoint_child", "cin_year_rate"),
        ("Anypoint_episodes", "cin_year_episodes_rate"),
        ("Started_episodes", "cin_started_rate"),
        ("Started_child", "cin_started_child_rate"),
        ("Ended_episodes", "cin_ended_rate"),
        ("Ended_child", "cin_ended_child_rate"),
        ("At31_episodes", "cin_rate"),
        ("awaiting_assessment", "cin_awaiting_rate"),
    ],
)
def test_a_second_reader_agrees_on_every_cell(real, extracts, column, indicator):
    folder = extracts / "ees"
    population = folder / "ons_mid-year_population_estimates_2012_to_2024.csv"
    theirs = second_reader(
        folder / "b1_children_in_need_2013_to_2025.csv", column, "population_estimate", population, 10_000
    )
    sql = """select year::varchar as time_period, kind, old_code, area_code, value, numerator, status, period_label
             from observation join area using (area_code) where indicator = ?"""
    ours = real.execute(sql, [indicator]).df()
    ours["place"] = ours["old_code"].where(ours["kind"] == "authority", ours["area_code"])
    region = theirs["region_code"].where(theirs["geographic_level"] == "Regional", "E92000001")
    theirs["place"] = theirs["old_la_code"].where(theirs["geographic_level"] == "Local authority", region)
    both = theirs.merge(ours, on=["place", "time_period"], how="outer", suffixes=("_theirs", ""), indicator=True)
    assert (both["_merge"] == "both").all()
    pd.testing.assert_series_equal(both["numerator"], both["numerator_theirs"], check_names=False)
    pd.testing.assert_series_equal(both["value"], both["value_theirs"], check_names=False, rtol=1e-14)
    symbols = {"c": "suppressed", "x": "not_available", "u": "low_reliability"}
    held_back = both[both["numerator"].isna()]
    assert (held_back[column].map(symbols) == held_back["status"]).all()


def test_a_second_reader_agrees_on_printed_percentages(real, extracts):
    theirs = pd.read_csv(
        extracts / "ees" / "d3_cpps_subsequent_plan_2013_to_2025.csv", dtype=str, keep_default_na=False
    )
    theirs = theirs[theirs["geographic_level"] == "Local authority"]
    theirs["year"] = theirs["time_period"].astype(int)
    sql = """select year, old_code as old_la_code, value, status, numerator, denominator
             from observation join area using (area_code) where indicator = 'cpp_repeat_pct' and kind = 'authority'"""
    both = theirs.merge(real.execute(sql).df(), on=["year", "old_la_code"], how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    for ours, column in (
        ("value", "CPP_subsequent_percent"), ("numerator", "CPP_subsequent"), ("denominator", "CPP_start"),
    ):  # fmt: skip
        printed = pd.to_numeric(both[column], errors="coerce")
        pd.testing.assert_series_equal(both[ours], printed, check_names=False)
