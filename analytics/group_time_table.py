"""Callaway and Sant'Anna's four means of one outcome, as other software prints them; never the basis of a verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.estimators.aggregates import aggregate, pre_test, simultaneous_bands
from analytics.estimators.callaway_santanna import group_time
from analytics.outcome import outcome_sample
from analytics.study import Study

WARNING = (
    "These errors and bands come from influence functions, which need many adopters in every year of adoption. With few they are "
    "far too small, so placebo adopters judge chance and this table is not the basis of the verdict."
)
MEANS = {
    "simple": "Over cohorts and exposed years",
    "dynamic": "By years since first exposed",
    "group": "By first exposed year of the adopters",
    "calendar": "By calendar year",
}


def means_table(found: Study, outcome: str) -> pd.DataFrame:
    """Rows mean, at, estimate, standard_error, band_low, band_high; `at` is '' for a mean over all.

    The bands hold all rows of a mean at once (999 multiplier draws, the specification's seed).

    Raises
    ------
    CannotEstimate : no cohort has figures in the year before its start and after
    """
    choice, chance = found.specification.estimator, found.specification.inference
    one = outcome_sample(found, found.specification.outcomes.index(outcome))
    table = group_time(one.sample, choice.comparison, choice.base_period, one.sample.compared)
    rows = []
    for by, words in MEANS.items():
        mean = aggregate(table, by)
        rows.append((words, "", mean.overall[0], mean.overall_standard_error[0], np.nan, np.nan))
        if not len(mean.label):
            continue
        bands = simultaneous_bands(mean, seed=chance.seed, levels=(chance.level,))
        ends = zip(bands.low[0, :, 0], bands.high[0, :, 0], strict=True)
        rows += [
            (words, f"{label:.0f}", b, error, low, high)
            for label, b, error, (low, high) in zip(
                mean.label, mean.estimate[0], mean.standard_error[0], ends, strict=True
            )
        ]
    return pd.DataFrame(rows, columns=["mean", "at", "estimate", "standard_error", "band_low", "band_high"])


def before_sentence(found: Study, outcome: str) -> str:
    """The joint test that nothing differed before the start, as other software gives it."""
    choice = found.specification.estimator
    one = outcome_sample(found, found.specification.outcomes.index(outcome))
    test = pre_test(group_time(one.sample, choice.comparison, choice.base_period, one.sample.compared))
    if not np.isfinite(test.p_value[0]):
        return "No joint test of the years before can be made: too few adopters in some years of adoption."
    return (
        f"Joint test of {test.count} effects before the start: chi-squared {test.statistic[0]:.2f}, p {test.p_value[0]:.3f}, "
        "with the same caution."
    )
