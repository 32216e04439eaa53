"""What could the hidden figures make of the estimate?

Small counts are suppressed, so the figures that are missing are low ones. Each hidden count may be anything in the publication's
range (1 to 5 as a rule); the estimate is computed with all of them in, at its lowest and at its highest. Every estimator
that weighs figures in fixed proportions is a sum of weight x figure: the weights are its answers to outcomes that are 1 in
one cell and 0 elsewhere. The ends are then integer programmes over whole counts, bound also by what is published around them:

- A region's total less its published authorities is the sum of its hidden ones, give or take the rounding of the total.
- Where shares of one whole are published and one of them is small, another is hidden so that the small one cannot be worked
  out. Which is which is not said: a count is small, or what the published shares and the small one leave of the whole.
- A total that no counts in the range can reach shows that they are larger: the range is then what the total leaves. One
  that is less than the fewest there can be is not used.
"""

from __future__ import annotations

import dataclasses
import functools
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

_Sum = tuple[np.ndarray, float, float]  # J, 1 for the hidden cells in it; lowest and highest sum
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
    fewest, most : the range of a hidden count, whole numbers; N x T where it differs from cell to cell
    larger : N x T x 2, fewest and most of a count that is hidden for another's sake, NaN where none is
    percent : N x T, True for percentages of a number that is not published: with no denominator, anywhere from 0 to 100
    """

    cells: np.ndarray
    denominator: np.ndarray
    multiplier: float
    fewest: int | np.ndarray = FEWEST_HIDDEN
    most: int | np.ndarray = MOST_HIDDEN
    larger: np.ndarray | None = None
    percent: np.ndarray | None = None

    @functools.cached_property
    def base(self) -> np.ndarray:
        """N x T: denominators, 100 for percentages of a number that is not published."""
        return self.denominator if self.percent is None else np.where(self.percent, 100.0, self.denominator)

    def ranges(self, where: np.ndarray) -> _Ranges:
        """Those of the cells `where` (N x T), none above its denominator."""
        below = np.floor(self.base[where])
        fewest, most = (np.broadcast_to(end, where.shape)[where].astype(float) for end in (self.fewest, self.most))
        larger = np.full((len(below), 2), np.nan) if self.larger is None else self.larger[where]
        larger = np.column_stack([larger[:, 0], np.minimum(larger[:, 1], below)])
        if self.percent is not None:
            free = self.percent[where]
            fewest, most = np.where(free, 0, fewest), np.where(free, 100, most)
            larger = np.where(free[:, None], np.nan, larger)
        return _Ranges(fewest, np.minimum(most, below), _some(larger), below)


def _some(larger: np.ndarray) -> np.ndarray:
    """Ranges (J x 2), NaN where they hold nothing."""
    return np.where((larger[:, 0] <= larger[:, 1])[:, None], larger, np.nan)


@dataclass(frozen=True)
class _Ranges:
    """What each of J hidden counts may be: fewest to most, or, where not NaN, larger (J x 2); never above `below`."""

    fewest: np.ndarray
    most: np.ndarray
    larger: np.ndarray
    below: np.ndarray

    @property
    def highest(self) -> np.ndarray:
        """J: the largest that each may be."""
        return np.fmax(self.most, self.larger[:, 1])

    def raised(self, cells: np.ndarray, high: float) -> _Ranges:
        """The same with `cells` (J, 0 or 1) up to what a total of at most `high` leaves each."""
        among = cells > 0
        most = np.minimum(high - (cells @ self.fewest - self.fewest), self.below)
        larger = np.where(among[:, None], np.nan, self.larger)
        return dataclasses.replace(self, most=np.where(among, most, self.most), larger=larger)

    def within(self, cells: np.ndarray, low: float, high: float) -> _Ranges:
        """The same without what a sum of `cells` from low to high rules out, whatever the others hold."""
        among = cells > 0
        room = np.where(among, np.floor(high - (cells @ self.fewest - self.fewest)), np.inf)
        need = np.where(among, np.ceil(low - (cells @ self.highest - self.highest)), -np.inf)
        fewest, most = np.maximum(self.fewest, need), np.minimum(self.most, room)
        larger = _some(np.column_stack([np.maximum(self.larger[:, 0], need), np.minimum(self.larger[:, 1], room)]))
        only = (fewest > most) & np.isfinite(larger[:, 0])  # no small count would do
        fewest, most = np.where(only, larger[:, 0], fewest), np.where(only, larger[:, 1], most)
        return _Ranges(fewest, most, np.where(only[:, None], np.nan, larger), self.below)


@dataclass(frozen=True)
class Total:
    """A published sum that hidden counts must come to.

    Attributes
    ----------
    cells : N x T, True for the hidden cells that are part of it
    low, high : their sum is between; apart where the total is rounded, or where hidden cells outside the sample are in it
    others : whether there are such: counts above the range may then be theirs
    """

    cells: np.ndarray
    low: float
    high: float
    others: bool = False


@dataclass(frozen=True)
class Bounds:
    """The estimate with hidden figures at their extremes, in the outcome's unit.

    Attributes
    ----------
    low, high : lowest and highest estimate
    reported : the estimate without the hidden cells
    at_low, at_high : the samples, hidden cells filled in, that give them
    table : one row a hidden cell: row, year, of (its denominator, NaN where none is published), fewest, most, weight (change
        in the estimate a child), at_low, at_high (counts)
    beyond : hidden cells whose published total shows that there are more than the range in them
    unused : totals that are less than the fewest there can be
    """

    low: float
    high: float
    reported: float
    at_low: Sample
    at_high: Sample
    table: pd.DataFrame
    beyond: int = 0
    unused: int = 0


class NotBounded(PracticeError):
    """Why no bounds can be given."""


def _filled(sample: Sample, hidden: Hidden, where: np.ndarray, counts: np.ndarray) -> Sample:
    """The sample with the hidden cells `where` (N x T) observed, at these counts."""
    values = np.where(sample.observed, sample.values[:1], 0.0)
    values[0][where] = hidden.multiplier * counts / hidden.base[where]
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


def _fitted(ranges: _Ranges, totals: list[tuple[np.ndarray, Total]]) -> tuple[_Ranges, list[_Sum], np.ndarray]:
    """Ranges wide enough for every total that they can be widened to, its sum, and J: True where it took widening."""
    kept, beyond = [], np.zeros(len(ranges.fewest), dtype=bool)
    for cells, total in totals:
        low, high = total.low, total.high
        larger = cells @ ranges.highest < low
        wide = ranges.raised(cells, high) if larger else ranges
        if cells @ ranges.fewest > high or cells @ wide.highest < (-np.inf if total.others else low):
            continue
        if larger and total.others:
            low = -np.inf
        beyond |= (cells > 0) & larger
        ranges = wide.within(cells, low, high)
        kept.append((cells, low, high))
    return ranges, kept, beyond


def _extreme(weight: np.ndarray, ranges: _Ranges, sums: list[_Sum], sign: int) -> np.ndarray | None:
    """J whole counts at which sign x (sum of weight x count) is lowest, within their ranges and sums; None without any."""
    number, either = len(weight), np.flatnonzero(np.isfinite(ranges.larger[:, 0]))
    # After the counts comes a switch for each that may be larger: 0 = the small range, 1 = the larger.
    switches = np.eye(len(either))
    aside, counts = np.zeros(len(either)), np.eye(number)
    limits = [(np.concatenate([cells, aside]), low, high) for cells, low, high in sums]
    for j, switch in zip(either, switches, strict=True):
        fewest, most, larger = ranges.fewest[j], ranges.most[j], ranges.larger[j]
        limits.append((np.concatenate([counts[j], (fewest - larger[0]) * switch]), fewest, np.inf))
        limits.append((np.concatenate([counts[j], (most - larger[1]) * switch]), -np.inf, most))
    found = optimize.milp(
        np.concatenate([sign * weight / max(float(np.abs(weight).max()), 1e-300), aside]),
        integrality=np.ones(number + len(either)),
        bounds=optimize.Bounds(np.concatenate([ranges.fewest, aside]), np.concatenate([ranges.highest, aside + 1])),
        constraints=optimize.LinearConstraint(*map(np.array, zip(*limits, strict=True))) if limits else None,
        options={"mip_rel_gap": 0.0},
    )
    return None if found.x is None else np.round(found.x[:number])


def _ends_of(weight: np.ndarray, ranges: _Ranges, sums: list[_Sum]) -> list[np.ndarray] | None:
    """Counts that give the lowest and the highest estimate; None where the sums allow none."""
    if (ranges.fewest > ranges.highest).any():
        return None
    found = [_extreme(weight, ranges, sums, sign) for sign in (1, -1)]
    return None if any(each is None for each in found) else found


def bounds(sample: Sample, hidden: Hidden, estimates_of: RealEstimates, totals: Sequence[Total] = ()) -> Bounds:
    """Lowest and highest estimate of a sample's first outcome over every count the hidden cells may hold.

    Parameters
    ----------
    estimates_of : K estimates of a sample with K outcomes, linear in its figures, for the real adopters

    Raises
    ------
    NotBounded : no hidden cell has a denominator, or an estimator that is not linear
    """
    where = hidden.cells & ~sample.observed & (np.nan_to_num(hidden.base) >= hidden.fewest)
    if not where.any():
        raise NotBounded("None of the suppressed figures has a denominator, so nothing bounds them.")
    per_child = hidden.multiplier / hidden.base[where]
    weight = _weights(sample, where, estimates_of) * per_child
    empty = float(estimates_of(_filled(sample, hidden, where, np.zeros(len(weight))))[0])
    if not (np.isfinite(weight).all() and np.isfinite(empty)):
        raise NotBounded("With the suppressed figures in, the effect cannot be estimated.")
    inside = [(total.cells[where].astype(float), total) for total in totals if total.cells[where].any()]
    ranges, kept, beyond = _fitted(hidden.ranges(where), inside)
    ends = _ends_of(weight, ranges, kept)
    if ends is None:  # each could be met, and not all of them at once
        ranges, kept, beyond = hidden.ranges(where), [], np.zeros(len(weight))
        ends = _ends_of(weight, ranges, kept)
    # Two more than the ends, to see that the estimate is a sum of weight x figure.
    tried = [*ends, ranges.fewest, ranges.highest]
    samples = [_filled(sample, hidden, where, counts) for counts in tried]
    sides = [empty + float(weight @ counts) for counts in tried]
    _refuse_if_not_linear(samples, sides, estimates_of)
    rows, years = np.nonzero(where)
    table = pd.DataFrame(
        {
            "row": rows,
            "year": sample.years[years],
            "of": hidden.denominator[where],
            "fewest": ranges.fewest.astype(int),
            "most": ranges.highest.astype(int),
            "weight": weight,
            "at_low": ends[0].astype(int),
            "at_high": ends[1].astype(int),
        }
    )
    reported = float(estimates_of(sample)[0])
    return Bounds(*sides[:2], reported, *samples[:2], table, int(beyond.sum()), len(inside) - len(kept))


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
    said = _ends(found, int(missing.sum()), decimals, unit)
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


def _ends(found: Bounds, missing: int, decimals: int, unit: str) -> str:
    low, high, reported = (number_text(x, decimals) for x in (found.low, found.high, found.reported))
    count = len(found.table)
    who = "the suppressed figure" if count == 1 else f"each of the {count} suppressed figures"
    lacking = f" {missing - count} more cannot be bounded: no denominator is published." if missing > count else ""
    between = f"is {low}" if low == high else f"is between {low} and {high}"
    return (
        f"With {who} anywhere from {_counts(found)}, the effect {between} {unit} "
        f"({reported} without {'it' if count == 1 else 'them'}).{_why_larger(found)}{_unused(found)}{lacking}"
    )


def _counts(found: Bounds) -> str:
    """The range of all hidden counts, and of percentages of a number that is not published."""
    counted = found.table[found.table.of.notna()]
    free = len(found.table) - len(counted)
    percent = "0 to 100%, for the number it is a share of is not published"
    if not len(counted):
        return percent
    fewest, most = counted.fewest.min(), counted.most.max()
    said = f"{fewest} to {most} children" if fewest < most else f"{most} children"
    return f"{said} ({free} from {percent})" if free else said


def _why_larger(found: Bounds) -> str:
    """Why some counts may be above the publication's range, '' where none may."""
    more = int(((found.table.most > MOST_HIDDEN) & found.table.of.notna()).sum()) - found.beyond
    said = ""
    if more > 0:
        said = f" {more} may be above {MOST_HIDDEN}: hidden so that a smaller one cannot be worked out."
    if found.beyond:
        said += f" {found.beyond} may be above {MOST_HIDDEN}: published totals leave more than that."
    return said


def _unused(found: Bounds) -> str:
    """That totals were not used, '' where all were."""
    if not found.unused:
        return ""
    which = "1 published total is" if found.unused == 1 else f"{found.unused} published totals are"
    return f" {which} left aside: no count that may be hidden fits."


@check(NAME, place=14, decisive=True)
def suppression_bounds_of(case: Case) -> CheckResult | None:
    """Result for a case; None where nothing in its comparison is suppressed."""
    cells = case.suppressed & (case.one.sample.compared | _holders(case))[:, None]
    if not cells.any():
        return None
    multiplier, (numerators, denominators) = per_unit(case.indicator.unit), case.counts
    free = cells & ~np.isfinite(denominators) & (case.indicator.unit == "%")
    hidden = _hidden_with_parts(case, Hidden(cells, denominators, multiplier, percent=free))
    found = suppression_bounds(
        case.one.sample,
        hidden,
        lambda s: estimator_of(s, case.specification).estimates(s.treated[None], s.comparators_of(s.treated[None]))[
            :, 0
        ],
        decimals=case.indicator.decimals,
        unit=case.unit,
        totals=_totals(case, cells & np.isfinite(denominators) & ~np.isfinite(numerators)),
        side_of=lambda s: _side(case, s),
    )
    return dataclasses.replace(found, table=_named(case, found.table))


def _holders(case: Case) -> np.ndarray:
    held = np.zeros(len(case.one.rows), dtype=bool)
    held[case.one.treated] = True
    return held


def _named(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    """The table with the authority's name for its row in the sample."""
    if table.empty:
        return table
    names = [case.study.panel.names[case.one.rows[row]] for row in table.row]
    return table.drop(columns="row").assign(authority=names)[["authority", *table.columns.drop("row")]]


def _side(case: Case, sample: Sample) -> str:
    """Which way a sample's estimate counts as evidence, or that it does not."""
    try:
        found = case.judged(dataclasses.replace(case.one, sample=sample))
    except CannotEstimate:
        return "not estimated"
    if found.p_value > case.alpha:
        return "no evidence"
    return "higher" if found.estimate > 0 else "lower"


def _parts(case: Case) -> pd.DataFrame:
    """Suppressed cells that are parts of a published whole, of the case's outcome (see Panel)."""
    panel = case.study.panel
    return panel.parts[panel.parts.indicator == panel.outcomes[case.one.outcome]]


def _hidden_with_parts(case: Case, hidden: Hidden) -> Hidden:
    """The same with the ranges of counts that with others make up a published whole."""
    shape, sample = hidden.cells.shape, case.one.sample
    place = {case.study.panel.areas[row]: i for i, row in enumerate(case.one.rows)}
    when = {int(year): t for t, year in enumerate(sample.years)}
    fewest, most = np.full(shape, FEWEST_HIDDEN), np.full(shape, MOST_HIDDEN)
    larger = np.full((*shape, 2), np.nan)
    for each in _parts(case).itertuples():
        if each.area_code in place and each.year in when:
            cell = place[each.area_code], when[each.year]
            fewest[cell], most[cell], larger[cell] = part_ranges(int(each.hidden), int(each.rest))
    return dataclasses.replace(hidden, fewest=fewest, most=most, larger=larger)


def part_ranges(hidden: int, rest: int) -> tuple[int, int, tuple[float, float]]:
    """Fewest and most of one of several hidden parts that sum to `rest`, and its range if it is hidden for another's sake.

    Parts are hidden where they are from 1 to 5, and one more where only one is: among two or more one at least is small.
    """
    if rest < hidden:
        return FEWEST_HIDDEN, MOST_HIDDEN, (np.nan, np.nan)  # the whole and its parts are not of one count
    if hidden == 1:
        return rest, rest, (np.nan, np.nan)
    top = rest - (hidden - 1) * FEWEST_HIDDEN
    others_may_be_large = hidden > 2
    low = MOST_HIDDEN + 1 if others_may_be_large else max(MOST_HIDDEN + 1, rest - MOST_HIDDEN)
    return FEWEST_HIDDEN, min(MOST_HIDDEN, top), (low, top) if low <= top else (np.nan, np.nan)


ROUNDED_TO = (1000, 100, 10, 5)


def rounding(totals: np.ndarray) -> float:
    """By how much a published total may be off: half of what all of them are multiples of, 0 where they are of nothing."""
    return next((to / 2 for to in ROUNDED_TO if (totals % to == 0).all()), 0.0)


def _totals(case: Case, hidden: np.ndarray) -> list[Total]:
    """What the published total of each region and year leaves for its hidden counts."""
    panel, one = case.study.panel, case.one
    published = panel.regional[panel.regional.indicator == panel.outcomes[one.outcome]]
    off = rounding(published.numerator.to_numpy())
    regions = np.array(panel.regions)[one.rows]
    elsewhere = np.inf if len(_parts(case)) else MOST_HIDDEN  # most that a hidden count outside the sample may be
    found = []
    for row in published[(published.hidden > 0) & (published.unknown == 0)].itertuples():
        cells = hidden & (regions == row.region)[:, None] & (one.sample.years == row.year)
        inside = int(cells.sum())
        if not inside:
            continue
        rest, outside = row.numerator - row.known, row.hidden - inside
        low = rest - off - (elsewhere * outside if outside else 0)
        found.append(Total(cells, low, rest + off - FEWEST_HIDDEN * outside, outside > 0))
    return found
