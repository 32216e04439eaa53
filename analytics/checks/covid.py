"""Does the answer hang on the years of the pandemic?"""

from __future__ import annotations

from analytics.checks.case import Case, cannot_tell, compared
from analytics.checks.registry import check
from analytics.checks.result import CheckResult

NAME = "Without the pandemic years"
YEARS = (2020, 2021)  # financial years 2019-20, whose end it touched, and 2020-21
ADOPTED_THEN = range(2019, 2022)


@check(NAME, place=60)
def covid(case: Case) -> CheckResult | None:
    """Result by the same estimate without 2020 and 2021; None where the window holds neither."""
    held = [y for y in YEARS if y in case.one.sample.years]
    if not held:
        return None
    then = [case.name_of(e.area_code) for e in case.adopters if e.start_year in ADOPTED_THEN]
    flagged = f" Adopted in those years, when everything else changed too: {', '.join(then)}." if then else ""
    if len(then) == len(case.adopters):
        return cannot_tell(
            NAME,
            f"Every adopter began between 2019 and 2021: the model cannot be told apart from the pandemic.{flagged}",
        )
    named = " and ".join(map(str, held))
    found = compared(
        case,
        NAME,
        {f"without {named}": case.again(case.without(held))},
        held="The answer is the same without the pandemic years:",
        failed="The answer changes without the pandemic years:",
    )
    return CheckResult(NAME, found.verdict, found.sentence + flagged, found.table)
