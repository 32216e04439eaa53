"""Checks: one question a file, one common result; a check changes the words of the verdict, it never raises."""

from analytics.checks import (  # noqa: F401  each makes its check known
    bacon,
    base_period,
    borders,
    cohorts,
    contaminated,
    count_model,
    covid,
    donut,
    leave_one_out,
    placebo_time,
    pre_trends,
    prior_users,
    regression_to_mean,
    smoothness,
    start_dates,
    suppression,
    suppression_bounds,
    synthetic_fit,
)
from analytics.checks.case import Case
from analytics.checks.registry import all_checks, results_of
from analytics.checks.result import CheckResult

__all__ = ["Case", "CheckResult", "all_checks", "results_of"]
