"""Names of the estimators, and what each makes of a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from analytics.errors import BadSpecification
from analytics.estimators.sample import Sample


class Prepared(Protocol):
    """An estimator that has read its sample and can answer for any assignment of authorities to slots."""

    def estimates(self, assignments: np.ndarray, comparators: np.ndarray | None = None) -> np.ndarray:
        """K x D estimates for D x n rows of authorities, one a slot; NaN where none of them can be estimated.

        `comparators` (D x N) says who is compared under each assignment; without it, everyone who holds no slot is.
        """


_PREPARE: dict[str, Callable[..., Prepared]] = {}


def register(name: str):
    """Decorator: makes a function from Sample (and options of its own) to Prepared known by name."""

    def known(prepare):
        _PREPARE[name] = prepare
        return prepare

    return known


def refuse_base(name: str, base: str | int) -> None:
    """Raise where another base is asked of an estimator whose base is always the last year before the start."""
    if base != "all_pre":
        raise BadSpecification(
            f"estimator.base = {base} is for imputation; {name} measures from the last year before the start."
        )


def estimator_names() -> tuple[str, ...]:
    """Estimators that can be asked for."""
    return tuple(sorted(_PREPARE))


def prepared(name: str, sample: Sample, **options: object) -> Prepared:
    """The named estimator, ready for a sample; its own options, and no others, as keywords."""
    return _PREPARE[name](sample, **options)
