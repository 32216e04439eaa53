"""Matched comparators: paths small enough to measure by hand, and a loop over pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import Sample, Slots
from analytics.matching import matched, matches, path_distance

YEARS = np.arange(2013, 2019)
BEFORE = YEARS < 2017
CODES = ["A", "B", "C", "D", "E"]
# Years 2013-16 count: A is the adopter, B one above it throughout, C the same but for 2015, D far off, E like A only after.
PATHS = np.array(
    [
        [10.0, 12, 11, 13, 50, 50],
        [11.0, 13, 12, 14, 0, 0],
        [10.0, 12, 15, 13, 0, 0],
        [30.0, 32, 31, 33, 0, 0],
        [20.0, 12, 21, 13, 50, 50],
    ]
)
WHOLE = np.ones(PATHS.shape, dtype=bool)
OTHERS = np.array([False, True, True, True, True])


def test_distance_by_hand():
    found = path_distance(PATHS, WHOLE, BEFORE)[0]
    # B differs by 1 each year; C by 4 in one of four years; E by 10 in two of four.
    assert found == pytest.approx([0, 1, 2, 20, np.sqrt(50)])


def test_shape_alone_by_hand():
    found = path_distance(PATHS, WHOLE, BEFORE, shape_only=True)[0]
    # C: differences 0 0 4 0, mean 1, so squares 1 1 9 1 and a mean of 3.
    assert found == pytest.approx([0, 0, np.sqrt(3), 0, 5])


def test_nearest_first_and_nobody_with_itself():
    found = matched(PATHS, WHOLE, BEFORE, OTHERS, count=3)
    assert found[0].tolist() == [1, 2, 4]
    assert found[1].tolist() == [2, 4, 3]  # sqrt 3, sqrt 41 and 19; not itself, nor the treated
    assert matched(PATHS, WHOLE, BEFORE, OTHERS, count=9)[3].tolist() == [4, 1, 2, -1, -1]


def test_only_years_of_both_count_and_two_are_too_few():
    observed = WHOLE.copy()
    observed[2, 2] = False  # the one year in which C differs
    observed[1, :2] = False  # B keeps two years
    found = path_distance(PATHS, observed, BEFORE)[0]
    assert found[2] == 0 and np.isinf(found[1])
    assert matched(PATHS, observed, BEFORE, OTHERS, count=4)[0].tolist() == [2, 4, 3, -1]


def sample(start: list[int], treated: list[int], paths: np.ndarray = PATHS, observed: np.ndarray = WHOLE) -> Sample:
    slots = Slots(np.array(start), np.array(start))
    return Sample(paths[None], observed, YEARS, np.ones(len(paths)), slots, np.array(treated))


def test_table_and_partners_tell_the_same():
    found = matches(sample([2017], [0]), CODES, count=2)
    assert found.table.to_dict("list") == {
        "treated": ["A", "A"],
        "comparator": ["B", "C"],
        "rank": [1, 2],
        "distance": [1.0, 2.0],
    }
    assert found.partners.shape == (1, 5, 5)
    assert np.flatnonzero(found.partners[0, 0]).tolist() == [1, 2]
    assert np.flatnonzero(found.partners[0, 3]).tolist() == [
        1,
        4,
    ]  # a placebo's own: sqrt 250 to E, 19 to B, sqrt 364 to C
    assert not found.partners[:, :, 0].any() and found.unmatched == ()


def test_each_kind_of_slot_matches_on_its_own_years():
    found = matches(sample([2016, 2017], [0, 3]), CODES, count=1)
    # Before 2016 C differs by 4 in one of three years (2.3), B still by 1.
    assert [np.flatnonzero(found.partners[kind, 0]).tolist() for kind in (0, 1)] == [[1], [1]]
    assert found.table.treated.tolist() == ["A", "D"] and not found.partners[:, :, [0, 3]].any()


def test_an_adopter_with_a_short_path_is_named():
    observed = WHOLE.copy()
    observed[0, :2] = False
    found = matches(sample([2017], [0], observed=observed), CODES)
    assert found.unmatched == ("A",) and found.table.empty and not found.partners[0, 0].any()


def test_matches_equal_a_loop():
    rng = np.random.default_rng(3)
    paths, observed = rng.normal(50, 8, (20, 6)), rng.random((20, 6)) > 0.2
    found = matches(sample([2017, 2018], [4, 9], paths, observed), [str(i) for i in range(20)]).partners
    for kind, start in enumerate((2017, 2018)):
        for i in range(20):
            distances = {}
            for j in set(range(20)) - {i, 4, 9}:
                both = [t for t in range(6) if YEARS[t] < start and observed[i, t] and observed[j, t]]
                if len(both) >= 3:
                    distances[j] = sum((paths[i, t] - paths[j, t]) ** 2 for t in both) / len(both)
            assert set(np.flatnonzero(found[kind, i])) == set(sorted(distances, key=distances.get)[:5])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-1000, 1000))
def test_unit_and_level_do_not_choose(seed, scale, level):
    rng = np.random.default_rng(seed)
    paths = rng.normal(0, 8, (12, 6))
    observed = rng.random((12, 6)) > 0.1
    candidates = rng.random(12) > 0.3
    one = matched(paths, observed, BEFORE, candidates)
    np.testing.assert_array_equal(one, matched(scale * paths + level, observed, BEFORE, candidates))
