"""Estimators: each a file that registers how it reads a sample; all answer for the real and for placebo adopters alike."""

from analytics.estimators import (  # noqa: F401  each registers itself
    callaway_santanna,
    event_study,
    imputation,
    sun_abraham,
    synthetic_control,
    synthetic_did,
    two_by_two,
    two_way,
)
from analytics.estimators.registry import estimator_names, prepared
from analytics.estimators.sample import Sample, Slots

__all__ = ["Sample", "Slots", "estimator_names", "prepared"]
