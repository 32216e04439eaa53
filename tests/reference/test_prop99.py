"""California's Proposition 99: synthetic control and synthetic difference in differences against printed figures and packages.

The published figures come from a procedure that stops before the optimum (see estimators/simplex.py): with it they are reached to
the last printed digit; the exact optimum, which we use, lies a little off, with a smaller objective.
"""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.synthetic_control import SyntheticControl, in_space, synthetic_fit
from analytics.estimators.synthetic_did import SyntheticDid
from tests.analytics import brute_force_synthetic as brute_force

pytestmark = pytest.mark.reference
PRINTED = {row["figure"]: row for row in csv.DictReader(Path(__file__).with_name("prop99.csv").open(encoding="utf-8"))}
EVERYONE = np.arange(39)[:, None]


def assert_printed(figure: str, value: float) -> None:
    row = PRINTED[figure]
    tolerance = 0.5001 * 10.0 ** -int(row["printed_decimals"])
    assert abs(value - float(row["value"])) <= tolerance, f"{figure}: {value} against {row['value']} ({row['source']})"


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    """Packs of cigarettes a head, 31 years x 39 states."""
    # Found, not imported: only the package's data file is wanted, and importing it needs a sampler.
    found = importlib.util.find_spec("causalpy")
    if found is None:
        pytest.skip("the Proposition 99 data are not installed: pip install --no-deps CausalPy")
    return pd.read_csv(Path(found.origin).parent / "data" / "california_prop99.csv", index_col=0)


@pytest.fixture(scope="module")
def sample(sales) -> Sample:
    slots = Slots(np.array([1989]), np.array([1989]))
    treated = np.array([sales.columns.get_loc("California")])
    return Sample(
        sales.to_numpy().T[None], np.ones((39, 31), bool), sales.index.to_numpy(), np.ones(39), slots, treated
    )


def real(fit) -> float:
    """The one real estimate; naming the comparators spares the fits of every placebo."""
    return float(fit.estimates(fit.sample.treated[None], np.ones((1, 39), bool))[0, 0])


def test_published_procedure_reaches_the_printed_figures(sample):
    assert_printed("synthetic_did", real(SyntheticDid(sample, published=True)))
    assert_printed("synthetic_control", real(SyntheticControl(sample, published=True)))


@pytest.mark.parametrize("name", ["two_by_two", "two_way", "imputation"])
def test_differences(sample, name):
    assert_printed("differences", prepared(name, sample).estimates(sample.treated[None])[0, 0])


@pytest.mark.parametrize("published", [False, True])
def test_year_weights(sample, published):
    fit = SyntheticDid(sample, published)
    found = fit.cohort_fit(fit.cohorts[0], 0, sample.treated[None]).years[0]
    for year in (1986, 1987, 1988):
        assert_printed(f"year_weight_{year}", found[year - 1970])
    assert found[: 1986 - 1970].max() < 1e-9


def test_exact_optimum_is_below_the_published_procedure_and_close_to_it(sample):
    exact, published = (SyntheticDid(sample, p) for p in (False, True))
    before = sample.values[0][:, :19]
    level = before - before.mean(1, keepdims=True)
    others = np.arange(39) != sample.treated[0]
    zeta = 12**0.25 * np.diff(before[others], axis=1).std(ddof=1)
    objective = [
        brute_force.objective(
            fit.cohort_fit(fit.cohorts[0], 0, sample.treated[None]).authorities[0], level, level[~others][0], zeta**2
        )
        for fit in (exact, published)
    ]
    best = brute_force.by_nnls(level[others], level[~others][0], zeta**2)
    best = brute_force.objective(best, level[others], level[~others][0], zeta**2)
    assert objective[0] == pytest.approx(best, rel=1e-9) and objective[0] < objective[1]
    assert real(exact) == pytest.approx(-15.6054, abs=5e-5)
    assert real(SyntheticControl(sample)) == pytest.approx(-19.5135, abs=5e-5)


def test_placebos_enumerated(sample):
    found = SyntheticDid(sample).estimates(EVERYONE)[0]
    others = np.delete(found, sample.treated)
    assert_printed("placebo_error", others.std(ddof=0))
    assert_printed("placebo_rank", (np.abs(found) >= np.abs(found[sample.treated])).sum())


def test_synthetic_california(sample, sales):
    found = synthetic_fit(sample, 0)
    named = dict(zip(sales.columns[found.weights.donor], found.weights.weight, strict=True))
    # Abadie, Diamond and Hainmueller (2010) name Utah, Nevada, Montana, Colorado and Connecticut, with covariates as well.
    assert list(named)[:4] == ["Utah", "Montana", "Nevada", "Connecticut"] and "Colorado" in named
    assert found.donors == 38 and found.out_of == 39 and not found.exploratory
    assert in_space(sample, 0).p_gap == 3 / 39


def test_synthetic_did_equals_diff_diff(sample, sales):
    diff_diff = pytest.importorskip("diff_diff", reason="requirements-oracles.txt is not installed")
    long = sales.rename_axis("year").reset_index().melt(id_vars="year", var_name="state", value_name="packs")
    long["treated"] = (long.state == "California").astype(int)
    theirs = diff_diff.SyntheticDiD(n_bootstrap=2, seed=1).fit(
        long, outcome="packs", treatment="treated", unit="state", time="year", post_periods=list(range(1989, 2001))
    )
    assert real(SyntheticDid(sample, published=True)) == pytest.approx(theirs.att, abs=1e-6)


def test_synthetic_control_equals_pysyncon(sample, sales):
    pysyncon = pytest.importorskip("pysyncon", reason="requirements-oracles.txt is not installed")
    before = sales.loc[:1988]
    mine, others = before["California"], before.drop(columns="California")
    fit = pysyncon.Synth()
    # It divides each year by its standard deviation over states: these weights give every year its own size back.
    fit.fit(X0=others, X1=mine, Z0=others, Z1=mine, custom_V=before.var(axis=1).to_numpy())
    gaps = sales["California"] - sales.drop(columns="California") @ fit.W
    # It has no ridge and ends at its solver's tolerance, about a thousandth of a pack.
    assert real(SyntheticControl(sample)) == pytest.approx(gaps.loc[1989:].mean(), abs=5e-3)
