"""Ends of the estimate over hidden counts: by hand, by trying every count, and what is not bounded."""

import itertools

import numpy as np
import pytest

from analytics.checks.suppression_bounds import Hidden, NotBounded, Total, adopters_share, bounds, suppression_bounds
from analytics.estimators import Sample, Slots, prepared
from tests.analytics import brute_force


def estimates_by(name: str):
    return lambda sample: prepared(name, sample).estimates(sample.treated[None])[:, 0]


def mask(shape, cells) -> np.ndarray:
    found = np.zeros(shape, bool)
    found[tuple(np.transpose(cells))] = True
    return found


def by_hand(adopter=(20.0, 40.0), hidden=((1, 0), (1, 1), (2, 1))) -> tuple[Sample, Hidden]:
    """An adopter and two comparators, two years, rates per 10,000; the hidden figures are the comparators'."""
    values = np.array([[adopter, [np.nan, np.nan], [10.0, np.nan], [30.0, 30.0]]], float)
    cells = mask((4, 2), list(hidden))
    # The third comparator has figures in both years, so that there is an estimate without the hidden ones.
    sample = Sample(
        np.where(np.isnan(values), 0.0, values),
        ~cells,
        np.array([2014, 2015]),
        np.ones(4),
        Slots(np.array([2015]), np.array([2015])),
        np.array([0]),
    )
    return sample, Hidden(cells, np.where(cells, [[1], [2000], [1000], [1]], np.nan), 10_000)


def test_two_authorities_by_hand():
    # A child is 5 per 10,000 in the first comparator (2,000 children), 10 in the second (1,000). The adopter rose by 20;
    # the comparators' mean change is (5 (b - a) + (10 c - 10) + 0) / 3 with a, b, c from 1 to 5.
    sample, hidden = by_hand()
    found = bounds(sample, hidden, estimates_by("two_by_two"))
    assert found.reported == pytest.approx(20)
    assert found.low == pytest.approx(20 - (5 * 4 + 40) / 3)  # a = 1, b = 5, c = 5
    assert found.high == pytest.approx(20 - (5 * -4 + 0) / 3)  # a = 5, b = 1, c = 1
    assert found.table.weight.tolist() == pytest.approx([5 / 3, -5 / 3, -10 / 3])
    assert found.table.at_low.tolist() == [1, 5, 5] and found.table.at_high.tolist() == [5, 1, 1]
    assert found.at_low.values[0][1:3].tolist() == [[5, 25], [10, 50]]


def test_a_published_total_that_binds_by_hand():
    # The region's hidden counts of 2015 sum to 4: b + c = 4. Lowest: c = 3, b = 1, for c weighs twice; highest: b = 3, c = 1.
    sample, hidden = by_hand()
    total = Total(mask((4, 2), [(1, 1), (2, 1)]), 4, 4)
    found = bounds(sample, hidden, estimates_by("two_by_two"), [total])
    assert found.low == pytest.approx(20 - (5 * (1 - 1) + 20) / 3)
    assert found.high == pytest.approx(20 - (5 * (3 - 5) + 0) / 3)


def test_a_total_that_no_count_can_meet_is_said():
    sample, hidden = by_hand()
    total = Total(hidden.cells, 16, 20)
    found = suppression_bounds(sample, hidden, estimates_by("two_by_two"), decimals=1, unit="", totals=[total])
    assert found.verdict == "cannot_tell" and "do not fit" in found.sentence


YEARS = np.arange(2013, 2019)


def random_sample(seed=0) -> tuple[Sample, Hidden]:
    rng = np.random.default_rng(seed)
    denominator = rng.uniform(800, 4000, (9, 6))
    cells = mask((9, 6), [(0, 1), (3, 0), (3, 4), (5, 5), (7, 2)])
    values = np.where(cells, 0.0, rng.normal(60, 9, (9, 6)))[None]
    start = np.array([2015, 2016])
    sample = Sample(values, ~cells, YEARS, rng.uniform(1, 9, 9), Slots(start, start + 1), np.array([0, 4]))
    return sample, Hidden(cells, denominator, 10_000, 1, 3)


@pytest.mark.parametrize("name", ["imputation", "two_way", "two_by_two"])
@pytest.mark.parametrize("totals", ["none", "apart", "overlapping"])
def test_the_ends_are_those_of_every_count_tried(name, totals):
    sample, hidden = random_sample()
    places = list(zip(*np.nonzero(hidden.cells), strict=True))
    sums = {
        "none": [],
        "apart": [Total(mask((9, 6), places[:3]), 5, 5), Total(mask((9, 6), places[3:]), 3, 4)],
        "overlapping": [Total(mask((9, 6), places[:3]), 5, 5), Total(mask((9, 6), places[1:]), 7, 8)],
    }[totals]
    found = bounds(sample, hidden, estimates_by(name), sums)
    twin = getattr(brute_force, name)
    tried = []
    for counts in itertools.product([1, 2, 3], repeat=5):
        held = np.zeros((9, 6))
        held[hidden.cells] = counts
        if all(t.low <= held[t.cells].sum() <= t.high for t in sums):
            y = np.where(hidden.cells, 10_000 * held / hidden.denominator, sample.values[0])
            everything = np.ones((9, 6), bool)
            start, exposed = sample.slots.start, sample.slots.exposed
            tried.append(twin(y, everything, YEARS, sample.weights, sample.treated, start, exposed))
    assert found.low == pytest.approx(min(tried), abs=1e-9) and found.high == pytest.approx(max(tried), abs=1e-9)
    assert estimates_by(name)(found.at_low)[0] == pytest.approx(found.low, abs=1e-9)


def test_a_count_is_never_above_its_denominator():
    sample, hidden = by_hand()
    few = Hidden(hidden.cells, np.where(hidden.cells, 2.0, np.nan), 100)
    assert bounds(sample, few, estimates_by("two_by_two")).table.most.tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    "adopter,result,words",
    [
        pytest.param((20.0, 60.0), "held", "the same throughout", id="20.0 to 46.7, all a rise"),
        pytest.param((20.0, 35.0), "failed", "hangs on", id="-5.0 to 21.7 on either side of zero"),
    ],
)
def test_the_sign_at_both_ends_decides(adopter, result, words):
    found = suppression_bounds(*by_hand(adopter), estimates_by("two_by_two"), decimals=1, unit="per 10,000 children")
    assert found.verdict == result and words in found.sentence and "each of the 3 suppressed figures" in found.sentence


def test_the_verdicts_side_decides_where_one_is_given():
    estimate = estimates_by("two_by_two")
    sample, hidden = by_hand((20.0, 35.0))
    for limit, result in ((50.0, "held"), (10.0, "failed")):
        side = lambda one, limit=limit: "evidence" if estimate(one)[0] > limit else "no clear change"  # noqa: E731
        assert suppression_bounds(sample, hidden, estimate, decimals=1, unit="", side_of=side).verdict == result


def test_too_many_of_the_adopters_figures_cannot_tell():
    sample, _ = by_hand()
    mine = Hidden(mask((4, 2), [(0, 0)]), np.full((4, 2), 2000.0), 10_000)
    two_adopters = Sample(
        sample.values,
        ~mine.cells,
        sample.years,
        sample.weights,
        Slots(np.array([2015] * 2), np.array([2015] * 2)),
        np.array([0, 1]),
    )
    assert adopters_share(two_adopters, mine) == 0.25
    found = suppression_bounds(two_adopters, mine, estimates_by("two_by_two"), decimals=1, unit="")
    assert found.verdict == "cannot_tell" and "25% of the adopters' figures" in found.sentence


def test_cells_without_a_denominator_stay_out_and_are_counted():
    sample, hidden = by_hand()
    denominator = hidden.denominator.copy()
    denominator[1, 0] = np.nan
    found = suppression_bounds(
        sample, Hidden(hidden.cells, denominator, 10_000), estimates_by("two_by_two"), decimals=1, unit=""
    )
    assert len(found.table) == 2 and "1 more cannot be bounded" in found.sentence
    assert found.verdict == "failed"
    denominator[1, 1] = np.nan  # two of three cannot be bounded
    few = suppression_bounds(
        sample, Hidden(hidden.cells, denominator, 10_000), estimates_by("two_by_two"), decimals=1, unit=""
    )
    assert few.verdict == "cannot_tell" and "The rest could change" in few.sentence
    none = Hidden(hidden.cells, np.full((4, 2), np.nan), 10_000)
    assert suppression_bounds(sample, none, estimates_by("two_by_two"), decimals=1, unit="").verdict == "cannot_tell"


def test_nothing_hidden_holds():
    sample, hidden = by_hand()
    nothing = Hidden(np.zeros((4, 2), bool), hidden.denominator, 10_000)
    assert suppression_bounds(sample, nothing, estimates_by("two_by_two"), decimals=1, unit="").verdict == "held"


def test_an_estimator_that_chooses_its_weights_is_not_bounded():
    def largest_change(sample: Sample) -> np.ndarray:
        return np.max(sample.filled[:, :, 1] - sample.filled[:, :, 0], axis=1)

    sample, hidden = by_hand()
    with pytest.raises(NotBounded, match="chooses its weights"):
        bounds(sample, hidden, largest_change)
