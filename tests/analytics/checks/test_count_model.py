"""The rate ratio by hand, beside a generalised linear model with dummies, and where there is none to find."""

import numpy as np
import pytest
import statsmodels.api as sm

from analytics.checks.count_model import count_fit, count_model
from analytics.estimators import Sample, Slots

YEARS = np.arange(2014, 2018)
ALL = np.ones((2, 2), bool)
EXPOSED = np.array([[0.0, 1.0], [0.0, 0.0]])


def test_two_authorities_two_years_by_hand():
    # 10 to 30 against 20 to 40, the same children throughout: the ratio of ratios is 3 / 2, fitted exactly.
    fit = count_fit(np.array([[10.0, 30], [20, 40]]), np.full((2, 2), 1000.0), ALL, EXPOSED)
    assert fit.rate_ratio == pytest.approx(1.5, abs=1e-10) and fit.cells == 4


def test_denominators_count():
    # The adopter has twice the children in the second year, so its rate rose by 1.5 and not by 3.
    fit = count_fit(np.array([[10.0, 30], [20, 40]]), np.array([[1000.0, 2000], [1000, 1000]]), ALL, EXPOSED)
    assert fit.rate_ratio == pytest.approx(0.75, abs=1e-10)


def random_counts(seed: int, zeros: bool):
    rng = np.random.default_rng(seed)
    n, t = 14, 6
    denominators = rng.uniform(500, 9000, (n, 1)) * rng.uniform(0.9, 1.1, (n, t))
    exposed = np.zeros((n, t))
    exposed[1, 3:], exposed[4, 2:], exposed[8, 4:] = 1, 1, 1
    rate = np.exp(rng.normal(-7 if zeros else -4, 0.5, (n, 1)) + rng.normal(0, 0.2, t) + 0.4 * exposed)
    return rng.poisson(denominators * rate).astype(float), denominators, rng.random((n, t)) < 0.9, exposed


@pytest.mark.parametrize("seed,zeros", [(1, False), (2, False), (3, True), (4, True)])
def test_it_is_the_poisson_model_with_dummies(seed, zeros):
    counts, denominators, used, exposed = random_counts(seed, zeros)
    kept = used & ((counts * used).sum(1) > 0)[:, None] & ((counts * used).sum(0) > 0)
    i, t = np.nonzero(kept)
    dummies = [i[:, None] == np.unique(i), t[:, None] == np.unique(t)[1:], exposed[kept][:, None]]
    theirs = sm.GLM(
        counts[kept], np.hstack(dummies).astype(float), sm.families.Poisson(), offset=np.log(denominators[kept])
    ).fit(maxiter=200, tol=1e-13)
    fit = count_fit(counts, denominators, used, exposed)
    assert fit.log_ratio == pytest.approx(theirs.params[-1], abs=1e-8)
    assert fit.dispersion == pytest.approx(theirs.pearson_chi2 / theirs.df_resid, rel=1e-7)


def test_relabelled_rescaled_the_ratio_stays():
    counts, denominators, used, exposed = random_counts(1, False)
    order = np.random.default_rng(0).permutation(len(counts))
    one = count_fit(counts, denominators, used, exposed)
    other = count_fit(3 * counts[order], 7 * denominators[order], used[order], exposed[order])
    assert other.log_ratio == pytest.approx(one.log_ratio, abs=1e-10)
    assert other.dispersion == pytest.approx(3 * one.dispersion)


@pytest.mark.parametrize(
    "counts,used,exposed",
    [
        pytest.param([[10, 0], [20, 40]], ALL, EXPOSED, id="none after: the ratio is 0"),
        pytest.param([[0, 10], [20, 40]], ALL, EXPOSED, id="none before: the ratio is infinite"),
        pytest.param([[0, 0], [20, 40]], ALL, EXPOSED, id="the adopter has none at all"),
        pytest.param([[10, 30], [0, 0]], ALL, EXPOSED, id="the comparator has none: the year and the ratio are one"),
        pytest.param([[10, 30], [20, 0]], ALL, EXPOSED, id="the comparator has none after: the year runs away"),
        pytest.param([[10, 30], [20, 40]], ALL, [[0, 1], [0, 1]], id="all exposed at once: nobody to compare with"),
        pytest.param([[0, 0], [0, 0]], ALL, EXPOSED, id="no child anywhere"),
        pytest.param([[10, 30], [20, 40]], [[0, 1], [1, 1]], EXPOSED, id="no figure before"),
    ],
)
def test_no_ratio_to_find(counts, used, exposed):
    used = np.array(used, bool)
    assert count_fit(np.array(counts, float), np.full((2, 2), 1000.0), used, np.array(exposed, float)) is None


def sample_of(counts, *, start=2016, exposed=2016) -> Sample:
    counts = np.array(counts, float)
    return Sample(
        counts[None],
        np.ones(counts.shape, bool),
        YEARS,
        np.ones(len(counts)),
        Slots(np.array([start]), np.array([exposed])),
        np.array([0]),
    )


# The adopter doubles, the comparators stay: 100% more, so 20 more on a mean of 20.
DOUBLED = [[20, 20, 40, 40], [30, 30, 30, 30], [50, 50, 50, 50]]
CHILDREN = np.full((3, 4), 10_000.0)
WORDS = {"decimals": 1, "unit": "per 10,000 children", "pre_mean": 20.0}


@pytest.mark.parametrize(
    "effect,interval,result,words",
    [
        pytest.param(15.0, (5, 25), "held", "its interval holds both", id="in the interval"),
        pytest.param(-1.0, (-25, 25), "held", "its interval holds both", id="another sign, but in the interval"),
        pytest.param(5.0, (2, 8), "held", "the same direction", id="larger, but the same direction"),
        pytest.param(5.0, None, "held", "the same direction", id="no interval"),
        pytest.param(-5.0, (-8, -2), "failed", "disagree in direction", id="the other way"),
    ],
)
def test_count_model(effect, interval, result, words):
    found = count_model(
        sample_of(DOUBLED), np.array(DOUBLED, float), CHILDREN, effect=effect, interval=interval, **WORDS
    )
    assert found.verdict == result and words in found.sentence and "100% higher" in found.sentence
    assert found.table.change[0] == pytest.approx(20.0) and found.table.percent_change[0] == pytest.approx(100)
    assert not found.bears_on_verdict


def test_transition_years_are_left_out_and_so_are_those_not_compared():
    counts = np.array([[20, 999, 40, 40], [30, 30, 30, 30], [50, 50, 500, 50]], float)
    found = count_model(
        sample_of(counts, start=2015),
        counts,
        CHILDREN,
        effect=20.0,
        interval=None,
        compared=np.array([False, True, False]),
        **WORDS,
    )
    assert found.table.change[0] == pytest.approx(20.0) and found.table.cells[0] == 7


def test_counts_not_published_cannot_tell():
    counts = np.array(DOUBLED, float)
    counts[1, :2] = np.nan
    found = count_model(sample_of(DOUBLED), counts, CHILDREN, effect=1.0, interval=None, **WORDS)
    assert found.verdict == "cannot_tell" and "10 of the 12 figures" in found.sentence


def test_no_child_before_cannot_tell():
    counts = np.array([[0, 0, 3, 4], *DOUBLED[1:]], float)
    found = count_model(sample_of(counts), counts, CHILDREN, effect=1.0, interval=None, **WORDS)
    assert found.verdict == "cannot_tell" and "finds no ratio" in found.sentence
