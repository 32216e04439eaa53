"""What could the hidden figures make of the estimate?

Small counts are suppressed, so the figures that are missing are low ones. Each hidden count may be anything in the publication's
range (1 to 5 as a rule); the estimate is computed with all of them in, at its lowest and at its highest. Every estimator
that weighs figures in fixed proportions is a sum of weight x figure: the weights are its answers to outcomes that are 1 in
one cell and 0 elsewhere. The ends are then integer programmes over whole counts, bound also by published totals (a region's
total less its published authorities is the sum of its hidden ones).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from analytics.chance import estimator_of
from analytics.checks.case import CannotEstimate, Case
from analytics.checks.registry import check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.checks.suppression import MOST_SUPPRESSED
from analytics.errors import PracticeError
from analytics.estimators.sample import Sample
from analytics.panel import per_unit
from analytics.wording import number_text

NAME = "Suppressed figures at their extremes"
CELLS_AT_ONCE = 256  # unit outcomes estimated together: keeps K x N x T within memory
LINEAR = 1e-8  # relative difference by which an estimate may miss the sum of weight x figure

RealEstimates = Callable[[Sample], np.ndarray]  # K estimates of a sample's K outcomes for the real adopters

FEWEST_HIDDEN, MOST_HIDDEN = 1, 5  # children in a suppressed count, where the publication gives no range of its own


@dataclass(frozen=True)
class Hidden:
    """Suppressed cells and what is known of them.

    Attributes
    ----------
    cells : N x T, True where suppressed
    denominator : N x T, children (or whatever the figure is a rate of); without one a cell cannot be bounded
    multiplier : figure = multiplier x count / denominator: 10,000 or 100
    fewest, most : the range of a hidden count, whole numbers
    """

    cells: np.ndarray
    denominator: np.ndarray
    multiplier: float
    fewest: int = FEWEST_HIDDEN
    most: int = MOST_HIDDEN


@dataclass(frozen=True)
class Total:
    """A published sum that hidden counts must come to.

    Attributes
    ----------
    cells : N x T, True for the hidden cells that are part of it
    low, high : their sum is between; apart where the total is rounded, or where hidden cells outside the sample are in it
    """

    cells: np.ndarray
    low: float
    high: float


@dataclass(frozen=True)
class Bounds:
    """The estimate with hidden figures at their extremes, in the outcome's unit.

    Attributes
    ----------
    low, high : lowest and highest estimate
    reported : the estimate without the hidden cells
    at_low, at_high : the samples, hidden cells filled in, that give them
    table : one row a hidden cell: row, year, fewest, most, weight (change in the estimate a child), at_low, at_high (counts)
    """

    low: float
    high: float
    reported: float
    at_low: Sample
    at_high: Sample
    table: pd.DataFrame


class NotBounded(PracticeError):
    """Why no bounds can be given."""


def _filled(sample: Sample, hidden: Hidden, where: np.ndarray, counts: np.ndarray) -> Sample:
    """The sample with the hidden cells `where` (N x T) observed, at these counts."""
    values = np.where(sample.observed, sample.values[:1], 0.0)
    values[0][where] = hidden.multiplier * counts / hidden.denominator[where]
    return dataclasses.replace(sample, values=values, observed=sample.observed | where)


def _weights(sample: Sample, where: np.ndarray, estimates_of: RealEstimates) -> np.ndarray:
    """J: what 1 more in each cell `where` does to the estimate, once those cells are observed."""
    observed = sample.observed | where
    rows, years = np.nonzero(where)
    found = []
    for start in range(0, len(rows), CELLS_AT_ONCE):
        part = slice(start, start + CELLS_AT_ONCE)
        units = np.zeros((len(rows[part]), *observed.shape))
        units[np.arange(len(units)), rows[part], years[part]] = 1.0
        found.append(estimates_of(dataclasses.replace(sample, values=units, observed=observed)))
    return np.concatenate(found)


def _extreme(weight: np.ndarray, fewest: np.ndarray, most: np.ndarray, sums: list[tuple], sign: int) -> np.ndarray:
    """J whole counts at which sign x (sum of weight x count) is lowest, within their ranges and sums."""
    limits = [optimize.LinearConstraint(row[None], low, high) for row, low, high in sums]
    found = optimize.milp(
        sign * weight / max(float(np.abs(weight).max()), 1e-300),
        integrality=np.ones(len(weight)),
        bounds=optimize.Bounds(fewest, most),
        constraints=limits or None,
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise NotBounded("The published totals do not fit counts in the range given for suppressed figures.")
    return np.round(found.x)


def bounds(sample: Sample, hidden: Hidden, estimates_of: RealEstimates, totals: Sequence[Total] = ()) -> Bounds:
    """Lowest and highest estimate of a sample's first outcome over every count the hidden cells may hold.

    Parameters
    ----------
    estimates_of : K estimates of a sample with K outcomes, linear in its figures, for the real adopters

    Raises
    ------
    NotBounded : no hidden cell has a denominator, totals that cannot be met, or an estimator that is not linear
    """
    where = hidden.cells & ~sample.observed & (np.nan_to_num(hidden.denominator) >= hidden.fewest)
    if not where.any():
        raise NotBounded("None of the suppressed figures has a denominator, so nothing bounds them.")
    per_child = hidden.multiplier / hidden.denominator[where]
    fewest = np.full(len(per_child), float(hidden.fewest))
    most = np.minimum(hidden.most, np.floor(hidden.denominator[where]))
    weight = _weights(sample, where, estimates_of) * per_child
    empty = float(estimates_of(_filled(sample, hidden, where, np.zeros(len(weight))))[0])
    if not (np.isfinite(weight).all() and np.isfinite(empty)):
        raise NotBounded("With the suppressed figures in, the effect cannot be estimated.")
    sums = [(total.cells[where].astype(float), total.low, total.high) for total in totals if total.cells[where].any()]
    ends = [_extreme(weight, fewest, most, sums, sign) for sign in (1, -1)]
    tried = [*ends, fewest, most]  # two more than the ends, to see that the estimate is a sum of weight x figure
    samples = [_filled(sample, hidden, where, counts) for counts in tried]
    sides = [empty + float(weight @ counts) for counts in tried]
    _refuse_if_not_linear(samples, sides, estimates_of)
    rows, years = np.nonzero(where)
    table = pd.DataFrame(
        {
            "row": rows,
            "year": sample.years[years],
            "fewest": fewest.astype(int),
            "most": most.astype(int),
            "weight": weight,
            "at_low": ends[0].astype(int),
            "at_high": ends[1].astype(int),
        }
    )
    return Bounds(*sides[:2], float(estimates_of(sample)[0]), *samples[:2], table)


def _refuse_if_not_linear(samples: list[Sample], sides: list[float], estimates_of: RealEstimates) -> None:
    """Estimates must be the sums they were found by: synthetic controls, say, choose their weights by the figures."""
    for one, side in zip(samples, sides, strict=True):
        size = max(1.0, float(np.abs(one.filled[0]).max()))
        if not abs(float(estimates_of(one)[0]) - side) <= LINEAR * size:
            raise NotBounded("This estimator chooses its weights by the figures themselves, so no bounds can be given.")


def adopters_share(sample: Sample, hidden: Hidden) -> float:
    """Share (0-1) of the adopters' cells, suppressed or observed, that are suppressed."""
    mine = np.isin(np.arange(len(sample.observed)), sample.treated)[:, None]
    cells = (sample.observed | hidden.cells) & mine
    return float((hidden.cells & ~sample.observed & mine).sum() / max(cells.sum(), 1))


def suppression_bounds(
    sample: Sample,
    hidden: Hidden,
    estimates_of: RealEstimates,
    *,
    decimals: int,
    unit: str,
    totals: Sequence[Total] = (),
    side_of: Callable[[Sample], str] | None = None,
) -> CheckResult:
    """Result by whether the lowest, the highest and the reported estimate say the same.

    Parameters
    ----------
    side_of : what a sample's verdict says, the same word for the same side ("evidence, higher", "no clear change", ...);
        None = the estimate's sign
    """
    missing = hidden.cells & ~sample.observed
    if not missing.any():
        return CheckResult(NAME, HELD, "No figure in this comparison is suppressed.")
    try:
        found = bounds(sample, hidden, estimates_of, totals)
    except NotBounded as why:
        return CheckResult(NAME, CANNOT_TELL, str(why))
    said = _ends(found, hidden, int(missing.sum()), decimals, unit)
    share = adopters_share(sample, hidden)
    if share > MOST_SUPPRESSED:
        text = f"{said} {share:.0%} of the adopters' figures are suppressed, too many to lean on either end."
        return CheckResult(NAME, CANNOT_TELL, text, found.table)
    unbounded = missing & ~found.at_low.observed
    if unbounded[sample.treated].any() or unbounded.sum() > len(found.table):
        return CheckResult(NAME, CANNOT_TELL, f"{said} The rest could change the conclusion.", found.table)
    if side_of is None:
        sides = {np.sign(found.low), np.sign(found.high), np.sign(found.reported)}
    else:
        sides = {side_of(each) for each in (sample, found.at_low, found.at_high)}
    if len(sides) > 1:
        return CheckResult(NAME, FAILED, f"{said} What is concluded hangs on the figures that are hidden.", found.table)
    return CheckResult(NAME, HELD, f"{said} The conclusion is the same throughout.", found.table)


def _ends(found: Bounds, hidden: Hidden, missing: int, decimals: int, unit: str) -> str:
    low, high, reported = (number_text(x, decimals) for x in (found.low, found.high, found.reported))
    count = len(found.table)
    who = "the suppressed figure" if count == 1 else f"each of the {count} suppressed figures"
    lacking = f" {missing - count} more cannot be bounded: no denominator is published." if missing > count else ""
    between = f"is {low}" if low == high else f"is between {low} and {high}"
    return (
        f"With {who} anywhere from {hidden.fewest} to {hidden.most} children, the effect {between} {unit} "
        f"({reported} without {'it' if count == 1 else 'them'}).{lacking}"
    )


@check(NAME, place=14, decisive=True)
def suppression_bounds_of(case: Case) -> CheckResult | None:
    """Result for a case; None where nothing in its comparison is suppressed."""
    hidden = case.suppressed & (case.one.sample.compared | _holders(case))[:, None]
    if not hidden.any():
        return None
    _, denominators = case.counts
    multiplier = per_unit(case.indicator.unit)
    return suppression_bounds(
        case.one.sample,
        Hidden(hidden, denominators, multiplier),
        lambda s: estimator_of(s, case.specification).estimates(s.treated[None], s.comparators_of(s.treated[None]))[
            :, 0
        ],
        decimals=case.indicator.decimals,
        unit=case.unit,
        totals=_totals(case, hidden),
        side_of=lambda s: _side(case, s),
    )


def _holders(case: Case) -> np.ndarray:
    held = np.zeros(len(case.one.rows), dtype=bool)
    held[case.one.treated] = True
    return held


def _side(case: Case, sample: Sample) -> str:
    """Which way a sample's estimate counts as evidence, or that it does not."""
    try:
        found = case.judged(dataclasses.replace(case.one, sample=sample))
    except CannotEstimate:
        return "not estimated"
    if found.p_value > case.alpha:
        return "no evidence"
    return "higher" if found.estimate > 0 else "lower"


def _totals(case: Case, hidden: np.ndarray) -> list[Total]:
    """What the published total of each region and year leaves for its hidden counts."""
    panel, one = case.study.panel, case.one
    published = panel.regional[panel.regional.indicator == panel.outcomes[one.outcome]]
    regions = np.array(panel.regions)
    counts, status = panel.numerators[one.outcome], panel.status[one.outcome]
    found = []
    for row in published.itertuples():
        members = regions == row.region
        place = panel.years.index(row.year) if row.year in panel.years else None
        if place is None or not members.any():
            continue
        known, secret = np.isfinite(counts[members, place]), status[members, place] == "suppressed"
        year = one.sample.years == row.year
        cells = np.zeros_like(hidden)
        cells[:, year] = (hidden & (regions[one.rows] == row.region)[:, None])[:, year]
        inside, outside = int(cells.sum()), int(secret.sum()) - int(cells.sum())
        if not inside or not (known | secret).all():
            continue  # where a member has neither a count nor a mark, the total leaves nothing to tell
        rest = row.numerator - np.nansum(counts[members, place])
        found.append(Total(cells, max(rest - MOST_HIDDEN * outside, inside), rest - FEWEST_HIDDEN * outside))
    return [t for t in found if t.high >= t.low]
