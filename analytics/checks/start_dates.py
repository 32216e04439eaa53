"""Does the answer hang on start dates that are not known exactly?"""

from __future__ import annotations

from analytics.checks.case import Case, compared
from analytics.checks.registry import check
from analytics.checks.result import HELD, CheckResult
from analytics.exposure import dated

NAME = "Uncertain start dates"


@check(NAME, place=70)
def start_dates(case: Case) -> CheckResult:
    """Result by the same estimate with every uncertain start at its earliest and at its latest day."""
    loose = [e for e in case.adopters if e.start_low != e.start_high]
    if not loose:
        whose = "The adopter's" if len(case.adopters) == 1 else "Every adopter's"
        return CheckResult(NAME, HELD, f"{whose} start is known to the month or day.")
    treatment = case.specification.treatment
    found = {}
    for words, day in (("at the earliest date", "start_low"), ("at the latest", "start_high")):
        moved = [dated(e, getattr(e, day), treatment) if e in loose else e for e in case.adopters]
        found[words] = case.again(case.of_adopters(moved))
    names = case.named(loose)
    return compared(
        case,
        NAME,
        found,
        held=f"The answer is the same whenever {names} began",
        failed=f"The answer depends on when {names} began",
    )
