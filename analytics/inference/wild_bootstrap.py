"""Wild cluster restricted bootstrap: authorities' residuals under no effect, their signs drawn again, thousands of times.

Each draw multiplies an authority's restricted residuals by one random weight and refits (Cameron, Gelbach and Miller 2008; null
imposed, t with CR1). Its statistic needs only sums of the weights v against fixed numbers of each authority:

    b* = sum of v_i s_i,      sum of (v_i s_i - G_i' z)^2 = sum of v_i^2 s_i^2 - 2 (sum of v_i s_i G_i)' z + z' (G'G) z

with s_i the scores, z = Z v what the draw moves in years and coefficients, and G (N x r) of the rank of the treatment
paths: two for one date, not the number of cells. All outcomes are one product of the draws with those columns.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from analytics.inference.inversion import studentised_interval
from analytics.inference.permutation import TIE
from analytics.inference.regression import Design

FEW_TREATED = 10  # under this many, two signs give too few different draws
WEBB = np.sqrt([0.5, 1.0, 1.5])  # Webb (2023): six points, both signs
RANK = 1e-11
CHUNK = 1024  # draws at a time, so that their products stay in a processor's cache


def wild_weights(design: Design, draws: int, seed: int) -> np.ndarray:
    """draws x N: Rademacher signs, or Webb's six points with under ten treated; from default_rng(seed).integers."""
    rng, shape = np.random.default_rng(seed), (draws, len(design.weights))
    if design.exposed.sum() >= FEW_TREATED:
        return rng.integers(0, 2, shape, dtype=np.int8) * 2.0 - 1.0
    return np.concatenate([-WEBB, WEBB])[rng.integers(0, 6, shape, dtype=np.int8)]


@dataclass(frozen=True)
class Pieces:
    """What each draw gives for some residuals, linear in them: b*, and r coordinates of two parts of its scores.

    Attributes
    ----------
    top : D x K; own : D x r x K, v s projected on G; moved : D x r x K, G z in the same coordinates
    """

    top: np.ndarray
    own: np.ndarray
    moved: np.ndarray


@dataclass(frozen=True)
class WildBootstrap:
    """Restricted wild bootstrap of K outcomes.

    Attributes
    ----------
    weights : D x N, what the residuals are multiplied by
    """

    design: Design
    weights: np.ndarray

    @functools.cached_property
    def _basis(self) -> tuple[np.ndarray, np.ndarray]:
        """N x r orthonormal columns spanning G, and r x (T + P) their coordinates."""
        pull = self.design.pull * self.design.weights[:, None]
        own = np.einsum("nt,pnt->np", pull, self.design.residual_regressors)
        left, sizes, right = np.linalg.svd(np.concatenate([pull, own], 1), full_matrices=False)
        held = sizes > RANK * sizes.max(initial=0.0)
        return left[:, held], sizes[held, None] * right[held]

    @functools.cached_property
    def _signs(self) -> bool:
        """Whether the weights are 1 and -1, whose squares need no sum."""
        return bool(self.weights.size and (self.weights[0] ** 2 == 1).all())

    @functools.cached_property
    def _along(self) -> np.ndarray:
        """K x N x T: residuals of the fit; with the estimate's own direction as one more outcome, they give any null."""
        design = self.design
        towards = (design.weights[:, None] * design.pull**2).sum()
        return np.concatenate([design.residuals, design.pull[None] / towards])

    def _columns(self, residuals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """K x N scores s, and r x K x N what each authority's weight moves along G."""
        design, (_, shape) = self.design, self._basis
        weighted = residuals * design.weights[:, None]
        years = weighted @ design.year_inverse
        effects = np.einsum("pnt,knt->knp", design.residual_regressors, weighted) @ design.inverse_information
        moved = np.einsum("knm,rm->rkn", np.concatenate([years, effects], 2), shape)
        return np.einsum("knt,nt->kn", weighted, design.pull), moved

    def _statistics(self, residuals: np.ndarray) -> np.ndarray:
        """D x K: squared t of each draw, up to CR1's factor."""
        scores, moved = self._columns(residuals)
        basis, outcomes = self._basis[0], len(residuals)
        columns = np.concatenate([scores[None], scores * basis.T[:, None], moved]).reshape(-1, len(basis)).T
        rank = basis.shape[1]
        found = np.empty((len(self.weights), outcomes))
        for first in range(0, len(self.weights), CHUNK):
            drawn = self.weights[first : first + CHUNK]
            parts = (drawn @ columns).reshape(len(drawn), -1, outcomes)
            own, shift = parts[:, 1 : rank + 1], parts[:, rank + 1 :]
            below = np.einsum("drk,drk->dk", shift, shift - 2 * own)
            below += (scores**2).sum(1) if self._signs else drawn**2 @ scores.T**2
            found[first : first + CHUNK] = _squared_ratio(parts[:, 0], below)
        return found

    @property
    def _squares(self) -> np.ndarray:
        """K: sum of squared scores of the fit, CR1 without its factor."""
        return (self.design.scores(self.design.pull) ** 2).sum(1)

    def p_values(self, null: float | np.ndarray = 0.0) -> np.ndarray:
        """K: (1 + draws as far from the null as the estimate) / (1 + draws), the effect held at the null.

        NaN where the estimate is not identified.
        """
        if not np.isfinite(self.design.pull).all():
            return np.full(len(self.design.values), np.nan)
        gap = self.design.estimate - null
        residuals = self._along[:-1] + gap[:, None, None] * self._along[-1]
        real = _squared_ratio(gap, self._squares)
        return (1 + (self._statistics(residuals) >= real * TIE**2).sum(0)) / (1 + len(self.weights))

    def interval(self, outcome: int, level: float) -> tuple[float, float] | None:
        """Effects that the test does not reject at 1 - level; None where they have no end or there is no estimate."""
        if not np.isfinite(self.design.pull).all():
            return None
        scores, moved = self._columns(self._along[[outcome, -1]])
        basis, error = self._basis[0], np.sqrt(self._squares[outcome])
        # The null b + s y leaves residuals r - s y times the estimate's direction.
        two = np.array([1.0, -error])[:, None]
        scores, moved = scores * two, moved * two
        top = self.weights @ scores.T
        own = np.einsum("dn,kn,nr->drk", self.weights, scores, basis, optimize=True)
        shift = np.einsum("dn,rkn->drk", self.weights, moved, optimize=True)
        cross = np.einsum("dn,kn,ln->dkl", self.weights**2, scores, scores, optimize=True)
        cross += shift.swapaxes(1, 2) @ shift - own.swapaxes(1, 2) @ shift - shift.swapaxes(1, 2) @ own
        below = np.stack([cross[:, 0, 0], 2 * cross[:, 0, 1], cross[:, 1, 1]], 1)
        return studentised_interval(
            float(self.design.estimate[outcome]), float(error), top, below, itself=1, level=level
        )


def _squared_ratio(top: np.ndarray, below: np.ndarray) -> np.ndarray:
    """top^2 / below, infinite where rounding leaves nothing below."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, top**2 / np.maximum(below, 1e-300), np.inf)


def wild_restricted(design: Design, *, draws: int, seed: int) -> WildBootstrap:
    """The restricted wild bootstrap of every outcome of a design, its weights drawn."""
    return WildBootstrap(design, wild_weights(design, draws, seed))
