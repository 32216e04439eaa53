"""Slow twins of the estimators and of inference: loops and dummy-variable regressions, nothing shared with the project."""

import itertools

import numpy as np


def least_squares(y, used, weights, exposure=None):
    """Coefficients of authority dummies, year dummies (and exposure) by lstsq on the used cells."""
    cells = [(i, t) for i in range(used.shape[0]) for t in range(used.shape[1]) if used[i, t]]
    n, years = used.shape
    x = np.zeros((len(cells), n + years + (exposure is not None)))
    for row, (i, t) in enumerate(cells):
        x[row, i] = x[row, n + t] = 1
        if exposure is not None:
            x[row, -1] = exposure[i, t]
    root = np.sqrt([weights[i] for i, _ in cells])
    target = np.array([y[c] for c in cells])
    beta = np.linalg.lstsq(x * root[:, None], target * root, rcond=None)[0]
    return beta[:n], beta[n : n + years], beta[-1]


def masks(observed, years, assignment, start, exposed):
    """Untreated, exposed and transition cells when slot k belongs to authority assignment[k]."""
    untreated, treated = observed.copy(), np.zeros_like(observed)
    for k, i in enumerate(assignment):
        untreated[i] = observed[i] & (years < start[k])
        treated[i] = observed[i] & (years >= exposed[k])
    return untreated, treated


def imputation(y, observed, years, weights, assignment, start, exposed):
    """Weighted mean over exposed cells of Y less the untreated two-way fit."""
    untreated, treated = masks(observed, years, assignment, start, exposed)
    a, l, _ = least_squares(y, untreated, weights)
    top = below = 0.0
    for i, t in zip(*np.nonzero(treated), strict=True):
        if untreated[i].any():
            top += weights[i] * (y[i, t] - a[i] - l[t])
            below += weights[i]
    return top / below


def donut(y, observed, years, weights, assignment, start, exposed, then=imputation):
    """Imputation (or another twin of it) in which no holder of a slot has its last year before the start."""
    held = observed.copy()
    for k, i in enumerate(assignment):
        held[i] &= years != start[k] - 1
    return then(y, held, years, weights, assignment, start, exposed)


def each_once(y, observed, years, weights, assignment, start, exposed):
    """Weighted mean over slots of each holder's own mean gap over its exposed cells."""
    untreated, treated = masks(observed, years, assignment, start, exposed)
    a, l, _ = least_squares(y, untreated, weights)
    own = {
        i: np.mean([y[i, t] - a[i] - l[t] for t in np.flatnonzero(treated[i])])
        for i in assignment
        if untreated[i].any() and treated[i].any()
    }
    return sum(weights[i] * gap for i, gap in own.items()) / sum(weights[i] for i in own)


def share_as_far(estimate, others, total):
    """p of an enumeration: how many of all assignments are as far from zero, those that are not among the others counted."""
    return (total - len(others) + sum(abs(o) >= abs(estimate) * (1 - 1e-9) for o in others)) / total


def event_gap(y, observed, years, weights, assignment, start, exposed, event_time):
    """Weighted mean gap at one event time."""
    untreated, treated = masks(observed, years, assignment, start, exposed)
    a, l, _ = least_squares(y, untreated, weights)
    top = below = 0.0
    for k, i in enumerate(assignment):
        for t in range(len(years)):
            here = years[t] - exposed[k] == event_time and (untreated[i, t] or treated[i, t])
            if here and untreated[i].any():
                top += weights[i] * (y[i, t] - a[i] - l[t])
                below += weights[i]
    return top / below


def two_way(y, observed, years, weights, assignment, start, exposed):
    """Coefficient of exposure, transition cells left out."""
    untreated, treated = masks(observed, years, assignment, start, exposed)
    return least_squares(y, untreated | treated, weights, treated.astype(float))[2]


def two_by_two(y, observed, years, weights, assignment, start, exposed):
    """Weighted mean over slots of own change less the comparators' weighted mean change."""

    def change(i, k):
        before, after = observed[i] & (years < start[k]), observed[i] & (years >= exposed[k])
        return y[i, after].mean() - y[i, before].mean() if before.any() and after.any() else None

    top = below = 0.0
    for k, i in enumerate(assignment):
        own = change(i, k)
        rest = [(weights[j], change(j, k)) for j in range(len(y)) if j not in assignment]
        rest = [(w, c) for w, c in rest if c is not None]
        if own is not None and rest:
            top += weights[i] * (own - sum(w * c for w, c in rest) / sum(w for w, _ in rest))
            below += weights[i]
    return top / below


def one_base_year(y, observed, years, weights, assignment, start, exposed, base):
    """Each exposed cell against year s - base, less the comparators observed in both."""
    top = below = 0.0
    for k, i in enumerate(assignment):
        b = np.flatnonzero(years == start[k] - base)
        for t in np.flatnonzero(years >= exposed[k]):
            if not len(b) or not (observed[i, t] and observed[i, b[0]]):
                continue
            both = [j for j in range(len(y)) if j not in assignment and observed[j, t] and observed[j, b[0]]]
            if both:
                w = weights[both]
                theirs = (w * (y[both, t] - y[both, b[0]])).sum() / w.sum()
                top += weights[i] * (y[i, t] - y[i, b[0]] - theirs)
                below += weights[i]
    return top / below


def all_assignments(candidates):
    """Every way to give the slots different authorities."""
    return [a for a in itertools.product(*candidates) if len(set(a)) == len(a)]


def accepted(x, real, placebo, response, enumerated):
    """p(x) of a constant effect x, counted one placebo at a time."""
    far = sum(abs(b - x * c) >= abs(real - x) * (1 - 1e-9) for b, c in zip(placebo, response, strict=True))
    return far / len(placebo) if enumerated else (1 + far) / (1 + len(placebo))
