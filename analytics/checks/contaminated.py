"""Do comparators use the model as well, as far as the register knows, and what can it not know?"""

from __future__ import annotations

import dataclasses

import pandas as pd

from analytics.checks.case import Case
from analytics.checks.registry import check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.comparators import Use
from analytics.wording import listed

NAME = "Comparators that use the model"
MOST_RECORDED = (
    0.25  # above a quarter of the untreated recorded with the model, those without a record are doubtful too
)

MOST_NAMED = 5


def _unrecorded_share(use: Use) -> float:
    """Share (0-1) of authorities without a record that use the model all the same, if what is said is right."""
    rest = use.authorities - use.recorded
    said = (use.said_share or 0.0) * use.authorities
    return min(max(said - use.recorded, 0.0) / rest, 1.0) if rest else 0.0


def contaminated_comparators(use: Use) -> CheckResult:
    """Result by the register: failed where comparators are known or likely users."""
    unknown = _unrecorded_share(use)
    recorded_share = use.recorded_untreated / use.untreated if use.untreated else 0.0
    table = pd.DataFrame(
        {
            "comparators": [use.comparators],
            "recorded_comparators": [len(use.recorded_comparators)],
            "recorded": [use.recorded],
            "authorities": [use.authorities],
            "recorded_untreated": [use.recorded_untreated],
            "untreated": [use.untreated],
            "said_share": [use.said_share],
            "unrecorded_share": [unknown],
        }
    )
    diluted = f"If {unknown:.0%} of the comparators changed alike, the estimate shows {1 - unknown:.0%} of the effect."
    if use.recorded_comparators:
        first, more = use.recorded_comparators[:MOST_NAMED], len(use.recorded_comparators) - MOST_NAMED
        named = listed([*first, f"{more} more"] if more > 0 else first)
        among = "a comparator" if len(use.recorded_comparators) == 1 else "comparators"
        return CheckResult(NAME, FAILED, f"The register records {use.model_name} at {among}: {named}.", table)
    if recorded_share > MOST_RECORDED:
        return CheckResult(
            NAME,
            FAILED,
            f"{use.recorded_untreated} of {use.untreated} authorities that are not treated here ({recorded_share:.0%}) are "
            f"recorded with {use.model_name}. They are left out, but with so many users, comparators without a record are "
            f"likely to include more. {diluted if unknown else ''}".rstrip(),
            table,
        )
    if unknown > 0:
        return CheckResult(
            NAME,
            CANNOT_TELL,
            f"No comparator is recorded with {use.model_name}, but {use.said_share:.0%} of authorities are said to use it in "
            f"some form and the register knows of {use.recorded} of {use.authorities}. {diluted}",
            table,
        )
    nobody = f"None of the {use.comparators} comparators is" if use.comparators > 1 else "The only comparator is not"
    return CheckResult(
        NAME,
        HELD,
        f"{nobody} recorded with {use.model_name}. The register may be incomplete.",
        table,
    )


@check(NAME, place=13, decisive=True)
def contaminated(case: Case) -> CheckResult | None:
    """Result by the register, for those whom the estimate really compares; None for a named list, which has no model."""
    use = case.study.register_use
    if use is None:
        return None
    names = {case.name_of(code) for code in case.comparators}
    recorded = tuple(name for name in use.recorded_comparators if name in names)
    return contaminated_comparators(dataclasses.replace(use, comparators=len(names), recorded_comparators=recorded))
