"""The gap between adopters and comparators by year since adoption, with a band over all years at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.chance import placebos_of
from analytics.estimators import Sample
from analytics.estimators.imputation import event_study, event_times
from analytics.inference.permutation import PlaceboEstimates
from analytics.outcome import OutcomeSample
from analytics.spec import Inference


@dataclass(frozen=True)
class Gaps:
    """Gaps at E event times (years since first exposed).

    Attributes
    ----------
    times : E; estimates : one "outcome" an event time, real and placebo; adopters : E, how many each rests on
    before : E, True where before any start; in_effect : E, True where within the lag that makes up the effect
    weights : E, sum of the adopters' weights at each
    """

    times: np.ndarray
    estimates: PlaceboEstimates
    adopters: np.ndarray
    before: np.ndarray
    in_effect: np.ndarray
    weights: np.ndarray

    def table(self, level: float) -> pd.DataFrame:
        """event_time, estimate, band_low, band_high, n_treated; the band holds all event times at once."""
        width = band(self.estimates, level)
        return pd.DataFrame(
            {
                "event_time": self.times,
                "estimate": self.estimates.real,
                "band_low": self.estimates.real - width,
                "band_high": self.estimates.real + width,
                "n_treated": self.adopters,
            }
        )


def gaps_of(one: OutcomeSample, inference: Inference) -> Gaps:
    """Gaps of one outcome by imputation, all earlier years the base, real and placebo."""
    sample = one.sample
    chance = placebos_of(one, inference)
    fit, times = event_study(sample), event_times(sample)
    real = fit.quantities(one.treated[None], chance.real_comparators)[0, :, 0]
    placebo = fit.quantities(chance.assignments, chance.comparators)[0]
    there = np.array([_adopters_at(sample, e) for e in times])
    adopters = there.sum(1)
    held = np.isfinite(real) & (adopters > 0)
    # A placebo may lack the figures of some event times: NaN there, and it counts at the others.
    answer = PlaceboEstimates(
        real[held], placebo[held], np.zeros(placebo.shape[1]), chance.real, chance.enumerated, struck=0
    )
    before = times[held] < (sample.slots.start - sample.slots.exposed).max()
    first, last = sample.slots.lag
    in_effect = (times >= first) & (times <= (np.inf if last is None else last))
    weights = there @ sample.weights[sample.treated]
    return Gaps(times[held], answer, adopters[held], before, in_effect[held], weights[held])


def _adopters_at(sample: Sample, event_time: int) -> np.ndarray:
    """n, whether each adopter has an untreated or exposed figure at an event time."""
    there = np.zeros(sample.slots.count, dtype=bool)
    for slot, row in enumerate(sample.treated):
        kind = sample.slots.kind[slot]
        here = sample.years - sample.slots.kinds[kind, 1] == event_time
        meant = (sample.before(kind) | sample.exposed_years(kind)) & here
        there[slot] = (sample.observed[row] & meant).any()
    return there


def band(gaps: PlaceboEstimates, level: float) -> np.ndarray:
    """E: half-width of the simultaneous band over all event times (simultaneous over years).

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
