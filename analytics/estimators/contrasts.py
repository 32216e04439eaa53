"""Differences in differences without a regression: an adopter's change less the comparators' mean change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimators.sample import Sample


@dataclass(frozen=True)
class Contrast:
    """One change over time that slots of a kind are judged by.

    Attributes
    ----------
    kind : which (s, g)
    change : K x N, each authority's own change
    held : N, whether it has the figures for it
    """

    kind: int
    change: np.ndarray
    held: np.ndarray


@dataclass(frozen=True)
class Contrasts:
    """Weighted mean, over slots and their contrasts, of own change less the comparators' mean change."""

    sample: Sample
    contrasts: tuple[Contrast, ...]

    def estimates(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x D estimates for D x n assignments; NaN where no slot can be judged.

        Parameters
        ----------
        comparators : D x N, who is compared under each assignment; None = everyone who holds no slot
        """
        assignments = np.asarray(assignments)
        top, below = 0.0, 0.0
        for members in self.sample.groups:
            over, under = self._within(members, assignments, comparators)
            top, below = top + over, below + under
        return np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan)

    def _within(self, members: np.ndarray, assignments: np.ndarray, comparators: np.ndarray | None):
        """K x D and D: weighted sum of the slots held by members, judged by comparators among them, and their weight."""
        weights, kind = self.sample.weights * members, self.sample.slots.kind
        top = np.zeros((len(self.sample.values), len(assignments)))
        below = np.zeros(len(assignments))
        for contrast in self.contrasts:
            held = weights * contrast.held
            change = np.where(contrast.held, contrast.change, 0.0)
            total, rest = _of_comparators(held, change, assignments, comparators)
            told = rest > 1e-12 * max(held.sum(), 1.0)
            mean = total / np.where(told, rest, 1.0)
            for k in np.flatnonzero(kind == contrast.kind):
                weight = held[assignments[:, k]] * told
                top += weight * (change[:, assignments[:, k]] - mean)
                below += weight
        return top, below


def _of_comparators(held: np.ndarray, change: np.ndarray, assignments: np.ndarray, comparators: np.ndarray | None):
    """K x D weighted sum of the comparators' change, and D: their weight."""
    if comparators is not None:
        return (change * held) @ comparators.T, comparators @ held
    moved = sum(held[rows] * change[:, rows] for rows in assignments.T)
    return (change @ held)[:, None] - moved, held.sum() - held[assignments].sum(1)
