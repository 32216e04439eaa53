"""Did some adopters use the model before the start that is analysed?"""

from __future__ import annotations

import pandas as pd

from analytics.checks.case import Case, cannot_tell, compared
from analytics.checks.registry import check
from analytics.checks.result import HELD, CheckResult

NAME = "Adopters that used it before"


@check(NAME, place=71)
def prior_users(case: Case) -> CheckResult | None:
    """Result by the same estimate without adopters recorded as earlier users; None for a list named by hand."""
    if case.specification.treatment.is_named_list:
        return None
    before = {code: words for code, words in case.study.prior_use.items() if words}
    users = [e for e in case.adopters if e.area_code in before]
    if not users:
        return CheckResult(NAME, HELD, "The register records no earlier use by the adopters. It may be incomplete.")
    named = ", ".join(case.name_of(e.area_code) for e in users)
    said = f"{len(users)} of {len(case.adopters)} adopters used it before the start that is analysed: {named}."
    fresh = [e for e in case.adopters if e.area_code not in before]
    if not fresh:
        return cannot_tell(NAME, f"{said} No adopter is left that began then, so nothing can be told of a beginning.")
    found = compared(
        case,
        NAME,
        {f"the {len(fresh)} that began then": case.again(case.of_adopters(fresh))},
        held="The answer is the same without them:",
        failed="The answer changes without them:",
    )
    known = pd.DataFrame([{"authority": case.name_of(e.area_code), "known": before[e.area_code]} for e in users])
    return CheckResult(NAME, found.verdict, f"{said} {found.sentence}", pd.concat([found.table, known]))
