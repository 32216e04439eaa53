"""Checks: one question a file, one common result; a check changes the words of the verdict, it never raises."""

from analytics.checks.contaminated import contaminated_comparators
from analytics.checks.pre_trends import pre_trends
from analytics.checks.result import CheckResult
from analytics.checks.suppression import suppression

__all__ = ["CheckResult", "contaminated_comparators", "pre_trends", "suppression"]
