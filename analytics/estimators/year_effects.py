"""Year effects beside authority effects, fitted to one group of authorities under each of many assignments.

Authority effects are concentrated out: one authority adds a T x T matrix and a T-vector to the group's equations, so a group
is a product of its mask with what each would add. Years that no authority links are pieces with a level each of their own: only
differences within a piece mean anything.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analytics.estimators.concentrated import within


def linked_years(matrices: np.ndarray) -> np.ndarray:
    """D x T x T: True where authorities observed in both years, or a chain of them, join two years.

    Parameters
    ----------
    matrices : D x T x T, equations of the year effects
    """
    reach = matrices != 0
    for _ in range(int(np.ceil(np.log2(max(matrices.shape[1], 2))))):  # twice as many steps each time
        if reach.all():
            break
        steps = reach.astype(np.float32)
        reach = steps @ steps > 0
    return reach


def solved_years(matrices: np.ndarray, right: np.ndarray, linked: np.ndarray) -> np.ndarray:
    """D x T x F solutions whose mean is 0 over each piece of linked years, and which are 0 in years without a cell."""
    years = matrices.shape[1]
    size = np.maximum(np.trace(matrices, axis1=1, axis2=2), 1e-300)[:, None, None] / years
    # A constant over a piece is all that the equations leave open: adding its square closes them, the rest as it was.
    empty = np.eye(years, dtype=bool) & ~linked
    return np.linalg.inv(matrices + size * (linked | empty)) @ right


def year_effects(
    values: np.ndarray, used: np.ndarray, weights: np.ndarray, summed: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """D x K x T year effects of the group's own two-way fit, and D x T x T: between which years they can be compared.

    Parameters
    ----------
    values : K x N x T; used : N x T cells that fit; weights : N
    summed : D x ... sums over the group of N x ... (see Membership)
    """
    if (used == used[0]).all():  # the same years for all: means do
        total = summed(weights)[:, None, None]
        sums = summed((values * used * weights[:, None]).swapaxes(0, 1))
        linked = (used[0][:, None] & used[0]) & (total > 0)
        return sums / np.where(total > 0, total, 1.0), linked
    each = within(used, weights)
    matrices = summed(each)
    linked = linked_years(matrices)
    right = summed(np.einsum("nst,knt->nsk", each, values))
    return solved_years(matrices, right, linked).swapaxes(1, 2), linked
