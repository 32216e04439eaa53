"""The year before adoption: usual, unusual with the bases at odds, unusual with them agreed, too few years."""

import numpy as np
import pytest

from analytics.checks.regression_to_mean import NAME
from tests.analytics import brute_force
from tests.analytics.checks.panels import START, by_loop, check_of, flat, result, warehouse

WAVES = np.array([0.0, 1.0, -1.0, 0.4, 0.0, 0.0, 0.0, 0.0])


def comparators() -> dict[str, list[float]]:
    """Nineteen that go up and down by their own share of 1: the last year before is 0.4 x share beside a mean of 0."""
    return {f"C{j + 1:02d}": (30 + (j - 9) / 9 * WAVES).tolist() for j in range(19)}


def run(tmp_path, path, **tables):
    made = warehouse(tmp_path / "small.duckdb", {"A1": path} | comparators(), {"A1": START})
    return check_of(result(made, **tables), NAME)


def last_year(path) -> tuple[float, float]:
    """2016 as if it were the only year of use, by the slow twin on a panel that ends with it."""
    cut = {c: v[:4] for c, v in ({"A1": path} | comparators()).items()}
    return by_loop(cut, {"A1": (2016, 2016)}, years=range(2013, 2017))


def test_held_where_the_year_before_was_as_usual(tmp_path):
    path = [60, 60, 60, 60.2, 54, 54, 54, 54]
    found = run(tmp_path, path)
    b, p = last_year(path)
    # .2 beside placebos of .4 x share x 20/19: eleven of twenty are as far.
    assert b == pytest.approx(0.2, abs=1e-9) and p > 0.10
    assert found.verdict == "held" and found.decisive
    assert found.sentence == (
        f"The last year before was not unusual: 0.2 per 10,000 children above what earlier years and comparators suggest "
        f"(p {p:.2f})."
    )


def test_failed_where_it_was_unusual_and_the_bases_disagree(tmp_path):
    # A bad 2016 (+8), then 62: -6 from 2016 alone, +2 from the years without it.
    path = [60, 60, 60, 68, 62, 62, 62, 62]
    found = run(tmp_path, path)
    b, p = last_year(path)
    assert (b, p) == pytest.approx((8, 1 / 20))
    paths = {"A1": path} | comparators()
    last, _ = by_loop(paths, {"A1": (2017, 2017)}, twin=brute_force.one_base_year, base=1)
    donut, _ = by_loop(paths, {"A1": (2017, 2017)}, twin=brute_force.donut)
    assert (last, donut) == pytest.approx((-6, 2))
    assert found.verdict == "failed"
    assert found.sentence == (
        "The last year before was unusual: 8.0 per 10,000 children above what earlier years and comparators suggest "
        "(p 0.050). Measured from that year alone the change is −6.0, without that year 2.0: a return to the usual cannot "
        "be told from an effect."
    )


def test_failed_decides_the_verdict(tmp_path):
    made = warehouse(tmp_path / "s.duckdb", {"A1": [60, 60, 60, 68, 62, 62, 62, 62]} | comparators(), {"A1": START})
    found = result(made)
    assert found.verdict.word == "cannot_tell" and found.verdict.sentence.startswith("2 checks failed. ")
    assert "The last year before was unusual" in found.verdict.sentence


def test_cannot_tell_where_it_was_unusual_and_the_bases_agree(tmp_path):
    # +8 in 2016, then 52: -16 from 2016, -8 without it.
    found = run(tmp_path, [60, 60, 60, 68, 52, 52, 52, 52])
    assert found.verdict == "cannot_tell"
    assert "alone the change is −16.0, without that year −8.0: the same direction" in found.sentence


def test_cannot_tell_with_too_few_years(tmp_path):
    found = run(tmp_path, flat(60, after=-6), window={"first": 2015})
    assert found.verdict == "cannot_tell"
    assert (
        found.sentence.startswith("There are too few years before adoption") and "for this authority." in found.sentence
    )


def test_matched_comparators_are_chosen_without_the_year_that_is_judged(tmp_path):
    # Matched on 2013-16 the comparators would be those that were as bad in 2016: nothing unusual. On 2013-15 they are not.
    path = [60, 61, 59, 68, 62, 62, 62, 62]
    alike = {f"D{j}": [60 + (j + 1) / 3, 61, 59, 68, 68, 68, 68, 68] for j in range(5)}
    near = {f"E{j}": [60, 61 + j / 90, 59, 60, 60, 60, 60, 60] for j in range(5)}
    made = warehouse(tmp_path / "s.duckdb", {"A1": path} | alike | near | comparators(), {"A1": START})
    found = check_of(result(made, comparators={"pool": "matched"}), NAME)
    assert found.table.estimate[0] == pytest.approx(8, abs=0.1)
    assert "8.0 per 10,000 children above" in found.sentence
