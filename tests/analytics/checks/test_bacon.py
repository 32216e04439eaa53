"""The two-way figure taken apart: weights and 2x2s by hand, by explicit regressions, and who is left out."""

import itertools

import numpy as np
import pytest

from analytics.checks.bacon import ALREADY, ALWAYS, NEVER, NOT_YET, bacon, decomposition
from analytics.estimators import Sample, Slots, prepared
from tests.analytics import brute_force

YEARS = np.arange(2013, 2021)
FIRST = {0: 2015, 3: 2015, 4: 2017, 7: 2019, 9: 2013}  # authority 9 is exposed throughout


def sample_of(*, first=FIRST, n=12, weights=None, missing=(), seed=2) -> Sample:
    rng = np.random.default_rng(seed)
    values = rng.normal(50, 8, (1, n, 1)) + rng.normal(0, 2, (1, n, len(YEARS)))
    observed = np.ones((n, len(YEARS)), bool)
    for cell in missing:
        observed[cell] = False
    start = np.array(list(first.values()))
    treated = np.array(list(first))
    return Sample(values, observed, YEARS, np.ones(n) if weights is None else weights, Slots(start, start), treated)


@pytest.mark.parametrize("weighted", [False, True])
def test_weights_sum_to_one_and_give_the_two_way_coefficient(weighted):
    weights = np.random.default_rng(5).uniform(1e4, 3e5, 12) if weighted else None
    sample = sample_of(weights=weights)
    found = decomposition(sample)
    rows = found.comparisons
    assert abs(rows.weight.sum() - 1) < 1e-12 and (rows.weight > 0).all()
    assert abs((rows.weight * rows.estimate).sum() - found.coefficient) < 1e-12 * 50
    twin = brute_force.two_way(
        sample.values[0], sample.observed, YEARS, sample.weights, sample.treated, *[sample.slots.start] * 2
    )
    assert abs(found.coefficient - twin) < 1e-12 * 50
    batched = prepared("two_way", sample).estimates(sample.treated[None])[0, 0]
    assert abs(found.coefficient - batched) < 1e-12 * 50


def test_each_comparison_is_the_two_way_regression_on_its_authorities_and_years():
    """Goodman-Bacon's definition: a pair of groups, the years in which one of them does not change; weight n^2 x variance."""
    sample = sample_of()
    first = np.full(12, 9999)
    first[sample.treated] = sample.slots.exposed
    expected = {}
    for early, late in itertools.combinations(sorted(set(first.tolist())), 2):
        pair = np.flatnonzero((first == early) | (first == late))
        for years, switching in ((late > YEARS, early), (early <= YEARS, late)):
            exposed = (first[pair][:, None] <= YEARS) & years
            used = np.tile(years, (len(pair), 1))
            d = exposed[:, years].astype(float)
            d = d - d.mean(1, keepdims=True) - d.mean(0) + d.mean()
            if (d**2).sum() < 1e-12:
                continue
            beta = brute_force.least_squares(sample.values[0][pair], used, np.ones(len(pair)), exposed.astype(float))[2]
            share = (len(pair) * years.sum()) ** 2 * (d**2).mean()
            expected[switching, late if switching == early else early] = (share, beta)
    total = sum(share for share, _ in expected.values())
    rows = decomposition(sample).comparisons.fillna({"compared_from": 9999})
    assert len(rows) == len(expected)
    for row in rows.itertuples():
        share, beta = expected[row.exposed_from, row.compared_from]
        assert row.weight == pytest.approx(share / total, abs=1e-12)
        assert row.estimate == pytest.approx(beta, abs=1e-10)


def test_four_years_by_hand():
    # Early from 2014, late from 2015, one never exposed. Weights before scaling, all pairs alike in size:
    # early-never 3/4 x 1/4, late-never 1/2 x 1/2, early-late 1/4 x 1/4, late-early 1/2 x 1/4.
    values = np.array([[[10.0, 14, 14, 14], [20, 20, 26, 26], [30, 30, 30, 34]]])
    start = np.array([2014, 2015])
    sample = Sample(
        values, np.ones((3, 4), bool), np.arange(2013, 2017), np.ones(3), Slots(start, start), np.array([0, 1])
    )
    rows = decomposition(sample).comparisons.set_index(["comparator", "exposed_from"])
    scale = 3 / 16 + 4 / 16 + 1 / 16 + 2 / 16
    hand = {
        (NEVER, 2014): (3 / 16, 4 - 4 / 3),  # early rose 4; never's mean of the last three years is 31.33, 30 before
        (NEVER, 2015): (4 / 16, 6 - 2),
        (NOT_YET, 2014): (1 / 16, 4.0),  # 2014 against 2013: early +4, late 0
        (ALREADY, 2015): (2 / 16, 6.0),  # from 2015 against 2014: late +6, early 0
    }
    for key, (weight, estimate) in hand.items():
        assert tuple(rows.loc[key, ["weight", "estimate"]]) == pytest.approx((weight / scale, estimate))


def test_one_date_of_adoption_holds():
    found = bacon(sample_of(first={0: 2016, 1: 2016}), of_estimate=True, decimals=1, unit="points")
    assert found.verdict == "held" and "No comparison" in found.sentence and set(found.table.comparator) == {NEVER}


@pytest.mark.parametrize(
    "first,n,result",
    [
        pytest.param({0: 2015, 1: 2018}, 60, "held", id="two of sixty: nearly all against the never exposed"),
        pytest.param({i: 2014 + i for i in range(6)}, 7, "failed", id="six of seven: mostly against one another"),
    ],
)
def test_the_share_on_comparators_already_exposed_decides(first, n, result):
    found = bacon(sample_of(first=first, n=n), of_estimate=False, decimals=1, unit="points")
    exposed = found.table[found.table.comparator.isin([ALREADY, ALWAYS])].weight.sum()
    assert found.verdict == result and (exposed > 0.10) == (result == "failed")
    assert f"{exposed:.0%} of the two-way figure" in found.sentence and not found.bears_on_verdict


def test_a_growing_effect_that_turns_the_sign_fails_however_small_its_share():
    # The early adopter rises by 30 a year, which is taken off the change of the five late ones, 10 lower from 2019.
    base = sample_of(first={0: 2014, **dict.fromkeys(range(1, 6), 2019)}, n=40)
    values = np.zeros((1, 40, len(YEARS)))
    values[0, 0] = 30.0 * np.maximum(YEARS - 2014, 0)
    values[0, 1:6] = -10.0 * (YEARS >= 2019)
    sample = Sample(values, base.observed, YEARS, base.weights, base.slots, base.treated)
    found = decomposition(sample)
    assert found.already_exposed < 0.03 and found.clean > 0 > found.coefficient
    assert bacon(sample, of_estimate=True, decimals=1, unit="points").verdict == "failed"


def test_authorities_lacking_a_year_are_left_out_and_counted():
    found = bacon(sample_of(n=40, first={0: 2016}, missing=[(8, 3)]), of_estimate=False, decimals=1, unit="points")
    assert found.verdict == "held" and "1 other authority with 7 figures" in found.sentence


@pytest.mark.parametrize(
    "missing",
    [
        pytest.param([(0, 2)], id="an adopter"),
        pytest.param([(i, 1) for i in range(20, 30)], id="over a tenth of the cells"),
    ],
)
def test_leaving_too_much_out_cannot_tell(missing):
    found = bacon(
        sample_of(n=40, first={0: 2016, 1: 2016}, missing=missing), of_estimate=True, decimals=1, unit="points"
    )
    assert found.verdict == "cannot_tell" and found.bears_on_verdict


def test_nobody_complete_cannot_tell():
    missing = [(i, i % len(YEARS)) for i in range(12)]
    assert bacon(sample_of(missing=missing), of_estimate=False, decimals=1, unit="").verdict == "cannot_tell"


def test_transition_years_count_as_not_yet_exposed_and_are_told():
    base = sample_of(n=30, first={0: 2016})
    sample = Sample(
        base.values, base.observed, YEARS, base.weights, Slots(np.array([2015]), np.array([2016])), base.treated
    )
    assert decomposition(sample).coefficient == decomposition(base).coefficient
    assert "1 figure from years of transition counts" in bacon(sample, of_estimate=False, decimals=1, unit="").sentence


def test_only_the_compared_are_taken_apart():
    sample = sample_of(n=12, first={0: 2016})
    compared = np.isin(np.arange(12), [1, 2, 3])
    found = decomposition(sample, compared)
    few = Sample(sample.values[:, :4], sample.observed[:4], YEARS, np.ones(4), sample.slots, sample.treated)
    assert found.authorities == 4 and found.coefficient == decomposition(few).coefficient
