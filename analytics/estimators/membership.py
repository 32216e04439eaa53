"""Who holds the slots and who is compared, for many assignments at once, and sums over either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.estimators.sample import Sample

CHUNK = 1024  # assignments at a time: keeps what is summed for them within a few tens of megabytes


@dataclass(frozen=True)
class Membership:
    """Groups of authorities under each of D assignments.

    Attributes
    ----------
    kind : n, which (s, g) each slot is
    assignments : D x n rows of authorities, one a slot
    compared : D x N, 1 where the authority is a comparator, else 0
    """

    kind: np.ndarray
    assignments: np.ndarray
    compared: np.ndarray

    def rows(self, kind: int) -> np.ndarray:
        """D x slots of the kind: the authorities that hold them."""
        return self.assignments[:, self.kind == kind]

    def over_holders(self, kind: int, each: np.ndarray) -> np.ndarray:
        """D x ...: sum of N x ... over the authorities that hold a slot of the kind."""
        rows = self.rows(kind).T
        return sum((each[row] for row in rows[1:]), start=each[rows[0]])

    def over_compared(self, each: np.ndarray) -> np.ndarray:
        """D x ...: sum of N x ... over the comparators."""
        return (self.compared @ each.reshape(len(each), -1)).reshape(-1, *each.shape[1:])


def membership(sample: Sample, assignments: np.ndarray, comparators: np.ndarray | None = None) -> Membership:
    """Who holds what and who is compared under some assignments.

    Parameters
    ----------
    assignments : D x n rows of authorities, one a slot
    comparators : D x N, who is compared under each; None = everyone who holds no slot
    """
    shape = (len(assignments), len(sample.observed))
    compared = np.ones(shape) if comparators is None else np.array(comparators, dtype=float)
    np.put_along_axis(compared, assignments, 0.0, axis=1)
    return Membership(sample.slots.kind, assignments, compared)


def in_chunks(sample: Sample, assignments: np.ndarray, comparators: np.ndarray | None = None) -> Iterator[Membership]:
    """Memberships of the assignments, so many at a time."""
    assignments = np.asarray(assignments)
    for first in range(0, len(assignments), CHUNK):
        some = slice(first, first + CHUNK)
        yield membership(sample, assignments[some], None if comparators is None else comparators[some])
