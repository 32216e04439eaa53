"""A start pretended before the real one, among years in which nobody had begun yet."""

from __future__ import annotations

import dataclasses

import numpy as np

from analytics.checks.case import Case
from analytics.estimators import Slots
from analytics.outcome import OutcomeSample, with_matches


def adopters_with_years(case: Case, start: np.ndarray, exposed: np.ndarray, fewest: int) -> np.ndarray:
    """n, True for adopters with figures in so many years before a pretended start, and in one from it to the real one.

    Parameters
    ----------
    start, exposed : n, pretended s and g of each adopter
    """
    sample = case.one.sample
    years, observed = sample.years, sample.observed[sample.treated]
    before = (observed & (years < start[:, None])).sum(1) >= fewest
    after = (observed & (years >= exposed[:, None]) & (years < sample.slots.start[:, None])).any(1)
    return before & after


def pretended(
    case: Case, start: np.ndarray, exposed: np.ndarray, adopters: np.ndarray, *, within: int
) -> OutcomeSample:
    """The sample as if these adopters had begun then: no year of their real use is in it, and the others leave.

    Parameters
    ----------
    start, exposed : n, pretended s and g of each adopter; adopters : n, True for those meant
    within : years from the pretended start to the real one, placebos' too

    Raises
    ------
    CannotEstimate : of the pool matched, nobody is like the adopters before the pretended start
    """
    one = case.one
    kept = one.only(np.setdiff1d(one.rows, one.rows[one.treated[~adopters]]))
    whole = kept.sample
    observed = whole.observed.copy()
    observed[whole.treated] &= whole.years < whole.slots.start[:, None]
    slots = Slots(start[adopters], exposed[adopters], within=within)
    partners = None
    if whole.partners is not None:
        # Kinds of slot that differed only in what is pretended become one, and partners are kept one a kind.
        first = [int(np.flatnonzero(slots.kind == kind)[0]) for kind in range(len(slots.kinds))]
        partners = whole.partners[whole.slots.kind[first]]
    found = dataclasses.replace(
        kept, sample=dataclasses.replace(whole, observed=observed, slots=slots, partners=partners)
    )
    # Matched on the years that are now judged, comparators would look alike in them whatever happened.
    return with_matches(case.study, found) if case.specification.comparators.pool == "matched" else found
