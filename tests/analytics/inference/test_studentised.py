"""The studentised permutation against a dummy regression a placebo, and a case that can be counted by hand."""

import numpy as np
import pytest

from analytics.estimators import Sample, Slots
from analytics.inference import studentised
from analytics.inference.permutation import Placebos, placebos
from analytics.inference.regression import regression, regression_names
from tests.analytics.inference import dense
from tests.analytics.inference.panels import PANELS, assignments, dense_of, sample_of


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("name", regression_names())
def test_every_placebo_equals_a_dummy_regression(name, panel):
    sample = sample_of(**PANELS[panel])
    found = studentised.scores(regression(name, sample), assignments(10))
    for d, who in enumerate(assignments(10)):
        for k in range(2):
            twin = dense_of(dense.TWINS[name], sample, k, who)
            square, estimate = dense.sum_of_squares(twin, twin.y)
            if np.abs(twin.x.T @ twin.x @ twin.inverse @ twin.c - twin.c).max() > 1e-6:
                assert np.isnan(found.squares[k, d])  # an event time that none of these authorities has figures for
                continue
            assert found.estimates[k, d] == pytest.approx(estimate, abs=1e-11)
            assert found.squares[k, d] == pytest.approx(square, rel=1e-9)


@pytest.mark.parametrize("name", regression_names())
def test_comparators_of_their_own_equal_a_panel_without_the_others(name):
    sample = sample_of(**PANELS["missing and weighted"])
    rng = np.random.default_rng(5)
    who = assignments(6)
    compared = rng.random((len(who), 18)) < 0.7
    form = regression(name, sample)
    found = studentised.scores(form, who, compared)
    for d in range(len(who)):
        design = form.design(who[d], compared[d])
        if not np.isfinite(design.pull).all():
            assert np.isnan(found.estimates[:, d]).all()
            continue
        np.testing.assert_allclose(found.estimates[:, d], design.estimate, atol=1e-11)
        np.testing.assert_allclose(found.squares[:, d], (design.scores(design.pull) ** 2).sum(1), rtol=1e-8)


def four(treated: int) -> tuple[Sample, Placebos]:
    values = np.stack([np.zeros(4), [5.0, 0.0, 1.0, 2.0]], 1)[None]
    slots = Slots(np.array([2014]), np.array([2014]))
    sample = Sample(values, np.ones((4, 2), bool), np.array([2013, 2014]), np.ones(4), slots, np.array([treated]))
    return sample, placebos(np.arange(4.0), sample.treated, slots, matched=False, draws=99, seed=1)


def test_four_authorities_by_hand():
    # Changes 5, 0, 1, 2. Squared t is gap^2 over the sum of (comparators' deviations / 3)^2: 72, 7.38, 1.26 and 0.
    sample, chance = four(0)
    found = studentised.studentised(regression("two_by_two", sample), chance)
    np.testing.assert_allclose(found.squared_t[0], [72, 576 / 78, 144 / 114, 0], atol=1e-12)
    assert found.enumerated and found.p_values[0] == 1 / 4
    for treated, p in ((1, 2 / 4), (2, 3 / 4), (3, 1.0)):
        sample, chance = four(treated)
        assert studentised.studentised(regression("two_by_two", sample), chance).p_values[0] == p


def drawn() -> Placebos:
    """The real assignment, its adopters of one date swapped, and others at random."""
    who = np.vstack([assignments(150), np.array([[5, 2, 8, 11]])])
    real = np.zeros(len(who), bool)
    real[[0, -1]] = True
    return Placebos(who, True, real)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("name", regression_names())
def test_interval_holds_the_effects_that_the_test_accepts(name, panel):
    sample = sample_of(**PANELS[panel], outcomes=1)
    chance = drawn()
    form = regression(name, sample)
    (low, high) = studentised.studentised_test(form, chance, level=0.9)[1][0]

    def p_at(effect):
        moved = Sample(
            sample.values - effect * sample.exposure,
            sample.observed,
            sample.years,
            sample.weights,
            sample.slots,
            sample.treated,
        )
        return studentised.studentised(regression(name, moved), chance).p_values[0]

    step = 1e-6 * (high - low)
    assert low < form.design().estimate[0] < high
    assert p_at(low + step) > 0.1 and p_at(high - step) > 0.1
    for beyond in np.linspace(1e-5, 1.5, 8) * (high - low):
        assert p_at(low - beyond) <= 0.1 and p_at(high + beyond) <= 0.1


def test_placebos_that_cannot_be_estimated_are_struck():
    sample = sample_of()
    observed = sample.observed.copy()
    observed[0, dense.YEARS >= 2016] = False  # no exposed year whichever slot it holds
    holed = Sample(
        sample.values, observed, sample.years, sample.weights, Slots(np.array([2016]), np.array([2016])), np.array([3])
    )
    chance = placebos(np.ones(18), holed.treated, holed.slots, matched=False, draws=99, seed=1)
    found = studentised.studentised(regression("two_way", holed), chance)
    assert found.struck == 1 and found.squared_t.shape == (2, 17)


def test_scale_and_levels_do_not_matter():
    sample = sample_of()
    rng = np.random.default_rng(8)
    moved = 7 * sample.values + rng.normal(0, 30, (1, 18, 1)) + rng.normal(0, 30, (1, 1, len(dense.YEARS)))
    other = Sample(moved, sample.observed, sample.years, sample.weights, sample.slots, sample.treated)
    one, two = (studentised.scores(regression("two_way", s), assignments(50)).squared_t for s in (sample, other))
    np.testing.assert_allclose(one, two, rtol=1e-8)
