import numpy as np
import pytest

from analytics.rates import percent, population_year, rate_per_10k


def test_rate_per_10k():
    assert rate_per_10k([50, 1], [10_000, 20_000]).tolist() == [50.0, 0.5]


def test_percent():
    assert percent(3, 4) == pytest.approx(75.0)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        pytest.param(5, 0, id="nobody lives there"),
        pytest.param(np.nan, 10, id="the count is suppressed"),
        pytest.param(5, np.nan, id="no population"),
    ],
)
def test_no_number_where_there_is_none(part, whole):
    assert np.isnan(rate_per_10k(part, whole))


def test_rates_use_the_estimate_of_the_year_before():
    assert population_year(2017) == 2016
