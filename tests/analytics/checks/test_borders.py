"""Comparators that border an adopter: not held for these figures, none, all, some with either result."""

import pytest

from analytics.checks.borders import NAME
from tests.analytics.checks.panels import (
    START,
    before_the_result,
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

SLOTS = {"A1": (2017, 2017)}


def bordered(tmp_path, paths, *near, pairs=()):
    made = warehouse(tmp_path / "small.duckdb", paths, {"A1": START})
    for code in near:
        made.border(code, "A1")
    for one, other in pairs:
        made.border(one, other)
    return made


def test_not_held(tmp_path):
    found = check_of(result(bordered(tmp_path, {"A1": flat(60, after=-6)} | others())), NAME)
    assert found.verdict == "cannot_tell" and "is not held" in found.sentence


def test_none_borders(tmp_path):
    made = bordered(tmp_path, {"A1": flat(60, after=-6)} | others(), pairs=[("C01", "C02")])
    found = check_of(result(made), NAME)
    assert (found.verdict, found.sentence) == ("held", "No comparator borders an adopter.")


def test_every_comparator_borders(tmp_path):
    paths = {"A1": flat(60, after=-6)} | others(5)
    found = check_of(result(bordered(tmp_path, paths, *others(5))), NAME)
    assert found.verdict == "cannot_tell" and "Every comparator borders an adopter" in found.sentence


def test_held_without_those_that_border(tmp_path):
    # Two that step by -.9 and -.8 leave: the rest rise by (.9 + .8) / 17 on average, and p is 1/18, as without a claim.
    paths = {"A1": flat(60, after=0.2)} | others()
    found = check_of(result(bordered(tmp_path, paths, "C01", "C02")), NAME)
    b, p = by_loop({c: v for c, v in paths.items() if c not in ("C01", "C02")}, SLOTS)
    assert b == pytest.approx(0.2 - 1.7 / 17)
    assert found.verdict == "held"
    assert before_the_result(found.sentence) == (
        f"The answer is the same without the 2 of 19 comparators that border an adopter: {figure(b, p)}."
    )


def test_failed_where_the_change_shows_only_beside_those_that_border(tmp_path):
    # One neighbour fell as far as the adopter (families crossed): beside everyone p is 2/21, without it 1/20.
    paths = {"A1": flat(60, after=-3)} | others() | {"C20": flat(50, after=-3.2)}
    found = check_of(result(bordered(tmp_path, paths, "C20")), NAME)
    b, p = by_loop({c: v for c, v in paths.items() if c != "C20"}, SLOTS)
    assert (b, p) == pytest.approx((-3, 1 / 20))
    assert found.verdict == "failed"
    assert before_the_result(found.sentence) == (
        "The answer changes without the 1 of 20 comparators that borders an adopter: −3.0 (p 0.050)."
    )


def test_only_comparators_of_this_outcome_count(tmp_path):
    paths = {"A1": flat(60, after=-6)} | others() | {"C99": [None] * 4 + [30.0] * 4}  # no figure before 2017
    found = check_of(result(bordered(tmp_path, paths, "C99", "C01")), NAME)
    assert "the 1 of 19 comparators that borders" in found.sentence


def test_placebos_keep_neighbours_that_no_adopter_has(tmp_path):
    paths = {"A1": flat(60, after=-6)} | others(12)
    made = bordered(tmp_path, paths, "C01")
    codes = list(paths)
    for place, code in enumerate(codes):  # each is near the five after it
        for rank in range(1, 6):
            made.neighbour(code, codes[(place + rank) % len(codes)], rank)
    case = case_of(specification(comparators={"pool": "statistical_neighbours"}), made.ready())
    assert case.comparators == ("C01", "C02", "C03", "C04", "C05")
    cut = case.without_comparators(["C01"])
    assert cut.partners["C06"] == ("C07", "C08", "C09", "C10", "C11")
    assert "C01" not in cut.partners and "C01" not in cut.partners["A1"] and "C01" not in cut.pool
