"""Event-study regression: one coefficient for each year before and after first exposure, authority and year effects beside.

Every event time e = t - g has a dummy, none binned; the reference is the last untreated year s - 1, and years s to g - 1
leave the panel. Unlike the gaps of imputation.py it takes the effect to be the same in every cohort; where it is not, a
coefficient mixes event times (Sun and Abraham 2021). Authority effects are concentrated out as in concentrated.py, then the
year effects, which leaves one E x E system an assignment.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analytics.estimators.concentrated import within
from analytics.estimators.membership import Membership, in_chunks
from analytics.estimators.registry import refuse_base, register
from analytics.estimators.sample import Sample
from analytics.estimators.year_effects import linked_years, solved_years

MOST_INFLATED = 1e8  # a coefficient whose variance the others inflate more than this is looked at by eigenvalues
NOTHING = 1e-9  # eigenvalue of a system with a unit diagonal below which a direction is not identified


def event_times_but_base(sample: Sample) -> np.ndarray:
    """E: years since first exposure, e = t - g, in which a slot has an untreated or exposed year other than s - 1."""
    found = set()
    for kind, (start, exposed) in enumerate(sample.slots.kinds):
        meant = (sample.before(kind) | sample.exposed_years(kind)) & (sample.years != start - 1)
        found |= set((sample.years[meant] - exposed).tolist())
    return np.array(sorted(found), dtype=int)


@dataclass(frozen=True)
class _Adds:
    """What each authority adds to the equations when it holds one kind of slot.

    Attributes
    ----------
    years : N x T x T; years_right : N x T x K; cross : N x E x T; dummies : N x E x E; dummies_right : N x E x K
    effect : N x E, weight of the authority's cells that make up the effect, at each event time
    """

    years: np.ndarray
    years_right: np.ndarray
    cross: np.ndarray
    dummies: np.ndarray
    dummies_right: np.ndarray
    effect: np.ndarray


def _adds(sample: Sample, used: np.ndarray, dummy: np.ndarray, after: np.ndarray) -> _Adds:
    """From the cells used (N x T), the dummies of each year (E x T) and the years that make up the effect (T)."""
    years = within(used, sample.weights)
    right = np.einsum("nst,knt->nsk", years, sample.filled)
    effect = (used * after * sample.weights[:, None]) @ dummy.T
    return _Adds(years, right, dummy @ years, dummy @ years @ dummy.T, dummy @ right, effect)


@dataclass(frozen=True)
class EventStudyRegression:
    """Coefficients by event time of K outcomes under any assignment."""

    sample: Sample

    @functools.cached_property
    def times(self) -> np.ndarray:
        """E event times with a dummy."""
        return event_times_but_base(self.sample)

    @functools.cached_property
    def _holders(self) -> list[_Adds]:
        """What holders of each kind of slot add."""
        sample, found = self.sample, []
        for kind, (start, exposed) in enumerate(sample.slots.kinds):
            meant = sample.before(kind) | sample.exposed_years(kind)
            dummy = (sample.years - exposed == self.times[:, None]) & meant & (sample.years != start - 1)
            found.append(_adds(sample, sample.observed & meant, dummy.astype(float), sample.after(kind)))
        return found

    @functools.cached_property
    def _comparators(self) -> _Adds:
        """What comparators add, who have no dummies."""
        years = len(self.sample.years)
        return _adds(self.sample, self.sample.observed, np.zeros((0, years)), np.zeros(years))

    @functools.cached_property
    def _alike(self) -> bool:
        """Whether every authority has the same cells and weight, so that all assignments have the same left side."""
        sample = self.sample
        return bool((sample.observed == sample.observed[0]).all() and (sample.weights == sample.weights[0]).all())

    def _sum(self, some: Membership, what: str) -> np.ndarray:
        """D x ...: the sum over holders, and over comparators where they add to it."""
        total = sum(some.over_holders(kind, getattr(adds, what)) for kind, adds in enumerate(self._holders))
        if what in ("years", "years_right"):
            total += some.over_compared(getattr(self._comparators, what))
        return total

    def _solved(self, some: Membership, *, alike: bool) -> tuple[np.ndarray, np.ndarray]:
        """K x E x D coefficients, NaN where not identified, and D x E: weight of the cells of the effect."""
        left = Membership(some.kind, some.assignments[:1], some.compared[:1]) if alike else some
        years, cross, dummies = (self._sum(left, what) for what in ("years", "cross", "dummies"))
        linked = linked_years(years)
        projection = solved_years(years, cross.swapaxes(1, 2), linked).swapaxes(1, 2)  # cross M^-, E x T
        left_side = dummies - projection @ cross.swapaxes(1, 2)
        right_side = self._sum(some, "dummies_right") - projection @ self._sum(some, "years_right")
        size = np.einsum("dee->de", dummies)
        return np.moveaxis(_identified(left_side, right_side, size), 0, 2).swapaxes(0, 1), self._sum(some, "effect")

    def _over(self, assignments: np.ndarray, comparators: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        alike = self._alike and comparators is None
        parts = [self._solved(some, alike=alike) for some in in_chunks(self.sample, assignments, comparators)]
        return np.concatenate([b for b, _ in parts], axis=2), np.concatenate([c for _, c in parts])

    def quantities(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x E x D: coefficient of each event time of `times`; NaN where it is not identified.

        Parameters
        ----------
        assignments : D x n rows of authorities, one a slot
        comparators : D x N, who is compared under each assignment; None = everyone who holds no slot
        """
        return self._over(assignments, comparators)[0]

    def estimates(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x D: mean of the coefficients from e = 0 on, each by its observed adopters; NaN where none is identified."""
        coefficients, effect = self._over(assignments, comparators)
        weight = np.isfinite(coefficients) * effect.T
        below = weight.sum(1)
        top = (np.where(weight > 0, coefficients, 0.0) * weight).sum(1)
        return np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan)


def _identified(left: np.ndarray, right: np.ndarray, size: np.ndarray) -> np.ndarray:
    """D x E x K solutions of D systems, NaN for the unknowns that the system leaves open.

    Parameters
    ----------
    left : L x E x E (L = D, or 1 where all are the same); right : D x E x K
    size : L x E, the diagonal before the year effects were taken out; nothing is nothing beside it
    """
    diagonal = np.einsum("dee->de", left)
    none = diagonal <= NOTHING * size
    scale = 1 / np.sqrt(np.where(none, 1.0, diagonal))
    unit = left * scale[:, :, None] * scale[:, None, :]
    unit = np.where(none[:, :, None] | none[:, None, :], np.eye(left.shape[1]), unit)
    open_ = none.copy()
    try:
        inverse = np.linalg.inv(unit)
        doubtful = ~(np.einsum("dee->de", inverse) < MOST_INFLATED).all(1)
    except np.linalg.LinAlgError:
        inverse, doubtful = np.empty_like(unit), np.ones(len(unit), dtype=bool)
    if doubtful.any():
        value, vector = np.linalg.eigh(unit[doubtful])
        kept = value > NOTHING
        inverse[doubtful] = (vector * (kept / np.where(kept, value, 1.0))[:, None]) @ vector.swapaxes(1, 2)
        # An unknown is identified where it has no part in a direction that the system leaves open.
        open_[doubtful] |= ((vector * ~kept[:, None]) ** 2).sum(2) > NOTHING
    found = scale[:, :, None] * (inverse @ (scale[:, :, None] * right))
    return np.where(open_[:, :, None], np.nan, found)


@register("event_study")
def event_study_regression(sample: Sample, *, base: str | int = "all_pre") -> EventStudyRegression:
    """Regression on event-time dummies, reference s - 1; its mean effect from first exposure on."""
    refuse_base("event_study", base)
    return EventStudyRegression(sample)


class ByEventTime(Protocol):
    """An estimator with an answer at each event time, such as EventStudyRegression or SunAbraham."""

    sample: Sample
    times: np.ndarray

    def quantities(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x E x D."""


@dataclass(frozen=True)
class EventTable:
    """Estimates of the real adopters by event time.

    Attributes
    ----------
    times : E; estimate : K x E, NaN where not identified; adopters : E, how many have a figure in that year
    not_identified : event times that the panel leaves open (collinear, or without a figure)
    """

    times: np.ndarray
    estimate: np.ndarray
    adopters: np.ndarray
    not_identified: tuple[int, ...]


def event_table(estimator: ByEventTime, comparators: np.ndarray | None = None) -> EventTable:
    """Estimates by event time of the real adopters.

    Parameters
    ----------
    comparators : N, who is compared with them; None = everyone else
    """
    sample, times = estimator.sample, estimator.times
    compared = None if comparators is None else comparators[None]
    estimate = estimator.quantities(sample.treated[None], compared)[:, :, 0]
    adopters = np.zeros(len(times), dtype=int)
    for slot, row in enumerate(sample.treated):
        start, exposed = sample.slots.start[slot], sample.slots.exposed[slot]
        in_panel = sample.observed[row] & ((sample.years < start - 1) | (sample.years >= exposed))
        adopters += np.isin(times, sample.years[in_panel] - exposed)
    unknown = tuple(times[~np.isfinite(estimate).all(0)].tolist())
    return EventTable(times, estimate, adopters, unknown)
