"""The checks by name: each file holds one and makes itself known here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from analytics.checks.case import CannotEstimate, Case, cannot_tell
from analytics.checks.result import CheckResult


@dataclass(frozen=True)
class Check:
    """One check: what it is called, its place on the page, and how it is made."""

    name: str
    place: int
    decisive: bool
    made: Callable[[Case], CheckResult | None]


_CHECKS: dict[str, Check] = {}


def check(name: str, *, place: int, decisive: bool = False):
    """Decorator: makes a function from Case to CheckResult (None where it does not apply) known as a check.

    Parameters
    ----------
    place : order on the page
    decisive : whether its failure alone makes the verdict "cannot tell"
    """

    def known(made):
        _CHECKS[name] = Check(name, place, decisive, made)
        return made

    return known


def all_checks(*, decisive_only: bool = False) -> tuple[Check, ...]:
    """Every check, in order."""
    chosen = (c for c in _CHECKS.values() if c.decisive or not decisive_only)
    return tuple(sorted(chosen, key=lambda c: c.place))


def results_of(case: Case, *, decisive_only: bool = False) -> tuple[CheckResult, ...]:
    """Results of the checks that apply to a case; one that cannot be made says why."""
    results = []
    for each in all_checks(decisive_only=decisive_only):
        try:
            found = each.made(case)
        except CannotEstimate as error:
            found = cannot_tell(each.name, f"It could not be made: {error.reason}")
        if found is not None:
            results.append(dataclasses.replace(found, decisive=each.decisive))
    return tuple(results)
