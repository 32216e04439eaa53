"""One outcome's effect: the estimate and what chance could do, in the outcome's unit."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from analytics.estimators.sample import Sample
from analytics.inference import rule
from analytics.inference.permutation import PlaceboEstimates
from analytics.judgement import Judgement, judgement
from analytics.outcome import OutcomeSample, exposed_mean, pre_mean, pre_years
from analytics.spec import Specification
from analytics.terms import choices_of
from analytics.warehouse import Warehouse
from analytics.wording import counted, difference_unit, number_text, span_text, value_text

SCALES = {"%": (0.0, 100.0, "a percentage"), "grade": (1.0, 4.0, "a grade")}  # units with a least and a greatest figure
ROUNDING = 1e-9  # in the outcome's unit
DEFAULT_SMALLEST_SHARE = 0.20  # of the adopters' mean before, where a specification names no smallest effect


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
    """One outcome's estimate and what chance could do, in the outcome's unit.

    Attributes
    ----------
    pre_mean : of the adopters' figures before each one's own start; pre_years, the first and last of them
    smallest_named : whether the specification names the smallest effect of interest; else it is a fifth of `pre_mean`
    """

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
    method_sentence: str = ""
    overridden: bool = False
    beside: tuple[Judgement, ...] = ()
    pre_years: tuple[int, int] = (0, 0)
    smallest_named: bool = True


def indicators_of(warehouse: Warehouse) -> dict[str, Indicator]:
    """Indicators that have a figure, by id."""
    keep = [f.name for f in dataclasses.fields(Indicator)]
    rows = warehouse.ask("indicators")[keep].to_dict("records")
    return {row["indicator"]: Indicator(**row) for row in rows}


def smallest_effect_of_interest(named: float | None, pre_mean: float) -> float:
    """D: as the specification names it, else a fifth of the adopters' mean before."""
    return named if named is not None else DEFAULT_SMALLEST_SHARE * abs(pre_mean)


def choice_of(one: OutcomeSample, specification: Specification) -> rule.Choice:
    """The methods that judge an outcome."""
    return rule.chosen(
        specification.inference,
        specification.estimator.name,
        one.sample.slots.count,
        by_region=specification.estimator.year_effects == "region",
    )


def effect_of(
    one: OutcomeSample,
    estimates: PlaceboEstimates,
    first: Judgement,
    adjusted: float,
    specification: Specification,
    *,
    alone: bool = False,
) -> Effect:
    """The effect of one outcome from its estimates, the first method's judgement and p adjusted for the outcomes together.

    Parameters
    ----------
    alone : leave out the methods that stand beside the first
    """
    before, choice = pre_mean(one.sample), choice_of(one, specification)
    smallest = specification.smallest_effect(specification.outcomes[one.outcome])
    beside = () if alone else tuple(judgement(m, one, estimates, specification) for m in choice.beside)
    low, high = first.interval or (None, None)
    return Effect(
        float(estimates.real[0]),
        low,
        high,
        first.p_value,
        estimates.smallest_p,
        max(adjusted, first.p_value),
        one.sample.slots.count,
        int(one.sample.compared.sum()),
        int(one.sample.observed[one.sample.compared].any(0).sum()),
        before,
        float(estimates.spread[0]),
        float(estimates.minimum_detectable[0]),
        smallest_effect_of_interest(smallest, before),
        choice.first,
        estimates.placebo.shape[1],
        estimates.enumerated,
        first.note,
        choice.sentence,
        choice.overridden,
        beside,
        pre_years(one.sample),
        smallest is not None,
    )


def _own_mean(effect: Effect) -> str:
    if effect.n_treated == 1:
        return "the mean of the adopter’s figures before its start"
    return "the mean of the adopters’ figures before each one’s own start"


def mean_before(indicator: Indicator, effect: Effect) -> str:
    """'mean of the adopters’ figures before each one’s own start, 2013 to 2021: 45.5 per 10,000 children'."""
    mean = value_text(effect.pre_mean, indicator.unit, indicator.decimals)
    return f"{_own_mean(effect)}, {span_text(effect.pre_years)}: {mean}"


def placebos_text(effect: Effect, specification: Specification) -> str:
    """How many placebo adopters there were: all that are possible, or draws, and whether fewer than asked for."""
    if effect.enumerated:
        return f"every one of the {effect.draws:,} possible assignments"
    asked = specification.inference.draws
    fewer = f", the most for this estimator ({asked:,} were asked for)" if effect.draws < asked else ""
    return f"{effect.draws:,} draws{fewer}"


def method_line(effect: Effect, specification: Specification) -> str:
    """Estimator, comparators and how chance was judged, as they are called where they are chosen."""
    called = {kind: choices_of(kind) for kind in ("estimator", "pool", "inference")}
    judged = called["inference"][effect.method]
    return (
        f"estimated by “{called['estimator'][specification.estimator.name]}”; compared with "
        f"“{called['pool'][specification.comparators.pool]}” ({effect.n_comparators:,}); chance judged by “{judged}”; placebo "
        f"adopters: {placebos_text(effect, specification)}."
    )


def power_sentence(indicator: Indicator, effect: Effect) -> str:
    """What could be seen, said before the estimate."""
    share = ""
    if effect.pre_mean:
        mean = number_text(effect.pre_mean, indicator.decimals)
        share = f" ({effect.mde / abs(effect.pre_mean):.0%} of {mean}, {_own_mean(effect)})"
    unit = f" {difference_unit(indicator.unit)}"
    who = f"{counted(effect.n_treated, 'adopter')} and {counted(effect.n_comparators, 'comparator')}"
    seen = f"{number_text(effect.mde, indicator.decimals)}{unit}{share}"
    return f"With {who} a change of {seen} or more would be seen four times in five."


def beyond_sentence(indicator: Indicator, effect: Effect, sample: Sample) -> str:
    """Said where the estimate or its interval is a change that a bounded outcome cannot have made; '' elsewhere.

    The change is the adopters' mean after less what it would have been, and that too has its place on the scale.
    """
    figures = sample.values[0][sample.observed]
    least, greatest, scale = SCALES.get(indicator.unit, (-np.inf, np.inf, ""))
    if figures.min() < least or figures.max() > greatest:  # such as a change in per cent, which has no bounds
        return ""
    after, d = exposed_mean(sample), indicator.decimals
    low, high = after - greatest, after - least

    def beyond(*changes: float | None) -> bool:
        return any(c is not None and not low - ROUNDING <= c <= high + ROUNDING for c in changes)

    if not beyond(effect.estimate, effect.interval_low, effect.interval_high):
        return ""
    what = "The estimate itself lies" if beyond(effect.estimate) else "The interval reaches"
    return (
        f"{what} beyond what {scale} can change (the adopters’ mean after, {value_text(after, indicator.unit, d)}, leaves room "
        f"for changes of {number_text(low, d)} to {number_text(high, d)}): read it as “very uncertain”."
    )
