"""Checks: one question a file, one common result; a check changes the words of the verdict, it never raises."""

from analytics.checks.bacon import bacon
from analytics.checks.contaminated import contaminated_comparators
from analytics.checks.count_model import count_model
from analytics.checks.pre_trends import pre_trends
from analytics.checks.result import CheckResult
from analytics.checks.smoothness import smoothness
from analytics.checks.suppression import suppression
from analytics.checks.suppression_bounds import suppression_bounds

__all__ = [
    "CheckResult",
    "bacon",
    "contaminated_comparators",
    "count_model",
    "pre_trends",
    "smoothness",
    "suppression",
    "suppression_bounds",
]
