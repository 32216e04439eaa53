"""The Local Authority Interactive Tool: what becomes of every cell, and what is refused."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from data.build import build
from data.check import checked
from data.reading import NothingUsable
from data.report import has_errors
from tests.data.small_extracts import line, text, written
from tests.data.small_lait import dictionary, measures, workbook

BRENT = ("Section_47", "2025", "Brent", "184.80000000000001")


def ask(report, sql):
    with duckdb.connect(str(report.file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def built(folder, tmp_path):
    return build([folder], tmp_path / "out")


def small(tmp_path, *rows):
    """A warehouse of some rows, with the measures that they name in a dictionary."""
    folder = measures(tmp_path / "in", *rows)
    return built(dictionary(folder, *dict.fromkeys(row[0] for row in rows)), tmp_path)


def test_a_measure_is_explorable_in_the_tools_own_words(tmp_path):
    report = small(tmp_path, BRENT)
    sql = """select label, theme, unit, decimals, polarity, definition, next_due, coverage from indicator
             where indicator = 'lait:Section_47'"""
    assert ask(report, sql) == [
        ("Enquiries - rate", "Children in Need", "per 10,000", 1, "none", "What it says.", "2026-06-01", 1.0)
    ]


def test_one_cell_serves_the_measure_and_the_indicator_of_ours(tmp_path):
    report = small(tmp_path, BRENT)
    sql = "select indicator, area_code, year, value, status, source from observation order by indicator"
    assert ask(report, sql) == [
        ("lait:Section_47", "E09000005", 2025, 184.8, "ok", "lait"),
        ("s47_rate", "E09000005", 2025, 184.8, "ok", "lait"),
    ]
    assert (report.extracts[0].tally.kept, report.extracts[0].found.cells_read) == (1, 1)


@pytest.mark.parametrize(
    ("measure", "polarity", "decimals"),
    [("CareLeaverEET", "higher", 0), ("ReReferral", "lower", 1), ("Section_47", "none", 1), ("Prog8", "higher", 2)],
)
def test_polarity_and_decimals(tmp_path, measure, polarity, decimals):
    report = small(tmp_path, (measure, "2024", "Brent", "3"))
    sql = f"select polarity, decimals from indicator where indicator = 'lait:{measure}'"
    assert ask(report, sql) == [(polarity, decimals)]


@pytest.mark.parametrize(
    ("written_as", "value", "status"),
    [
        pytest.param("37.200000000000003", 37.2, "ok", id="binary tail"),
        pytest.param("-0.13", -0.13, "ok", id="progress below zero"),
        pytest.param("9.7930000000000003E-2", 0.09793, "ok", id="exponent"),
        pytest.param("0", 0.0, "ok", id="nothing is not missing"),
        pytest.param("-", None, "reason_not_given", id="the dash stands for any reason"),
    ],
)
def test_values(tmp_path, written_as, value, status):
    report = small(tmp_path, ("Prog8", "2024", "Brent", written_as), ("Prog8", "2024", "Ealing", "1"))
    sql = "select value, status from observation where area_code = 'E09000005'"
    assert ask(report, sql) == [(value, status)]


@pytest.mark.parametrize(
    ("measure", "label", "year", "end"),
    [
        pytest.param("Section_47", "2025", 2025, date(2025, 3, 31), id="financial year"),
        pytest.param("Section_47", "2024-25 (OT)", 2025, date(2025, 3, 31), id="with a mark"),
        pytest.param("Prog8", "2025 (Rev)", 2025, date(2025, 8, 31), id="school year"),
        pytest.param("Prog8", "2023/24", 2024, date(2024, 8, 31), id="school year, both halves"),
        pytest.param("RTA", "2014-16", 2016, date(2016, 12, 31), id="three calendar years"),
        pytest.param("Section_47", "2013/14-15/16", 2016, date(2016, 3, 31), id="three financial years"),
    ],
)
def test_year_labels(tmp_path, measure, label, year, end):
    report = small(tmp_path, (measure, label, "Brent", "1"))
    sql = "select distinct year, period_end, period_label from observation"
    assert ask(report, sql) == [(year, end, label)]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("Brent", "E09000005"), ("England", "E92000001"), ("Outer London", "E13000002"), ("London (Inner)", "E13000001"),
        ("Buckinghamshire", "E06000060"), ("Dorset (Pre LG)", "E10000009"),
    ],
)  # fmt: skip
def test_numbers_lead_to_the_newest_code(tmp_path, place, code):
    report = small(tmp_path, ("Section_47", "2017", place, "5"))
    assert ask(report, "select distinct area_code from observation") == [(code,)]


def test_a_stray_year_is_rejected_and_is_nobodys_mistake_to_mend(tmp_path):
    folder = dictionary(measures(tmp_path / "in", BRENT, ("Section_47", "0", "Brent", "-")), "Section_47")
    report = built(folder, tmp_path)
    found = report.extracts[0]
    assert [(each.line, each.column, each.value) for each in found.rejections] == [(3, "Years", "0")]
    assert "no year" in found.rejections[0].reason
    assert found.found.cells_read == found.tally.kept + found.tally.out_of_scope + found.tally.rejected == 2
    assert not has_errors(found)


def test_the_dash_of_an_authority_that_did_not_exist_is_out_of_scope(tmp_path):
    report = small(tmp_path, BRENT, ("Section_47", "2025", "Cumbria", "-"), ("Section_47", "2017", "Cumberland", "-"))
    assert (report.extracts[0].tally.kept, report.extracts[0].tally.out_of_scope) == (1, 2)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param(("Section_47", "2025", "Atlantis", "5"), "number '1' is no authority", id="place"),
        pytest.param(("Unheard", "2025", "Brent", "5"), "not in the dictionary", id="measure"),
        pytest.param(("Section_47", "2031-34", "Brent", "5"), "is not a year", id="year"),
        pytest.param(("Section_47", "2025", "Brent", "five"), "neither a number nor a known symbol", id="value"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_the_reason(tmp_path, row, says):
    folder = dictionary(measures(tmp_path / "in", ("Section_47", "2024", "Ealing", "1"), row), "Section_47")
    (rejection,) = built(folder, tmp_path).extracts[0].rejections
    assert (rejection.line, says in rejection.reason) == (3, True)


def test_measures_without_their_dictionary_say_so(tmp_path):
    with pytest.raises(NothingUsable, match=r"their dictionary \(lait_data_dictionary\.csv\) is not among the files"):
        built(measures(tmp_path / "in", BRENT), tmp_path)


@pytest.mark.parametrize(
    ("again", "says"),
    [
        pytest.param({}, "'Section_47' is described twice under 'Children in Need'", id="the same row"),
        pytest.param(
            {"Topic": "Other", "Polarity": "High"}, "has another polarity or kind of year", id="contradiction"
        ),
    ],
)
def test_a_duplicate_in_the_dictionary_is_refused(tmp_path, again, says):
    folder = measures(tmp_path / "in", BRENT)
    dictionary(folder, "Section_47", more=({"Measure_short": "Section_47"} | again,))
    with pytest.raises(NothingUsable, match=says):
        built(folder, tmp_path)


def test_a_measure_under_two_topics_is_one_measure(tmp_path):
    folder = measures(tmp_path / "in", BRENT)
    dictionary(folder, "Section_47", more=({"Measure_short": "Section_47", "Topic": "Key Stage 4"},))
    sql = "select indicator, theme from indicator where starts_with(indicator, 'lait:')"
    assert ask(built(folder, tmp_path), sql) == [("lait:Section_47", "Children in Need")]


def test_no_contact_of_the_dictionary_reaches_the_warehouse(tmp_path):
    folder = measures(tmp_path / "in", BRENT)
    owner = {"Measure_short": "LAC", "Data Owner (DO) /Supplier and Contact Details": "A. Person 0123"}
    dictionary(folder, "Section_47", more=(owner,))
    assert ask(built(folder, tmp_path), "select count(*) from indicator i where i::varchar like '%A. Person%'") == [
        (0,)
    ]


def test_a_parquet_file_of_something_else_is_refused_by_its_columns(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"a": [1]}), tmp_path / "in" / "bds_long_0.parquet")
    with pytest.raises(NothingUsable, match="without the columns Short Desc"):
        built(tmp_path / "in", tmp_path)


def test_a_workbook_of_something_else_is_refused_by_its_sheets(tmp_path):
    workbook(tmp_path / "in", {"Budget": [["a", "b"], [1, 2]]}, name="sn_may_2025.xlsx")
    with pytest.raises(NothingUsable, match="workbook with the sheets Budget: neither statistical neighbours nor"):
        built(tmp_path / "in", tmp_path)


def test_check_reads_the_dictionary_beside_the_measures(tmp_path):
    folder = dictionary(measures(tmp_path / "in", BRENT), "Section_47")
    report = checked(folder / "anything.parquet")
    assert (report.tally.kept, report.found.problem) == (1, "")


# Two sources of one figure


def rates(*figures):
    """Lines of the looked-after table: year, children out of 10,000."""
    return text("rates", *(line("rates", year, "Brent", "Children looked after on 31 March each year", 10_000, count, "-")
                           for year, count in figures))  # fmt: skip


def two_sources(tmp_path, count, printed, year="2024"):
    folder = written(tmp_path / "in", rates=rates((2024, count)))
    dictionary(measures(folder, ("LAC", year, "Brent", printed), ("LAC", "2024", "Ealing", "50")), "LAC")
    return built(folder, tmp_path)


def test_the_tidy_table_wins_and_the_other_is_counted(tmp_path):
    report = two_sources(tmp_path, 41, "41")
    sql = "select value, numerator, source from observation where indicator = 'cla_rate' and area_code = 'E09000005'"
    assert ask(report, sql) == [(41.0, 41.0, "children_looked_after")]
    sql = "select figures_outranked, cells_kept from extract where source = 'lait' order by 1 desc"
    assert ask(report, sql)[0] == (2, 2)  # the year is taken whole from the tidy table
    assert ask(report, "select count(*) from disagreement") == [(0,)]


def test_years_that_the_tidy_table_lacks_come_from_the_tool(tmp_path):
    report = two_sources(tmp_path, 41, "45", year="2016")
    sql = "select year, value, source from observation where indicator = 'cla_rate' and area_code = 'E09000005' order by 1"
    assert ask(report, sql) == [(2016, 45.0, "lait"), (2024, 41.0, "children_looked_after")]


@pytest.mark.parametrize(
    ("count", "printed", "listed"),
    [
        pytest.param(41.4, "41", 0, id="rounded to a whole number"),
        pytest.param(41.5, "41", 0, id="a half goes either way"),
        pytest.param(41.6, "41", 1, id="beyond rounding"),
        pytest.param(42, "41", 1, id="another figure"),
        pytest.param("c", "41", 1, id="one of the two holds it back"),
        pytest.param("c", "-", 0, id="both hold it back"),
    ],
)
def test_a_difference_beyond_rounding_is_listed(tmp_path, count, printed, listed):
    report = two_sources(tmp_path, count, printed)
    found = ask(report, "select year, indicator, value, other_value, extract, other_extract from disagreement")
    assert len(found) == listed
    if found:
        year, indicator, value, other, extract, other_extract = found[0]
        assert (year, indicator, other) == (2024, "cla_rate", 41.0)
        assert value is None if count == "c" else value == pytest.approx(count)
        assert extract.startswith("children_looked_after/rates/")
        assert other_extract.startswith("lait/measures/")


def test_a_held_back_figure_is_not_filled_in_from_the_tool(tmp_path):
    report = two_sources(tmp_path, "c", "41")
    sql = "select value, status from observation where indicator = 'cla_rate' and area_code = 'E09000005'"
    assert ask(report, sql) == [(None, "suppressed")]


def test_a_figure_that_is_not_available_comes_from_the_tool(tmp_path):
    report = two_sources(tmp_path, "x", "41")
    sql = "select value, source from observation where indicator = 'cla_rate' and area_code = 'E09000005'"
    assert ask(report, sql) == [(41.0, "lait")]


def test_a_year_is_taken_whole_from_one_source(tmp_path):
    report = two_sources(tmp_path, 41, "41")
    sql = "select area_code, indicator from observation where area_code = 'E09000009'"
    assert ask(report, sql) == [("E09000009", "lait:LAC")]
