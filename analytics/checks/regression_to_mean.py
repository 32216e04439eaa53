"""Was the year before adoption unusual, so that a return to the usual would look like an effect?

Authorities often take up a model after a bad year. From the last year as base a return to the usual counts in full;
from all earlier years, or without the last, the lingering shock errs the other way. Where the year was unusual and the two
disagree on the sign, neither can be believed.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from analytics.chance import Judged
from analytics.checks.case import Case, cannot_tell
from analytics.checks.pretended import adopters_with_years, pretended
from analytics.checks.registry import NO_BASE, check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.wording import p_text

NAME = "The year before adoption"
UNUSUAL = 0.10  # p at or below which the year before counts as unusual
FEWEST_EARLIER = 2  # earlier years to tell the usual from


@check(NAME, place=20, decisive=True, imputation=NO_BASE)
def regression_to_mean(case: Case) -> CheckResult:
    """Failed where the last year before was unusual and the bases on either side of it disagree on the sign."""
    before = _last_year_before(case)
    if before is None:
        whom = "this authority" if len(case.adopters) == 1 else "these authorities"
        return cannot_tell(
            NAME, f"There are too few years before adoption to say whether the last of them was unusual for {whom}."
        )
    rows = [{"what": "last year before, against earlier years and comparators", **dataclasses.asdict(before)}]
    gap = _apart(case, before)
    if before.p_value > UNUSUAL:
        return CheckResult(NAME, HELD, f"The last year before was not unusual: {gap}.", pd.DataFrame(rows))
    last, donut = case.with_base(1), case.with_base("donut")
    rows.append({"what": "estimate from the last year before", **dataclasses.asdict(last)})
    rows.append({"what": "estimate without the last year before", **dataclasses.asdict(donut)})
    table = pd.DataFrame(rows)
    told = (
        f"The last year before was unusual: {gap}. Measured from that year alone the change is {case.number(last.estimate)}, "
        f"without that year {case.number(donut.estimate)}:"
    )
    if np.sign(last.estimate) != np.sign(donut.estimate):
        return CheckResult(NAME, FAILED, f"{told} a return to the usual cannot be told from an effect.", table)
    return CheckResult(
        NAME, CANNOT_TELL, f"{told} the same direction, but part of it may be a return to the usual.", table
    )


def _apart(case: Case, before: Judged) -> str:
    """How far the last year before was from what was to be expected of it."""
    size = case.number(abs(before.estimate))
    where = f"{size} {case.unit} {'below' if before.estimate < 0 else 'above'}" if size.strip("0.,") else "level with"
    return f"{where} what earlier years and comparators suggest (p {p_text(before.p_value)})"


def _last_year_before(case: Case) -> Judged | None:
    """The year before the start as if it were the only exposed one, all earlier years its base; None with too few."""
    last = case.one.sample.slots.start - 1
    adopters = adopters_with_years(case, last, last, FEWEST_EARLIER)
    if not adopters.any():
        return None
    return case.judged(pretended(case, last, last, adopters, within=1), case.by_imputation("all_pre"))
