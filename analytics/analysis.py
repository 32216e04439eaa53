"""One analysis from specification to verdict: what could be seen, the effect, its checks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics import chance
from analytics.checks import Case, CheckResult, results_of
from analytics.effect import Effect, Indicator, beyond_sentence, choice_of, effect_of, indicators_of, power_sentence
from analytics.errors import CannotEstimate
from analytics.gaps import gaps_of
from analytics.inference.permutation import PlaceboEstimates
from analytics.judgement import judgement
from analytics.outcome import OutcomeSample, balance, cells_of, fell_out, means, outcome_sample
from analytics.spec import Specification
from analytics.study import Study, study
from analytics.verdict import Evidence, Verdict, verdict_of
from analytics.warehouse import Warehouse

__all__ = ["Analysis", "Effect", "Indicator", "Result", "Survey", "analyse", "indicators_of", "study", "survey"]

SURVEY_DRAWS = (
    999  # placebos of the gap by year where many outcomes are looked at: p of its trend is known to about .015
)


@dataclass(frozen=True)
class Result:
    """All that is shown of one outcome.

    Attributes
    ----------
    fell_out : who of the study's adopters and comparators is not in this estimate, and why; '' where all are
    caution : what must be read beside the interval, '' for nothing
    """

    indicator: Indicator
    effect: Effect
    power_sentence: str
    event_study: pd.DataFrame
    means: pd.DataFrame
    balance: pd.DataFrame
    checks: tuple[CheckResult, ...]
    verdict: Verdict
    left_out: pd.DataFrame
    cells: pd.DataFrame = field(repr=False)
    level: float = 0.95
    illustrative: bool = False
    matches: pd.DataFrame | None = None
    fell_out: str = ""
    caution: str = ""

    def judged_again(self, effect: Effect) -> Verdict:
        """The verdict on the same checks with another p, as when more results are looked at together."""
        return _verdict(effect, self.indicator, self.level, self.checks, illustrative=self.illustrative)


@dataclass(frozen=True)
class Analysis:
    """A study and the result of each of its outcomes."""

    study: Study
    results: tuple[Result, ...]

    @property
    def specification(self) -> Specification:
        """What was asked."""
        return self.study.specification


def _result(
    found: Study,
    one: OutcomeSample,
    estimates: PlaceboEstimates,
    effect: Effect,
    indicator: Indicator,
    *,
    decisive_only: bool,
) -> Result:
    specification = found.specification
    inference = specification.inference
    if decisive_only:
        inference = dataclasses.replace(inference, draws=min(inference.draws, SURVEY_DRAWS))
    gaps = gaps_of(one, inference)
    cells = cells_of(found, one)
    case = Case(found, one, indicator, effect, estimates, gaps, cells)
    results = results_of(case, decisive_only=decisive_only)
    level = specification.inference.level
    return Result(
        indicator,
        effect,
        power_sentence(indicator, effect),
        gaps.table(level),
        means(one),
        balance(one),
        results,
        _verdict(effect, indicator, level, results, illustrative=found.illustrative),
        one.left_out,
        cells,
        level,
        found.illustrative,
        _named(found, one.matches),
        fell_out(found, one),
        beyond_sentence(indicator, effect, one.sample),
    )


def _named(found: Study, matches: pd.DataFrame | None) -> pd.DataFrame | None:
    """Matches with names: treated, comparator, rank, distance; None where the pool is another."""
    if matches is None:
        return None
    names = dict(zip(found.panel.areas, found.panel.names, strict=True))
    return matches.assign(treated=matches.treated.map(names), comparator=matches.comparator.map(names))


def _verdict(
    effect: Effect, indicator: Indicator, level: float, checks: tuple[CheckResult, ...], *, illustrative: bool
) -> Verdict:
    verdict = verdict_of(_evidence(effect, indicator, level), checks)
    return dataclasses.replace(verdict, sentence=f"Illustrative: {verdict.sentence}") if illustrative else verdict


def _evidence(effect: Effect, indicator: Indicator, level: float) -> Evidence:
    return Evidence(
        effect.estimate,
        None if effect.interval_low is None else (effect.interval_low, effect.interval_high),
        effect.p_adjusted,
        effect.p_smallest,
        effect.mde,
        effect.smallest_effect,
        level,
        indicator.unit,
        indicator.decimals,
        indicator.polarity,
        effect.smallest_named,
    )


def analyse(
    specification: Specification, warehouse: Warehouse, *, found: Study | None = None, decisive_only: bool = False
) -> Analysis:
    """The whole analysis: the same numbers for the page, the command line and a report.

    Parameters
    ----------
    found : the specification's study, where it is known already
    decisive_only : make only the checks that can decide a verdict

    Raises
    ------
    PracticeError : see `study` and `outcome_sample`
    """
    found = found or study(specification, warehouse)
    samples = [outcome_sample(found, k) for k in range(len(specification.outcomes))]
    estimates = chance.estimates_of(samples, specification)
    for one, placebo in zip(samples, estimates, strict=True):
        why = chance.why_unestimated(placebo, specification)
        if why:
            raise CannotEstimate(why, specification.outcomes[one.outcome])
    return Analysis(found, _results(found, samples, estimates, indicators_of(warehouse), decisive_only=decisive_only))


@dataclass(frozen=True)
class Survey:
    """Many outcomes judged together, as an exploration, and those that could not be.

    Attributes
    ----------
    refused : outcome, label, reason
    """

    analysis: Analysis
    refused: pd.DataFrame


def survey(
    specification: Specification, warehouse: Warehouse, *, progress: Callable[[float], None] = lambda share: None
) -> Survey:
    """Every outcome of a specification that can be judged, by the checks that decide a verdict, and why others cannot be.

    Parameters
    ----------
    progress : told the share done

    Raises
    ------
    CannotEstimate : none of the outcomes can be judged
    """
    found = study(specification, warehouse)
    known = indicators_of(warehouse)
    samples, refused = [], []
    for k, outcome in enumerate(specification.outcomes):
        try:
            samples.append(outcome_sample(found, k))
        except CannotEstimate as error:
            refused.append((outcome, known[outcome].label, error.reason))
    estimates = chance.estimates_of(samples, specification)
    whys = [chance.why_unestimated(placebo, specification) for placebo in estimates]
    for one, why in zip(samples, whys, strict=True):
        if why:
            outcome = specification.outcomes[one.outcome]
            refused.append((outcome, known[outcome].label, why))
    kept = [i for i, why in enumerate(whys) if not why]
    if not kept:
        raise _none_of(refused)
    samples, estimates = [samples[i] for i in kept], [estimates[i] for i in kept]
    results = _results(found, samples, estimates, known, decisive_only=True, progress=progress)
    return Survey(Analysis(found, results), pd.DataFrame(refused, columns=["outcome", "label", "reason"]))


def _none_of(refused: list[tuple[str, str, str]]) -> CannotEstimate:
    """What to raise where no outcome (id, label, reason) can be judged."""
    if len(refused) == 1:
        return CannotEstimate(refused[0][2], refused[0][0])
    return CannotEstimate(
        "None of these outcomes can be judged. " + " ".join(f"{label}: {reason}" for _, label, reason in refused[:3])
    )


def _results(
    found: Study,
    samples: list[OutcomeSample],
    estimates: list[PlaceboEstimates],
    known: dict[str, Indicator],
    *,
    decisive_only: bool,
    progress: Callable[[float], None] = lambda share: None,
) -> tuple[Result, ...]:
    specification = found.specification
    first = [
        judgement(choice_of(one, specification).first, one, placebo, specification)
        for one, placebo in zip(samples, estimates, strict=True)
    ]
    p = np.array([each.p_value for each in first])
    adjusted = chance.adjusted(p, samples, specification)
    results = []
    for i, (one, placebo) in enumerate(zip(samples, estimates, strict=True)):
        effect = effect_of(one, placebo, first[i], float(adjusted[i]), specification, alone=decisive_only)
        indicator = known[specification.outcomes[one.outcome]]
        results.append(_result(found, one, placebo, effect, indicator, decisive_only=decisive_only))
        progress((i + 1) / len(samples))
    return tuple(results)
