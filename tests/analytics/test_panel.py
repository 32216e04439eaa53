"""A panel cut to fewer years is the panel that would have been read without them."""

import dataclasses

import numpy as np
import pytest

from analytics.panel import panel_of, without_years
from analytics.spec import Specification, Window
from tests.analytics.small_warehouse import plain

SPEC = Specification.from_dict(
    {"outcomes": ["cpp_rate"], "treatment": {"model": "M"}, "window": {"first": 2013, "last": 2020}}
)


@pytest.fixture
def ready(tmp_path):
    made = plain(tmp_path / "small.duckdb", comparators=3)
    made.connection.execute(
        "update observation set value = null, status = 'suppressed' where area_code = 'C1' and year = 2015 "
        "and indicator = 'cpp_rate'"
    )
    made.children("C2", 90_000, years=range(2021, 2022))
    return made.ready()


@pytest.mark.parametrize("years", [(2020,), (2013, 2014), (2015, 2017, 2020), ()])
def test_cut_and_read_are_the_same(ready, years):
    cut = without_years(panel_of(SPEC, ready), years)
    read = panel_of(dataclasses.replace(SPEC, window=Window(2013, 2020, without=years)), ready)
    assert cut.years == read.years == tuple(y for y in range(2013, 2021) if y not in years)
    for field in ("values", "status", "children", "numerators", "denominators", "size"):
        np.testing.assert_array_equal(getattr(cut, field), getattr(read, field), err_msg=field)
    assert (cut.areas, cut.names, cut.regions, cut.outcomes) == (read.areas, read.names, read.regions, read.outcomes)
    assert cut.left_out.equals(read.left_out) and cut.regional.equals(read.regional) and cut.parts.equals(read.parts)


def test_the_panel_given_is_left_as_it_was(ready):
    whole = panel_of(SPEC, ready)
    values = whole.values.copy()
    without_years(whole, [2016]).values[:] = 0
    np.testing.assert_array_equal(whole.values, values)
    assert whole.years == tuple(range(2013, 2021))


def test_years_that_it_does_not_hold_take_nothing(ready):
    whole = panel_of(SPEC, ready)
    assert without_years(whole, [1999, 2030]).years == whole.years


def test_parts_of_a_whole_are_those_that_sum_to_it(tmp_path):
    # Plans by length: 20 + 30 + 50 = 100 in 2013; in 2014 two are hidden and 60 is published of 100, which leaves 40. The
    # share of re-referrals has the same denominator in the same table, and is no part: 10 + 20 is not 100.
    made = plain(tmp_path / "w.duckdb")
    counts = {
        "short_pct": ("plans", (20, None)),
        "middle_pct": ("plans", (30, None)),
        "long_pct": ("plans", (50, 60)),
        "first_pct": ("referrals", (10, None)),
        "again_pct": ("referrals", (20, 20)),
    }
    for indicator, (extract, known) in counts.items():
        made.indicator(indicator, unit="%")
        for year, count in zip((2013, 2014), known, strict=True):
            made.put(
                "observation", area_code="A1", year=year, indicator=indicator, value=count, numerator=count,
                status="suppressed" if count is None else "ok", denominator=100.0, period_label=f"{year}",
                period_end=f"{year}-03-31", source="test", extract=extract,
            )  # fmt: skip
    found = panel_of(dataclasses.replace(SPEC, outcomes=("short_pct", "long_pct", "first_pct")), made.ready()).parts
    assert found.values.tolist() == [["short_pct", "A1", 2014, 2, 40.0]]
