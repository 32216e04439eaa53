"""Means of cohort effects, their standard errors, bands and the test before the start."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from analytics.errors import BadSpecification, CannotEstimate
from analytics.estimators import Sample, Slots
from analytics.estimators.aggregates import Aggregate, aggregate, pre_test, simultaneous_bands
from analytics.estimators.callaway_santanna import GroupTime, group_time
from tests.analytics.estimators.test_against_brute_force import PANELS, sample_of
from tests.analytics.estimators.test_callaway_santanna import small

BY = ("simple", "dynamic", "group", "calendar")


def table_by_hand() -> GroupTime:
    """Cohort 2014 (two adopters): effects 1 and 3 in 2014 and 2015; cohort 2015 (one): 2 in 2014 (before), 9 in 2015."""
    return GroupTime(
        start=np.array([2014, 2014, 2015, 2015]),
        exposed=np.array([2014, 2014, 2015, 2015]),
        year=np.array([2014, 2015, 2014, 2015]),
        after=np.array([True, True, False, True]),
        estimate=np.array([[1.0, 3.0, 2.0, 9.0]]),
        influence=np.zeros((1, 4, 4)),
        number=np.array([[1.0, 1.0, 0.0, 0.0]] * 2 + [[0.0, 0.0, 1.0, 0.0]] * 2),
        not_estimated=(),
    )


@pytest.mark.parametrize(
    ("by", "label", "estimate", "overall"),
    [
        pytest.param("simple", [], [], (2 * 1 + 2 * 3 + 9) / 5, id="cells by number treated"),
        pytest.param("dynamic", [-1, 0, 1], [2, (2 * 1 + 9) / 3, 3], (11 / 3 + 3) / 2, id="plain mean of e = 0 and 1"),
        pytest.param("group", [2014, 2015], [2, 9], (2 * 2 + 9) / 3, id="cohorts by number treated"),
        pytest.param("calendar", [2014, 2015], [1, (2 * 3 + 9) / 3], (1 + 5) / 2, id="plain mean of the years"),
    ],
)
def test_means_by_hand(by, label, estimate, overall):
    found = aggregate(table_by_hand(), by)
    assert found.label.tolist() == label
    np.testing.assert_allclose(found.estimate[0], estimate, atol=1e-14)
    assert found.overall[0] == pytest.approx(overall, abs=1e-14)


def test_the_number_treated_is_itself_uncertain():
    # simple = 3.4 with every effect known: one adopter of 2014 more or less moves it by ((1 - 3.4) + (3 - 3.4))/5 = -0.56, the
    # adopter of 2015 by (9 - 3.4)/5 = 1.12, and a comparator not at all.
    np.testing.assert_allclose(
        aggregate(table_by_hand(), "simple").overall_influence, [[-0.56, -0.56, 1.12, 0.0]], atol=1e-14
    )


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("comparison", ["never", "not_yet"])
@pytest.mark.parametrize("by", BY)
def test_influence_is_how_a_mean_moves_with_an_authoritys_weight(by, comparison, panel):
    # An independent way to it: the derivative to the logarithm of each weight, by central differences.
    sample = sample_of(**PANELS[panel], outcomes=2)
    found, step = aggregate(group_time(sample, comparison), by), 1e-5
    for i in range(len(sample.weights)):
        moved = []
        for sign in (1, -1):
            weights = sample.weights.copy()
            weights[i] *= np.exp(sign * step)
            moved.append(aggregate(group_time(dataclasses.replace(sample, weights=weights), comparison), by))
        slope = (moved[0].estimate - moved[1].estimate) / (2 * step)
        np.testing.assert_allclose(found.influence[:, :, i], slope, atol=1e-7)
        slope = (moved[0].overall - moved[1].overall) / (2 * step)
        np.testing.assert_allclose(found.overall_influence[:, i], slope, atol=1e-7)


def test_bands_equal_a_loop_over_draws():
    found = aggregate(group_time(sample_of(missing=0.1, weighted=True)), "dynamic")
    bands = simultaneous_bands(found, draws=199, seed=3, levels=(0.9, 0.95))
    rng = np.random.default_rng(3)
    signs = 2.0 * rng.integers(0, 2, (199, 18)) - 1.0
    for k in range(3):
        largest = sorted(
            max(abs(signs[d] @ found.influence[k, a]) / found.standard_error[k, a] for a in range(len(found.label)))
            for d in range(199)
        )
        # ceil(.9 x 200) = 180th and ceil(.95 x 200) = 190th smallest
        np.testing.assert_allclose(bands.critical[k], [largest[179], largest[189]], rtol=1e-12)
    reach = found.standard_error * bands.critical[:, :1]
    np.testing.assert_allclose(bands.low[:, :, 0], found.estimate - reach)
    np.testing.assert_allclose(bands.high[:, :, 0], found.estimate + reach)


def test_one_label_alone_has_the_usual_critical_value_and_eight_apart_that_of_eight():
    rng = np.random.default_rng(0)
    influence = np.zeros((2, 8, 800))
    for a in range(8):
        influence[0, a] = rng.normal(size=800)  # all labels moved by the same authorities, independently
    influence[1] = rng.normal(size=800)  # eight times the same
    zero = np.zeros((2, 8))
    found = Aggregate("dynamic", np.arange(8), zero, influence, zero[:, 0], influence[:, 0])
    critical = simultaneous_bands(found, draws=9999, seed=1).critical[:, 0]
    # Normal limits: 1 - (1 - 0.95^(1/8))/2 for eight apart, 1.96 for one. Standard error over 9,999 draws about .02.
    np.testing.assert_allclose(critical, [stats.norm.ppf((1 + 0.95 ** (1 / 8)) / 2), stats.norm.ppf(0.975)], atol=0.06)


def test_a_mean_that_nobody_moves_has_no_band():
    found = aggregate(table_by_hand(), "calendar")  # 2014 rests on one cohort whose effect has no influence here
    bands = simultaneous_bands(found)
    assert np.isnan(bands.low[0, 0, 0]) and np.isfinite(bands.low[0, 1, 0])


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_the_test_before_the_start_equals_its_formula(missing):
    rng = np.random.default_rng(4)
    start = np.repeat([2016, 2017, 2018], 5)
    observed, values = rng.random((40, 9)) >= missing, rng.normal(60, 8, (3, 40, 9))
    slots = Slots(start, start + 1)
    sample = Sample(values, observed, np.arange(2013, 2022), rng.uniform(1, 9, 40), slots, np.arange(15))
    table = group_time(sample)
    found, before = pre_test(table), table.year < table.start
    assert found.count == 9
    for k in range(3):
        covariance = table.influence[k, before] @ table.influence[k, before].T
        statistic = table.estimate[k, before] @ np.linalg.inv(covariance) @ table.estimate[k, before]
        assert found.statistic[k] == pytest.approx(statistic, rel=1e-8)
        assert found.p_value[k] == pytest.approx(stats.chi2.sf(statistic, 9), rel=1e-8)


def test_effects_before_the_start_of_two_lone_adopters_cannot_be_tested_together():
    # Without others in its cohort an adopter has no influence of its own: both effects move with the comparators alone.
    found = pre_test(group_time(sample_of(**PANELS["balanced"])))
    assert found.count == 9 and np.isnan(found.p_value).all()


def test_a_mean_of_nothing_and_an_unknown_mean_are_refused_in_words():
    with pytest.raises(BadSpecification, match="It may be simple, dynamic, group, calendar"):
        aggregate(table_by_hand(), "weekly")
    sample = small()
    cut = Sample(
        sample.values[:, :, 2:], sample.observed[:, 2:], sample.years[2:], np.ones(4), sample.slots, sample.treated
    )
    with pytest.raises(CannotEstimate, match="Widen the window"):
        aggregate(group_time(cut), "simple")
