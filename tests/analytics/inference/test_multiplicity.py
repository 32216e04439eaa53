"""Adjusted p-values against statsmodels and a loop."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from analytics.inference.multiplicity import benjamini_hochberg, holm, max_t


@pytest.mark.parametrize("ours,theirs", [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_equals_statsmodels(ours, theirs):
    p = np.random.default_rng(1).random(40) ** 2
    np.testing.assert_allclose(ours(p), multipletests(p, method=theirs)[1], rtol=1e-12)


def test_max_t_equals_a_loop():
    rng = np.random.default_rng(2)
    real, placebo = rng.normal(0, 2, 5), rng.normal(0, 1, (5, 300))
    spread = placebo.std(1, ddof=1)
    t = np.abs(real) / spread
    expected, before = {}, 0.0
    left = list(np.argsort(-t))
    while left:
        top = left[0]
        count = sum(max(abs(placebo[j, d]) / spread[j] for j in left) >= t[top] * (1 - 1e-9) for d in range(300))
        before = max(before, (1 + count) / 301)
        expected[top] = before
        left = left[1:]
    np.testing.assert_allclose(max_t(real, placebo, spread, enumerated=False), [expected[i] for i in range(5)])


def test_max_t_of_one_outcome_is_its_own_p():
    placebo = np.array([[1.0, 2.0, -3.0]])
    assert max_t(np.array([2.0]), placebo, np.array([1.0]), enumerated=False)[0] == 3 / 4
