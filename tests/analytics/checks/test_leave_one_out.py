"""Leaving out one adopter or comparator: held, failed, not to be told; each re-run by hand or by the slow twin."""

import numpy as np
import pytest

from analytics.checks.leave_one_out import ADOPTERS, COMPARATORS
from analytics.neighbours import LEAST_CLOSE
from tests.analytics import brute_force
from tests.analytics.checks.panels import (
    START,
    by_loop,
    case_of,
    check_of,
    figure,
    flat,
    others,
    result,
    specification,
    warehouse,
)

SLOTS = {"A1": (2017, 2017), "A2": (2017, 2017)}
BOTH = {"A1": START, "A2": START}


def test_held_where_each_adopter_alone_shows_it(tmp_path):
    made = warehouse(tmp_path / "small.duckdb", {"A1": flat(60, after=-6), "A2": flat(50, after=-8)} | others(), BOTH)
    found = check_of(result(made), ADOPTERS)
    # Without A1 the change is A2's own, -8, and without A2 it is -6; comparators stay level.
    assert found.verdict == "held"
    assert found.sentence == (
        "The answer hangs on no single adopter: leaving out one at a time, the change is between −8.0 and −6.0 "
        "per 10,000 children."
    )


def test_failed_where_one_adopter_makes_it(tmp_path):
    paths = {"A1": flat(60, after=-1.5), "A2": flat(50, after=-0.5)} | others()
    made = warehouse(tmp_path / "small.duckdb", paths, BOTH)
    found = check_of(result(made), ADOPTERS)
    whole = by_loop(paths, SLOTS)
    alone = by_loop({c: p for c, p in paths.items() if c != "A1"}, {"A2": (2017, 2017)})
    assert whole[1] <= 0.05 < alone[1]
    assert found.verdict == "failed"
    # Without A2 the change is A1's own, -1.5, further than any of the nineteen: evidence still.
    assert found.sentence == (
        f"The answer changes without Name A1, to {figure(*alone)}; leaving out one at a time, the change is between −1.5 and "
        "−0.5 per 10,000 children."
    )
    assert found.table.set_index("left_out").loc["Name A1", ["estimate", "p_value"]].tolist() == pytest.approx(alone)


def test_one_adopter_or_comparator_cannot_be_left_out(tmp_path):
    alone = warehouse(tmp_path / "one.duckdb", {"A1": flat(60, after=-6)} | others(5), {"A1": START})
    found = check_of(result(alone), ADOPTERS)
    assert found.verdict == "cannot_tell" and "only one adopter" in found.sentence
    paths = {"A1": flat(60, after=-6), "A2": flat(50, after=-3), "C1": flat(30, after=1)}
    found = check_of(result(warehouse(tmp_path / "two.duckdb", paths, BOTH)), COMPARATORS)
    assert found.verdict == "cannot_tell" and "only one comparator" in found.sentence


def test_an_adopter_left_out_is_no_placebo_either(tmp_path):
    paths = {"A1": flat(60, after=-6), "A2": flat(50, after=-8)} | others(10)
    made = warehouse(tmp_path / "small.duckdb", paths, BOTH)
    codes = list(paths)
    for code in codes:  # everyone is near everyone
        for rank, other in enumerate((c for c in codes if c != code), 1):
            made.neighbour(code, other, rank, LEAST_CLOSE)
    case = case_of(specification(comparators={"pool": "statistical_neighbours"}), made.ready())
    cut = case.of_adopters(e for e in case.adopters if e.area_code == "A2")
    assert "A1" in case.study.partners and "A1" not in cut.partners and "A1" not in cut.pool
    # A2 alone among ten others who never used it: -8, the furthest of eleven.
    b, p = by_loop({c: v for c, v in paths.items() if c != "A1"}, {"A2": (2017, 2017)})
    found = case.again(cut)
    assert (found.estimate, found.p_value) == pytest.approx((b, p)) and p == pytest.approx(1 / 11)


def by_hand(paths: dict, slots: dict) -> tuple[float, list[float], dict[str, tuple[float, bool]]]:
    """Estimate; the placebos that are not it; and, without each comparator, the estimate and whether it counts as evidence."""
    codes = sorted(paths)
    who = tuple(codes.index(c) for c in slots)
    start, exposed = np.array(list(slots.values())).T

    def estimate(kept: list[str], holders: tuple[int, ...]) -> float:
        y = np.array([paths[c] for c in kept])
        return brute_force.imputation(
            y, np.ones(y.shape, bool), np.arange(2013, 2021), np.ones(len(y)), holders, start, exposed
        )

    every = brute_force.all_assignments([range(len(codes))] * len(slots))
    placebo = [estimate(codes, each) for each in every if set(each) != set(who)]
    without = {}
    for gone in codes:
        if gone not in slots:
            kept = [c for c in codes if c != gone]
            b = estimate(kept, tuple(kept.index(c) for c in slots))
            without[gone] = b, brute_force.share_as_far(b, placebo, len(every)) <= 0.05
    return estimate(codes, who), placebo, without


@pytest.mark.parametrize(
    "effects,verdict,words",
    [
        pytest.param((-6.0,), "held", "hangs on no single", id="a change far beyond the rest"),
        pytest.param((0.2,), "held", "hangs on no single", id="no change, and none without anyone"),
        # The furthest placebo is (.9 x 20 + e) / 19, so that e is evidence above 1; one comparator moves it by up to .05.
        pytest.param((-0.98,), "failed", "without Name C01, and without any one of 5 others;", id="just no evidence"),
        pytest.param((-1.04,), "failed", "without Name C19, and without any one of 2 others;", id="just evidence"),
        pytest.param((-1.05,), "failed", "without Name C19;", id="evidence but for one"),
        pytest.param((1.5, 1.1), "held", "hangs on no single", id="two adopters"),
    ],
)
def test_comparators_one_at_a_time(tmp_path, effects, verdict, words):
    adopters = {f"A{i + 1}": flat(60 - 5 * i, after=e) for i, e in enumerate(effects)}
    paths = adopters | others()
    slots = dict.fromkeys(adopters, (2017, 2017))
    found = check_of(result(warehouse(tmp_path / "s.duckdb", paths, dict.fromkeys(adopters, START))), COMPARATORS)
    b, placebo, without = by_hand(paths, slots)
    reals = len(effects)  # two adopters of one start can swap slots: the same assignment
    total = len(placebo) + reals
    evident = brute_force.share_as_far(b, placebo, total) <= 0.05
    differ = [c for c, (x, evidence) in without.items() if evidence != evident or (evident and x * b < 0)]
    assert found.verdict == verdict == ("failed" if differ else "held")
    assert found.table.set_index("left_out").estimate.to_dict() == pytest.approx(
        {f"Name {c}": x for c, (x, _) in without.items()}
    )
    assert words in found.sentence
