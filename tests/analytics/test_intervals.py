"""Intervals against other packages, published examples and their own definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analytics.intervals import EXACT_BELOW, byar, countable, interval_of, per_of, wilson


@pytest.mark.parametrize(
    ("part", "whole"),
    [(54, 433), (0, 20), (20, 20), (1, 3), (150, 151)],
    ids=["usual", "none", "all", "tiny", "nearly all"],
)
def test_wilson_is_that_of_statsmodels(part, whole):
    low, high = wilson(part, whole)
    assert (float(low), float(high)) == pytest.approx(proportion_confint(part, whole, method="wilson"), abs=1e-12)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Exact limits for a Poisson count of 5, to three places: Ulm 1990, and every table since Garwood 1936.
    [pytest.param(5, 1.623, 11.668, id="exact below ten"), pytest.param(0, 0.0, 3.689, id="none counted")],
)
def test_few_counted_have_exact_limits(count, low, high):
    ends = byar(count)
    assert (float(ends[0]), float(ends[1])) == pytest.approx((low, high), abs=5e-4)


@given(st.integers(EXACT_BELOW, 5000))
def test_byar_is_close_to_the_exact_limits(count):
    """Within half a hundredth of the exact limits' distance: Breslow and Day call it remarkably accurate."""
    low, high = (float(end) for end in byar(count))
    exact = stats.chi2.ppf(0.025, 2 * count) / 2, stats.chi2.ppf(0.975, 2 * (count + 1)) / 2
    assert (low, high) == pytest.approx(exact, abs=0.005 * (exact[1] - exact[0]))


def test_what_is_missing_has_no_interval():
    for ends in (byar([np.nan]), wilson([np.nan, 3, 5], [10, 0, 4])):
        assert all(np.isnan(end).all() for end in ends)


def test_a_figure_lies_in_its_interval_in_its_own_unit():
    low, high = interval_of("per 10,000 children", [329.0, np.nan], [75_001.0, 100.0])
    assert low[0] < 329 / 7.5001 < high[0]
    assert np.isnan([low[1], high[1]]).all()
    low, high = interval_of("%", [53.0], [358.0])
    assert low[0] < 5300 / 358 < high[0]


def test_a_unit_that_is_no_count_has_no_interval():
    assert np.isnan(per_of("cases per worker"))
    low, high = interval_of("cases per worker", [2269.0], [149.5])
    assert np.isnan([low, high]).all()


def test_counts_that_do_not_give_the_figure_are_not_used():
    """A source may print a figure over another denominator than the one beside it."""
    value, part, whole = (
        np.array([14.8, 14.8, 14.8, np.nan]),
        np.array([53.0, 53, 90, 1]),
        np.array([358.0, 300, 80, 2]),
    )
    assert countable(value, part, whole, "%").tolist() == [True, False, False, False]


@given(st.integers(1, 400), st.integers(0, 400), st.floats(0.5, 0.999))
def test_a_wider_level_holds_the_narrower_one(whole, part, level):
    part = min(part, whole)
    inner, outer = wilson(part, whole, level - 0.3), wilson(part, whole, level)
    assert outer[0] <= inner[0] + 1e-12
    assert inner[1] <= outer[1] + 1e-12
