"""Published figures of the checks: Goodman-Bacon to the last printed digit, smoothness bounds within 2e-4 of R."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.checks.bacon import ALREADY, NEVER, NOT_YET, decomposition
from analytics.checks.smoothness import bounds_of, breakdown, path_of_weights
from tests.reference.test_published_numbers import castle, mpdta, sample_of  # noqa: F401  fixtures

pytestmark = pytest.mark.reference
PUBLISHED = {
    row["figure"]: row
    for row in csv.DictReader(Path(__file__).with_name("published_checks.csv").open(encoding="utf-8"))
}
COMPARATORS = {"never": NEVER, "not_yet": NOT_YET, "already": ALREADY}
R_TOLERANCE = 2e-4  # R searches its weights on a grid, so its ends move by about this much


@pytest.mark.parametrize("data", ["mpdta", "castle"])
def test_goodman_bacon(data, request):
    sample = sample_of(request.getfixturevalue(data))
    found = decomposition(sample)
    for name, comparator in COMPARATORS.items():
        for column in ("weight", "estimate"):
            row = PUBLISHED[f"{data}_bacon_{name}_{column}"]
            tolerance = 0.5001 * 10.0 ** -int(row["printed_decimals"])
            assert found.by_comparator.loc[comparator, column] == pytest.approx(float(row["value"]), abs=tolerance)


@pytest.mark.parametrize("data", ["mpdta", "castle"])
def test_goodman_bacon_equals_diff_diff(data, request):
    diff_diff = pytest.importorskip("diff_diff", reason="requirements-oracles.txt is not installed")
    frame = request.getfixturevalue(data)
    theirs = diff_diff.BaconDecomposition().fit(frame.astype({"g": int}), "y", "unit", "year", "g")
    ours = decomposition(sample_of(frame))
    key = {(c.treated_group, c.control_group): (c.weight, c.estimate) for c in theirs.comparisons}
    never = next(group for _, group in key if group not in set(frame.g.astype(int)) - {0})
    assert len(key) == len(ours.comparisons)
    for row in ours.comparisons.itertuples():
        compared = never if pd.isna(row.compared_from) else row.compared_from
        assert key[row.exposed_from, compared] == pytest.approx((row.weight, row.estimate), abs=1e-10)


@pytest.fixture(scope="module")
def medicaid() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Event times, estimates (2013, one before, at 0) and covariance by state of the two-way event study to 2015."""
    moderndid = pytest.importorskip("moderndid", reason="requirements-oracles.txt is not installed")
    data = moderndid.load_ehec().to_pandas()
    table = data[(data.year < 2016) & (data.yexp2 != 2015)].pivot(index="stfips", columns="year", values="dins")
    expanded = data.groupby("stfips").yexp2.first().reindex(table.index) == 2014
    values, years = table.to_numpy(float), np.arange(2008, 2016)
    change = values - values[:, [years.tolist().index(2013)]]
    estimates = change[expanded].mean(0) - change[~expanded].mean(0)
    # Scores of a saturated regression: each state's departure from its group's mean, by the group's size.
    size = np.where(expanded, expanded.sum(), (~expanded).sum())[:, None]
    scores = (
        change - np.where(expanded.to_numpy()[:, None], change[expanded].mean(0), change[~expanded].mean(0))
    ) / size
    states, cells, regressors = len(values), values.size, 7 + 8
    factor = states / (states - 1) * (cells - 1) / (cells - regressors)  # CR1 as fixest has it, state effects nested
    return years - 2014, estimates, factor * scores.T @ scores


def test_smoothness_bounds_on_medicaid(medicaid):
    times, estimates, covariance = medicaid
    bends = np.arange(6) / 100
    path = path_of_weights(covariance, times, (times == 0).astype(float))
    found = bounds_of(path, estimates, bends, 0.95)
    for bend, low, high in zip(bends, found.low, found.high, strict=True):
        for end, ours in (("low", low), ("high", high)):
            row = PUBLISHED[f"medicaid_smooth_{bend:.2f}_{end}"]
            rounding = 0.5001 * 10.0 ** -int(row["printed_decimals"])
            assert ours == pytest.approx(float(row["value"]), abs=max(R_TOLERANCE, rounding)), row
    assert 0.02 < breakdown(path, estimates, 0.95) < 0.03  # the README reads "about 0.03" off its grid
