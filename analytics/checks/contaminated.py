"""Do comparators use the model as well, as far as the register knows, and what can it not know?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult

NAME = "Comparators that use the model"
MOST_RECORDED = (
    0.25  # above a quarter of the untreated recorded with the model, those without a record are doubtful too
)


@dataclass(frozen=True)
class Use:
    """What the register says of one model's use.

    Attributes
    ----------
    model_name : as shown
    comparators : how many are in the comparison
    recorded_comparators : names of comparators that the register records with the model
    recorded_untreated : authorities recorded with the model that are not treated here
    untreated : authorities of the panel that are not treated
    said_share : share (0-1) of all authorities said to use it in some form; None where nobody has said
    authorities : authorities of the panel
    recorded : of those, how many the register records with the model
    """

    model_name: str
    comparators: int
    recorded_comparators: tuple[str, ...]
    recorded_untreated: int
    untreated: int
    said_share: float | None
    authorities: int
    recorded: int


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
            "recorded_untreated": [use.recorded_untreated],
            "untreated": [use.untreated],
            "said_share": [use.said_share],
            "unrecorded_share": [unknown],
        }
    )
    diluted = f"If {unknown:.0%} of the comparators changed alike, the estimate shows {1 - unknown:.0%} of the effect."
    if use.recorded_comparators:
        named = ", ".join(use.recorded_comparators[:5]) + (" ..." if len(use.recorded_comparators) > 5 else "")
        return CheckResult(NAME, FAILED, f"The register records {use.model_name} at comparators: {named}.", table)
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
    return CheckResult(
        NAME,
        HELD,
        f"None of the {use.comparators} comparators is recorded with {use.model_name}. The register may be incomplete.",
        table,
    )
