"""The interval by inversion of studentised draws: every kind of quartic, against a count at many effects."""

import numpy as np
import pytest

from analytics.inference.inversion import studentised_interval


def count(y, top, below):
    """Draws as far as the real one at y, one at a time."""
    return sum(
        (m0 + m1 * y) ** 2 >= y**2 * (e0 + e1 * y + e2 * y**2)
        for (m0, m1), (e0, e1, e2) in zip(top, below, strict=True)
    )


def random_draws(rng, draws):
    top = np.stack([rng.normal(0, 2, draws), rng.uniform(-0.9, 0.9, draws)], 1)
    # A sum of squares (u + v y)^2 over authorities is a quadratic that is never negative.
    u, v = rng.normal(0, 0.5, (2, draws, 6))
    return top, np.stack([(u**2).sum(1), 2 * (u * v).sum(1), (v**2).sum(1)], 1)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("itself", [0, 1])
def test_holds_exactly_the_effects_that_a_count_accepts(seed, itself):
    top, below = random_draws(np.random.default_rng(seed), 80)
    low, high = studentised_interval(10.0, 2.0, top, below, itself=itself, level=0.9)

    def accepted(x):
        return itself + count((x - 10) / 2, top, below) > 0.1 * (80 + itself)

    assert accepted(low + 1e-7) and accepted(high - 1e-7) and low <= 10 <= high
    for beyond in np.linspace(1e-6, 60, 400):
        assert not accepted(low - beyond) and not accepted(high + beyond)


def test_by_hand():
    # One t of 3 whatever the effect, two of 1: at 60% more than 0.4 x 4 = 1.6 of four (itself one) must be as far, so
    # one draw besides itself: |y| <= 3; at 30% more than 2.8 of four, two draws besides itself: |y| <= 1.
    top, below = np.array([[3.0, 0], [1.0, 0], [-1.0, 0]]), np.array([[1.0, 0, 0]] * 3)
    assert studentised_interval(5.0, 2.0, top, below, itself=1, level=0.6) == pytest.approx((-1, 11), abs=1e-9)
    assert studentised_interval(5.0, 2.0, top, below, itself=1, level=0.3) == pytest.approx((3, 7), abs=1e-9)


def test_no_interval_where_draws_are_as_far_however_large_the_effect():
    top, below = np.array([[1.0, 2.0], [0.5, 0.1]]), np.array([[1.0, 0, 0], [1.0, 0, 0.5]])
    assert studentised_interval(0.0, 1.0, top, below, itself=1, level=0.95) is None
