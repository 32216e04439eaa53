"""The judgement in force on a day: by hand, and the same as the indicators that are worked out from it."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd
import pytest

from analytics.areas import read_register
from analytics.inspections import NOT_HELD, judgement_in_force
from data.build import build
from data.illustrative import write
from data.lists import GRADED
from tests.data.small_extracts import line, text, written
from tests.data.small_lait import outcomes

SHORT = pd.DataFrame(
    [
        ("A", date(2018, 5, 1), date(2018, 7, 2), "Good"),
        ("A", date(2020, 2, 3), date(2020, 3, 31), "Inadequate"),
        ("A", date(2021, 2, 3), date(2021, 3, 1), None),
        ("B", date(2018, 5, 1), date(2018, 7, 2), "Outstanding"),
    ],
    columns=["area_code", "start", "published", "overall"],
)


@pytest.mark.parametrize(
    ("day", "judgement"),
    [
        pytest.param(date(2018, 7, 1), NOT_HELD, id="inspected and not yet published"),
        pytest.param(date(2018, 7, 2), "Good", id="on the day"),
        pytest.param(date(2020, 3, 30), "Good", id="until the next"),
        pytest.param(date(2020, 3, 31), "Inadequate", id="the next"),
        pytest.param(date(2021, 3, 31), "Inadequate", id="a visit changes nothing"),
    ],
)
def test_the_newest_published_judgement_is_in_force(day, judgement):
    assert judgement_in_force(SHORT, "A", day) == judgement


def published(extracts, folder):
    """The published workbook, with a figure beside it: lists alone are no warehouse."""
    figure = written(folder / "in", population=text("population", line("population", 2016, "Brent", 12_000)))
    return build([extracts / "ofsted", figure], folder / "out")


@pytest.fixture(scope="module", params=["published", "illustrative"])
def held(request, tmp_path_factory):
    """Inspections, grades by authority and year, and how often a grade is a number: of real and of invented ones."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "published":
        report = published(request.getfixturevalue("extracts"), folder)
    else:
        write(folder / "in")
        report = build([folder / "in"], folder / "out", illustrative=True)
    with duckdb.connect(str(report.file), read_only=True) as connection:
        grades = """select area_code, year, g.value as grade, g.status, p.value as good_pct
                    from observation g join observation p using (area_code, year) join area using (area_code)
                    where g.indicator = 'ofsted_grade' and p.indicator = 'ofsted_good_pct' and kind = 'authority'"""
        return connection.execute("select * from inspection").fetchdf(), connection.execute(grades).fetchdf()


def test_the_indicators_say_the_same_for_every_authority_and_year(held):
    inspections, grades = held
    assert len(grades) > 900 and grades.grade.notna().sum() > 770
    for row in grades.itertuples():
        judgement = judgement_in_force(inspections, row.area_code, date(row.year, 3, 31))
        if judgement == NOT_HELD:
            assert (row.status, pd.isna(row.grade), pd.isna(row.good_pct)) == ("not_available", True, True)
        else:
            assert (row.status, row.grade) == ("ok", GRADED.index(judgement) + 1)
            assert row.good_pct == (100 if judgement in ("Outstanding", "Good") else 0)


def test_a_recoded_authority_keeps_its_judgements(tmp_path):
    there = [area for area in read_register().areas if area.kind == "authority" and area.existed(2019)]
    rows = [
        [
            *[*area.former_codes, area.area_code][:1],
            area.name,
            date(2019, 1, 7),
            date(2019, 3, 31),
            "Inspection",
            "Good",
        ]
        for area in there
    ]
    folder = written(tmp_path / "in", population=text("population", line("population", 2016, "Brent", 12_000)))
    report = build([outcomes(folder, *rows)], tmp_path / "out")
    sql = """select area_code, value from observation join area using (area_code)
             where indicator = 'ofsted_good_pct' and year = 2019 and kind = 'authority'"""
    with duckdb.connect(str(report.file), read_only=True) as connection:
        found = dict(connection.execute(sql).fetchall())
    assert found == {area.area_code: 100.0 for area in there}
    assert "E08000038" in found and "E08000016" not in found  # Barnsley, in the workbook under the code it had
