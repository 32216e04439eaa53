"""Whole builds: editions, repeats, kinds, and what stands in the warehouse afterwards."""

from __future__ import annotations

import json

import duckdb
import pytest

from analytics.warehouse import current_file, open_warehouse
from data import files
from data.build import build
from data.illustrative import write
from data.reading import NothingUsable
from tests.data.small_extracts import b1, line, text, written


def ask(file, sql):
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def extract_named(report, stem):
    (each,) = [each for each in report.extracts if each.found.file.stem == stem]
    return each


@pytest.fixture(scope="session")
def teaching_set(tmp_path_factory):
    """The illustrative extracts, written once."""
    folder = tmp_path_factory.mktemp("illustrative")
    write(folder)
    return folder


# What is in the file


def test_the_small_warehouse_can_be_checked_by_hand(small, tmp_path):
    report = build([small], tmp_path / "out")
    rates = ask(report.file, "select year, value from observation where indicator = 'cin_year_rate' order by year")
    assert rates == [(2016, 500.0), (2017, 500.0)], "500 of 10,000, then 600 of 12,000"
    assert ask(
        report.file, "select first_year, last_year, coverage from indicator where indicator = 'cin_year_rate'"
    ) == [(2016, 2017, 1.0)]
    assert ask(report.file, "select first_year from indicator where indicator = 'cla_rate'") == [(None,)]


def test_facts_are_in_every_warehouse(small, tmp_path):
    file = build([small], tmp_path / "out").file
    assert ask(file, "select count(*) from practice_model") == [(24,)]
    assert ask(file, "select count(*) from adoption") == [(94,)]
    assert ask(file, "select area_code from adoption join area using (area_code) where name = 'North Yorkshire'") == [
        ("E06000065",)
    ]
    assert ask(file, "select kind, count(*) from boundary_change group by kind order by kind") == [
        ("merge", 3), ("recode", 5), ("split", 5)
    ]  # fmt: skip


def test_what_a_model_expects_is_in_the_warehouse_with_who_says_so(small, tmp_path):
    file = build([small], tmp_path / "out").file
    columns = "expected_outcomes, expected_outcomes_unmeasured, expected_outcomes_source, lag_years, lag_source"
    ((outcomes, unmeasured, source, lag, lag_source),) = ask(
        file, f"select {columns} from practice_model where model = 'TAR'"
    )
    assert json.loads(outcomes) == [
        {"indicator": "cpp_rate", "direction": "lower"}, {"indicator": "care_applications_rate", "direction": "lower"}
    ]  # fmt: skip
    assert "safe and stable family lives" in unmeasured
    assert source.startswith("SESLIP models of practice paper (2020), s4.3.1")
    assert (lag, lag_source) == (None, "Not stated in the SESLIP models of practice paper (2020), s4")
    missing = "select count(*) from practice_model where expected_outcomes_source is null or lag_source is null"
    assert ask(file, missing) == [(0,)]
    assert ask(file, "select expected_outcomes_unmeasured from practice_model where model = 'VSC'") == [(None,)]


def test_the_analysis_can_open_what_was_built(small, tmp_path):
    build([small], tmp_path / "out")
    warehouse = open_warehouse(tmp_path / "out")
    assert not warehouse.illustrative
    assert warehouse.meta["data_as_at"] == "2017-03-31"
    assert warehouse.meta["newest_year"] == "2017"
    warehouse.close()


def test_an_extract_is_named_by_source_file_and_checksum(small, tmp_path):
    report = build([small], tmp_path / "out")
    b1_extract = extract_named(report, "b1")
    assert b1_extract.extract == f"children_in_need/b1/{b1_extract.found.sha256[:8]}"
    ((kept, read, released),) = ask(
        report.file, f"select cells_kept, cells_read, released from extract where extract = '{b1_extract.extract}'"
    )
    assert (kept, read) == (16, 16)
    assert released is None, "only the release of 2025 is known, and this file ends in 2017"


def test_files_are_known_by_their_columns_not_their_names(small, tmp_path):
    (small / "b1.csv").rename(small / "population_2.csv")
    report = build([small], tmp_path / "out")
    assert {each.extract.rsplit("/", 1)[0] for each in report.extracts} == {
        "children_in_need/b1",
        "population/mid_year",
    }


def test_subfolders_are_read_but_for_illustrative_and_hidden_ones(small, tmp_path):
    for name in ("autumn/2025", "illustrative", ".git"):
        written(small / name, d3=text("d3", line("d3", 2017, "Brent", name.count("a"), 1, 1)))
    report = build([small], tmp_path / "out")
    assert {str(each.found.file.relative_to(small)) for each in report.extracts} == {
        "b1.csv", "population.csv", "autumn/2025/d3.csv"
    }  # fmt: skip


def test_an_implausible_percentage_is_kept_with_a_warning(small, tmp_path):
    written(small, d3=text("d3", line("d3", 2017, "Brent", 10, 11, 110)))
    report = build([small], tmp_path / "out")
    assert report.warnings == (
        "Second or later child protection plans, Brent, 2017: 110.0 % is hardly possible; check the published file",
    )


# Editions and repeats


def test_the_newer_edition_wins_cell_by_cell(small, tmp_path):
    older = text("b1", b1(2015, "Brent", 400), b1(2016, "Brent", 499))
    written(small, older=older)
    report = build([small], tmp_path / "out")
    counts = ask(report.file, "select year, numerator from observation where indicator = 'cin_year_rate' order by year")
    assert counts == [(2015, 400), (2016, 500), (2017, 600)], "2015 from the older one, the rest from the newer"
    tally = extract_named(report, "older").tally
    assert (tally.kept, tally.out_of_scope, tally.superseded, tally.rejected) == (8, 8, 8, 0)
    assert any("An older edition of this table (to 2016)" in note for note in tally.notes)


def test_an_older_figure_stays_where_the_newer_one_is_rejected(small, tmp_path):
    written(
        small,
        b1=text("b1", b1(2016, "Brent", "five hundred"), b1(2017, "Brent", 600)),
        older=text("b1", b1(2016, "Brent", 499)),
    )
    report = build([small], tmp_path / "out")
    counts = ask(report.file, "select year, numerator from observation where indicator = 'cin_year_rate' order by year")
    assert counts == [(2016, 499), (2017, 600)]
    assert extract_named(report, "older").tally.superseded == 7


def test_a_newer_symbol_replaces_an_older_figure(small, tmp_path):
    written(
        small, b1=text("b1", b1(2016, "Brent", "c"), b1(2017, "Brent", 600)), older=text("b1", b1(2016, "Brent", 499))
    )
    report = build([small], tmp_path / "out")
    assert ask(report.file, "select status from observation where indicator = 'cin_year_rate' and year = 2016") == [
        ("suppressed",)
    ]


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        pytest.param(b1("2017 (prov)", "Brent", 1), b1("2017 (Final)", "Brent", 2), 2, id="the more final"),
        pytest.param(
            b1(2017, "Brent", 1) + "\n" + b1(2016, "Brent", 1), b1(2017, "Brent", 2), 1, id="the one with more rows"
        ),
    ],
)
def test_of_two_editions_to_the_same_year(tmp_path, first, second, wins):
    folder = written(tmp_path / "in", first=text("b1", first), second=text("b1", second))
    report = build([folder], tmp_path / "out")
    assert ask(report.file, "select numerator from observation where indicator = 'cin_year_rate' and year = 2017") == [
        (wins,)
    ]
    assert all("2 end in 2017" in " ".join(each.tally.notes) for each in report.extracts)


def test_the_order_of_the_names_does_not_decide(tmp_path):
    one, other = text("b1", b1(2017, "Brent", 1)), text("b1", b1(2017, "Brent", 2))
    counts = []
    for name, tables in (("x", {"a": one, "b": other}), ("y", {"a": other, "b": one})):
        report = build([written(tmp_path / name, **tables)], tmp_path / f"{name}-out")
        counts += ask(report.file, "select numerator from observation where indicator = 'cin_year_rate'")
    assert counts[0] == counts[1]


def test_the_same_file_twice_is_read_once(small, tmp_path):
    (small / "copy.csv").write_bytes((small / "b1.csv").read_bytes())
    report = build([small], tmp_path / "out")
    copy = extract_named(report, "copy")
    assert (copy.found.cells_read, copy.tally.kept, copy.tally.out_of_scope) == (16, 0, 16)
    assert copy.tally.notes == ("The same content as b1.csv: read once.",)
    assert copy.extract == extract_named(report, "b1").extract + "/2"
    assert len(ask(report.file, "select * from extract")) == 3


def test_a_file_that_cannot_be_used_is_listed_and_stops_nothing(small, tmp_path):
    (small / "error.csv").write_text("<html><body>404</body></html>", encoding="utf-8")
    (small / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    report = build([small], tmp_path / "out")
    assert report.observations > 0
    reasons = ask(report.file, "select e.file, r.reason from rejected r join extract e using (extract) order by 1")
    assert [file for file, _ in reasons] == ["error.csv", "other.csv"]
    assert "web page" in reasons[0][1]
    assert "none of the 8 tables" in reasons[1][1]


@pytest.mark.parametrize("tables", [{}, {"error": "<html></html>"}, {"b1": text("b1", b1(1899, "Brent", 1))}])
def test_nothing_usable_touches_nothing(tmp_path, tables):
    with pytest.raises(NothingUsable):
        build([written(tmp_path / "in", **tables)], tmp_path / "out")
    assert not list((tmp_path / "out").glob("practice-*")) if (tmp_path / "out").exists() else True


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(NothingUsable, match="There is no folder or file"):
        build([tmp_path / "nowhere"], tmp_path / "out")


# Published or illustrative


def test_the_teaching_set_is_built_beside_the_real_register(teaching_set, tmp_path):
    report = build([teaching_set], tmp_path / "out", illustrative=True)
    assert report.kind == "illustrative"
    assert ask(report.file, "select value from meta where key = 'kind'") == [("illustrative",)]
    assert ask(report.file, "select count(*) from area where area_code like 'X06%'") == [(150,)]
    assert ask(report.file, "select count(*) from area where area_code = 'E09000005'") == [(1,)]
    assert ask(report.file, "select count(*) from observation where area_code like 'E%'") == [(0,)]
    assert ask(report.file, "select count(*) from border") == [(0,)], "no invented authority has a known border"
    assert ask(report.file, "select count(*) from area where kind = 'region' and area_code like 'X%'") == [(9,)]
    assert ask(report.file, "select count(*) from area where area_code like 'X06%' and region_code is null") == [(0,)]
    assert ask(report.file, "select count(*) from practice_model where illustrative") == [(6,)]
    assert ask(report.file, "select count(*) from practice_model where not illustrative") == [(24,)]
    assert all(not each.rejections for each in report.extracts)
    assert ask(report.file, "select distinct released from extract") == [("illustrative",)]


def test_the_lists_of_the_teaching_set_take_the_same_path(teaching_set, tmp_path):
    report = build([teaching_set], tmp_path / "out", illustrative=True)
    pairs = (
        "select model, count(*), count(distinct area_code), min(rank), max(rank) from neighbour group by 1 order by 1"
    )
    assert ask(report.file, pairs) == [("2021", 1500, 150, 1, 10), ("2025", 1500, 150, 1, 10)]
    real = "select count(*) from {} where area_code not like 'X06%'"
    assert [ask(report.file, real.format(table)) for table in ("neighbour", "inspection")] == [[(0,)]] * 2
    judged = "select count(distinct area_code), min(year(start)) from inspection where overall is not null"
    assert ask(report.file, judged) == [(150, 2013)]
    tallies = {each.found.layout: each.tally for each in report.extracts}
    read = {each.found.layout: each.found.cells_read for each in report.extracts}
    assert (tallies["neighbours"].kept, tallies["neighbours"].rejected) == (1500, 0)
    assert read["ofsted"] == tallies["ofsted"].kept + tallies["ofsted"].out_of_scope
    in_year = "select count(*) from inspection where start >= '2024-04-01' and overall is not null"
    assert tallies["ofsted"].out_of_scope == 150 + ask(report.file, in_year)[0][0], "sheets that repeat the history"


def test_real_files_are_refused_in_an_illustrative_build(teaching_set, small, tmp_path):
    report = build([teaching_set, small], tmp_path / "out", illustrative=True)
    assert "holds real authorities" in extract_named(report, "b1").found.problem
    assert ask(report.file, "select count(*) from observation where area_code like 'E%'") == [(0,)]


def test_invented_files_are_refused_in_a_published_build(teaching_set, small, tmp_path):
    report = build([teaching_set, small], tmp_path / "out")
    refused = [each for each in report.extracts if "holds invented authorities" in each.found.problem]
    assert len(refused) == 11
    assert ask(report.file, "select count(*) from observation where area_code like 'X%'") == [(0,)]
    assert ask(report.file, "select value from meta where key = 'kind'") == [("published",)]


def test_a_teaching_set_without_its_authorities_says_so(small, tmp_path):
    with pytest.raises(NothingUsable, match=r"No illustrative_authorities\.csv is in"):
        build([small], tmp_path / "out", illustrative=True)


# Files of the folder


def test_each_build_is_a_new_file_and_two_old_ones_stay(small, tmp_path):
    out = tmp_path / "out"
    for _ in range(5):
        report = build([small], out)
    assert report.file == current_file(out) == out / "practice-5.duckdb"
    assert list(files.numbered_files(out)) == [3, 4, 5]


def test_the_current_file_is_never_removed(small, tmp_path):
    out = tmp_path / "out"
    build([small], out)
    for number in (7, 8, 9, 10):
        (out / f"practice-{number}.duckdb").write_bytes(b"from a build that was killed")
    files.remove_old(out)
    assert list(files.numbered_files(out)) == [1, 9, 10]
    assert build([small], out).file.name == "practice-11.duckdb"


def test_a_file_may_be_named(small, tmp_path):
    target = tmp_path / "deep" / "mine.duckdb"
    for _ in range(2):
        assert build([small], target).file == target
    assert ask(target, "select count(*) > 0 from observation") == [(True,)]
    assert sorted(path.name for path in target.parent.iterdir()) == [files.LOCK, "mine.duckdb"]


def test_an_open_reader_keeps_its_figures_while_a_new_file_is_made(small, tmp_path):
    out = tmp_path / "out"
    build([small], out)
    reader = open_warehouse(out)
    written(small, b1=text("b1", b1(2017, "Brent", 1200)))
    build([small], out)
    asked = {"indicator": "cin_year_rate", "areas": ["E09000005"]}
    assert reader.ask("area_series", **asked)["value"].tolist() == [500.0, 500.0]
    assert open_warehouse(out).ask("area_series", **asked)["value"].tolist() == [1000.0]
