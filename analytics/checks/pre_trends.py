"""Did adopters and comparators move alike before adoption, and would a difference that matters have been seen?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analytics.checks.case import Case
from analytics.checks.registry import GAPS, check
from analytics.checks.result import CANNOT_TELL, FAILED, HELD, CheckResult
from analytics.inference.permutation import POWER_MULTIPLE, PlaceboEstimates, p_values
from analytics.wording import counted, number_text, p_text

NAME = "Trends before adoption"
FEWEST_YEARS = 3  # through two points a line always passes
FEWEST_PLACEBOS = 20  # below, p could not fall to .05


def slopes(gaps: np.ndarray, event_time: np.ndarray) -> np.ndarray:
    """Least-squares slope of the gap on event time: last axis of `gaps` is event time."""
    centred = event_time - event_time.mean()
    return gaps @ centred / (centred @ centred)


def pre_trends(
    gaps: PlaceboEstimates,
    event_time: np.ndarray,
    before: np.ndarray,
    *,
    effect: float,
    smallest_effect: float,
    decimals: int,
    unit: str,
) -> CheckResult:
    """Result by the slope of the gap before adoption, judged by the same placebos as the effect.

    Parameters
    ----------
    gaps : event-study estimates, one "outcome" an event time
    event_time : E; before : E, True where before any start
    effect : the estimate; smallest_effect : D, the smallest effect of interest, both in the outcome's unit
    """
    years = event_time[before]
    if len(years) < FEWEST_YEARS:
        return CheckResult(
            NAME,
            CANNOT_TELL,
            f"Only {counted(len(years), 'year')} before adoption: too few to see a trend.",
        )
    slope = _slope_estimates(gaps, years, before)
    if slope.placebo.shape[1] < FEWEST_PLACEBOS or not slope.spread[0] > 0:
        return CheckResult(
            NAME,
            CANNOT_TELL,
            "Too few other authorities have figures in all the years before adoption to judge a trend.",
        )
    p, spread = float(p_values(slope)[0]), float(slope.spread[0])
    reach = float(event_time[event_time >= 0].mean() - years.mean())
    unseen = POWER_MULTIPLE * spread * reach
    table = pd.DataFrame(
        {
            "slope_per_year": [slope.real[0]],
            "placebo_sd": [spread],
            "p_value": [p],
            "drift_that_could_be_missed": [unseen],
            "years_before": [len(years)],
            "power": [_power(max(abs(effect), smallest_effect) / reach, spread)],
        }
    )
    per_year = f"{number_text(slope.real[0], decimals + 1)} {unit} a year"
    if p <= 0.05:
        return CheckResult(
            NAME,
            FAILED,
            f"Adopters were already moving apart from comparators before adoption ({per_year}, p {p_text(p)}).",
            table,
        )
    if unseen < max(abs(effect), smallest_effect):
        return CheckResult(
            NAME,
            HELD,
            f"No different trend before adoption ({per_year}, p {p_text(p)}), and one large enough to matter "
            f"({unseen:.{decimals}f} {unit} by the years after) would usually have been seen.",
            table,
        )
    return CheckResult(
        NAME,
        CANNOT_TELL,
        f"No different trend was seen before adoption ({per_year}, p {p_text(p)}), but a drift of up to "
        f"{unseen:.{decimals}f} {unit} could have gone unseen: too few years or too much variation.",
        table,
    )


def _slope_estimates(gaps: PlaceboEstimates, years: np.ndarray, before: np.ndarray) -> PlaceboEstimates:
    """Slopes, real and placebo; placebos that lack a figure before adoption are struck."""
    held = np.isfinite(gaps.placebo[before]).all(0)
    return PlaceboEstimates(
        slopes(gaps.real[before], years)[None],
        slopes(gaps.placebo[before][:, held].T, years)[None],
        gaps.response[held],
        gaps.is_real[held],
        gaps.enumerated,
        struck=int((~held).sum()),
    )


def _power(slope: float, spread: float) -> float:
    """Chance (0-1) that a slope of this size would be seen at 5%, the placebo distribution taken as normal."""
    if not spread > 0:
        return float("nan")
    return float(stats.norm.sf(1.96 - slope / spread) + stats.norm.cdf(-1.96 - slope / spread))


@check(NAME, place=10, decisive=True, imputation=GAPS)
def pre_trends_of(case: Case) -> CheckResult:
    """Result for a case, by its gaps before adoption."""
    return pre_trends(
        case.gaps.estimates,
        case.gaps.times.astype(float),
        case.gaps.before,
        effect=case.effect.estimate,
        smallest_effect=case.effect.smallest_effect,
        decimals=case.indicator.decimals,
        unit=case.unit,
    )
