"""Intervals under a bounded bend: closed forms, an optimiser that shares nothing with ours, and the three results."""

import numpy as np
import pytest
from scipy import optimize, stats

from analytics.checks.smoothness import (
    bends_before,
    bounds_of,
    breakdown,
    folded_normal_point,
    path_of_weights,
    placebo_covariance,
    smoothness,
)
from analytics.inference.permutation import PlaceboEstimates

TIMES = np.array([-5, -4, -3, -2, -1, 0, 1, 2])
AVERAGE = np.where(TIMES >= 0, 1 / 3, 0.0)


def covariance_of(times=TIMES, seed=1) -> np.ndarray:
    """An autoregressive covariance, its mean before adoption taken off, as the imputation event study gives."""
    noise = 4 * 0.6 ** np.abs(np.subtract.outer(times, times)) + np.diag(
        np.random.default_rng(seed).uniform(0.5, 2, len(times))
    )
    off = np.eye(len(times)) - (times < 0) / (times < 0).sum()
    return off @ noise @ off.T


def twin_half_length(covariance, times, weights, bend, level=0.95) -> float:
    """Least half-length by a general optimiser; worst bias by a linear programme over paths of the difference in trend."""
    before = times < 0
    every = np.arange(times[0], times[-1] + 1)
    second = np.array(
        [np.where(every == e - 1, 1, 0) + np.where(every == e + 1, 1, 0) - 2 * (every == e) for e in every[1:-1]]
    )

    def half(free: np.ndarray) -> float:
        v = weights.copy()
        v[before] = free
        # Level and slope must vanish, which settles the two earliest years.
        others = np.arange(len(times)) > 1
        v[:2] = np.linalg.solve([[1, 1], times[:2]], [-v[others].sum(), -(v * times)[others].sum()])
        coefficient = np.array([v[times == e].sum() for e in every])
        fixed = [(0.0, 0.0) if e in times[:2] else (None, None) for e in every]
        found = optimize.linprog(
            -coefficient, np.vstack([second, -second]), np.full(2 * len(second), bend), bounds=fixed, method="highs"
        )
        sd = np.sqrt(v @ covariance @ v)
        return sd * np.sqrt(stats.ncx2.ppf(level, 1, (-found.fun / sd) ** 2))

    start = np.zeros(before.sum())
    best = optimize.minimize(half, start, method="Powell", options={"xtol": 1e-7, "ftol": 1e-12, "maxiter": 60})
    again = optimize.minimize(
        half, best.x, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 400}
    )
    return float(again.fun)


def test_the_point_of_the_folded_normal():
    shift = np.array([0, 0.3, 1, 3, 12.0])
    expected = [np.sqrt(stats.ncx2.ppf(0.95, 1, t**2)) for t in shift]
    np.testing.assert_allclose(folded_normal_point(shift, 0.95), expected, rtol=1e-9)
    assert folded_normal_point(np.zeros(1), 0.95)[0] == pytest.approx(stats.norm.ppf(0.975), abs=1e-12)


@pytest.mark.parametrize("bend", [0.0, 0.4, 3.0])
@pytest.mark.parametrize(
    "times",
    [
        pytest.param(np.array([-4, -3, -2, -1, 0, 1]), id="every year"),
        pytest.param(np.array([-5, -4, -3, -2, 0, 1]), id="a year of transition"),
        pytest.param(np.array([-5, -4, -2, -1, 0, 2]), id="years without a figure"),
    ],
)
def test_no_other_weighting_gives_a_shorter_interval(times, bend):
    weights, covariance = np.where(times >= 0, 0.5, 0.0), covariance_of(times)
    found = bounds_of(path_of_weights(covariance, times, weights), np.zeros(len(times)), np.array([bend]), 0.95)
    assert found.high[0] == pytest.approx(twin_half_length(covariance, times, weights, bend), rel=2e-4)
    assert found.low[0] == pytest.approx(-found.high[0])


def test_a_straight_line_is_taken_off_whole_and_a_bend_as_far_as_said():
    path = path_of_weights(covariance_of(), TIMES, AVERAGE)
    line = 7.0 + 2.5 * TIMES
    np.testing.assert_allclose(path.weights @ line, 0, atol=1e-10)
    # The slope changes by 1 in every year, one way and then the other, or one way throughout.
    for bends in (np.ones(7), -np.ones(7), np.array([1, 1, 1, -1, -1, 1, 1])):
        bent = np.concatenate([[0], np.cumsum(np.cumsum(bends))])
        assert (np.abs(path.weights @ bent) <= path.bias + 1e-9).all()
    assert (np.diff(path.bias) <= 1e-9).all() and (np.diff(path.sd) >= -1e-9).all()


def test_two_years_before_leave_one_weighting():
    # Only the line through both can be taken off: b(0) - b(-1) - (b(-1) - b(-2)).
    times, weights = np.array([-2, -1, 0]), np.array([0, 0, 1.0])
    path = path_of_weights(np.eye(3), times, weights)
    np.testing.assert_allclose(path.weights, [[1, -2, 1]])
    found = bounds_of(path, np.array([0, 1, 9.0]), np.array([0, 2.0]), 0.95)
    assert found.low[0] == pytest.approx(7 - 1.959964 * np.sqrt(6), abs=1e-5)
    assert path.bias == pytest.approx(1.0)


def test_the_breakdown_is_where_the_interval_first_touches_zero():
    path = path_of_weights(covariance_of() / 100, TIMES, AVERAGE)
    effect = np.where(TIMES >= 0, 5.0, 0.0)
    value = breakdown(path, effect, 0.95)
    near = bounds_of(path, effect, value * np.array([0.5, 0.999, 1.001]), 0.95)
    assert near.excludes_zero.tolist() == [True, True, False]
    assert breakdown(path, -effect, 0.95) == pytest.approx(value)
    assert breakdown(path, 0 * effect, 0.95) == 0


def test_scaling_the_outcome_scales_bend_and_interval():
    covariance, estimates = covariance_of(), np.array([0.3, -0.2, 0.1, -0.3, 0.1, 4, 5, 6])
    one = bounds_of(path_of_weights(covariance, TIMES, AVERAGE), estimates, np.array([0.5]), 0.95)
    ten = bounds_of(path_of_weights(covariance * 100, TIMES, AVERAGE), estimates * 10, np.array([5.0]), 0.95)
    assert ten.low[0] == pytest.approx(10 * one.low[0]) and ten.high[0] == pytest.approx(10 * one.high[0])


def test_bends_before_by_hand():
    # Slopes 1, 3 (a year each), then 2 over two years: bends 2 over one year, and -1 over a year and a half.
    found = bends_before(np.array([0.0, 1, 4, 8, 99]), np.array([-6, -5, -4, -2, 0]))
    np.testing.assert_allclose(found, [2.0, -1 / 1.5])


def gaps(real, spread=1.0, draws=2000, times=TIMES) -> PlaceboEstimates:
    noise = np.random.default_rng(3).normal(0, spread, (len(times), draws))
    noise -= noise[times < 0].mean(0)
    return PlaceboEstimates(np.array(real, float), noise, np.zeros(draws), np.zeros(draws, bool), False, 0)


@pytest.mark.parametrize(
    "real,spread,result,words",
    [
        pytest.param([0, 0.1, 0, -0.1, 0, 9, 9, 9], 0.1, "held", "would survive", id="flat, then a clear step"),
        pytest.param([-2, -1, 0, 1, 2, 3, 4, 5], 0.1, "failed", "0.0 is left", id="a line that runs on"),
        pytest.param([0.5, -1, 1, -1, 0.5, 5, 5, 5], 2.2, "cannot_tell", "anywhere between", id="a line, too wide"),
        pytest.param([2, -2, 2, -2, 0, 6, 6, 6], 0.4, "cannot_tell", "but the bends seen", id="it bent as much before"),
        pytest.param([0, 0, 0, 0, 0, 0.2, 0.2, 0.2], 1.0, "cannot_tell", "No effect", id="nothing found to undo"),
    ],
)
def test_smoothness(real, spread, result, words):
    found = smoothness(gaps(real, spread), TIMES, AVERAGE, decimals=1, unit="points")
    assert found.verdict == result and words in found.sentence and found.bears_on_verdict
    survived = found.table.set_index("note").loc["largest survived"]
    assert (found.table[found.table.bend_a_year < survived.bend_a_year].excludes_zero).all()
    assert not found.table[found.table.bend_a_year > survived.bend_a_year * 1.001].excludes_zero.any()


def test_smoothness_needs_three_years_before():
    times = np.array([-2, -1, 0])
    found = smoothness(gaps([0, 0, 9], times=times), times, np.array([0, 0, 1.0]), decimals=1, unit="points")
    assert found.verdict == "cannot_tell" and "Only 2 years" in found.sentence


@pytest.mark.parametrize("draws,spread", [(39, 1.0), (400, 0.0)])
def test_smoothness_with_placebos_too_few_or_all_alike_cannot_tell(draws, spread):
    found = smoothness(gaps([0] * 5 + [9] * 3, spread, draws), TIMES, AVERAGE, decimals=1, unit="points")
    assert found.verdict == "cannot_tell" and "Too few other authorities" in found.sentence


def test_placebos_lacking_a_year_are_struck_and_the_real_one_left_out():
    one = gaps([0] * 8, draws=60)
    one.placebo[0, 0] = np.nan
    real = np.zeros(60, bool)
    real[1] = True
    enumerated = PlaceboEstimates(one.real, one.placebo, one.response, real, True, 0)
    np.testing.assert_allclose(placebo_covariance(enumerated), np.cov(one.placebo[:, 2:]))
