"""Who had it before the figures begin, and does the answer hang on adopters that began alone in their year?"""

from __future__ import annotations

import dataclasses
from collections import Counter

from analytics.checks.case import Case, cannot_tell, compared
from analytics.checks.registry import check
from analytics.checks.result import HELD, CheckResult
from analytics.outcome import ALREADY_USING
from analytics.wording import listed

NAME = "Adopters that began alone in their year"


@check(NAME, place=72)
def cohorts(case: Case) -> CheckResult | None:
    """Result by the same estimate without adopters that are the only one of their start; None where all began together."""
    sizes = Counter((e.start_year, e.first_exposed_year) for e in case.adopters)
    single = [e for e in case.adopters if sizes[(e.start_year, e.first_exposed_year)] == 1]
    said = _already_using(case)
    if len(single) == len(case.adopters):
        who = "The one adopter began alone" if len(single) == 1 else "Every adopter began alone in its year"
        return cannot_tell(
            NAME,
            f"{who}, so that what the model did cannot be told from whatever else happened there in that year.{said}",
        )
    if single:
        return _without(case, single, said)
    if len(sizes) > 1 or said:
        together = "Every adopter began in the same year." if len(sizes) == 1 else "No adopter began alone in its year."
        return CheckResult(NAME, HELD, f"{together}{said}")
    return None


def _without(case: Case, single: list, said: str) -> CheckResult:
    """Result by the same estimate without the adopters that began alone."""
    names = case.named(single)
    what = f"{names}, {'each alone in its' if len(single) > 1 else 'alone in its'} year of starting"
    found = compared(
        case,
        NAME,
        {"": case.again(case.of_adopters(e for e in case.adopters if e not in single))},
        held=f"The answer is the same without {what}",
        failed=f"The answer changes without {what}",
    )
    return dataclasses.replace(found, sentence=f"{found.sentence}{said}")


def _already_using(case: Case) -> str:
    """Sentence on adopters whose use is older than the figures, '' where there is none."""
    left = case.one.left_out
    names = left[left.reason.str.startswith(ALREADY_USING)].name.tolist()
    if not names:
        return ""
    return f" In use since before the figures begin, and so in neither group: {listed(names)}."
