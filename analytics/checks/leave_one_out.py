"""Does the answer hang on one authority?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from analytics.chance import estimator_of
from analytics.checks.case import Case, cannot_tell, same_answer
from analytics.checks.registry import check
from analytics.checks.result import FAILED, HELD, CheckResult
from analytics.wording import p_text

ADOPTERS, COMPARATORS = "Leaving out one adopter", "Leaving out one comparator"


@check(ADOPTERS, place=50)
def leave_one_adopter_out(case: Case) -> CheckResult:
    """Failed where the answer changes without one of the adopters."""
    adopters = case.adopters
    if len(adopters) < 2:
        return cannot_tell(ADOPTERS, "There is one adopter only: the result is that authority's own.")
    found = {
        case.name_of(gone.area_code): case.again(case.of_adopters(e for e in adopters if e is not gone))
        for gone in adopters
    }
    differ = {name: each for name, each in found.items() if not same_answer(case, each)}
    table = pd.DataFrame([{"left_out": name, **dataclasses.asdict(each)} for name, each in found.items()])
    low, high = (end(each.estimate for each in found.values()) for end in (min, max))
    between = f"without one of them the change is between {case.number(low)} and {case.number(high)} {case.unit}"
    if differ:
        name, each = next(iter(differ.items()))
        more = f" (and {len(differ) - 1} more)" if len(differ) > 1 else ""
        return CheckResult(
            ADOPTERS,
            FAILED,
            f"The answer changes without {name}{more}: {case.number(each.estimate)} (p {p_text(each.p_value)}); {between}.",
            table,
        )
    return CheckResult(ADOPTERS, HELD, f"The answer hangs on no single adopter: {between}.", table)


@check(COMPARATORS, place=51)
def leave_one_comparator_out(case: Case) -> CheckResult:
    """Failed where without one comparator the estimate crosses the line that divides evidence from none, or zero."""
    sample, rows = case.one.sample, np.flatnonzero(case.one.sample.compared)
    if len(rows) < 2:
        return cannot_tell(COMPARATORS, "There is one comparator only: everything rests on it.")
    masks = np.repeat(sample.compared[None], len(rows), axis=0)
    masks[np.arange(len(rows)), rows] = False
    everyone = np.repeat(case.one.treated[None], len(rows), axis=0)
    estimates = estimator_of(sample, case.specification).estimates(everyone, masks)[0]
    names = [case.study.panel.names[case.one.rows[r]] for r in rows]
    table = pd.DataFrame({"left_out": names, "estimate": estimates}).sort_values("estimate", ignore_index=True)
    line = _line(case)
    evident = case.p_placebo <= case.alpha
    crosses = np.array([(abs(b) >= line) != evident or b * case.effect.estimate < 0 for b in estimates])
    if not evident:  # no claim is made of a sign, so only coming out as evidence would be another answer
        crosses = np.abs(estimates) >= line
    low, high = np.nanmin(estimates), np.nanmax(estimates)
    between = f"without one of them the change is between {case.number(low)} and {case.number(high)} {case.unit}"
    if crosses.any():
        name = names[int(np.flatnonzero(crosses)[0])]
        more = f" (and {crosses.sum() - 1} more)" if crosses.sum() > 1 else ""
        return CheckResult(COMPARATORS, FAILED, f"The answer changes without {name}{more}: {between}.", table)
    return CheckResult(COMPARATORS, HELD, f"The answer hangs on no single comparator: {between}.", table)


def _line(case: Case) -> float:
    """Size at or above which an estimate counts as evidence, by the placebos of the whole comparison."""
    sizes = np.sort(np.abs(case.estimates.placebo[0]))[::-1]
    itself = 0 if case.estimates.enumerated else 1
    most = int(np.floor(case.alpha * (len(sizes) + itself) + 1e-9)) - itself  # placebos that may be as far
    return float(sizes[most]) * (1 + 1e-9) if 0 <= most < len(sizes) else np.inf
