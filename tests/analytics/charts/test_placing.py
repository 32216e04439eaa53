from __future__ import annotations

from itertools import pairwise

import pytest

from analytics.charts.placing import round_ends, spaced


@pytest.mark.parametrize(
    ("values", "from_zero", "ends"),
    [
        pytest.param([24.0, 51.2], True, (0.0, 60.0), id="from zero, up to the next round figure"),
        pytest.param([24.0, 51.2], False, (20.0, 60.0), id="round figures either side"),
        pytest.param([], True, (0.0, 1.0), id="nothing to show"),
        pytest.param([7.0], False, (7.0, 7.2), id="one figure still has a scale"),
        pytest.param([-3.0, -1.0], True, (-3.0, 0.0), id="zero is kept above negative figures"),
    ],
)
def test_round_ends(values: list[float], from_zero: bool, ends: tuple[float, float]) -> None:
    assert round_ends(values, from_zero=from_zero) == pytest.approx(ends)


@pytest.mark.parametrize(
    ("heights", "tall", "placed"),
    [
        pytest.param([5.0, 15.0], [2.0, 2.0], [5.0, 15.0], id="far apart: not moved"),
        pytest.param([10.0, 10.5], [2.0, 2.0], [9.25, 11.25], id="too close: both give way alike"),
        pytest.param([10.5, 10.0], [2.0, 2.0], [11.25, 9.25], id="order kept, whichever comes first"),
        pytest.param([0.2, 0.3], [2.0, 2.0], [1.0, 3.0], id="never under the floor"),
        pytest.param([], [], [], id="nothing"),
    ],
)
def test_spaced(heights: list[float], tall: list[float], placed: list[float]) -> None:
    assert spaced(heights, tall, 0, 20) == pytest.approx(placed)


def test_labels_of_the_same_height_end_up_one_above_the_other() -> None:
    placed = sorted(spaced([10.0] * 4, [2.0] * 4, 0, 20))
    assert all(b - a == pytest.approx(2, abs=1e-6) for a, b in pairwise(placed))
