"""Does the answer hang on the years of the pandemic?"""

from __future__ import annotations

import dataclasses

from analytics.checks.case import Case, cannot_tell, compared
from analytics.checks.registry import check
from analytics.checks.result import CheckResult
from analytics.periods import PANDEMIC
from analytics.wording import listed

NAME = "Without the pandemic years"
ADOPTED_THEN = range(2019, 2022)


@check(NAME, place=60)
def covid(case: Case) -> CheckResult | None:
    """Result by the same estimate without 2020 and 2021; None where the window holds neither."""
    held = [y for y in PANDEMIC if y in case.one.sample.years]
    if not held:
        return None
    then = [e for e in case.adopters if e.start_year in ADOPTED_THEN]
    if len(then) == len(case.adopters):
        who = "The one adopter" if len(then) == 1 else "Every adopter"
        return cannot_tell(
            NAME,
            f"{who} began in the years to March 2019, 2020 or 2021: what the model did cannot be told from the pandemic.",
        )
    years = listed([str(y) for y in held])
    found = compared(
        case,
        NAME,
        {"": case.again(case.without(held))},
        held=f"The answer is the same without {years}",
        failed=f"The answer changes without {years}",
    )
    if not then:
        return found
    flagged = f"Begun in the years to March 2019, 2020 or 2021, close to the pandemic: {case.named(then)}."
    return dataclasses.replace(found, sentence=f"{found.sentence} {flagged}")
