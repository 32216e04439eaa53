"""Means of the effects by cohort and year: one figure, or one by event time, by cohort or by calendar year.

Callaway and Sant'Anna (2021), section 3. Where a mean is weighted by the number treated, that number is itself a figure of the
sample, and its own influence enters the standard error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analytics.errors import BadSpecification, CannotEstimate
from analytics.estimators.callaway_santanna import GroupTime


@dataclass(frozen=True)
class Aggregate:
    """Means for K outcomes, one a label, and over all of them.

    Attributes
    ----------
    label : A, event times, years g or calendar years; empty for `simple`
    estimate : K x A; influence : K x A x N
    overall : K; overall_influence : K x N
    """

    by: str
    label: np.ndarray
    estimate: np.ndarray
    influence: np.ndarray
    overall: np.ndarray
    overall_influence: np.ndarray

    @property
    def standard_error(self) -> np.ndarray:
        """K x A."""
        return np.sqrt((self.influence**2).sum(2))

    @property
    def overall_standard_error(self) -> np.ndarray:
        """K."""
        return np.sqrt((self.overall_influence**2).sum(1))


def _by_number(estimate: np.ndarray, influence: np.ndarray, number: np.ndarray, meant: np.ndarray):
    """K x A means by number treated of K x C figures, and K x A x N influences, the numbers' own included.

    Parameters
    ----------
    number : C x N, what each authority adds to the number treated; meant : A x C, which figures each mean is over
    """
    outcomes, _, authorities = influence.shape
    meant = meant.astype(float)
    share = meant * number.sum(1)
    total = share.sum(1, keepdims=True)
    mean = estimate @ (share / total).T
    of_figures = np.tensordot(share / total, influence, axes=(1, 1)).swapaxes(0, 1)
    apart = (estimate[:, None, :] - mean[:, :, None]) * (meant / total)
    of_numbers = (apart.reshape(-1, meant.shape[1]) @ number).reshape(outcomes, -1, authorities)
    return mean, of_figures + of_numbers


def aggregate(table: GroupTime, by: str) -> Aggregate:
    """Means of a table of effects.

    Parameters
    ----------
    by : simple (cohorts and exposed years by number treated), dynamic (event times, those before the start too; over all, the
        plain mean from 0 on), group (cohorts; over all, by number treated) or calendar (years; over all, the plain mean)
    """
    if by not in _MEANS:
        raise BadSpecification(f"There is no mean by '{by}'. It may be {', '.join(_MEANS)}.")
    if not table.after.any():
        raise CannotEstimate(
            "No cohort has figures in the year before its start and in an exposed year, for an adopter and a comparator "
            "alike. Widen the window, or choose an estimator that uses all earlier years."
        )
    return _MEANS[by](table)


def _simple(table: GroupTime) -> Aggregate:
    mean, influence = _by_number(table.estimate, table.influence, table.number, table.after[None])
    none = slice(0, 0)
    return Aggregate("simple", np.array([], int), mean[:, none], influence[:, none], mean[:, 0], influence[:, 0])


def _by_label(by: str, table: GroupTime, at: np.ndarray, meant: np.ndarray) -> Aggregate:
    """Means by number treated of the cells meant at each label; over all, the plain mean of labels with an exposed cell."""
    label = np.unique(at[meant])
    mean, influence = _by_number(table.estimate, table.influence, table.number, meant & (at == label[:, None]))
    counted = np.isin(label, at[table.after])
    return Aggregate(by, label, mean, influence, mean[:, counted].mean(1), influence[:, counted].mean(1))


def _dynamic(table: GroupTime) -> Aggregate:
    return _by_label("dynamic", table, table.event_time, np.ones(len(table.year), dtype=bool))


def _calendar(table: GroupTime) -> Aggregate:
    return _by_label("calendar", table, table.year, table.after)


def _group(table: GroupTime) -> Aggregate:
    pairs = np.column_stack([table.start, table.exposed])
    cohorts = np.unique(pairs[table.after], axis=0)
    same = (pairs == cohorts[:, None]).all(2)
    mean, influence = _by_number(table.estimate, table.influence, table.number, same & table.after)
    number = table.number[same.argmax(1)]
    overall, its_influence = _by_number(mean, influence, number, np.ones((1, len(cohorts)), dtype=bool))
    return Aggregate("group", cohorts[:, 1], mean, influence, overall[:, 0], its_influence[:, 0])


_MEANS = {"simple": _simple, "dynamic": _dynamic, "group": _group, "calendar": _calendar}


@dataclass(frozen=True)
class Bands:
    """Simultaneous bands: each covers all labels of one outcome at once.

    Attributes
    ----------
    levels : L, such as 0.95
    critical : K x L, how many standard errors wide on either side
    low, high : K x A x L
    """

    levels: tuple[float, ...]
    critical: np.ndarray
    low: np.ndarray
    high: np.ndarray


def simultaneous_bands(
    found: Aggregate, *, draws: int = 999, seed: int = 1, levels: tuple[float, ...] = (0.95,)
) -> Bands:
    """Bands by the multiplier bootstrap: every authority's influence kept or turned round, at random.

    The critical value is the ceil(level (draws + 1))-th smallest of the largest |t| of each draw; NaN with nothing to draw.
    """
    signs = 2.0 * np.random.default_rng(seed).integers(0, 2, (draws, found.influence.shape[2])) - 1.0
    error = found.standard_error
    known = error > 1e-12 * np.abs(found.estimate)  # a figure that nobody moves has no band
    scaled = found.influence / np.where(known, error, np.inf)[:, :, None]
    outcomes, labels, authorities = scaled.shape
    t = np.abs(signs @ scaled.reshape(-1, authorities).T).reshape(draws, outcomes, labels)
    largest = np.sort(t.max(2, initial=0.0), axis=0)
    rank = np.minimum(np.ceil(np.array(levels) * (draws + 1) - 1e-9).astype(int), draws) - 1
    critical = np.where(known.any(1)[:, None], largest[rank].T, np.nan)
    reach = np.where(known, error, np.nan)[:, :, None] * critical[:, None, :]
    return Bands(tuple(levels), critical, found.estimate[:, :, None] - reach, found.estimate[:, :, None] + reach)


@dataclass(frozen=True)
class PreTest:
    """Wald test that every effect before the start is nought.

    Attributes
    ----------
    statistic : K, chi-squared under no effect; p_value : K; NaN where the effects' covariance cannot be inverted
    count : effects tested, the degrees of freedom
    """

    statistic: np.ndarray
    p_value: np.ndarray
    count: int


def pre_test(table: GroupTime) -> PreTest:
    """Joint test of the effects in years before s."""
    before = table.year < table.start
    estimate, influence, count = table.estimate[:, before], table.influence[:, before], int(before.sum())
    statistic = np.full(len(estimate), np.nan)
    error = np.sqrt((influence**2).sum(2))
    for k in np.flatnonzero((error > 0).all(1)) if count else []:
        scaled = influence[k] / error[k][:, None]
        correlation = scaled @ scaled.T
        if np.linalg.eigvalsh(correlation)[0] > 1e-10:
            t = estimate[k] / error[k]
            statistic[k] = t @ np.linalg.solve(correlation, t)
    return PreTest(statistic, stats.chi2.sf(statistic, count) if count else statistic, count)
