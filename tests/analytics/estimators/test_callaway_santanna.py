"""Callaway and Sant'Anna: by hand, against loops under placebos, and what must not change it."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import BadSpecification
from analytics.estimators import Sample, Slots, prepared
from analytics.estimators.callaway_santanna import group_time
from analytics.inference.permutation import placebo_estimates, placebos
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

SIZE = 1e-12 * 50  # 1e-12 of the outcomes' size


def masks(drawn: np.ndarray) -> np.ndarray:
    """Comparators of each assignment's own, some of them holders, which must not count."""
    return np.random.default_rng(2).random((len(drawn), 18)) < 0.5


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("comparison", ["never", "not_yet"])
@pytest.mark.parametrize("own", [False, True], ids=["everyone compared", "comparators of its own"])
def test_real_and_placebo_estimates_equal_a_loop(panel, comparison, own):
    sample, drawn = sample_of(**PANELS[panel]), assignments()
    compared = masks(drawn) if own else None
    found = prepared("callaway_santanna", sample, comparison=comparison).estimates(drawn, compared)
    for k in range(3):
        for d, who in enumerate(drawn):
            twin = brute.simple(
                sample.values[k],
                sample.observed,
                YEARS,
                sample.weights,
                who,
                START,
                EXPOSED,
                comparison,
                compared[d] if own else None,
            )
            assert abs(found[k, d] - twin) < SIZE, (panel, k, d)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("comparison", ["never", "not_yet"])
@pytest.mark.parametrize("base_period", ["varying", "universal"])
def test_every_cohort_and_year_equals_a_loop(panel, comparison, base_period):
    sample = sample_of(**PANELS[panel], outcomes=2)
    table = group_time(sample, comparison, base_period)
    held = set(zip(table.start.tolist(), table.exposed.tolist(), table.year.tolist(), strict=True))
    for s, g in {(2016, 2017), (2017, 2018), (2018, 2018)}:
        for year in YEARS.tolist():
            base = year - 1 if year < s and base_period == "varying" else s - 1
            args = (sample.observed, YEARS, sample.weights, TREATED, START, EXPOSED, (s, g), year, base, comparison)
            twins = [brute.att(sample.values[k], *args) for k in range(2)]
            if s <= year < g or base == year:
                assert (s, g, year) not in held and (s, g, year) not in table.not_estimated
            elif twins[0] is None:
                assert (s, g, year) in table.not_estimated and (s, g, year) not in held
            else:
                here = (table.start == s) & (table.exposed == g) & (table.year == year)
                np.testing.assert_allclose(table.estimate[:, here][:, 0], twins, atol=SIZE, rtol=0)


def small() -> Sample:
    """Two outcomes' worth of one: adopters 0 and 1 start in 2015 (exposed 2016); 2 and 3 never."""
    values = np.array([[[10.0, 12.0, 99.0, 20.0], [0.0, 4.0, 99.0, 8.0], [5.0, 6.0, 7.0, 9.0], [1.0, 2.0, 2.0, 2.0]]])
    slots = Slots(np.array([2015, 2015]), np.array([2016, 2016]))
    return Sample(values, np.ones((4, 4), bool), np.arange(2013, 2017), np.ones(4), slots, np.array([0, 1]))


def test_by_hand():
    # 2016 against 2014: adopters +8 and +4, comparators +3 and 0, so 6 - 1.5 = 4.5; the transition year 2015 is never used.
    # Before, 2014 against 2013: +2 and +4 less +1 and +1: 2.
    sample = small()
    table = group_time(sample)
    assert table.year.tolist() == [2014, 2016]
    assert table.event_time.tolist() == [-2, 0]
    np.testing.assert_allclose(table.estimate, [[2.0, 4.5]], atol=1e-14)
    # Influence: half of (own change - mean), less half of the comparators': (8 - 6)/2, (4 - 6)/2, -(3 - 1.5)/2, -(0 - 1.5)/2.
    np.testing.assert_allclose(table.influence[0, 1], [1.0, -1.0, -0.75, 0.75], atol=1e-14)
    np.testing.assert_allclose(table.standard_error[0, 1], np.sqrt(2 * 1.0 + 2 * 0.5625), atol=1e-14)
    assert prepared("callaway_santanna", sample).estimates(sample.treated[None])[0, 0] == pytest.approx(4.5, abs=1e-14)


def test_weights_are_of_authorities_and_cohorts():
    # Weights 3 and 1 among adopters: (3 x 8 + 4)/4 = 7; comparators 1 and 2: (3 + 0)/3 = 1.
    sample = dataclasses.replace(small(), weights=np.array([3.0, 1.0, 1.0, 2.0]))
    assert prepared("callaway_santanna", sample).estimates(sample.treated[None])[0, 0] == pytest.approx(6.0, abs=1e-14)


def test_a_cohort_counts_with_its_number_treated_whether_or_not_all_are_observed():
    # Cohort 2015 has two adopters, one of them not seen in 2016; cohort 2016 has one. Effects 4 and 1: (2 x 4 + 1)/3 = 3.
    values = np.array([[[0.0, 4.0], [0.0, 9.0], [0.0, 1.0], [0.0, 0.0]]])
    values = np.concatenate([values[:, :, :1], values[:, :, :1], values[:, :, 1:]], axis=2)  # 2013 = 2014
    observed = np.ones((4, 3), bool)
    observed[1, 2] = False
    slots = Slots(np.array([2015, 2015, 2014]), np.array([2015, 2015, 2015]))
    sample = Sample(values, observed, np.arange(2013, 2016), np.ones(4), slots, np.array([0, 1, 2]))
    assert prepared("callaway_santanna", sample).estimates(sample.treated[None])[0, 0] == pytest.approx(3.0, abs=1e-14)


def test_a_start_whose_base_year_is_not_in_the_panel_is_named_and_not_estimated():
    sample = small()
    without_2014 = Sample(
        sample.values[:, :, [0, 2, 3]],
        sample.observed[:, [0, 2, 3]],
        sample.years[[0, 2, 3]],
        sample.weights,
        sample.slots,
        sample.treated,
    )
    assert np.isnan(prepared("callaway_santanna", without_2014).estimates(sample.treated[None])).all()
    assert group_time(without_2014).not_estimated == ((2015, 2016, 2013), (2015, 2016, 2016))


def test_a_holder_of_a_slot_that_has_not_started_is_compared_under_not_yet_alone():
    # Never: 0 alone. Not yet: 0 and the authority that starts in 2017, whose change to 2015 is 2: mean 1.
    values = np.array([[[0.0, 5.0, 5.0, 5.0], [0.0, 2.0, 2.0, 8.0], [0.0, 0.0, 0.0, 0.0]]])
    slots = Slots(np.array([2015, 2017]), np.array([2015, 2017]))
    sample = Sample(values, np.ones((3, 4), bool), np.arange(2014, 2018), np.ones(3), slots, np.array([0, 1]))
    first = {c: group_time(sample, c).estimate[0, 0] for c in ("never", "not_yet")}
    assert first == {"never": 5.0, "not_yet": 4.0}
    last = {c: group_time(sample, c).estimate[0, 2] for c in ("never", "not_yet")}
    assert last == {"never": 5.0, "not_yet": 5.0}  # by 2017 it has started


@pytest.mark.parametrize(
    ("option", "error"),
    [
        pytest.param({"comparison": "later"}, BadSpecification, id="unknown word"),
        pytest.param({"base_period": "all"}, BadSpecification, id="unknown base period"),
        pytest.param({"base": 3}, BadSpecification, id="a base of another estimator"),
        pytest.param({"colour": "red"}, TypeError, id="unknown option"),
    ],
)
def test_options_it_cannot_use_are_refused(option, error):
    with pytest.raises(error):
        prepared("callaway_santanna", small(), **option)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.1, 20), shift=st.floats(-50, 50))
def test_a_constant_a_unit_an_order_of_authorities_and_of_outcomes_change_nothing(seed, scale, shift):
    rng = np.random.default_rng(seed)
    sample = sample_of(missing=0.1, weighted=True, seed=seed)
    order, outcomes = rng.permutation(18), rng.permutation(3)
    place = order.argsort()
    moved = Sample(
        (scale * sample.values + shift)[outcomes][:, order],
        sample.observed[order],
        YEARS,
        7 * sample.weights[order],
        sample.slots,
        place[TREATED],
    )
    drawn = assignments(4)
    one = prepared("callaway_santanna", sample, comparison="not_yet").estimates(drawn)
    two = prepared("callaway_santanna", moved, comparison="not_yet").estimates(place[drawn])
    np.testing.assert_allclose(two, scale * one[outcomes], atol=1e-10 * scale)
    one, two = group_time(sample), group_time(moved)
    np.testing.assert_allclose(two.standard_error, scale * one.standard_error[outcomes], atol=1e-10 * scale)


def test_never_treated_equals_imputation_from_one_base_year_on_a_whole_panel():
    sample, drawn = sample_of(missing=0.0, weighted=True), assignments()
    one = prepared("callaway_santanna", sample).estimates(drawn)
    np.testing.assert_allclose(one, prepared("imputation", sample, base=1).estimates(drawn), atol=SIZE)


@pytest.mark.parametrize("name", ["callaway_santanna", "sun_abraham", "event_study"])
@pytest.mark.parametrize("panel", PANELS)
def test_a_planted_effect_is_found_whole_and_the_exposure_itself_is_an_effect_of_one(name, panel):
    sample = sample_of(**PANELS[panel], outcomes=1)
    rng = np.random.default_rng(6)
    flat = rng.normal(0, 20, (1, 18, 1)) + rng.normal(0, 20, (1, 1, len(YEARS)))
    planted = dataclasses.replace(sample, values=np.concatenate([flat + 3 * sample.exposure, sample.exposure[None]]))
    found = prepared(name, planted).estimates(TREATED[None])[:, 0]
    np.testing.assert_allclose(found, [3.0, 1.0], atol=1e-10)
    # A placebo of others has no effect of its own, but for what the real one leaves among its comparators.
    chance = placebo_estimates(
        prepared(name, planted),
        TREATED,
        placebos(np.ones(18), TREATED, sample.slots, matched=False, draws=99, seed=1),
    )
    np.testing.assert_allclose(chance.placebo[0], 3 * chance.response, atol=1e-10)
