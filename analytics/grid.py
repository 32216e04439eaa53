"""The grid: the same question asked in every reasonable way, so that one choice is not mistaken for the answer."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from analytics.chance import estimates_of, why_unestimated
from analytics.errors import CannotEstimate, PracticeError
from analytics.inference.permutation import interval, p_values
from analytics.neighbours import MODELS, OWN
from analytics.outcome import OutcomeSample, outcome_sample
from analytics.panel import Panel, panel_of, without_years
from analytics.periods import PANDEMIC
from analytics.spec import ROLES, Specification
from analytics.study import Study, study
from analytics.terms import choices_of
from analytics.warehouse import Warehouse

GRID_DRAWS = 999  # placebos a specification, all there are where these are no more: enough to mark which fall beyond 5%
USUAL = ("comparators", "estimator", "weights", "pandemic")  # dimensions varied unless others are asked for


@dataclass(frozen=True)
class Dimension:
    """One choice and the ways in which it can be made.

    Attributes
    ----------
    name : as a reader sees it
    options : label -> tables and keys of a specification that it sets
    """

    key: str
    name: str
    options: dict[str, dict[str, dict[str, object]]]


def _estimators() -> dict[str, dict]:
    one = {"average": "cells", "year_effects": "common", "comparison": "never", "base_period": "varying"}
    return {
        "Imputation, all earlier years": {"estimator": one | {"name": "imputation", "base": "all_pre"}},
        "Imputation, the year before alone": {"estimator": one | {"name": "imputation", "base": 1}},
        "Imputation, without the year before": {"estimator": one | {"name": "imputation", "base": "donut"}},
        "Imputation, each adopter once": {
            "estimator": one | {"name": "imputation", "base": "all_pre", "average": "authorities"}
        },
        "Imputation, years apart by region": {
            "estimator": one | {"name": "imputation", "base": "all_pre", "year_effects": "region"}
        },
        "Callaway-Sant\u2019Anna": {"estimator": one | {"name": "callaway_santanna", "base": "all_pre"}},
        "Two by two": {"estimator": one | {"name": "two_by_two", "base": "all_pre"}},
        choices_of("estimator")["two_way"]: {"estimator": one | {"name": "two_way", "base": "all_pre"}},
    }


def dimensions(specification: Specification, warehouse: Warehouse) -> tuple[Dimension, ...]:
    """Choices that make sense for a specification and these figures."""
    treatment, window = specification.treatment, specification.window
    held = set(warehouse.ask("neighbour_models").model)
    called = choices_of("pool")
    pools = {called["never_adopters"]: {"comparators": {"pool": "never_adopters", "authorities": []}}}
    near = {"pool": "statistical_neighbours", "authorities": []}
    for model in MODELS:
        if model in held:
            official = near | {"neighbour_model": model, "own_weights": {}, "own_year": None}
            pools[f"{called['statistical_neighbours']} ({model})"] = {"comparators": official}
    if specification.comparators.neighbour_model == OWN:
        pools[f"{called['statistical_neighbours']} (own model)"] = {"comparators": near}
    pools[called["region"]] = {"comparators": {"pool": "region", "authorities": []}}
    pools[called["matched"]] = {"comparators": {"pool": "matched", "authorities": []}}
    found = [
        Dimension("comparators", "Compared with", pools),
        Dimension("estimator", "Estimator and base", _estimators()),
        Dimension(
            "weights",
            "Authorities count",
            {
                "Each the same": {"estimator": {"weights": "authorities"}},
                "By number of children": {"estimator": {"weights": "children"}},
            },
        ),
        Dimension(
            "exposure",
            "First exposed year",
            {
                "First full year": {"treatment": {"exposure": "first_full_year", "transition": "drop"}},
                "First full year, transition kept": {
                    "treatment": {"exposure": "first_full_year", "transition": "keep"}
                },
                "Year of the start": {"treatment": {"exposure": "year_of_start", "transition": "drop"}},
                "More than half a year": {"treatment": {"exposure": "majority", "transition": "drop"}},
            },
        ),
        Dimension(
            "other_models",
            "Another model taken up",
            {
                "Left out from then": {"comparators": {"other_models": "drop"}},
                "Kept in": {"comparators": {"other_models": "keep"}},
            },
        ),
        Dimension(
            "complete",
            "Missing figures",
            {
                "Every figure there is": {"window": {"complete": False}},
                "Only authorities with every year": {"window": {"complete": True}},
            },
        ),
    ]
    if not treatment.is_named_list:
        roles = {"Main model": {"treatment": {"roles": ["primary"]}}, "Any role": {"treatment": {"roles": list(ROLES)}}}
        found.append(Dimension("roles", "Counted as adopters", roles))
    touched = [y for y in PANDEMIC if window.first < y < window.last]
    if touched:
        without = {"Kept": {"window": {"without": []}}, "Left out": {"window": {"without": touched}}}
        found.append(Dimension("pandemic", "Pandemic years", without))
    if window.last - window.first >= 8:
        shorter = {
            "All years": {"window": {"first": window.first, "last": window.last}},
            "Without the last three years": {"window": {"last": window.last - 3}},
        }
        found.append(Dimension("window", "Years", shorter))
    return tuple(found)


def usual(held: Iterable[str]) -> tuple[str, ...]:
    """Dimensions varied unless others are asked for, of those that there are."""
    return tuple(key for key in USUAL if key in held)


def combinations(chosen: Iterable[Dimension]) -> int:
    """How many specifications the dimensions make."""
    return math.prod(len(d.options) for d in chosen)


def _changed(specification: Specification, changes: Iterable[dict[str, dict[str, object]]]) -> Specification:
    plain = specification.to_dict()
    for change in changes:
        for table, keys in change.items():
            plain[table] = plain[table] | keys
    return Specification.from_dict(plain, where="the grid")


def specifications(
    specification: Specification, chosen: Iterable[Dimension]
) -> Iterator[tuple[dict[str, str], Specification]]:
    """Every combination of the dimensions' options: label by dimension, and the specification."""
    chosen = tuple(chosen)
    for options in itertools.product(*(d.options.items() for d in chosen)):
        labels = {d.key: label for d, (label, _) in zip(chosen, options, strict=True)}
        yield labels, _changed(specification, [change for _, change in options])


def grid(
    specification: Specification,
    warehouse: Warehouse,
    outcome: str,
    chosen: Iterable[Dimension],
    *,
    progress: Callable[[float], None] = lambda share: None,
) -> pd.DataFrame:
    """One row a specification: its labels, estimate, low, high, p_value, n_treated, n_comparators, hash, main, reason.

    `main` marks the specification that was asked; `reason` says why one could not be estimated ('' where it could).
    Each is judged by at most 999 placebos.
    """
    alone = dataclasses.replace(specification, outcomes=(outcome,))
    every = list(specifications(alone, chosen))
    samples, main = _Samples(warehouse), alone.hash
    rows = []
    for done, (labels, asked) in enumerate(every):
        called = asked.hash
        row = labels | {"hash": called, "main": called == main, "reason": ""}
        try:
            row |= _estimated(asked, samples.of(asked))
        except PracticeError as error:
            row["reason"] = error.reason if isinstance(error, CannotEstimate) else str(error)
        rows.append(row)
        progress((done + 1) / len(every))
    columns = ["estimate", "low", "high", "p_value", "n_treated", "n_comparators"]
    frame = pd.DataFrame(rows)
    return frame.reindex(columns=[c for c in frame if c not in columns] + columns)


class _Panels:
    """Panels read once for each window, and cut to the years asked for."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.read: dict[tuple[int, int], Panel] = {}

    def of(self, specification: Specification) -> Panel:
        window = specification.window
        key = (window.first, window.last)
        if key not in self.read:
            whole = dataclasses.replace(window, without=())
            self.read[key] = panel_of(dataclasses.replace(specification, window=whole), self.warehouse)
        return without_years(self.read[key], window.without) if window.without else self.read[key]


class _Samples:
    """The samples of specifications, each worked out once for all that take the same from the same study."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse, self.panels = warehouse, _Panels(warehouse)
        self.studies: dict[tuple, Study] = {}
        self.held: dict[tuple, OutcomeSample] = {}

    def of(self, specification: Specification) -> OutcomeSample:
        """A specification's sample.

        Raises
        ------
        PracticeError : see `study` and `outcome_sample`
        """
        # Estimator and weights change nobody's place; of the estimator's choices a sample knows these two.
        who = (specification.treatment, specification.comparators, specification.window)
        key = (*who, specification.estimator.weights, specification.estimator.year_effects)
        if key not in self.held:
            if who not in self.studies:
                self.studies[who] = study(specification, self.warehouse, panel=self.panels.of(specification))
            self.held[key] = outcome_sample(dataclasses.replace(self.studies[who], specification=specification), 0)
        return self.held[key]


def _estimated(specification: Specification, one: OutcomeSample) -> dict[str, object]:
    """Estimate, interval, p and what it rests on."""
    fewer = dataclasses.replace(specification.inference, draws=min(specification.inference.draws, GRID_DRAWS))
    estimates = estimates_of([one], dataclasses.replace(specification, inference=fewer), most=GRID_DRAWS)[0]
    why = why_unestimated(estimates, specification)
    if why:
        return {"reason": why}
    ends = interval(
        float(estimates.real[0]),
        estimates.placebo[0],
        estimates.response,
        enumerated=estimates.enumerated,
        level=specification.inference.level,
    )
    low, high = ends or (None, None)
    return {
        "estimate": float(estimates.real[0]),
        "low": low,
        "high": high,
        "p_value": float(p_values(estimates)[0]),
        "n_treated": one.sample.slots.count,
        "n_comparators": int(one.sample.compared.sum()),
    }
