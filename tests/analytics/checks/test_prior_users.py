"""Adopters that used it before the start that is analysed: none known, all, and some with either result."""

import pytest

from analytics.checks.prior_users import NAME
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

BOTH = {"A1": START, "A2": START}


def run(tmp_path, paths, starts, used=(), **tables):
    made = warehouse(tmp_path / "small.duckdb", paths, {c: d for c, d in starts.items() if c not in used})
    for code in used:
        made.adoption(code, "M", starts[code], prior_use="two years by then")
    return check_of(result(made, **tables), NAME)


def test_held_where_no_earlier_use_is_recorded(tmp_path):
    found = run(tmp_path, {"A1": flat(60, after=-6)} | others(), {"A1": START})
    assert found.verdict == "held"
    assert found.sentence == "The register records no earlier use by the adopter. It may be incomplete."


@pytest.mark.parametrize(
    "adopters,words", [(1, "The one adopter used it before"), (2, "All 2 adopters used it before")]
)
def test_cannot_tell_where_all_used_it_before(tmp_path, adopters, words):
    codes = [f"A{i + 1}" for i in range(adopters)]
    found = run(tmp_path, {c: flat(60, after=-6) for c in codes} | others(8), dict.fromkeys(codes, START), used=codes)
    assert found.verdict == "cannot_tell" and found.sentence.startswith(words)


@pytest.mark.parametrize(
    "fell,verdict,words",
    [
        pytest.param(-1.2, "held", "The answer is the same without them", id="the one that began then shows it too"),
        pytest.param(-0.5, "failed", "The answer changes without them", id="the earlier user makes it"),
    ],
)
def test_some_used_it_before(tmp_path, fell, verdict, words):
    rest = {"A2": flat(50, after=fell)} | others()
    paths = rest | {"A1": flat(60, after=-1.5)}
    found = run(tmp_path, paths, BOTH, used=["A1"])
    assert by_loop(paths, dict.fromkeys(BOTH, (2017, 2017)))[1] <= 0.05
    again = by_loop(rest, {"A2": (2017, 2017)})
    assert found.verdict == verdict
    assert before_the_result(found.sentence) == (
        f"1 of 2 adopters used it before the start that is analysed: Name A1. {words}: {figure(*again)}."
    )


def test_an_earlier_row_of_the_register_counts(tmp_path):
    made = warehouse(tmp_path / "small.duckdb", {"A1": flat(60, after=-6)} | others(), {"A1": START})
    made.adoption("A1", "M", "2012-06-01", role="alongside")
    found = check_of(result(made), NAME)
    assert found.verdict == "cannot_tell" and "used it before the start that is analysed" in found.sentence


def test_no_check_of_a_named_list(tmp_path):
    treatment = {"model": "", "authorities": ["A1"], "starts": [START]}
    assert run(tmp_path, {"A1": flat(60, after=-6)} | others(), {"A1": START}, treatment=treatment) is None
