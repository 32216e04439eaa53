"""The batched estimators equal explicit regressions and loops, to 1e-12 of the outcome's size, on every kind of panel."""

import numpy as np
import pytest

from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.imputation import event_study, event_times
from tests.analytics import brute_force

YEARS = np.arange(2013, 2022)
START, EXPOSED = np.array([2016, 2016, 2017, 2018]), np.array([2017, 2017, 2018, 2018])
TREATED = np.array([2, 5, 8, 11])
PANELS = {
    "balanced": {"missing": 0.0, "weighted": False},
    "cells missing": {"missing": 0.15, "weighted": False},
    "children as weights": {"missing": 0.0, "weighted": True},
    "missing and weighted": {"missing": 0.15, "weighted": True},
}
TWINS = {
    "imputation": brute_force.imputation,
    "two_way": brute_force.two_way,
    "two_by_two": brute_force.two_by_two,
}


def sample_of(*, missing: float, weighted: bool, outcomes: int = 3, seed: int = 4) -> Sample:
    rng = np.random.default_rng(seed)
    values = 50 + rng.normal(0, 8, (outcomes, 18, 1)) + rng.normal(0, 3, (outcomes, 18, len(YEARS))).cumsum(2)
    observed = rng.random((18, len(YEARS))) >= missing
    weights = rng.uniform(8e3, 3e5, 18) if weighted else np.ones(18)
    return Sample(values, observed, YEARS, weights, Slots(START, EXPOSED), TREATED)


def assignments(count: int = 12) -> np.ndarray:
    rng = np.random.default_rng(9)
    return np.vstack([TREATED, rng.random((count, 18)).argsort(1)[:, :4]])


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("name", TWINS)
def test_real_and_placebo_estimates_equal_a_loop(name, panel):
    sample = sample_of(**PANELS[panel])
    found = prepared(name, sample).estimates(assignments())
    for k in range(3):
        for d, who in enumerate(assignments()):
            twin = TWINS[name](sample.values[k], sample.observed, YEARS, sample.weights, who, START, EXPOSED)
            assert abs(found[k, d] - twin) < 1e-12 * 50, (name, panel, k, d)


@pytest.mark.parametrize("panel", PANELS)
def test_event_study_equals_a_loop(panel):
    sample = sample_of(**PANELS[panel], outcomes=1)
    times = event_times(sample)
    found = event_study(sample).quantities(assignments())
    for d, who in enumerate(assignments()):
        for e, event_time in enumerate(times):
            try:
                twin = brute_force.event_gap(
                    sample.values[0], sample.observed, YEARS, sample.weights, who, START, EXPOSED, event_time
                )
            except ZeroDivisionError:
                assert np.isnan(found[0, e, d])
                continue
            assert abs(found[0, e, d] - twin) < 1e-12 * 50


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("base", [1, 3])
def test_one_base_year_equals_a_loop(base, panel):
    sample = sample_of(**PANELS[panel])
    found = prepared("imputation", sample, base=base).estimates(assignments())
    for k in range(3):
        for d, who in enumerate(assignments()):
            twin = brute_force.one_base_year(
                sample.values[k], sample.observed, YEARS, sample.weights, who, START, EXPOSED, base
            )
            assert abs(found[k, d] - twin) < 1e-12 * 50


@pytest.mark.parametrize("name", TWINS)
def test_one_cohort_balanced_gives_the_same_answer_by_hand(name):
    # Two authorities, two years: adopter 10 -> 16, comparator 20 -> 21, so the effect is 6 - 1 = 5.
    sample = Sample(
        np.array([[[10.0, 16.0], [20.0, 21.0]]]),
        np.ones((2, 2), bool),
        np.array([2013, 2014]),
        np.ones(2),
        Slots(np.array([2014]), np.array([2014])),
        np.array([0]),
    )
    assert prepared(name, sample).estimates(np.array([[0]]))[0, 0] == pytest.approx(5, abs=1e-12)


def test_a_year_without_untreated_cells_is_not_identified():
    # 2015 is observed for the adopter alone: no year effect, so no imputed figure; a mean of it alone is NaN.
    observed = np.array([[1, 1, 0, 1], [1, 1, 1, 0]], bool)
    sample = Sample(
        np.arange(8.0).reshape(1, 2, 4),
        observed,
        np.arange(2013, 2017),
        np.ones(2),
        Slots(np.array([2015]), np.array([2016])),
        np.array([0]),
    )
    assert np.isnan(prepared("imputation", sample).estimates(np.array([[0]]))[0, 0])


def test_adding_authority_and_year_effects_changes_nothing():
    sample = sample_of(**PANELS["missing and weighted"])
    rng = np.random.default_rng(0)
    shifted = Sample(
        sample.values + rng.normal(0, 20, (1, 18, 1)) + rng.normal(0, 20, (1, 1, len(YEARS))),
        sample.observed,
        YEARS,
        sample.weights,
        sample.slots,
        TREATED,
    )
    for name in ("imputation", "two_way"):
        one, two = (prepared(name, s).estimates(assignments()) for s in (sample, shifted))
        np.testing.assert_allclose(one, two, atol=1e-10)
