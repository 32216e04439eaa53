"""What could be seen: the smallest change that a number of adopters would show, from the outcome's own ups and downs.

Pretended adopters are drawn at random from all authorities with figures, or from a third of them by size, over the latest
years that fit; the spread of their estimates is what chance does. No formula and no assumption of independent years: serial
correlation is the panel's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.errors import CannotEstimate
from analytics.estimators import Sample, Slots, prepared
from analytics.inference.permutation import POWER_MULTIPLE
from analytics.panel import panel_of
from analytics.spec import Specification
from analytics.warehouse import Warehouse

DRAWS = 2000
FEWEST_UNTREATED = 5  # left over to compare with
SIZES = ("any", "small", "middle", "large")


@dataclass(frozen=True)
class Plan:
    """What N adopters could show with k years before and m years after.

    Attributes
    ----------
    table : adopters, years_before, years_after, detectable (in the outcome's unit), share (of the mean), authorities
    mean : mean of the outcome over the years used
    first, last : years used by the longest plan
    """

    table: pd.DataFrame
    mean: float
    first: int
    last: int


def _latest(values: np.ndarray, length: int) -> tuple[np.ndarray, int]:
    """Authorities (True) with figures in every one of the `length` latest years that most have, and the last year's place.

    The latest run of years in which at least half of all authorities have every figure is taken.
    """
    held = np.isfinite(values)
    for end in range(values.shape[1], length - 1, -1):
        whole = held[:, end - length : end].all(1)
        if whole.sum() * 2 >= held.any(1).sum() and whole.any():
            return whole, end
    return np.zeros(len(values), dtype=bool), 0


def _of_size(children: np.ndarray, size: str) -> np.ndarray:
    """Rows of the authorities in a third by number of children, smallest first; all of them for 'any'."""
    if size == "any":
        return np.arange(len(children))
    known = np.flatnonzero(np.isfinite(children))
    return np.array_split(known[np.argsort(children[known], kind="stable")], 3)[SIZES.index(size) - 1]


def _spread(values: np.ndarray, pool: np.ndarray, adopters: int, before: int, seed: int) -> float:
    """Standard deviation of the estimates of pretended adopters in a complete panel (N x T), the first `before` years before."""
    count, years = values.shape
    slots = Slots(np.full(adopters, before), np.full(adopters, before))
    sample = Sample(
        values[None], np.ones(values.shape, bool), np.arange(years), np.ones(count), slots, np.arange(adopters)
    )
    drawn = pool[np.random.default_rng(seed).random((DRAWS, len(pool))).argsort(1, kind="stable")[:, :adopters]]
    return float(prepared("imputation", sample).estimates(drawn)[0].std(ddof=1))


def plan(
    specification: Specification,
    warehouse: Warehouse,
    outcome: str,
    *,
    adopters: Sequence[int] = (1, 2, 3, 5, 8, 10, 15, 20, 30),
    before: Sequence[int] = (3, 5, 7),
    after: Sequence[int] = (1, 2, 3, 5),
    size: str = "any",
) -> Plan:
    """Smallest change seen four times in five at the 5% level, for each number of adopters and of years.

    Parameters
    ----------
    specification : gives the outcomes' window and the seed
    size : adopters of any size, or of the small, middle or large third by number of children

    Raises
    ------
    CannotEstimate : too few authorities have figures over enough years
    """
    panel = panel_of(specification, warehouse)
    values = panel.values[panel.outcomes.index(outcome)]
    rows, mean, span = [], np.nan, (0, 0)
    for k in before:
        for m in after:
            whole, end = _latest(values, k + m)
            used = values[whole][:, end - k - m : end]
            if len(used) < FEWEST_UNTREATED + 1:
                continue
            if k + m > span[1] - span[0]:
                span, mean = (end - k - m, end), float(used.mean())
            pool = _of_size(panel.size[whole], size)
            for n in adopters:
                if len(used) - n < FEWEST_UNTREATED or len(pool) <= n:
                    continue
                seen = POWER_MULTIPLE * _spread(used, pool, n, k, specification.inference.seed)
                average = float(used.mean())
                share = seen / abs(average) if average else np.nan
                rows.append((n, k, m, seen, share, len(used)))
    if not rows:
        raise CannotEstimate(
            f"too few authorities have figures in {min(before) + min(after)} years running. Widen the window.", outcome
        )
    columns = ["adopters", "years_before", "years_after", "detectable", "share", "authorities"]
    return Plan(pd.DataFrame(rows, columns=columns), mean, panel.years[span[0]], panel.years[span[1] - 1])
