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

    def estimates(self, assignments: np.ndarray) -> np.ndarray:
        """K x D estimates for D x n assignments; NaN where no slot can be judged."""
        assignments = np.asarray(assignments)
        weights, kind = self.sample.weights, self.sample.slots.kind
        top = np.zeros((len(self.sample.values), len(assignments)))
        below = np.zeros(len(assignments))
        for contrast in self.contrasts:
            held = weights * contrast.held
            change = np.where(contrast.held, contrast.change, 0.0)
            gone = held[assignments].sum(1)
            rest = held.sum() - gone
            told = rest > 1e-12 * max(held.sum(), 1.0)
            total = change @ held
            moved = sum(held[assignments[:, k]] * change[:, assignments[:, k]] for k in range(assignments.shape[1]))
            comparators = (total[:, None] - moved) / np.where(told, rest, 1.0)
            for k in np.flatnonzero(kind == contrast.kind):
                weight = held[assignments[:, k]] * told
                top += weight * (change[:, assignments[:, k]] - comparators)
                below += weight
        return np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan)
