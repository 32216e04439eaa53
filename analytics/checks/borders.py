"""Does the answer hang on comparators that border an adopter, where practice and families cross?"""

from __future__ import annotations

from analytics.checks.case import Case, cannot_tell, compared
from analytics.checks.registry import check
from analytics.checks.result import HELD, CheckResult

NAME = "Comparators that border an adopter"


@check(NAME, place=73)
def borders(case: Case) -> CheckResult:
    """Result by the same estimate without comparators that border an adopter."""
    touching = case.study.borders
    if touching is None:
        return cannot_tell(NAME, "Which authorities border one another is not held for these figures.")
    adopters = {e.area_code for e in case.adopters}
    codes = set(case.comparators)
    near = sorted(code for code in codes if touching.get(code, frozenset()) & adopters)
    if not near:
        return CheckResult(NAME, HELD, "No comparator borders an adopter.")
    if len(near) == len(codes):
        return cannot_tell(NAME, "Every comparator borders an adopter: nobody further away is left to compare with.")
    who = f"{len(near)} of {len(codes)} comparators that {'borders' if len(near) == 1 else 'border'} an adopter"
    return compared(
        case,
        NAME,
        {"": case.again(case.without_comparators(near))},
        held=f"The answer is the same without the {who}",
        failed=f"The answer changes without the {who}",
    )
