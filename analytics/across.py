"""One outcome across every practice model that has adopters with dates."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.analysis import Result, survey
from analytics.errors import PracticeError
from analytics.inference.multiplicity import benjamini_hochberg
from analytics.spec import Specification
from analytics.warehouse import Warehouse


@dataclass(frozen=True)
class Across:
    """Results by model, and why other models have none.

    Attributes
    ----------
    results : model -> result, its p adjusted for the models looked at together
    refused : model, reason
    """

    results: dict[str, Result]
    refused: pd.DataFrame


def every_model(
    specification: Specification,
    warehouse: Warehouse,
    models: Iterable[str],
    *,
    progress: Callable[[float], None] = lambda share: None,
) -> Across:
    """The specification's first outcome judged for each model, adopters in every programme of it.

    p is adjusted by Benjamini and Hochberg: a look over many models is an exploration.
    """
    models, found, refused = list(models), {}, []
    for done, model in enumerate(models):
        treatment = dataclasses.replace(specification.treatment, model=model, programme="", authorities=(), starts=())
        asked = dataclasses.replace(specification, outcomes=specification.outcomes[:1], treatment=treatment)
        try:
            found[model] = survey(asked, warehouse).analysis.results[0]
        except PracticeError as error:
            refused.append((model, str(error).removeprefix(f"{specification.outcomes[0]}: ")))
        progress((done + 1) / len(models))
    adjusted = benjamini_hochberg(np.array([r.effect.p_value for r in found.values()])) if found else []
    results = {
        model: dataclasses.replace(result, effect=dataclasses.replace(result.effect, p_adjusted=float(p)))
        for (model, result), p in zip(found.items(), adjusted, strict=True)
    }
    return Across(results, pd.DataFrame(refused, columns=["model", "reason"]))
