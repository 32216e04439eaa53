"""Ends of the estimate over hidden counts: by hand, by trying every count, and what is not bounded."""

import dataclasses
import itertools

import numpy as np
import pytest

from analytics.checks.suppression_bounds import (
    Hidden,
    NotBounded,
    Total,
    adopters_share,
    bounds,
    part_ranges,
    rounding,
    suppression_bounds,
)
from analytics.estimators import Sample, Slots, prepared
from tests.analytics import brute_force
from tests.analytics.checks import panels


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


def test_a_total_that_shows_more_than_the_range_by_hand():
    # The three sum to 16 to 20, above 15: each may be up to 20 less 1 and 1. Lowest: c = 18; highest: a = 18.
    sample, hidden = by_hand()
    found = bounds(sample, hidden, estimates_by("two_by_two"), [Total(hidden.cells, 16, 20)])
    assert found.table.most.tolist() == [18, 18, 18] and found.beyond == 3 and found.unused == 0
    assert found.low == pytest.approx(20 - (5 * (1 - 1) + 10 * 18 - 10) / 3)
    assert found.high == pytest.approx(20 - (5 * (1 - 18) + 10 * 1 - 10) / 3)


def test_counts_outside_the_sample_may_be_the_larger_ones():
    # One of the total's counts is outside: it may hold all but 1 and 1 and 1, so that nothing is needed of these three.
    sample, hidden = by_hand()
    found = bounds(sample, hidden, estimates_by("two_by_two"), [Total(hidden.cells, 20, 24, others=True)])
    assert found.table.fewest.tolist() == [1, 1, 1] and found.table.most.tolist() == [22, 22, 22]
    assert found.high == pytest.approx(20 - (5 * (1 - 22) + 10 * 1 - 10) / 3)


@pytest.mark.parametrize(
    "totals,unused,words",
    [
        pytest.param([(-5, 2)], 1, "1 published total is left aside", id="under one child each"),
        pytest.param([(-5, 2), (0, 1)], 2, "2 published totals are left aside", id="both"),
        pytest.param([(3, 3), (14, 15)], 2, "2 published totals are left aside", id="each could be met, not both"),
    ],
)
def test_totals_that_no_count_fits_are_left_aside_and_said(totals, unused, words):
    sample, hidden = by_hand()
    totals = [Total(hidden.cells, low, high) for low, high in totals]
    estimate = estimates_by("two_by_two")
    found, without = (bounds(sample, hidden, estimate, each) for each in (totals, []))
    assert (found.low, found.high, found.unused) == (without.low, without.high, unused)
    assert words in suppression_bounds(sample, hidden, estimate, decimals=1, unit="", totals=totals).sentence


@pytest.mark.parametrize(
    "hidden,rest,ranges",
    [
        pytest.param(2, 37, (1, 5, (32, 36)), id="one is 1 to 5, so the other 37 less that"),
        pytest.param(2, 8, (1, 5, (6, 7)), id="3 and 5, or 7 and 1, or 6 and 2"),
        pytest.param(2, 4, (1, 3, None), id="none can be above 3"),
        pytest.param(3, 10, (1, 5, (6, 8)), id="8, 1 and 1"),
        pytest.param(3, 40, (1, 5, (6, 38)), id="two of three may be large"),
        pytest.param(1, 38, (38, 38, None), id="one alone is what the others leave"),
        pytest.param(2, 1, (1, 5, None), id="fewer than there are parts: the parts are not of this whole"),
    ],
)
def test_parts_of_a_whole_by_hand(hidden, rest, ranges):
    fewest, most, larger = part_ranges(hidden, rest)
    assert (fewest, most, None if np.isnan(larger[0]) else larger) == ranges


@pytest.mark.parametrize(
    "totals,off",
    [
        pytest.param([3970, 7430, 500], 5, id="tens"),
        pytest.param([3975, 7430], 2.5, id="fives"),
        pytest.param([3900, 7400], 50, id="hundreds"),
        pytest.param([3970, 7431], 0, id="counts"),
    ],
)
def test_a_total_may_be_off_by_half_of_what_all_are_rounded_to(totals, off):
    assert rounding(np.array(totals, dtype=float)) == off


def test_a_percentage_of_an_unpublished_number_is_anything_by_hand():
    # c's base is not published: 0 to 100%, where 5 of 1,000 would have been .5. In per cent, a child is .05 in the first.
    sample, hidden = by_hand()
    percent = mask((4, 2), [(2, 1)])
    free = Hidden(hidden.cells, np.where(percent, np.nan, hidden.denominator), 100, percent=percent)
    found = bounds(sample, free, estimates_by("two_by_two"))
    assert found.table.most.tolist() == [5, 5, 100] and found.table.of.isna().tolist() == [False, False, True]
    assert found.low == pytest.approx(20 - (0.05 * 4 + 100 - 10) / 3)
    assert found.high == pytest.approx(20 - (0.05 * -4 + 0 - 10) / 3)
    said = suppression_bounds(sample, free, estimates_by("two_by_two"), decimals=1, unit="percentage points").sentence
    assert "1 to 5 children (1 from 0 to 100%, for the number it is a share of is not published)" in said


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


@pytest.mark.parametrize("totals", ["none", "few", "many", "between"])
def test_the_ends_over_counts_that_are_small_or_much_larger(totals):
    # Three of the five counts are 1 to 3, or 11 to 13 where they are hidden for another's sake.
    sample, hidden = random_sample(seed=1)
    places = list(zip(*np.nonzero(hidden.cells), strict=True))
    larger = np.full((9, 6, 2), np.nan)
    for place in places[:3]:
        larger[place] = 11, 13
    hidden = dataclasses.replace(hidden, larger=larger)
    sums = {
        "none": [],
        "few": [Total(mask((9, 6), places[:3]), 4, 9)],  # all three small
        "many": [Total(mask((9, 6), places[:3]), 34, 40)],  # all three large
        "between": [Total(mask((9, 6), places[:3]), 20, 28), Total(mask((9, 6), places[3:]), 3, 4)],
    }[totals]
    found = bounds(sample, hidden, estimates_by("imputation"), sums)
    either = [1, 2, 3, 11, 12, 13]
    tried = []
    for counts in itertools.product(either, either, either, [1, 2, 3], [1, 2, 3]):
        held = np.zeros((9, 6))
        held[hidden.cells] = counts
        if all(t.low <= held[t.cells].sum() <= t.high for t in sums):
            tried.append(float(found.table.weight @ np.array(counts)))
    assert found.high - found.low == pytest.approx(max(tried) - min(tried), abs=1e-9)
    assert found.unused == found.beyond == 0
    ends = {"none": (1, 13), "few": (1, 3), "many": (11, 13), "between": (1, 13)}[totals]
    assert (found.table.fewest[:3].min(), found.table.most[:3].max()) == ends


def hidden_in_a_region(tmp_path, total: float, *, unlisted: bool = False, left: float = 49.0):
    """The check on A1 and 19 comparators, two hidden in 2014, of whose region a total is published; 2013 is rounded to 10 too."""
    made = panels.warehouse(
        tmp_path / "w.duckdb", {"A1": panels.flat(20.0, after=9.0), **panels.others()}, {"A1": panels.START}
    )
    made.put("area", area_code="R", name="North", kind="region")
    made.connection.execute(
        "update observation set value = null, numerator = null, status = 'suppressed' "
        "where area_code in ('C01', 'C02') and year = 2014 and indicator = 'cpp_rate'"
    )
    for year, count in ((2013, 1010.0), (2014, total)):
        made.put(
            "observation", area_code="R", year=year, indicator="cpp_rate", status="ok", numerator=count, denominator=1.0,
            period_label=f"{year}", period_end=f"{year}-03-31", source="test", extract="test",
        )  # fmt: skip
    if unlisted:
        made.area("C99")  # in the region, and not in the file
    return panels.check_of(panels.result(made), "Suppressed figures at their extremes")


# A1 and C03 to C19 hold 20 + 32 + 33 + ... + 48 less their steps before the start, which are nought: 700 published.
@pytest.mark.parametrize(
    "total,fewest,most,words",
    [
        pytest.param(700, 1, 4, "1 to 4 children", id="to 5 more than nought: 4 and 1"),
        pytest.param(710, 1, 5, "1 to 5 children", id="5 to 15"),
        pytest.param(730, 1, 34, "published totals leave more", id="25 to 35, so they are not both under 6"),
        pytest.param(690, 1, 5, "1 published total is left aside", id="at most 5 under nought"),
    ],
)
def test_a_regions_rounded_total(tmp_path, total, fewest, most, words):
    found = hidden_in_a_region(tmp_path, total)
    assert (found.table.fewest.min(), found.table.most.max()) == (fewest, most)
    assert words in found.sentence and found.table.authority.tolist() == ["Name C01", "Name C02"]


def test_a_total_that_holds_an_authority_not_listed_is_not_used(tmp_path):
    found = hidden_in_a_region(tmp_path, 730, unlisted=True)
    assert found.table.most.max() == 5 and "total" not in found.sentence


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
