"""Weights that are not negative and sum to one, by least squares with a ridge, for many targets at once.

    minimise over w >= 0, sum w = 1:    mean over t of (y_t - sum_j w_j x_jt)^2 + ridge x sum_j w_j^2

`simplex_weights` is for many donors and few years. Its dual has one variable a year and one for the sum, v = (u, nu): with
z_j = (x_j, -1), the weights are w_j = max(0, z_j v) / ridge, and the dual is convex and quadratic in pieces. Newton steps, each a
small system per target, follow it from a large ridge down to the one asked for, and end once a whole step leaves the donors
with weight as they were. `gram_weights` is for few weights and many rows, from the products alone, by an active set. Both end at
the exact optimum. `frank_wolfe` is the inexact procedure behind the figures published for synthetic difference in
differences, kept to reproduce them.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

MOST_STEPS = 300
MOST_TRIALS = 40  # lengths tried for one step
FLAT = 0.1  # share of the slope at the start of a step below which its end is accepted
FIRST_RIDGE = 1.0  # times the donors' variance; then a fifth of the last one at every step
FALL = 0.2
SMALLEST_RIDGE = 1e-8  # times the donors' variance: below, rounding would choose among equally good weights
ALIKE = 1e-12  # spread of the donors, as a share of the figures, below which it is rounding
SMALLEST_GRAM_RIDGE = 1e-9  # times the mean diagonal, added: with fewer rows than weights many fit alike
SOLVED = 1e-12  # size of the dual gradient, in the donors' standard deviations
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
    scale = donors[allowed.any(0)].std(axis=0).max()
    if scale <= ALIKE * max(np.abs(targets[some] - centre).max(), np.abs(centre).max()):
        weights[some] = allowed[some] / allowed[some].sum(1, keepdims=True)  # the ridge alone chooses
        return weights
    x, y = (donors - centre) / scale, (targets - centre) / scale
    small = np.maximum(np.broadcast_to(ridge, len(targets)) / scale**2, SMALLEST_RIDGE)
    size = max(AT_ONCE // len(donors), 1)
    for rows in (some[a : a + size] for a in range(0, len(some), size)):
        found, unsolved = _dual_newton(x, y[rows], allowed[rows], small[rows][:, None])
        for row in unsolved:
            found[row] = _by_nnls(x, y[rows[row]], allowed[rows[row]], small[rows[row]])
        weights[rows] = found / found.sum(1, keepdims=True)
    return weights


def _dual_newton(x: np.ndarray, y: np.ndarray, allowed: np.ndarray, ridge: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """M x N weights by Newton steps on the dual, and the rows that were not solved in as many steps as are allowed."""
    years = x.shape[1]
    z = np.column_stack([x, -np.ones(len(x))])
    products = (z[:, :, None] * z[:, None, :]).reshape(len(z), -1)
    square = np.append(np.full(years, float(years)), 0.0)
    goal = np.column_stack([y, -np.ones(len(y))])
    now = np.maximum(ridge, FIRST_RIDGE)
    v = np.zeros(goal.shape)
    v[:, -1:] = -now / allowed.sum(1, keepdims=True)  # equal weights
    weights, unsolved = np.zeros(allowed.shape), np.arange(len(y))
    for _ in range(MOST_STEPS):
        at, small, may = v[unsolved], now[unsolved], allowed[unsolved]
        score = np.where(may, at @ z.T, -1.0)
        held = score > 0
        slope = (np.maximum(score, 0) / small) @ z + square * at - goal[unsolved]
        curve = (held.astype(float) @ products).reshape(-1, years + 1, years + 1) / small[:, :, None]
        curve[:, range(years + 1), range(years + 1)] += square
        curve[:, -1, -1] += ~held.any(1)  # no donor left: any step toward the sum brings one back
        step = -np.linalg.solve(curve, slope[:, :, None])[:, :, 0]
        change = np.where(may, step @ z.T, 0.0)
        straight = np.stack([(step * (square * at - goal[unsolved])).sum(1), (step * square * step).sum(1)])
        share = _share_of_step(score, change, small, straight)[:, None]
        v[unsolved] = at + share * step
        score = score + share * change
        weights[unsolved] = np.maximum(score, 0) / small
        done = (share[:, 0] == 1) & ((score > 0) == held).all(1) & held.any(1) | (np.abs(slope).max(1) < SOLVED)
        done &= (small == ridge[unsolved])[:, 0]
        now[unsolved] = np.maximum(ridge[unsolved], small * FALL)
        unsolved = unsolved[~done]
        if not len(unsolved):
            break
    return weights, unsolved


def _slope_along(
    share: np.ndarray, score: np.ndarray, change: np.ndarray, ridge: np.ndarray, straight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """M slopes and M curvatures of the dual along each step, a share of it taken.

    Parameters
    ----------
    score, change : M x N, z v and what a whole step adds to it
    straight : 2 x M, slope at the start and curvature of the dual's part that is not in pieces
    """
    here = score + share[:, None] * change
    bent = np.where(here > 0, change, 0.0)
    slope = (here * bent / ridge).sum(1) + straight[0] + share * straight[1]
    return slope, (bent**2 / ridge).sum(1) + straight[1]


def _share_of_step(score: np.ndarray, change: np.ndarray, ridge: np.ndarray, straight: np.ndarray) -> np.ndarray:
    """M: how much of each step to take, 1 unless the dual climbs there: then where its slope has all but vanished."""
    share = np.ones(len(score))
    flat = FLAT * np.abs(_slope_along(np.zeros(len(score)), score, change, ridge, straight)[0])
    climbs = np.flatnonzero(_slope_along(share, score, change, ridge, straight)[0] > flat)
    low, high, found = np.zeros(len(climbs)), np.ones(len(climbs)), np.ones(len(climbs))
    for _ in range(MOST_TRIALS if len(climbs) else 0):
        here, curve = _slope_along(found, score[climbs], change[climbs], ridge[climbs], straight[:, climbs])
        steep = np.abs(here) > flat[climbs]
        if not steep.any():
            break
        low, high = np.where(here > 0, low, found), np.where(here > 0, found, high)
        newton = found - here / np.maximum(curve, 1e-300)
        inside = (newton > low) & (newton < high)
        found = np.where(steep, np.where(inside, newton, (low + high) / 2), found)
    share[climbs] = found
    return share


def _by_nnls(x: np.ndarray, y: np.ndarray, allowed: np.ndarray, ridge: float) -> np.ndarray:
    """N weights of one target: with sum one the gap is linear in w, so its direction is a non-negative least squares."""
    gaps = np.column_stack([x[allowed] - y, np.sqrt(ridge * x.shape[1]) * np.eye(allowed.sum())])
    level = np.linalg.norm(gaps) / np.sqrt(len(gaps))
    system = np.vstack([gaps.T / level, np.ones(len(gaps))])
    found = np.zeros(len(x))
    found[allowed] = nnls(system, np.append(np.zeros(len(system) - 1), 1.0), maxiter=100 * len(x))[0]
    return found


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
    # Far below the ridge, which alone chooses among weights that fit alike.
    tolerance = 1e-14 * np.maximum(np.abs(gram).max((1, 2)), np.abs(cross).max(1))
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
    weights[unsolved] = np.nan
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
