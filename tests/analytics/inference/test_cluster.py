"""Errors clustered by authority against regressions with every dummy, the jackknife, statsmodels and pyfixest."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import CannotEstimate
from analytics.estimators import Sample, Slots, prepared
from analytics.inference.cluster import cluster_inference
from analytics.inference.ferman_pinto import ferman_pinto
from analytics.inference.permutation import Placebos
from analytics.inference.regression import regression, regression_names
from analytics.inference.studentised import studentised, studentised_test
from analytics.inference.wild_bootstrap import wild_restricted
from analytics.regression_table import two_way_fit
from tests.analytics.inference import dense
from tests.analytics.inference.panels import PANELS, assignments, dense_of, sample_of


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("name", regression_names())
def test_error_and_degrees_of_freedom_equal_the_full_hat_matrix(name, panel):
    sample = sample_of(**PANELS[panel])
    design = regression(name, sample).design()
    for kind in ("cr1", "cr2", "cr3"):
        found = cluster_inference(design, kind=kind)
        for k in range(2):
            twin = dense_of(dense.TWINS[name], sample, k)
            se, df = dense.clustered(twin, kind)
            assert found.estimate[k] == pytest.approx(twin.estimate, abs=1e-10)
            assert found.se[k] == pytest.approx(se, rel=1e-10)
            assert found.df[k] == pytest.approx(df if kind == "cr2" else 17, rel=1e-9)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("name", ["two_way", "two_by_two"])
def test_the_regression_is_the_estimator_for_real_and_placebo_adopters(name, panel):
    sample = sample_of(**PANELS[panel])
    form, theirs = regression(name, sample), prepared(name, sample).estimates(assignments(12))
    for d, who in enumerate(assignments(12)):
        np.testing.assert_allclose(form.design(who).estimate, theirs[:, d], atol=1e-11)


def one_date(seed: int = 2) -> Sample:
    """Twelve authorities, four adopting on one date, every cell, no transition."""
    rng = np.random.default_rng(seed)
    slots = Slots(np.full(4, 2017), np.full(4, 2017))
    values = 60 + rng.normal(0, 5, (2, 12, len(dense.YEARS)))
    return Sample(values, np.ones((12, len(dense.YEARS)), bool), dense.YEARS, np.ones(12), slots, np.arange(4))


@pytest.mark.parametrize("kind", ["cr2", "cr3"])
def test_with_one_date_and_every_cell_two_by_two_is_two_way(kind):
    one, two = (cluster_inference(regression(n, one_date()).design(), kind=kind) for n in ("two_way", "two_by_two"))
    np.testing.assert_allclose(one.estimate, two.estimate, atol=1e-12)
    np.testing.assert_allclose(one.se, two.se, rtol=1e-11)
    np.testing.assert_allclose(one.df, two.df, rtol=1e-10)


def test_two_years_by_hand():
    # Changes of the adopters 5, 7; of the comparators 0, 1, 2. Effect 6 - 1 = 5.
    # Scores: adopters (-1, 1) / 2, comparators (-1, 0, 1) / 3, so CR1 = 5/4 x (5-1)/(5-2) x (1/2 + 2/9).
    # CR2 divides each square by 1 - 1/2 and 1 - 1/3: 1 + 1/3, the two-sample variance s1^2/2 + s0^2/3 = 2/2 + 1/3.
    # CR3 = 4/5 x (1/2 x 4 + 2/9 x 9/4). Degrees of freedom of CR2: (1/2 + 1/3)^2 / (1/4 + 1/9/2).
    first = np.zeros(5)
    values = np.stack([first, [5.0, 7.0, 0.0, 1.0, 2.0]], 1)[None]
    slots = Slots(np.full(2, 2014), np.full(2, 2014))
    sample = Sample(values, np.ones((5, 2), bool), np.array([2013, 2014]), np.ones(5), slots, np.arange(2))
    found = {k: cluster_inference(regression("two_by_two", sample).design(), kind=k) for k in ("cr1", "cr2", "cr3")}
    assert found["cr1"].estimate[0] == pytest.approx(5)
    assert found["cr1"].se[0] ** 2 == pytest.approx(5 / 4 * 4 / 3 * (1 / 2 + 2 / 9))
    assert found["cr2"].se[0] ** 2 == pytest.approx(1 + 1 / 3)
    assert found["cr3"].se[0] ** 2 == pytest.approx(4 / 5 * (2 + 1 / 2))
    assert found["cr2"].df[0] == pytest.approx((1 / 2 + 1 / 3) ** 2 / (1 / 4 + 1 / 18))


@pytest.mark.parametrize("name", ["two_way", "event_study"])
def test_cr3_is_the_jackknife(name):
    # Two by two has dates with one adopter here: without it there is no estimate to compare.
    sample = sample_of()
    twin = dense_of(dense.TWINS[name], sample, 0)
    apart = ((dense.leave_one_out(twin) - twin.estimate) ** 2).sum()
    found = cluster_inference(regression(name, sample).design(), kind="cr3")
    assert found.se[0] ** 2 == pytest.approx(17 / 18 * apart, rel=1e-9)


def long_frame(sample: Sample, outcome: int = 0) -> pd.DataFrame:
    first = dict(zip(sample.treated, zip(sample.slots.start, sample.slots.exposed, strict=True), strict=True))
    rows = []
    for i, t in zip(*np.nonzero(sample.observed), strict=True):
        s, g = first.get(i, (9999, 9999))
        year = sample.years[t]
        if s <= year < g:
            continue
        role = "exposed" if year >= g else "untreated"
        rows.append((sample.values[outcome, i, t], i, year, role, sample.weights[i], float(year >= g)))
    return pd.DataFrame(rows, columns=["value", "area_code", "year", "role", "weight", "exposed"])


@pytest.mark.parametrize("panel", PANELS)
def test_cr1_equals_statsmodels(panel):
    # The same factor: N/(N-1) x (n-1)/(n-k), k the constant, exposure and all years but one: years + regressors.
    sample = sample_of(**PANELS[panel])
    fit = two_way_fit(long_frame(sample), weighted=PANELS[panel]["weighted"])
    found = cluster_inference(regression("two_way", sample).design(), kind="cr1")
    assert found.estimate[0] == pytest.approx(fit.params["exposed"], abs=1e-10)
    assert found.se[0] == pytest.approx(fit.bse["exposed"], rel=1e-10)
    assert found.p_values[0] == pytest.approx(fit.pvalues["exposed"], rel=1e-9)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pandas.errors.Pandas4Warning")
@pytest.mark.parametrize("panel", ["balanced", "cells missing"])
def test_equals_pyfixest_with_its_factors(panel):
    pyfixest = pytest.importorskip("pyfixest", reason="requirements-oracles.txt is not installed")
    sample = sample_of(**PANELS[panel])
    design = regression("two_way", sample).design()
    theirs = {
        kind: pyfixest.feols(
            "value ~ exposed | area_code + year", long_frame(sample), vcov={kind: "area_code"}, fixef_tol=1e-13
        ).se()["exposed"]
        for kind in ("CRV1", "CRV3")
    }
    n, cells, k = 18, design.n_cells, design.n_parameters
    assert cluster_inference(design, kind="cr1").se[0] == pytest.approx(theirs["CRV1"], rel=1e-8)
    # Its jackknife has CR1's factor N/(N-1) x (n-1)/(n-k) where ours has (N-1)/N: on 152 authorities 1.662 against 1.646.
    more = n / (n - 1) * np.sqrt((cells - 1) / (cells - k))
    assert cluster_inference(design, kind="cr3").se[0] * more == pytest.approx(theirs["CRV3"], rel=1e-8)


def test_interval_and_p_are_one_test():
    found = cluster_inference(regression("two_way", sample_of(outcomes=40)).design())
    low, high = found.interval(0.95).T
    assert ((found.p_values > 0.05) == ((low < 0) & (high > 0))).all() and (found.p_values <= 0.05).any()
    np.testing.assert_allclose((low + high) / 2, found.estimate)


def test_what_is_not_identified_is_nan_and_not_a_small_p():
    sample = sample_of()
    nobody_before = sample.observed.copy()
    nobody_before[sample.treated[:, None], np.flatnonzero(dense.YEARS < 2018)] = False
    holed = dataclasses.replace(sample, observed=nobody_before)
    form = regression("two_way", holed)
    found = cluster_inference(form.design(), kind="cr2")
    assert np.isnan(found.estimate).all() and np.isnan(found.se).all() and np.isnan(found.p_values).all()
    wild = wild_restricted(form.design(), draws=99, seed=1)
    assert np.isnan(wild.p_values()).all() and wild.interval(0, 0.95) is None
    chance = Placebos(assignments(20)[1:], False, np.zeros(20, bool))
    assert np.isnan(studentised(form, chance).p_values).all()
    assert studentised_test(form, chance, level=0.9)[1] == [None, None]
    assert np.isnan(ferman_pinto("two_way", holed, np.full(18, 5e4), draws=99, seed=1).p_values).all()


def test_an_estimator_that_is_no_regression_is_refused_in_words():
    with pytest.raises(CannotEstimate, match=r"imputation is not a regression.*two_way"):
        regression("imputation", sample_of())


@settings(max_examples=15, deadline=None)
@given(scale=st.floats(0.01, 100), level=st.floats(-500, 500), seed=st.integers(0, 99))
def test_unit_level_years_and_order_do_not_matter(scale, level, seed):
    sample = sample_of(**PANELS["missing and weighted"], seed=seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(sample.weights))
    shifted = scale * sample.values + level + rng.normal(0, 9, (1, 1, len(dense.YEARS)))
    other = Sample(
        shifted[:, order],
        sample.observed[order],
        sample.years,
        sample.weights[order] * scale,
        sample.slots,
        np.argsort(order)[sample.treated],
    )
    for name in ("two_way", "event_study"):
        one, two = (cluster_inference(regression(name, s).design()) for s in (sample, other))
        np.testing.assert_allclose(two.estimate, scale * one.estimate, rtol=1e-7, atol=1e-7 * scale)
        np.testing.assert_allclose(two.se, scale * one.se, rtol=1e-6)
        np.testing.assert_allclose(two.df, one.df, rtol=1e-6)
