"""What is said of a figure beside a mean and a median, case by case."""

from __future__ import annotations

import pytest

from analytics.recent_trend import RecentTrend
from analytics.sets import ComparatorSet
from analytics.trend_answer import interval_words, recent_words, sentence_of, side_of, side_warning
from analytics.trends import Figure, Line, Measure, Trend

PLANS = Measure("cpp_rate", "Plans", "per 10,000 children", 1)
NEAR = ComparatorSet("near2025", "statistical neighbours (2025)", ("B", "C"))


def beside(own: float, mean: float, median: float, *, n: int = 10, low: float | None = None) -> Trend:
    figure = Figure(2025, own, low=low, high=None if low is None else own + (own - low))
    return Trend(
        PLANS,
        "Ashmere",
        (2024, 2025),
        (
            Line("authority", "Ashmere", (figure,)),
            Line("comparator", "Neighbours’ mean", (Figure(2025, mean, mean_of=n),)),
        ),
        near=NEAR,
        median=Line("median", "Neighbours’ median", (Figure(2025, median, mean_of=n),)),
    )


@pytest.mark.parametrize(
    ("other", "side"),
    [(39.9, "higher"), (40.0, "similar"), (50.0, "similar"), (60.0, "similar"), (60.1, "lower")],
)
def test_a_side_is_told_by_the_interval_its_ends_inside(other: float, side: str) -> None:
    assert side_of(Figure(2025, 50.0, low=40.0, high=60.0), other) == side
    assert side_of(Figure(2025, 50.0), other) == ""


@pytest.mark.parametrize(
    ("own", "mean", "median", "over", "under", "pulled"),
    [
        pytest.param(40.0, 45.0, 38.0, "median", "mean", "high", id="below the mean, above the median"),
        pytest.param(40.0, 35.0, 42.0, "mean", "median", "low", id="above the mean, below the median"),
    ],
)
def test_mean_and_median_on_different_sides_are_warned_of(own, mean, median, over, under, pulled) -> None:
    warning = side_warning(beside(own, mean, median))
    assert f"Ashmere is above the {over} and below the {under} of its statistical neighbours (2025)." in warning
    assert f"A few {pulled} figures pull the mean" in warning


@pytest.mark.parametrize(
    ("own", "mean", "median"),
    [
        pytest.param(40.0, 35.0, 38.0, id="above both"),
        pytest.param(40.0, 45.0, 41.0, id="below both"),
        pytest.param(40.0, 40.0, 38.0, id="on the mean"),
        pytest.param(40.0, 40.04, 38.0, id="on the mean at the decimals shown"),
    ],
)
def test_nothing_is_warned_of_where_they_agree(own: float, mean: float, median: float) -> None:
    assert side_warning(beside(own, mean, median)) == ""


def test_one_that_contributes_is_said_to_be_one() -> None:
    assert "(of one authority alone, the only one with a figure)" in sentence_of(beside(40.0, 45.0, 45.0, n=1))


def test_similar_higher_and_lower_name_the_mean() -> None:
    for low, mean, words in ((35.0, 41.0, "Similar to"), (38.0, 30.0, "Higher than"), (38.0, 50.0, "Lower than")):
        sentence = sentence_of(beside(40.0, mean, mean, low=low))
        assert f"{words} the mean of its statistical neighbours (2025): {mean}" in sentence


def test_an_interval_is_read_with_its_level_and_unit() -> None:
    share = Measure("x_pct", "X", "%", 1)
    assert interval_words(Figure(2025, 12.0, low=10.04, high=15.0), share) == " (95% interval 10.0% to 15.0%)"
    assert interval_words(Figure(2025, 12.0), share) == ""


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        ("rising", "\N{UPWARDS ARROW} Rising over 2021 to 2025"),
        ("falling", "\N{DOWNWARDS ARROW} Falling over 2021 to 2025"),
        ("no_clear_trend", "No clear trend over 2021 to 2025"),
        ("cannot_tell", ""),
    ],
)
def test_an_arrow_only_where_the_test_is_passed(direction: str, words: str) -> None:
    assert recent_words(RecentTrend(direction, 0.001, (2021, 2025))) == words
