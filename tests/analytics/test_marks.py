"""What is marked on an axis of years, each workable by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.marks import Adoption, marks_of, pandemic_span, year_of


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


def test_the_pandemic_is_the_year_to_march_2021_on_any_axis() -> None:
    assert pandemic_span((3, 31)) == (2020.0, 2021.0)
    low, high = pandemic_span((9, 30))  # half a year earlier, where a year is counted on 30 September
    assert (round(low, 1), round(high, 1)) == (2019.5, 2020.5)
