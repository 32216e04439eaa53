"""Invented inspections: poor before Model B, plausible histories, and three sheets that agree."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from data.illustrative import TeachingSet, drawn
from data.invented.inspections import (
    AS_AT,
    DAYS_BETWEEN,
    GOOD,
    INADEQUATE,
    JUDGED,
    OUTSTANDING,
    PAUSE,
    REQUIRES_IMPROVEMENT,
    histories,
    inspection_days,
    judgements,
    kind_of,
    visits,
    workbook,
)
from data.invented.models import year_holding

PARTS = [
    "Overall effectiveness",
    "The impact of leaders on social work practice with children and families",
    "The experiences and progress of children who need help and protection",
    "The experiences and progress of children in care",
    "The experiences and progress of care leavers",
]
START, AUTHORITY = ["Web link"], ["Local authority area code", "Local authority name"]
# The headings of the three sheets of Ofsted's workbook of September 2025.
HEADINGS = {
    "Inspections_as_at_31_March": [*START, *AUTHORITY, "Ofsted region", "Inspection date", "Publication date", *PARTS],
    "In-year_inspections": [
        *START, *AUTHORITY, "Region", "Inspection/Visit date", "Publication date", "Inspection/Visit type", *PARTS,
        "Visit Theme",
    ],
    "Inspection_history": [
        *START, *AUTHORITY, "Local authority status", "Ofsted region", "Inspection date", "Publication date",
        "Inspection type", *PARTS,
    ],
}  # fmt: skip


def sheets_of(teaching: TeachingSet, seed: int = 1):
    return workbook(teaching.places, teaching.uses, np.random.default_rng([seed, 3]))


@pytest.fixture(scope="module")
def teaching() -> TeachingSet:
    return drawn()


@pytest.fixture(scope="module")
def sheets(teaching):
    return sheets_of(teaching)


@pytest.fixture(scope="module")
def inspected(teaching):
    return histories(teaching.places, teaching.uses, np.random.default_rng([1, 3]))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_model_b_was_bought_after_a_poor_judgement_of_the_year_before(seed):
    teaching = drawn(seed)
    found = histories(teaching.places, teaching.uses, np.random.default_rng([seed, 3]))
    bought = [use for use in teaching.uses if use.model == "MODEL_B"]
    assert len(bought) == 9
    for use in bought:
        newest = max((each for each in found[use.authority] if each.published <= use.start.low), key=lambda e: e.start)
        assert newest.overall in (REQUIRES_IMPROVEMENT, INADEQUATE)
        assert year_holding(newest.start) == year_holding(newest.published) == use.first_touched - 1


def test_most_other_adopters_had_a_judgement_and_it_was_often_good(teaching, inspected):
    others = [use for use in teaching.uses if use.start and use.model != "MODEL_B"]
    known = []
    for use in others:
        before = [each for each in inspected[use.authority] if each.published <= use.start.low]
        known += [before[-1].overall] if before else []
    assert len(known) > 0.7 * len(others)
    assert sum(grade in (OUTSTANDING, GOOD) for grade in known) > 0.3 * len(known)


def test_inspections_begin_on_mondays_years_apart_and_not_in_the_pause(inspected):
    assert all(inspected)
    for found in inspected:
        days = [each.start for each in found]
        assert all(day.weekday() == 0 and day <= AS_AT for day in days)
        assert not any(PAUSE[0] <= day < PAUSE[1] for day in days)
        apart = [(later - earlier).days for earlier, later in pairwise(days)]
        assert all(gap > DAYS_BETWEEN[0] - 7 for gap in apart)
        assert all(each.published > each.start for each in found)


def test_an_inspection_that_would_fall_into_the_pause_is_put_off():
    class Always:
        def integers(self, low, high):
            return 1_400

    days = inspection_days(date(2016, 10, 3), Always())
    assert date(2016, 10, 3) + timedelta(days=1_400) == date(2020, 8, 3)
    assert days[1] == date(2020, 8, 3) + timedelta(weeks=56) == date(2021, 8, 30)


@pytest.mark.parametrize(
    ("day", "before", "kind"),
    [
        pytest.param(date(2017, 12, 25), GOOD, "Single Inspection Framework", id="the framework before 2018"),
        pytest.param(date(2018, 1, 8), GOOD, "ILACS Short Inspection", id="short where it was good"),
        pytest.param(date(2018, 1, 8), INADEQUATE, "ILACS Standard Inspection", id="standard where it was not"),
        pytest.param(date(2018, 1, 8), "", "ILACS Standard Inspection", id="standard where nothing is known"),
    ],
)
def test_kinds_of_inspection(day, before, kind):
    assert kind_of(day, before) == kind


@pytest.mark.parametrize("overall", JUDGED)
@pytest.mark.parametrize(("day", "judged"), [(date(2022, 12, 26), False), (date(2023, 1, 2), True)])
def test_judgements_are_near_the_overall_one_and_care_leavers_have_their_own_from_2023(overall, day, judged):
    rng = np.random.default_rng(1)
    for _ in range(50):
        found = judgements(overall, day, rng)
        assert found[:2] == (overall, overall)
        assert bool(found[4]) is judged
        others = [grade for grade in found[2:] if grade]
        assert all(abs(JUDGED.index(grade) - JUDGED.index(overall)) <= 1 for grade in others)
        assert INADEQUATE not in others or overall == INADEQUATE


def test_visits_monitor_where_it_is_inadequate(inspected):
    found = visits(inspected, np.random.default_rng(1))
    kinds = {each.kind: inspected[each.authority][-1].overall for each in found}
    assert kinds["LA Monitoring visit"] == INADEQUATE
    assert kinds["ILACS Focused Visit"] != INADEQUATE
    assert all(each.theme and set(each.judgements) == {""} for each in found)
    assert all(date(2024, 4, 1) <= each.start <= AS_AT for each in found)


@pytest.mark.parametrize("title", HEADINGS)
def test_the_layout_is_the_published_one(title, sheets):
    rows = sheets[title]
    assert rows[2] == HEADINGS[title]  # below a title and a note, as published
    assert {len(row) for row in rows[3:]} == {len(HEADINGS[title])}
    assert rows[0][0].startswith("Illustrative: local authority inspection")


def test_only_invented_authorities_are_named_and_each_is_judged(teaching, sheets):
    places = teaching.places
    known = dict(zip(places.codes, places.names, strict=True))
    for title in HEADINGS:
        assert {(row[1], row[2]) for row in sheets[title][3:]} <= set(known.items())
    assert [row[1] for row in sheets["Inspections_as_at_31_March"][3:]] == list(places.codes)
    assert {row[0] for title in HEADINGS for row in sheets[title][3:]} == {"Illustrative, no web page"}


def test_what_is_in_force_is_the_newest_of_the_history(sheets):
    newest = {row[1]: (row[5], row[6], *row[8:]) for row in sheets["Inspection_history"][3:]}
    assert {row[1]: (row[4], row[5], *row[6:]) for row in sheets["Inspections_as_at_31_March"][3:]} == newest
