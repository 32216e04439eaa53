"""Is there enough before adoption to build a comparator from a mix of others, and does it hang on one of them?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.checks.case import Case
from analytics.checks.registry import check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.estimators.synthetic_control import leave_one_donor_out, synthetic_fit

NAME = "Fit of the synthetic comparator"
FEWEST_YEARS = 5  # before adoption: with fewer many mixes fit as well, and their later paths differ
SYNTHETIC = ("synthetic_control", "synthetic_did")


@check(NAME, place=15, decisive=True)
def synthetic_fit_of(case: Case) -> CheckResult | None:
    """Failed with fewer than five years before any adopter; None for estimators that build no mix."""
    if case.specification.estimator.name not in SYNTHETIC:
        return None
    sample, panel = case.one.sample, case.study.panel
    names = [panel.names[r] for r in case.one.rows]
    rows, swings = [], []
    for slot, row in enumerate(sample.treated):
        fit = synthetic_fit(sample, slot)
        if fit is None:
            continue
        without = leave_one_donor_out(sample, slot)
        swing = np.abs(without.mean_gap - fit.mean_gap).max() if len(without) else np.nan
        swings.append(swing)
        donors = "; ".join(f"{names[d]} {w:.0%}" for d, w in fit.weights[["donor", "weight"]].itertuples(index=False))
        rows.append(
            {
                "adopter": names[row],
                "years_before": fit.years_before,
                "gap": fit.mean_gap,
                "usual_gap_before": fit.rmspe_before,
                "most_without_one_donor": swing,
                "donors": donors,
            }
        )
    table = pd.DataFrame(rows)
    if table.empty:
        return CheckResult(NAME, CANNOT_TELL, "No adopter has a mix of others that can be built from complete years.")
    short = table[table.years_before < FEWEST_YEARS]
    if len(short):
        return CheckResult(
            NAME,
            FAILED,
            f"{', '.join(short.adopter)}: fewer than {FEWEST_YEARS} years before adoption, so that many different mixes of "
            "other authorities fit as well and none can be preferred.",
            table,
        )
    poor = table[table.usual_gap_before > case.effect.placebo_sd]
    if len(poor):
        return CheckResult(
            NAME,
            CANNOT_TELL,
            f"No mix of other authorities follows {', '.join(poor.adopter)} closely before adoption (usually off by "
            f"{case.number(poor.usual_gap_before.max())} {case.unit}).",
            table,
        )
    return CheckResult(
        NAME,
        HELD,
        f"A mix of other authorities follows each adopter before adoption (usually within "
        f"{case.number(table.usual_gap_before.max())} {case.unit}); without any one of them the change moves by at most "
        f"{case.number(table.most_without_one_donor.max())}.",
        table,
    )
