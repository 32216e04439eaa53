"""Two by two: each adopter's mean after less its mean before, less the same for the comparators; averaged over adopters."""

from __future__ import annotations

import numpy as np

from analytics.estimators.contrasts import Contrast, Contrasts
from analytics.estimators.registry import Prepared, register
from analytics.estimators.sample import Sample


def _mean_over(sample: Sample, meant: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """K x N mean over the observed cells of the years meant, and N: whether there is one."""
    cells = sample.observed & meant
    count = cells.sum(1)
    return (sample.filled * cells).sum(2) / np.maximum(count, 1), count > 0


@register("two_by_two")
def two_by_two(sample: Sample) -> Prepared:
    """Mean over adopters of (after - before) less the comparators' mean of the same difference in the same years."""
    found = []
    for kind in range(len(sample.slots.kinds)):
        after, has_after = _mean_over(sample, sample.after(kind))
        before, has_before = _mean_over(sample, sample.before(kind))
        found.append(Contrast(kind, after - before, has_after & has_before))
    return Contrasts(sample, tuple(found))
