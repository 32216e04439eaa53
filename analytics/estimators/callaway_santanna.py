"""Callaway and Sant'Anna (2021), without covariates: the effect on each cohort in each year, from two years alone.

A cohort is a kind of slot (s, g). Its effect in year t is its mean change since the base year less the comparators' mean
change between the same two years, over authorities observed in both. The base is s - 1; before s it may be the year before
(varying) instead. Years from s to g - 1 are neither an effect nor a base. Cohorts are weighted by the number treated
(by weight, where authorities carry weights), a number that is the cohort's and does not change where cells are missing.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from analytics.errors import BadSpecification
from analytics.estimators.membership import Membership, in_chunks, membership
from analytics.estimators.registry import refuse_base, register
from analytics.estimators.sample import Sample

COMPARISONS = ("never", "not_yet")
BASE_PERIODS = ("varying", "universal")


@dataclass(frozen=True)
class Cell:
    """One effect: a cohort in a year.

    Attributes
    ----------
    kind : which (s, g)
    year, base : calendar years whose difference is taken
    allies : other kinds of slot that have not started by either year, compared as well
    after : whether the year is one of those that make up the effect
    """

    kind: int
    year: int
    base: int
    allies: tuple[int, ...]
    after: bool


def cells_of_cohorts(sample: Sample, comparison: str, base_period: str) -> list[Cell]:
    """Every cohort and year that may have an effect: before s (but for a fixed base), and from g."""
    found = []
    for kind, (start, _) in enumerate(sample.slots.kinds):
        before, after = sample.before(kind), sample.after(kind)
        for t in np.flatnonzero(before | sample.exposed_years(kind)):
            year = int(sample.years[t])
            base = year - 1 if before[t] and base_period == "varying" else int(start) - 1
            if year == base:
                continue
            allies = (j for j, (s, _) in enumerate(sample.slots.kinds) if j != kind and s > max(year, base))
            compared_too = tuple(allies) if comparison == "not_yet" else ()
            found.append(Cell(kind, year, base, compared_too, bool(after[t])))
    return found


def _change(sample: Sample, cell: Cell) -> tuple[np.ndarray, np.ndarray] | None:
    """K x N change from the base year (0 where not known) and N: weight of those observed in both; None without a base."""
    base = np.flatnonzero(sample.years == cell.base)
    if not len(base):
        return None
    year = np.searchsorted(sample.years, cell.year)
    both = sample.observed[:, year] & sample.observed[:, base[0]]
    change = np.where(both, sample.filled[:, :, year] - sample.filled[:, :, base[0]], 0.0)
    return change, both * sample.weights


@dataclass(frozen=True)
class _Years:
    """Exposed years of a cohort in which the same authorities are observed and compared: their changes summed.

    Attributes
    ----------
    weighted : N x (K + 1), weight times change of each outcome, and the weight, of those observed in both years
    """

    kind: int
    allies: tuple[int, ...]
    weighted: np.ndarray
    count: int


def _mean(total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """K x D means from D x (K + 1) sums, and D: whether there is one."""
    weight = total[:, -1]
    known = weight > 0
    return total[:, :-1].T / np.where(known, weight, 1.0), known


@dataclass(frozen=True)
class CallawaySantAnna:
    """The `simple` mean under any assignment, and the table of effects behind the real one.

    Attributes
    ----------
    comparison : never (only comparators) or not_yet (also holders of slots that have not started)
    base_period : varying or universal; decides the years before s alone
    """

    sample: Sample
    comparison: str = "never"
    base_period: str = "varying"

    @functools.cached_property
    def _years(self) -> list[_Years]:
        together: dict[tuple, list[tuple[np.ndarray, np.ndarray]]] = {}
        for cell in cells_of_cohorts(self.sample, self.comparison, self.base_period):
            known = _change(self.sample, cell) if cell.after else None
            if known:
                together.setdefault((cell.kind, cell.allies, known[1].tobytes()), []).append(known)
        found = []
        for (kind, allies, _), parts in together.items():
            change, held = sum(change for change, _ in parts), parts[0][1]
            found.append(_Years(kind, allies, np.column_stack([(change * held).T, held]), len(parts)))
        return found

    def estimates(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x D: mean over cohorts and exposed years by number treated; NaN where no cohort can be judged.

        Parameters
        ----------
        assignments : D x n rows of authorities, one a slot
        comparators : D x N, who is compared under each assignment; None = everyone who holds no slot
        """
        return np.concatenate([self._simple(some) for some in in_chunks(self.sample, assignments, comparators)], axis=1)

    def _simple(self, some: Membership) -> np.ndarray:
        top = np.zeros((len(self.sample.values), len(some.compared)))
        below = np.zeros(len(some.compared))
        for years in self._years:
            own, held = _mean(some.over_holders(years.kind, years.weighted))
            allies = sum(some.over_holders(ally, years.weighted) for ally in years.allies)
            theirs, told = _mean(some.over_compared(years.weighted) + allies)
            number = some.over_holders(years.kind, self.sample.weights) * (held & told)
            top += number * (own - theirs)
            below += number * years.count
        return np.where(below > 0, top / np.where(below > 0, below, 1.0), np.nan)


@register("callaway_santanna")
def callaway_santanna(
    sample: Sample, *, base: str | int = "all_pre", comparison: str = "never", base_period: str = "varying"
) -> CallawaySantAnna:
    """Mean effect over cohorts and exposed years, each against its last year before the start."""
    refuse_base("callaway_santanna", base)
    for key, value, known in (("comparison", comparison, COMPARISONS), ("base_period", base_period, BASE_PERIODS)):
        if value not in known:
            raise BadSpecification(f"{key} = '{value}' cannot be used. It may be {' or '.join(known)}.")
    return CallawaySantAnna(sample, comparison, base_period)


@dataclass(frozen=True)
class GroupTime:
    """Effects of the real adopters by cohort and year, for K outcomes, with each authority's influence on them.

    The influence functions give standard errors that hold with many adopters in every cohort. With a few they are far too
    small (an adopter alone in its cohort has none): chance is then judged by placebos.

    Attributes
    ----------
    start, exposed, year : C, s and g of the cohort, and the calendar year
    after : C, True in the years that make up the effect
    estimate : K x C
    influence : K x C x N; the standard error is the root of the sum of squares over authorities
    number : C x N, weight of each authority that the cohort is made of, 0 for others
    not_estimated : (s, g, year) without an adopter and a comparator observed in both years
    """

    start: np.ndarray
    exposed: np.ndarray
    year: np.ndarray
    after: np.ndarray
    estimate: np.ndarray
    influence: np.ndarray
    number: np.ndarray
    not_estimated: tuple[tuple[int, int, int], ...]

    @property
    def event_time(self) -> np.ndarray:
        """C: years since first exposure, t - g."""
        return self.year - self.exposed

    @property
    def standard_error(self) -> np.ndarray:
        """K x C."""
        return np.sqrt((self.influence**2).sum(2))


def group_time(
    sample: Sample, comparison: str = "never", base_period: str = "varying", comparators: np.ndarray | None = None
) -> GroupTime:
    """Effect on every cohort in every year, those before the start among them.

    Parameters
    ----------
    comparison : never, not_yet; base_period : varying, universal (see CallawaySantAnna)
    comparators : N, who is compared with the real adopters; None = everyone else
    """
    holders = np.zeros((len(sample.slots.kinds), len(sample.weights)))
    holders[sample.slots.kind, sample.treated] = 1.0
    compared = membership(sample, sample.treated[None], None if comparators is None else comparators[None]).compared[0]
    kept, missing, changes, own, theirs = [], [], [], [], []
    for cell in cells_of_cohorts(sample, comparison, base_period):
        start, exposed = sample.slots.kinds[cell.kind].tolist()
        change, held = _change(sample, cell) or (None, np.zeros(len(sample.weights)))
        mine = holders[cell.kind] * held
        pool = (compared + holders[list(cell.allies)].sum(0)) * held
        if not (mine.any() and pool.any()):
            missing.append((start, exposed, cell.year))
            continue
        kept.append((start, exposed, cell.year, cell.after, cell.kind))
        changes.append(change)
        own.append(mine / mine.sum())
        theirs.append(pool / pool.sum())
    start, exposed, year, after, kind = np.array(kept, dtype=int).reshape(-1, 5).T
    shape = (len(kept), len(sample.values), len(sample.weights))
    change = np.array(changes).reshape(shape).swapaxes(0, 1)
    influence, estimate = 0.0, 0.0
    for sign, share in ((1.0, np.reshape(own, shape[::2])), (-1.0, np.reshape(theirs, shape[::2]))):
        mean = np.einsum("kcn,cn->kc", change, share)
        estimate = estimate + sign * mean
        influence = influence + sign * share * (change - mean[:, :, None])
    number = holders[kind] * sample.weights
    return GroupTime(start, exposed, year, after > 0, estimate, influence, number, tuple(missing))
