"""Synthetic difference in differences: by hand, against a loop that fits one cohort at a time, and what must not change it."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.synthetic_did import SyntheticDid, cohort_table
from tests.analytics import brute_force_synthetic as brute_force
from tests.analytics.estimators.test_synthetic_control import (
    EXPOSED,
    PANELS,
    START,
    TREATED,
    YEARS,
    assignments,
    sample_of,
)


def twin(sample: Sample, outcome: int, who, among=None) -> float:
    return brute_force.synthetic_did(
        sample.values[outcome], sample.observed, YEARS, sample.weights, TREATED, START, EXPOSED, who, among
    )


def test_one_year_before_is_two_by_two():
    # Adopter 10 -> 16; comparators 20 -> 21 and 30 -> 33, alike weighted as one year has no shape: 6 - (1 + 3) / 2 = 4.
    values = np.array([[[10.0, 16.0], [20.0, 21.0], [30.0, 33.0]]])
    slots = Slots(np.array([2014]), np.array([2014]))
    sample = Sample(values, np.ones((3, 2), bool), np.array([2013, 2014]), np.ones(3), slots, np.array([0]))
    assert prepared("synthetic_did", sample).estimates(np.array([[0]]))[0, 0] == pytest.approx(4)


def test_parallel_paths_give_the_effect_itself():
    # Everyone moves with the year alone, so any weights give the effect of 3 (two adopters) and 6 (one): mean over cells.
    rng = np.random.default_rng(1)
    values = np.tile(rng.normal(0, 5, len(YEARS)), (12, 1)) + rng.normal(50, 9, (12, 1))
    values[[2, 5], 6:] += 3  # from 2017: five cells each
    values[8, 9:] += 6  # from 2020: two cells
    slots = Slots(np.array([2017, 2017, 2020]), np.array([2017, 2017, 2020]))
    sample = Sample(values[None], np.ones(values.shape, bool), YEARS, np.ones(12), slots, np.array([2, 5, 8]))
    found = SyntheticDid(sample).estimates(sample.treated[None])[0, 0]
    assert found == pytest.approx((10 * 3 + 2 * 6) / 12)
    table = cohort_table(sample)
    assert table.effect.tolist() == pytest.approx([3, 6]) and table.cells.tolist() == [10, 2]
    assert table[["s", "g", "adopters", "years_before"]].to_numpy().tolist() == [[2017, 2017, 2, 6], [2020, 2020, 1, 9]]


@pytest.mark.parametrize("panel", PANELS)
def test_real_and_placebo_estimates_equal_a_loop(panel):
    sample = sample_of(**PANELS[panel])
    found = SyntheticDid(sample).estimates(assignments())
    assert np.isfinite(found[:, 0]).all()
    for k in range(2):
        for d, who in enumerate(assignments()):
            assert found[k, d] == pytest.approx(twin(sample, k, who), abs=1e-5, nan_ok=True)


@pytest.mark.parametrize("panel", PANELS)
def test_comparators_of_each_assignment_equal_a_loop(panel):
    sample = sample_of(**PANELS[panel])
    among = np.random.default_rng(5).random((13, 20)) < 0.7
    found = SyntheticDid(sample).estimates(assignments(), among)
    for d, who in enumerate(assignments()):
        theirs = twin(sample, 0, who, set(np.flatnonzero(among[d])))
        assert found[0, d] == pytest.approx(theirs, abs=1e-5, nan_ok=True)


def test_weights_are_shares_of_the_never_treated():
    sample = sample_of(**PANELS["cells missing"])
    fit = SyntheticDid(sample)
    for cohort in fit.cohorts:
        found = fit.cohort_fit(cohort, 0, assignments())
        told = np.isfinite(found.effect)
        for weights in (found.authorities[told], found.years[told]):
            assert (weights >= 0).all()
            np.testing.assert_allclose(weights.sum(1), 1, atol=1e-9)
        assert (found.authorities[told][:, TREATED] == 0).all()
        assert (np.take_along_axis(found.authorities, assignments(), 1)[told] == 0).all()


def test_without_comparators_there_is_no_estimate():
    sample = sample_of(**PANELS["balanced"])
    assert np.isnan(SyntheticDid(sample).estimates(assignments(), np.zeros((13, 20), bool))).all()


def test_exposure_as_an_outcome_tells_each_placebos_share_of_the_real_effect():
    sample = sample_of(**PANELS["balanced"])
    both = dataclasses.replace(sample, values=np.concatenate([sample.values, sample.exposure[None]]))
    who = np.vstack([TREATED, [0, 1, 3, 4]])
    assert SyntheticDid(both).estimates(who)[-1].tolist() == pytest.approx([1, 0])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_authority_levels_and_unit_change_nothing(seed, exponent):
    sample = sample_of(missing=0.05, weighted=True, outcomes=1, seed=seed)
    rng = np.random.default_rng(seed)
    moved = sample.values + rng.normal(0, 20, (1, 20, 1)) + 7
    scale = 10.0**exponent
    one = SyntheticDid(sample).estimates(assignments(4))
    other = SyntheticDid(dataclasses.replace(sample, values=moved * scale)).estimates(assignments(4))
    np.testing.assert_allclose(other, one * scale, atol=1e-6 * scale)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(-5, 5))
def test_a_trend_common_to_all_changes_nothing(seed, slope):
    # Every yearly change moves by the same amount, so their spread, and with it the ridge, stays.
    sample = sample_of(missing=0.0, weighted=False, outcomes=1, seed=seed)
    other = dataclasses.replace(sample, values=sample.values + slope * (YEARS - 2011))
    one, two = (SyntheticDid(s).estimates(assignments(4)) for s in (sample, other))
    np.testing.assert_allclose(two, one, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_authorities_changes_nothing(seed):
    sample = sample_of(missing=0.05, weighted=True, outcomes=1, seed=seed)
    order = np.random.default_rng(seed).permutation(20)
    place = order.argsort()
    other = Sample(
        sample.values[:, order], sample.observed[order], YEARS, sample.weights[order], sample.slots, place[TREATED]
    )
    one, two = SyntheticDid(sample).estimates(assignments(4)), SyntheticDid(other).estimates(place[assignments(4)])
    np.testing.assert_allclose(one, two, atol=1e-6)
