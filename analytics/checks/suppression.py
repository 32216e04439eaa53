"""Are too many of the adopters' figures suppressed for their mean to be believed?"""

from __future__ import annotations

import pandas as pd

from analytics.checks.case import Case
from analytics.checks.registry import check
from analytics.checks.result import FAILED, HELD, CheckResult
from analytics.outcome import PLACEBO
from analytics.panel import NO_ROW

NAME = "Suppressed figures"
MOST_SUPPRESSED = 0.10  # share of the adopters' cells; small counts are not missing at random (docs/methods.md)


def suppression(statuses: pd.DataFrame, *, adopters: int = 2) -> CheckResult:
    """Result by the share of adopters' cells that are suppressed.

    Parameters
    ----------
    statuses : one row a cell of an adopter or comparator in the window, columns group (Adopters, Comparators), status
    adopters : how many there are, for the words
    """
    whose = "the adopter's" if adopters == 1 else "the adopters'"
    table = statuses.groupby(["group", "status"]).size().unstack(fill_value=0)
    mine = table.loc["Adopters"] if "Adopters" in table.index else pd.Series(dtype=int)
    cells, hidden = int(mine.sum()), int(mine.get("suppressed", 0))
    share = hidden / cells if cells else 0.0
    counted = f"{hidden} of {whose} {cells} figures ({share:.0%}) {'is' if hidden == 1 else 'are'} suppressed"
    if share > MOST_SUPPRESSED:
        return CheckResult(
            NAME,
            FAILED,
            f"{counted}, more than {MOST_SUPPRESSED:.0%}: the small numbers are the ones hidden, so the rest mislead.",
            table.reset_index(),
        )
    sentence = f"None of {whose} figures is suppressed." if not hidden else f"{counted}, and not filled in."
    return CheckResult(NAME, HELD, sentence, table.reset_index())


def statuses_listed(cells: pd.DataFrame) -> pd.DataFrame:
    """Group and status of the cells of adopters and comparators that the source lists."""
    return cells[(cells.status != NO_ROW) & (cells.group != PLACEBO)][["group", "status"]]


@check(NAME, place=11, decisive=True)
def suppressed(case: Case) -> CheckResult:
    """Result over the cells of adopters and comparators that the source lists."""
    return suppression(statuses_listed(case.cells), adopters=len(case.adopters))
