"""Does the answer change when the year before the start is in no base?"""

from __future__ import annotations

from analytics.checks.case import Case, compared
from analytics.checks.registry import NO_BASE, check
from analytics.checks.result import CheckResult

NAME = "Without the year before the start (donut)"


@check(NAME, place=40, imputation=NO_BASE)
def donut(case: Case) -> CheckResult | None:
    """Result by the same estimate with all earlier years but the last as its base; None where that is the estimate."""
    if case.specification.estimator.base == "donut":
        return None
    return compared(
        case,
        NAME,
        {"": case.with_base("donut")},
        held="The answer is the same without the last year before the start",
        failed="The answer changes without the last year before the start",
    )
