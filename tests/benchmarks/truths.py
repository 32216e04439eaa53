"""What the default specification says of the teaching set's planted truths, over many draws of it.

    python -m tests.benchmarks.truths

Each draw is analysed as a page would: study, sample, estimate, interval, the checks that decide a verdict, verdict.
The planted effect is each draw's own: the mean over the adopters' exposed cells of the latent value less what it would
have been, with the same noise and the same year level, had they not used the model.
"""

from __future__ import annotations

import dataclasses
import functools
import multiprocessing
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

from analytics import chance
from analytics.analysis import analyse
from analytics.checks import contaminated, pre_trends, regression_to_mean
from analytics.outcome import outcome_sample
from analytics.spec import Inference, Specification, Treatment
from analytics.warehouse import Warehouse
from data.build import build
from data.illustrative import TRUTHS, TeachingSet, write
from data.invented.models import FIRST_YEAR, effects
from data.invented.series import Series
from tests.analytics.teaching_warehouse import TeachingWarehouse, unchanging

SEEDS = range(1, 201)
DRAWS = 999  # a tenth of the default: p and the ends of intervals are as valid, only coarser
FIRST = {truth.model: truth.indicators[0] for truth in reversed(TRUTHS)}  # the first outcome each truth is about
NOTHING = ("MODEL_A", "referral_rate")  # an outcome that no model touches: how often is chance taken for an effect?
ASKED = (*sorted(FIRST.items()), NOTHING)
CHECKS = {"trends": pre_trends.NAME, "year_before": regression_to_mean.NAME, "contaminated": contaminated.NAME}
WORDS = ("evidence", "no_clear_change", "cannot_tell")


def specification(model: str, outcome: str) -> Specification:
    """The default analysis of a model on one outcome, but for the number of placebos."""
    return Specification((outcome,), Treatment(model=model), inference=Inference(draws=DRAWS))


def without(series: Series, indicator: str, model: str) -> np.ndarray:
    """Latent values had nobody used a model, authorities x years; all else, noise and year level too, as it was."""
    if indicator == "cin_year_rate":
        parts = [without(series, name, model) for name in ("cin_rate", "cin_ended_rate")]
        return series.children_per_episode * sum(parts)
    others = [use for use in series.uses if use.model != model]
    mean = series.mean_without_models(indicator) * (1 + effects(indicator, others, len(series.children)))
    return np.minimum(mean * series.noise(indicator), series.levels[indicator].highest)


def planted_effect(teaching: TeachingSet, model: str, outcome: str, exposed: pd.DataFrame) -> float:
    """Mean over exposed cells (area_code, year) of what the model changed, in the outcome's unit."""
    rows = [teaching.places.codes.index(code) for code in exposed.area_code]
    change = teaching.series.value(outcome) - without(teaching.series, outcome, model)
    return float(change[rows, exposed.year - FIRST_YEAR].mean())


def found(warehouse: TeachingWarehouse, model: str, outcome: str) -> dict[str, object]:
    """What one analysis says beside what was planted; of Model B also p from the last year before alone as base."""
    asked = specification(model, outcome)
    analysis = analyse(asked, warehouse, decisive_only=True)
    (result,) = analysis.results
    said = {each.name: each.verdict for each in result.checks}
    row = dataclasses.asdict(result.effect) | {name: said[check] for name, check in CHECKS.items()}
    exposed = result.cells[result.cells.role == "exposed"]
    row |= {"model": model, "outcome": outcome, "verdict": result.verdict.word}
    row["planted"] = planted_effect(warehouse.teaching, model, outcome, exposed)
    if model == "MODEL_B":
        short = dataclasses.replace(asked, estimator=dataclasses.replace(asked.estimator, base=1))
        row["p_short"] = chance.judged(outcome_sample(analysis.study, 0), short).p_value
    return row


@functools.cache
def _unchanging(built: Path) -> dict[str, pd.DataFrame]:
    warehouse = Warehouse(built)
    answers = unchanging(warehouse)
    warehouse.close()
    return answers


def of_seed(seed: int, built: Path) -> list[dict[str, object]]:
    """Every row of one draw."""
    teaching = TeachingWarehouse(seed, _unchanging(built))
    return [{"seed": seed} | found(teaching, *asked) for asked in ASKED]


def of_seeds(seeds: Sequence[int], built: Path) -> pd.DataFrame:
    """One row per draw, model and outcome, worked out by as many processes as there are processors."""
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # the processes share the processors
    fresh = multiprocessing.get_context("spawn")
    with mock.patch.dict(os.environ, one_thread), ProcessPoolExecutor(mp_context=fresh) as pool:
        rows = pool.map(of_seed, seeds, [built] * len(seeds), chunksize=5)
        return pd.DataFrame([row for each in rows for row in each])


def covered(runs: pd.DataFrame) -> pd.Series:
    """Whether each interval holds the planted effect."""
    return (runs.interval_low <= runs.planted) & (runs.planted <= runs.interval_high)


def of(runs: pd.DataFrame, model: str, outcome: str = "") -> pd.DataFrame:
    """The rows of one model on an outcome, by default the first that its truth is about."""
    return runs[(runs.model == model) & (runs.outcome == (outcome or FIRST[model]))]


def table(runs: pd.DataFrame) -> pd.DataFrame:
    """One row per model and outcome: means in the outcome's unit, and shares (0-1) of the draws."""
    rows = {}
    for asked in ASKED:
        each = of(runs, *asked)
        rows[asked] = {
            "planted": each.planted.mean(),
            "estimate": each.estimate.mean(),
            "bias": (each.estimate - each.planted).mean(),
            "coverage": covered(each).mean(),
            "p <= .05": (each.p_value <= 0.05).mean(),
            **{word: (each.verdict == word).mean() for word in WORDS},
            **{f"{name} failed": (each[name] == "failed").mean() for name in CHECKS},
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def trap(runs: pd.DataFrame) -> dict[str, float]:
    """Model B, adopted after a bad year: shares (0-1) of the draws in which each way of looking takes it for an effect."""
    mine = of(runs, "MODEL_B")
    return {
        "p <= .05 from the last year before alone": (mine.p_short <= 0.05).mean(),
        "p <= .05 from all earlier years, the default": (mine.p_value <= 0.05).mean(),
        "called evidence by the default": (mine.verdict == "evidence").mean(),
        "year before adoption found unusual": (mine.year_before != "held").mean(),
        "check on the year before adoption failed": (mine.year_before == "failed").mean(),
        "check on trends before adoption failed": (mine.trends == "failed").mean(),
    }


def report(runs: pd.DataFrame) -> str:
    """Both tables as text."""
    shown = table(runs).to_string(float_format="{:.3f}".format)
    lines = [f"{words}: {share:.1%}" for words, share in trap(runs).items()]
    head = f"{runs.seed.nunique()} draws of the teaching set, default specification, {DRAWS} placebos"
    return "\n".join([head, shown, "", "Model B, adopted after a bad year, shares of the draws:", *lines])


def built_in(folder: Path, *, seed: int = 1) -> Path:
    """A warehouse file built in a folder from the teaching set of a seed."""
    write(folder / "drawn", seed=seed)
    return build([folder / "drawn"], folder / "illustrative", illustrative=True).file


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as made:
        print(report(of_seeds(SEEDS, built_in(Path(made)))))


if __name__ == "__main__":
    main()
