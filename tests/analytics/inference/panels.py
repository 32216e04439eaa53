"""Small random panels on which inference by authority is compared with its slow twins."""

import numpy as np

from analytics.estimators import Sample, Slots
from tests.analytics.inference.dense import EXPOSED, START, TREATED, YEARS

PANELS = {
    "balanced": {"missing": 0.0, "weighted": False},
    "cells missing": {"missing": 0.12, "weighted": False},
    "children as weights": {"missing": 0.0, "weighted": True},
    "missing and weighted": {"missing": 0.12, "weighted": True},
}
AUTHORITIES = 18


def sample_of(*, missing: float = 0.0, weighted: bool = False, outcomes: int = 2, seed: int = 4) -> Sample:
    rng = np.random.default_rng(seed)
    values = 50 + rng.normal(0, 8, (outcomes, AUTHORITIES, 1))
    values = values + rng.normal(0, 3, (outcomes, AUTHORITIES, len(YEARS))).cumsum(2)
    observed = rng.random((AUTHORITIES, len(YEARS))) >= missing
    weights = rng.uniform(8e3, 3e5, AUTHORITIES) if weighted else np.ones(AUTHORITIES)
    return Sample(values, observed, YEARS, weights, Slots(START, EXPOSED), TREATED)


def assignments(count: int) -> np.ndarray:
    rng = np.random.default_rng(9)
    return np.vstack([TREATED, rng.random((count, AUTHORITIES)).argsort(1)[:, :4]])


def dense_of(twin, sample: Sample, outcome: int, who=TREATED):
    return twin(sample.values[outcome], sample.observed, YEARS, sample.weights, list(who), START, EXPOSED)
