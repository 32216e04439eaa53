"""A pretended earlier start: too few years, a change found, none found, and none that would have been seen."""

import numpy as np
import pytest

from analytics.checks.placebo_time import NAME
from tests.analytics.checks.panels import START, by_loop, check_of, flat, others, result, warehouse

LONG = range(2010, 2021)  # seven years before


def noisy(size: float) -> dict[str, list[float]]:
    """Nineteen comparators that go up and down by their own share of `size`, years in a fixed order, level on average."""
    shares = (np.arange(19) - 9) / 9
    waves = np.array([0, 1, -1, 0, 1, 1, -1, 1, -1, 0, 0])
    return {f"C{j + 1:02d}": (30 + size * s * waves).tolist() for j, s in enumerate(shares)}


def run(tmp_path, paths, starts=None, years=LONG, **tables):
    made = warehouse(tmp_path / "small.duckdb", paths, starts or {"A1": START}, years=years)
    return check_of(result(made, window={"first": years[0]}, **tables), NAME)


def test_cannot_tell_with_too_few_years_before(tmp_path):
    years = range(2014, 2021)  # of 2014-16 one is before a start two years too early
    found = run(tmp_path, {"A1": flat(60, after=-6, years=years)} | others(years=years), years=years)
    assert found.verdict == "cannot_tell" and found.sentence == (
        "There are too few years before adoption to pretend an earlier start."
    )


def before_the_start(paths: dict, first: int, shift: int, until: int = 2017) -> tuple[float, float]:
    """By the slow twin, on a panel that ends at the real start."""
    cut = {c: v[: until - first] for c, v in paths.items()}
    return by_loop(cut, {"A1": (until - shift, until - shift)}, years=range(first, until))


def test_failed_where_a_change_was_there_before(tmp_path):
    # A fall of 6 in 2014, three years before the start.
    paths = {"A1": flat(60, after=-6, years=LONG, start=2014)} | noisy(0.6)
    found = run(tmp_path, paths)
    b, p = before_the_start(paths, 2010, 3)
    assert found.verdict == "failed" and p == pytest.approx(1 / 20)
    assert found.sentence == (
        f"A start pretended 3 years too early shows a change of {b:.1f} per 10,000 children (p 0.050): the method finds a "
        "change where there was nothing to find."
    ).replace("-", "−")


@pytest.mark.parametrize(
    "size,verdict,words",
    [
        pytest.param(0.6, "held", "no more than chance would give", id="one that matters would have shown"),
        pytest.param(60.0, "cannot_tell", "would usually have been seen", id="too much variation"),
    ],
)
def test_no_change_before(tmp_path, size, verdict, words):
    paths = {"A1": [60.0] * 4 + [60.1] * 3 + [54.0] * 4} | noisy(size)
    found = run(tmp_path, paths)
    b, p = before_the_start(paths, 2010, 3)
    assert b == pytest.approx(0.1)
    assert found.verdict == verdict and words in found.sentence and "a change of 0.1 per 10,000" in found.sentence
    assert found.table.loc[0, ["estimate", "p_value"]].tolist() == pytest.approx([b, p], abs=1e-9)


def test_the_shift_that_keeps_the_most_adopters(tmp_path):
    # A2 has figures from 2013 only: two years before a start two years early, one before a start three years early.
    paths = {"A1": flat(60, after=-6, years=LONG), "A2": [None] * 3 + flat(50, after=-6)} | noisy(0.6)
    found = run(tmp_path, paths, {"A1": START, "A2": START}, inference={"draws": 99})
    assert (found.table.years_earlier[0], found.table.n_treated[0]) == (2, 2)
    (tmp_path / "one").mkdir()
    paths["A2"] = [None] * 5 + paths["A2"][5:]  # from 2015: too few either way, so three years and A1 alone
    found = run(tmp_path / "one", paths, {"A1": START, "A2": START}, inference={"draws": 99})
    assert (found.table.years_earlier[0], found.table.n_treated[0]) == (3, 1)
    assert "for the 1 of 2 adopters with enough years" in found.sentence


def test_years_of_real_use_are_in_no_placebo(tmp_path):
    # A2 began in 2012, so a placebo of A1 that A2 stands beside must not see A2's fall as a comparator's.
    early = flat(50, after=-40, years=LONG, start=2014)
    paths = {"A1": flat(60, years=LONG), "A2": early} | noisy(0.6)
    found = run(tmp_path, paths, {"A1": START, "A2": "2013-04-01"})
    # Every placebo fell by less than 2, A2's 40 nowhere among them.
    assert found.table.placebo_sd[0] < 2
