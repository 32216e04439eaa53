"""The parts of a trend and their words, each workable by hand."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from analytics.trends import Adoption, Figure, Measure, change_words, marks_of, pandemic_span, period_words, year_of
from analytics.wording import number_text, value_text


def adoption(
    model: str, day: str, precision: str = "day", programme: str = "", until: str = "", role: str = "primary"
) -> Adoption:
    low, high = (year_of(pd.Timestamp(each).date()) for each in (day, until or day))
    return Adoption(model, day, role, programme, "", "", precision, (low + high) / 2, low, high)


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        pytest.param(
            [adoption("S", "2014-01-01", "year", until="2014-12-31"), adoption("S", "2014-10-01", "month", "EIP1")],
            ["S, 2014-10-01 (EIP1)"],
            id="within a year of each other: one mark, at the more precise date",
        ),
        pytest.param(
            [adoption("S", "2014-10-01"), adoption("S", "2017-09-29", programme="local")],
            ["S, 2014-10-01", "S, 2017-09-29"],
            id="three years apart: two",
        ),
        pytest.param(
            [adoption("S", "2014-10-01"), adoption("F", "2014-10-01")],
            ["F, 2014-10-01", "S, 2014-10-01"],
            id="two models: two",
        ),
        pytest.param(
            [adoption("S", "29 September 2017", role="alongside", programme="EIP2")],
            ["S, 29 Sep 2017 (EIP2, alongside)"],
            id="a role other than the first is named, a month cut short",
        ),
    ],
)
def test_marks(rows: list[Adoption], labels: list[str]) -> None:
    assert sorted(m.label for m in marks_of(rows)) == labels


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


def test_the_pandemic_is_the_year_to_march_2021_on_any_axis() -> None:
    assert pandemic_span((3, 31)) == (2020.0, 2021.0)
    low, high = pandemic_span((9, 30))  # half a year earlier, where a year is counted on 30 September
    assert (round(low, 1), round(high, 1)) == (2019.5, 2020.5)
