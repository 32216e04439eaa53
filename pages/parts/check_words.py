"""The figures behind a check in words: what each column is called, and how its figures are read."""

from __future__ import annotations

import pandas as pd

from analytics.effect import Indicator
from analytics.trends import STATUS_WORDS
from analytics.wording import difference_unit, number_text, p_text

AMOUNT, SLOPE, P, SHARE, COUNT, NUMBER, YEAR, WORD = "amount", "slope", "p", "share", "count", "number", "year", "word"
# What a column of a check's table is called, and what kind of figure it holds; an amount is in the outcome's unit.
COLUMNS = {
    "changed": ("What was changed", WORD),
    "what": ("What was estimated", WORD),
    "left_out": ("Left out", WORD),
    "estimate": ("Change", AMOUNT),
    "p_value": ("p", P),
    "placebo_sd": ("Standard deviation of placebos", AMOUNT),
    "n_treated": ("Adopters", COUNT),
    "n_comparators": ("Comparators", COUNT),
    "slope_per_year": ("Slope", SLOPE),
    "drift_that_could_be_missed": ("Drift that could go unseen", AMOUNT),
    "years_before": ("Years before", COUNT),
    "power": ("Chance of seeing a slope that matters", SHARE),
    "bend_a_year": ("Bend", SLOPE),
    "low": ("Lowest change", AMOUNT),
    "high": ("Highest change", AMOUNT),
    "excludes_zero": ("No change is ruled out", WORD),
    "note": ("What this bend is", WORD),
    "group": ("Group", WORD),
    "comparators": ("Comparators", COUNT),
    "recorded_comparators": ("Comparators recorded with it", COUNT),
    "recorded": ("Authorities recorded with it", COUNT),
    "authorities": ("Authorities with figures", COUNT),
    "recorded_untreated": ("Recorded with it, not treated here", COUNT),
    "untreated": ("Authorities not treated here", COUNT),
    "said_share": ("Said to use it", SHARE),
    "unrecorded_share": ("Users among those without a record, if so", SHARE),
    "years_earlier": ("Years too early", COUNT),
    "mde": ("Would be seen four times in five", AMOUNT),
    "used_before": ("Used it before", WORD),
    "comparator": ("Compared with", WORD),
    "exposed_from": ("Exposed from", YEAR),
    "compared_from": ("Comparator exposed from", YEAR),
    "rate_ratio": ("Rate, as a multiple", NUMBER),
    "percent_change": ("Change in the rate, %", NUMBER),
    "change": ("Change by the model of counts", AMOUNT),
    "dispersion": ("Spread, as a multiple of chance", NUMBER),
    "cells": ("Figures", COUNT),
    "figures_without_counts": ("Figures without counts", COUNT),
    "adopter": ("Adopter", WORD),
    "gap": ("Gap after", AMOUNT),
    "usual_gap_before": ("Usual gap before", AMOUNT),
    "most_without_one_donor": ("Most it moves without one authority", AMOUNT),
    "donors": ("Mix", WORD),
    "authority": ("Authority", WORD),
    "year": ("Year", YEAR),
    "of": ("Out of", COUNT),
    "fewest": ("Fewest children", COUNT),
    "most": ("Most children", COUNT),
    "at_low": ("At the lowest change", COUNT),
    "at_high": ("At the highest change", COUNT),
}
WEIGHTS = {  # of one name, and two things
    "exposed_from": ("Weight", SHARE),
    "fewest": ("Change for each child", AMOUNT),
}
YES_NO = {True: "yes", False: "no"}
STATUSES = {"ok": "Published"} | {status: reason for status, (_, reason) in STATUS_WORDS.items() if reason}


def figures_shown(table: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """The table behind a check as text; one row of many figures is set as a list."""
    kept = table[[c for c in table if c != "changed" or table[c].astype(bool).any()]]
    shown = pd.DataFrame(
        {
            _heading(name, kind, indicator): [_text(value, kind, indicator.decimals) for value in kept[column]]
            for column, (name, kind) in ((c, _column(c, kept)) for c in kept)
        }
    )
    if len(shown) > 1:
        return shown
    return pd.DataFrame({"What": shown.columns, "Figure": shown.iloc[0].tolist()})


def _column(column: str, table: pd.DataFrame) -> tuple[str, str]:
    """Name and kind of a column; a status, which a table may have as one, is named by its reason."""
    if column == "weight":
        return next(said for beside, said in WEIGHTS.items() if beside in table)
    if column in STATUSES:
        reason = STATUSES[column]
        return f"{reason[:1].upper()}{reason[1:]}", COUNT
    return COLUMNS[column]


def _heading(name: str, kind: str, indicator: Indicator) -> str:
    unit = difference_unit(indicator.unit)
    return {AMOUNT: f"{name} ({unit})", SLOPE: f"{name} ({unit} a year)"}.get(kind, name)


def _text(value: object, kind: str, decimals: int) -> str:
    if pd.isna(value):
        return "never" if kind == YEAR else "none"
    if kind == WORD:
        return str(YES_NO.get(value, value)) or "–"
    if kind == P:
        return p_text(value)
    if kind == SHARE:
        return f"{value:.1%}"
    if kind == COUNT:
        return number_text(value, 0)
    if kind == YEAR:
        return f"{value:.0f}"
    if kind == NUMBER:
        return number_text(value, 2)
    return number_text(value, decimals + (kind == SLOPE))
