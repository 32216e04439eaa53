"""Studentised permutation: placebo adopters judged by the estimate over its own clustered error, not by the estimate alone.

Dividing by the error makes adopters that vary more than the rest comparable with placebos that vary less (DiCiccio and
Romano 2017), so the placebos may come from the whole pool whatever the adopters' size. The error is CR1 of the placebo's own
regression; its factor is the same for all, so t is the estimate over the root of the sum of squared scores.

Where every authority has the same cells and weight the regression is the same under every assignment: an authority in a slot
adds fixed numbers, and the sum of squares is expanded in them. Otherwise each assignment has its own year effects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analytics.inference.inversion import studentised_interval
from analytics.inference.permutation import TIE, Placebos
from analytics.inference.regression import SINGULAR, Regression, projections, pseudo_inverse

CHUNK = 1024
CHUNK_OF_MANY = 64  # assignments at a time where each has year effects of its own


@dataclass(frozen=True)
class Scores:
    """Estimates and sums of squared scores under each assignment: K x D each, NaN where not identified."""

    estimates: np.ndarray
    squares: np.ndarray

    @property
    def squared_t(self) -> np.ndarray:
        """K x D: t^2 up to CR1's factor; infinite where the scores are nought but for rounding."""
        with np.errstate(divide="ignore", invalid="ignore"):
            some = self.squares > 1e-18 * self.estimates**2
            ratio = self.estimates**2 / np.where(some, self.squares, 1.0)
        return np.where(np.isfinite(self.squares), np.where(some, ratio, np.inf), np.nan)


def _alike(form: Regression) -> bool:
    """Whether every authority has the same cells and weight."""
    same = (form.cells == form.cells[0]).all() and (form.weights == form.weights[0]).all()
    return bool(same and (form.used == form.used[:, :1]).all())


def scores(form: Regression, assignments: np.ndarray, comparators: np.ndarray | None = None) -> Scores:
    """Estimate and sum of squared scores of every outcome under each assignment.

    Parameters
    ----------
    assignments : D x n authorities, one a slot
    comparators : D x N, which authorities each assignment is compared with (adopters in it are not); None for all
    """
    assignments = np.asarray(assignments)
    if comparators is None and _alike(form):
        return _fixed(form, assignments)
    found = [
        _own_years(form, assignments[a : a + CHUNK_OF_MANY], None if comparators is None else comparators[a : a + CHUNK_OF_MANY])
        for a in range(0, len(assignments), CHUNK_OF_MANY)
    ]
    return Scores(*(np.concatenate(parts).T for parts in zip(*found, strict=True)))


def _fixed(form: Regression, assignments: np.ndarray) -> Scores:
    """One regression for all assignments: with role 0 a comparator's and q + 1 that of a slot of kind q,

    score of i in role q = w a_q' y_i - w o_q,    o_q = E_q R + F_q A

    where R (years) and A (regressors) are sums over authorities, so o_q too is a sum of gathered numbers.
    """
    design = form.design(assignments[0])
    if not np.isfinite(design.pull).all():
        nothing = np.full((len(form.values), len(assignments)), np.nan)
        return Scores(nothing, nothing)
    weight = form.weights[0]
    roles = 1 + len(form.paths)
    within = projections(np.concatenate([form.cells[:1], form.used[:, 0]]), absorbed=form.absorbed)
    paths = np.concatenate([np.zeros((1, *form.paths.shape[1:])), form.paths]) * np.concatenate(
        [form.cells[:1], form.used[:, 0]]
    ).reshape(roles, 1, -1)
    marked = np.einsum("qst,qpt->qps", within, paths)
    number = np.bincount(form.kind, minlength=len(form.paths))
    slope = weight * np.einsum("q,qpt->pt", number, marked[1:]) @ design.year_inverse  # L'
    toward = design.inverse_information @ design.combination
    pull = np.einsum("qst,qs->qt", within, np.einsum("p,qpt->qt", toward, paths) - toward @ slope)
    onto = np.einsum("qt,qpt->qp", pull, paths - slope) @ design.inverse_information  # F
    year = pull @ design.year_inverse - onto @ slope  # E
    return _gathered(form, assignments, within, marked, pull, year, onto, number)


def _gathered(form, assignments, within, marked, pull, year, onto, number) -> Scores:
    """Sums over slots of what each authority adds in each role, then the expanded sum of squares."""
    weight, kinds, outcomes = form.weights[0], len(form.paths), len(form.values)
    own = weight * np.einsum("qt,knt->qnk", pull, form.values)
    changes = weight * (within[1:] - within[0])
    offset_rows = np.einsum("rs,jst->jrt", year, changes) + weight * np.einsum("rp,jpt->jrt", onto, marked[1:])
    table = np.zeros((kinds, len(form.weights), kinds + 1 + 2 + kinds, outcomes))
    table[:, :, : kinds + 1] = np.einsum("jrt,knt->jnrk", offset_rows, form.values, optimize=True)
    table[:, :, kinds + 1] = -own[0]
    table[:, :, kinds + 2] = own[1:] ** 2 - own[0] ** 2
    for j in range(kinds):
        table[j, :, kinds + 3 + j] = own[1 + j]
    rows = table.reshape(kinds * len(form.weights), -1)
    start = np.zeros((2 * kinds + 3, outcomes))
    start[: kinds + 1] = weight * year @ within[0] @ form.values.sum(1).T
    start[kinds + 1], start[kinds + 2] = own[0].sum(0), (own[0] ** 2).sum(0)
    members = weight**2 * np.concatenate([[len(form.weights) - len(form.kind)], number])
    estimates, squares = np.empty((2, len(assignments), outcomes))
    for first in range(0, len(assignments), CHUNK):
        chunk = assignments[first : first + CHUNK]
        which = (chunk + form.kind * len(form.weights)).ravel()
        ends = np.arange(0, len(which) + 1, chunk.shape[1])
        picks = sparse.csr_array((np.ones(len(which)), which, ends), shape=(len(chunk), len(rows)))
        sums = (picks @ rows).reshape(len(chunk), -1, outcomes) + start
        offset, total = sums[:, : kinds + 1], sums[:, [kinds + 1, *range(kinds + 3, 2 * kinds + 3)]]
        place = slice(first, first + len(chunk))
        estimates[place] = total.sum(1)
        squares[place] = sums[:, kinds + 2] + (offset * (members[:, None] * offset - 2 * weight * total)).sum(1)
    return Scores(estimates.T, np.maximum(squares, 0.0).T)


def _own_years(form: Regression, assignments: np.ndarray, comparators: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """D x K estimates and sums of squared scores, each assignment with its own cells and so its own year effects."""
    count, regressors, years = len(assignments), form.paths.shape[1], form.cells.shape[1]
    kept = np.ones((count, len(form.weights))) if comparators is None else comparators.astype(float)
    np.put_along_axis(kept, assignments, 0.0, axis=1)
    base = projections(form.cells, absorbed=form.absorbed) * form.weights[:, None, None]
    figures = form.values.transpose(1, 2, 0)  # N x T x K
    system = np.tensordot(kept, base, 1)
    right = np.tensordot(kept, base @ figures, 1)
    marked, own, information = np.zeros((count, regressors, years)), 0.0, 0.0
    slots = []
    for k, q in enumerate(form.kind):
        rows = assignments[:, k]
        used = form.used[q, rows]
        within = projections(used, absorbed=form.absorbed) * form.weights[rows, None, None]
        path, outcome = form.paths[q] * used[:, None], figures[rows]
        pulled = path @ within
        system, right, marked = system + within, right + within @ outcome, marked + pulled
        own, information = own + pulled @ outcome, information + pulled @ path.swapaxes(1, 2)
        slots.append((within, path, outcome))
    inverse = pseudo_inverse(system)
    slope, effects = inverse @ marked.swapaxes(1, 2), inverse @ right
    information = information - marked @ slope
    chosen = form.combination(assignments)[:, :, None]
    invert = pseudo_inverse(information)
    toward = invert @ chosen
    told = np.abs(information @ toward - chosen).max((1, 2)) <= 1e-6
    coefficients = invert @ (own - marked @ effects)
    effects = effects - slope @ coefficients
    pull = slope @ toward  # D x T x 1: a comparator's a is minus its projection
    estimates = (chosen * coefficients).sum(1)
    rows = np.einsum("ds,nst->dnt", pull[:, :, 0], base, optimize=True)
    theirs = rows @ effects - (rows.swapaxes(0, 1) @ figures).swapaxes(0, 1)
    squares = np.einsum("dn,dnk,dnk->dk", kept, theirs, theirs, optimize=True)
    for within, path, outcome in slots:
        toward_path = path.swapaxes(1, 2) @ toward - pull
        mine = toward_path.swapaxes(1, 2) @ within @ (outcome - effects - path.swapaxes(1, 2) @ coefficients)
        squares += mine[:, 0] ** 2
    hidden = np.where(told, 0.0, np.nan)[:, None]
    return estimates + hidden, squares + hidden
