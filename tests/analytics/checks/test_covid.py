"""Without the pandemic years: not in the window, held, failed, and adopters that began in them."""

import pytest

from analytics.checks.covid import NAME
from tests.analytics.checks.panels import (
    START,
    YEARS,
    before_the_result,
    by_loop,
    check_of,
    figure,
    flat,
    others,
    result,
    warehouse,
)

SLOTS = {"A1": (2017, 2017)}


def run(tmp_path, path, starts=None, *, count=19, **tables):
    made = warehouse(tmp_path / "small.duckdb", path | others(count), starts or dict.fromkeys(path, START))
    return check_of(result(made, **tables), NAME)


def test_no_check_of_a_window_without_them(tmp_path):
    assert run(tmp_path, {"A1": flat(60, after=-6)}, window={"last": 2019}) is None


def test_held(tmp_path):
    found = run(tmp_path, {"A1": flat(60, after=-6)})
    assert (
        found.verdict == "held"
        and before_the_result(found.sentence) == "The answer is the same without 2020: −6.0 (p 0.050)."
    )


def test_failed_where_2020_makes_the_change(tmp_path):
    # -8 in 2020 alone is about -2 on average over four years; without it next to nothing.
    path = [60.0] * 4 + [60.05] * 3 + [52.0]
    found = run(tmp_path, {"A1": path})
    whole = by_loop({"A1": path} | others(), SLOTS)
    assert whole == pytest.approx(((3 * 0.05 - 8) / 4, 1 / 20))
    b, p = by_loop({c: v[:-1] for c, v in ({"A1": path} | others()).items()}, SLOTS, years=list(YEARS)[:-1])
    assert b == pytest.approx(0.05)
    assert (
        found.verdict == "failed"
        and before_the_result(found.sentence) == f"The answer changes without 2020: {figure(b, p)}."
    )


def test_both_years_go(tmp_path):
    # 2017-22, and -6 in 2020 and 2021 alone: -2 on average over six years, next to nothing without the two.
    years = range(2013, 2023)
    paths = {"A1": [60.0] * 4 + [60.05] * 3 + [54.0] * 2 + [60.05]} | others(years=years)
    made = warehouse(tmp_path / "small.duckdb", paths, {"A1": START}, years=years)
    found = check_of(result(made, window={"last": 2022}), NAME)
    assert found.verdict == "failed" and found.sentence.startswith("The answer changes without 2020 and 2021: ")
    assert found.table.estimate[0] == pytest.approx(0.05)


def test_cannot_tell_where_everyone_began_then(tmp_path):
    found = run(tmp_path, {"A1": flat(60, after=-6, start=2019)}, {"A1": "2018-04-01"})
    assert found.verdict == "cannot_tell" and found.sentence.startswith("The one adopter began in the years to March")


def test_those_that_began_then_are_named(tmp_path):
    adopters = {"A1": flat(60, after=-6), "A2": flat(50, after=-6, start=2019)}
    found = run(tmp_path, adopters, {"A1": START, "A2": "2018-04-01"}, count=6)
    assert found.sentence.endswith("Begun in the years to March 2019, 2020 or 2021, close to the pandemic: Name A2.")


def test_cannot_be_made_where_nothing_is_left_after(tmp_path):
    # A figure after the start in 2020 alone.
    found = run(tmp_path, {"A1": [60.0] * 4 + [None] * 3 + [54.0]})
    assert found.verdict == "cannot_tell" and "Name A1: no figure from 2017" in found.sentence
