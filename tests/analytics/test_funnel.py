"""Limits of a funnel, beside sums of probabilities worked out one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.funnel import ALARM, WARNING, funnel_of

RATE, SHARE = "per 10,000 children", "%"


def slow_count_at(chances, tail: float) -> float:
    """Spiegelhalter (2005, appendix A.1.1): r is the smallest count with P(R <= r) > p; r - (P(R <= r) - p) / P(R = r)."""
    so_far = 0.0
    for count, chance in enumerate(chances):
        so_far += chance
        if so_far > tail:
            return count - (so_far - tail) / chance
    raise AssertionError("the chances add up to one")


def poisson_chances(mean: float):
    return [
        math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(int(mean + 20 * math.sqrt(mean) + 40))
    ]


def binomial_chances(whole: int, share: float):
    return [math.comb(whole, k) * share**k * (1 - share) ** (whole - k) for k in range(whole + 1)]


def ten(numerator: float, denominator: float, unit: str):
    """A funnel of ten like authorities."""
    return funnel_of(np.full(10, numerator), np.full(10, denominator), unit)


@given(mean=st.integers(1, 400), level=st.sampled_from([WARNING, ALARM]))
@settings(max_examples=40, deadline=None)
def test_limits_of_a_rate_are_those_of_counting_chances_up(mean: int, level: float) -> None:
    low, high = ten(mean, 20_000, RATE).limits(np.array([20_000.0]), level)
    chances = poisson_chances(mean)
    wanted = [slow_count_at(chances, tail) / 2 for tail in ((1 - level) / 2, (1 + level) / 2)]
    np.testing.assert_allclose([low[0], high[0]], np.maximum(wanted, 0), rtol=1e-6, atol=1e-6)


@given(whole=st.integers(3, 200), part=st.integers(1, 199), level=st.sampled_from([WARNING, ALARM]))
@settings(max_examples=40, deadline=None)
def test_limits_of_a_percentage_are_those_of_counting_chances_up(whole: int, part: int, level: float) -> None:
    part = min(part, whole - 1)
    low, high = ten(part, whole, SHARE).limits(np.array([float(whole)]), level)
    chances = binomial_chances(whole, part / whole)
    wanted = [slow_count_at(chances, tail) * 100 / whole for tail in ((1 - level) / 2, (1 + level) / 2)]
    np.testing.assert_allclose([low[0], high[0]], np.clip(wanted, 0, 100), rtol=1e-6, atol=1e-6)


def test_large_counts_have_the_limits_of_the_normal_curve() -> None:
    # A share of 0.2 in 100,000: 2 and 3.09 standard deviations of sqrt(.16 / 100,000), to a thousandth of a point.
    funnel = ten(20_000, 100_000, SHARE)
    one = 100 * math.sqrt(0.16 / 100_000)
    for level, far in ((WARNING, 1.95996), (ALARM, 3.09023)):
        low, high = funnel.limits(np.array([1e5]), level)
        assert low[0] == pytest.approx(20 - far * one, abs=2e-3)
        assert high[0] == pytest.approx(20 + far * one, abs=2e-3)


def test_the_middle_is_of_all_children_together_not_a_mean_of_rates() -> None:
    numerator, denominator = np.array([10.0] * 9 + [900.0]), np.array([1000.0] * 9 + [9000.0])
    assert funnel_of(numerator, denominator, RATE).middle == pytest.approx(990 / 18_000 * 10_000)


def slow_factor(numerator, denominator) -> float:
    """Spiegelhalter's phi: mean of squared naive z, the most extreme tenth on either side set to where it begins."""
    share = sum(numerator) / sum(denominator)
    z = sorted((n / d - share) / math.sqrt(share / d) for n, d in zip(numerator, denominator, strict=True))

    def at(p: float) -> float:
        place = p * (len(z) - 1)
        below = int(place)
        return z[below] + (place - below) * (z[min(below + 1, len(z) - 1)] - z[below])

    return sum(min(max(each, at(0.1)), at(0.9)) ** 2 for each in z) / len(z)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1000, 90_000)), min_size=10, max_size=60))
@settings(max_examples=60, deadline=None)
def test_the_factor_is_the_winsorised_mean_square(counts: list[tuple[int, int]]) -> None:
    numerator, denominator = (np.array(each, dtype=float) for each in zip(*counts, strict=True))
    funnel = funnel_of(numerator, denominator, RATE)
    if numerator.sum():
        assert funnel.factor == pytest.approx(slow_factor(numerator, denominator), rel=1e-9)
    else:
        assert funnel is None


def test_chance_alone_gives_a_factor_below_one_and_limits_that_hold_what_they_say() -> None:
    # With the outer tenths brought in a normal curve's mean square is 0.679, so limits stay as they are.
    rng = np.random.default_rng(3)
    sizes = rng.uniform(20_000, 200_000, 20_000)
    funnel = funnel_of(rng.poisson(sizes * 0.004).astype(float), sizes, RATE)
    assert funnel.factor == pytest.approx(0.679, abs=0.02)
    assert funnel.wider == 1
    assert (funnel.side(WARNING) != 0).mean() == pytest.approx(0.05, abs=0.006)
    assert (funnel.side(ALARM) != 0).mean() == pytest.approx(0.002, abs=0.0015)


def test_figures_that_scatter_more_have_limits_as_much_wider() -> None:
    rng = np.random.default_rng(4)
    sizes = rng.uniform(20_000, 200_000, 4000)
    # A negative binomial with three times the variance of a Poisson, at every size.
    counts = rng.negative_binomial(sizes * 0.004 / 2, 1 / 3).astype(float)
    funnel = funnel_of(counts, sizes, RATE)
    assert funnel.factor == pytest.approx(3 * 0.679, rel=0.06)
    at = np.array([50_000.0])
    for plain, wide in zip(funnel.limits(at, ALARM), funnel.limits(at, ALARM, widened=True), strict=True):
        assert abs(wide[0] - funnel.middle) == pytest.approx(math.sqrt(funnel.factor) * abs(plain[0] - funnel.middle))
    assert (funnel.side(ALARM, widened=True) != 0).sum() < (funnel.side(ALARM) != 0).sum()


def test_limits_never_pass_what_can_be() -> None:
    numerator = np.array([0.0, 5] * 6)
    for unit, most in ((SHARE, 100), (RATE, np.inf)):
        funnel = funnel_of(numerator, np.full(12, 5.0), unit)
        low, high = funnel.limits(np.array([1.0, 5.0]), ALARM, widened=True)
        assert (low >= 0).all() and (high <= most).all() and (low <= high).all()


@pytest.mark.parametrize(
    ("numerator", "denominator", "unit"),
    [
        pytest.param([5.0] * 9, [100.0] * 9, SHARE, id="nine authorities are too few"),
        pytest.param([5.0] * 12, [100.0] * 12, "cases per worker", id="nothing is counted"),
        pytest.param([np.nan] * 12, [100.0] * 12, SHARE, id="no counts held"),
        pytest.param([0.0] * 12, [100.0] * 12, SHARE, id="nobody at all"),
        pytest.param([100.0] * 12, [100.0] * 12, SHARE, id="everybody"),
        pytest.param([5.0] * 12, [0.0] * 12, SHARE, id="out of nobody"),
    ],
)
def test_where_there_is_nothing_to_tell_there_is_no_funnel(numerator, denominator, unit) -> None:
    assert funnel_of(np.array(numerator), np.array(denominator), unit) is None


def test_an_authority_without_counts_has_no_side() -> None:
    numerator, denominator = np.full(12, 40.0), np.full(12, 10_000.0)
    numerator[3], denominator[4], numerator[5] = np.nan, np.nan, 90.0
    side = funnel_of(numerator, denominator, RATE).side(ALARM)
    assert side.tolist() == [0, 0, 0, 0, 0, 1] + [0] * 6
