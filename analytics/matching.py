"""Matched comparators: the authorities whose whole path before adoption was nearest to an adopter's.

Matching on the whole path before, level included, keeps a bad last year from choosing the comparators (the last year alone
rejects a true null far too often, see docs/methods.md, Estimators). Every authority can be matched as if it were the
adopter, so a placebo picks comparators of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.estimators.sample import Sample

COUNT = 5
FEWEST_YEARS = 3  # in which both have figures; a shorter path says little about who is alike


@dataclass(frozen=True)
class Matches:
    """Who is matched with whom.

    Attributes
    ----------
    partners : J x N x N, True where the second authority is matched with the first in a kind of slot
    table : adopters' matches, columns treated, comparator, rank (1 the nearest), distance (in the outcome's unit)
    unmatched : adopters without a match
    """

    partners: np.ndarray
    table: pd.DataFrame
    unmatched: tuple[str, ...]


def path_distance(
    values: np.ndarray, observed: np.ndarray, before: np.ndarray, *, shape_only: bool = False
) -> np.ndarray:
    """N x N root mean squared difference over the years before in which both have figures; inf with fewer than three.

    Parameters
    ----------
    values, observed : N x T; before : T, True for the years that count
    shape_only : each pair's mean difference is taken out first, so that paths alike but apart are near
    """
    figures, held = values[:, before], observed[:, before]
    both = held[:, None] & held[None]
    count = both.sum(2)
    apart = np.where(both, figures[:, None] - figures[None], 0.0)
    if shape_only:
        level = apart.sum(2, keepdims=True) / np.maximum(count, 1)[:, :, None]
        apart = np.where(both, apart - level, 0.0)
    distance = np.sqrt((apart**2).sum(2) / np.maximum(count, 1))
    return np.where(count >= FEWEST_YEARS, distance, np.inf)


def matched(
    values: np.ndarray,
    observed: np.ndarray,
    before: np.ndarray,
    candidates: np.ndarray,
    *,
    count: int = COUNT,
    shape_only: bool = False,
) -> np.ndarray:
    """N x count (at most N) rows of each authority's nearest candidates, the nearest first; -1 where there are no more.

    Parameters
    ----------
    values, observed : N x T; before : T
    candidates : N, who may be matched; nobody is matched with itself, and the lower row comes first of two equally near
    """
    return _nearest(path_distance(values, observed, before, shape_only=shape_only), candidates, count)


def _nearest(distance: np.ndarray, candidates: np.ndarray, count: int) -> np.ndarray:
    distance = np.where(candidates, distance, np.inf)
    np.fill_diagonal(distance, np.inf)
    order = distance.argsort(axis=1, kind="stable")[:, :count]
    return np.where(np.isfinite(np.take_along_axis(distance, order, axis=1)), order, -1)


def matches(
    sample: Sample,
    codes: Sequence[str],
    candidates: np.ndarray | None = None,
    *,
    outcome: int = 0,
    count: int = COUNT,
    shape_only: bool = False,
) -> Matches:
    """Matches of every authority in every kind of slot, and the adopters' own as a table.

    Parameters
    ----------
    codes : N, as the table names authorities
    candidates : N, who may be matched; None = everyone who is not treated
    outcome : the one outcome whose path is matched on
    """
    if candidates is None:
        candidates = np.ones(len(codes), dtype=bool)
        candidates[sample.treated] = False
    partners = np.zeros((len(sample.slots.kinds), len(codes), len(codes)), dtype=bool)
    rows, unmatched = [], []
    for kind in range(len(partners)):
        distance = path_distance(sample.filled[outcome], sample.observed, sample.before(kind), shape_only=shape_only)
        nearest = _nearest(distance, candidates, count)
        first, place = np.nonzero(nearest >= 0)
        partners[kind, first, nearest[first, place]] = True
        for row in sample.treated[sample.slots.kind == kind]:
            mine = nearest[row][nearest[row] >= 0]
            rows += [(codes[row], codes[j], rank + 1, distance[row, j]) for rank, j in enumerate(mine)]
            unmatched += [] if len(mine) else [codes[row]]
    table = pd.DataFrame(rows, columns=["treated", "comparator", "rank", "distance"])
    return Matches(partners, table.sort_values(["treated", "rank"], ignore_index=True), tuple(unmatched))
