"""Who had it before the figures begin, and does the answer hang on adopters that began alone in their year?"""

from __future__ import annotations

from collections import Counter

from analytics.checks.case import Case, cannot_tell, compared
from analytics.checks.registry import check
from analytics.checks.result import HELD, CheckResult

NAME = "Adopters alone in their year, and those from before the figures begin"


@check(NAME, place=72)
def cohorts(case: Case) -> CheckResult | None:
    """Result by the same estimate without adopters that are the only one of their start; None where all began together."""
    sizes = Counter((e.start_year, e.first_exposed_year) for e in case.adopters)
    always = case.one.left_out[case.one.left_out.reason.str.startswith("already using it")].name.tolist()
    said = f" Using it since before the figures begin, and so in neither group: {', '.join(always)}." if always else ""
    single = [e for e in case.adopters if sizes[(e.start_year, e.first_exposed_year)] == 1]
    together = [e for e in case.adopters if e not in single]
    if len(sizes) == 1:
        return CheckResult(NAME, HELD, f"Every adopter began in the same year.{said}") if always else None
    if not single:
        return CheckResult(NAME, HELD, f"No adopter began alone in its year.{said}")
    names = ", ".join(case.name_of(e.area_code) for e in single)
    if not together:
        return cannot_tell(
            NAME,
            f"Every adopter began in a year of its own, so its effect cannot be told from that year's events there.{said}",
        )
    found = compared(
        case,
        NAME,
        {f"without {names}": case.again(case.of_adopters(together))},
        held="The answer is the same without adopters that began alone in their year:",
        failed="The answer changes without adopters that began alone in their year:",
    )
    return CheckResult(NAME, found.verdict, found.sentence + said, found.table)
