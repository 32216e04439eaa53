"""Sun and Abraham: equal to the saturated regression on dummies, on every kind of panel, real and placebo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import BadSpecification
from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.event_study import event_table
from analytics.estimators.sun_abraham import SunAbraham
from tests.analytics import brute_force_staggered as brute
from tests.analytics.estimators.test_against_brute_force import (
    EXPOSED,
    PANELS,
    START,
    TREATED,
    YEARS,
    assignments,
    sample_of,
)
from tests.analytics.estimators.test_callaway_santanna import SIZE, masks, small
from tests.analytics.estimators.test_event_study import WHOLE, sparse

PIECES = {
    "every cell": [WHOLE, WHOLE, WHOLE],
    "comparators join no year before to one after": [WHOLE, [1, 1, 0, 0], [0, 0, 1, 1]],
    "comparators join the years by a chain": [WHOLE, [1, 1, 1, 0], [0, 0, 1, 1]],
    "adopter unseen in its base year": [[1, 0, 1, 1], WHOLE, WHOLE],
    "one comparator seen once": [WHOLE, [0, 0, 0, 1], WHOLE],
}


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("own", [False, True], ids=["everyone compared", "comparators of its own"])
def test_real_and_placebo_estimates_equal_the_regression_on_dummies(panel, own):
    sample, drawn = sample_of(**PANELS[panel], outcomes=2), assignments(6)
    compared = masks(drawn) if own else None
    found = SunAbraham(sample)
    means, by_time = found.estimates(drawn, compared), found.quantities(drawn, compared)
    for k in range(2):
        for d, who in enumerate(drawn):
            args = (sample.values[k], sample.observed, YEARS, sample.weights, who, START, EXPOSED)
            times, mean = brute.sun_abraham(*args, compared=compared[d] if own else None)
            assert abs(means[k, d] - mean) < 10 * SIZE
            twin = [times.get(e, np.nan) for e in found.times.tolist()]
            np.testing.assert_allclose(by_time[k, :, d], twin, atol=10 * SIZE, rtol=0)


def test_never_treated_whole_panel_equals_callaway_and_santanna():
    sample, drawn = sample_of(missing=0.0, weighted=True), assignments()
    one, two = (prepared(name, sample).estimates(drawn) for name in ("sun_abraham", "callaway_santanna"))
    np.testing.assert_allclose(one, two, atol=SIZE)


def test_by_hand():
    # As in the test of Callaway and Sant'Anna: 2016 against 2014, 6 - 1.5; 2013 against 2014, -3 + 1.
    table = event_table(SunAbraham(small()))
    assert (table.times.tolist(), table.adopters.tolist(), table.not_identified) == ([-3, 0], [2, 2], ())
    np.testing.assert_allclose(table.estimate, [[-2.0, 4.5]], atol=1e-14)


def test_what_nothing_links_to_the_base_year_is_named_and_left_out_of_the_mean():
    # The adopter is seen in 2013 and 2016 but not in 2014, its base year: no coefficient, and no mean.
    sample = small()
    observed = np.array([[1, 0, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]], bool)
    alone = Sample(
        sample.values[:, [0, 2, 3]],
        observed,
        sample.years,
        np.ones(3),
        Slots(*np.array([[2015], [2016]])),
        np.array([0]),
    )
    table = event_table(SunAbraham(alone))
    assert table.not_identified == (-3, 0)
    assert np.isnan(SunAbraham(alone).estimates(np.array([[0]]))).all()


@pytest.mark.parametrize("panel", PIECES)
def test_panels_in_pieces_equal_the_regression_on_dummies(panel):
    sample = sparse(PIECES[panel])
    args = (sample.values[0], sample.observed, sample.years, sample.weights, [0], [2015], [2015])
    times, mean = brute.sun_abraham(*args)
    found = SunAbraham(sample)
    by_time = found.quantities(np.array([[0]]))[0, :, 0]
    np.testing.assert_allclose(by_time, [times.get(e, np.nan) for e in found.times.tolist()], atol=1e-12)
    np.testing.assert_allclose(found.estimates(np.array([[0]]))[0, 0], mean, atol=1e-12)


def test_a_base_year_outside_the_panel_identifies_nothing():
    sample = small()
    cut = Sample(
        sample.values[:, :, 2:], sample.observed[:, 2:], sample.years[2:], np.ones(4), sample.slots, np.array([0, 1])
    )
    assert np.isnan(SunAbraham(cut).estimates(np.array([[0, 1]]))).all()


def test_another_base_is_refused_in_words():
    with pytest.raises(BadSpecification, match="sun_abraham measures from the last year before"):
        prepared("sun_abraham", small(), base=2)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.1, 20))
def test_effects_of_authorities_and_years_a_unit_and_an_order_change_nothing(seed, scale):
    rng = np.random.default_rng(seed)
    sample = sample_of(missing=0.1, weighted=True, seed=seed)
    order, outcomes = rng.permutation(18), rng.permutation(3)
    place = order.argsort()
    shifted = scale * sample.values + rng.normal(0, 20, (1, 18, 1)) + rng.normal(0, 20, (1, 1, len(YEARS)))
    moved = Sample(
        shifted[outcomes][:, order],
        sample.observed[order],
        YEARS,
        7 * sample.weights[order],
        sample.slots,
        place[TREATED],
    )
    drawn = assignments(3)
    for name in ("sun_abraham", "event_study"):
        one, two = prepared(name, sample).estimates(drawn), prepared(name, moved).estimates(place[drawn])
        np.testing.assert_allclose(two, scale * one[outcomes], atol=1e-9 * scale)
