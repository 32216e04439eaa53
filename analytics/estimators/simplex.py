"""Weights that are not negative and sum to one, by least squares with a ridge, for many targets at once.

    minimise over w >= 0, sum w = 1:    mean over t of (y_t - sum_j w_j x_jt)^2 + ridge x sum_j w_j^2

`simplex_weights` is for many donors and few years. Its dual has one variable a year and one for the sum, v = (u, nu): with
z_j = (x_j, -1), the weights are w_j = max(0, z_j v) / ridge, and the dual, convex and quadratic in pieces, is minimised by Newton
steps, each a small system per target; it ends once a whole step leaves the donors with weight as they were. `gram_weights`
is for few weights and many rows, from the products alone, by an active set. Both end at the exact optimum. `frank_wolfe` is the
inexact procedure behind the figures published for synthetic difference in differences, kept to reproduce them.
"""

from __future__ import annotations

import numpy as np

MOST_STEPS = 500
HALVINGS = 40
SMALLEST_RIDGE = 1e-8  # times the donors' variance: below, rounding would choose among equally good weights
SMALLEST_GRAM_RIDGE = 1e-10  # times the mean diagonal
SOLVED = 1e-12  # size of the dual gradient, in the donors' standard deviations
DECREASE = 1e-4  # share of the decrease promised by the slope that a step must reach (Armijo)
AT_ONCE = 4_000_000  # targets x donors held at a time


def simplex_weights(donors: np.ndarray, targets: np.ndarray, allowed: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """M x N weights of each target's donors; NaN where a target may have none.

    Parameters
    ----------
    donors : N x T; targets : M x T
    allowed : M x N, which donors each target may have
    ridge : M, in the square of the outcome's unit
    """
    weights = np.full(allowed.shape, np.nan)
    some = np.flatnonzero(allowed.any(1))
    if not len(some):
        return weights
    # Weights sum to one, so a path taken from donors and targets alike changes nothing but rounding.
    centre = donors[allowed.any(0)].mean(0)
    far = max(np.abs(targets[some] - centre).max(), np.abs(centre).max(), 1e-300)
    scale = max(donors[allowed.any(0)].std(axis=0).max(), 1e-9 * far)
    x, y = (donors - centre) / scale, (targets - centre) / scale
    small = np.maximum(np.broadcast_to(ridge, len(targets)) / scale**2, SMALLEST_RIDGE)
    size = max(AT_ONCE // len(donors), 1)
    for rows in (some[a : a + size] for a in range(0, len(some), size)):
        found = _dual_newton(x, y[rows], allowed[rows], small[rows][:, None])
        weights[rows] = found / found.sum(1, keepdims=True)
    return weights


def _dual_newton(x: np.ndarray, y: np.ndarray, allowed: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """M x N weights, by Newton steps on the dual of each target's problem, halved until it decreases."""
    years = x.shape[1]
    z = np.column_stack([x, -np.ones(len(x))])
    products = (z[:, :, None] * z[:, None, :]).reshape(len(z), -1)
    square = np.append(np.full(years, float(years)), 0.0)
    goal = np.column_stack([y, -np.ones(len(y))])
    v = np.zeros(goal.shape)
    v[:, -1:] = -ridge / allowed.sum(1, keepdims=True)  # equal weights

    def weights_at(v: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return np.where(allowed[rows], np.maximum(v @ z.T, 0.0), 0.0) / ridge[rows]

    def dual(v: np.ndarray, w: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return (ridge[rows] * w**2).sum(1) / 2 + (v * (square * v / 2 - goal[rows])).sum(1)

    every = np.arange(len(y))
    weights, unsolved = weights_at(v, every), every
    for _ in range(MOST_STEPS):
        w, at = weights[unsolved], v[unsolved]
        slope = w @ z + square * at - goal[unsolved]
        held = w > 0
        curve = (held.astype(float) @ products).reshape(-1, years + 1, years + 1) / ridge[unsolved][:, :, None]
        curve[:, range(years + 1), range(years + 1)] += square
        curve[:, -1, -1] += ~held.any(1)  # no donor left: the sum is then brought back by any step
        step = -np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
        start, promised = dual(at, w, unsolved), (slope * step).sum(1)
        share = np.ones(len(unsolved))
        for _ in range(HALVINGS):
            to = at + share[:, None] * step
            new = weights_at(to, unsolved)
            allowance = DECREASE * share * promised + 1e-13 * np.abs(start)
            worse = dual(to, new, unsolved) > start + allowance
            if not worse.any():
                break
            share = np.where(worse, share / 2, share)
        v[unsolved], weights[unsolved] = to, new
        done = (share == 1) & ((new > 0) == held).all(1) & held.any(1)
        done |= np.abs(slope).max(1) < SOLVED
        unsolved = unsolved[~done]
        if not len(unsolved):
            break
    return weights


def gram_weights(gram: np.ndarray, cross: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    """M x q weights that minimise w' gram w - 2 cross' w.

    Parameters
    ----------
    gram : M x q x q, products of the q paths, the ridge on its diagonal; cross : M x q, their products with the target
    start : q, weights to begin from (those of a problem much like these); else the best single path
    """
    count, size = cross.shape
    level = np.maximum(np.einsum("mqq->m", gram) / size, 1e-300)
    gram = gram / level[:, None, None] + SMALLEST_GRAM_RIDGE * np.eye(size)
    cross = cross / level[:, None]
    diagonal = np.einsum("mqq->mq", gram)
    # Paths that are all alike leave the ridge alone to choose, so what counts as nothing falls with it.
    tolerance = 1e-11 * np.maximum(np.abs(gram).max((1, 2)), np.abs(cross).max(1))
    weights = np.zeros((count, size))
    if start is None:
        weights[np.arange(count), (diagonal - 2 * cross).argmin(1)] = 1.0
    else:
        weights[:] = start
    held = weights > 0
    unsolved = np.arange(count)
    for _ in range(MOST_STEPS):
        w, on = weights[unsolved], held[unsolved]
        best = _best_among(gram[unsolved], cross[unsolved], on)
        below = on & (best <= 0)
        ratio = np.where(below, w / np.where(below, w - best, 1.0), np.inf)
        stuck = below.any(1)
        leaves = ratio.argmin(1)
        share = np.where(stuck, ratio.min(1), 1.0)[:, None]
        w = w + share * (best - w)
        w[stuck, leaves[stuck]] = 0.0
        on[stuck, leaves[stuck]] = False
        slope = np.einsum("mpq,mq->mp", gram[unsolved], w) - cross[unsolved]
        worst = np.where(on, -np.inf, (slope * w).sum(1)[:, None] - slope)
        enters = worst.argmax(1)
        gains = ~stuck & (worst.max(1) > tolerance[unsolved])
        on[gains, enters[gains]] = True
        weights[unsolved], held[unsolved] = w, on
        unsolved = unsolved[stuck | gains]
        if not len(unsolved):
            break
    return weights


def _best_among(gram: np.ndarray, cross: np.ndarray, held: np.ndarray) -> np.ndarray:
    """M x q: the minimum with sum one over the paths held, of whatever sign; 0 for the others."""
    count, size = cross.shape
    system = np.zeros((count, size + 1, size + 1))
    system[:, :size, :size] = np.where(held[:, :, None] & held[:, None, :], gram, 0.0)
    system[:, range(size), range(size)] += ~held
    system[:, :size, size] = system[:, size, :size] = held
    right = np.column_stack([np.where(held, cross, 0.0), np.ones(count)])
    return np.linalg.solve(system, right[:, :, None])[:, :size, 0]


def frank_wolfe(donors: np.ndarray, target: np.ndarray, ridge: float, noise: float) -> np.ndarray:
    """N weights by the published procedure: 100 steps, weights up to a quarter of the largest dropped, then on to a stop.

    It stops once a step lowers the objective by less than (1e-5 x noise)^2, which can leave it short of the optimum
    (Arkhangelsky et al. 2021, the authors' own program).

    Parameters
    ----------
    donors : N x T; target : T
    noise : standard deviation of the donors' yearly changes
    """
    weights = np.full(len(donors), 1 / len(donors))
    for most, drop in ((100, False), (10_000, True)):
        if drop:
            weights = np.where(weights <= weights.max() / 4, 0.0, weights)
            weights = weights / weights.sum()
        last = np.inf
        for _ in range(most):
            miss = weights @ donors - target
            slope = donors @ miss + len(target) * ridge * weights
            toward = -weights
            toward[slope.argmin()] += 1
            moved = toward @ donors
            length = moved @ moved + len(target) * ridge * (toward @ toward)
            if length > 0:
                weights = weights + np.clip(-(slope @ toward) / length, 0, 1) * toward
            now = ((weights @ donors - target) ** 2).mean() + ridge * (weights @ weights)
            if last - now < (1e-5 * noise) ** 2 or length == 0:
                break
            last = now
    return weights
