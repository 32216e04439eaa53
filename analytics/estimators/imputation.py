"""Imputation: what each adopter would have been, from its own earlier years and the untreated; the gap, averaged.

(a, l) minimise the sum over untreated cells U of w (Y - a_i - l_t)^2; the effect is the weighted mean of
Y - a_i - l_t over exposed cells X (Borusyak, Jaravel and Spiess 2024). With `base = k` the year s - k alone is the base, and
each exposed cell is compared with the authorities observed in both years. With `base = "donut"` the year before the start
belongs to no base: a bad year may be why a model was taken up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.estimators.concentrated import Concentrated, Role
from analytics.estimators.contrasts import Contrast, Contrasts
from analytics.estimators.registry import Prepared, register
from analytics.estimators.sample import Sample


def _role(
    sample: Sample,
    kind: int,
    cells: Sequence[np.ndarray],
    *,
    base_years: np.ndarray | None = None,
    each_once: bool = False,
) -> Role:
    """What an authority adds when it holds a slot of this kind: mean gap over each set of cells (T, True where meant).

    Cells count alike, so an early adopter with more exposed years counts for more; with `each_once` its mean gap counts.
    """
    used = sample.observed & (sample.before(kind) if base_years is None else base_years)
    n = used.sum(1)
    weights = sample.weights
    mean_before = (sample.filled * used).sum(2) / np.maximum(n, 1)
    share = used / np.maximum(n, 1)[:, None]
    own, year, base = [], [], []
    for meant in cells:
        taken = sample.observed & meant & (n > 0)[:, None]
        count = taken.sum(1)
        weight = weights / np.maximum(count, 1) if each_once else weights
        own.append(weight * ((sample.filled * taken).sum(2) - count * mean_before))
        year.append(weight[:, None] * (count[:, None] * share - taken))
        base.append(weight * count)
    return Role(used, np.stack(own, 1), np.stack(year), np.stack(base))


@register("imputation")
def imputation(sample: Sample, *, base: str | int = "all_pre", average: str = "cells") -> Prepared:
    """Mean gap over exposed cells, by imputation from all earlier years (but the last, for a donut) or from one base year.

    Parameters
    ----------
    average : 'cells' = every exposed cell counts alike; 'authorities' = each adopter's mean gap counts once
    """
    if base not in ("all_pre", "donut"):
        if average != "cells":
            raise ValueError("average = 'authorities' is for a base of several years")
        return _one_base_year(sample, int(base))
    roles = []
    for kind, (start, _) in enumerate(sample.slots.kinds):
        years = sample.before(kind) & ((sample.years != start - 1) | (base == "all_pre"))
        roles.append(_role(sample, kind, [sample.after(kind)], base_years=years, each_once=average == "authorities"))
    return Concentrated(sample, tuple(roles), regression=False)


def _one_base_year(sample: Sample, before: int) -> Contrasts:
    """Each exposed year against the year s - `before`."""
    found = []
    for kind, (start, _) in enumerate(sample.slots.kinds):
        base_year = np.flatnonzero(sample.years == start - before)
        for year in np.flatnonzero(sample.after(kind)) if len(base_year) else []:
            both = sample.observed[:, year] & sample.observed[:, base_year[0]]
            found.append(Contrast(kind, sample.filled[:, :, year] - sample.filled[:, :, base_year[0]], both))
    return Contrasts(sample, tuple(found))


def event_times(sample: Sample) -> np.ndarray:
    """Years since first exposure, e = t - g, at which a slot has an untreated or exposed year."""
    found = set()
    for kind, (_, exposed) in enumerate(sample.slots.kinds):
        meant = sample.before(kind) | sample.exposed_years(kind)
        found |= set((sample.years[meant] - exposed).tolist())
    return np.array(sorted(found))


def event_study(sample: Sample) -> Concentrated:
    """Mean gap at each event time, all earlier years the base; before the start, residuals of the fit."""
    roles = []
    times = event_times(sample)
    for kind, (_, exposed) in enumerate(sample.slots.kinds):
        meant = sample.before(kind) | sample.exposed_years(kind)
        roles.append(_role(sample, kind, [meant & (sample.years - exposed == e) for e in times]))
    return Concentrated(sample, tuple(roles), regression=False)
