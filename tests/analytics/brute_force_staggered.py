"""Slow twins of the staggered estimators: loops over pairs and regressions on dummies, nothing shared with the project."""

import numpy as np


def cohorts(assignment, start, exposed):
    """Rows of the authorities in each (s, g)."""
    found = {}
    for k, i in enumerate(assignment):
        found.setdefault((int(start[k]), int(exposed[k])), []).append(int(i))
    return found


def comparators(count, assignment, compared=None):
    """Rows compared: those given (True in a mask) or all, without the holders."""
    return [j for j in range(count) if j not in assignment and (compared is None or compared[j])]


def att(y, observed, years, weights, assignment, start, exposed, cohort, year, base, comparison, compared=None):
    """Effect on one cohort in one year, by means over those observed in both years; None where there is no such."""
    if base not in years or year not in years:
        return None
    t, b = list(years).index(year), list(years).index(base)
    everyone = cohorts(assignment, start, exposed)
    rest = comparators(len(y), assignment, compared)
    if comparison == "not_yet":
        rest += [i for other, rows in everyone.items() if other != cohort and other[0] > max(year, base) for i in rows]
    means = []
    for rows in (everyone[cohort], rest):
        both = [i for i in rows if observed[i, t] and observed[i, b]]
        if not both:
            return None
        means.append(np.average([y[i, t] - y[i, b] for i in both], weights=weights[both]))
    return means[0] - means[1]


def simple(y, observed, years, weights, assignment, start, exposed, comparison="never", compared=None):
    """Mean of the effects from g on, each cohort by its weight."""
    top = below = 0.0
    for cohort, rows in cohorts(assignment, start, exposed).items():
        for year in years[years >= cohort[1]]:
            args = (y, observed, years, weights, assignment, start, exposed, cohort, year, cohort[0] - 1)
            effect = att(*args, comparison, compared)
            if effect is not None:
                top += weights[rows].sum() * effect
                below += weights[rows].sum()
    return top / below if below else np.nan


def on_dummies(y, observed, years, weights, assignment, start, exposed, name_of, compared=None):
    """Coefficients by name of a regression with authority, year and named dummies; NaN where not identified.

    `name_of` gives the name of the dummy of an adopter's cell from (s, g, year), or None for none.
    """
    cells, names = [], []
    for j in comparators(len(y), assignment, compared):
        cells += [(j, t) for t in range(len(years)) if observed[j, t]]
    names += [None] * len(cells)
    for (s, g), rows in cohorts(assignment, start, exposed).items():
        for i in rows:
            for t in np.flatnonzero(observed[i] & ((years < s) | (years >= g))):
                cells.append((i, t))
                names.append(name_of(s, g, years[t]))
    labels = sorted({n for n in names if n is not None})
    x = np.zeros((len(cells), len(y) + len(years) + len(labels)))
    for row, ((i, t), name) in enumerate(zip(cells, names, strict=True)):
        x[row, i] = x[row, len(y) + t] = 1
        if name is not None:
            x[row, len(y) + len(years) + labels.index(name)] = 1
    # Weighted children differ forty times in size: roots, scaled to a mean of 1, keep the rank clear.
    root = np.sqrt([weights[i] / weights.mean() for i, _ in cells])
    left, right = x * root[:, None], np.array([y[c] for c in cells]) * root
    u, size, v = np.linalg.svd(left, full_matrices=False)
    kept = size > 1e-9 * size[0]
    beta = v[kept].T @ (u[:, kept].T @ right / size[kept])
    identified = np.abs((v[kept] ** 2).sum(0) - 1) < 1e-9
    first = len(y) + len(years)
    coefficient = {n: beta[first + c] if identified[first + c] else np.nan for c, n in enumerate(labels)}
    weight = {n: sum(weights[i] for (i, _), m in zip(cells, names, strict=True) if m == n) for n in labels}
    return coefficient, weight


def weighted(coefficient, weight, meant):
    """Mean of the identified coefficients that are meant, by weight."""
    names = [n for n in coefficient if meant(n) and np.isfinite(coefficient[n])]
    total = sum(weight[n] for n in names)
    return sum(weight[n] * coefficient[n] for n in names) / total if names else np.nan


def sun_abraham(*panel, compared=None):
    """Cohort coefficients: means by event time and over exposed cells."""

    def name_of(s, g, year):
        return None if year == s - 1 else (s, g, int(year))

    coefficient, weight = on_dummies(*panel, name_of, compared)
    by_time = {
        e: weighted(coefficient, weight, lambda n, e=e: n[2] - n[1] == e) for e in {y - g for _, g, y in coefficient}
    }
    return by_time, weighted(coefficient, weight, lambda n: n[2] >= n[1])


def event_study(*panel, compared=None):
    """Coefficients by event time, and their mean from 0 on."""

    def name_of(s, g, year):
        return None if year == s - 1 else int(year - g)

    coefficient, weight = on_dummies(*panel, name_of, compared)
    return coefficient, weighted(coefficient, weight, lambda e: e >= 0)
