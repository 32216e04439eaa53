"""Each check's three results, on figures that can be followed by hand."""

import numpy as np
import pandas as pd
import pytest

from analytics.checks.contaminated import contaminated_comparators
from analytics.checks.pre_trends import pre_trends, slopes
from analytics.checks.suppression import suppression
from analytics.comparators import Use
from analytics.inference.permutation import PlaceboEstimates

TIMES = np.array([-4.0, -3, -2, -1, 0, 1])
BEFORE = TIMES < 0


def gaps(real, spread: float, draws: int = 400) -> PlaceboEstimates:
    noise = np.random.default_rng(1).normal(0, spread, (6, draws))
    return PlaceboEstimates(np.array(real, float), noise, np.zeros(draws), np.zeros(draws, bool), False, 0)


@pytest.mark.parametrize(
    "real,spread,result",
    [
        pytest.param([0, 5, 10, 15, 20, 20], 1.0, "failed", id="a steady drift far beyond chance"),
        pytest.param([0.1, -0.1, 0.1, -0.1, 3, 3], 0.3, "held", id="flat, and a drift that matters would show"),
        pytest.param([1, -1, 1, -1, 3, 3], 9.0, "cannot_tell", id="flat, but chance could hide a drift"),
    ],
)
def test_pre_trends(real, spread, result):
    found = pre_trends(gaps(real, spread), TIMES, BEFORE, effect=3.0, smallest_effect=5.0, decimals=1, unit="points")
    assert found.verdict == result


def test_pre_trends_needs_three_years():
    found = pre_trends(gaps([0] * 6, 1), TIMES, TIMES < -2, effect=1, smallest_effect=1, decimals=1, unit="points")
    assert found.verdict == "cannot_tell" and "2 years before" in found.sentence


def test_slope_by_hand():
    assert slopes(np.array([1.0, 3.0, 5.0]), np.array([-3.0, -2.0, -1.0])) == pytest.approx(2.0)


def test_drift_that_could_be_missed_is_2_8_spreads_over_the_distance_in_years():
    estimates = gaps([0] * 6, 1.0)
    found = pre_trends(estimates, TIMES, BEFORE, effect=3.0, smallest_effect=5.0, decimals=1, unit="points")
    spread = slopes(estimates.placebo[BEFORE].T, TIMES[BEFORE]).std(ddof=1)
    # Years after average 0.5, years before -2.5: three years apart.
    assert found.table.drift_that_could_be_missed[0] == pytest.approx(2.8 * spread * 3)


@pytest.mark.parametrize("hidden,result", [(0, "held"), (2, "held"), (3, "failed")])
def test_suppression_counts_the_adopters_cells_only(hidden, result):
    mine = ["suppressed"] * hidden + ["ok"] * (20 - hidden)
    statuses = pd.DataFrame({"group": ["Adopters"] * 20 + ["Comparators"] * 10, "status": mine + ["suppressed"] * 10})
    assert suppression(statuses).verdict == result


USE = Use("Model M", 100, (), 10, 140, None, 150, 20)


@pytest.mark.parametrize(
    "change,result,words",
    [
        pytest.param({}, "held", "None of the 100 comparators", id="nobody said to use it"),
        pytest.param({"recorded_comparators": ("Ashmere",)}, "failed", "Ashmere", id="a comparator is a recorded user"),
        pytest.param({"recorded_untreated": 36}, "failed", "26%", id="over a quarter recorded"),
        pytest.param({"said_share": 2 / 3}, "cannot_tell", "62% of the comparators", id="said to be widely used"),
        pytest.param({"said_share": 0.1}, "held", "None of the 100", id="the register knows of more than is said"),
    ],
)
def test_contaminated_comparators(change, result, words):
    found = contaminated_comparators(Use(**(vars(USE) | change)))
    assert found.verdict == result and words in found.sentence


def test_pre_trends_with_too_few_placebos_cannot_tell():
    few = gaps([0, 1, 2, 3, 3, 3], 1.0, draws=19)
    found = pre_trends(few, TIMES, BEFORE, effect=3.0, smallest_effect=5.0, decimals=1, unit="points")
    assert found.verdict == "cannot_tell" and "Too few other authorities" in found.sentence
