"""Did some adopters use the model before the start that is analysed?"""

from __future__ import annotations

import dataclasses

from analytics.checks.case import Case, cannot_tell, compared
from analytics.checks.registry import check
from analytics.checks.result import HELD, CheckResult

NAME = "Adopters that used it before"


@check(NAME, place=71)
def prior_users(case: Case) -> CheckResult | None:
    """Result by the same estimate without adopters recorded as earlier users; None for a list named by hand."""
    if case.specification.treatment.is_named_list:
        return None
    adopters, known = case.adopters, case.study.prior_use
    users = [e for e in adopters if known.get(e.area_code)]
    if not users:
        by = "the adopter" if len(adopters) == 1 else "the adopters"
        return CheckResult(NAME, HELD, f"The register records no earlier use by {by}. It may be incomplete.")
    if len(users) == len(adopters):
        who = "The one adopter" if len(users) == 1 else f"All {len(users)} adopters"
        return cannot_tell(
            NAME, f"{who} used it before the start that is analysed, so nothing can be told of a beginning."
        )
    fresh = [e for e in adopters if e not in users]
    found = compared(
        case,
        NAME,
        {"": case.again(case.of_adopters(fresh))},
        held="The answer is the same without them",
        failed="The answer changes without them",
    )
    said = f"{len(users)} of {len(adopters)} adopters used it before the start that is analysed: {case.named(users)}."
    table = found.table.assign(used_before=case.named(users))
    return dataclasses.replace(found, sentence=f"{said} {found.sentence}", table=table)
