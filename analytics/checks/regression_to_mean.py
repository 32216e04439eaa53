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
from analytics.checks.case import PLAIN, Case, cannot_tell
from analytics.checks.registry import check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.estimators import Slots
from analytics.wording import p_text

NAME = "The year before adoption"
UNUSUAL = 0.10  # p at or below which the year before counts as unusual
FEWEST_EARLIER = 2  # earlier years to tell the usual from


@check(NAME, place=20, decisive=True)
def regression_to_mean(case: Case) -> CheckResult:
    """Failed where the last year before was unusual and the bases on either side of it disagree on the sign."""
    before = _last_year_before(case)
    if before is None:
        return cannot_tell(
            NAME, "Too few years before adoption to say whether the last of them was unusual for these authorities."
        )
    rows = [{"what": "last year before, against earlier years and comparators", **dataclasses.asdict(before)}]
    gap = f"{case.number(before.estimate)} {case.unit} from what earlier years and comparators suggest"
    if before.p_value > UNUSUAL:
        sentence = f"The last year before was not unusual ({gap}, p {p_text(before.p_value)})."
        return CheckResult(NAME, HELD, sentence, pd.DataFrame(rows))
    last, donut = case.with_base(1), case.with_base("donut")
    rows.append({"what": "estimate from the last year before", **dataclasses.asdict(last)})
    rows.append({"what": "estimate without the last year before", **dataclasses.asdict(donut)})
    table = pd.DataFrame(rows)
    bases = f"{case.number(last.estimate)} from that year alone, {case.number(donut.estimate)} without it"
    unusual = f"The last year before was unusual ({gap}, p {p_text(before.p_value)})"
    if np.sign(last.estimate) != np.sign(donut.estimate):
        return CheckResult(
            NAME,
            FAILED,
            f"{unusual}, and the change has another sign from one base to the other ({bases}): a return to the usual "
            "cannot be told from an effect.",
            table,
        )
    return CheckResult(
        NAME,
        CANNOT_TELL,
        f"{unusual}; the change has the same sign from either base ({bases}), but part of it may be a return to the usual.",
        table,
    )


def _last_year_before(case: Case) -> Judged | None:
    """The year before the start as if it were the only exposed one, all earlier years its base; None with too few."""
    one = case.one
    start = one.sample.slots.start
    years = one.sample.years
    enough = [
        (one.sample.observed[row] & (years < s - 1)).sum() >= FEWEST_EARLIER
        and one.sample.observed[row, years == s - 1].any()
        for row, s in zip(one.treated, start, strict=True)
    ]
    if not any(enough):
        return None
    gone = one.rows[one.treated[~np.array(enough)]]
    kept = one.only(np.setdiff1d(one.rows, gone)) if len(gone) else one
    slots = Slots(kept.sample.slots.start - 1, kept.sample.slots.start - 1, within=1)
    # Kinds of slot that differ only in the first exposed year become one, and partners are kept one a kind.
    partners = kept.sample.partners
    if partners is not None:
        first = [int(np.flatnonzero(slots.kind == k)[0]) for k in range(len(slots.kinds))]
        partners = partners[kept.sample.slots.kind[first]]
    pretended = dataclasses.replace(kept, sample=dataclasses.replace(kept.sample, slots=slots, partners=partners))
    plain = dataclasses.replace(case.specification.estimator, name="imputation", base="all_pre", **PLAIN)
    return case.judged(pretended, dataclasses.replace(case.specification, estimator=plain))
