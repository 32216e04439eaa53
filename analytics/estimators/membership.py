"""Who holds the slots and who is compared, for many assignments at once, as masks that sums are products with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.estimators.sample import Sample

CHUNK = 1024  # assignments at a time: keeps the masks and what is summed by them within a few tens of megabytes


@dataclass(frozen=True)
class Membership:
    """Groups of authorities under each of D assignments.

    Attributes
    ----------
    holders : J x D x N, 1 where the authority holds a slot of the kind, else 0
    compared : D x N, 1 where it is a comparator, else 0
    """

    holders: np.ndarray
    compared: np.ndarray


def membership(sample: Sample, assignments: np.ndarray, comparators: np.ndarray | None = None) -> Membership:
    """Holders of every kind of slot, and comparators.

    Parameters
    ----------
    assignments : D x n rows of authorities, one a slot
    comparators : D x N, who is compared under each; None = everyone who holds no slot
    """
    kinds, authorities = len(sample.slots.kinds), len(sample.observed)
    holders = np.zeros((kinds, len(assignments), authorities))
    for slot, kind in enumerate(sample.slots.kind):
        holders[kind, np.arange(len(assignments)), assignments[:, slot]] = 1.0
    held = holders.sum(0)
    return Membership(holders, 1.0 - held if comparators is None else comparators * (1.0 - held))


def in_chunks(sample: Sample, assignments: np.ndarray, comparators: np.ndarray | None = None) -> Iterator[Membership]:
    """Memberships of the assignments, so many at a time."""
    assignments = np.asarray(assignments)
    for first in range(0, len(assignments), CHUNK):
        some = slice(first, first + CHUNK)
        yield membership(sample, assignments[some], None if comparators is None else comparators[some])
