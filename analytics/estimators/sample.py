"""What an estimator is given: outcomes that share one pattern of observed cells, and the adopters' slots."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Slots:
    """The adopters' places in time, which placebo adopters take over: (s, g) of each.

    Attributes
    ----------
    start : n, year s that holds the earliest possible day
    exposed : n, first exposed year g
    within : only exposed years before s + within count; None = all of them (a pretended start ends at the real one)
    lag : first and last year after g whose figures make up the effect, None = to the end of the window
    """

    start: np.ndarray
    exposed: np.ndarray
    within: int | None = None
    lag: tuple[int, int | None] = (0, None)

    @property
    def count(self) -> int:
        """Number of slots, one a treated authority."""
        return len(self.start)

    @functools.cached_property
    def kinds(self) -> np.ndarray:
        """J x 2: the distinct (s, g)."""
        return np.unique(np.column_stack([self.start, self.exposed]), axis=0)

    @functools.cached_property
    def kind(self) -> np.ndarray:
        """n: which of the distinct (s, g) each slot is."""
        pairs = np.column_stack([self.start, self.exposed])
        return (pairs[:, None] == self.kinds[None]).all(2).argmax(1)


@dataclass(frozen=True)
class Sample:
    """K outcomes with the same observed cells, for N authorities in T years.

    Attributes
    ----------
    values : K x N x T; ignored where `observed` is False
    observed : N x T, True where a figure may be used
    years : T
    weights : N, positive; 1 each, or children
    slots : the adopters' places in time
    treated : n, row of the authority that really holds each slot
    partners : J x N x N, True where the second authority is compared with the first when that holds a slot of the
        kind; None where everyone who holds no slot is compared
    strata : N, group within which years have effects of their own (regions); None where they are common
    """

    values: np.ndarray
    observed: np.ndarray
    years: np.ndarray
    weights: np.ndarray
    slots: Slots
    treated: np.ndarray
    partners: np.ndarray | None = None
    strata: np.ndarray | None = None

    def comparators_of(self, assignments: np.ndarray) -> np.ndarray | None:
        """D x N, True where an authority is compared under an assignment: a partner of a slot's holder that holds none.

        None where everyone who holds no slot is compared.
        """
        return comparators_of(assignments, self.slots, self.partners)

    @functools.cached_property
    def groups(self) -> tuple[np.ndarray, ...]:
        """N each, True for the members of one group with year effects of its own; one group of all where common."""
        if self.strata is None:
            return (np.ones(len(self.observed), dtype=bool),)
        return tuple(self.strata == each for each in np.unique(self.strata))

    @functools.cached_property
    def compared(self) -> np.ndarray:
        """N, True for the comparators of the real adopters."""
        found = self.comparators_of(self.treated[None])
        if found is not None:
            return found[0]
        everyone = np.ones(len(self.observed), dtype=bool)
        everyone[self.treated] = False
        return everyone

    def before(self, kind: int) -> np.ndarray:
        """T: years before the start of a kind of slot."""
        return self.years < self.slots.kinds[kind, 0]

    def after(self, kind: int) -> np.ndarray:
        """T: years exposed for a kind of slot, those that make up the effect."""
        start, exposed = self.slots.kinds[kind]
        first, last = self.slots.lag
        until = np.inf if last is None else exposed + last + 1
        if self.slots.within is not None:
            until = min(until, start + self.slots.within)
        return (self.years >= exposed + first) & (self.years < until)

    def exposed_years(self, kind: int) -> np.ndarray:
        """T: every year exposed for a kind of slot, whether or not it makes up the effect."""
        return self.years >= self.slots.kinds[kind, 1]

    @functools.cached_property
    def filled(self) -> np.ndarray:
        """K x N x T: values, 0 where not observed, so that masked sums need no test."""
        return np.where(self.observed, self.values, 0.0)

    @functools.cached_property
    def exposure(self) -> np.ndarray:
        """N x T: 1 where the real adopters are exposed, else 0."""
        exposed = np.zeros(self.observed.shape)
        for slot, row in enumerate(self.treated):
            exposed[row] = self.after(self.slots.kind[slot])
        return exposed


def comparators_of(assignments: np.ndarray, slots: Slots, partners: np.ndarray | None) -> np.ndarray | None:
    """D x N comparators of D x n assignments, by the partners of each slot's holder (see Sample)."""
    if partners is None:
        return None
    found = np.zeros((len(assignments), partners.shape[2]), dtype=bool)
    for slot, kind in enumerate(slots.kind):
        found |= partners[kind, assignments[:, slot]]
    np.put_along_axis(found, assignments, False, axis=1)
    return found
