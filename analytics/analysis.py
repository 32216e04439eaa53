"""One analysis from specification to verdict: what could be seen, the effect, its checks."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics import checks as check
from analytics.errors import CannotEstimate
from analytics.estimators import Sample, prepared
from analytics.estimators.imputation import event_study, event_times
from analytics.inference import multiplicity, rule
from analytics.inference.permutation import PlaceboEstimates, interval, p_values, placebo_estimates, placebos
from analytics.outcome import OutcomeSample, balance, cells_of, means, outcome_sample, pre_mean
from analytics.panel import NO_ROW
from analytics.spec import Specification
from analytics.study import Study, study
from analytics.verdict import Evidence, Verdict, smallest_effect_of_interest, verdict_of
from analytics.warehouse import Warehouse
from analytics.wording import difference_unit

__all__ = ["Analysis", "Effect", "Indicator", "Result", "analyse", "indicators_of", "study"]


@dataclass(frozen=True)
class Indicator:
    """The outcome as the warehouse describes it."""

    indicator: str
    label: str
    unit: str
    decimals: int
    polarity: str
    theme: str = ""
    source: str = ""
    definition: str = ""


@dataclass(frozen=True)
class Effect:
    """One outcome's estimate and what chance could do, in the outcome's unit."""

    estimate: float
    interval_low: float | None
    interval_high: float | None
    p_value: float
    p_smallest: float
    p_adjusted: float
    n_treated: int
    n_comparators: int
    n_years: int
    pre_mean: float
    placebo_sd: float
    mde: float
    smallest_effect: float
    method: str
    draws: int
    enumerated: bool
    interval_note: str = ""


@dataclass(frozen=True)
class Result:
    """All that is shown of one outcome."""

    indicator: Indicator
    effect: Effect
    power_sentence: str
    event_study: pd.DataFrame
    means: pd.DataFrame
    balance: pd.DataFrame
    checks: tuple[check.CheckResult, ...]
    verdict: Verdict
    left_out: pd.DataFrame
    cells: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Analysis:
    """A study and the result of each of its outcomes."""

    study: Study
    results: tuple[Result, ...]

    @property
    def specification(self) -> Specification:
        """What was asked."""
        return self.study.specification


def indicators_of(warehouse: Warehouse) -> dict[str, Indicator]:
    """Indicators that have a figure, by id."""
    keep = [f.name for f in dataclasses.fields(Indicator)]
    rows = warehouse.ask("indicators")[keep].to_dict("records")
    return {row["indicator"]: Indicator(**row) for row in rows}


def _with_exposure(sample: Sample, values: np.ndarray) -> Sample:
    """The same sample with the real exposure as a last outcome (see placebo_estimates)."""
    return dataclasses.replace(sample, values=np.concatenate([values, sample.exposure[None]]))


def _groups(samples: list[OutcomeSample]) -> list[list[int]]:
    """Outcomes that share authorities, observed cells, weights and slots: one set of placebos and projections serves them."""
    groups: dict[tuple, list[int]] = {}
    for i, one in enumerate(samples):
        key = (
            one.rows.tobytes(),
            one.sample.observed.tobytes(),
            one.sample.weights.tobytes(),
            one.sample.slots.start.tobytes(),
            one.sample.slots.exposed.tobytes(),
        )
        groups.setdefault(key, []).append(i)
    return list(groups.values())


def estimates_of(samples: list[OutcomeSample], specification: Specification) -> list[PlaceboEstimates]:
    """Estimates of each outcome, real and placebo; outcomes with the same cells are estimated together."""
    found: list[PlaceboEstimates | None] = [None] * len(samples)
    choice, chance_by = specification.estimator, specification.inference
    matched = rule.placebo_pool(chance_by) == "size_matched"
    for group in _groups(samples):
        first = samples[group[0]]
        values = np.concatenate([samples[i].sample.values for i in group])
        sample = _with_exposure(first.sample, values)
        chance = placebos(
            first.size, first.treated, sample.slots, matched=matched, draws=chance_by.draws, seed=chance_by.seed
        )
        both = placebo_estimates(prepared(choice.name, sample, base=choice.base), first.treated, chance)
        for place, i in enumerate(group):
            found[i] = dataclasses.replace(both, real=both.real[[place]], placebo=both.placebo[[place]])
    return found


def _adjusted(p: np.ndarray, samples: list[OutcomeSample], specification: Specification) -> np.ndarray:
    """p adjusted for the outcomes tested together, by the family asked for."""
    family = specification.inference.family
    if len(p) == 1 or family == "none":
        return p
    if family == "bh":
        return multiplicity.benjamini_hochberg(p)
    together = _on_common_pool(samples, specification) if family == "max_t" else None
    if together is None:
        return multiplicity.holm(p)
    return multiplicity.max_t(
        np.concatenate([e.real for e in together]),
        np.concatenate([e.placebo for e in together]),
        np.concatenate([e.spread for e in together]),
        enumerated=together[0].enumerated,
    )


def _on_common_pool(samples: list[OutcomeSample], specification: Specification) -> list[PlaceboEstimates] | None:
    """Every outcome's estimates under the same placebos, from the authorities that all of them can use.

    None where that would lose an adopter, or where a placebo cannot be estimated in every outcome: max-t needs them
    all, so Holm serves.
    """
    common = functools.reduce(np.intersect1d, [one.rows for one in samples])
    kept = [one.only(common) for one in samples]
    if any(cut.sample.slots.count < one.sample.slots.count for cut, one in zip(kept, samples, strict=True)):
        return None
    if len({cut.sample.slots.count for cut in kept}) > 1:
        return None
    estimates = estimates_of(kept, specification)
    whole = all(not e.struck and (e.spread > 0).all() for e in estimates)
    return estimates if whole else None


def _event_estimates(
    one: OutcomeSample, specification: Specification
) -> tuple[np.ndarray, PlaceboEstimates, np.ndarray]:
    """Event times that can be estimated, their estimates real and placebo, and how many adopters each rests on."""
    sample = one.sample
    chance = placebos(
        one.size,
        one.treated,
        sample.slots,
        matched=rule.placebo_pool(specification.inference) == "size_matched",
        draws=specification.inference.draws,
        seed=specification.inference.seed,
    )
    fit, times = event_study(sample), event_times(sample)
    real = fit.quantities(one.treated[None])[0, :, 0]
    placebo = fit.quantities(chance.assignments)[0]
    adopters = np.array([_adopters_at(sample, e) for e in times])
    held = np.isfinite(real) & (adopters > 0)
    # A placebo may lack the figures of some event times: NaN there, and it counts at the others.
    answer = PlaceboEstimates(
        real[held], placebo[held], np.zeros(placebo.shape[1]), chance.real, chance.enumerated, struck=0
    )
    return times[held], answer, adopters[held]


def _adopters_at(sample: Sample, event_time: int) -> int:
    """How many adopters have an untreated or exposed figure at an event time."""
    count = 0
    for slot, row in enumerate(sample.treated):
        kind = sample.slots.kind[slot]
        meant = (sample.before(kind) | sample.after(kind)) & (sample.years - sample.slots.kinds[kind, 1] == event_time)
        count += bool((sample.observed[row] & meant).any())
    return count


def _band(gaps: PlaceboEstimates, level: float) -> np.ndarray:
    """E: half-width of the simultaneous band over all event times (methods.md, Many at once).

    NaN where fewer than two placebos have the figures, or all of them show the same gap.
    """
    others = gaps.placebo[:, ~gaps.is_real] if gaps.enumerated else gaps.placebo
    varies = np.array([_varies(row[np.isfinite(row)]) for row in others])
    width = np.full(len(gaps.real), np.nan)
    if not varies.any():
        return width
    spread = np.nanstd(others[varies], axis=1, ddof=1)
    scaled = np.abs(gaps.placebo[varies]) / spread[:, None]
    largest = np.where(np.isfinite(scaled), scaled, -np.inf).max(axis=0)
    largest = largest[np.isfinite(largest)]
    everyone = np.sort(largest if gaps.enumerated else np.append(largest, (np.abs(gaps.real[varies]) / spread).max()))
    place = int(np.ceil(level * len(everyone) - 1e-9)) - 1
    width[varies] = everyone[min(place, len(everyone) - 1)] * spread
    return width


def _varies(values: np.ndarray) -> bool:
    """Whether there are two or more values that differ by more than rounding."""
    return len(values) > 1 and np.ptp(values) > 1e-12 * max(1.0, np.abs(values).max())


NO_INTERVAL = (
    "No {level:.0%} interval can be given: with {count} possible assignments p cannot fall low enough to bound one."
)


def _power_sentence(indicator: Indicator, effect: Effect) -> str:
    share = f" ({effect.mde / abs(effect.pre_mean):.0%} of their mean before)" if effect.pre_mean else ""
    unit = f" {difference_unit(indicator.unit)}"
    who = "1 adopter" if effect.n_treated == 1 else f"{effect.n_treated} adopters"
    return (
        f"With {who} and {effect.n_comparators} comparators a change of {effect.mde:.{indicator.decimals}f}{unit}{share} or more "
        "would be seen four times in five."
    )


def _effect(
    one: OutcomeSample, estimates: PlaceboEstimates, p: float, adjusted: float, specification: Specification
) -> Effect:
    inference = specification.inference
    held = interval(
        float(estimates.real[0]),
        estimates.placebo[0],
        estimates.response,
        enumerated=estimates.enumerated,
        level=inference.level,
    )
    before = pre_mean(one.sample)
    name = rule.placebo_pool(inference)
    note = "" if held else NO_INTERVAL.format(level=inference.level, count=estimates.placebo.shape[1])
    return Effect(
        float(estimates.real[0]),
        *(held or (None, None)),
        p,
        estimates.smallest_p,
        adjusted,
        one.sample.slots.count,
        len(one.rows) - one.sample.slots.count,
        int(one.sample.observed.any(0).sum()),
        before,
        float(estimates.spread[0]),
        float(estimates.minimum_detectable[0]),
        smallest_effect_of_interest(specification.estimator.smallest_effect, before),
        name,
        estimates.placebo.shape[1],
        estimates.enumerated,
        note,
    )


def _checks(
    found: Study,
    one: OutcomeSample,
    effect: Effect,
    indicator: Indicator,
    cells: pd.DataFrame,
    times: np.ndarray,
    gaps: PlaceboEstimates,
) -> tuple[check.CheckResult, ...]:
    before = times < (one.sample.slots.start - one.sample.slots.exposed).max()
    listed = cells[cells.status != NO_ROW]
    results = [
        check.pre_trends(
            gaps,
            times.astype(float),
            before,
            effect=effect.estimate,
            smallest_effect=effect.smallest_effect,
            decimals=indicator.decimals,
            unit=difference_unit(indicator.unit),
        ),
        check.suppression(listed[["group", "status"]]),
    ]
    if found.register_use is not None:
        results.append(check.contaminated_comparators(found.register_use))
    return tuple(results)


def _result(found: Study, one: OutcomeSample, effect: Effect, indicator: Indicator) -> Result:
    specification = found.specification
    times, gaps, adopters = _event_estimates(one, specification)
    width = _band(gaps, specification.inference.level)
    events = pd.DataFrame(
        {
            "event_time": times,
            "estimate": gaps.real,
            "band_low": gaps.real - width,
            "band_high": gaps.real + width,
            "n_treated": adopters,
        }
    )
    cells = cells_of(found, one)
    results = _checks(found, one, effect, indicator, cells, times, gaps)
    verdict = verdict_of(
        Evidence(
            effect.estimate,
            None if effect.interval_low is None else (effect.interval_low, effect.interval_high),
            effect.p_adjusted,
            effect.p_smallest,
            effect.mde,
            effect.smallest_effect,
            specification.inference.level,
            indicator.unit,
            indicator.decimals,
            indicator.polarity,
        ),
        results,
    )
    if found.illustrative:
        verdict = dataclasses.replace(verdict, sentence=f"Illustrative: {verdict.sentence}")
    return Result(
        indicator,
        effect,
        _power_sentence(indicator, effect),
        events,
        means(one),
        balance(one),
        results,
        verdict,
        one.left_out,
        cells,
    )


def analyse(specification: Specification, warehouse: Warehouse) -> Analysis:
    """The whole analysis: the same numbers for the page, the command line and a report.

    Raises
    ------
    PracticeError : see `study` and `outcome_sample`
    """
    found = study(specification, warehouse)
    known = indicators_of(warehouse)
    samples = [outcome_sample(found, k) for k in range(len(specification.outcomes))]
    estimates = estimates_of(samples, specification)
    _refuse_unestimated(estimates, specification)
    p = np.array([p_values(e)[0] for e in estimates])
    adjusted = _adjusted(p, samples, specification)
    effects = [
        _effect(one, e, float(p[i]), float(adjusted[i]), specification)
        for i, (one, e) in enumerate(zip(samples, estimates, strict=True))
    ]
    return Analysis(
        found,
        tuple(
            _result(found, one, effect, known[specification.outcomes[one.outcome]])
            for one, effect in zip(samples, effects, strict=True)
        ),
    )


def _refuse_unestimated(estimates: list[PlaceboEstimates], specification: Specification) -> None:
    for outcome, one in zip(specification.outcomes, estimates, strict=True):
        if not np.isfinite(one.real).all():
            base = specification.estimator.base
            raise CannotEstimate(
                f"{outcome}: {specification.estimator.name} has nothing to estimate from"
                + (f" with the year {base} before the start as its base" if base != "all_pre" else "")
                + ". Widen the window or choose another base."
            )
        if one.placebo.shape[1] < 2 or not one.spread[0] > 0:
            raise CannotEstimate(
                f"{outcome}: every placebo gives the same figure, so chance cannot be judged. The outcome may be constant, "
                "or too few authorities are in the comparison."
            )
