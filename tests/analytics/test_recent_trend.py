"""The five-point trend test against R, a slow twin and plain cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analytics.recent_trend import LEVEL, recent_trend

YEARS = np.arange(2019, 2026)


def test_a_share_is_tested_as_by_r():
    """R 4: prop.trend.test(c(83, 90, 129, 70, 60), c(86, 93, 136, 82, 75)), X-squared 20.229, p 6.872e-06."""
    found = recent_trend(YEARS[:5], [83, 90, 129, 70, 60], [86, 93, 136, 82, 75], "%")
    assert found.p == pytest.approx(6.872e-06, rel=1e-4)
    assert stats.chi2.isf(found.p, 1) == pytest.approx(20.229, abs=5e-4)
    assert found.direction == "falling"


def brute_rate_trend(count, children):
    """Score test of slope 0 in a Poisson regression on the year, with the information worked out by hand."""
    count, children, x = (np.asarray(a, dtype=float) for a in (count, children, np.arange(len(count))))
    fitted = children * count.sum() / children.sum()
    score = sum(xi * (c - f) for xi, c, f in zip(x, count, fitted, strict=True))
    mean = sum(f * xi for f, xi in zip(fitted, x, strict=True)) / fitted.sum()
    information = sum(f * (xi - mean) ** 2 for f, xi in zip(fitted, x, strict=True))
    return score**2 / information


def test_a_rate_is_tested_by_counts_over_children():
    count, children = [300, 310, 330, 360, 372], [74_000, 74_200, 74_500, 74_400, 75_000]
    found = recent_trend(YEARS[:5], count, children, "per 10,000 children")
    assert found.p == pytest.approx(stats.chi2.sf(brute_rate_trend(count, children), 1), rel=1e-9)
    assert (found.direction, found.years) == ("rising", (2019, 2023))


def test_only_the_five_newest_years_count():
    count = [900, 800, 300, 310, 305, 299, 303]
    found = recent_trend(YEARS, count, [70_000] * 7, "per 10,000 children")
    assert (found.direction, found.years) == ("no_clear_trend", (2021, 2025))


@pytest.mark.parametrize(
    ("count", "children"),
    [
        pytest.param([1, 2, 3, 4], [10] * 4, id="four years"),
        pytest.param([1, 2, np.nan, 4, 5], [10] * 5, id="one not printed"),
        pytest.param([0, 0, 0, 0, 0], [10, 10, 0, 10, 10], id="nobody to count over"),
    ],
)
def test_what_cannot_be_told_says_why(count, children):
    found = recent_trend(YEARS[: len(count)], count, children, "%")
    assert found.direction == "cannot_tell"
    assert found.reason


@pytest.mark.parametrize("unit", ["%", "per 10,000 children"])
@pytest.mark.parametrize("count", [[0] * 5, [10] * 5])
def test_no_change_at_all_is_no_trend(unit, count):
    assert recent_trend(YEARS[:5], count, [10] * 5, unit).direction == "no_clear_trend"


def test_a_true_null_is_seldom_called_a_trend():
    rng = np.random.default_rng(5)
    called = [
        recent_trend(YEARS[:5], rng.poisson(200, 5), [50_000] * 5, "per 10,000 children").direction != "no_clear_trend"
        for _ in range(2000)
    ]
    assert np.mean(called) < 3 * (1 - LEVEL)  # .002 expected, of 2,000
