"""The event-study regression equals one on dummies, on every kind of panel, real and placebo."""

import numpy as np
import pytest

from analytics.errors import BadSpecification
from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.event_study import EventStudyRegression, event_table
from tests.analytics import brute_force_staggered as brute
from tests.analytics.estimators.test_against_brute_force import (
    EXPOSED,
    PANELS,
    START,
    YEARS,
    assignments,
    sample_of,
)
from tests.analytics.estimators.test_callaway_santanna import SIZE, masks, small


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("own", [False, True], ids=["everyone compared", "comparators of its own"])
def test_real_and_placebo_coefficients_equal_the_regression_on_dummies(panel, own):
    sample, drawn = sample_of(**PANELS[panel], outcomes=2), assignments(6)
    compared = masks(drawn) if own else None
    found = EventStudyRegression(sample)
    means, by_time = found.estimates(drawn, compared), found.quantities(drawn, compared)
    for k in range(2):
        for d, who in enumerate(drawn):
            args = (sample.values[k], sample.observed, YEARS, sample.weights, who, START, EXPOSED)
            times, mean = brute.event_study(*args, compared=compared[d] if own else None)
            assert abs(means[k, d] - mean) < 10 * SIZE
            twin = [times.get(e, np.nan) for e in found.times.tolist()]
            np.testing.assert_allclose(by_time[k, :, d], twin, atol=10 * SIZE, rtol=0)


def test_by_hand():
    table = event_table(EventStudyRegression(small()))
    assert table.times.tolist() == [-3, 0]
    np.testing.assert_allclose(table.estimate, [[-2.0, 4.5]], atol=1e-13)
    assert prepared("event_study", small()).estimates(np.array([[0, 1]]))[0, 0] == pytest.approx(4.5, abs=1e-13)


def sparse(observed) -> Sample:
    """One adopter (start and exposure in 2015) and two comparators over 2013 to 2016."""
    values = np.array([[[3.0, 1.0, 5.0, 6.0], [1.0, 2.0, 2.0, 3.0], [0.0, 0.0, 1.0, 1.0]]])
    slots = Slots(np.array([2015]), np.array([2015]))
    return Sample(values, np.array(observed, bool), np.arange(2013, 2017), np.ones(3), slots, np.array([0]))


WHOLE = [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("observed", "not_identified"),
    [
        pytest.param([WHOLE, WHOLE, WHOLE], (), id="every cell"),
        pytest.param([[1, 1, 1, 0], WHOLE, WHOLE], (1,), id="no adopter seen a year after"),
        pytest.param([[1, 0, 1, 1], WHOLE, WHOLE], (-2, 0, 1), id="base year unseen: any level will do"),
        pytest.param([WHOLE, [1, 1, 1, 0], [1, 1, 1, 0]], (1,), id="no comparator seen a year after"),
    ],
)
def test_coefficients_that_the_panel_leaves_open_are_named(observed, not_identified):
    sample = sparse(observed)
    table = event_table(EventStudyRegression(sample))
    assert table.not_identified == not_identified
    args = (sample.values[0], sample.observed, sample.years, sample.weights, [0], [2015], [2015])
    twins, mean = brute.event_study(*args)
    twin = [twins.get(e, np.nan) for e in table.times.tolist()]
    np.testing.assert_allclose(table.estimate[0], twin, atol=1e-12)
    found = prepared("event_study", sample).estimates(np.array([[0]]))[0, 0]
    np.testing.assert_allclose(found, mean, atol=1e-12)


def test_a_mix_of_identified_and_open_assignments_keeps_each_its_own():
    sample = sparse([[1, 0, 1, 1], WHOLE, WHOLE])
    found = prepared("event_study", sample).estimates(np.array([[0], [1], [2]]))[0]
    assert np.isnan(found).tolist() == [True, False, False]


def test_another_base_is_refused_in_words():
    with pytest.raises(BadSpecification, match="event_study measures from the last year before"):
        prepared("event_study", small(), base=2)
