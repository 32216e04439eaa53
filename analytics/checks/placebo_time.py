"""Would the same method have found an effect before there was a model to have one?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from analytics.checks.case import Case, cannot_tell
from analytics.checks.registry import check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.estimators import Slots
from analytics.inference.permutation import POWER_MULTIPLE
from analytics.outcome import OutcomeSample
from analytics.wording import p_text

NAME = "A pretended earlier start"
SHIFTS = (3, 2)  # years earlier, the most that leaves two earlier years is taken
FEWEST_BEFORE = 2


@check(NAME, place=30)
def placebo_time(case: Case) -> CheckResult:
    """Failed where a start some years too early, with only years before the real one, shows a change."""
    for shift in SHIFTS:
        pretended = _pretended(case, shift)
        if pretended is not None:
            break
    else:
        return cannot_tell(NAME, "Too few years before adoption to pretend an earlier start.")
    found = case.judged(pretended)
    seen = POWER_MULTIPLE * found.placebo_sd
    table = pd.DataFrame([{"years_earlier": shift, **dataclasses.asdict(found), "mde": seen}])
    what = (
        f"A start {shift} years too early shows {case.number(found.estimate)} {case.unit} (p {p_text(found.p_value)})"
    )
    if found.p_value <= case.alpha:
        return CheckResult(NAME, FAILED, f"{what}: the method finds a change where there was nothing to find.", table)
    if seen > max(abs(case.effect.estimate), case.effect.smallest_effect):
        return CheckResult(
            NAME,
            CANNOT_TELL,
            f"{what}, but only one of {case.number(seen)} or more would usually have been seen.",
            table,
        )
    return CheckResult(NAME, HELD, f"{what}: no change is found where there was nothing to find.", table)


def _pretended(case: Case, shift: int) -> OutcomeSample | None:
    """The sample with every start moved earlier and exposed years ended at the real start; None with too few years."""
    one = case.one
    sample, years = one.sample, one.sample.years
    enough = np.array(
        [
            (sample.observed[row] & (years < s - shift)).sum() >= FEWEST_BEFORE
            and (sample.observed[row] & (years >= g - shift) & (years < s)).any()
            for row, s, g in zip(one.treated, sample.slots.start, sample.slots.exposed, strict=True)
        ]
    )
    if not enough.any():
        return None
    kept = one.only(np.setdiff1d(one.rows, one.rows[one.treated[~enough]])) if not enough.all() else one
    slots = Slots(kept.sample.slots.start - shift, kept.sample.slots.exposed - shift, within=shift)
    return dataclasses.replace(kept, sample=dataclasses.replace(kept.sample, slots=slots))
