"""What could be seen: the spread of pretended adopters' estimates, against a loop and against theory."""

import numpy as np
import pytest

from analytics.charts.power import power_picture
from analytics.effect import indicators_of
from analytics.errors import CannotEstimate
from analytics.inference.permutation import POWER_MULTIPLE
from analytics.power import _latest, _of_size, _spread, plan
from analytics.spec import Specification
from tests.analytics.small_warehouse import SmallWarehouse

ASKED = Specification.from_dict(
    {"outcomes": ["cpp_rate"], "treatment": {"model": "M"}, "window": {"first": 2013, "last": 2020}}
)


def drawn(tmp_path, count=40, seed=3, spread=5.0):
    made = SmallWarehouse(tmp_path / "w.duckdb")
    made.indicator()
    made.indicator("children_0_17", unit="children")
    made.model("M")
    rng = np.random.default_rng(seed)
    for i in range(count):
        code = f"C{i:02d}"
        made.area(code)
        made.children(code, 10_000 + 1_000 * i)
        made.figures(code, {y: float(50 + rng.normal(0, spread)) for y in range(2013, 2021)})
    return made.ready()


def test_the_spread_is_that_of_independent_years_when_they_are(tmp_path):
    """White noise of sd 5: the change of one of 200 has variance 25 (1/5 + 1/3) (1 + 1/199)."""
    values = 50 + np.random.default_rng(1).normal(0, 5, (200, 8))
    found = _spread(values, np.arange(200), 1, 5, seed=1)
    changes = values[:, 5:].mean(1) - values[:, :5].mean(1)
    by_hand = np.array([changes[i] - np.delete(changes, i).mean() for i in range(200)])
    assert found == pytest.approx(by_hand.std(), rel=0.05)  # 2,000 draws of 200 authorities
    assert found == pytest.approx(5 * np.sqrt((1 / 5 + 1 / 3) * (1 + 1 / 199)), rel=0.15)


def test_more_adopters_and_more_years_see_smaller_changes(tmp_path):
    found = plan(ASKED, drawn(tmp_path), "cpp_rate", adopters=(1, 5, 20), before=(3, 5), after=(1, 3))
    table = found.table.set_index(["adopters", "years_before", "years_after"]).detectable
    assert table[5, 3, 3] < table[1, 3, 3] and table[20, 3, 3] < table[5, 3, 3]
    assert table[5, 5, 3] < table[5, 3, 1]
    # Eight years of white noise with sd 5, five before and three after, five adopters of forty.
    expected = POWER_MULTIPLE * 5 * np.sqrt((1 / 5 + 1 / 3) * (1 / 5 + 1 / 35))
    assert table[5, 5, 3] == pytest.approx(expected, rel=0.25)
    assert (found.first, found.last) == (2013, 2020)


def test_the_latest_years_that_at_least_half_hold_are_taken():
    values = np.ones((4, 6))
    values[:, 5] = np.nan  # the newest year is held by nobody
    values[0, 4] = np.nan
    whole, end = _latest(values, 3)
    assert end == 5 and whole.tolist() == [False, True, True, True]
    assert _latest(np.full((4, 6), np.nan), 3)[0].any() is np.False_


def test_a_third_by_size_is_the_smallest_the_middle_or_the_largest():
    children = np.array([50.0, 10, 40, np.nan, 20, 30, 60])
    assert sorted(_of_size(children, "small").tolist()) == [1, 4]
    assert sorted(_of_size(children, "middle").tolist()) == [2, 5]
    assert sorted(_of_size(children, "large").tolist()) == [0, 6]
    assert len(_of_size(children, "any")) == 7


def test_too_few_years_are_refused_in_words(tmp_path):
    with pytest.raises(CannotEstimate, match="Widen the window"):
        plan(ASKED, drawn(tmp_path), "cpp_rate", before=(7,), after=(5,))


def test_the_chart_has_a_line_for_each_number_of_years_after(tmp_path):
    warehouse = drawn(tmp_path)
    found = plan(ASKED, warehouse, "cpp_rate", adopters=(1, 5), before=(3,), after=(1, 2))
    picture = power_picture(
        found, indicators_of(warehouse)["cpp_rate"], before=3, source="S.", stem="p", illustrative=False
    )
    assert set(picture.frame.after) == {"1 year after", "2 years after"}
    assert picture.table.columns.tolist() == ["Adopters", "1 year after", "2 years after"]
