"""The parts of a trend and their words, each workable by hand."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from analytics.trends import Figure, Measure, change_words, period_words
from analytics.wording import number_text, value_text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234.56, 1, "1,234.6"),
        (-2.0, 1, "\N{MINUS SIGN}2.0"),
        (-0.01, 1, "0.0"),
        (0, 0, "0"),
        (None, 1, "no figure"),
        (float("nan"), 1, "no figure"),
    ],
)
def test_number_text(value: float | None, decimals: int, text: str) -> None:
    assert number_text(value, decimals) == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("per 10,000 children", "43.9 per 10,000 children"),
        ("%", "43.9%"),
        ("£ a week", "£43.9 a week"),
        ("grade", "grade 43.9"),
        ("", "43.9"),
    ],
)
def test_value_text(unit: str, text: str) -> None:
    assert value_text(43.94, unit, 1) == text


def test_change_is_up_or_down_and_never_better_or_worse() -> None:
    measure = Measure("x_pct", "X", "%", 1)
    assert change_words(2.0, Figure(2024, 1.0), measure) == "up from 1.0% in 2024"


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ([datetime.date(2025, 3, 31)], "Year ending 31 March"),
        ([datetime.date(2024, 9, 30)], "At 30 September"),
        ([], "Year"),
    ],
)
def test_period_words(ends: list[datetime.date], words: str) -> None:
    assert period_words(pd.to_datetime(pd.Series(ends))) == words
