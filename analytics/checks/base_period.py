"""Does the answer hang on which earlier years are the base?"""

from __future__ import annotations

from analytics.checks.case import CannotEstimate, Case, compared
from analytics.checks.registry import check
from analytics.checks.result import CheckResult

NAME = "Other base years"
BASES = {"all earlier years": "all_pre", "the year before the start": 1, "three years before it": 3}


@check(NAME, place=41)
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
    return compared(
        case,
        NAME,
        found,
        held="The answer is the same from another base:",
        failed="The answer depends on the base:",
    )
