"""Synthetic control: by hand, against a loop that fits one authority at a time, and what must not change it."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.synthetic_control import SyntheticControl, in_space, leave_one_donor_out, synthetic_fit
from tests.analytics import brute_force_synthetic as brute_force

YEARS = np.arange(2011, 2022)
START, EXPOSED = np.array([2016, 2016, 2017, 2018]), np.array([2017, 2017, 2018, 2018])
TREATED = np.array([2, 5, 8, 11])
PANELS = {
    "balanced": {"missing": 0.0, "weighted": False},
    "cells missing": {"missing": 0.06, "weighted": False},
    "missing and weighted": {"missing": 0.06, "weighted": True},
}


def sample_of(*, missing: float, weighted: bool, outcomes: int = 2, seed: int = 4) -> Sample:
    rng = np.random.default_rng(seed)
    values = 50 + rng.normal(0, 8, (outcomes, 20, 1)) + rng.normal(0, 3, (outcomes, 20, len(YEARS))).cumsum(2)
    observed = rng.random((20, len(YEARS))) >= missing
    weights = rng.uniform(8e3, 3e5, 20) if weighted else np.ones(20)
    return Sample(values, observed, YEARS, weights, Slots(START, EXPOSED), TREATED)


def assignments(count: int = 12) -> np.ndarray:
    rng = np.random.default_rng(9)
    return np.vstack([TREATED, rng.random((count, 20)).argsort(1)[:, :4]])


def twin(sample: Sample, outcome: int, who, among=None) -> float:
    return brute_force.synthetic_control(
        sample.values[outcome], sample.observed, YEARS, sample.weights, TREATED, START, EXPOSED, who, among
    )


# The adopter lies midway between the first two comparators before 2016, the third is far off.
# Years:            2011 2012 2013 2014 2015 | 2016 2017
SMALL = np.array(
    [
        [5.0, 6, 5, 4, 5, 12, 14],
        [4.0, 7, 4, 5, 4, 8, 9],
        [6.0, 5, 6, 3, 6, 10, 9],
        [90.0, 91, 92, 93, 94, 95, 96],
    ]
)


def small(observed: np.ndarray | None = None) -> Sample:
    seen = np.ones(SMALL.shape, bool) if observed is None else observed
    slots = Slots(np.array([2016]), np.array([2016]))
    return Sample(SMALL[None], seen, np.arange(2011, 2018), np.ones(4), slots, np.array([0]))


def test_by_hand():
    # Half of each: 9 in 2016 and in 2017, so gaps of 3 and 5, mean 4; nothing left before.
    found = synthetic_fit(small(), 0)
    assert found.weights.donor.tolist() == [1, 2] and found.weights.weight.tolist() == pytest.approx(
        [0.5, 0.5], abs=1e-3
    )
    assert found.mean_gap == pytest.approx(4, abs=1e-3)
    assert found.path.gap.tolist() == pytest.approx([0, 0, 0, 0, 0, 3, 5], abs=1e-3)
    assert found.path.used.tolist() == ["before"] * 5 + ["after"] * 2
    assert found.rmspe_after == pytest.approx(np.sqrt((9 + 25) / 2), abs=1e-3) and found.rmspe_before < 1e-3
    assert found.ratio_rank == 1 and found.out_of == 4 and not found.exploratory and not found.open_fit
    assert prepared("synthetic_control", small()).estimates(np.array([[0]]))[0, 0] == pytest.approx(4, abs=1e-3)


def test_donor_without_a_year_leaves_and_is_listed():
    observed = np.ones(SMALL.shape, bool)
    observed[2, 2] = observed[2, 6] = False
    found = synthetic_fit(small(observed), 0)
    assert found.left_out.to_dict("list") == {"donor": [2], "reason": ["no figure in 2013, 2017"]}
    assert found.donors == 2 and set(found.weights.donor) == {1, 3}


def test_a_year_most_comparators_lack_is_not_used():
    observed = np.ones(SMALL.shape, bool)
    observed[[1, 2], 0] = False
    found = synthetic_fit(small(observed), 0)
    assert found.years_before == 4 and found.exploratory and found.left_out.empty
    assert found.path.used[0] == "" and np.isnan(found.path.gap[0])


@pytest.mark.parametrize("panel", PANELS)
def test_real_and_placebo_estimates_equal_a_loop(panel):
    sample = sample_of(**PANELS[panel])
    found = SyntheticControl(sample).estimates(assignments())
    assert np.isfinite(found[:, 0]).all()
    for k in range(2):
        for d, who in enumerate(assignments()):
            assert found[k, d] == pytest.approx(twin(sample, k, who), abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("panel", PANELS)
def test_comparators_of_each_assignment_equal_a_loop(panel):
    sample = sample_of(**PANELS[panel])
    among = np.random.default_rng(5).random((13, 20)) < 0.6
    found = SyntheticControl(sample).estimates(assignments(), among)
    for d, who in enumerate(assignments()):
        theirs = twin(sample, 0, who, set(np.flatnonzero(among[d])))
        assert found[0, d] == pytest.approx(theirs, abs=1e-6, nan_ok=True)


def test_everyone_as_comparator_is_the_same_as_none_named():
    sample = sample_of(**PANELS["cells missing"])
    fit = SyntheticControl(sample)
    np.testing.assert_allclose(
        fit.estimates(assignments(), np.ones((13, 20), bool)), fit.estimates(assignments()), atol=1e-9
    )


def test_without_a_donor_there_is_no_estimate():
    sample = sample_of(**PANELS["balanced"])
    assert np.isnan(SyntheticControl(sample).estimates(assignments(), np.zeros((13, 20), bool))).all()
    observed = np.ones(SMALL.shape, bool)
    observed[1:, :5] = False
    assert np.isnan(SyntheticControl(small(observed)).estimates(np.arange(4)[:, None])).all()
    assert synthetic_fit(small(observed), 0) is None and in_space(small(observed), 0) is None
    assert leave_one_donor_out(small(observed), 0).empty


def test_the_treated_are_never_donors():
    sample = sample_of(**PANELS["balanced"])
    changed = sample.values.copy()
    changed[:, TREATED[1:]] += 500
    other = dataclasses.replace(sample, values=changed)
    for which in range(2):
        one, two = (SyntheticControl(s).table[which, :, [0, 1, 2, 3]] for s in (sample, other))
        np.testing.assert_array_equal(one, two)


def test_exposure_as_an_outcome_tells_each_placebos_share_of_the_real_effect():
    sample = sample_of(**PANELS["balanced"])
    both = dataclasses.replace(sample, values=np.concatenate([sample.values, sample.exposure[None]]))
    who = np.vstack([TREATED, [0, 1, 3, 4], [2, 0, 1, 3]])
    assert SyntheticControl(both).estimates(who)[-1].tolist() == pytest.approx([1, 0, 0.25])


def test_leaving_out_a_donor_equals_a_sample_without_it():
    sample = sample_of(**PANELS["balanced"])
    found = leave_one_donor_out(sample, 3)
    assert len(set(found.donor)) >= 2 and set(found.donor) == set(synthetic_fit(sample, 3).weights.donor)
    for donor, gaps in found.groupby("donor"):
        observed = sample.observed.copy()
        observed[donor] = False
        without = synthetic_fit(dataclasses.replace(sample, observed=observed), 3)
        # One donor fewer changes the variance behind the ridge by nothing: it is that of the donors left in both.
        assert gaps.gap.tolist() == pytest.approx(without.path.gap.tolist(), abs=1e-8)
        assert gaps.mean_gap.iloc[0] == pytest.approx(without.mean_gap, abs=1e-8)


def test_in_space_agrees_with_the_estimates():
    sample = sample_of(**PANELS["cells missing"])
    found = in_space(sample, 3)
    fit = SyntheticControl(sample)
    mine = fit.table[0, [years.slots[3] for years in fit.years].index(True)]
    np.testing.assert_allclose(found.table.mean_gap, mine[found.rows], atol=1e-9)
    assert found.rows[0] == TREATED[3] and not set(found.rows[1:]) & set(TREATED)
    far = np.abs(mine[found.rows]) >= abs(mine[TREATED[3]]) * (1 - 1e-9)
    assert found.p_gap == far.mean()
    ratio = found.table.rmspe_after / found.table.rmspe_before
    assert found.p_ratio == (ratio >= ratio[0] * (1 - 1e-9)).mean()
    assert found.gaps.shape == (len(found.rows), len(YEARS))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_level_common_years_and_unit_change_nothing(seed, exponent):
    sample = sample_of(missing=0.05, weighted=True, outcomes=1, seed=seed)
    years = np.random.default_rng(seed).normal(0, 1, (1, 1, len(YEARS)))
    scale = 10.0**exponent
    other = dataclasses.replace(sample, values=(sample.values + 7) * scale)
    one, two = (SyntheticControl(s).estimates(assignments(4)) for s in (sample, other))
    np.testing.assert_allclose(two, one * scale, atol=1e-6 * scale)
    # A path common to all leaves the best mix as it was, but for the ridge, which is a share of the donors' variance.
    moved = dataclasses.replace(sample, values=sample.values + years)
    np.testing.assert_allclose(SyntheticControl(moved).estimates(assignments(4)), one, atol=0.02)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_order_of_authorities_changes_nothing(seed):
    sample = sample_of(missing=0.05, weighted=True, outcomes=1, seed=seed)
    order = np.random.default_rng(seed).permutation(20)
    place = order.argsort()
    other = Sample(
        sample.values[:, order], sample.observed[order], YEARS, sample.weights[order], sample.slots, place[TREATED]
    )
    one, two = (
        SyntheticControl(sample).estimates(assignments(4)),
        SyntheticControl(other).estimates(place[assignments(4)]),
    )
    np.testing.assert_allclose(one, two, atol=1e-7)
