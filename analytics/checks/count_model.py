"""Would a model of counts say the same?

A rate of small counts is rough where few children live, and its changes may be in proportion rather than in points. The
check fits counts as Poisson means, denominator x exp(authority + year + b x exposure), so that exp(b) is the ratio of an
adopter's rate to what it would have been. Only the mean need be right for b, not the Poisson variance. Large authorities
count for more. Like the two-way coefficient it compares adopters with earlier adopters too, so it is a sensitivity, and
no p or stars come with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.checks.case import Case
from analytics.checks.registry import check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.estimators.sample import Sample
from analytics.wording import number_text

NAME = "Model of counts"
MOST_WITHOUT_COUNTS = 0.10  # share of the figures in the comparison; beyond it the counts are of another comparison
ROUNDS = 50  # of Newton's method: 5 to 8 suffice where there is a maximum
RUNAWAY = 12.0  # a log ratio this large is on its way to infinity


@dataclass(frozen=True)
class CountFit:
    """The rate ratio of exposure and what it rests on.

    Attributes
    ----------
    log_ratio : b
    dispersion : Pearson chi-squared over its degrees of freedom; 1 for Poisson counts, more where they vary more
    cells : counts used, those of authorities and years with no child at all left out
    """

    log_ratio: float
    dispersion: float
    cells: int

    @property
    def rate_ratio(self) -> float:
        """Rate of the exposed over what it would have been."""
        return float(np.exp(self.log_ratio))


def count_fit(counts: np.ndarray, denominators: np.ndarray, used: np.ndarray, exposed: np.ndarray) -> CountFit | None:
    """Poisson fit of counts on authority, year and exposure; None where no ratio is finite or identified.

    Authority effects are concentrated out: given an authority's total, its counts share it out over years in proportion to
    denominator x exp(year + b x exposure), so only the years and b are solved for.

    Parameters
    ----------
    counts, denominators : N x T; used : N x T, cells in the fit; exposed : N x T, 1 where exposed
    """
    used = _informative(counts, used)
    y = np.where(used, counts, 0.0)
    if not used.any() or not _both_sides(y, used, exposed):
        return None
    years = np.flatnonzero(used.any(0))[1:]
    design = np.concatenate(
        [np.broadcast_to(np.eye(y.shape[1])[:, years], (*y.shape, len(years))), exposed[..., None]], 2
    )
    beta = _most_likely(y, np.where(used, denominators, 0.0), design)
    if beta is None or abs(beta[-1]) > RUNAWAY:
        return None
    share = _shares(np.where(used, denominators, 0.0), design, beta)
    mean = y.sum(1, keepdims=True) * share
    cells = int(used.sum())
    freedom = cells - int(used.any(1).sum()) - design.shape[2]
    pearson = float(((y - mean)[used] ** 2 / mean[used]).sum())
    return CountFit(float(beta[-1]), pearson / freedom if freedom > 0 else float("nan"), cells)


def _informative(counts: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Cells of authorities and years that have a child: the others' effects are minus infinity, and tell nothing of b."""
    while True:
        y = np.where(used, counts, 0.0)
        kept = used & (y.sum(1) > 0)[:, None] & (y.sum(0) > 0)
        if (kept == used).all():
            return used
        used = kept


def _both_sides(y: np.ndarray, used: np.ndarray, exposed: np.ndarray) -> bool:
    """Whether authorities seen on both sides of exposure have a child on each: else the ratio is 0, infinite or unknown."""
    on, off = used & (exposed > 0), used & (exposed == 0)
    both = on.any(1) & off.any(1)
    return bool(both.any() and y[both][on[both]].sum() > 0 and y[both][off[both]].sum() > 0)


def _shares(denominators: np.ndarray, design: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """N x T: each cell's share of its authority's mean total; 0 in cells without a denominator."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = denominators * np.exp(design @ beta)
        return mean / np.maximum(mean.sum(1, keepdims=True), 1e-300)


def _most_likely(y: np.ndarray, denominators: np.ndarray, design: np.ndarray) -> np.ndarray | None:
    """Coefficients by Newton's method with halved steps; None where they run away or are not identified."""
    total = y.sum(1)
    beta = np.zeros(design.shape[2])
    told = -np.inf
    step = np.zeros_like(beta)
    for _ in range(ROUNDS):
        for _ in range(30):
            share = _shares(denominators, design, beta + step)
            with np.errstate(divide="ignore", invalid="ignore"):
                likelihood = float(np.where(y > 0, y * np.log(share), 0.0).sum())
            if likelihood >= told - 1e-9 * abs(told):
                break
            step = step / 2
        beta, told = beta + step, likelihood
        if not np.isfinite(beta).all() or np.abs(beta[-1]) > RUNAWAY:
            return None
        gradient = np.einsum("nt,ntk->k", y - total[:, None] * share, design)
        mean = np.einsum("nt,ntk->nk", share, design)
        information = np.einsum("n,nt,ntk,ntl->kl", total, share, design, design, optimize=True)
        information -= np.einsum("n,nk,nl->kl", total, mean, mean)
        values = np.linalg.eigvalsh(information)
        if not values[0] > 1e-10 * values[-1]:
            return None
        step = np.linalg.solve(information, gradient)
        if np.abs(step).max() < 1e-11:
            return beta + step
    return None


def count_model(
    sample: Sample,
    counts: np.ndarray,
    denominators: np.ndarray,
    *,
    effect: float,
    interval: tuple[float, float] | None,
    pre_mean: float,
    decimals: int,
    unit: str,
    compared: np.ndarray | None = None,
) -> CheckResult:
    """Result by whether the rate ratio, put in the outcome's unit, agrees with the estimate.

    Held where its change at the adopters' mean before is in the estimate's interval, or in the same direction.

    Parameters
    ----------
    counts, denominators : N x T of the sample's cells; NaN where not published
    effect, interval, pre_mean : in the outcome's unit
    compared : N, True for the comparators of the real adopters; None = everyone else
    """
    role = _in_the_comparison(sample, compared)
    with np.errstate(invalid="ignore"):
        used = role & np.isfinite(counts) & (counts >= 0) & (denominators > 0)
    lacking = int((role & ~used).sum())
    if lacking > MOST_WITHOUT_COUNTS * role.sum():
        return _result(
            CANNOT_TELL,
            f"Counts are published for {used.sum()} of the {role.sum()} figures only, too few to fit a model of counts.",
        )
    fit = count_fit(counts, denominators, used, sample.exposure)
    if fit is None:
        return _result(
            CANNOT_TELL,
            "A model of counts finds no ratio: the adopters' counts are all 0 before or after, or nobody is left to compare "
            "with.",
        )
    change = pre_mean * (fit.rate_ratio - 1)
    table = pd.DataFrame(
        {
            "rate_ratio": [fit.rate_ratio],
            "percent_change": [100 * (fit.rate_ratio - 1)],
            "change": [change],
            "estimate": [effect],
            "dispersion": [fit.dispersion],
            "cells": [fit.cells],
            "figures_without_counts": [lacking],
        }
    )
    within = interval is not None and interval[0] <= change <= interval[1]
    alike = change * effect > 0
    return _result(
        HELD if within or alike else FAILED, _sentence(fit, change, effect, within, alike, decimals, unit), table
    )


def _result(verdict: str, sentence: str, table: pd.DataFrame | None = None) -> CheckResult:
    return CheckResult(NAME, verdict, sentence, pd.DataFrame() if table is None else table, bears_on_verdict=False)


def _in_the_comparison(sample: Sample, compared: np.ndarray | None) -> np.ndarray:
    """N x T: observed cells of adopters, years of transition apart, and of the comparators."""
    cells = sample.observed.copy()
    if compared is not None:
        cells &= (compared | np.isin(np.arange(len(cells)), sample.treated))[:, None]
    for slot, row in enumerate(sample.treated):
        kind = sample.slots.kind[slot]
        cells[row] &= sample.before(kind) | sample.after(kind)
    return cells


def _sentence(fit: CountFit, change: float, effect: float, within: bool, alike: bool, decimals: int, unit: str) -> str:
    percent = 100 * (fit.rate_ratio - 1)
    way = "higher" if percent > 0 else "lower"
    amount = f"{number_text(change, decimals)} {unit}".rstrip()
    said = (
        f"A model of counts puts the rate after adoption {abs(percent):.0f}% {way} than it would have been, "
        f"a change of {amount}; the estimate is {number_text(effect, decimals)}"
    )
    if within:
        return f"{said}, and its interval holds both."
    return f"{said}: the same direction." if alike else f"{said}: the two disagree in direction."


@check(NAME, place=81)
def count_model_of(case: Case) -> CheckResult | None:
    """Result for a case; None where the outcome has no counts behind it."""
    counts, denominators = case.counts
    if not np.isfinite(counts).any():
        return None
    effect = case.effect
    ends = None if effect.interval_low is None else (effect.interval_low, effect.interval_high)
    return count_model(
        case.one.sample,
        counts,
        denominators,
        effect=effect.estimate,
        interval=ends,
        pre_mean=effect.pre_mean,
        decimals=case.indicator.decimals,
        unit=case.unit,
        compared=case.one.sample.compared,
    )
