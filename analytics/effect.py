"""One outcome's effect: the estimate and what chance could do, in the outcome's unit."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from analytics.inference import rule
from analytics.inference.permutation import PlaceboEstimates, interval
from analytics.outcome import OutcomeSample, pre_mean
from analytics.spec import Specification
from analytics.warehouse import Warehouse
from analytics.wording import counted, difference_unit, number_text

NO_INTERVAL = (
    "No {level:.0%} interval can be given: with {count} possible assignments p cannot fall low enough to bound one."
)

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


def indicators_of(warehouse: Warehouse) -> dict[str, Indicator]:
    """Indicators that have a figure, by id."""
    keep = [f.name for f in dataclasses.fields(Indicator)]
    rows = warehouse.ask("indicators")[keep].to_dict("records")
    return {row["indicator"]: Indicator(**row) for row in rows}


def smallest_effect_of_interest(named: float | None, pre_mean: float) -> float:
    """D: as the specification names it, else a fifth of the adopters' mean before."""
    return named if named is not None else DEFAULT_SMALLEST_SHARE * abs(pre_mean)


def effect_of(
    one: OutcomeSample, estimates: PlaceboEstimates, p: float, adjusted: float, specification: Specification
) -> Effect:
    """The effect of one outcome from its estimates, its p and its p adjusted for the outcomes judged together."""
    inference = specification.inference
    held = interval(
        float(estimates.real[0]),
        estimates.placebo[0],
        estimates.response,
        enumerated=estimates.enumerated,
        level=inference.level,
    )
    before = pre_mean(one.sample)
    note = "" if held else NO_INTERVAL.format(level=inference.level, count=estimates.placebo.shape[1])
    return Effect(
        float(estimates.real[0]),
        *(held or (None, None)),
        p,
        estimates.smallest_p,
        adjusted,
        one.sample.slots.count,
        int(one.sample.compared.sum()),
        int(one.sample.observed[one.sample.compared].any(0).sum()),
        before,
        float(estimates.spread[0]),
        float(estimates.minimum_detectable[0]),
        smallest_effect_of_interest(specification.estimator.smallest_effect, before),
        rule.chosen(inference),
        estimates.placebo.shape[1],
        estimates.enumerated,
        note,
    )


def power_sentence(indicator: Indicator, effect: Effect) -> str:
    """What could be seen, said before the estimate."""
    share = f" ({effect.mde / abs(effect.pre_mean):.0%} of their mean before)" if effect.pre_mean else ""
    unit = f" {difference_unit(indicator.unit)}"
    who = f"{counted(effect.n_treated, 'adopter')} and {counted(effect.n_comparators, 'comparator')}"
    seen = f"{number_text(effect.mde, indicator.decimals)}{unit}{share}"
    return f"With {who} a change of {seen} or more would be seen four times in five."
