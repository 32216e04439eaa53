"""Dates to years, by the examples of docs/methods.md and the days either side of each boundary."""

import datetime

import pandas as pd
import pytest

from analytics.errors import BadSpecification
from analytics.exposure import date_range, dated, financial_year, first_exposed_year, register_exposures
from analytics.spec import Treatment

RULES = ("first_full_year", "year_of_start", "majority")


@pytest.mark.parametrize(
    "text,start,first_full,of_start,majority",
    [
        pytest.param("2014-10", 2015, 2016, 2015, 2016, id="October: half a year is not most of it"),
        pytest.param("2017-09-29", 2018, 2019, 2018, 2018, id="29 September"),
        pytest.param("2017", 2017, 2019, 2018, 2019, id="a bare year is any day of it"),
        pytest.param("2021-04-01", 2022, 2022, 2022, 2022, id="1 April is a full year"),
        pytest.param("2021-03-31", 2021, 2022, 2021, 2022, id="31 March"),
        pytest.param("2021-04-02", 2022, 2023, 2022, 2022, id="2 April"),
        pytest.param("2021-01", 2021, 2022, 2021, 2022, id="January: past the middle of its year"),
        pytest.param("2021-10-01", 2022, 2023, 2022, 2023, id="1 October"),
    ],
)
def test_first_years(text, start, first_full, of_start, majority):
    low, high, _ = date_range(text)
    assert financial_year(low) == start
    assert [first_exposed_year(high, rule) for rule in RULES] == [first_full, of_start, majority]


@pytest.mark.parametrize("text", ["", "soon", "2017-13", "2017-02-30", "17/04/2017", "2017-01-01-01"])
def test_a_start_that_is_no_date(text):
    with pytest.raises(BadSpecification, match="is not a date"):
        date_range(text)


def register(*rows) -> pd.DataFrame:
    columns = ["area_code", "role", "start_low", "start_high", "can_treat", "programme"]
    frame = pd.DataFrame(rows, columns=columns).assign(precision="day", confidence="published", note="", source="")
    return frame.assign(start_low=pd.to_datetime(frame.start_low), start_high=pd.to_datetime(frame.start_high))


def test_a_model_starts_at_its_earliest_dated_row_of_the_roles():
    rows = register(
        ("E1", "primary", "2017-09-29", "2017-09-29", True, "EIP2"),
        ("E1", "primary", "2014-01-01", "2014-12-31", True, "local"),
        ("E1", "alongside", "2010-01-01", "2010-01-01", True, "local"),
        ("E2", "primary", None, None, False, ""),
        ("E3", "primary", "2013-01-01", "2013-01-01", False, ""),
    )
    found = register_exposures(Treatment(model="SOS"), rows)
    assert [(e.area_code, e.start_year, e.first_exposed_year) for e in found] == [("E1", 2014, 2016)]
    both = register_exposures(Treatment(model="SOS", roles=("primary", "alongside")), rows)
    assert both[0].start_year == 2010


def test_transition_kept_means_the_start_is_the_first_exposed_year():
    rows = register(("E1", "primary", "2014-01-01", "2014-12-31", True, "local"))
    assert register_exposures(Treatment(model="SOS", transition="keep"), rows)[0].start_year == 2016


@pytest.mark.parametrize(
    "day,rule,transition,start,exposed",
    [
        pytest.param("2016-01-01", "first_full_year", "drop", 2016, 2017, id="the earliest day of 2016"),
        pytest.param("2016-12-31", "first_full_year", "drop", 2017, 2018, id="the latest day of 2016"),
        pytest.param("2016-04-01", "first_full_year", "drop", 2017, 2017, id="1 April has no year of transition"),
        pytest.param("2016-12-31", "year_of_start", "drop", 2017, 2017, id="the year of the start"),
        pytest.param("2016-09-30", "majority", "drop", 2017, 2017, id="most of its year"),
        pytest.param("2016-12-31", "first_full_year", "keep", 2018, 2018, id="transition kept: s is g"),
    ],
)
def test_dated_as_if_begun_on_that_very_day(day, rule, transition, start, exposed):
    treatment = Treatment(model="SOS", exposure=rule, transition=transition)
    rows = register(("E1", "primary", "2016-01-01", "2016-12-31", True, "EIP1"))
    loose = register_exposures(treatment, rows)[0]
    when = datetime.date.fromisoformat(day)
    found = dated(loose, when, treatment)
    assert (found.start_year, found.first_exposed_year) == (start, exposed)
    assert found.start_low == found.start_high == when
    assert (found.area_code, found.programme, found.role) == ("E1", "EIP1", "primary")
    assert loose.start_low != loose.start_high  # the one given is as it was
