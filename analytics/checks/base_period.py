"""Does the answer hang on which earlier years are the base?"""

from __future__ import annotations

from analytics.checks.case import CannotEstimate, Case, cannot_tell, compared
from analytics.checks.registry import NO_BASE, check
from analytics.checks.result import CheckResult

NAME = "Other base years"
BASES = {"all of them": "all_pre", "the last alone": 1, "the third last alone": 3}


@check(NAME, place=41, imputation=NO_BASE)
def base_period(case: Case) -> CheckResult:
    """Result by the same estimate from all earlier years, from the last alone and from the third last alone."""
    found = {}
    for words, base in BASES.items():
        if base == case.specification.estimator.base and case.specification.estimator.name == "imputation":
            continue
        try:
            found[words] = case.with_base(base)
        except CannotEstimate:
            continue  # a short window has no third year before; the others still answer
    if not found:
        return cannot_tell(NAME, "No other year before the start has the figures to serve as a base.")
    what = "the earlier years that it is measured from"
    return compared(
        case,
        NAME,
        found,
        held=f"The answer does not depend on {what}",
        failed=f"The answer depends on {what}",
    )
