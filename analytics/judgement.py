"""How likely chance alone is to give an estimate: p and interval by the method the rule puts first, others beside it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from analytics.chance import estimates_of, options_of
from analytics.errors import CannotEstimate
from analytics.inference import rule
from analytics.inference.cluster import cluster_inference
from analytics.inference.ferman_pinto import ferman_pinto
from analytics.inference.permutation import PlaceboEstimates, interval, p_values, placebos
from analytics.inference.regression import regression
from analytics.inference.studentised import studentised_test
from analytics.inference.wild_bootstrap import wild_restricted
from analytics.outcome import OutcomeSample
from analytics.spec import Specification

NO_INTERVAL = (
    "No {level:.0%} interval can be given: with {count} possible assignments p cannot fall low enough to bound one."
)
NO_END = "No {level:.0%} interval can be given: this test cannot rule out even very large changes."


@dataclass(frozen=True)
class Judgement:
    """One method's answer: p, interval (None with a note on why), or why it has no answer.

    Attributes
    ----------
    p_value : NaN where the method has no answer
    """

    method: str
    p_value: float
    interval: tuple[float, float] | None
    note: str = ""


def judgement(method: str, one: OutcomeSample, estimates: PlaceboEstimates, specification: Specification) -> Judgement:
    """One outcome judged by a method.

    Parameters
    ----------
    estimates : the outcome's estimates by the specification's own placebos
    """
    if method in ("size_matched", "permutation"):
        return _by_placebos(method, one, estimates, specification)
    try:
        return _METHODS[method](one, specification)
    except CannotEstimate as error:
        return Judgement(method, np.nan, None, str(error))


def _by_placebos(
    method: str, one: OutcomeSample, estimates: PlaceboEstimates, specification: Specification
) -> Judgement:
    if method != rule.placebo_pool(specification.inference):
        named = dataclasses.replace(specification.inference, name=method)
        estimates = estimates_of([one], dataclasses.replace(specification, inference=named))[0]
    level = specification.inference.level
    held = interval(
        float(estimates.real[0]),
        estimates.placebo[0],
        estimates.response,
        enumerated=estimates.enumerated,
        level=level,
    )
    note = "" if held else NO_INTERVAL.format(level=level, count=estimates.placebo.shape[1])
    return Judgement(method, float(p_values(estimates)[0]), held, note)


def _ends(found, level: float) -> tuple[tuple[float, float] | None, str]:
    """An interval as a pair, or a note that it has no end."""
    if found is None or not np.isfinite(found).all():
        return None, NO_END.format(level=level)
    return (float(found[0]), float(found[1])), ""


def _clustered(kind: str):
    def judged(one: OutcomeSample, specification: Specification) -> Judgement:
        found = cluster_inference(_design(one, specification), kind=kind)
        ends, note = _ends(found.interval(specification.inference.level)[0], specification.inference.level)
        return Judgement(kind, float(found.p_values[0]), ends, note)

    return judged


def _design(one: OutcomeSample, specification: Specification):
    return regression(specification.estimator.name, one.sample).design(comparators=one.sample.compared)


def _wild(one: OutcomeSample, specification: Specification) -> Judgement:
    chance = specification.inference
    found = wild_restricted(_design(one, specification), draws=chance.draws, seed=chance.seed)
    ends, note = _ends(found.interval(0, chance.level), chance.level)
    return Judgement("wild", float(found.p_values()[0]), ends, note)


def _studentised(one: OutcomeSample, specification: Specification) -> Judgement:
    asked, sample = specification.inference, one.sample
    chance = placebos(
        one.size,
        one.treated,
        sample.slots,
        matched=False,
        draws=asked.draws,
        seed=asked.seed,
        partners=sample.partners,
    )
    form = regression(specification.estimator.name, sample)
    given = {
        "comparators": chance.comparators,
        "real_comparators": sample.compared if sample.partners is not None else None,
    }
    found, (ends,) = studentised_test(form, chance, level=asked.level, **given)
    held, note = _ends(ends, asked.level)
    return Judgement("permutation_t", float(found.p_values[0]), held, note)


def _ferman_pinto(one: OutcomeSample, specification: Specification) -> Judgement:
    # The real comparators alone stand for chance here: whose neighbours they are does not matter.
    kept = np.union1d(np.flatnonzero(one.sample.compared), one.treated)
    cut = one.only(one.rows[kept])
    sample = dataclasses.replace(cut.sample, partners=None, strata=None)
    asked, name = specification.inference, specification.estimator.name
    found = ferman_pinto(name, sample, cut.size, draws=asked.draws, seed=asked.seed, **options_of(specification))
    p = max(
        float(found.p_values[0]), found.smallest_p
    )  # a share of draws: below one of them it can only be "less than"
    return Judgement("ferman_pinto", p, None, "This test gives p and no interval.")


_METHODS = {
    "cr2": _clustered("cr2"),
    "cr3": _clustered("cr3"),
    "wild": _wild,
    "permutation_t": _studentised,
    "ferman_pinto": _ferman_pinto,
}
