"""Charts of an analysis: raw means, the gap by year since adoption, and the coverage map."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from analytics.analysis import Analysis, analyse
from analytics.charts import theme
from analytics.charts.coverage import coverage_frame, coverage_picture, coverage_spec
from analytics.charts.event_study import event_picture, event_spec
from analytics.charts.means import means_picture
from analytics.spec import Specification
from tests.analytics.small_warehouse import plain


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    file: Path = tmp_path_factory.mktemp("charts") / "w.duckdb"
    small = plain(file, adopters=2, comparators=6)
    specification = Specification.from_dict(
        {
            "outcomes": ["cpp_rate"],
            "treatment": {"model": "M"},
            "window": {"first": 2013, "last": 2020},
            "inference": {"draws": 99},
        }
    )
    return analyse(specification, small.ready())


def test_means_are_two_named_lines_and_the_years_of_adoption(analysis: Analysis) -> None:
    picture = means_picture(analysis.results[0], source="Source: X.", stem="impact", illustrative=False)
    lines = picture.frame[picture.frame.part == "line"]
    assert set(lines.kind) == {"authority", "comparator"}
    assert picture.frame.text[picture.frame.part == "rule"].tolist() == ["Adopted 2017"]
    assert picture.table.columns.tolist() == [
        "Year",
        "Adopters",
        "Comparators",
        "Adopters with a figure",
        "Comparators with a figure",
    ]
    mean = analysis.results[0].means
    newest = mean[(mean.year == 2020) & (mean.group == "Adopters")]["mean"].item()
    assert picture.table.Adopters[0] == f"{newest:.1f}"


def test_the_gap_has_one_dot_and_one_bar_a_year(analysis: Analysis) -> None:
    result = analysis.results[0]
    picture = event_picture(result, level=0.95, source="Source: X.", stem="impact", illustrative=False)
    assert picture.frame.event_time.tolist() == result.event_study.event_time.tolist()
    assert picture.frame.exposed.tolist() == [t >= 0 for t in result.event_study.event_time]
    assert picture.table.columns[2] == "95% band"
    assert "First exposed year" in picture.alt


@pytest.mark.parametrize("illustrative", [True, False])
def test_the_illustrative_mark_is_inside_every_chart(illustrative: bool) -> None:
    for spec in (event_spec(illustrative=illustrative), coverage_spec(rows=2, illustrative=illustrative)):
        assert (theme.MARK_WORD in json.dumps(spec)) is illustrative


COVERAGE = pd.DataFrame(
    {
        "indicator": ["a", "a", "b"],
        "label": ["First", "First", "Second"],
        "theme": ["T", "T", "T"],
        "year": [2024, 2025, 2025],
        "with_figure": [150, 75, 150],
        "listed": [150, 150, 150],
        "share": [1.0, 0.5, 1.0],
    }
)


def test_coverage_prints_a_percentage_only_where_it_is_not_all() -> None:
    frame = coverage_frame(COVERAGE)
    assert frame.percent.tolist() == ["", "50", ""]
    assert frame.row.tolist() == [0, 0, 1]
    assert frame.name.dropna().tolist() == ["First", "Second"]


def test_coverage_table_names_years_that_are_not_published() -> None:
    table = coverage_picture(COVERAGE, source="Source: X.", illustrative=False).table
    assert table.values.tolist() == [["First", "100%", "50%"], ["Second", "none", "100%"]]


def test_means_start_where_figures_do_mark_the_adopters_used_and_draw_means_of_fewer_hollow(tmp_path: Path) -> None:
    small = plain(tmp_path / "w.duckdb", adopters=3, comparators=6)
    # A3 begins in 2014, before any figure, and so is in neither group; A2 has none in 2020; nobody has any before 2015.
    small.connection.execute(
        "update adoption set start_low = '2013-04-01', start_high = '2013-04-01' where area_code = 'A3'"
    )
    small.connection.execute(
        "delete from observation where indicator = 'cpp_rate' and (year < 2015 or area_code = 'A2' and year = 2020)"
    )
    asked = {"outcomes": ["cpp_rate"], "treatment": {"model": "M"}, "window": {"first": 2013, "last": 2020}}
    result = analyse(Specification.from_dict(asked), small.ready()).results[0]
    picture = means_picture(result, source="Source: X.", stem="impact", illustrative=False)
    assert picture.frame.text[picture.frame.part == "rule"].tolist() == ["Adopted 2017"]
    assert picture.frame.x[picture.frame.part == "line"].min() == 2015 and not (picture.frame.part == "missing").any()
    hollow = picture.frame[picture.frame.part == "doubtful"]
    assert hollow[["kind", "x"]].values.tolist() == [["authority", 2020]]
    assert picture.subtitle.endswith("Hollow points are means of fewer. Adopters, of 2: 1 in 2020.")
