"""Synthetic estimators and matching: every placebo by ours, single fits by pysyncon and diff-diff, on the same panel in one run.

python -m tests.benchmarks.synthetic
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from analytics.estimators import Sample, Slots
from analytics.estimators.synthetic_control import SyntheticControl, synthetic_fit
from analytics.estimators.synthetic_did import SyntheticDid
from analytics.matching import matches
from tests.benchmarks.estimation import AUTHORITIES, TREATED, YEARS, best_of, simulated

FITS = 10  # placebos that a peer is timed on: it fits each anew
DRAWS = 999
OUTCOMES = 40


def with_one_adopter(sample: Sample, start: int) -> Sample:
    """The first outcome with the first adopter alone."""
    slots = Slots(np.array([start]), np.array([start]))
    return Sample(sample.values[:1], sample.observed, YEARS, sample.weights, slots, TREATED[:1])


def rows() -> list[tuple[str, str, float]]:
    """What was timed, by whom, seconds."""
    sample, _ = simulated()
    one = with_one_adopter(sample, 2021)
    everyone = np.arange(AUTHORITIES)[:, None]
    cohorts = Sample(sample.values[:1], sample.observed, YEARS, sample.weights, sample.slots, TREATED)
    many = Sample(sample.values[:OUTCOMES], sample.observed, YEARS, sample.weights, sample.slots, TREATED)
    rng = np.random.default_rng(1)
    drawn = np.vstack([TREATED, rng.random((DRAWS, AUTHORITIES)).argsort(1)[:, : len(TREATED)]])
    codes = [str(i) for i in range(AUTHORITIES)]
    tasks = {
        f"synthetic control, 1 outcome, 1 adopter, all {AUTHORITIES} enumerated": lambda: SyntheticControl(
            one
        ).estimates(everyone),
        f"synthetic control, {OUTCOMES} outcomes, 12 adopters in 4 cohorts, {DRAWS} placebos": lambda: SyntheticControl(
            many
        ).estimates(drawn),
        f"synthetic DiD, 1 outcome, 1 adopter, all {AUTHORITIES} enumerated": lambda: SyntheticDid(one).estimates(
            everyone
        ),
        f"synthetic DiD, 1 outcome, 12 adopters in 4 cohorts, {DRAWS} placebos": lambda: SyntheticDid(
            cohorts
        ).estimates(drawn),
        "matched comparators of every authority, 4 kinds of slot": lambda: matches(cohorts, codes),
    }
    found = [(words, "ours", best_of(task)) for words, task in tasks.items()]
    return found + _pysyncon_rows(one) + _diff_diff_rows(one)


def _wide(sample: Sample) -> pd.DataFrame:
    return pd.DataFrame(sample.values[0].T, index=sample.years, columns=[f"a{i}" for i in range(AUTHORITIES)])


def _pysyncon_rows(sample: Sample) -> list[tuple[str, str, float]]:
    try:
        import pysyncon
    except ImportError:
        return [("pysyncon is not installed (requirements-oracles.txt): not timed", "pysyncon", float("nan"))]
    before = _wide(sample).loc[: sample.slots.start[0] - 1]
    mine, others = before["a0"], before.drop(columns="a0")
    fit = pysyncon.Synth()

    def fits():
        for _ in range(FITS):
            fit.fit(X0=others, X1=mine, Z0=others, Z1=mine, custom_V=before.var(axis=1).to_numpy())

    seconds = best_of(fits, 1)
    theirs = float(((mine - others @ fit.W) ** 2).mean() ** 0.5)
    ours = synthetic_fit(sample, 0).rmspe_before
    assert ours <= theirs + 1e-6, (ours, theirs)
    return [(f"synthetic control, {FITS} fits (RMSPE before {theirs:.4f}, ours {ours:.4f})", "pysyncon", seconds)]


def _diff_diff_rows(sample: Sample) -> list[tuple[str, str, float]]:
    try:
        import diff_diff
    except ImportError:
        return [("diff-diff is not installed (requirements-oracles.txt): not timed", "diff-diff", float("nan"))]
    long = _wide(sample).rename_axis("year").reset_index().melt(id_vars="year", var_name="unit", value_name="y")
    long["treated"] = (long.unit == "a0").astype(int)
    years = [int(year) for year in YEARS if year >= sample.slots.exposed[0]]

    def fit():
        peer = diff_diff.SyntheticDiD(n_bootstrap=200, variance_method="placebo", seed=1)
        return peer.fit(long, outcome="y", treatment="treated", unit="unit", time="year", post_periods=years)

    theirs, ours = fit().att, SyntheticDid(sample).estimates(sample.treated[None])[0, 0]
    words = f"synthetic DiD, 1 outcome, 1 adopter, 200 placebos (estimate {theirs:.4f}, ours {ours:.4f})"
    return [(words, "diff-diff", best_of(fit, 1))]


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    print("Synthetic estimators and matching, 152 authorities x 13 years (simulated)")
    for words, who, seconds in rows():
        print(f"  {who:9} {seconds * 1000:9.1f} ms  {words}")


if __name__ == "__main__":
    main()
