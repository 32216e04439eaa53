"""Does the answer hang on one authority?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from analytics.chance import estimator_of
from analytics.checks.case import Case, cannot_tell, same_answer
from analytics.checks.registry import check
from analytics.checks.result import FAILED, HELD, CheckResult

ADOPTERS, COMPARATORS = "Leaving out one adopter", "Leaving out one comparator"


@check(ADOPTERS, place=50)
def leave_one_adopter_out(case: Case) -> CheckResult:
    """Failed where the answer changes without one of the adopters."""
    adopters = case.adopters
    if len(adopters) < 2:
        return cannot_tell(ADOPTERS, "There is only one adopter: the result is that authority's own.")
    found = {
        case.name_of(gone.area_code): case.again(case.of_adopters(e for e in adopters if e is not gone))
        for gone in adopters
    }
    table = pd.DataFrame([{"left_out": name, **dataclasses.asdict(each)} for name, each in found.items()])
    differ = {name: each for name, each in found.items() if not same_answer(case, each)}
    between = _between(case, table.estimate.to_numpy())
    if not differ:
        return CheckResult(ADOPTERS, HELD, f"The answer hangs on no single adopter: {between}.", table)
    name = max(differ, key=lambda each: abs(differ[each].estimate - case.effect.estimate))
    said = f"The answer changes without {name}, to {case.figure(differ[name])}{_others(len(differ) - 1)}"
    return CheckResult(ADOPTERS, FAILED, f"{said}; {between}.", table)


@check(COMPARATORS, place=51)
def leave_one_comparator_out(case: Case) -> CheckResult:
    """Failed where without one comparator the estimate crosses the line that divides evidence from none, or zero."""
    sample, rows = case.one.sample, np.flatnonzero(case.one.sample.compared)
    if len(rows) < 2:
        return cannot_tell(COMPARATORS, "There is only one comparator: everything rests on it.")
    masks = np.repeat(sample.compared[None], len(rows), axis=0)
    masks[np.arange(len(rows)), rows] = False
    everyone = np.repeat(case.one.treated[None], len(rows), axis=0)
    estimates = estimator_of(sample, case.specification).estimates(everyone, masks)[0]
    names = np.array(case.study.panel.names, dtype=object)[case.one.rows[rows]]
    table = pd.DataFrame({"left_out": names, "estimate": estimates}).sort_values("estimate", ignore_index=True)
    if not np.isfinite(estimates).any():
        return cannot_tell(COMPARATORS, "Without any one of the comparators nothing is left to estimate from.")
    line = _line(case)
    differ = np.array([not _same_side(case, b, line) for b in estimates])
    between = _between(case, estimates[np.isfinite(estimates)])
    if not differ.any():
        return CheckResult(COMPARATORS, HELD, f"The answer hangs on no single comparator: {between}.", table)
    moved = np.where(differ, np.nan_to_num(np.abs(estimates - case.effect.estimate), nan=np.inf), -1.0)
    said = f"The answer changes without {names[int(moved.argmax())]}{_others(int(differ.sum()) - 1)}"
    return CheckResult(COMPARATORS, FAILED, f"{said}; {between}.", table)


def _between(case: Case, estimates: np.ndarray) -> str:
    low, high = case.number(float(estimates.min())), case.number(float(estimates.max()))
    what = f"is {low}" if low == high else f"is between {low} and {high}"
    return f"leaving out one at a time, the change {what} {case.unit}"


def _others(count: int) -> str:
    """Words on how many more change the answer, each left out alone."""
    return f", and without any one of {count} others" if count > 1 else ", and without 1 other" if count else ""


def _same_side(case: Case, estimate: float, line: float) -> bool:
    """Whether an estimate says what the result says: evidence on the same side, or none. One that is not there does not."""
    evident = abs(estimate) >= line
    if case.p_placebo > case.alpha:
        return np.isfinite(estimate) and not evident
    return evident and estimate * case.effect.estimate > 0


def _line(case: Case) -> float:
    """Size at or above which an estimate counts as evidence, by the placebos of the whole comparison."""
    chance = case.estimates
    others = chance.placebo[0][~chance.is_real] if chance.enumerated else chance.placebo[0]
    itself = chance.placebo.shape[1] - len(others) if chance.enumerated else 1
    sizes = np.sort(np.abs(others))[::-1]
    most = int(np.floor(case.alpha * (len(others) + itself) + 1e-9)) - itself  # placebos that may be as far
    return float(sizes[most]) * (1 + 1e-9) if 0 <= most < len(sizes) else np.inf
