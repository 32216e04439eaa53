"""How far could the difference in trend bend after adoption before the finding is lost?

Parallel trends are replaced by a weaker assumption: the difference in trend between adopters and comparators, d(e), may
slope, but its slope changes by at most M a year, |d(e+1) - 2 d(e) + d(e-1)| <= M (Delta-SD of Rambachan and Roth 2023).
For each M the interval is the shortest of fixed length around a weighted sum v'b of the event-study estimates: after
adoption v is the effect's own weights, before it whatever takes a straight line off at the least cost. With d = 0 in
the last year before, each bend u(e) = d(e+1) - 2 d(e) + d(e-1) reaches v'b with a coefficient a(e), so that the worst
bias is M sum |a|, and

    v(e) = a(e+1) - 2 a(e) + a(e-1) before adoption,   a(last year before) = sum of weight x years since: no slope left.

The half-length is sd(v) cv(M sum |a| / sd(v)), cv(t) the 95% point of |N(t, 1)|. The a that may be shortest for some M are
those on the path from least variance to least bias, a penalised least squares found once; each M then takes its best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special

from analytics.checks.case import Case
from analytics.checks.registry import GAPS, check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.inference.permutation import PlaceboEstimates
from analytics.wording import counted, number_text

NAME = "Bends in the trend"
FEWEST_YEARS = 3  # a bend needs three years; with fewer none was ever seen to compare with
PLACEBOS_PER_YEAR = 5  # fewer placebos than this an event time, and their covariance is too rough to weigh years by
LEAST_LEFT = (
    0.5  # share of the effect that must be left once a line is taken off, for the line not to explain most of it
)
PENALTIES = 40  # points on the path; between two of them the weights run straight, and are taken in eighths
ROUNDS = 12  # at most, of Newton's method for cv: from below, so never past the root


@dataclass(frozen=True)
class Path:
    """Weighted sums of event-study estimates from the least variance to the least worst bias.

    Attributes
    ----------
    weights : P x E (v), on the estimates as given
    bias : P, worst bias for a bend of 1 a year
    sd : P, standard deviation
    """

    weights: np.ndarray
    bias: np.ndarray
    sd: np.ndarray


@dataclass(frozen=True)
class Bounds:
    """Interval of the effect for each largest bend.

    Attributes
    ----------
    bend : B (M), in the outcome's unit a year
    low, high : B
    """

    bend: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def excludes_zero(self) -> np.ndarray:
        """B, True where zero is outside."""
        return (self.low > 0) | (self.high < 0)


def folded_normal_point(shift: np.ndarray, level: float) -> np.ndarray:
    """c with P(|N(shift, 1)| <= c) = level, shift >= 0, any shape."""
    point = shift + special.ndtri(level)
    for _ in range(ROUNDS):
        near, far = point - shift, point + shift
        slope = (np.exp(-(near**2) / 2) + np.exp(-(far**2) / 2)) / np.sqrt(2 * np.pi)
        step = (level - special.ndtr(near) + special.ndtr(-far)) / slope
        point = point + step
        if (step < 1e-13).all():
            break
    return point


def path_of_weights(covariance: np.ndarray, event_time: np.ndarray, weights: np.ndarray) -> Path:
    """Every weighting of the years before adoption that may give the shortest interval.

    Parameters
    ----------
    covariance : E x E of the event-study estimates; event_time : E, ascending, two or more of them below 0
    weights : E, what each event time counts in the effect, 0 below 0
    """
    event_time = event_time.astype(int)
    last = event_time[event_time < 0].max()
    since = event_time - last
    reach = float(weights @ since)  # a(last): the coefficient that takes a straight line off
    years = np.arange(event_time[0], last)  # every year before the last, with a figure or not
    second = np.eye(len(years)) - 2 * np.eye(len(years), k=-1) + np.eye(len(years), k=-2)  # v = second @ a
    observed = np.isin(years, event_time)
    inside, across = _covariances(covariance, event_time, weights, years, last)
    free, fixed = second[:, :-1], second[:, -1] * reach
    curve = free.T @ inside @ free
    pull = free.T @ (inside @ fixed + across)
    chosen = _penalised(curve, pull) @ free.T + fixed
    chosen[:, ~observed] = 0.0
    # The line must come off to the last digit, whatever a year without a figure was given.
    chosen[:, 0] -= (chosen @ (years - last) + reach) / (years[0] - last)
    whole = np.zeros((len(chosen), len(event_time)))
    whole[:, np.isin(event_time, years)] = chosen[:, observed]
    whole += weights
    whole[:, event_time == last] -= whole.sum(1, keepdims=True)  # the level of the last year before comes off
    variance = np.einsum("pe,ef,pf->p", whole, covariance, whole)
    return Path(whole, _worst_bias(whole, event_time, last), np.sqrt(np.maximum(variance, 0.0)))


def _covariances(covariance, event_time, weights, years, last) -> tuple[np.ndarray, np.ndarray]:
    """Covariance of the years before the last, each less the last, and with the effect less the last's level."""
    less_last = np.eye(len(event_time)) - (event_time == last).astype(float)[None]
    differenced = less_last @ covariance @ less_last.T
    place = {int(e): i for i, e in enumerate(event_time)}
    # A year without a figure is one of no precision.
    inside = np.diag(np.full(len(years), 1e8 * float(np.diag(differenced).max())))
    across = np.zeros(len(years))
    held = [i for i, year in enumerate(years) if int(year) in place]
    rows = [place[int(years[i])] for i in held]
    inside[np.ix_(held, held)] = differenced[np.ix_(rows, rows)]
    across[held] = differenced[rows] @ weights
    return inside, across


def _penalised(curve: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """P x F: a that minimise a' curve a / 2 + pull' a + k sum |a|, k from 0 to where all are 0.

    By the dual, a least squares within bounds: a = -curve^-1 (pull + z), |z| <= k.
    """
    if not len(pull):
        return np.zeros((1, 0))
    root = np.linalg.cholesky(curve)
    inverse = np.linalg.solve(root, np.eye(len(pull)))
    largest = np.abs(pull).max()
    found = [-inverse.T @ inverse @ pull]
    for penalty in largest * np.geomspace(1e-5, 1, PENALTIES) if largest > 0 else []:
        dual = optimize.lsq_linear(inverse, -inverse @ pull, (-penalty, penalty), method="bvls", tol=1e-14).x
        found.append(-inverse.T @ inverse @ (pull + dual))
    ends = np.array(found)
    steps = np.linspace(0, 1, 8, endpoint=False)[:, None]
    between = ends[:-1, None] + steps * np.diff(ends, axis=0)[:, None]
    return np.concatenate([between.reshape(-1, len(pull)), ends[-1:]])


def _worst_bias(weights: np.ndarray, event_time: np.ndarray, last: int) -> np.ndarray:
    """P: sum over years of |coefficient of that year's bend|, bends counted away from the last year before."""
    bends = np.arange(event_time[0] + 1, event_time[-1])
    forward = np.maximum(event_time[:, None] - bends, 0) * (bends > last)
    backward = np.maximum(bends - event_time[:, None], 0) * (bends <= last)
    return np.abs(weights @ (forward + backward)).sum(1)


def bounds_of(path: Path, estimates: np.ndarray, bends: np.ndarray, level: float) -> Bounds:
    """Shortest interval of fixed length for each largest bend."""
    bends = np.asarray(bends, dtype=float)
    sd = np.maximum(path.sd, 1e-300)
    half = sd * folded_normal_point(bends[:, None] * path.bias / sd, level)
    best = half.argmin(1)
    middle, half = (path.weights @ estimates)[best], half[np.arange(len(bends)), best]
    return Bounds(bends, middle - half, middle + half)


def breakdown(path: Path, estimates: np.ndarray, level: float) -> float:
    """Largest bend a year up to which every interval excludes zero; 0 if the one for a straight line does not."""
    if not bounds_of(path, estimates, np.zeros(1), level).excludes_zero[0]:
        return 0.0
    scale = np.abs(path.weights @ estimates).max() / path.bias.min()  # beyond it every interval holds zero
    low, high = 0.0, float(scale)
    for _ in range(5):  # each round finds the first interval that holds zero among 33, and looks before it
        tried = np.linspace(low, high, 33)
        holds = np.flatnonzero(~bounds_of(path, estimates, tried, level).excludes_zero)
        if not len(holds):
            return high
        low, high = tried[max(holds[0] - 1, 0)], tried[holds[0]]
    return float(low)


def bends_before(estimates: np.ndarray, event_time: np.ndarray) -> np.ndarray:
    """Change in yearly slope at each inner year before adoption, per year, from the estimates themselves."""
    years, values = event_time[event_time < 0], estimates[event_time < 0]
    slopes = np.diff(values) / np.diff(years)
    return np.diff(slopes) / ((years[2:] - years[:-2]) / 2)


def placebo_covariance(gaps: PlaceboEstimates) -> np.ndarray | None:
    """E x E covariance of the event-study estimates over the placebos that have all; None where they are too few."""
    others = gaps.placebo[:, ~gaps.is_real] if gaps.enumerated else gaps.placebo
    whole = others[:, np.isfinite(others).all(0)]
    return np.cov(whole) if whole.shape[1] >= PLACEBOS_PER_YEAR * len(others) else None


def smoothness(
    gaps: PlaceboEstimates,
    event_time: np.ndarray,
    weights: np.ndarray,
    *,
    decimals: int,
    unit: str,
    level: float = 0.95,
) -> CheckResult:
    """Result by the largest bend in the difference in trend that the finding survives.

    Held where that is at least the bends seen before adoption (their root mean square, chance included, so a strict
    yardstick); failed where the line through the years before, run on, explains most of the finding; cannot tell in
    between, where the interval for a line is merely too wide, and where nothing was found.

    Parameters
    ----------
    gaps : event-study estimates, one "outcome" an event time, as for `pre_trends`
    event_time : E whole years, ascending, below 0 = before any start
    weights : E, what each event time counts in the effect (adopters' cells there over all of them), 0 before
    """
    before = event_time < 0
    if before.sum() < FEWEST_YEARS:
        return _result(
            CANNOT_TELL, f"Only {counted(int(before.sum()), 'year')} before adoption: too few to see how a trend bends."
        )
    covariance = placebo_covariance(gaps)
    if covariance is None or not _regular(covariance):
        return _result(
            CANNOT_TELL,
            "Too few other authorities have figures in all these years to judge how far a trend could bend.",
        )
    path = path_of_weights(covariance, event_time, weights)
    seen = float(np.sqrt((bends_before(gaps.real, event_time) ** 2).mean()))
    survived = breakdown(path, gaps.real, level)
    table = _table(path, gaps.real, seen, survived, level)
    if abs(weights @ gaps.real) <= special.ndtri((1 + level) / 2) * np.sqrt(weights @ covariance @ weights):
        return _result(
            CANNOT_TELL, "No effect stands out from chance, so there is no finding for a bend to undo.", table
        )
    if survived == 0:
        straight = bounds_of(path, gaps.real, np.zeros(1), level)
        return _result(*_straight_line(float(weights @ gaps.real), straight, decimals, unit), table)
    return _result(*_judged(survived, seen, decimals, unit), table)


def _result(verdict: str, sentence: str, table: pd.DataFrame | None = None) -> CheckResult:
    return CheckResult(NAME, verdict, sentence, pd.DataFrame() if table is None else table)


def _regular(covariance: np.ndarray) -> bool:
    """Whether no change between two years follows from the others (levels may: residuals before adoption sum to zero)."""
    values = np.linalg.eigvalsh(np.diff(np.diff(covariance, axis=0), axis=1))
    return bool(values[0] > 1e-10 * values[-1])


def _table(path: Path, estimates: np.ndarray, seen: float, survived: float, level: float) -> pd.DataFrame:
    """One row a largest bend: 0 to twice the larger of the one survived and those seen, these two among them."""
    reach = 2 * max(seen, survived)
    bends = np.concatenate([np.linspace(0, reach, 9), [seen, survived]])
    found = bounds_of(path, estimates, bends, level)
    notes: Sequence[str] = ["straight line", *[""] * 8, "as seen before adoption", "largest survived"]
    table = pd.DataFrame(
        {
            "bend_a_year": bends,
            "low": found.low,
            "high": found.high,
            "excludes_zero": found.excludes_zero,
            "note": notes,
        }
    )
    return table.sort_values("bend_a_year", kind="stable", ignore_index=True)


def _straight_line(effect: float, straight: Bounds, decimals: int, unit: str) -> tuple[str, str]:
    """Result and sentence where a straight line is not survived: explained away, or merely too wide to tell."""
    low, high = float(straight.low[0]), float(straight.high[0])
    middle = (low + high) / 2
    ends = f"{number_text(low, decimals)} and {number_text(high, decimals)} {unit}".rstrip()
    if middle * effect < effect**2 * LEAST_LEFT:
        return FAILED, (
            "The difference in trend before adoption, run on in a straight line, explains most of the finding or all of it: "
            f"of {number_text(effect, decimals)}, {number_text(middle, decimals)} is left (between {ends})."
        )
    return CANNOT_TELL, (
        f"If the difference in trend before adoption ran on in a straight line, the effect could be anywhere between {ends}: "
        "too few years or too much variation to tell."
    )


def _judged(survived: float, seen: float, decimals: int, unit: str) -> tuple[str, str]:
    """Result and sentence where some bend is survived."""
    limit, usual = number_text(survived, decimals + 1), number_text(seen, decimals + 1)
    sentence = f"The finding would survive if the difference in trend bent by up to {limit} {unit} a year"
    if survived >= seen:
        return HELD, f"{sentence}; the bends seen before adoption were about {usual}."
    return CANNOT_TELL, (
        f"{sentence}, but the bends seen before adoption were about {usual}, though part of those is chance from year to year."
    )


@check(NAME, place=12, imputation=GAPS)
def smoothness_of(case: Case) -> CheckResult:
    """Result for a case, by its gaps; each event time counts as the adopters' weights there."""
    gaps = case.gaps
    after = (gaps.times >= 0) & gaps.in_effect
    weights = np.where(after, gaps.weights, 0.0)
    return smoothness(
        gaps.estimates,
        gaps.times.astype(float),
        weights / weights.sum(),
        decimals=case.indicator.decimals,
        unit=case.unit,
        level=case.specification.inference.level,
    )
