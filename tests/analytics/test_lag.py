"""The lag: which years after the first exposed one make up the effect."""

import numpy as np
import pytest

from analytics.errors import BadSpecification
from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.imputation import event_study, event_times
from analytics.spec import Specification, Treatment

# One adopter (row 0) against one comparator that never moves: its gap is its own figure less the base of 10.
VALUES = np.array([[[10.0, 10, 11, 13, 17], [5, 5, 5, 5, 5]]])


def sample(lag) -> Sample:
    slots = Slots(np.array([2015]), np.array([2015]), lag=lag)
    return Sample(VALUES, np.ones((2, 5), bool), np.arange(2013, 2018), np.ones(2), slots, np.array([0]))


@pytest.mark.parametrize(("lag", "mean"), [((0, None), 11 / 3), ((1, None), 5.0), ((0, 1), 2.0), ((2, 2), 7.0)])
@pytest.mark.parametrize(
    "name", ["imputation", "two_by_two", "two_way", "callaway_santanna", "sun_abraham", "event_study"]
)
def test_only_the_years_of_the_lag_make_up_the_effect(name, lag, mean):
    assert prepared(name, sample(lag)).estimates(np.array([[0]]))[0, 0] == pytest.approx(mean)


def test_the_gaps_are_shown_for_every_exposed_year_all_the_same():
    lagged = sample((1, 1))
    assert event_times(lagged).tolist() == [-2, -1, 0, 1, 2]
    assert event_study(lagged).quantities(np.array([[0]]))[0, 2:, 0] == pytest.approx([1, 3, 7])


def test_a_lag_without_a_year_is_refused():
    with pytest.raises(BadSpecification, match="leave no year"):
        Treatment(model="M", lag_first=2, lag_last=1)


def test_the_usual_lag_leaves_the_hash_as_it_was():
    plain = Specification.from_dict({"outcomes": ["a"], "treatment": {"model": "M"}})
    usual = Specification.from_dict({"outcomes": ["a"], "treatment": {"model": "M", "lag_first": 0}})
    other = Specification.from_dict({"outcomes": ["a"], "treatment": {"model": "M", "lag_last": 3}})
    assert plain.hash == usual.hash != other.hash
