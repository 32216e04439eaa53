"""Slow twins of the synthetic estimators: one authority at a time, weights by general-purpose solvers."""

import numpy as np
from scipy.optimize import minimize, nnls


def objective(w, donors, target, ridge):
    """Mean squared gap and ridge; donors N x T."""
    return np.mean((target - w @ donors) ** 2) + ridge * w @ w


def by_nnls(donors, target, ridge):
    """Weights by non-negative least squares on the gaps, which are linear in weights that sum to one."""
    n, years = donors.shape
    gaps = np.vstack([(donors - target).T, np.sqrt(ridge * years) * np.eye(n)])
    system = np.vstack([gaps / np.abs(gaps).max(), np.ones(n)])
    w = nnls(system, np.append(np.zeros(len(gaps)), 1.0), maxiter=10_000)[0]
    return w / w.sum()


def by_slsqp(donors, target, ridge):
    """Weights by sequential quadratic programming."""
    n = len(donors)
    size = np.abs(donors - donors.mean(0)).max()
    x, y = (donors - donors.mean(0)) / size, (target - donors.mean(0)) / size
    found = minimize(
        objective,
        np.full(n, 1 / n),
        (x, y, ridge / size**2),
        jac=lambda w, x, y, r: 2 * (w @ x - y) @ x.T / len(y) + 2 * r * w,
        bounds=[(0, 1)] * n,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(n)},
        method="SLSQP",
        options={"maxiter": 2000, "ftol": 1e-15},
    )
    w = np.maximum(found.x, 0)
    return w / w.sum()


def years_used(observed, years, treated, slot, start, exposed):
    """Years before and exposed years in which the slot's adopter and at least half of the never treated have figures."""
    never = [i for i in range(len(observed)) if i not in set(treated)]
    used = [
        t
        for t in range(len(years))
        if observed[treated[slot], t] and 2 * sum(bool(observed[i, t]) for i in never) >= len(never)
    ]
    return [t for t in used if years[t] < start[slot]], [t for t in used if years[t] >= exposed[slot]]


def donors_of(observed, treated, among, before, after):
    """Never treated authorities with every year used, among those named."""
    return [
        i
        for i in range(len(observed))
        if i not in set(treated) and i in among and all(observed[i, t] for t in before + after)
    ]


def synthetic_control(y, observed, years, weights, treated, start, exposed, assignment, among=None):
    """Weighted mean over slots of the mean gap after, each holder fitted on its own."""
    top = below = 0.0
    for slot, i in enumerate(assignment):
        before, after = years_used(observed, years, treated, slot, start, exposed)
        donors = donors_of(observed, treated, range(len(y)) if among is None else among, before, after)
        donors = [j for j in donors if j != i]
        mine = [t for t in after if observed[i, t]]
        if not before or not mine or not donors or not all(observed[i, t] for t in before):
            continue
        x = y[np.ix_(donors, before)]
        w = by_nnls(x, y[i, before], 1e-6 * x.var())
        top += weights[i] * np.mean([y[i, t] - w @ y[donors, t] for t in mine])
        below += weights[i]
    return top / below if below else np.nan


def synthetic_did(y, observed, years, weights, treated, start, exposed, assignment, among=None):
    """Cohort effects averaged by treated x exposed cells."""
    cohorts = {}
    for slot in range(len(assignment)):
        before, after = years_used(observed, years, treated, slot, start, exposed)
        cohorts.setdefault((start[slot], exposed[slot], tuple(before), tuple(after)), []).append(slot)
    top = below = 0.0
    for (*_, before, after), slots in cohorts.items():
        before, after = list(before), list(after)
        holders = [assignment[s] for s in slots if all(observed[assignment[s], t] for t in before + after)]
        donors = donors_of(observed, treated, range(len(y)) if among is None else among, before, after)
        donors = [j for j in donors if j not in set(assignment)]
        if not before or not after or not holders or not donors:
            continue
        share = weights[holders] / weights[holders].sum()
        mine = share @ y[holders]
        x = y[donors]
        noise = np.diff(x[:, before], axis=1).std(ddof=1) if len(before) > 1 else 0.0
        zeta = (len(holders) * len(after)) ** 0.25 * noise
        level = x[:, before] - x[:, before].mean(1, keepdims=True)
        w = by_nnls(level, mine[before] - mine[before].mean(), max(zeta**2, 1e-9))
        own = x[:, before].mean(1)
        theirs, target = (x[:, before] - own[:, None]).T, x[:, after].mean(1) - own
        theirs, target = theirs - theirs.mean(1, keepdims=True), target - target.mean()
        # The ridge is at least 1e-12, for paths that are all alike.
        u = by_nnls(theirs, target, max((1e-6 * noise) ** 2 + 1e-9 * theirs.var(), 1e-12))
        effect = mine[after].mean() - u @ mine[before] - w @ (x[:, after].mean(1) - x[:, before] @ u)
        top += weights[holders].sum() * len(after) * effect
        below += weights[holders].sum() * len(after)
    return top / below if below else np.nan
