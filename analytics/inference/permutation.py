"""Permutation: how often would authorities that did not adopt show a gap as large as the adopters'?

Each placebo gives the adopters' slots (their start and first exposed years) to different authorities of the pool and estimates
again. `permutation` draws them from the whole pool; `size_matched` each from the 41 authorities nearest in number
of children, because small authorities vary more (size-tested in docs/methods.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analytics.estimators.registry import Prepared
from analytics.estimators.sample import Slots, comparators_of

MATCHED_POOL = 41
MOST_ENUMERATED = 100_000
SAME = 1e-9  # relative difference below which two estimates are the same
TIE = 1 - 1e-9  # a placebo within rounding of the estimate counts as equal to it
POWER_MULTIPLE = 2.8  # 1.96 + 0.84: 80% power at 5%, two-sided


@dataclass(frozen=True)
class Placebos:
    """Assignments of authorities to slots that stand for chance.

    Attributes
    ----------
    assignments : D x n rows of the sample, one a slot
    enumerated : whether they are all there are (the real one included) or random draws
    real : D, True where the assignment is the real one (or the same authorities in slots of the same years)
    comparators : D x N, who is compared under each; None = everyone who holds no slot
    real_comparators : 1 x N, the same of the real assignment
    """

    assignments: np.ndarray
    enumerated: bool
    real: np.ndarray
    comparators: np.ndarray | None = None
    real_comparators: np.ndarray | None = None

    @property
    def smallest_p(self) -> float:
        """Smallest p that these placebos can give."""
        count = len(self.assignments)
        return float(self.real.sum() / count) if self.enumerated else 1 / (1 + count)


def _candidates(size: np.ndarray, treated: np.ndarray, pools: list[np.ndarray], *, matched: bool) -> list[np.ndarray]:
    """Rows that may hold each slot; in order of size, smallest first, where matched.

    Parameters
    ----------
    pools : rows that may hold each slot whatever their size, in order of newest code, the slot's own holder among them
    """
    return [_near_in_size(size, row, pool) if matched else pool for row, pool in zip(treated, pools, strict=True)]


def _near_in_size(size: np.ndarray, row: int, pool: np.ndarray) -> np.ndarray:
    """The 41 of the pool nearest a row in rank of size."""
    order = pool[np.argsort(size[pool], kind="stable")]  # the pool is ordered by newest code, so ties go by code
    rank = int(np.flatnonzero(order == row)[0])
    width = min(MATCHED_POOL, len(order))
    low = int(np.clip(rank - width // 2, 0, len(order) - width))
    return order[low : low + width]


def _enumerated(candidates: list[np.ndarray]) -> np.ndarray:
    rows = np.stack(np.meshgrid(*candidates, indexing="ij"), axis=-1).reshape(-1, len(candidates))
    ordered = np.sort(rows, axis=1)
    return rows[(np.diff(ordered, axis=1) != 0).all(1)]


def _number(candidates: list[np.ndarray]) -> int:
    """At most how many assignments there are."""
    first = candidates[0]
    if all(len(c) == len(first) and (np.sort(c) == np.sort(first)).all() for c in candidates):
        return math.perm(len(first), len(candidates))
    return math.prod(len(c) for c in candidates)


def _drawn(candidates: list[np.ndarray], draws: int, rng: np.random.Generator, *, matched: bool) -> np.ndarray:
    if not matched and all(np.array_equal(c, candidates[0]) for c in candidates):
        pool = candidates[0]
        return pool[rng.random((draws, len(pool))).argsort(1, kind="stable")[:, : len(candidates)]]
    slots = len(candidates)
    kept = np.empty((0, slots), dtype=int)
    sizes = [len(c) for c in candidates]
    high = (
        sizes[0] if len(set(sizes)) == 1 else sizes
    )  # one number draws otherwise than a list of it: as docs/methods.md has it
    while len(kept) < draws:
        picks = rng.integers(0, high, (draws, slots))
        rows = np.column_stack([c[picks[:, k]] for k, c in enumerate(candidates)])
        kept = np.vstack([kept, rows[(np.diff(np.sort(rows, axis=1), axis=1) != 0).all(1)]])
    return kept[:draws]


def _same_as_real(assignments: np.ndarray, treated: np.ndarray, slots: Slots) -> np.ndarray:
    same = np.ones(len(assignments), dtype=bool)
    for kind in range(len(slots.kinds)):
        members = slots.kind == kind
        same &= (np.sort(assignments[:, members], axis=1) == np.sort(treated[members])).all(1)
    return same


def placebos(
    size: np.ndarray,
    treated: np.ndarray,
    slots: Slots,
    *,
    matched: bool,
    draws: int,
    seed: int,
    partners: np.ndarray | None = None,
    most: int = MOST_ENUMERATED,
) -> Placebos:
    """All assignments where there are at most so many, else random ones.

    Parameters
    ----------
    size : N, children in each authority of the pool, rows ordered by newest code
    treated : n, rows of the real adopters
    matched : each slot drawn from the 41 nearest in size
    partners : J x N x N, see Sample; where given, an authority without a partner holds no slot, and each assignment
        is compared with the partners of its own holders
    most : up to how many assignments are all taken
    """
    candidates = _candidates(size, treated, _pools(len(size), treated, slots, partners), matched=matched)
    enumerate_all = _number(candidates) <= most
    if enumerate_all:
        assignments = _enumerated(candidates)
    else:
        assignments = _drawn(candidates, draws, np.random.default_rng(seed), matched=matched)
    return Placebos(
        assignments,
        enumerate_all,
        _same_as_real(assignments, treated, slots),
        comparators_of(assignments, slots, partners),
        comparators_of(treated[None], slots, partners),
    )


def _pools(count: int, treated: np.ndarray, slots: Slots, partners: np.ndarray | None) -> list[np.ndarray]:
    """Rows that may hold each slot, whatever their size."""
    if partners is None:
        return [np.arange(count)] * slots.count
    may = partners.any(2)
    may[:, treated] = True  # the real adopters are in the comparison, even one compared with others' partners
    return [np.flatnonzero(may[kind]) for kind in slots.kind]


@dataclass(frozen=True)
class PlaceboEstimates:
    """K estimates of the real adopters beside those of every placebo.

    Attributes
    ----------
    real : K
    placebo : K x D, the placebos that could be estimated
    response : D, each placebo's estimate when the outcome is the real exposure itself (1 where exposed, else 0)
    is_real : D, True where a placebo is the real assignment
    enumerated : see Placebos
    struck : placebos that could not be estimated, because none of their authorities had the figures
    """

    real: np.ndarray
    placebo: np.ndarray
    response: np.ndarray
    is_real: np.ndarray
    enumerated: bool
    struck: int

    @property
    def smallest_p(self) -> float:
        """Smallest p that these placebos can give."""
        count = self.placebo.shape[1]
        return float(self.is_real.sum() / count) if self.enumerated else 1 / (1 + count)

    @property
    def spread(self) -> np.ndarray:
        """K: standard deviation over placebos, the real assignment left out of an enumeration."""
        others = self.placebo[:, ~self.is_real] if self.enumerated else self.placebo
        return others.std(axis=1, ddof=1) if others.shape[1] > 1 else np.full(len(others), np.nan)

    @property
    def minimum_detectable(self) -> np.ndarray:
        """K: effect that would be seen four times in five at the 5% level."""
        return POWER_MULTIPLE * self.spread


def placebo_estimates(estimator: Prepared, treated: np.ndarray, chance: Placebos) -> PlaceboEstimates:
    """Estimates under every placebo; the estimator's last outcome must be the real exposure.

    The exposure as an outcome answers "how much of a real effect would this placebo show?", which is what
    turns a permutation test into an interval.
    """
    real = estimator.estimates(treated[None], chance.real_comparators)[:, 0]
    found = estimator.estimates(chance.assignments, chance.comparators)
    usable = np.isfinite(found).all(0)
    return PlaceboEstimates(
        real[:-1],
        found[:-1, usable],
        found[-1, usable],
        chance.real[usable],
        chance.enumerated,
        int((~usable).sum()),
    )


def p_values(estimates: PlaceboEstimates) -> np.ndarray:
    """K: share of placebos at least as far from zero as the real estimate (the real one counted once)."""
    far = np.abs(estimates.placebo) >= np.abs(estimates.real)[:, None] * TIE
    count = estimates.placebo.shape[1]
    if estimates.enumerated:
        return far.sum(1) / count
    return (1 + far.sum(1)) / (1 + count)


def _accepted(real: float, placebo: np.ndarray, response: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects x at which each placebo is as far as the real estimate: |b_pi - x c_pi| >= |b - x|.

    Returns D lows, D highs, and D whether the effects are those outside the two (c beyond 1 either way) and not between.
    The condition is ((b_pi - b) - x (c - 1)) ((b_pi + b) - x (c + 1)) >= 0: between its roots where |c| < 1, and a
    half-line, or everything, where c is 1 or -1 (the same cells exposed, or the comparators' instead).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        one = (placebo - real) / (response - 1)
        two = (placebo + real) / (response + 1)
    low, high = np.minimum(one, two), np.maximum(one, two)
    for sign in (1.0, -1.0):
        edge = np.flatnonzero(np.abs(response - sign) < SAME)
        gap = placebo[edge] - sign * real
        middle = (real + sign * placebo[edge]) / 2
        equal = np.abs(gap) <= SAME * max(abs(real), 1e-300)
        upward = (gap < 0) if sign > 0 else (gap > 0)
        low[edge] = np.where(upward & ~equal, middle, -np.inf)
        high[edge] = np.where(upward | equal, np.inf, middle)
    return low, high, np.abs(response) > 1 + SAME


def interval(
    real: float, placebo: np.ndarray, response: np.ndarray, *, enumerated: bool, level: float
) -> tuple[float, float] | None:
    """Smallest interval holding every constant effect x with p(x) > 1 - level; None where it has no end.

    Parameters
    ----------
    real : estimate b; placebo : D estimates b_pi; response : D, c_pi (see PlaceboEstimates)
    """
    low, high, outside = _accepted(real, placebo, response)
    itself = 0 if enumerated else 1  # an enumeration holds the real assignment already
    more_than = (1 - level) * (len(placebo) + itself) * (1 + 1e-12)
    inside_low, inside_high = np.sort(low[~outside]), np.sort(high[~outside])
    outer_low, outer_high = np.sort(low[outside]), np.sort(high[outside])

    def count(x: np.ndarray) -> np.ndarray:
        """How many assignments, the real one included, are at least as far at effect x."""
        within = np.searchsorted(inside_low, x, side="right") - np.searchsorted(inside_high, x, side="left")
        between = np.searchsorted(outer_low, x, side="left") - np.searchsorted(outer_high, x, side="right")
        return itself + within + len(outer_low) - between

    if (count(np.array([-np.inf, np.inf])) > more_than).any():
        return None
    ends = np.unique(np.concatenate([low, high]))
    accepted = ends[np.isfinite(ends) & (count(ends) > more_than)]
    return (float(accepted[0]), float(accepted[-1])) if len(accepted) else (real, real)
