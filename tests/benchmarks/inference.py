"""python -m tests.benchmarks.inference: errors by authority and draws for forty outcomes by ours, one outcome by pyfixest."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np

from analytics.estimators import Sample
from analytics.inference.cluster import cluster_inference
from analytics.inference.ferman_pinto import ferman_pinto
from analytics.inference.permutation import placebos
from analytics.inference.regression import regression, regression_names
from analytics.inference.studentised import studentised, studentised_test
from analytics.inference.wild_bootstrap import wild_restricted
from tests.benchmarks.estimation import DRAWS, OUTCOMES, TREATED, best_of, long_frame, simulated


def without_exposure(missing: float) -> tuple[Sample, np.ndarray]:
    """The forty outcomes alone, and sizes."""
    sample, size = simulated(missing=missing)
    return dataclasses.replace(sample, values=sample.values[:-1]), size


def clustered(name: str, sample: Sample) -> None:
    """CR1, CR2 with its degrees of freedom and CR3 of every outcome, from nothing."""
    design = regression(name, dataclasses.replace(sample)).design()
    for kind in ("cr1", "cr2", "cr3"):
        _ = cluster_inference(design, kind=kind).p_values


def rows() -> list[tuple[str, str, float]]:
    """What was timed, by whom, seconds."""
    found = []
    for words, missing in (("every cell", 0.0), ("3% of cells missing", 0.03)):
        sample, size = without_exposure(missing)
        for name in regression_names():
            found.append(
                (
                    f"{name}, {OUTCOMES} outcomes, CR1 + CR2 + CR3 ({words})",
                    best_of(lambda n=name, s=sample: clustered(n, s), 5),
                )
            )
        form = regression("two_way", sample)
        chance = placebos(size, TREATED, sample.slots, matched=False, draws=DRAWS, seed=1)
        tasks = {
            f"{OUTCOMES} outcomes, wild restricted, {DRAWS:,} draws": lambda s=sample: wild_restricted(
                regression("two_way", dataclasses.replace(s)).design(), draws=DRAWS, seed=1
            ).p_values(),
            f"{OUTCOMES} outcomes, permutation of t, {DRAWS:,} placebos": lambda f=form, c=chance: studentised(f, c),
            f"{OUTCOMES} outcomes, Ferman-Pinto, {DRAWS:,} draws": lambda s=sample, z=size: ferman_pinto(
                "two_way", s, z, draws=DRAWS, seed=1
            ),
        }
        if not missing:
            one = dataclasses.replace(form, values=form.values[:1])
            tasks["1 outcome, interval of the permutation of t"] = lambda f=one, c=chance: studentised_test(
                f, c, level=0.95
            )
            tasks["1 outcome, interval of the wild bootstrap"] = lambda f=one: wild_restricted(
                f.design(), draws=DRAWS, seed=1
            ).interval(0, 0.95)
        found += [(f"two_way, {what} ({words})", best_of(task, 2)) for what, task in tasks.items()]
    return [(what, "ours", seconds) for what, seconds in found] + _pyfixest_rows(without_exposure(0.0)[0])


def _pyfixest_rows(sample: Sample) -> list[tuple[str, str, float]]:
    try:
        import pyfixest
    except ImportError:
        return [("pyfixest is not installed (requirements-oracles.txt): no peer was timed", "pyfixest", float("nan"))]
    frame = long_frame(sample, 0)
    found = []
    for kind, ours in (("CRV1", "cr1"), ("CRV3", "cr3")):

        def fit(kind=kind):
            return pyfixest.feols("y ~ exposed | unit + year", frame, vcov={kind: "unit"})

        theirs = fit().se()["exposed"]
        mine = cluster_inference(regression("two_way", sample).design(), kind=ours).se[0]
        found.append((f"two_way, 1 outcome, {kind}: {theirs:.4f}, ours {mine:.4f}", "pyfixest", best_of(fit)))
    fitted = pyfixest.feols("y ~ exposed | unit + year", frame, vcov={"CRV1": "unit"})

    def wild():
        return fitted.wildboottest(param="exposed", cluster="unit", reps=DRAWS, seed=1)

    try:
        theirs = float(wild()["Pr(>|t|)"])
    except ImportError:
        return [*found, ("wildboottest is not installed: pyfixest's wild bootstrap was not timed", "pyfixest", np.nan)]
    mine = wild_restricted(regression("two_way", sample).design(), draws=DRAWS, seed=1).p_values()[0]
    words = f"two_way, 1 outcome, wild restricted, {DRAWS:,} draws: p {theirs:.4f}, ours {mine:.4f}"
    return [*found, (words, "pyfixest", best_of(wild))]


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    print("Inference, 152 authorities x 13 years, 12 adopters in 4 cohorts (simulated)")
    for words, who, seconds in rows():
        print(f"  {who:9} {seconds * 1000:9.1f} ms  {words}")


if __name__ == "__main__":
    main()
