"""The figures behind a check, in words: headings with their unit, the outcome's decimals, no cell left to be guessed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.analysis import analyse
from analytics.effect import Indicator
from analytics.spec import Specification
from analytics.warehouse import open_warehouse
from pages.parts.check_words import figures_shown

PLANS = Indicator("cpp_rate", "Plans", "per 10,000 children", 1, "none")


def test_one_row_is_a_list_with_units_true_minus_and_words() -> None:
    table = pd.DataFrame({"changed": [""], "estimate": [-4.24], "p_value": [0.0004], "n_treated": [14]})
    assert figures_shown(table, PLANS).values.tolist() == [
        ["Change (per 10,000 children)", "\N{MINUS SIGN}4.2"],
        ["p", "below 0.001"],
        ["Adopters", "14"],
    ]


def test_years_weights_and_what_is_not_there_have_words() -> None:
    table = pd.DataFrame(
        {
            "comparator": ["never exposed", "exposed earlier"],
            "exposed_from": pd.array([2016, 2019], dtype="Int64"),
            "compared_from": pd.array([None, 2016], dtype="Int64"),
            "weight": [0.25, 0.0041],
            "estimate": [1.0, float("nan")],
        }
    )
    shown = figures_shown(table, PLANS)
    assert shown["Comparator exposed from"].tolist() == ["never", "2016"]
    assert shown["Weight"].tolist() == ["25.0%", "0.4%"]
    assert shown["Change (per 10,000 children)"].tolist() == ["1.0", "none"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"outcomes": ["cpp_rate", "ofsted_good_pct"], "treatment": {"model": "MODEL_A"}}, id="imputation"),
        pytest.param(
            {
                "outcomes": ["cpp_repeat_pct"],
                "treatment": {"model": "MODEL_C"},
                "estimator": {"name": "synthetic_control"},
                "inference": {"draws": 199},
            },
            id="synthetic control",
        ),
    ],
)
def test_every_column_of_every_check_has_words(illustrative: Path, asked: dict) -> None:
    for result in analyse(Specification.from_dict(asked), open_warehouse(illustrative)).results:
        for check in result.checks:
            if len(check.table):
                shown = figures_shown(check.table, result.indicator)
                text = shown.to_csv(index=False)
                assert "_" not in text and "nan" not in text and "<NA>" not in text and ",," not in text, check.name
