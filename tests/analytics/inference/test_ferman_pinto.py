"""Ferman and Pinto's test against a literal twin, against its definition by hand, and on missing cells."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import CannotEstimate
from analytics.estimators import Sample, Slots, prepared
from analytics.inference.ferman_pinto import ferman_pinto, fitted_variance
from tests.analytics.inference import dense
from tests.analytics.inference.panels import sample_of

YEARS = np.arange(2013, 2022)


def panel(treated: list[int], starts: list[int], *, n: int = 30, seed: int = 1) -> tuple[Sample, np.ndarray]:
    rng = np.random.default_rng(seed)
    size = rng.uniform(8e3, 2e5, n)
    values = 50 + rng.normal(0, 1, (3, n, len(YEARS))) * np.sqrt(4 + 1e6 / size)[:, None]
    slots = Slots(np.array(starts), np.array(starts))
    return Sample(values, np.ones((n, len(YEARS)), bool), YEARS, np.ones(n), slots, np.array(treated)), size


@pytest.mark.parametrize("treated,starts", [([4], [2016]), ([3, 9], [2015, 2017]), ([0, 7, 20], [2016, 2016, 2018])])
def test_two_way_equals_the_literal_definition(treated, starts):
    sample, size = panel(treated, starts)
    found = ferman_pinto("two_way", sample, size, draws=500, seed=6)
    for k in range(3):
        b, placebos = dense.ferman_pinto(sample.values[k], YEARS, size, treated, starts, 500, 6)
        assert b == pytest.approx(prepared("two_way", sample).estimates(sample.treated[None])[k, 0], abs=1e-12)
        assert found.p_values[k] == (np.abs(placebos) >= abs(b) * (1 - 1e-9)).mean()
    assert found.draws == (29 if len(treated) == 1 else 500) and found.smallest_p == 1 / found.draws


@pytest.mark.parametrize("name", ["imputation", "two_by_two"])
def test_with_one_date_every_form_is_the_two_way_form(name):
    sample, size = panel([3, 9], [2016, 2016])
    one, two = (ferman_pinto(n, sample, size, draws=400, seed=2) for n in ("two_way", name))
    np.testing.assert_allclose(one.p_values, two.p_values)


def test_five_authorities_by_hand():
    # Changes: adopter 4; comparators -3, -1, 1, 3, mean 0. All of one size, so v(m) is the same for all and no gap is
    # rescaled but by N / (N - 1) = 5/4: 3.75, 1.25, 1.25, 3.75. None is as large as 4, two as large as 2, all as large as 1.
    for change, p in ((4.0, 0.0), (2.0, 2 / 4), (1.0, 1.0)):
        values = np.stack([np.zeros(5), [change, -3.0, -1.0, 1.0, 3.0]], 1)[None]
        slots = Slots(np.array([2014]), np.array([2014]))
        sample = Sample(values, np.ones((5, 2), bool), np.array([2013, 2014]), np.ones(5), slots, np.array([0]))
        found = ferman_pinto("two_by_two", sample, np.full(5, 9e4), draws=99, seed=1)
        assert found.p_values[0] == p and found.smallest_p == 1 / 4


def test_a_small_adopter_is_given_the_spread_of_small_authorities():
    # Squares are exactly 1 + 1e6 / m: at m = 1e6 the variance is 2, at 1e5 it is 11.
    size = np.array([1e5, 2e5, 4e5, 1e6])
    np.testing.assert_allclose(fitted_variance(1 + 1e6 / size, size), [1, 1e6])
    # Falling in 1/m: the slope is set to 0 and the constant is the mean; a negative constant leaves the slope alone.
    np.testing.assert_allclose(fitted_variance(5 - 1e5 / size, size), [(5 - 1e5 / size).mean(), 0])
    slope = ((1e6 / size - 0.5) / size).sum() / (1 / size**2).sum()
    np.testing.assert_allclose(fitted_variance(1e6 / size - 0.5, size), [0, slope])


@pytest.mark.parametrize("name", ["imputation", "two_by_two", "two_way"])
def test_missing_cells_and_weights_give_shares_between_nought_and_one(name):
    sample = sample_of(missing=0.1, weighted=True, outcomes=4)
    size = np.random.default_rng(1).uniform(1e4, 1e5, 18)
    found = ferman_pinto(name, sample, size, draws=300, seed=1)
    assert ((found.p_values >= 0) & (found.p_values <= 1)).all() and np.ptp(found.p_values) > 0
    assert found.variance.shape == (4, 3, 2) and (found.variance >= 0).all()


@pytest.mark.parametrize("name", ["imputation", "two_by_two", "two_way"])
def test_a_large_effect_is_rarely_chance_with_missing_cells_and_weights(name):
    sample = sample_of(missing=0.1, weighted=True, outcomes=1)
    sample = dataclasses.replace(sample, values=sample.values + 60 * sample.exposure)
    size = np.random.default_rng(1).uniform(1e4, 1e5, 18)
    assert ferman_pinto(name, sample, size, draws=300, seed=1).p_values[0] == 0


def test_refusals_are_sentences():
    sample, size = panel([4], [2016])
    with pytest.raises(CannotEstimate, match="number of children"):
        ferman_pinto("two_way", sample, np.where(np.arange(30) == 7, np.nan, size), draws=99, seed=1)
    small, size = panel([0], [2016], n=3)
    with pytest.raises(CannotEstimate, match="2 can be put"):
        ferman_pinto("two_way", small, size, draws=99, seed=1)


@settings(max_examples=10, deadline=None)
@given(scale=st.floats(0.01, 50), level=st.floats(-300, 300), per_child=st.floats(0.01, 100))
def test_units_do_not_matter(scale, level, per_child):
    sample, size = panel([3, 9], [2015, 2017])
    moved = dataclasses.replace(sample, values=scale * sample.values + level + np.arange(len(YEARS)))
    one = ferman_pinto("imputation", sample, size, draws=200, seed=1).p_values
    two = ferman_pinto("imputation", moved, size * per_child, draws=200, seed=1).p_values
    np.testing.assert_array_equal(one, two)
