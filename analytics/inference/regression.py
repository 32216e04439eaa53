"""Estimators that are a regression, written so that their errors can be judged by authority.

    y_it = a_i + l_t + x_it' beta + error,   weights w_i constant in time,   estimate = c' beta

a_i (where absorbed) and l_t are concentrated out: with M_i the within-authority projection on i's cells, S = sum of w M,
C = sum of w M x, L = S^+ C, the residual regressors are M_i (x_i - L), Q = sum of w x~ x~', and the estimate is
sum of w a_i' y_i with a_i = x~_i' Q^+ c. Nothing here depends on the outcome but the last product.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.errors import CannotEstimate
from analytics.estimators.sample import Sample
from analytics.estimators.two_by_two import two_by_two

SINGULAR = 1e-9  # an eigenvalue below this share of the largest is nought


def pseudo_inverse(matrices: np.ndarray, scale: float | np.ndarray = 0.0) -> np.ndarray:
    """Pseudo-inverse of ... x P x P positive matrices, eigenvalues below 1e-9 of the largest taken as nought.

    Parameters
    ----------
    scale : ..., size that the entries had before something was taken off, where what is left may be rounding alone
    """
    values, vectors = np.linalg.eigh(matrices)
    least = SINGULAR * np.maximum(np.abs(values).max(-1, initial=0.0), scale)[..., None]
    inverse = np.where(values > least, 1 / np.where(values > least, values, 1.0), 0.0)
    return (vectors * inverse[..., None, :]) @ vectors.swapaxes(-1, -2)


def projections(used: np.ndarray, *, absorbed: bool) -> np.ndarray:
    """... x T x T: what takes an authority's mean off its used cells (absorbed), or only picks the cells."""
    used = used.astype(float)
    own = np.eye(used.shape[-1]) * used[..., None]
    if not absorbed:
        return own
    count = np.maximum(used.sum(-1), 1)[..., None, None]
    return own - used[..., :, None] * used[..., None, :] / count


@dataclass(frozen=True)
class Design:
    """One regression: who is exposed when, for K outcomes with the same cells.

    Attributes
    ----------
    values : K x N x T, 0 where not used
    used : N x T
    weights : N
    regressors : P x N x T
    combination : P, c
    absorbed : whether each authority has its own level
    """

    values: np.ndarray
    used: np.ndarray
    weights: np.ndarray
    regressors: np.ndarray
    combination: np.ndarray
    absorbed: bool

    @property
    def n_authorities(self) -> int:
        """Authorities with a cell: the clusters."""
        return int(self.used.any(1).sum())

    @property
    def n_cells(self) -> int:
        """Cells of one outcome."""
        return int(self.used.sum())

    @property
    def n_parameters(self) -> int:
        """Years and regressors; levels of authorities are nested in the clusters and not counted."""
        return int(self.used.any(0).sum()) + int(np.any(self.regressors * self.used, axis=(1, 2)).sum())

    @functools.cached_property
    def exposed(self) -> np.ndarray:
        """N: whether an authority has a cell that a regressor marks."""
        return (self.regressors * self.used != 0).any((0, 2))

    @functools.cached_property
    def within(self) -> np.ndarray:
        """N x T x T: M."""
        return projections(self.used, absorbed=self.absorbed)

    @functools.cached_property
    def year_inverse(self) -> np.ndarray:
        """T x T: S^+."""
        return pseudo_inverse(np.tensordot(self.weights, self.within, 1))

    @functools.cached_property
    def residual_regressors(self) -> np.ndarray:
        """P x N x T: x~, regressors less authority and year effects."""
        marked = np.einsum("nst,pnt->pns", self.within, self.regressors)
        years = np.einsum("n,pnt->pt", self.weights, marked) @ self.year_inverse
        return marked - np.einsum("nst,pt->pns", self.within, years)

    @functools.cached_property
    def inverse_information(self) -> np.ndarray:
        """P x P: Q^+."""
        weighted = self.residual_regressors * self.weights[:, None]
        size = np.einsum("pnt,n->p", self.regressors**2, self.weights).max()
        return pseudo_inverse(np.einsum("pnt,qnt->pq", weighted, self.residual_regressors), size)

    @functools.cached_property
    def pull(self) -> np.ndarray:
        """N x T: a, what each cell's weighted figure adds to the estimate; NaN where c' beta is not identified."""
        if not self.combination.any():
            return np.full(self.used.shape, np.nan)
        toward = self.inverse_information @ self.combination
        weighted = self.residual_regressors * self.weights[:, None]
        back = np.einsum("pnt,qnt,q->p", weighted, self.residual_regressors, toward)
        if np.abs(back - self.combination).max() > 1e-6 * np.abs(self.combination).max():
            return np.full(self.used.shape, np.nan)
        return np.einsum("p,pnt->nt", toward, self.residual_regressors)

    @functools.cached_property
    def coefficients(self) -> np.ndarray:
        """K x P: beta."""
        weighted = self.residual_regressors * self.weights[:, None]
        return np.einsum("pnt,knt->kp", weighted, self.values) @ self.inverse_information

    @functools.cached_property
    def estimate(self) -> np.ndarray:
        """K: c' beta."""
        return np.einsum("nt,knt->k", self.pull * self.weights[:, None], self.values)

    @functools.cached_property
    def residuals(self) -> np.ndarray:
        """K x N x T: what authority effects, year effects and regressors leave."""
        own = np.einsum("nst,knt->kns", self.within, self.values)
        years = np.einsum("n,knt->kt", self.weights, own) @ self.year_inverse
        own -= np.einsum("nst,kt->kns", self.within, years)
        return own - np.tensordot(self.coefficients, self.residual_regressors, 1)

    def scores(self, pull: np.ndarray) -> np.ndarray:
        """K x N: w pull' residual, what each authority adds to the estimate's error."""
        return np.einsum("nt,knt->kn", pull * self.weights[:, None], self.residuals)


@dataclass(frozen=True)
class Regression:
    """A regression for any assignment of authorities to slots.

    Attributes
    ----------
    values : K x N x T, 0 where there is no figure
    cells : N x T, cells of a comparator
    weights : N
    kind : n, which (s, g) each slot is
    used : J x N x T, cells of each authority were it to hold a slot of a kind
    paths : J x P x T, regressors of whoever holds a slot of a kind
    counted : P, coefficients that the estimate averages, each by the weight of the cells it marks
    absorbed : whether each authority has its own level
    treated : n, who really holds the slots
    exposure : N x T, the real exposure as an outcome
    """

    values: np.ndarray
    cells: np.ndarray
    weights: np.ndarray
    kind: np.ndarray
    used: np.ndarray
    paths: np.ndarray
    counted: np.ndarray
    absorbed: bool
    treated: np.ndarray
    exposure: np.ndarray

    def combination(self, assignments: np.ndarray) -> np.ndarray:
        """D x P: c under each assignment; the weight of the cells that each counted regressor marks, summing to 1."""
        marked = np.einsum("jnt,jpt->jnp", self.used, self.paths != 0) * self.weights[:, None] * self.counted
        total = sum(marked[q, assignments[:, k]] for k, q in enumerate(self.kind))
        return total / np.maximum(total.sum(1, keepdims=True), 1e-300)

    def design(self, assignment: np.ndarray | None = None, comparators: np.ndarray | None = None) -> Design:
        """The regression when these authorities hold the slots.

        Parameters
        ----------
        assignment : n authorities, one a slot; without it the real ones
        comparators : N, True for those compared; without it everyone who holds no slot
        """
        who = self.treated if assignment is None else np.asarray(assignment)
        used = self.cells.copy() if comparators is None else self.cells & comparators[:, None]
        used[who] = self.used[self.kind, who]
        regressors = np.zeros((self.paths.shape[1], *used.shape))
        regressors[:, who] = self.paths[self.kind].swapaxes(0, 1)
        regressors *= used
        chosen = self.combination(who[None])[0]
        return Design(np.where(used, self.values, 0.0), used, self.weights, regressors, chosen, self.absorbed)


def _with_paths(sample: Sample, paths: np.ndarray, counted: np.ndarray) -> Regression:
    """Two-way regression on the panel's own cells, years of transition left out."""
    kinds = range(len(sample.slots.kinds))
    used = np.stack([sample.observed & (sample.before(q) | sample.after(q)) for q in kinds])
    return Regression(
        sample.filled,
        sample.observed,
        sample.weights,
        sample.slots.kind,
        used,
        paths,
        counted,
        True,
        sample.treated,
        sample.exposure * sample.observed,
    )


def _two_way(sample: Sample) -> Regression:
    """One regressor: exposure."""
    kinds = range(len(sample.slots.kinds))
    return _with_paths(sample, np.stack([sample.after(q)[None] for q in kinds]).astype(float), np.ones(1))


def _event_study(sample: Sample) -> Regression:
    """A regressor an event time e = t - g, the last year before the start the reference; the estimate averages e >= 0."""
    after = np.stack([sample.after(q) for q in range(len(sample.slots.kinds))])
    before = np.stack([sample.before(q) for q in range(len(sample.slots.kinds))])
    last = sample.years == np.array([sample.years[b].max(initial=-1) for b in before])[:, None]
    since = sample.years - sample.slots.kinds[:, 1:]
    shown = (before & ~last) | after
    times = np.unique(since[shown])
    paths = (shown[:, None] & (since[:, None] == times[:, None])).astype(float)
    return _with_paths(sample, paths, (times >= 0).astype(float))


def _two_by_two(sample: Sample) -> Regression:
    """Changes (mean after less mean before), one column a distinct (s, g), on a column effect and a mark for its adopters.

    A regression in first differences: each column's coefficient is its adopters' weighted mean change less its
    comparators', and the estimate averages the columns by their adopters' weight, which is estimators/two_by_two.py whatever the
    dates, missing cells or weights. With every cell, one date and equal weights it is the two-way coefficient, too. A
    comparator's changes in several columns share one cluster.
    """
    both = np.concatenate([sample.values, sample.exposure[None]])
    contrasts = two_by_two(dataclasses.replace(sample, values=both)).contrasts
    held = np.stack([c.held for c in contrasts], 1)
    changes = np.stack([np.where(c.held, c.change, 0.0) for c in contrasts], 2)
    own = np.eye(len(contrasts))
    return Regression(
        changes[:-1],
        held,
        sample.weights,
        sample.slots.kind,
        held & (own[:, None] > 0),
        own[:, :, None] * own[:, None],
        np.ones(len(contrasts)),
        False,
        sample.treated,
        changes[-1],
    )


_FORMS: dict[str, Callable[[Sample], Regression]] = {
    "two_way": _two_way,
    "two_by_two": _two_by_two,
    "event_study": _event_study,
}


def regression_names() -> tuple[str, ...]:
    """Estimators whose errors can be clustered by authority."""
    return tuple(_FORMS)


def regression(name: str, sample: Sample) -> Regression:
    """The named estimator as a regression.

    Raises
    ------
    CannotEstimate : the estimator is not a regression
    """
    if name not in _FORMS:
        raise CannotEstimate(
            f"{name} is not a regression, so its error cannot be clustered by authority. "
            f"Choose inference.name = 'size_matched', or one of these estimators: {', '.join(_FORMS)}."
        )
    return _FORMS[name](sample)
