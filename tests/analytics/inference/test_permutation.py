"""Placebos, p, and the interval by inversion: against enumeration by hand and a count of one effect at a time."""

import itertools

import numpy as np
import pytest

from analytics.estimators import Sample, Slots, prepared
from analytics.inference.permutation import (
    MATCHED_POOL,
    PlaceboEstimates,
    interval,
    p_values,
    placebo_estimates,
    placebos,
)
from tests.analytics import brute_force

YEARS = np.arange(2013, 2020)


def panel(
    n: int, treated: list[int], starts: list[int], *, seed: int = 1, effect: float = 0.0
) -> tuple[Sample, np.ndarray]:
    rng = np.random.default_rng(seed)
    values = 40 + rng.normal(0, 6, (n, 1)) + rng.normal(0, 3, (n, len(YEARS)))
    for row, start in zip(treated, starts, strict=True):
        values[row, start <= YEARS] += effect
    slots = Slots(np.array(starts), np.array(starts))
    sample = Sample(values[None], np.ones(values.shape, bool), YEARS, np.ones(n), slots, np.array(treated))
    size = rng.uniform(8e3, 3e5, n)
    both = np.concatenate([sample.values, sample.exposure[None]])
    return Sample(both, sample.observed, YEARS, sample.weights, slots, sample.treated), size


@pytest.mark.parametrize("matched", [False, True])
@pytest.mark.parametrize("name,twin", [("imputation", brute_force.imputation), ("two_way", brute_force.two_way)])
def test_enumerated_p_and_spread_equal_a_loop(name, twin, matched):
    sample, size = panel(9, [2, 6], [2016, 2017])
    chance = placebos(size, sample.treated, sample.slots, matched=matched, draws=99, seed=1)
    found = placebo_estimates(prepared(name, sample), sample.treated, chance)
    pairs = list(itertools.permutations(range(9), 2))
    loop = np.array(
        [
            twin(
                sample.values[0], sample.observed, YEARS, sample.weights, who, sample.slots.start, sample.slots.exposed
            )
            for who in pairs
        ]
    )
    real = loop[pairs.index((2, 6))]
    assert chance.enumerated and len(chance.assignments) == len(pairs)
    assert found.real[0] == pytest.approx(real, abs=1e-12 * 40)
    assert p_values(found)[0] == (np.abs(loop) >= abs(real) * (1 - 1e-9)).mean()
    assert found.spread[0] == pytest.approx(np.delete(loop, pairs.index((2, 6))).std(ddof=1), rel=1e-12)


def test_all_draws_follow_the_stated_stream():
    sample, size = panel(30, [1, 4, 9, 20], [2015, 2015, 2016, 2017])
    chance = placebos(size, sample.treated, sample.slots, matched=False, draws=500, seed=7)
    stated = np.random.default_rng(7).random((500, 30)).argsort(1, kind="stable")[:, :4]
    np.testing.assert_array_equal(chance.assignments, stated)
    assert not chance.enumerated and chance.smallest_p == 1 / 501


def test_size_matched_draws_stay_among_the_nearest_in_size_and_follow_the_stated_stream():
    sample, size = panel(150, [0, 50, 100, 149], [2015, 2015, 2016, 2017], seed=3)
    chance = placebos(size, sample.treated, sample.slots, matched=True, draws=400, seed=2)
    order = np.lexsort([np.arange(150), size])
    rng, rows = np.random.default_rng(2), []
    while len(rows) < 400:
        picks = rng.integers(0, 41, (400, 4))
        for pick in picks:
            low = [min(max(int(np.flatnonzero(order == r)[0]) - 20, 0), 150 - 41) for r in (0, 50, 100, 149)]
            who = [order[a + p] for a, p in zip(low, pick, strict=True)]
            if len(set(who)) == 4:
                rows.append(who)
    np.testing.assert_array_equal(chance.assignments, rows[:400])


def test_one_adopter_has_as_many_placebos_as_the_matched_pool():
    sample, size = panel(150, [30], [2016])
    chance = placebos(size, sample.treated, sample.slots, matched=True, draws=9999, seed=1)
    assert len(chance.assignments) == MATCHED_POOL and chance.smallest_p == 1 / MATCHED_POOL
    everyone = placebos(size, sample.treated, sample.slots, matched=False, draws=9999, seed=1)
    assert everyone.smallest_p == 1 / 150


def test_swapping_adopters_of_the_same_years_counts_as_the_real_assignment():
    sample, size = panel(9, [2, 6], [2016, 2016])
    chance = placebos(size, sample.treated, sample.slots, matched=False, draws=99, seed=1)
    assert chance.real.sum() == 2 and chance.smallest_p == 2 / 72


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("effect", [0.0, -9.0])
@pytest.mark.parametrize("treated,starts", [([3], [2016]), ([1, 5], [2015, 2017]), ([0, 4, 8], [2015, 2016, 2016])])
def test_interval_holds_exactly_the_effects_that_a_count_accepts(seed, effect, treated, starts):
    sample, size = panel(24, treated, starts, seed=seed, effect=effect)
    chance = placebos(size, sample.treated, sample.slots, matched=False, draws=199, seed=seed)
    found = placebo_estimates(prepared("imputation", sample), sample.treated, chance)
    real, placebo, response = found.real[0], found.placebo[0], found.response
    low, high = interval(real, placebo, response, enumerated=found.enumerated, level=0.90)
    assert low <= real <= high

    def p_at(x):
        return brute_force.accepted(x, real, placebo, response, found.enumerated)

    step = 1e-7 * (high - low)
    assert p_at(low + step) > 0.10 and p_at(high - step) > 0.10
    for beyond in np.linspace(1e-6, 3, 40) * (high - low):
        assert p_at(low - beyond) <= 0.10 and p_at(high + beyond) <= 0.10


def test_no_interval_where_the_smallest_p_is_above_the_level():
    sample, size = panel(15, [3], [2016])
    chance = placebos(size, sample.treated, sample.slots, matched=False, draws=99, seed=1)
    found = placebo_estimates(prepared("imputation", sample), sample.treated, chance)
    assert found.smallest_p == 1 / 15
    assert interval(found.real[0], found.placebo[0], found.response, enumerated=True, level=0.95) is None


def test_the_interval_is_consistent_with_p_at_zero():
    for seed in range(30):
        sample, size = panel(40, [3, 9], [2016, 2017], seed=seed, effect=-3.0)
        chance = placebos(size, sample.treated, sample.slots, matched=False, draws=999, seed=seed)
        found = placebo_estimates(prepared("imputation", sample), sample.treated, chance)
        low, high = interval(found.real[0], found.placebo[0], found.response, enumerated=True, level=0.95)
        if p_values(found)[0] > 0.05:
            assert low <= 0 <= high


def test_placebos_without_figures_are_struck_and_counted():
    sample, size = panel(10, [3], [2016])
    observed = sample.observed.copy()
    observed[7, YEARS >= 2016] = False
    holed = Sample(sample.values, observed, YEARS, sample.weights, sample.slots, sample.treated)
    chance = placebos(size, holed.treated, holed.slots, matched=False, draws=99, seed=1)
    found = placebo_estimates(prepared("imputation", holed), holed.treated, chance)
    assert found.struck == 1 and found.placebo.shape[1] == 9 and found.smallest_p == 1 / 9


def test_rejects_a_true_null_about_as_often_as_it_says():
    # 400 panels without an effect, one adopter of 40: exact by symmetry, so 2 of 40 = 5%; Monte Carlo sd 1.1 points.
    rejected = 0
    for seed in range(400):
        sample, size = panel(40, [seed % 40], [2016], seed=1000 + seed)
        chance = placebos(size, sample.treated, sample.slots, matched=False, draws=99, seed=1)
        rejected += p_values(placebo_estimates(prepared("two_by_two", sample), sample.treated, chance))[0] <= 0.05
    assert 0.015 < rejected / 400 < 0.085


def test_p_by_hand():
    estimates = PlaceboEstimates(
        np.array([2.0]), np.array([[1.0, -2.0, 3.0, 0.5]]), np.zeros(4), np.zeros(4, bool), False, 0
    )
    assert p_values(estimates)[0] == 3 / 5  # itself, -2 and 3


@pytest.mark.parametrize("seed", range(60))
def test_interval_with_every_kind_of_response_equals_a_count(seed):
    # Responses of 1 and -1 make half-lines, beyond 1 the outside of an interval: rare in real panels, so made here.
    rng = np.random.default_rng(seed)
    real = rng.normal(0, 3)
    placebo, response = rng.normal(0, 2, 60), rng.uniform(-0.9, 0.9, 60)
    response[:6] = rng.choice([1.0, -1.0, 1.0 + 0.3 * rng.random(), -1.2], 6)
    placebo[0], response[0] = real, 1.0
    for level in (0.7, 0.9, 0.99):
        found = interval(real, placebo, response, enumerated=True, level=level)

        def p_at(x, level=level):
            return brute_force.accepted(x, real, placebo, response, True) > (1 - level) * (1 + 1e-12)

        if p_at(-1e7) or p_at(1e7):
            assert found is None
            continue
        ends = np.concatenate([(placebo - real) / (response - 1 + 1e-300), (placebo + real) / (response + 1 + 1e-300)])
        ends = np.unique(ends[np.isfinite(ends) & (np.abs(ends) < 1e6)])
        probes = np.unique(np.concatenate([ends, (ends[1:] + ends[:-1]) / 2]))
        accepted = [x for x in probes if p_at(x)]
        assert found[0] <= min(accepted) + 1e-9 and found[1] >= max(accepted) - 1e-9
        gap = np.diff(ends).min() / 4
        assert found[0] >= min(accepted) - max(gap, 1e-6) and found[1] <= max(accepted) + max(gap, 1e-6)


@pytest.mark.parametrize("most,count,all_taken", [(90, 90, True), (89, 50, False)])
def test_up_to_how_many_are_all_taken(most, count, all_taken):
    # Two slots among ten authorities: 10 x 9 ways.
    slots = Slots(np.array([2016, 2017]), np.array([2016, 2017]))
    found = placebos(np.arange(10.0), np.array([0, 1]), slots, matched=False, draws=50, seed=1, most=most)
    assert (len(found.assignments), found.enumerated) == (count, all_taken)
