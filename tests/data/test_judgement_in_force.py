"""The judgement in force on 31 March as two indicators, worked by hand on five authorities of two regions."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from data.build import HERE
from data.lists import GRADED
from data.staging import question
from data.tables import as_table

OUTSTANDING, GOOD, REQUIRES_IMPROVEMENT, INADEQUATE = GRADED


def place(code, kind="authority", region=None, *, first=None, last=None):
    return {"area_code": code, "kind": kind, "region_code": region, "from_year": first, "to_year": last}


PLACES = (
    place("ENG", "england"), place("N", "region"), place("S", "region"),
    place("A", region="N"), place("B", region="N"), place("C", region="S"), place("D", region="S"),
)  # fmt: skip


def worked_out(*inspections, places=PLACES):
    """(area, year) -> figures of both indicators, from inspections of area, publication and overall judgement."""
    with duckdb.connect() as connection:
        connection.execute((HERE / "schema.sql").read_text(encoding="utf-8"))
        connection.register("known_area", as_table(list(places)))
        counts = {"bytes": 0, "rows_read": 0, "cells_read": 9, "cells_kept": 9, "cells_out_of_scope": 0}
        counts |= {"cells_rejected": 0, "cells_superseded": 0, "figures_outranked": 0}
        workbook = {"extract": "ofsted/1", "source": "ofsted", "file": "f", "sha256": "", **counts}
        connection.register("workbook", as_table([workbook]))
        connection.execute("insert into extract by name select * from workbook")
        for area, published, overall, *start in inspections:
            row = (area, *(start or (published,)), published, overall)
            connection.execute("insert into inspection (area_code, start, published, overall) values (?, ?, ?, ?)", row)
        connection.execute(question("judgement_in_force"))
        rows = connection.execute("select * from observation order by indicator, area_code, year").fetchdf()
    assert set(rows.extract) <= {"ofsted/1"}
    return rows.set_index(["indicator", "area_code", "year"]).sort_index()


def figures(rows, indicator, area):
    """Value by year, the status where there is none."""
    found = rows.loc[indicator, area]
    return {year: row.value if row.status == "ok" else row.status for year, row in found.iterrows()}


HISTORY = (
    ("A", date(2018, 5, 1), GOOD),
    ("A", date(2020, 3, 31), INADEQUATE),  # on the day: in force in 2020
    ("B", date(2018, 6, 1), REQUIRES_IMPROVEMENT),
    ("B", date(2019, 2, 1), None),  # a visit judges nothing
    ("C", date(2019, 4, 1), OUTSTANDING),  # a day late: in force from 2020 on
    ("D", date(2021, 4, 1), GOOD),  # no 31 March after it is reached
)


def test_an_authority_is_good_or_better_or_not_from_its_first_judgement_on():
    rows = worked_out(*HISTORY)
    good = {area: figures(rows, "ofsted_good_pct", area) for area in "ABCD"}
    assert good == {
        "A": {2019: 100, 2020: 0, 2021: 0},
        "B": {2019: 0, 2020: 0, 2021: 0},
        "C": {2019: "not_available", 2020: 100, 2021: 100},
        "D": dict.fromkeys((2019, 2020, 2021), "not_available"),
    }
    assert rows.loc["ofsted_good_pct"].loc[list("ABCD"), ["numerator", "denominator"]].isna().all(axis=None)


def test_a_grade_is_a_number_and_a_region_has_the_mean():
    rows = worked_out(*HISTORY)
    assert figures(rows, "ofsted_grade", "A") == {2019: 2, 2020: 4, 2021: 4}
    assert figures(rows, "ofsted_grade", "N") == {2019: 2.5, 2020: 3.5, 2021: 3.5}
    assert figures(rows, "ofsted_grade", "ENG") == {2019: 2.5, 2020: pytest.approx(8 / 3), 2021: pytest.approx(8 / 3)}


def test_a_region_has_the_share_of_those_with_a_judgement_and_both_counts():
    rows = worked_out(*HISTORY).loc["ofsted_good_pct"]
    counts = {area: [(row.numerator, row.denominator) for row in rows.loc[area].itertuples()] for area in ("N", "ENG")}
    assert counts == {"N": [(1, 2), (0, 2), (0, 2)], "ENG": [(1, 2), (1, 3), (1, 3)]}
    assert rows.loc["ENG"].value.tolist() == pytest.approx([50, 100 / 3, 100 / 3])
    assert rows.loc["S"].status.tolist() == ["not_available", "ok", "ok"]


def test_years_begin_when_half_are_judged_and_end_with_the_last_31_march_reached():
    assert worked_out(*HISTORY).loc["ofsted_grade", "A"].index.tolist() == [2019, 2020, 2021]
    assert worked_out(*HISTORY[:-1], ("D", date(2021, 3, 30), GOOD)).loc["ofsted_grade", "A"].index.tolist() == [
        2019,
        2020,
    ]
    assert worked_out(*HISTORY[:1]).empty  # one of four
    visited = worked_out(*HISTORY[:3], ("C", date(2021, 4, 30), None))
    assert visited.loc["ofsted_grade", "A"].index.tolist() == [
        2019,
        2020,
        2021,
    ]  # a visit too says how far the history goes


def test_no_inspections_no_figures():
    assert worked_out().empty


def test_an_authority_has_years_only_while_it_is_there():
    old, new = place("OLD", region="S", last=2020), place("NEW", region="S", first=2021)
    rows = worked_out(*HISTORY, ("OLD", date(2018, 9, 1), GOOD), places=(*PLACES, old, new))
    assert figures(rows, "ofsted_good_pct", "OLD") == {2019: 100, 2020: 100}
    assert figures(rows, "ofsted_good_pct", "NEW") == {2021: "not_available"}


def test_of_two_published_on_one_day_the_later_inspection_counts():
    day = date(2019, 1, 10)
    two = (("A", day, GOOD, date(2018, 11, 5)), ("A", day, INADEQUATE, date(2018, 10, 1)))
    for order in (two, two[::-1]):
        rows = worked_out(*order, ("B", day, GOOD), ("C", date(2019, 5, 1), GOOD))
        assert figures(rows, "ofsted_grade", "A") == {2019: 2}


@pytest.mark.parametrize(("number", "grade"), list(enumerate(GRADED, 1)))
def test_every_grade_that_a_workbook_may_hold_has_its_number(number, grade):
    rows = worked_out(("A", date(2018, 5, 1), grade), ("B", date(2019, 3, 31), grade))
    assert figures(rows, "ofsted_grade", "A") == {2019: number}
    assert figures(rows, "ofsted_good_pct", "A") == {2019: 100 if number <= 2 else 0}
