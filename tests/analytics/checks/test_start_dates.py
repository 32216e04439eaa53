"""Uncertain start dates: known, and not known with either result."""

import pytest

from analytics.checks.start_dates import NAME
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


def run(tmp_path, path, *, known: bool):
    made = warehouse(tmp_path / "small.duckdb", {"A1": path} | others(), {"A1": START} if known else {})
    if not known:  # some day of 2016: s 2016, g 2018
        made.adoption("A1", "M", "2016-01-01", until="2016-12-31")
    return check_of(result(made), NAME)


def test_a_known_start(tmp_path):
    found = run(tmp_path, flat(60, after=-6), known=True)
    assert (found.verdict, found.sentence) == ("held", "The adopter's start is known to the month or day.")


# On 1 January 2016 s is 2016 and g 2017; on 31 December 2016 s is 2017 and g 2018.
EARLIEST, LATEST = {"A1": (2016, 2017)}, {"A1": (2017, 2018)}


@pytest.mark.parametrize(
    "path,verdict,words",
    [
        pytest.param(flat(60, after=-6), "held", "The answer is the same whenever Name A1 began", id="whenever"),
        # 2017 alone is far off: out of it (s 2016, g 2018) there is next to no change; begun on 1 January 2016, about -8 / 4.
        pytest.param(
            [60.0] * 4 + [52.0] + [60.06] * 3, "failed", "The answer depends on when Name A1 began", id="hangs on it"
        ),
    ],
)
def test_an_unknown_start(tmp_path, path, verdict, words):
    found = run(tmp_path, path, known=False)
    paths = {"A1": path} | others()
    early, late = by_loop(paths, EARLIEST), by_loop(paths, LATEST)
    assert found.verdict == verdict
    assert (
        before_the_result(found.sentence)
        == f"{words}: at the earliest date {figure(*early)}; at the latest {figure(*late)}."
    )
    assert found.table.estimate.tolist() == pytest.approx([early[0], late[0]])
