"""Staggered estimators: forty outcomes and their placebos by ours; one outcome by pyfixest, diff-diff and csdid, same panel."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.estimators import Sample, prepared
from analytics.estimators.aggregates import aggregate, simultaneous_bands
from analytics.estimators.callaway_santanna import group_time
from tests.benchmarks.estimation import AUTHORITIES, OUTCOMES, START, TREATED, YEARS, best_of, simulated

BANDS = 999  # multiplier draws
NAMES = ("callaway_santanna", "sun_abraham", "event_study")


def cut(sample: Sample, outcomes: int) -> Sample:
    """The first so many outcomes, nothing worked out yet."""
    return Sample(sample.values[:outcomes], sample.observed, sample.years, sample.weights, sample.slots, sample.treated)


def everything(sample: Sample) -> None:
    """Every effect, every mean of them, and bands over those by event time, cohort and year."""
    table = group_time(sample)
    for by in ("simple", "dynamic", "group", "calendar"):
        found = aggregate(table, by)
        if by != "simple":
            simultaneous_bands(found, draws=BANDS)


def drawn(count: int) -> np.ndarray:
    """Placebo assignments from the whole pool."""
    return np.random.default_rng(1).random((count, AUTHORITIES)).argsort(1)[:, : len(TREATED)]


def long_frame(sample: Sample) -> pd.DataFrame:
    """The first outcome as peers want it: exposure begins in the year of start, for they know no transition."""
    i, t = np.nonzero(sample.observed)
    first = np.zeros(AUTHORITIES, dtype=int)
    first[TREATED] = START
    frame = pd.DataFrame({"y": sample.values[0, i, t], "unit": i, "year": YEARS[t], "g": first[i]})
    since = (frame.year - frame.g).where((frame.g > 0) & (frame.year != frame.g - 1), -99)
    return frame.assign(since=since.astype(int))


def by_diff_diff(peer, frame: pd.DataFrame) -> Callable[[], object]:
    """Callaway and Sant'Anna, every mean, bootstrapped."""
    return lambda: peer.CallawaySantAnna(n_bootstrap=BANDS, seed=1).fit(
        frame, outcome="y", unit="unit", time="year", first_treat="g", aggregate="all"
    )


def by_csdid(peer, frame: pd.DataFrame) -> Callable[[], object]:
    """Callaway and Sant'Anna, every mean, bootstrapped; it prints what it finds."""

    def run() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            model = peer.ATTgt(yname="y", tname="year", idname="unit", gname="g", data=frame, biters=BANDS)
            model.fit(est_method="reg", bstrap=True)
            for by in ("simple", "dynamic", "group", "calendar"):
                model.aggte(typec=by)

    return run


def by_pyfixest(peer, frame: pd.DataFrame) -> Callable[[], object]:
    """Event-study regression with CR1."""
    return lambda: peer.feols("y ~ i(since, ref=-99) | unit + year", frame, vcov={"CRV1": "unit"})


def saturated(peer, frame: pd.DataFrame) -> Callable[[], object]:
    """Sun and Abraham with CR1."""
    columns = {"yname": "y", "idname": "unit", "tname": "year", "gname": "g"}
    return lambda: peer.event_study(frame, estimator="saturated", cluster="unit", **columns).aggregate()


PEERS = (
    ("Callaway-Sant'Anna, 1 outcome, every mean, 999 draws", "diff-diff", "diff_diff", by_diff_diff),
    ("Callaway-Sant'Anna, 1 outcome, every mean, 999 draws", "csdid", "csdid.att_gt", by_csdid),
    ("event-study regression, 1 outcome", "pyfixest", "pyfixest", by_pyfixest),
    ("Sun-Abraham, 1 outcome", "pyfixest", "pyfixest", saturated),
)


def peers(frame: pd.DataFrame) -> list[tuple[str, str, float]]:
    """What was timed, by whom, seconds; NaN for one that is not installed."""
    found = []
    for words, name, module, task in PEERS:
        try:
            run = task(importlib.import_module(module), frame)
        except ImportError:
            found.append((f"{words} (not installed: requirements-oracles.txt)", name, float("nan")))
            continue
        run()  # some compile on first use
        found.append((words, name, best_of(run)))
    return found


def rows() -> list[tuple[str, str, float]]:
    """What was timed, by whom, seconds."""
    found = []
    for words, missing in (("every cell", 0.0), ("3% of cells missing", 0.03)):
        sample, _ = simulated(missing=missing)
        for outcomes in (1, OUTCOMES):
            task = f"Callaway-Sant'Anna, {outcomes} outcome{'s' * (outcomes > 1)}, every mean, {BANDS} draws ({words})"
            found.append((task, "ours", best_of(lambda s=sample, k=outcomes: everything(cut(s, k)))))
        for name in NAMES:
            for count in (1, 999, 9999):
                who = TREATED[None] if count == 1 else drawn(count)
                task = f"{name}, {OUTCOMES} outcomes x {count:,} {'real' if count == 1 else 'placebos'} ({words})"
                found.append(
                    (
                        task,
                        "ours",
                        best_of(lambda n=name, s=sample, w=who: prepared(n, cut(s, OUTCOMES)).estimates(w)),
                    )
                )
    return found + peers(long_frame(simulated()[0]))


def main() -> None:
    """Print the table."""
    print(f"Staggered: {AUTHORITIES} authorities x {len(YEARS)} years, {len(TREATED)} adopters in 4 cohorts")
    print(f"{os.cpu_count()} processors")
    for words, name, seconds in rows():
        print(f"{name:<10} {seconds * 1000:>10,.1f} ms  {words}")


if __name__ == "__main__":
    main()
