"""The wild bootstrap against one restricted fit and one refit a draw, with the same weights."""

import dataclasses

import numpy as np
import pytest

from analytics.estimators import Sample, Slots
from analytics.inference.cluster import cluster_inference
from analytics.inference.regression import regression, regression_names
from analytics.inference.wild_bootstrap import WEBB, WildBootstrap, wild_restricted, wild_weights
from tests.analytics.inference import dense
from tests.analytics.inference.panels import PANELS, dense_of, sample_of


@pytest.mark.parametrize("null", [0.0, 2.5])
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("name", regression_names())
def test_every_draw_equals_a_refit(name, panel, null):
    sample = sample_of(**PANELS[panel])
    found = wild_restricted(regression(name, sample).design(), draws=40, seed=3)
    p = found.p_values(null)
    gap = found.design.estimate - null
    squares = found._statistics(found._along[:-1] + gap[:, None, None] * found._along[-1])
    for k in range(2):
        real, draws = dense.wild(dense_of(dense.TWINS[name], sample, k), found.weights, null)
        np.testing.assert_allclose(squares[:, k], draws, rtol=1e-8, atol=1e-12 * draws.max())
        assert p[k] == (1 + (draws >= real * (1 - 2e-9)).sum()) / 41


def test_signs_with_ten_adopters_and_six_points_with_fewer():
    few = regression("two_way", sample_of()).design()
    assert set(np.round(wild_weights(few, 500, 1).ravel() ** 2, 12)) == set(np.round(WEBB**2, 12))
    many = dataclasses.replace(few, regressors=np.ones_like(few.regressors))
    assert set(wild_weights(many, 500, 1).ravel()) == {-1.0, 1.0}
    stated = np.random.default_rng(1).integers(0, 2, (500, 18), dtype=np.int8)
    np.testing.assert_array_equal(wild_weights(many, 500, 1), 2.0 * stated - 1)


@pytest.mark.parametrize("weights", ["signs", "six points"])
@pytest.mark.parametrize("seed", range(4))
def test_interval_is_the_effects_with_p_above(seed, weights):
    design = regression("two_way", sample_of(**PANELS["cells missing"], outcomes=1, seed=seed)).design()
    found = wild_restricted(design, draws=399, seed=seed)
    if weights == "signs":
        found = WildBootstrap(design, np.sign(found.weights))
    low, high = found.interval(0, 0.9)
    step = 1e-6 * (high - low)
    assert low < design.estimate[0] < high
    assert found.p_values(low + step)[0] > 0.1 and found.p_values(high - step)[0] > 0.1
    for beyond in np.linspace(1e-5, 2, 60) * (high - low):
        assert found.p_values(low - beyond)[0] <= 0.1 and found.p_values(high + beyond)[0] <= 0.1


def test_p_is_near_that_of_the_clustered_t_with_many_adopters():
    # Twelve adopters of forty, no effect: the two tests of the same t should agree to a few hundredths.
    rng = np.random.default_rng(6)
    slots = Slots(np.full(12, 2017), np.full(12, 2017))
    values = 50 + rng.normal(0, 4, (30, 40, len(dense.YEARS)))
    sample = Sample(values, np.ones((40, len(dense.YEARS)), bool), dense.YEARS, np.ones(40), slots, np.arange(12))
    design = regression("two_way", sample).design()
    wild = wild_restricted(design, draws=1999, seed=1).p_values()
    assert np.abs(wild - cluster_inference(design, kind="cr2").p_values).max() < 0.06


def test_the_seed_alone_decides():
    design = regression("two_way", sample_of()).design()
    one, two, three = (wild_restricted(design, draws=99, seed=s).p_values() for s in (1, 1, 2))
    assert (one == two).all() and (one != three).any()
