"""Callaway-Sant'Anna, Sun-Abraham and event-study figures: as printed, and as other packages give them, to 1e-10."""

import contextlib
import csv
import io
from pathlib import Path

import numpy as np
import pytest

from analytics.estimators import prepared
from analytics.estimators.aggregates import aggregate, pre_test, simultaneous_bands
from analytics.estimators.callaway_santanna import group_time
from analytics.estimators.event_study import EventStudyRegression, event_table
from analytics.estimators.sun_abraham import SunAbraham
from tests.reference.test_published_numbers import mpdta, random_panel, sample_of  # noqa: F401  mpdta is a fixture

pytestmark = [pytest.mark.reference, pytest.mark.filterwarnings("ignore")]
PRINTED = {
    row["figure"]: row for row in csv.DictReader(Path(__file__).with_name("staggered.csv").open(encoding="utf-8"))
}
OTHERS = {"never": ("nevertreated", "never_treated"), "not_yet": ("notyettreated", "not_yet_treated")}
ABSENT = "requirements-oracles.txt is not installed"


@pytest.fixture(scope="module")
def ours(mpdta) -> dict[str, float]:  # noqa: F811  the fixture
    """Every figure of staggered.csv, by ours."""
    sample = sample_of(mpdta)
    table = group_time(sample)
    found = {f"att_{g}_{t}": b for g, t, b in zip(table.exposed, table.year, table.estimate[0], strict=True)}
    dynamic, group = aggregate(table, "dynamic"), aggregate(table, "group")
    for e, b, error in zip(dynamic.label, dynamic.estimate[0], dynamic.standard_error[0], strict=True):
        found |= {f"event_{e}": b, f"event_se_{e}": error}
    found |= {f"group_{g}": b for g, b in zip(group.label, group.estimate[0], strict=True)}
    simple = aggregate(table, "simple")
    return found | {
        "simple": simple.overall[0],
        "simple_se": simple.overall_standard_error[0],
        "group": group.overall[0],
        "group_se": group.overall_standard_error[0],
        "dynamic": dynamic.overall[0],
        "not_yet_simple": prepared("callaway_santanna", sample, comparison="not_yet").estimates(sample.treated[None])[
            0, 0
        ],
        "pre_test_p": pre_test(table).p_value[0],
    }


@pytest.mark.parametrize("figure", PRINTED)
def test_printed_figure(figure, ours):
    row = PRINTED[figure]
    assert abs(ours[figure] - float(row["value"])) <= float(row["tolerance"]) * 1.0002, row["source"]


def test_every_effect_is_a_printed_one(ours):
    assert set(ours) == set(PRINTED)


def test_batched_estimate_is_the_simple_mean(mpdta, ours):  # noqa: F811  the fixture
    sample = sample_of(mpdta)
    found = prepared("callaway_santanna", sample).estimates(sample.treated[None])[0, 0]
    assert found == pytest.approx(ours["simple"], abs=1e-12)


def panel(*, missing: float, seed: int = 3, cohorts: tuple[int, ...] = (4, 3, 2)):
    frame, weights = random_panel(missing=missing, seed=seed)
    years = np.repeat([2018, 2019, 2020], cohorts)
    first = dict(enumerate(years.tolist()))
    return frame.assign(g=frame.unit.map(first).fillna(0).astype(int)), weights


def by_csdid(frame, comparison: str, base_period: str):
    """Fitted csdid; it prints what it finds."""
    csdid = pytest.importorskip("csdid.att_gt", reason=ABSENT)
    columns = {"yname": "y", "tname": "year", "idname": "unit", "gname": "g", "weights_name": "weight"}
    model = csdid.ATTgt(data=frame, control_group=[OTHERS[comparison][0]], **columns)
    return model.fit(est_method="reg", base_period=base_period, bstrap=False)


@pytest.mark.parametrize("comparison", OTHERS)
@pytest.mark.parametrize("base_period", ["varying", "universal"])
def test_every_effect_mean_and_error_equals_csdid(comparison, base_period):
    frame, weights = panel(missing=0)
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = by_csdid(frame, comparison, base_period)
        table = group_time(sample_of(frame, weights), comparison, base_period)
        fitted = theirs.results
        cells = zip(fitted["group"], fitted["year"], fitted["att"], fitted["se"], strict=True)
        known = {(int(g), int(t)): (att, error) for g, t, att, error in cells}
        twins = np.array([known[g, t] for g, t in zip(table.exposed.tolist(), table.year.tolist(), strict=True)])
        np.testing.assert_allclose(table.estimate[0], twins[:, 0], atol=1e-10)
        np.testing.assert_allclose(table.standard_error[0], twins[:, 1], atol=1e-10)
        for by in ("simple", "dynamic", "group", "calendar"):
            mean = theirs.aggte(typec=by, bstrap=False, cband=False).atte
            found = aggregate(table, by)
            assert found.overall[0] == pytest.approx(mean["overall_att"], abs=1e-10)
            assert found.overall_standard_error[0] == pytest.approx(mean["overall_se"], abs=1e-10)
            if by != "simple":
                known = dict(zip(mean["egt"], zip(mean["att_egt"], mean["se_egt"], strict=True), strict=True))
                twins = np.array([known[label] for label in found.label], dtype=float)
                np.testing.assert_allclose(found.estimate[0], twins[:, 0], atol=1e-10)
                np.testing.assert_allclose(found.standard_error[0], twins[:, 1], atol=1e-10)


def test_pre_test_and_effects_equal_moderndid(mpdta, ours):  # noqa: F811  the fixture
    moderndid = pytest.importorskip("moderndid", reason=ABSENT)
    for comparison, (theirs, _) in OTHERS.items():
        columns = {"yname": "lemp", "tname": "year", "idname": "countyreal", "gname": "first.treat"}
        fitted = moderndid.att_gt(moderndid.load_mpdta(), **columns, est_method="reg", control_group=theirs)
        table = group_time(sample_of(mpdta), comparison)
        np.testing.assert_allclose(table.estimate[0], fitted.att_gt, atol=1e-10)
        np.testing.assert_allclose(table.standard_error[0], fitted.se_gt, atol=1e-10)
        assert pre_test(table).p_value[0] == pytest.approx(fitted.wald_pvalue, abs=6e-6)  # they round to five digits


@pytest.mark.parametrize("comparison", OTHERS)
@pytest.mark.parametrize("base_period", ["varying", "universal"])
def test_effects_on_a_panel_with_holes_equal_diff_diff(comparison, base_period):
    diff_diff = pytest.importorskip("diff_diff", reason=ABSENT)
    frame, _ = panel(missing=0.1)
    table = group_time(sample_of(frame), comparison, base_period)
    fitted = diff_diff.CallawaySantAnna(control_group=OTHERS[comparison][1], base_period=base_period).fit(
        frame, outcome="y", unit="unit", time="year", first_treat="g"
    )
    assert len(table.year) >= 26
    for c, cell in enumerate(zip(table.exposed.tolist(), table.year.tolist(), strict=True)):
        theirs = fitted.group_time_effects[cell]
        assert table.estimate[0, c] == pytest.approx(theirs["effect"], abs=1e-10)
        assert table.standard_error[0, c] == pytest.approx(theirs["se"], abs=1e-10)


def test_critical_value_of_the_bands_is_near_moderndids(mpdta):  # noqa: F811  the fixture
    moderndid = pytest.importorskip("moderndid", reason=ABSENT)
    columns = {"yname": "lemp", "tname": "year", "idname": "countyreal", "gname": "first.treat"}
    fitted = moderndid.att_gt(moderndid.load_mpdta(), **columns, est_method="reg")
    theirs = moderndid.aggte(fitted, type="dynamic", boot=True, biters=4999, cband=True, random_state=1)
    found = simultaneous_bands(aggregate(group_time(sample_of(mpdta)), "dynamic"), draws=4999, seed=1)
    # Other multipliers (Mammen's) and an error of the spread between quartiles: within .15 of one another.
    assert found.critical[0, 0] == pytest.approx(theirs.critical_values, abs=0.15)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_sun_abraham_equals_diff_diff(missing):
    diff_diff = pytest.importorskip("diff_diff", reason=ABSENT)
    frame, _ = panel(missing=missing)
    sample = sample_of(frame)
    fitted = diff_diff.SunAbraham().fit(frame, outcome="y", unit="unit", time="year", first_treat="g")
    table = event_table(SunAbraham(sample))
    theirs = [fitted.event_study_effects[e]["effect"] for e in table.times.tolist()]
    np.testing.assert_allclose(table.estimate[0], theirs, atol=1e-10)
    found = prepared("sun_abraham", sample).estimates(sample.treated[None])[0, 0]
    assert found == pytest.approx(fitted.overall_att, abs=1e-10)


def test_sun_abraham_equals_pyfixest_saturated():
    pyfixest = pytest.importorskip("pyfixest", reason=ABSENT)
    frame, _ = panel(missing=0)
    columns = {"yname": "y", "idname": "unit", "tname": "year", "gname": "g"}
    theirs = pyfixest.event_study(frame, estimator="saturated", **columns).aggregate().Estimate
    table = event_table(SunAbraham(sample_of(frame)))
    np.testing.assert_allclose(table.estimate[0], theirs.loc[table.times].astype(float), atol=1e-10)


def coefficients_of_pyfixest(frame, label):
    """Coefficients by label, -99 the reference, weighted."""
    pyfixest = pytest.importorskip("pyfixest", reason=ABSENT)
    data = frame.assign(label=label.astype(int))
    fit = pyfixest.feols("y ~ i(label, ref=-99) | unit + year", data, weights="weight", fixef_tol=1e-14)
    return {int(name.removeprefix("label::")): b for name, b in fit.coef().items()}


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_event_study_regression_equals_pyfixest_weighted(missing):
    frame, weights = panel(missing=missing)
    dummy = (frame.g > 0) & (frame.year != frame.g - 1)
    theirs = coefficients_of_pyfixest(frame, (frame.year - frame.g).where(dummy, -99))
    table = event_table(EventStudyRegression(sample_of(frame, weights)))
    np.testing.assert_allclose(table.estimate[0], [theirs[e] for e in table.times.tolist()], atol=1e-10)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_sun_abraham_equals_pyfixest_weighted_by_cohort_and_year(missing):
    frame, weights = panel(missing=missing)
    dummy = (frame.g > 0) & (frame.year != frame.g - 1)
    theirs = coefficients_of_pyfixest(frame, (frame.g * 10_000 + frame.year).where(dummy, -99))
    exposed = frame[dummy & (frame.year >= frame.g)]
    mean = np.average((exposed.g * 10_000 + exposed.year).map(theirs), weights=exposed.weight)
    sample = sample_of(frame, weights)
    found = prepared("sun_abraham", sample).estimates(sample.treated[None])[0, 0]
    assert found == pytest.approx(mean, abs=1e-10)
