"""Slow twins of inference by authority: regressions with every dummy written out, loops, nothing shared with the project."""

from dataclasses import dataclass

import numpy as np

YEARS = np.arange(2013, 2022)
START, EXPOSED = np.array([2016, 2016, 2017, 2018]), np.array([2017, 2017, 2018, 2018])
TREATED = np.array([2, 5, 8, 11])


@dataclass
class Dense:
    """Rows of one regression, already times the root of the weight; the clusters; what c' beta is; authority effects or not."""

    x: np.ndarray
    y: np.ndarray
    cluster: np.ndarray
    c: np.ndarray
    parameters: int

    @property
    def inverse(self):
        return np.linalg.pinv(self.x.T @ self.x, rcond=1e-12, hermitian=True)

    @property
    def beta(self):
        return self.inverse @ self.x.T @ self.y

    @property
    def estimate(self):
        return self.c @ self.beta


def _assembled(cells, y, weights, dummies, regressors, c, absorbed):
    """cells: (authority, column) pairs."""
    root = np.sqrt([weights[i] for i, _ in cells])
    columns = sorted({t for _, t in cells})
    authorities = sorted({i for i, _ in cells})
    x = np.array(
        [
            [float(i == j) for j in authorities if absorbed] + [float(t == s) for s in columns] + regressors(i, t)
            for i, t in cells
        ]
    )
    c = np.concatenate([np.zeros(x.shape[1] - len(c)), c])
    target = np.array([y[i, t] for i, t in cells])
    return Dense(x * root[:, None], target * root, np.array([i for i, _ in cells]), c, len(columns) + dummies)


def two_way(y, observed, years, weights, who, start, exposed):
    """Exposure on authority and year dummies, transition left out."""
    first = dict(zip(who, zip(start, exposed, strict=True), strict=True))

    def kept(i, t):
        return observed[i, t] and (i not in first or years[t] < first[i][0] or years[t] >= first[i][1])

    cells = [(i, t) for i in range(len(y)) for t in range(len(years)) if kept(i, t)]
    return _assembled(
        cells, y, weights, 1, lambda i, t: [float(i in first and years[t] >= first[i][1])], np.ones(1), True
    )


def event_study(y, observed, years, weights, who, start, exposed):
    """A dummy an event time, the last year before the start left out; the mean of e >= 0 by weight of cells."""
    first = dict(zip(who, zip(start, exposed, strict=True), strict=True))

    def event(i, t):
        s, g = first[i]
        if years[t] == s - 1 or s <= years[t] < g:
            return None
        return years[t] - g

    times = sorted({event(i, t) for i in first for t in range(len(years))} - {None})

    def kept(i, t):
        return observed[i, t] and not (i in first and first[i][0] <= years[t] < first[i][1])

    cells = [(i, t) for i in range(len(y)) for t in range(len(years)) if kept(i, t)]
    c = np.array([sum(weights[i] for i, t in cells if i in first and event(i, t) == e) * (e >= 0) for e in times])
    return _assembled(
        cells,
        y,
        weights,
        sum(any(i in first and event(i, t) == e for i, t in cells) for e in times),
        lambda i, t: [float(i in first and event(i, t) == e) for e in times],
        c / c.sum(),
        True,
    )


def two_by_two(y, observed, years, weights, who, start, exposed):
    """Changes on a dummy a distinct (s, g) and a dummy for its adopters."""
    first = dict(zip(who, zip(start, exposed, strict=True), strict=True))
    kinds = sorted(set(zip(start, exposed, strict=True)))
    changes, cells = np.zeros((len(y), len(kinds))), []
    for i in range(len(y)):
        for q, (s, g) in enumerate(kinds):
            before, after = observed[i] & (years < s), observed[i] & (years >= g)
            if before.any() and after.any() and first.get(i, (s, g)) == (s, g):
                changes[i, q] = y[i, after].mean() - y[i, before].mean()
                cells.append((i, q))
    c = np.array([sum(weights[i] for i, q in cells if i in first and q == k) for k in range(len(kinds))])
    return _assembled(
        cells,
        changes,
        weights,
        len(kinds),
        lambda i, t: [float(i in first and t == k) for k in range(len(kinds))],
        c / c.sum(),
        False,
    )


TWINS = {"two_way": two_way, "two_by_two": two_by_two, "event_study": event_study}


def root_of_inverse(matrix, power):
    """Symmetric power of a pseudo-inverse, eigenvalues under 1e-9 left out."""
    values, vectors = np.linalg.eigh(matrix)
    found = np.zeros_like(matrix)
    for value, v in zip(values, vectors.T, strict=True):
        if value > 1e-9:
            found += np.outer(v, v) * value**-power
    return found


def clustered(d, kind):
    """Standard error and Bell-McCaffrey degrees of freedom from the full hat matrix."""
    hat = d.x @ d.inverse @ d.x.T
    residual = d.y - hat @ d.y
    each = np.unique(d.cluster)
    total, columns = 0.0, []
    for g in each:
        rows = d.cluster == g
        own = np.eye(rows.sum()) - hat[np.ix_(rows, rows)]
        adjust = np.eye(rows.sum()) if kind == "cr1" else root_of_inverse(own, {"cr2": 0.5, "cr3": 1.0}[kind])
        pull = adjust @ d.x[rows] @ d.inverse @ d.c
        total += (pull @ residual[rows]) ** 2
        columns.append((np.eye(len(d.y)) - hat)[rows].T @ pull)
    n, cells = len(each), len(d.y)
    factor = {"cr1": n / (n - 1) * (cells - 1) / (cells - d.parameters), "cr2": 1.0, "cr3": (n - 1) / n}[kind]
    gram = np.array(columns) @ np.array(columns).T
    return np.sqrt(factor * total), np.trace(gram) ** 2 / (gram**2).sum()


def leave_one_out(d):
    """Estimate without each cluster in turn."""
    found = []
    for g in np.unique(d.cluster):
        rows = d.cluster != g
        found.append(d.c @ np.linalg.lstsq(d.x[rows], d.y[rows], rcond=None)[0])
    return np.array(found)


def sum_of_squares(d, y):
    """Sum over clusters of squared scores, and the estimate."""
    beta = d.inverse @ d.x.T @ y
    residual = y - d.x @ beta
    pull = d.x @ d.inverse @ d.c
    return sum((pull[d.cluster == g] @ residual[d.cluster == g]) ** 2 for g in np.unique(d.cluster)), d.c @ beta


def wild(d, weights, null=0.0):
    """Squared t of the data and of each draw, the null imposed: restricted least squares, then a refit a draw."""
    beta, inverse = d.beta, d.inverse
    restricted = beta - inverse @ d.c * (d.c @ beta - null) / (d.c @ inverse @ d.c)
    fitted = d.x @ restricted
    residual = d.y - fitted
    square, estimate = sum_of_squares(d, d.y)
    found = []
    for v in weights:
        below, drawn = sum_of_squares(d, fitted + v[d.cluster] * residual)
        found.append((drawn - null) ** 2 / below)
    return (estimate - null) ** 2 / square, np.array(found)


def ferman_pinto(y, years, size, treated, exposed, draws, seed):
    """Two-way form on a full panel without weights or transition, as printed in the method's definition."""
    n, slots = len(y), len(treated)
    exposure = np.zeros(y.shape)
    for k, i in enumerate(treated):
        exposure[i] = years >= exposed[k]
    demeaned = exposure - exposure.mean(1, keepdims=True) - exposure.mean(0) + exposure.mean()
    h = (demeaned**2).sum()
    b = (demeaned * y).sum() / h
    others = [j for j in range(n) if j not in treated]
    among = y[others] - y[others].mean(0)
    among = among - among.mean(1, keepdims=True)
    q = np.array([[among[j] @ (demeaned[i] - demeaned[others[0]]) for j in range(len(others))] for i in treated])
    scaled = np.zeros_like(q)
    for k in range(slots):
        m = size[others]
        a, slope = np.linalg.lstsq(np.column_stack([np.ones(len(m)), 1 / m]), q[k] ** 2, rcond=None)[0]
        a, slope = max(a, 0.0), max(slope, 0.0)
        scaled[k] = q[k] * np.sqrt((a + slope / size[treated[k]]) / (a + slope / m))
    if slots == 1:
        placebos = scaled[0]
    else:
        picks = np.random.default_rng(seed).integers(0, len(others), (draws, slots))
        placebos = np.array([sum(scaled[k, row[k]] for k in range(slots)) for row in picks])
    return b, placebos / h
