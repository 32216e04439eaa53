"""What chance gives: estimates of real and placebo adopters for each outcome, and p for several outcomes together."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from analytics.errors import CannotEstimate
from analytics.estimators import Sample, prepared
from analytics.estimators.registry import Prepared
from analytics.inference import multiplicity, rule
from analytics.inference.permutation import (
    MOST_ENUMERATED,
    PlaceboEstimates,
    Placebos,
    p_values,
    placebo_estimates,
    placebos,
)
from analytics.outcome import OutcomeSample
from analytics.spec import Inference, Specification
from analytics.terms import choices_of


def with_exposure(sample: Sample) -> Sample:
    """The same sample with the real exposure as a last outcome (see placebo_estimates)."""
    return dataclasses.replace(sample, values=np.concatenate([sample.values, sample.exposure[None]]))


ROUNDING = 1e-12  # of the outcome's largest figure
MOST_DRAWN = {"synthetic_did": 999}  # estimators that solve every placebo anew


def placebos_of(
    one: OutcomeSample, inference: Inference, estimator: str = "imputation", *, most: int = MOST_ENUMERATED
) -> Placebos:
    """Placebo assignments of one outcome's sample; fewer draws than asked where the estimator is slow."""
    return placebos(
        one.size,
        one.treated,
        one.sample.slots,
        matched=rule.placebo_pool(inference) == "size_matched",
        draws=min(inference.draws, MOST_DRAWN.get(estimator, inference.draws)),
        seed=inference.seed,
        partners=one.sample.partners,
        most=most,
    )


def _bytes(array: np.ndarray | None) -> bytes:
    return b"" if array is None else array.tobytes()


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
            _bytes(one.sample.partners),
            _bytes(one.sample.strata),
        )
        groups.setdefault(key, []).append(i)
    return list(groups.values())


def estimates_of(
    samples: list[OutcomeSample], specification: Specification, *, most: int = MOST_ENUMERATED
) -> list[PlaceboEstimates]:
    """Estimates of each outcome, real and placebo; outcomes with the same cells are estimated together.

    Parameters
    ----------
    most : up to how many assignments are all taken; where there are more, the specification's draws
    """
    found: list[PlaceboEstimates | None] = [None] * len(samples)
    for group in _groups(samples):
        first = samples[group[0]]
        values = np.concatenate([samples[i].sample.values for i in group])
        sample = with_exposure(dataclasses.replace(first.sample, values=values))
        chance = placebos_of(first, specification.inference, specification.estimator.name, most=most)
        both = placebo_estimates(estimator_of(sample, specification), first.treated, chance)
        for place, i in enumerate(group):
            least = ROUNDING * np.abs(samples[i].sample.filled).max()
            real, placebo = (_settled(each[[place]], least) for each in (both.real, both.placebo))
            found[i] = dataclasses.replace(both, real=real, placebo=placebo)
    return found


def _settled(estimates: np.ndarray, least: float) -> np.ndarray:
    """Estimates, 0 where they are smaller than rounding leaves: a constant outcome must not look as if it varied."""
    return np.where(np.abs(estimates) <= least, 0.0, estimates)


def options_of(specification: Specification) -> dict[str, object]:
    """The options of a specification that its estimator knows."""
    choice = specification.estimator
    if choice.name == "imputation":
        return {"base": choice.base, "average": choice.average}
    if choice.name == "callaway_santanna":
        return {"comparison": choice.comparison, "base_period": choice.base_period}
    return {}


def estimator_of(sample: Sample, specification: Specification) -> Prepared:
    """The estimator that a specification names, ready for a sample."""
    return prepared(specification.estimator.name, sample, **options_of(specification))


@dataclasses.dataclass(frozen=True)
class Family:
    """How outcomes that are tested together are adjusted.

    Attributes
    ----------
    name : max_t, holm, bh or none, as it was done: max_t falls back to holm (see `family_of`)
    samples, estimates : of max_t alone, every outcome cut to the authorities that all can use, and what was estimated from it
    """

    name: str
    samples: tuple[OutcomeSample, ...] = ()
    estimates: tuple[PlaceboEstimates, ...] = ()


def family_of(samples: list[OutcomeSample], specification: Specification) -> Family:
    """How these outcomes are adjusted together.

    Max-t needs every outcome's estimates under the same placebos, from the authorities that all of them can use. Where that
    would lose an adopter, or where a placebo cannot be estimated in every outcome, Holm serves.
    """
    name = specification.inference.family
    if len(samples) == 1 or name != "max_t":
        return Family("none" if len(samples) == 1 else name)
    common = functools.reduce(np.intersect1d, [one.rows for one in samples])
    kept = [one.only(common) for one in samples]
    loses = any(cut.sample.slots.count < one.sample.slots.count for cut, one in zip(kept, samples, strict=True))
    if loses or len({cut.sample.slots.count for cut in kept}) > 1:
        return Family("holm")
    estimates = estimates_of(kept, specification)
    whole = all(not e.struck and (e.spread > 0).all() for e in estimates)
    return Family("max_t", tuple(kept), tuple(estimates)) if whole else Family("holm")


def adjusted(p: np.ndarray, samples: list[OutcomeSample], specification: Specification) -> np.ndarray:
    """p adjusted for the outcomes tested together, by the family asked for."""
    family = family_of(samples, specification)
    if family.name == "none":
        return p
    if family.name == "bh":
        return multiplicity.benjamini_hochberg(p)
    if family.name == "holm":
        return multiplicity.holm(p)
    together = family.estimates
    return multiplicity.max_t(
        np.concatenate([e.real for e in together]),
        np.concatenate([e.placebo for e in together]),
        np.concatenate([e.spread for e in together]),
        enumerated=together[0].enumerated,
    )


def why_unestimated(one: PlaceboEstimates, specification: Specification) -> str:
    """Sentence on an outcome that has no estimate, or whose chance cannot be judged; '' where all is well."""
    if not np.isfinite(one.real).all():
        base = specification.estimator.base
        return (
            f"“{choices_of('estimator')[specification.estimator.name]}” has nothing to estimate from"
            + (f" where the only base is the year {base} before the start" if isinstance(base, int) else "")
            + ". Widen the window or choose another base."
        )
    if one.placebo.shape[1] >= 2 and one.spread[0] > 0:
        return ""
    nobody_near = specification.comparators.pool == "statistical_neighbours" and one.placebo.shape[1] < 2
    return "every placebo gives the same figure, so chance cannot be judged. " + (
        "Hardly any other authority keeps a statistical neighbour that may be compared: choose another pool."
        if nobody_near
        else "The outcome may be constant, or too few authorities are in the comparison."
    )


@dataclasses.dataclass(frozen=True)
class Judged:
    """One estimate with the p that placebos give it, and what it rests on."""

    estimate: float
    p_value: float
    placebo_sd: float
    n_treated: int
    n_comparators: int


def judged(one: OutcomeSample, specification: Specification, *, most: int = MOST_ENUMERATED) -> Judged:
    """One outcome's estimate, judged by placebos.

    Parameters
    ----------
    most : up to how many assignments are all taken

    Raises
    ------
    CannotEstimate : nothing to estimate from, or chance cannot be judged
    """
    found = estimates_of([one], specification, most=most)[0]
    why = why_unestimated(found, specification)
    if why:
        raise CannotEstimate(why, specification.outcomes[one.outcome])
    return Judged(
        float(found.real[0]),
        float(p_values(found)[0]),
        float(found.spread[0]),
        one.sample.slots.count,
        int(one.sample.compared.sum()),
    )
