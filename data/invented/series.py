"""The latent series of the teaching set: what each indicator would be, before counting, rounding and suppression."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.invented.models import FIRST_YEAR, YEARS, Use, effects
from data.invented.places import Places

CALIBRATION = Path(__file__).resolve().parents[1] / "reference" / "calibration.csv"

# For three placement measures no calibration is at hand: year mean, spread between and within, serial correlation and
# highest, round figures of a plausible size.
PLACEMENTS: dict[str, tuple[float, ...]] = {
    "placement_moves_pct": (10, 1.8, 2.2, 0.3, 40),
    "placement_moves_2y_pct": (22, 3.5, 3.5, 0.5, 60),
    "placement_stable_pct": (68, 4, 5, 0.4, 95),
}

# How far authorities share causes: the loading of each indicator on need, flow, plans, care and staffing. First, of the
# lasting differences between authorities; second, of the shocks of a year. Chosen by eye, so that related tables move
# together about as the published ones do; what is not listed moves alone.
FACTORS = 5
LASTING: dict[str, tuple[float, ...]] = {
    "cin_rate": (0.9, 0, 0, 0, 0),
    "cin_started_rate": (0.85, 0.45, 0, 0, 0),
    "cin_ended_rate": (0.8, 0.5, 0, 0, 0),
    "referral_rate": (0.75, 0.45, 0, 0, 0),
    "rereferral_pct": (0.1, 0.35, 0, 0, 0),
    "cpp_rate": (0.83, 0, 0.53, 0, 0),
    "cpp_started_rate": (0.83, 0, 0.53, 0, 0),
    "cla_rate": (0.85, 0, 0, 0.3, 0),
    "cla_started_rate": (0.78, 0, 0, 0.58, 0),
    "cla_ceased_rate": (0.78, 0, 0, 0.58, 0),
    "sw_agency_pct": (0, 0, 0, 0, 0.85),
    "sw_vacancy_pct": (0, 0, 0, 0, 0.85),
    "sw_turnover_pct": (0, 0, 0, 0, 0.5),
    "sw_caseload": (0.2, 0, 0, 0, 0.4),
}
YEARLY: dict[str, tuple[float, ...]] = {
    "cin_rate": (0.8, 0, 0, 0, 0),
    "cin_started_rate": (0.3, 0.9, 0, 0, 0),
    "cin_ended_rate": (0, 0.9, 0, 0, 0),
    "referral_rate": (0.25, 0.65, 0, 0, 0),
    "rereferral_pct": (0, 0.35, 0, 0, 0),
    "cpp_rate": (0.45, 0, 0.8, 0, 0),
    "cpp_started_rate": (0.45, 0, 0.8, 0, 0),
    "cla_rate": (0.25, 0, 0, 0.7, 0),
    "cla_started_rate": (0.2, 0, 0, 0.75, 0),
    "cla_ceased_rate": (0, 0, 0, 0.4, 0),
    "sw_agency_pct": (0, 0, 0, 0, 0.7),
    "sw_vacancy_pct": (0, 0, 0, 0, 0.7),
    "sw_turnover_pct": (0, 0, 0, 0, 0.4),
    "sw_caseload": (0.2, 0, 0, 0, 0.3),
}
REGIONAL_SHARE = 0.1  # of the variance of a year's shock, common to the authorities of a region
SIZE_VARIANCE = (36.0, 1.2e6)  # the variance of a shock is in proportion to 36 + 1.2e6 / children


@dataclass(frozen=True)
class Calibration:
    """One indicator's level and spread: year means for 2013 to 2025, the highest figure, and the log-normal spreads."""

    year_mean: np.ndarray
    highest: float
    log_sd_lasting: float
    log_sd_yearly: float
    rho: float


def variance_of_the_mean(rho: float, years: int) -> float:
    """Variance of the mean of `years` values of a first-order serially correlated series with variance 1."""
    lags = np.abs(np.subtract.outer(np.arange(years), np.arange(years)))
    return float((rho**lags).mean())


def log_normal_calibration(
    first: int, means: np.ndarray, between: float, within: float, rho: float, highest: float
) -> Calibration:
    """The log-normal spreads whose draws show the calibration's spreads between and within authorities.

    Those were measured on `means`' years: "between" is the spread of authorities' own means, which holds some noise,
    and "within" the spread around them, which lacks it; both are put right here. An earlier year takes the first mean.
    """
    level, lost = means.mean(), variance_of_the_mean(rho, len(means))
    noise = (within / level) ** 2 / (1 - lost)
    lasting = max((between / level) ** 2 - noise * lost, 0.25 * (between / level) ** 2)
    return Calibration(
        year_mean=np.concatenate([np.full(first - FIRST_YEAR, means[0]), means]),
        highest=highest,
        log_sd_lasting=float(np.sqrt(np.log1p(lasting))),
        log_sd_yearly=float(np.sqrt(np.log1p(noise / (1 + lasting)))),
        rho=rho,
    )


# Columns of the calibration that none of the eight layouts carries are left out; children in need at any point are the
# ended and the open episodes together, so only their year means are used.
NOT_CARRIED = {
    "assessment_45d_pct", "cin_2y_pct", "cin_3m_pct", "cin_closed_3m_pct", "s47_rate", "icpc_rate", "icpc_15d_pct",
    "cpp_closed_2y_pct", "cpp_reviewed_pct", "care_applications_rate",
}  # fmt: skip


def calibrations(path: Path = CALIBRATION) -> dict[str, Calibration]:
    """Calibration of each indicator that the eight layouts carry."""
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["indicator"] not in NOT_CARRIED:
                means = np.array(row["mean_by_year"].split(), float)
                spreads = (float(row[name]) for name in ("sd_between", "sd_within", "rho_within", "max"))
                found[row["indicator"]] = log_normal_calibration(int(row["first_year"]), means, *spreads)
    for indicator, (mean, *spreads) in PLACEMENTS.items():
        found[indicator] = log_normal_calibration(FIRST_YEAR, np.full(len(YEARS), mean), *spreads)
    return found


def correlated(
    loadings: dict[str, tuple[float, ...]], indicators: list[str], shape: tuple[int, ...], rng
) -> np.ndarray:
    """Standard normal draws, indicators x shape, correlated across indicators by their loadings on common factors."""
    matrix = np.array([loadings.get(name, (0.0,) * FACTORS) for name in indicators])
    own = np.sqrt(1 - (matrix**2).sum(axis=1)).reshape(-1, *[1] * len(shape))
    return np.tensordot(matrix, rng.standard_normal((FACTORS, *shape)), 1) + own * rng.standard_normal(
        (len(indicators), *shape)
    )


def serially_correlated(shocks: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """First-order serially correlated series with variance 1 along the last axis, from independent shocks."""
    series = shocks.copy()
    fresh = np.sqrt(1 - rho**2)
    for t in range(1, shocks.shape[-1]):
        series[..., t] = rho * series[..., t - 1] + fresh * shocks[..., t]
    return series


@dataclass(frozen=True)
class Draws:
    """Random parts, variance 1: lasting differences (indicators x authorities), yearly shocks (x years too)."""

    indicators: list[str]
    lasting: np.ndarray
    yearly: np.ndarray


def drawn_series(places: Places, levels: dict[str, Calibration], rng: np.random.Generator) -> Draws:
    """The random parts of every drawn indicator, with a regional component in each year's shock."""
    indicators = [name for name in levels if name != "cin_year_rate"]
    rho = np.array([levels[name].rho for name in indicators])[:, None]
    lasting = correlated(LASTING, indicators, (len(places),), rng)
    lasting = (lasting - lasting.mean(axis=1, keepdims=True)) / lasting.std(axis=1, keepdims=True)
    own = correlated(YEARLY, indicators, (len(places), len(YEARS)), rng)
    regional = correlated(YEARLY, indicators, (len(places.region_names), len(YEARS)), rng)[:, places.region]
    shocks = np.sqrt(1 - REGIONAL_SHARE) * own + np.sqrt(REGIONAL_SHARE) * regional
    return Draws(indicators, lasting, serially_correlated(shocks, rho))


def size_factor(children: np.ndarray) -> np.ndarray:
    """How much larger an authority's shocks are than those at the median number of children (1 there)."""
    fixed, by_size = SIZE_VARIANCE
    return np.sqrt((fixed + by_size / children) / (fixed + by_size / np.median(children)))


@dataclass(frozen=True)
class Series:
    """Latent values of every indicator, authorities x years 2013 to 2025.

    value = year level x authority effect x (1 + effect of the models) x noise; effect and noise are log-normal. The
    year level is such that the mean over authorities is the calibration's year mean, effects and noise included.
    """

    levels: dict[str, Calibration]
    draws: Draws
    uses: list[Use]
    children: np.ndarray

    def model_effect(self, indicator: str) -> np.ndarray:
        """Share by which the models change the indicator (0 where none does)."""
        return effects(indicator, self.uses, len(self.children))

    def noise(self, indicator: str) -> np.ndarray:
        """Multiplier of a drawn indicator around 1; its spread falls with the number of children."""
        sd = self.levels[indicator].log_sd_yearly * size_factor(self.children.mean(axis=1))[:, None]
        return np.exp(sd * self.draws.yearly[self.draws.indicators.index(indicator)] - sd**2 / 2)

    def mean_without_models(self, indicator: str) -> np.ndarray:
        """Noiseless mean had there been no model at all."""
        if indicator == "cin_year_rate":
            return self.children_per_episode * sum(map(self.mean_without_models, ("cin_rate", "cin_ended_rate")))
        level, position = self.levels[indicator], self.draws.indicators.index(indicator)
        authority = np.exp(level.log_sd_lasting * self.draws.lasting[position])[:, None]
        drawn = authority * (1 + self.model_effect(indicator)) * self.noise(indicator)
        return level.year_mean / drawn.mean(axis=0) * authority

    def mean(self, indicator: str) -> np.ndarray:
        """Noiseless mean with the models' effects in."""
        return self.mean_without_models(indicator) * (1 + self.model_effect(indicator))

    def value(self, indicator: str) -> np.ndarray:
        """Latent value in the indicator's own unit (per 10,000 children, or percent), never past the highest known."""
        if indicator == "cin_year_rate":
            return self.children_per_episode * sum(map(self.value, ("cin_rate", "cin_ended_rate")))
        return np.minimum(self.mean(indicator) * self.noise(indicator), self.levels[indicator].highest)

    def relative(self, indicator: str) -> np.ndarray:
        """Latent value over the mean of all authorities in the same year."""
        value = self.value(indicator)
        return value / value.mean(axis=0)

    @property
    def children_per_episode(self) -> np.ndarray:
        """Children for each episode of need at any point in a year, by year: some have two episodes."""
        whole, at_31_march, ended = (self.levels[n].year_mean for n in ("cin_year_rate", "cin_rate", "cin_ended_rate"))
        return whole / (at_31_march + ended)
