"""Synthetic control: each adopter beside the mix of comparators that came nearest to it before adoption.

The weights are not negative, sum to one and minimise the mean squared gap over the years used before the start, plus
1e-6 x variance of the donors' cells in those years x the sum of squared weights (Abadie, Diamond and Hainmueller 2010, outcomes
only; the ridge picks the most even of the mixes that fit alike). The effect is the mean gap over exposed years, averaged over
adopters. Donors are never treated themselves, so the gap of an authority in a slot does not hang on who else is a
placebo: one table of gaps serves every assignment.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.estimators.registry import Prepared, register
from analytics.estimators.sample import Sample
from analytics.estimators.simplex import frank_wolfe, simplex_weights
from analytics.estimators.slot_years import SlotYears, donors, may_hold, never_treated, slot_years

RIDGE = 1e-6  # times the variance of the donors' cells before the start
SMALLEST_WEIGHT = 1e-6  # a donor with less is named nowhere
TIE = 1 - 1e-9


@dataclass(frozen=True)
class SyntheticControl:
    """Mean gap over slots between their holders and the holders' synthetic selves.

    Attributes
    ----------
    published : weights by the procedure of the published figures instead of the exact optimum (see simplex.py)
    """

    sample: Sample
    published: bool = False

    @functools.cached_property
    def years(self) -> tuple[SlotYears, ...]:
        """Slots by the years used."""
        return slot_years(self.sample)

    @property
    def exploratory(self) -> bool:
        """Whether an adopter has fewer than five years before."""
        return any(years.exploratory for years in self.years)

    def weights(self, years: SlotYears, outcome: int, rows: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """M x N weights of the synthetic selves of M rows, from the donors allowed to each (M x N)."""
        paths = self.sample.filled[outcome][:, years.before]
        count = np.maximum(allowed.sum(1) * paths.shape[1], 1)
        centred = paths - paths[allowed.any(0)].mean() if allowed.any() else paths
        variance = allowed @ (centred**2).sum(1) / count - (allowed @ centred.sum(1) / count) ** 2
        if self.published:
            return _published(paths, rows, allowed, RIDGE * variance)
        return simplex_weights(paths, paths[rows], allowed, RIDGE * np.maximum(variance, 0.0))

    def gaps(self, years: SlotYears, outcome: int, rows: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """M x T gaps of M rows from their synthetic selves; NaN where a row, or a donor with weight, has no figure."""
        weights = self.weights(years, outcome, rows, allowed)
        return _gaps(self.sample, outcome, rows, weights)

    def _mean_gaps(self, years: SlotYears, rows: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """K x M mean gaps over the exposed years used in which the row has a figure; NaN where it has no synthetic self."""
        found = np.full((len(self.sample.values), len(rows)), np.nan)
        held = np.flatnonzero(may_hold(self.sample, years)[rows] & allowed.any(1))
        for outcome in range(len(found)) if len(held) else []:
            gaps = self.gaps(years, outcome, rows[held], allowed[held])[:, years.after]
            found[outcome, held] = np.nanmean(gaps, axis=1)
        return found

    @property
    def table(self) -> np.ndarray:
        """K x P x N mean gap of every authority, if it held the slots of each SlotYears."""
        everyone = np.arange(len(self.sample.observed))
        return np.stack([self._looked_up(place, everyone) for place in range(len(self.years))], axis=1)

    def _looked_up(self, place: int, rows: np.ndarray) -> np.ndarray:
        """K x M mean gaps of rows in the slots of one SlotYears, each row fitted the first time that it is asked for.

        A check that asks of the real adopters alone then fits a handful of authorities, not all of them.
        """
        table, fitted = self._fits[place]
        new = np.setdiff1d(rows, np.flatnonzero(fitted))
        if len(new):
            years = self.years[place]
            table[:, new] = self._mean_gaps(years, new, self.donors_of(years, new))
            fitted[new] = True
        return table[:, rows]

    @functools.cached_property
    def _fits(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """For each SlotYears the K x N mean gaps fitted so far, and for which authorities they are."""
        outcomes, authorities = len(self.sample.values), len(self.sample.observed)
        return tuple((np.full((outcomes, authorities), np.nan), np.zeros(authorities, dtype=bool)) for _ in self.years)

    def donors_of(self, years: SlotYears, rows: np.ndarray) -> np.ndarray:
        """M x N: who may be part of each row's synthetic self."""
        allowed = np.tile(donors(self.sample, years), (len(rows), 1))
        allowed[np.arange(len(rows)), rows] = False
        if self.sample.partners is not None:
            kind = self.sample.slots.kind[np.flatnonzero(years.slots)[0]]
            allowed &= self.sample.partners[kind, rows]
        return allowed

    def estimates(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x D weighted means over slots that can be judged; NaN where none can.

        Parameters
        ----------
        assignments : D x n rows, one a slot
        comparators : D x N, who may be a donor under each assignment (the treated never are); None = all others.
            Where authorities have partners of their own, donors are those alone, so one table serves again; another
            choice of comparators than the partners', as when one is left out, is fitted for each assignment.
        """
        assignments = np.asarray(assignments)
        if comparators is not None and self.sample.partners is not None:
            own = self.sample.comparators_of(assignments)
            comparators = None if np.array_equal(own, comparators) else comparators
        top = np.zeros((len(self.sample.values), len(assignments)))
        below = np.zeros(len(assignments))
        for place, years in enumerate(self.years):
            for slot in np.flatnonzero(years.slots):
                rows = assignments[:, slot]
                gap = self._looked_up(place, rows) if comparators is None else self._among(years, rows, comparators)
                told = np.isfinite(gap).all(0)
                weight = self.sample.weights[rows] * told
                top += np.where(told, weight * gap, 0.0)
                below += weight
        return np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan)

    def _among(self, years: SlotYears, rows: np.ndarray, comparators: np.ndarray) -> np.ndarray:
        """K x D mean gaps from the comparators of each assignment; the same row and donors are fitted once."""
        allowed = self.donors_of(years, rows) & comparators
        key = np.column_stack([rows, np.packbits(allowed, axis=1)])
        _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
        return self._mean_gaps(years, rows[first], allowed[first])[:, which.ravel()]


def _gaps(sample: Sample, outcome: int, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """M x T gaps of rows from the weighted mean of their donors."""
    missing = (weights > 0).astype(float) @ ~sample.observed > 0
    gaps = sample.filled[outcome][rows] - np.nan_to_num(weights) @ sample.filled[outcome]
    untold = missing | ~sample.observed[rows] | ~np.isfinite(weights).any(1)[:, None]
    return np.where(untold, np.nan, gaps)


def _published(paths: np.ndarray, rows: np.ndarray, allowed: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """M x N weights by the published procedure, one row after the other."""
    found = np.full(allowed.shape, np.nan)
    for m, row in enumerate(rows):
        if allowed[m].any():
            changes = np.diff(paths[allowed[m]], axis=1)
            noise = changes.std(ddof=1) if changes.size > 1 else 0.0
            found[m] = 0.0
            found[m, allowed[m]] = frank_wolfe(paths[allowed[m]], paths[row], ridge[m], noise)
    return found


@register("synthetic_control")
def synthetic_control(sample: Sample, *, base: str | int = "all_pre") -> Prepared:
    """Mean gap from the synthetic selves; all earlier years are the base."""
    return SyntheticControl(sample)


@dataclass(frozen=True)
class SyntheticFit:
    """One adopter and its synthetic self.

    Attributes
    ----------
    weights : columns donor (row of the sample), weight; largest first, those above one in a million
    path : columns year, actual, synthetic, gap, used (before, after, or '' where the year is not used)
    mean_gap : over the exposed years used, in the outcome's unit
    rmspe_before, rmspe_after : root mean squared gap; ratio : after over before
    ratio_rank, out_of : place of the ratio among those of every placebo, 1 the largest, the adopter's own included
    years_before, donors : how many
    left_out : columns donor, reason: comparators without a figure in a year used
    exploratory : fewer than five years before
    open_fit : fewer years before than donors, so that mixes that fit exactly can differ widely
    """

    weights: pd.DataFrame
    path: pd.DataFrame
    mean_gap: float
    rmspe_before: float
    rmspe_after: float
    ratio: float
    ratio_rank: int
    out_of: int
    years_before: int
    donors: int
    left_out: pd.DataFrame = field(repr=False)
    exploratory: bool
    open_fit: bool


@dataclass(frozen=True)
class InSpace:
    """The same fit for an adopter and, in its slot, for every comparator.

    Attributes
    ----------
    rows : M rows of the sample, the adopter first
    years : T; gaps : M x T, NaN where there is no figure
    table : columns row, mean_gap, rmspe_before, rmspe_after, ratio; one row a row
    p_gap, p_ratio : share with a mean gap as far from zero, and with a ratio as large, the adopter included
    """

    rows: np.ndarray
    years: np.ndarray
    gaps: np.ndarray
    table: pd.DataFrame
    p_gap: float
    p_ratio: float


def _root_mean_square(gaps: np.ndarray) -> np.ndarray:
    return np.sqrt(np.nanmean(gaps**2, axis=1))


def _slot(fit: SyntheticControl, slot: int) -> tuple[SlotYears, np.ndarray]:
    """Years used for a slot, and its adopter's row as an array of one."""
    return next(years for years in fit.years if years.slots[slot]), fit.sample.treated[[slot]]


def in_space(sample: Sample, slot: int, *, outcome: int = 0) -> InSpace | None:
    """Gaps of the adopter and of every comparator in its place; None where the adopter has no synthetic self."""
    fit = SyntheticControl(sample)
    years, row = _slot(fit, slot)
    rows = np.concatenate([row, np.flatnonzero(never_treated(sample))])
    allowed = fit.donors_of(years, rows)
    held = may_hold(sample, years)[rows] & allowed.any(1)
    if not held[0]:
        return None
    rows, allowed = rows[held], allowed[held]
    gaps = fit.gaps(years, outcome, rows, allowed)
    before, after = _root_mean_square(gaps[:, years.before]), _root_mean_square(gaps[:, years.after])
    mean = np.nanmean(gaps[:, years.after], axis=1)
    ratio = np.divide(after, before, out=np.full(len(rows), np.inf), where=before > 0)
    table = pd.DataFrame({"row": rows, "mean_gap": mean, "rmspe_before": before, "rmspe_after": after, "ratio": ratio})
    p_gap = float((np.abs(mean) >= np.abs(mean[0]) * TIE).mean())
    return InSpace(rows, sample.years, gaps, table, p_gap, float((ratio >= ratio[0] * TIE).mean()))


def synthetic_fit(sample: Sample, slot: int, *, outcome: int = 0) -> SyntheticFit | None:
    """An adopter's synthetic self, its gap by year and how it ranks; None where it has none."""
    placebos = in_space(sample, slot, outcome=outcome)
    if placebos is None:
        return None
    fit = SyntheticControl(sample)
    years, row = _slot(fit, slot)
    allowed = fit.donors_of(years, row)
    weights = fit.weights(years, outcome, row, allowed)[0]
    mine = placebos.table.iloc[0]
    return SyntheticFit(
        _named_weights(weights),
        _path(sample, years, outcome, row[0], placebos.gaps[0]),
        *(float(mine[name]) for name in ("mean_gap", "rmspe_before", "rmspe_after", "ratio")),
        round(placebos.p_ratio * len(placebos.rows)),
        len(placebos.rows),
        int(years.before.sum()),
        int(allowed.sum()),
        _left_out(sample, years),
        years.exploratory,
        bool(years.before.sum() < allowed.sum()),
    )


def _named_weights(weights: np.ndarray) -> pd.DataFrame:
    order = np.argsort(-weights, kind="stable")
    order = order[weights[order] > SMALLEST_WEIGHT]
    return pd.DataFrame({"donor": order, "weight": weights[order]})


def _path(sample: Sample, years: SlotYears, outcome: int, row: int, gap: np.ndarray) -> pd.DataFrame:
    actual = np.where(sample.observed[row], sample.values[outcome, row], np.nan)
    used = np.select([years.before, years.after], ["before", "after"], "")
    return pd.DataFrame({"year": sample.years, "actual": actual, "synthetic": actual - gap, "gap": gap, "used": used})


def _left_out(sample: Sample, years: SlotYears) -> pd.DataFrame:
    """Comparators without a figure in a year used, and which years."""
    lacking = never_treated(sample) & ~donors(sample, years)
    rows = []
    for row in np.flatnonzero(lacking):
        without = sample.years[years.used & ~sample.observed[row]]
        rows.append((row, f"no figure in {', '.join(str(year) for year in without)}"))
    return pd.DataFrame(rows, columns=["donor", "reason"])


def leave_one_donor_out(sample: Sample, slot: int, *, outcome: int = 0) -> pd.DataFrame:
    """Gaps of an adopter without each donor that has weight, fitted anew: columns donor, year, gap, mean_gap.

    `mean_gap` is over the exposed years used, the same in every row of a donor. Empty where no other donor is left.
    """
    fit = SyntheticControl(sample)
    years, row = _slot(fit, slot)
    whole = fit.donors_of(years, row)
    columns = ["donor", "year", "gap", "mean_gap"]
    if not may_hold(sample, years)[row[0]] or whole.sum() < 2:
        return pd.DataFrame(columns=columns)
    gone = _named_weights(fit.weights(years, outcome, row, whole)[0]).donor.to_numpy()
    allowed = np.repeat(whole, len(gone), axis=0)
    allowed[np.arange(len(gone)), gone] = False
    gaps = fit.gaps(years, outcome, np.repeat(row, len(gone)), allowed)
    count = len(sample.years)
    mean = np.nanmean(gaps[:, years.after], axis=1)
    return pd.DataFrame(
        {
            "donor": np.repeat(gone, count),
            "year": np.tile(sample.years, len(gone)),
            "gap": gaps.ravel(),
            "mean_gap": np.repeat(mean, count),
        }
    )
