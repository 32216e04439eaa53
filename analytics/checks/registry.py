"""The checks by name: each file holds one and makes itself known here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from analytics.checks.case import CannotEstimate, Case, cannot_tell
from analytics.checks.result import CheckResult
from analytics.terms import choices_of

NO_BASE = "“{}” has no base years to choose"  # `imputation` of the checks on the base
GAPS = "the gaps by year are; “{}” has none of its own"  # and of those on the path before adoption


@dataclass(frozen=True)
class Check:
    """One check: what it is called, its place on the page, how it is made, and why by imputation whatever was chosen."""

    name: str
    place: int
    decisive: bool
    made: Callable[[Case], CheckResult | None]
    imputation: str = ""


_CHECKS: dict[str, Check] = {}


def check(name: str, *, place: int, decisive: bool = False, imputation: str = ""):
    """Decorator: makes a function from Case to CheckResult (None where it does not apply) known as a check.

    Parameters
    ----------
    place : order on the page
    decisive : whether its failure alone makes the verdict "cannot tell"
    imputation : of a check that imputation makes whatever the estimator, why: said where the estimator is another
    """

    def known(made):
        _CHECKS[name] = Check(name, place, decisive, made, imputation)
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
            sentence = f"{found.sentence}{_by_another(each, found, case)}"
            results.append(dataclasses.replace(found, decisive=each.decisive, sentence=sentence))
    return tuple(results)


def _by_another(each: Check, found: CheckResult, case: Case) -> str:
    """Said of a check with figures that are not the chosen estimator's; '' elsewhere."""
    name = case.specification.estimator.name
    if not each.imputation or name == "imputation" or not len(found.table):
        return ""
    return f" Worked out with imputation, as {each.imputation.format(choices_of('estimator')[name].partition(':')[0])}."
