"""Estimation: forty outcomes with 9,999 placebos by ours, one outcome by pyfixest, on the same panel in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.imputation import event_study
from analytics.inference.permutation import interval, p_values, placebo_estimates, placebos

AUTHORITIES, OUTCOMES, DRAWS = 152, 40, 9999
FITS = 49  # placebos that the peer is timed on: it fits each anew
YEARS = np.arange(2013, 2026)
TREATED = np.arange(0, 144, 12)
START = np.repeat([2016, 2017, 2018, 2019], 3)


def simulated(*, missing: float = 0.0) -> tuple[Sample, np.ndarray]:
    """A sample of forty outcomes (the real exposure as a 41st) and the authorities' sizes; serial correlation .7."""
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 6, (OUTCOMES, AUTHORITIES, len(YEARS)))
    for t in range(1, len(YEARS)):
        noise[..., t] = 0.7 * noise[..., t - 1] + np.sqrt(1 - 0.49) * noise[..., t]
    values = 60 + rng.normal(0, 15, (OUTCOMES, AUTHORITIES, 1)) + noise
    slots = Slots(START, START + 1)
    observed = rng.random((AUTHORITIES, len(YEARS))) >= missing
    sample = Sample(values, observed, YEARS, np.ones(AUTHORITIES), slots, TREATED)
    both = np.concatenate([values, sample.exposure[None]])
    return Sample(both, observed, YEARS, sample.weights, slots, TREATED), rng.uniform(8e3, 3e5, AUTHORITIES)


def best_of(task: Callable[[], object], times: int = 3) -> float:
    """Shortest of some runs, seconds: the least disturbed one."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        task()
        found.append(time.perf_counter() - start)
    return min(found)


def permuted(name: str, sample: Sample, size: np.ndarray, *, matched: bool) -> None:
    """Estimate, p and interval of every outcome, from nothing."""
    fresh = Sample(sample.values, sample.observed, sample.years, sample.weights, sample.slots, sample.treated)
    chance = placebos(size, fresh.treated, fresh.slots, matched=matched, draws=DRAWS, seed=1)
    found = placebo_estimates(prepared(name, fresh), fresh.treated, chance)
    p_values(found)
    for k in range(OUTCOMES):
        interval(found.real[k], found.placebo[k], found.response, enumerated=found.enumerated, level=0.95)


def long_frame(sample: Sample, outcome: int) -> pd.DataFrame:
    """One outcome as pyfixest wants it, transition years left out."""
    i, t = np.nonzero(sample.observed)
    first = np.zeros(AUTHORITIES)
    first[TREATED] = START + 1
    start = np.full(AUTHORITIES, 9999)
    start[TREATED] = START
    frame = pd.DataFrame({"y": sample.values[outcome, i, t], "unit": i, "year": YEARS[t], "g": first[i], "s": start[i]})
    frame = frame[(frame.year < frame.s) | (frame.year >= frame.g)]
    return frame.assign(exposed=((frame.g > 0) & (frame.year >= frame.g)).astype(float))


def rows() -> list[tuple[str, str, float]]:
    """What was timed, by whom, seconds."""
    found = []
    for words, missing in (("every cell", 0.0), ("3% of cells missing", 0.03)):
        sample, size = simulated(missing=missing)
        for name in ("imputation", "two_way", "two_by_two"):
            found.append(
                (
                    f"{name}, {OUTCOMES} outcomes x {DRAWS:,} size-matched placebos, p and interval ({words})",
                    "ours",
                    best_of(lambda n=name, s=sample, z=size: permuted(n, s, z, matched=True)),
                )
            )
    sample, size = simulated()
    found.append(
        (
            f"two_way, {OUTCOMES} outcomes x {DRAWS:,} placebos from the whole pool",
            "ours",
            best_of(lambda: permuted("two_way", sample, size, matched=False)),
        )
    )
    one = Sample(sample.values[:1], sample.observed, YEARS, sample.weights, sample.slots, TREATED)
    chance = placebos(size, TREATED, sample.slots, matched=True, draws=DRAWS, seed=1)
    found.append(
        (
            f"event study, 1 outcome x {DRAWS:,} placebos",
            "ours",
            best_of(lambda: event_study(one).quantities(chance.assignments)),
        )
    )
    found.append(
        (
            "two_way, 40 outcomes, estimate only",
            "ours",
            best_of(lambda: prepared("two_way", sample).estimates(TREATED[None])),
        )
    )
    return found + _pyfixest_rows(sample)


def _pyfixest_rows(sample: Sample) -> list[tuple[str, str, float]]:
    try:
        import pyfixest
    except ImportError:
        return [("pyfixest is not installed (requirements-oracles.txt): no peer was timed", "pyfixest", float("nan"))]
    frame = long_frame(sample, 0)
    ours = prepared("two_way", sample).estimates(TREATED[None])[0, 0]

    def fit():
        return pyfixest.feols("y ~ exposed | unit+year", frame, vcov={"CRV1": "unit"})

    theirs = fit().coef()["exposed"]
    assert abs(ours - theirs) < 1e-6, (ours, theirs)
    found = [("two_way, 1 outcome, estimate and CR1 (same estimate as ours)", "pyfixest", best_of(fit))]
    start = time.perf_counter()
    for _ in range(FITS):
        fit()
    found.append((f"two_way, 1 outcome x {FITS} placebos, one fit each", "pyfixest", time.perf_counter() - start))
    return found


def main() -> None:
    """Print the table."""
    print("Estimation, 152 authorities x 13 years, 12 adopters in 4 cohorts (simulated)")
    for words, who, seconds in rows():
        print(f"  {who:9} {seconds * 1000:9.1f} ms  {words}")


if __name__ == "__main__":
    main()
