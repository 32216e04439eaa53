"""What must be read beside an interval: changes that a percentage, or a grade, cannot have made."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from analytics.effect import Effect, Indicator, beyond_sentence
from analytics.estimators.sample import Sample, Slots

PERCENT = Indicator("x_pct", "X", "%", 0, "higher")
GRADE = Indicator("x_grade", "X", "grade", 1, "lower")
RATE = Indicator("x_rate", "X", "per 10,000 children", 1, "none")


def effect(estimate: float, low: float | None, high: float | None) -> Effect:
    """An effect with this estimate and interval; nothing else of it is read."""
    rest = {f.name: 0 for f in dataclasses.fields(Effect)}
    return Effect(**rest | {"estimate": estimate, "interval_low": low, "interval_high": high})


def sample(*figures: list[float], weights: tuple[float, ...] = (1.0, 1.0, 1.0)) -> Sample:
    """Two adopters exposed in the last two of three years, and one comparator."""
    values = np.array(figures)[None]
    slots = Slots(np.array([2014, 2014]), np.array([2014, 2014]))
    years = np.array([2013, 2014, 2015])
    return Sample(values, np.ones((3, 3), dtype=bool), years, np.array(weights), slots, np.array([0, 1]))


# Adopters' figures after: 100, 100, 60, 100, a mean of 90: without the model it can have been 0 to 100.
GOOD = ([0, 100, 100], [50, 60, 100], [0, 100, 100])


@pytest.mark.parametrize(
    ("estimate", "low", "high", "opens"),
    [
        pytest.param(20, -10, 90, "", id="up to the ends, as far as it can be"),
        pytest.param(20, -10.5, 40, "The interval reaches beyond", id="it would have been 100.5%"),
        pytest.param(20, 5, 90.5, "The interval reaches beyond", id="it would have been less than nothing"),
        pytest.param(-11, -30, 8, "The estimate itself lies beyond", id="even the estimate"),
        pytest.param(-11, None, None, "The estimate itself lies beyond", id="the estimate, without an interval"),
        pytest.param(20, None, None, "", id="no interval"),
    ],
)
def test_a_percentage_can_only_change_so_much(estimate, low, high, opens):
    said = beyond_sentence(PERCENT, effect(estimate, low, high), sample(*GOOD))
    whole = (
        "what a percentage can change (the adopters’ mean after, 90%, leaves room for changes of \N{MINUS SIGN}10 to 90): "
        "read it as “very uncertain”."
    )
    assert said == (f"{opens} {whole}" if opens else "")


def test_the_mean_after_is_weighed_as_the_estimate_is():
    three = sample(*GOOD, weights=(3.0, 1.0, 1.0))  # (3 x 100 + 3 x 100 + 60 + 100) / 8 = 95
    assert "mean after, 95%, leaves room for changes of \N{MINUS SIGN}5 to 95" in beyond_sentence(
        PERCENT, effect(0, -6, 6), three
    )


@pytest.mark.parametrize(
    ("indicator", "figures", "low", "said"),
    [
        pytest.param(
            GRADE, ([3, 2, 2], [4, 2, 2], [1, 1, 1]), -2.1, "grade 2.0, leaves room for changes of", id="grade"
        ),
        pytest.param(RATE, GOOD, -5000.0, "", id="a rate has no greatest figure"),
        pytest.param(
            PERCENT, ([0, 120, 90], [50, 60, 100], [0, 9, 9]), -99, "", id="per cent that exceed 100: a change"
        ),
    ],
)
def test_only_a_bounded_scale_has_bounds(indicator, figures, low, said):
    found = beyond_sentence(indicator, effect(0, low, 1), sample(*map(list, figures)))
    assert said in found and bool(said) == bool(found)
