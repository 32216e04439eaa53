"""Would the same method have found an effect before there was a model to have one?"""

from __future__ import annotations

import dataclasses

import pandas as pd

from analytics.checks.case import Case, cannot_tell
from analytics.checks.pretended import adopters_with_years, pretended
from analytics.checks.registry import check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.inference.permutation import POWER_MULTIPLE
from analytics.wording import p_text

NAME = "A pretended earlier start"
SHIFTS = (3, 2)  # years earlier: the shift that keeps the most adopters, the first of two that keep as many
FEWEST_BEFORE = 2


@check(NAME, place=30)
def placebo_time(case: Case) -> CheckResult:
    """Failed where a start some years too early, with only years before the real one, shows a change."""
    slots = case.one.sample.slots
    enough = {
        shift: adopters_with_years(case, slots.start - shift, slots.exposed - shift, FEWEST_BEFORE) for shift in SHIFTS
    }
    shift = max(SHIFTS, key=lambda each: enough[each].sum())
    adopters = enough[shift]
    if not adopters.any():
        return cannot_tell(NAME, "There are too few years before adoption to pretend an earlier start.")
    found = case.judged(pretended(case, slots.start - shift, slots.exposed - shift, adopters, within=shift))
    seen = POWER_MULTIPLE * found.placebo_sd
    table = pd.DataFrame([{"years_earlier": shift, **dataclasses.asdict(found), "mde": seen}])
    some = "" if adopters.all() else f" for the {adopters.sum()} of {slots.count} adopters with enough years"
    amount = f"{case.number(found.estimate)} {case.unit} (p {p_text(found.p_value)})"
    what = f"A start pretended {shift} years too early shows a change of {amount}{some}"
    if found.p_value <= case.alpha:
        return CheckResult(NAME, FAILED, f"{what}: the method finds a change where there was nothing to find.", table)
    if seen > max(abs(case.effect.estimate), case.effect.smallest_effect):
        missed = f"but only one of {case.number(seen)} or more would usually have been seen"
        return CheckResult(NAME, CANNOT_TELL, f"{what}, {missed}.", table)
    return CheckResult(NAME, HELD, f"{what}: no more than chance would give, where there was nothing to find.", table)
