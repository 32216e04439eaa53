"""Other base years: each is run but the one already used; held, failed and not to be told."""

import pytest

from analytics.checks.base_period import NAME
from tests.analytics import brute_force
from tests.analytics.checks.panels import START, before_the_result, by_loop, check_of, flat, others, result, warehouse


def run(tmp_path, path, **tables):
    made = warehouse(tmp_path / "small.duckdb", {"A1": path} | others(), {"A1": START})
    return check_of(result(made, **tables), NAME)


def test_held_where_every_base_says_the_same(tmp_path):
    found = run(tmp_path, flat(60.0, after=-6.0))
    assert found.verdict == "held"
    assert before_the_result(found.sentence) == (
        "The answer does not depend on the earlier years that it is measured from: the last alone −6.0 (p 0.050); "
        "the third last alone −6.0 (p 0.050)."
    )


def test_failed_where_one_base_says_otherwise(tmp_path):
    # 2013-16 are 62 58 62 58 and 58 after: -2 from all of them, 0 from 2016, 0 from 2014; comparators level.
    path = [62.0, 58.0, 62.0, 58.0, *[58.0] * 4]
    found = run(tmp_path, path)
    assert found.verdict == "failed" and found.sentence.startswith("The answer depends on the earlier years")
    for row, base in enumerate((1, 3)):
        b, p = by_loop({"A1": path} | others(), {"A1": (2017, 2017)}, twin=brute_force.one_base_year, base=base)
        assert found.table.loc[row, ["estimate", "p_value"]].tolist() == pytest.approx([b, p], abs=1e-9)
    assert found.table.estimate.tolist() == pytest.approx([0, 0], abs=1e-9)


def test_failed_where_another_base_gives_evidence_the_other_way(tmp_path):
    # 60 60 60 70 and 65 after: +2.5 from all of them, -5 from the last alone, both further than every placebo.
    found = run(tmp_path, [60.0, 60.0, 60.0, 70.0, *[65.0] * 4])
    assert found.verdict == "failed" and "the last alone −5.0 (p 0.050)" in found.sentence
    assert (found.table.p_value <= 0.05).all()


@pytest.mark.parametrize(
    "estimator,bases",
    [
        pytest.param({"base": 1}, ["all of them", "the third last alone"], id="base 1 is not run again"),
        pytest.param({"base": "donut"}, ["all of them", "the last alone", "the third last alone"], id="all"),
        pytest.param(
            {"name": "two_by_two"},
            ["all of them", "the last alone", "the third last alone"],
            id="another estimator has none of them",
        ),
    ],
)
def test_the_bases_that_are_run(tmp_path, estimator, bases):
    assert run(tmp_path, flat(60.0, after=-6.0), estimator=estimator).table.changed.tolist() == bases


def test_a_short_window_leaves_the_bases_that_it_has(tmp_path):
    found = run(tmp_path, flat(60.0, after=-6.0), window={"first": 2015})
    assert found.table.changed.tolist() == ["the last alone"] and found.verdict == "held"


def test_cannot_tell_without_figures_in_any_other_base(tmp_path):
    # No figure in 2016, the last year before, nor in 2014, the third last.
    found = run(tmp_path, [60.0, None, 60.0, None, *[54.0] * 4])
    assert found.verdict == "cannot_tell"
    assert found.sentence == "No other year before the start has the figures to serve as a base."
