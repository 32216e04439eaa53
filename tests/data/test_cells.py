"""What becomes of a published cell, one hand-written file a case."""

from __future__ import annotations

import duckdb
import pytest

from analytics.rates import percent, rate_per_10k
from data.build import build
from tests.data.small_extracts import b1, line, text, written

POPULATION = text("population", *(line("population", year, "Brent", 10_000) for year in range(2012, 2025)))


@pytest.fixture
def built(tmp_path):
    """Builds a folder of hand-written tables; the report and a way to ask the warehouse come back."""

    def build_and_ask(**tables):
        report = build([written(tmp_path / "in", **tables)], tmp_path / "out")

        def ask(sql):
            with duckdb.connect(str(report.file), read_only=True) as connection:
                return connection.execute(sql).fetchall()

        return report, ask

    return build_and_ask


def tally(report, file):
    """What became of the cells of a file: read, kept, out of scope, rejected."""
    (each,) = [each for each in report.extracts if each.found.file.stem == file]
    return each.found.cells_read, each.tally.kept, each.tally.out_of_scope, each.tally.rejected


ANYPOINT = "select value, status from observation where indicator = 'cin_year_rate' and area_code = 'E09000005'"


@pytest.mark.parametrize(
    ("printed", "value", "status"),
    [
        pytest.param("500", 500.0, "ok", id="a number"),
        pytest.param("0", 0.0, "ok", id="none is a number"),
        pytest.param("12.5", 12.5, "ok", id="a decimal"),
        pytest.param(" 500 ", 500.0, "ok", id="blanks around it"),
        pytest.param('"1,234"', 1234.0, "ok", id="thousands between commas, as a spreadsheet shows them"),
        pytest.param("c", None, "suppressed", id="small count"),
        pytest.param("C", None, "suppressed", id="capital letter"),
        pytest.param("[c]", None, "suppressed", id="in brackets, as the statistical service advises"),
        pytest.param("x", None, "not_available", id="not available"),
        pytest.param(":", None, "not_available", id="older files"),
        pytest.param("..", None, "not_available", id="older files still"),
        pytest.param("", None, "not_available", id="empty"),
        pytest.param("z", None, "not_applicable", id="not applicable"),
        pytest.param("k", None, "rounds_to_zero", id="rounds to zero"),
        pytest.param("low", None, "rounds_to_zero", id="rounds to zero, workforce"),
        pytest.param("u", None, "low_reliability", id="low reliability, no value printed"),
        pytest.param("-", None, "reason_not_given", id="a dash for any reason"),
    ],
)
def test_a_number_or_a_symbol_is_kept(built, printed, value, status):
    report, ask = built(b1=text("b1", b1(2017, "Brent", printed)), population=POPULATION)
    assert ask(ANYPOINT) == [(value, status)]
    assert tally(report, "b1") == (8, 8, 0, 0)


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        pytest.param("twelve", "neither a number nor a known symbol", id="in words"),
        pytest.param("n/a", "neither a number nor a known symbol", id="another symbol"),
        pytest.param("inf", "neither a number nor a known symbol", id="infinity"),
        pytest.param("nan", "neither a number nor a known symbol", id="no number"),
        pytest.param("0x1F", "neither a number nor a known symbol", id="hexadecimal"),
        pytest.param("1e999", "neither a number nor a known symbol", id="too large, with an exponent"),
        pytest.param("1e3", "neither a number nor a known symbol", id="any exponent"),
        pytest.param("9" * 400, "not written as a plain number, such as 1234.5", id="too large, digit by digit"),
        pytest.param('"12,34"', "not written as a plain number, such as 1234.5", id="comma in an odd place"),
        pytest.param("1.2.3", "not written as a plain number, such as 1234.5", id="two points"),
        pytest.param("12 345", "not written as a plain number, such as 1234.5", id="a blank between thousands"),
        pytest.param("-5", "a figure below zero", id="below zero"),
        pytest.param("45%", "neither a number nor a known symbol", id="with a sign"),
        pytest.param("\N{FULLWIDTH DIGIT ONE}2", "neither a number nor a known symbol", id="digits of another script"),
    ],
)
def test_anything_else_is_rejected_with_line_column_and_value(built, printed, reason):
    lines = [b1(2016, "Brent", 500), b1(2017, "Brent", printed)]
    report, ask = built(b1=text("b1", *lines), population=POPULATION)
    value = printed.strip('"')
    assert ask('select line, "column", value, reason, cells from rejected') == [(3, "Anypoint_child", value, reason, 1)]
    assert tally(report, "b1") == (16, 15, 0, 1)
    assert ask(ANYPOINT) == [(500.0, "ok")], "a rejected cell makes no observation, and 2016 stands"


def test_a_comma_beside_semicolons_may_be_a_decimal_comma_and_is_not_read(built):
    semicolons = (
        text("b1", b1(2016, "Brent", 500), b1(2017, "Brent", "1;234")).replace(",", ";").replace("1;234", "1,234")
    )
    report, ask = built(b1=semicolons, population=POPULATION)
    assert ask('select line, "column", value, reason from rejected') == [
        (3, "Anypoint_child", "1,234", "not written as a plain number, such as 1234.5")
    ]
    assert "Separated by semicolons, not commas." in report.extracts[0].tally.notes


@pytest.mark.parametrize(
    ("population", "value", "status"),
    [
        pytest.param("10000", 500.0, "ok", id="the year before"),
        pytest.param("x", None, "not_available", id="no estimate"),
        pytest.param("0", None, "not_applicable", id="nobody lives there"),
    ],
)
def test_a_rate_needs_the_population_of_the_year_before(built, population, value, status):
    people = text("population", line("population", 2016, "Brent", population), line("population", 2017, "Brent", 1))
    _, ask = built(b1=text("b1", b1(2017, "Brent", 500)), population=people)
    assert ask(ANYPOINT) == [(value, status)]


def test_a_rate_without_the_population_file_is_not_available(built):
    report, ask = built(b1=text("b1", b1(2017, "Brent", 500)))
    assert ask(ANYPOINT) == [(None, "not_available")]
    assert tally(report, "b1") == (8, 8, 0, 0)


def test_a_suppressed_numerator_counts_before_a_missing_population(built):
    _, ask = built(b1=text("b1", b1(2017, "Brent", "c")))
    assert ask(ANYPOINT) == [(None, "suppressed")]


def test_rates_in_sql_are_those_of_the_rates_module(built):
    plans = text("d3", line("d3", 2017, "Brent", 357, 44, 12.4))
    people = text("population", line("population", 2016, "Brent", 75_563))
    _, ask = built(d3=plans, population=people)
    rate, numerator, denominator = ask(
        "select value, numerator, denominator from observation where indicator = 'cpp_started_rate'"
    )[0]
    assert rate == rate_per_10k(numerator, denominator)
    printed, part, whole = ask(
        "select value, numerator, denominator from observation where indicator = 'cpp_repeat_pct'"
    )[0]
    assert (printed, part, whole) == (12.4, 44, 357), "as printed, with the counts beside it"
    assert abs(printed - percent(part, whole)) < 0.1


def test_the_denominator_of_a_long_file_is_the_row_of_all_children_of_the_same_group(built):
    group = "CLA on 31 March"
    moved = line("stability", 2025, "Brent", group, "With 3 or more placements during the year", 26, 8)
    everyone = line("stability", 2025, "Brent", group, "Total children", 318, 100)
    others = line("stability", 2025, "Brent", "CLA 2 years on 31 March", "Total children", 99, 100)
    report, ask = built(stability=text("stability", moved, everyone, others))
    assert ask("select indicator, value, numerator, denominator from observation") == [
        ("placement_moves_pct", 8, 26, 318)
    ]
    assert tally(report, "stability") == (6, 3, 3, 0), (
        "the 100% of all children, and the lone total, make no observation"
    )


def test_a_renamed_filter_value_is_missed_and_said(built):
    looked_after = "Children looked after at the end of March"
    report, _ = built(
        rates=text("rates", line("rates", 2025, "Brent", looked_after, 10_000, 50, 50)),
        b1=text("b1", b1(2017, "Brent", 1)),
    )
    notes = " ".join(report.extracts[1].tally.notes)
    assert "No row where population_type = children looked after on 31 march each year (for cla_rate)" in notes
    assert "Found: population_type = children looked after at the end of march" in notes


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        pytest.param(b1(1899, "Brent", 1), "time_period", "1899", "outside 2000 to", id="1899"),
        pytest.param(b1(2099, "Brent", 1), "time_period", "2099", "outside 2000 to", id="2099"),
        pytest.param(b1(0, "Brent", 1), "time_period", "0", "'0' is not a year", id="a stray 0"),
        pytest.param(
            b1(2017, "Local authority,E92000001,England,E13000002,Outer London,999,E09999999,Brentt", 1),
            None, "Brentt", "'E09999999' is not in the register", id="unknown authority",
        ),
        pytest.param(
            b1(2017, "Local authority,E92000001,England,,,314 / 318,E09000021 / E09000027,Kingston / Richmond", 1),
            None, "Kingston / Richmond", "one figure for two authorities cannot be given to either", id="joint return",
        ),
        pytest.param(
            b1(2017, "Local authority,E92000001,England,,,304,X06000001,Ashmere", 1).replace("304", "X01"),
            None, "Ashmere", "'X06000001' is not in the register", id="a stray invented authority",
        ),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_placed_is_rejected_with_its_line(built, row, column, value, reason):
    report, ask = built(b1=text("b1", b1(2016, "Brent", 500), row), population=POPULATION)
    ((line_number, named, shown, said, cells),) = ask('select line, "column", value, reason, cells from rejected')
    assert (line_number, named, shown, cells) == (3, column, value, 8)
    assert reason in said
    assert tally(report, "b1") == (16, 8, 0, 8)


def test_an_unknown_code_falls_back_on_the_three_digit_code_and_says_so(built):
    report, ask = built(b1=text("b1", b1(2017, "Brent", 500)).replace("E09000005", "E09999999"), population=POPULATION)
    assert ask(ANYPOINT) == [(500.0, "ok")]
    note = "Code 'E09999999' is not in the register: read as Brent from its three-digit code 304."
    assert note in report.extracts[0].tally.notes
    assert note in ask("select note from extract where file = 'b1.csv'")[0][0]


def test_recoded_authorities_are_one_series_under_the_newest_code(built):
    _, ask = built(b1=text("b1", b1(2023, "old North Yorkshire", 1), b1(2024, "North Yorkshire", 2)))
    rows = ask("select area_code, year, numerator from observation where indicator = 'cin_year_rate' order by year")
    assert rows == [("E06000065", 2023, 1), ("E06000065", 2024, 2)]


def test_an_empty_row_under_the_former_code_gives_way(built):
    empty = line("b1", 2024, "old North Yorkshire", *["z"] * 8)
    report, ask = built(b1=text("b1", empty, b1(2024, "North Yorkshire", 2)))
    assert ask("select numerator from observation where indicator = 'cin_year_rate'") == [(2,)]
    assert tally(report, "b1") == (16, 8, 8, 0)


@pytest.mark.parametrize(
    ("area", "year", "cells"),
    [
        pytest.param("Dorset", 2019, (16, 8, 8, 0), id="before the authority existed"),
        pytest.param("Cumbria", 2024, (16, 8, 8, 0), id="after it was abolished"),
        pytest.param("Dorset", 2020, (16, 16, 0, 0), id="its first year: it might have had figures"),
    ],
)
def test_empty_rows_of_an_authority_that_did_not_exist_are_out_of_scope(built, area, year, cells):
    report, _ = built(b1=text("b1", b1(2017, "Brent", 1), line("b1", year, area, *["z"] * 8)))
    assert tally(report, "b1") == cells


def test_an_identical_repeat_is_out_of_scope_and_a_conflicting_one_rejected(built):
    lines = [b1(2017, "Brent", 500), b1(2017, "Brent", 500), b1(2017, "Brent", 501)]
    report, ask = built(b1=text("b1", *lines), population=POPULATION)
    assert ask(ANYPOINT) == [(500.0, "ok")]
    assert tally(report, "b1") == (24, 8, 8, 8)
    assert ask("select line, reason from rejected") == [
        (4, "line 2 already gives other figures for the same area, year and filters")
    ]


def test_a_ragged_row_costs_its_own_cells_only(built):
    report, ask = built(b1=text("b1", b1(2016, "Brent", 500), b1(2017, "Brent", 500) + ",7"), population=POPULATION)
    assert tally(report, "b1") == (16, 8, 0, 8)
    assert ask("select line, reason, cells from rejected") == [(3, "20 fields where the heading has 19", 8)]


def test_a_truncated_file_keeps_its_whole_rows(built):
    whole = text("b1", b1(2016, "Brent", 500), b1(2017, "Brent", 500))
    report, ask = built(b1=whole[:-20], population=POPULATION)
    assert tally(report, "b1") == (16, 8, 0, 8)
    assert "looks cut off here" in ask("select reason from rejected")[0][0]
    assert any("Fetch the file again" in note for note in report.extracts[0].tally.notes)


def test_another_geographic_level_and_blank_lines_are_out_of_scope(built):
    school = b1(2017, "School,E92000001,England,E12000007,London,304,E09000005,Brent", 1)
    blank = "," * (text("b1").count(",") or 18)
    report, _ = built(b1=text("b1", b1(2017, "Brent", 500), school, blank), population=POPULATION)
    assert tally(report, "b1") == (24, 8, 16, 0)


def test_workforce_years_end_on_30_september(built, tmp_path):
    figures = ["1"] * 22
    heading = text("b1").splitlines()[0].split(",category")[0]
    columns = (
        "inpost_fte,inpost_headcount,starters_fte,starters_headcount,leavers_fte,leavers_headcount,turnover_rate_fte,"
        "turnover_rate_headcount,agency_fte,agency_headcount,agency_rate_fte,agency_rate_headcount,agency_cover_fte,"
        "agency_cover_rate_fte,vacancy_fte,vacancy_rate_fte,vacancy_agency_cover_rate_fte,case_holders_fte,cases,"
        "caseload_fte,working_days_lost_fte,absence_rate_fte"
    )
    row = b1(2025, "Brent", 1).split(",Children in Need")[0]
    report, ask = built(workforce=f"{heading},{columns}\n{row},{','.join(figures)}\n")
    assert {str(day) for (day,) in ask("select period_end from observation")} == {"2025-09-30"}
    assert tally(report, "workforce") == (22, 22, 0, 0)
    assert ask("select denominator from observation where indicator = 'sw_agency_pct'") == [(2.0,)], (
        "agency and employed"
    )
