"""One outcome across every practice model that has adopters with dates."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.analysis import Analysis, Result, survey
from analytics.errors import CannotEstimate, PracticeError
from analytics.inference.multiplicity import benjamini_hochberg
from analytics.spec import Specification
from analytics.warehouse import Warehouse


@dataclass(frozen=True)
class Across:
    """Results by model, and why other models have none.

    Attributes
    ----------
    results : model -> result, its p adjusted for the models looked at together
    analyses : each model's own
    refused : model, reason
    """

    results: dict[str, Result]
    analyses: tuple[Analysis, ...]
    refused: pd.DataFrame


def count_sentence(results: Iterable[Result], what: str, level: float) -> str:
    """How many stand out after allowing for the number of looks, and how many would by chance."""
    results = list(results)
    total = len(results)
    raw = sum(r.effect.p_value <= 1 - level for r in results)
    kept = [r for r in results if r.verdict.word == "evidence"]
    seen = sum(r.verdict.word == "no_clear_change" for r in results)
    many = "shows" if len(kept) == 1 else "show"
    return (
        f"Of {total} {what}, {len(kept)} {many} evidence of a change after allowing for so many looks, {seen} no clear "
        f"change where one that matters would have been seen, and {total - len(kept) - seen} cannot tell. "
        f"Taken one by one, p is {1 - level:.2f} or below in {raw}; chance alone gives about {total * (1 - level):.0f}."
    )


def _adjusted(result: Result, p: float) -> Result:
    """A result judged by its p adjusted for the models looked at together."""
    effect = dataclasses.replace(result.effect, p_adjusted=max(p, result.effect.p_value))
    return dataclasses.replace(result, effect=effect, verdict=result.judged_again(effect))


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
            found[model] = survey(asked, warehouse).analysis
        except PracticeError as error:
            refused.append((model, error.reason if isinstance(error, CannotEstimate) else str(error)))
        progress((done + 1) / len(models))
    adjusted = benjamini_hochberg(np.array([a.results[0].effect.p_value for a in found.values()])) if found else []
    results = {model: _adjusted(a.results[0], float(p)) for (model, a), p in zip(found.items(), adjusted, strict=True)}
    return Across(results, tuple(found.values()), pd.DataFrame(refused, columns=["model", "reason"]))
