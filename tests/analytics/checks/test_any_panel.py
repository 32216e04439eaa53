"""Whatever the panel, no check raises: each gives one of three results, and a sentence that can be read aloud."""

from __future__ import annotations

import functools
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.analysis import Result, analyse
from analytics.checks import all_checks
from analytics.errors import CannotEstimate
from tests.analytics.checks.panels import specification
from tests.analytics.small_warehouse import SmallWarehouse

YEARS = range(2013, 2022)
UNREADABLE = re.compile(
    r"\b(?i:nan|inf)\b|\bNone\b(?! of )|Traceback|because of|Error|array\(|\[\]|  |−0\.0\b|::|\.\.|: \.|, \.|"
    r"\b1 (adopters|comparators|years|checks|others|figures)\b"
)


def read_aloud(sentence: str) -> None:
    """A sentence that starts and ends as one, with nothing in it that a reader would stumble on."""
    assert sentence[0].isupper() or sentence[0].isdigit() or sentence[0] == "−", sentence
    assert sentence.endswith("."), sentence
    stumble = UNREADABLE.search(sentence)
    assert stumble is None, f"{stumble.group()!r} in {sentence}"


def assert_readable(result: Result) -> None:
    for check in result.checks:
        assert check.verdict in ("held", "failed", "cannot_tell"), check.name
        read_aloud(check.sentence)
    assert {c.name for c in result.checks} <= {c.name for c in all_checks()}
    assert [c.decisive for c in result.checks] == [
        c.decisive for c in all_checks() if c.name in {r.name for r in result.checks}
    ]
    read_aloud(result.verdict.sentence)
    read_aloud(result.power_sentence)


def drawn(
    file: Path,
    starts: list[str],
    *,
    comparators: int = 9,
    seed: int = 3,
    hidden: float = 0.0,
    gone: float = 0.0,
    bare_years: tuple[int, ...] = (),
    borders: bool = False,
) -> SmallWarehouse:
    """Adopters A1.. of M with these starts and comparators C01.., of three regions and every size, near one another.

    Parameters
    ----------
    hidden, gone : shares of figures suppressed, and without a row
    bare_years : years without a figure of any adopter
    borders : whether every two authorities border
    """
    made, rng = SmallWarehouse(file), np.random.default_rng(seed)
    made.indicator()
    made.indicator("children_0_17", unit="children")
    made.model("M", said=0.4)
    codes = [f"A{i + 1}" for i in range(len(starts))] + [f"C{j + 1:02d}" for j in range(comparators)]
    for place, code in enumerate(codes):
        made.area(code, region=("North", "South", "East")[place % 3])
        made.children(code, float(rng.integers(8_000, 300_000)), years=range(2012, 2022))
        path = 40 + rng.normal(0, 6) + rng.normal(0, 2, len(YEARS)).cumsum()
        figures = dict(zip(YEARS, path.tolist(), strict=True))
        for year, chance in zip(YEARS, rng.random(len(YEARS)), strict=True):
            if chance < hidden:
                figures[year] = "suppressed"
            if chance > 1 - gone or (code.startswith("A") and year in bare_years):
                del figures[year]
        made.figures(code, figures)
        for rank, other in enumerate((c for c in codes if c != code), 1):
            made.neighbour(code, other, rank, "close" if rank < 7 else "not close")
            if borders and code < other:
                made.border(code, other)
    for i, start in enumerate(starts):
        known = len(start) > 4  # a bare year is any day of it
        made.adoption(f"A{i + 1}", "M", start if known else f"{start}-01-01", until=None if known else f"{start}-12-31")
    return made


PANELS = {
    "one adopter": {"starts": ["2016-04-01"]},
    "all in one year": {"starts": ["2016-04-01"] * 3},
    "each in its own year": {"starts": ["2015-04-01", "2016-10-01", "2018-04-01"]},
    "dates known to the year": {"starts": ["2015", "2017", "2017"]},
    "two years before": {"starts": ["2014-04-01", "2014-04-01"]},
    "one year before": {"starts": ["2013-04-01", "2013-04-01"]},
    "one year after": {"starts": ["2020-04-01", "2020-04-01"]},
    "begun in the pandemic": {"starts": ["2019-04-01", "2020-04-01"]},
    "already using it": {"starts": ["2011-04-01", "2016-04-01", "2016-04-01"]},
    "one comparator": {"starts": ["2016-04-01", "2016-04-01", "2017-04-01"], "comparators": 1},
    "two comparators": {"starts": ["2016-04-01", "2017-04-01"], "comparators": 2},
    "years without an adopter's figure": {"starts": ["2016-04-01", "2017-04-01"], "bare_years": (2014, 2016, 2019)},
    "30% suppressed": {"starts": ["2016-04-01", "2017-04-01"], "hidden": 0.3},
    "30% without a row": {"starts": ["2016-04-01", "2017-04-01"], "gone": 0.3},
    "everyone borders": {"starts": ["2016-04-01", "2017-04-01"], "borders": True},
}
CHOICES = {
    "as usual": {},
    "of any size": {"inference": {"name": "permutation"}},
    "neighbours": {"comparators": {"pool": "statistical_neighbours"}},
    "matched": {"comparators": {"pool": "matched"}},
    "in the region": {"comparators": {"pool": "region"}},
    "children": {"estimator": {"weights": "children"}},
    "two by two": {"estimator": {"name": "two_by_two"}},
    "two way": {"estimator": {"name": "two_way"}},
    "years apart by region": {"estimator": {"year_effects": "region"}},
    "donut": {"estimator": {"base": "donut", "average": "authorities"}},
    "base 1": {"estimator": {"base": 1}},
    "Callaway-Sant'Anna": {"estimator": {"name": "callaway_santanna"}},
    "event study": {"estimator": {"name": "event_study"}},
    "Sun-Abraham": {"estimator": {"name": "sun_abraham"}},
    "synthetic control": {"estimator": {"name": "synthetic_control"}},
    "complete years": {"window": {"complete": True}},
    "lagged": {"treatment": {"lag_first": 1, "lag_last": 2}},
    "transition kept": {"treatment": {"transition": "keep"}},
}


def asked(choice: str):
    tables = {"inference": {"name": "by_rule", "draws": 99}} | CHOICES[choice]
    return specification(**tables | {"window": {"last": 2021} | tables.get("window", {})})


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    folder = tmp_path_factory.mktemp("panels")
    return functools.cache(lambda panel: drawn(folder / f"{panel}.duckdb", **PANELS[panel]).ready())


# Every panel as usual and under about every third choice, so that all meet; the rest is left to chance below.
PAIRS = [(p, c) for i, p in enumerate(PANELS) for j, c in enumerate(CHOICES) if c == "as usual" or (i + j) % 3 == 0]


@pytest.mark.parametrize("panel,choice", PAIRS)
def test_every_check_gives_a_result_and_a_sentence(ready, panel, choice):
    try:
        found = analyse(asked(choice), ready(panel)).results[0]
    except CannotEstimate as why:
        read_aloud(str(why).replace("cpp_rate", "The outcome"))
        return
    assert_readable(found)


def test_an_outcome_that_moves_alike_everywhere_is_refused_in_words(tmp_path):
    # Every placebo is 0 but for rounding, which must not pass for chance.
    made = drawn(tmp_path / "small.duckdb", ["2016-04-01", "2017-04-01"])
    made.connection.execute("update observation set value = 40.1 + 0.3 * (year - 2013) where indicator = 'cpp_rate'")
    with pytest.raises(CannotEstimate, match="may be constant"):
        analyse(asked("as usual"), made.ready())


def test_constant_before_and_changing_after(tmp_path):
    made = drawn(tmp_path / "small.duckdb", ["2016-04-01", "2016-04-01"])
    made.connection.execute("update observation set value = 5 where indicator = 'cpp_rate' and year < 2017")
    assert_readable(analyse(asked("as usual"), made.ready()).results[0])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    starts=st.lists(
        st.sampled_from(["2013-04-01", "2014", "2015-04-01", "2016-10-01", "2018", "2020-04-01"]),
        min_size=1,
        max_size=3,
    ),
    comparators=st.integers(1, 8),
    seed=st.integers(0, 999),
    hidden=st.sampled_from([0.0, 0.1, 0.5]),
    gone=st.sampled_from([0.0, 0.1, 0.5]),
    borders=st.booleans(),
    choice=st.sampled_from(sorted(CHOICES)),
)
def test_no_panel_makes_a_check_raise(starts, comparators, seed, hidden, gone, borders, choice):
    with tempfile.TemporaryDirectory() as folder:
        made = drawn(
            Path(folder) / "small.duckdb",
            starts,
            comparators=comparators,
            seed=seed,
            hidden=hidden,
            gone=gone,
            borders=borders,
        )
        try:
            found = analyse(asked(choice), made.ready()).results[0]
        except CannotEstimate as why:
            read_aloud(str(why).replace("cpp_rate", "The outcome"))
            return
    assert_readable(found)
