"""Without the year before the start: held, failed, not to be made, and no check of a donut."""

import functools

import pytest

from analytics.checks.donut import NAME
from tests.analytics import brute_force
from tests.analytics.checks.panels import (
    START,
    before_the_result,
    by_loop,
    check_of,
    figure,
    flat,
    others,
    result,
    warehouse,
)


def run(tmp_path, path, **tables):
    made = warehouse(tmp_path / "small.duckdb", {"A1": path} | others(), {"A1": START})
    return check_of(result(made, **tables), NAME)


def test_held_where_the_year_before_is_like_the_rest(tmp_path):
    # 60 before and 54 after, comparators level: -6 from any base, further than all nineteen placebos, p 1/20.
    found = run(tmp_path, flat(60.0, after=-6.0))
    assert found.verdict == "held"
    assert found.sentence == (
        "The answer is the same without the last year before the start: −6.0 (p 0.050); the result itself is −6.0 per 10,000 "
        "children."
    )


def test_failed_where_the_year_before_hides_the_change(tmp_path):
    # Before 60 60 60 52, mean 58, and 58 after: no change. Without 2016 the mean before is 60: a change of -2.
    path = [60.0, 60.0, 60.0, 52.0, *[58.0] * 4]
    found = run(tmp_path, path)
    assert found.verdict == "failed"
    assert (
        before_the_result(found.sentence)
        == "The answer changes without the last year before the start: −2.0 (p 0.050)."
    )
    b, p = by_loop({"A1": path} | others(), {"A1": (2017, 2017)}, twin=brute_force.donut)
    assert found.table.loc[0, ["estimate", "p_value"]].tolist() == pytest.approx([b, p], abs=1e-9)
    assert figure(b, p) in found.sentence


def test_cannot_tell_with_no_other_year_before(tmp_path):
    found = run(tmp_path, flat(60.0, after=-6.0), window={"first": 2016})
    assert found.verdict == "cannot_tell" and found.sentence.startswith("It could not be made: ")


def test_each_authority_still_counts_once(tmp_path):
    # A1 has four exposed years and A2 one: the re-run averages as the estimate does.
    paths = {"A1": [60.0, 61.0, 60.0, 57.0, *[54.0] * 4], "A2": [*[50.0] * 6, 48.0, 49.0]} | others(8)
    made = warehouse(tmp_path / "small.duckdb", paths, {"A1": START, "A2": "2019-04-01"})
    found = check_of(result(made, estimator={"average": "authorities"}), NAME)
    twin = functools.partial(brute_force.donut, then=brute_force.each_once)
    b, p = by_loop(paths, {"A1": (2017, 2017), "A2": (2020, 2020)}, twin=twin)
    assert found.table.loc[0, ["estimate", "p_value"]].tolist() == pytest.approx([b, p])
    assert figure(b, p) in found.sentence


def test_no_check_of_a_donut_by_itself(tmp_path):
    assert run(tmp_path, flat(60.0, after=-6.0), estimator={"base": "donut"}) is None


@pytest.mark.parametrize("estimator,said", [("imputation", False), ("synthetic_control", True), ("two_by_two", True)])
def test_made_by_another_estimator_than_the_one_chosen_it_says_so(tmp_path, estimator, said):
    found = run(tmp_path, flat(40.0, after=-6.0), estimator={"name": estimator})
    assert ("Worked out with imputation, as “" in found.sentence) == said
    assert not said or found.sentence.endswith("” has no base years to choose.")
