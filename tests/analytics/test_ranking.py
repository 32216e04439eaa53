"""Ranks, bands and plausible ranges, beside slow twins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analytics.ranking import band_of, order_of, places_of, rank_of

FIGURES = hnp.arrays(float, st.integers(1, 12), elements=st.one_of(st.integers(0, 6).map(float), st.just(np.nan)))


@given(FIGURES, st.sampled_from(["higher", "lower"]))
def test_a_rank_is_one_more_than_how_many_are_better(values, polarity):
    sign = 1 if polarity == "higher" else -1
    for value, rank in zip(values, rank_of(values, polarity), strict=True):
        better = sum(1 for other in values if not np.isnan(other) and sign * other > sign * value)
        assert (np.isnan(rank) and np.isnan(value)) or rank == better + 1


@given(FIGURES)
def test_order_is_that_of_pandas(values):
    expected = pd.Series(values).rank(method="min", ascending=False).to_numpy()
    np.testing.assert_array_equal(order_of(values), expected)


@given(FIGURES)
def test_nobody_is_ranked_where_nothing_is_better(values):
    assert np.isnan(rank_of(values, "none")).all()
    assert set(band_of(values, "none")) == {""}


def test_a_figure_on_a_quartile_belongs_to_the_lower_quarter():
    # Quartiles (type 7) of 0..4 are 1, 2 and 3: figures themselves.
    values = np.array([0.0, 1, 2, 3, 4])
    assert band_of(values, "lower") == ["A", "A", "B", "C", "D"]
    assert band_of(values, "higher") == ["D", "D", "C", "B", "A"]


def test_equal_figures_are_all_in_one_band():
    assert set(band_of(np.full(7, 3.0), "lower")) == {"A"}
    assert band_of(np.array([np.nan, np.nan]), "lower") == ["", ""]


def slow_places(numerator, denominator, per, draws=20_000):
    """Middle 95% of the place of each rate when every count is drawn again, one authority at a time."""
    rng = np.random.default_rng(99)
    found = [[] for _ in numerator]
    for _ in range(draws):
        rates = [rng.gamma(n + 0.5) / d * per for n, d in zip(numerator, denominator, strict=True)]
        for i, rate in enumerate(rates):
            found[i].append(1 + sum(other > rate for other in rates))
    return [np.quantile(each, (0.025, 0.975)) for each in found]


def test_the_plausible_range_is_that_of_drawing_again():
    """Within one place of a slow twin with other random numbers: 1,000 draws leave an end of a range that uncertain."""
    numerator, denominator = np.array([30.0, 35, 60, 58, 200]), np.array([9000.0, 9000, 9500, 10_000, 20_000])
    value = numerator / denominator * 10_000
    places = places_of(value, numerator, denominator, unit="per 10,000 children", highest_first=True)
    for low, high, twin in zip(places.low, places.high, slow_places(numerator, denominator, 10_000), strict=True):
        assert abs(low - twin[0]) <= 1
        assert abs(high - twin[1]) <= 1


def test_the_place_printed_is_always_plausible_and_counts_far_apart_are_firm():
    numerator = np.array([10.0, 1000, 1010, 1020, 9000])
    places = places_of(numerator, numerator, np.full(5, 10_000.0), unit="per 10,000 children", highest_first=False)
    assert (places.low <= places.place).all()
    assert (places.place <= places.high).all()
    assert (places.low[[0, 4]].tolist(), places.high[[0, 4]].tolist()) == ([1, 5], [1, 5])
    assert places.low[1] < places.high[1]


def test_who_is_withheld_may_be_ahead():
    value = np.array([1.0, 50.0, np.nan])
    part, whole = np.array([10.0, 500.0, np.nan]), np.array([1000.0, 1000.0, np.nan])
    firm = places_of(value, part, whole, unit="%", highest_first=False)
    unsure = places_of(value, part, whole, unit="%", highest_first=False, withheld=1)
    assert (firm.high[0], unsure.high[0]) == (1, 2)
    assert (unsure.ranked, unsure.withheld) == (2, 1)


def test_without_counts_there_is_no_range_and_the_figure_stays_where_it_is():
    value = np.array([10.0, 20.0, 30.0])
    places = places_of(value, np.array([np.nan, 200, 300]), np.full(3, 1000.0), unit="%", highest_first=True)
    assert np.isnan([places.low[0], places.high[0]]).all()
    assert places.place.tolist() == [3, 2, 1]
    none = places_of(value, np.full(3, np.nan), np.full(3, np.nan), unit="%", highest_first=True)
    assert np.isnan(none.low).all()
    empty = places_of(np.full(2, np.nan), np.full(2, np.nan), np.full(2, np.nan), unit="%", highest_first=True)
    assert empty.ranked == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_equal_seeds_give_equal_ranges(seed):
    value, whole = np.array([10.0, 20.0, 12.0]), np.full(3, 300.0)
    one, other = (places_of(value, value * 3, whole, unit="%", highest_first=True, seed=seed) for _ in range(2))
    np.testing.assert_array_equal(one.low, other.low)
