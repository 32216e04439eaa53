"""The authorities that one outcome can use, and what is said of those that it cannot; years and levels worked by hand."""

import pytest

from analytics.outcome import balance, fell_out, outcome_sample, pre_mean, pre_years
from analytics.spec import Specification
from analytics.study import study
from tests.analytics.small_warehouse import plain


def spec(**tables) -> Specification:
    given = {"outcomes": ["cpp_rate"], "treatment": {"model": "M"}, "window": {"first": 2013, "last": 2020}}
    return Specification.from_dict(given | tables)


def two_starts(tmp_path, *, second="2018-04-01", begins=2013):
    """A1 begins in 2017, A2 later; figures of 40 in every year, A2's 60 from 2017; none before `begins`."""
    made = plain(tmp_path / "small.duckdb", adopters=2)
    made.connection.execute("update observation set value = 40 + (year - 2013) / 8 where indicator = 'cpp_rate'")
    made.connection.execute(
        "update observation set value = 60 where area_code = 'A2' and indicator = 'cpp_rate' and year >= 2017"
    )
    made.connection.execute(
        f"update adoption set start_low = '{second}', start_high = '{second}' where area_code = 'A2'"
    )
    made.connection.execute(f"delete from observation where indicator = 'cpp_rate' and year < {begins}")
    return made


@pytest.mark.parametrize(
    "begins,measures",
    [
        pytest.param(
            2013,
            ["Mean in 2013 to 2016, before anyone’s start", "Change a year, 2013 to 2016"],
            id="four years",
        ),
        pytest.param(
            2015, ["Mean in 2015 to 2016, before anyone’s start", "Change from 2015 to 2016"], id="two: one step"
        ),
        pytest.param(2016, ["Mean in 2016, before anyone’s start"], id="one: no change"),
    ],
)
def test_balance_names_its_years(tmp_path, begins, measures):
    one = outcome_sample(study(spec(), two_starts(tmp_path, begins=begins).ready()), 0)
    assert balance(one).measure.tolist() == [*measures, "Children aged 0 to 17"]


def test_the_mean_before_each_ones_own_start_is_another_than_that_before_anyones(tmp_path):
    one = outcome_sample(study(spec(), two_starts(tmp_path, begins=2016).ready()), 0)
    # A1: 2016 alone, 40.375. A2: 2016, 40.375, then 60 in 2017 and 2018, its start lying in 2019.
    assert pre_mean(one.sample) == pytest.approx((40.375 * 2 + 60 * 2) / 4)
    assert pre_years(one.sample) == (2016, 2018)
    assert balance(one).adopters[0] == pytest.approx(40.375)


def test_nobody_fell_out(tmp_path):
    found = study(spec(), plain(tmp_path / "small.duckdb").ready())
    assert fell_out(found, outcome_sample(found, 0)) == ""


def test_who_fell_out_is_named_with_the_reason(tmp_path):
    made = plain(tmp_path / "small.duckdb", adopters=2)
    for who in ("area_code in ('C1', 'C2') and year < 2017", "area_code = 'A2' and year >= 2017"):
        made.connection.execute(f"delete from observation where indicator = 'cpp_rate' and {who}")
    found = study(spec(), made.ready())
    assert fell_out(found, outcome_sample(found, 0)) == (
        "In the estimate are 1 of the 2 adopters, without Name A2 (no figure from 2017, the first exposed year); and 3 of the 5 "
        "comparators, without Name C1 and Name C2 (no figure before 2017, the year in which the first adopter began)."
    )


def test_of_matched_comparators_those_that_match_nobody_are_counted_apart(tmp_path):
    found = study(spec(comparators={"pool": "matched", "matches": 2}), plain(tmp_path / "small.duckdb").ready())
    said = fell_out(found, outcome_sample(found, 0))
    assert said.startswith("In the estimate are 2 of the 5 comparators, without Name C")
    assert said.endswith("(matched with no adopter, and so only placebo adopters).")
