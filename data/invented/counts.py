"""From latent series to whole children, episodes and workers, authorities x years 2013 to 2025."""

from __future__ import annotations

import numpy as np

from data.invented.models import YEARS
from data.invented.places import Places
from data.invented.series import Series

Counts = dict[str, np.ndarray]


def counted(rate_per_10k: np.ndarray, children: np.ndarray) -> np.ndarray:
    """Whole number behind a rate per 10,000 children."""
    return np.rint(rate_per_10k * children / 10_000).astype(int)


def part(whole: np.ndarray, percent: np.ndarray) -> np.ndarray:
    """Whole number that is about `percent` of another."""
    return np.rint(whole * np.minimum(percent, 100) / 100).astype(int)


def wobble(shape: tuple[int, ...], sd_authority: float, sd_year: float, rng: np.random.Generator) -> np.ndarray:
    """Multipliers around 1, authorities x years: one lasting difference an authority, one small change a year."""
    n, years = shape
    return np.exp(sd_authority * rng.standard_normal((n, 1)) + sd_year * rng.standard_normal((n, years)))


def fewer(whole: np.ndarray, share: np.ndarray | float, rng: np.random.Generator) -> np.ndarray:
    """About `share` (0-1) of a whole, such as children behind episodes; never more than the whole."""
    return np.minimum(whole, np.rint(whole * np.minimum(share * wobble(whole.shape, 0.015, 0.008, rng), 1)).astype(int))


def need(series: Series, children: np.ndarray, rng: np.random.Generator) -> Counts:
    """Table b1: episodes at any point in the year are the ended and those open on 31 March."""
    open_, ended = (counted(series.value(name), children) for name in ("cin_rate", "cin_ended_rate"))
    any_point = open_ + ended
    any_point_children = fewer(any_point, series.children_per_episode, rng)
    started = np.minimum(counted(series.value("cin_started_rate"), children), any_point)
    return {
        "Anypoint_episodes": any_point,
        "Anypoint_child": any_point_children,
        "Started_episodes": started,
        "Started_child": np.minimum(fewer(started, 0.94, rng), any_point_children),
        "Ended_episodes": ended,
        "Ended_child": np.minimum(fewer(ended, 0.95, rng), any_point_children),
        "At31_episodes": open_,
        "awaiting_assessment": part(open_, 3.5 * wobble(open_.shape, 0.7, 0.4, rng)),
    }


def referrals(series: Series, children: np.ndarray, rng: np.random.Generator) -> Counts:
    """Table c1: referrals, those again within twelve months, those with no further action or not in need."""
    count = counted(series.value("referral_rate"), children)
    again = part(count, series.value("rereferral_pct"))
    no_action = part(count, series.value("referral_nfa_pct"))
    referred_children = fewer(count, 0.89, rng)
    return {
        "referral_count": count,
        "rereferral_count": again,
        "no_further_action_count": no_action,
        "not_in_need_count": np.minimum(part(count, series.value("referral_not_in_need_pct")), count - no_action),
        "referral_child_count": referred_children,
        "rereferral_child_count": np.minimum(fewer(again, 0.855, rng), referred_children),
    }


def plan_starts(series: Series, children: np.ndarray) -> Counts:
    """Table d3: plans that began in the year, and those among them that are a second or later plan."""
    started = counted(series.value("cpp_started_rate"), children)
    return {"CPP_start": started, "CPP_subsequent": part(started, series.value("cpp_repeat_pct"))}


BANDS = (
    "3_months_or_less",
    "more_than_3_months_6_months",
    "more_than_6_months_less_than_1_year",
    "1_year_less_than_2_years",
    "2_years_or_more",
)
SHORTER_BANDS = np.array([0.32, 0.26, 0.27, 0.16])  # rough split of plans under two years


def open_plans(series: Series, children: np.ndarray, rng: np.random.Generator) -> Counts:
    """Table d5: plans open on 31 March and, adding up to them, how long they have run."""
    total = counted(series.value("cpp_rate"), children)
    longest = part(total, series.value("cpp_2y_pct"))
    weights = SHORTER_BANDS * np.exp(0.2 * rng.standard_normal((*total.shape, len(SHORTER_BANDS))))
    up_to = weights.cumsum(axis=-1) / weights.sum(axis=-1, keepdims=True)
    ends = np.rint(up_to * (total - longest)[..., None]).astype(int)
    shorter = np.diff(ends, axis=-1, prepend=0)  # rounding the ends keeps the bands whole and their sum exact
    bands = dict(zip(BANDS, [*np.moveaxis(shorter, -1, 0), longest], strict=True))
    return {"CPP_At31": total, **bands}


def care(series: Series, children: np.ndarray) -> Counts:
    """Children looked after on 31 March, and starting and ceasing to be in the year."""
    return {
        "ceasing": counted(series.value("cla_ceased_rate"), children),
        "on_31_march": counted(series.value("cla_rate"), children),
        "starting": counted(series.value("cla_started_rate"), children),
    }


def placements(series: Series, looked_after: np.ndarray, rng: np.random.Generator) -> Counts:
    """Placement moves and stability among children looked after, each with the group it is out of."""
    two_years = part(looked_after, 72 * wobble(looked_after.shape, 0.04, 0.02, rng))
    long_under_16 = part(two_years, 48 * wobble(looked_after.shape, 0.06, 0.03, rng))
    return {
        "stable": part(long_under_16, series.value("placement_stable_pct")),
        "long_under_16": long_under_16,
        "two_years": two_years,
        "moves_in_two_years": part(two_years, series.value("placement_moves_2y_pct")),
        "all": looked_after,
        "moves_in_a_year": part(looked_after, series.value("placement_moves_pct")),
    }


WORKERS_PER_10K, WORKING_DAYS = 27, 253  # full-time social workers in post, round; working days a year (England)
NO_AGENCY, HARDLY_ANY_AGENCY = 0, 1  # which of the authorities with small shortages, see `workforce`


def tenths(amount: np.ndarray) -> np.ndarray:
    """An amount as a whole number of tenths, as workforce figures are printed."""
    return np.rint(amount * 10).astype(int)


def heads(fte_tenths: np.ndarray, per_fte: float) -> np.ndarray:
    """People behind full-time equivalents (tenths): at least as many."""
    return np.ceil(fte_tenths * per_fte / 10).astype(int)


def workforce(series: Series, places: Places, quiet: list[int], rng: np.random.Generator) -> Counts:
    """The workforce table: full-time equivalents and days in tenths, people and cases whole.

    `quiet` names two authorities: one without agency workers in 2017 and 2018, one with next to none in 2020.
    """
    children = places.children
    in_post = tenths(WORKERS_PER_10K * children / 10_000 * wobble(children.shape, 0.2, 0.04, rng))
    percent = {
        name: np.clip(series.value(f"sw_{name}_pct"), 0, 75) / 100
        for name in ("turnover", "agency", "vacancy", "absence")
    }
    leaving = tenths(in_post / 10 * percent["turnover"])
    starting = tenths(in_post / 10 * 0.17 * wobble(in_post.shape, 0.1, 0.25, rng))
    agency = tenths(in_post / 10 * percent["agency"] / (1 - percent["agency"]))
    agency[quiet[NO_AGENCY], (YEARS == 2017) | (YEARS == 2018)] = 0
    agency[quiet[HARDLY_ANY_AGENCY], YEARS == 2020] = 0
    agency_heads = heads(agency, 1.02)
    agency_heads[quiet[HARDLY_ANY_AGENCY], YEARS == 2020] = 1
    vacant = tenths(in_post / 10 * percent["vacancy"] / (1 - percent["vacancy"]))
    covering = np.minimum(fewer(agency, 0.9, rng), vacant)
    holders = tenths((0.5 * in_post + 0.4 * agency) / 10 * np.minimum(wobble(in_post.shape, 0.08, 0.04, rng), 1.2))
    return {
        "inpost": in_post, "inpost_heads": heads(in_post, 1.05),
        "starters": starting, "starters_heads": heads(starting, 1.03),
        "leavers": leaving, "leavers_heads": heads(leaving, 1.05),
        "agency": agency, "agency_heads": agency_heads, "agency_cover": covering, "vacancy": vacant,
        "case_holders": holders, "cases": np.rint(series.value("sw_caseload") * holders / 10).astype(int),
        "days_lost": tenths(in_post / 10 * WORKING_DAYS * percent["absence"]),
    }  # fmt: skip
