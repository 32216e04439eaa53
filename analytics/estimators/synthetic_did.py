"""Synthetic difference in differences: adopters' change less that of a mix of comparators with a parallel path before.

Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021). Adopters with the same start, first exposed year and years with figures
are one cohort, its path their mean. Authority weights w bring the comparators' path parallel to it: an intercept, a ridge
zeta^2 with zeta = (treated x exposed years)^(1/4) x the standard deviation of the comparators' yearly changes before. Year
weights u make the years before like the years after, among comparators: an intercept, zeta = 1e-6 x the same (and a
billionth of the years' mean variance, so that with few comparators one answer is best). Then

    effect = (mean after - sum of u_t Y_t) of the cohort - sum over comparators of w_i x the same of i,

averaged over cohorts by treated x exposed cells. Comparators are never treated themselves. Weights are fitted anew for every
placebo: ask for at most `MOST_DRAWS` drawn ones.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.estimators.registry import Prepared, register
from analytics.estimators.sample import Sample
from analytics.estimators.simplex import frank_wolfe, gram_weights, simplex_weights
from analytics.estimators.slot_years import SlotYears, complete, donors, slot_years

MOST_DRAWS = 999
TIME_RIDGE = 1e-6  # zeta of the year weights, times the standard deviation of yearly changes


@dataclass(frozen=True)
class CohortFit:
    """D fits of one cohort.

    Attributes
    ----------
    effect : D, NaN where no holder, or no comparator, has the figures
    cells : D, treated (by weight) x exposed years
    authorities : D x N, weights of the comparators
    years : D x (years before), weights of the years before
    """

    effect: np.ndarray
    cells: np.ndarray
    authorities: np.ndarray
    years: np.ndarray


@dataclass(frozen=True)
class SyntheticDid:
    """Synthetic difference in differences under any assignment.

    Attributes
    ----------
    published : weights by the procedure of the published figures instead of the exact optimum (see simplex.py)
    most_draws : placebos that it is worth drawing, fewer than for the other estimators
    """

    sample: Sample
    published: bool = False
    most_draws: int = MOST_DRAWS

    @functools.cached_property
    def cohorts(self) -> tuple[SlotYears, ...]:
        """Slots by their years."""
        return slot_years(self.sample)

    @property
    def exploratory(self) -> bool:
        """Whether a cohort has fewer than five years before."""
        return any(cohort.exploratory for cohort in self.cohorts)

    def estimates(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x D estimates; NaN where no cohort can be judged.

        Parameters
        ----------
        assignments : D x n rows, one a slot
        comparators : D x N, who may be compared under each assignment (the treated never are); None = all others
        """
        assignments = np.asarray(assignments)
        found = np.full((len(self.sample.values), len(assignments)), np.nan)
        for outcome in range(len(found)):
            top, below = np.zeros(len(assignments)), np.zeros(len(assignments))
            for cohort in self.cohorts:
                fit = self.cohort_fit(cohort, outcome, assignments, comparators)
                told = np.isfinite(fit.effect)
                top += np.where(told, fit.cells * fit.effect, 0.0)
                below += fit.cells * told
            found[outcome] = np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan)
        return found

    def cohort_fit(
        self, cohort: SlotYears, outcome: int, assignments: np.ndarray, comparators: np.ndarray | None = None
    ) -> CohortFit:
        """Effect and weights of one cohort under each assignment."""
        sample, figures = self.sample, self.sample.filled[outcome]
        before, after = figures[:, cohort.before], figures[:, cohort.after].mean(1) if cohort.after.any() else 0.0
        allowed = np.tile(donors(sample, cohort), (len(assignments), 1))
        np.put_along_axis(allowed, assignments, False, axis=1)
        if comparators is not None:
            allowed &= comparators
        holders = assignments[:, cohort.slots]
        weight = sample.weights[holders] * complete(sample, cohort)[holders]
        told = (weight.sum(1) > 0) & allowed.any(1)
        count = len(assignments)
        fit = CohortFit(
            np.full(count, np.nan),
            weight.sum(1) * cohort.after.sum(),
            np.full(allowed.shape, np.nan),
            np.full((count, before.shape[1]), np.nan),
        )
        if not told.any():
            return fit
        share = weight[told] / weight[told].sum(1, keepdims=True)
        mine = np.einsum("dm,dmt->dt", share, before[holders[told]])
        mine_after = np.einsum("dm,dm->d", share, after[holders[told]])
        treated = (weight[told] > 0).sum(1) * cohort.after.sum()
        noise = _noise(before, allowed[told])
        ridge = np.sqrt(treated) * noise**2
        by_authority, by_year = self._weights(before, after, mine, allowed[told], ridge, noise)
        fit.authorities[told], fit.years[told] = by_authority, by_year
        theirs = by_authority @ after - ((by_authority @ before) * by_year).sum(1)
        fit.effect[told] = mine_after - (mine * by_year).sum(1) - theirs
        return fit

    def _weights(
        self,
        before: np.ndarray,
        after: np.ndarray,
        mine: np.ndarray,
        allowed: np.ndarray,
        ridge: np.ndarray,
        noise: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """D x N weights of authorities and D x (years before) weights of years.

        Parameters
        ----------
        before : N x (years before), after : N, mean after; mine : D x (years before), the cohort's path
        allowed : D x N; ridge, noise : D, zeta^2 of the authority weights and the spread of yearly changes
        """
        level, own = before - before.mean(1, keepdims=True), mine - mine.mean(1, keepdims=True)
        if not self.published:
            return simplex_weights(level, own, allowed, ridge), _year_weights(before, after, allowed, noise)
        by_authority, by_year = np.zeros(allowed.shape), np.zeros(mine.shape)
        for d, held in enumerate(allowed):
            by_authority[d, held] = frank_wolfe(level[held], own[d], ridge[d], noise[d])
            years, target = (part - part.mean(0) for part in (before[held], after[held]))
            by_year[d] = frank_wolfe(years.T, target, (TIME_RIDGE * noise[d]) ** 2, noise[d])
        return by_authority, by_year


def _noise(before: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """D: standard deviation of the comparators' changes from one year used to the next."""
    changes = np.diff(before, axis=1)
    count = allowed.sum(1) * changes.shape[1]
    if not changes.size:
        return np.zeros(len(allowed))
    changes = changes - changes[allowed.any(0)].mean()
    total, square = allowed @ changes.sum(1), allowed @ (changes**2).sum(1)
    spread = (square - total**2 / np.maximum(count, 1)) / np.maximum(count - 1, 1)
    return np.sqrt(np.maximum(spread, 0.0))


def _year_weights(before: np.ndarray, after: np.ndarray, allowed: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """D x (years before): weights that make the years before like those after, from the comparators' products."""
    # Weights sum to one, so each authority's own level drops out: without it the products lose fewer digits.
    paths = np.column_stack([before, after]) - before.mean(1, keepdims=True)
    paths = paths - paths[allowed.any(0)].mean(0)
    size = paths.shape[1]
    count = allowed.sum(1)[:, None, None]
    products = (allowed @ (paths[:, :, None] * paths[:, None, :]).reshape(len(paths), -1)).reshape(-1, size, size)
    mean = (allowed @ paths)[:, :, None] / count
    covariance = products / count - mean * mean.transpose(0, 2, 1)
    gram = covariance[:, :-1, :-1] + ((TIME_RIDGE * noise) ** 2)[:, None, None] * np.eye(size - 1)
    cross = covariance[:, :-1, -1]
    first = gram_weights(gram[:1], cross[:1])
    return np.concatenate([first, gram_weights(gram[1:], cross[1:], start=first[0])])


@register("synthetic_did")
def synthetic_did(sample: Sample, *, base: str | int = "all_pre") -> Prepared:
    """Synthetic difference in differences; the years before are weighted, so no base is chosen."""
    return SyntheticDid(sample)


def cohort_table(sample: Sample, *, outcome: int = 0) -> pd.DataFrame:
    """One row a cohort of the real adopters: s, g, adopters, years_before, effect, cells, exploratory."""
    fit = SyntheticDid(sample)
    rows = []
    for cohort in fit.cohorts:
        found = fit.cohort_fit(cohort, outcome, sample.treated[None])
        start, exposed = sample.slots.kinds[sample.slots.kind[cohort.slots][0]]
        rows.append(
            (
                start,
                exposed,
                cohort.slots.sum(),
                cohort.before.sum(),
                found.effect[0],
                found.cells[0],
                cohort.exploratory,
            )
        )
    return pd.DataFrame(rows, columns=["s", "g", "adopters", "years_before", "effect", "cells", "exploratory"])
