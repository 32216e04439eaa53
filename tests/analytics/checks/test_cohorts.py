"""Adopters that began alone in their year, and those whose use is older than the figures."""

import pytest

from analytics.checks.cohorts import NAME
from tests.analytics.checks.panels import (
    START,
    before_the_result,
    by_loop,
    check_of,
    figure,
    flat,
    others,
    result,
    warehouse,
)

LATER = "2017-04-01"  # s = g = 2018
NEAR = {"A1": flat(60, after=-6), "A2": flat(50, after=-8)}


def run(tmp_path, paths, starts, **tables):
    return check_of(result(warehouse(tmp_path / "small.duckdb", paths, starts), **tables), NAME)


def test_no_check_where_all_began_together(tmp_path):
    assert run(tmp_path, NEAR | others(), {"A1": START, "A2": START}) is None


def test_those_from_before_the_figures_are_named(tmp_path):
    paths = NEAR | {"B1": flat(40), "B2": flat(41)} | others()
    found = run(tmp_path, paths, {"A1": START, "A2": START, "B1": "2010-06-01", "B2": "2011-06-01"})
    assert found.verdict == "held"
    assert found.sentence == (
        "Every adopter began in the same year. In use since before the figures begin, and so in neither group: "
        "Name B1 and Name B2."
    )


def test_nobody_alone(tmp_path):
    paths = NEAR | {"A3": flat(55, after=-6, start=2018), "A4": flat(56, after=-6, start=2018)} | others(6)
    found = run(tmp_path, paths, {"A1": START, "A2": START, "A3": LATER, "A4": LATER})
    assert (found.verdict, found.sentence) == ("held", "No adopter began alone in its year.")


@pytest.mark.parametrize(
    "starts,words",
    [
        pytest.param({"A1": START}, "The one adopter began alone, ", id="one"),
        pytest.param(
            {"A1": START, "A2": LATER}, "Every adopter began alone in its year, ", id="two years, two adopters"
        ),
    ],
)
def test_everyone_alone(tmp_path, starts, words):
    found = run(tmp_path, {c: NEAR[c] for c in starts} | others(8), starts)
    assert found.verdict == "cannot_tell" and found.sentence.startswith(words)


ALONE = {"A1": START, "A2": START, "A3": LATER}
PAIR = {"A1": (2017, 2017), "A2": (2017, 2017)}


@pytest.mark.parametrize(
    "alone,verdict,words",
    [
        pytest.param(-6.0, "held", "The answer is the same without", id="it moved as the others did"),
        pytest.param(8.0, "failed", "The answer changes without", id="it hides what the others show"),
    ],
)
def test_without_the_one_that_began_alone(tmp_path, alone, verdict, words):
    # The two fell by 3; of the 56 ways to draw two of eight, two are theirs.
    rest = {"A1": flat(60, after=-3), "A2": flat(50, after=-3)} | others(6)
    paths = rest | {"A3": flat(55, after=alone, start=2018)}
    found = run(tmp_path, paths, ALONE)
    whole = by_loop(paths, PAIR | {"A3": (2018, 2018)})
    b, p = by_loop(rest, PAIR)
    assert (b, p) == pytest.approx((-3, 2 / 56))
    assert (whole[1] <= 0.05) == (verdict == "held")
    assert found.verdict == verdict
    assert before_the_result(found.sentence) == f"{words} Name A3, alone in its year of starting: {figure(b, p)}."
